"""`--marks`: marks by hand, read before anything is graded and merged after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.failures import Refused, told
from grader.report.model import ClassReport
from grader.report.safe import terminal

if TYPE_CHECKING:
    from grader.run.marks import Marks


def load(path: str | None, spec: str) -> Marks | None:
    """The marks in the file, None where none is named.

    Raises:
        Refused: when the file is at fault, or when it would be about a folder of specs.
    """
    if path is None:
        return None
    if Path(spec).is_dir():
        raise Refused("grade: --marks: is about one assignment; name one spec")
    from grader.run import marks_file
    from grader.submission.tree import UnreadableError

    try:
        with told():
            return marks_file.load(path)
    except UnreadableError as error:
        raise Refused(terminal(f"grade: --marks {path}: {error}")) from error


def merged(reports: Sequence[ClassReport], marks: Marks | None) -> Sequence[ClassReport]:
    """The reports with the marks in them.

    Raises:
        Refused: when a mark is about nobody, about no question, or about more points than there are.
    """
    if marks is None:
        return reports
    from grader.run.marks import merge

    with told():
        return [merge(report, marks) for report in reports]
