"""The command `grade`: click commands only, no arithmetic and no formatting.

`main` turns whatever happens into an exit status: 0 graded, 1 graded but not good enough, 2 the caller's
mistake, 3 ours. A command imports what it needs when it runs, so that `grade --help` loads only click.
"""

from __future__ import annotations

from grader.cli.main import main

__all__ = ["main"]
