"""The entry point: runs a command and ends the process with the status that the contract gives it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from grader.cli.commands import grade
from grader.cli.failures import EXIT_STATUS, describe

FAULT = 3
INTERRUPTED = 128 + 2  # what a shell reports for SIGINT
HUNG_UP = 128 + 13  # and for SIGPIPE


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs `grade` with these arguments (the process's own by default) and exits."""
    _open_streams()
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
        _drop_output()
        return HUNG_UP
    except OSError as error:
        _drop_output()
        click.echo(f"grade: {describe(error)}", err=True)
        return EXIT_STATUS
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw is a fault of ours, and told as one
        return _fault(error)
    return 0


def _open_streams() -> None:
    """Standard streams that are closed are opened to nowhere; what they cannot show becomes its escape."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as we run
        getattr(sys, name).reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Nobody takes standard output any more (`head` has left, the disk is full): nothing is to be flushed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
