"""The entry point: runs a command and ends the process with the status that the contract gives it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from grader.cli.commands import grade

FAULT = 3
INTERRUPTED = 128 + 2  # what a shell reports for SIGINT
HUNG_UP = 128 + 13  # and for SIGPIPE


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs `grade` with these arguments (the process's own by default) and exits."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets its escape, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if "_GRADE_COMPLETE" in os.environ:
        grade.main(prog_name="grade")  # a shell that asks for completions
    sys.exit(_run(sys.argv[1:] if arguments is None else list(arguments)))


def _run(arguments: list[str]) -> int:
    """The exit status. click's own `main` would report a closed pipe as 1, which here says something else."""
    try:
        with grade.make_context("grade", arguments) as context:
            grade.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return _hung_up()
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw is a fault of ours, and told as one
        return _fault(error)
    return 0


def _hung_up() -> int:
    """Whoever read the output (`head`, a pager) has left: there is nothing to say and nothing to flush."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return HUNG_UP


def _fault(error: Exception) -> int:
    from grader.report.safe import terminal

    debug = bool(os.environ.get("GRADE_DEBUG"))
    if debug:
        from traceback import print_exception

        print_exception(error)
    what = terminal(f"{type(error).__name__}: {error}", 300)
    more = "" if debug else "; set GRADE_DEBUG=1 to see where"
    click.echo(f"grade: a fault of this program, not of your files: {what}{more}", err=True)
    return FAULT
