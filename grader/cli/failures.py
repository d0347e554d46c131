"""What is the caller's mistake and ends a command with status 2, told in one way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

EXIT_STATUS = 2


class Refused(click.ClickException):
    """Something about a spec, an option or a path; printed as it stands."""

    exit_code = EXIT_STATUS

    def show(self, file: object = None) -> None:  # noqa: ARG002 - the signature of click
        """Prints the message on standard error, without the `Error:` that click puts before it."""
        click.echo(self.message, err=True)


@contextmanager
def told() -> Iterator[None]:
    """Turns what a spec, an export or the system refuses into `Refused`; the rest stays a fault of ours."""
    from grader.report.safe import terminal
    from grader.source import SpecError
    from grader.submission.tree import UnreadableError

    try:
        yield
    except SpecError as error:
        raise Refused(str(error)) from error
    except UnreadableError as error:
        raise Refused(terminal(f"grade: {error}")) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"grade: {describe(error)}") from error


def describe(error: OSError) -> str:
    """`specs/hw1.yaml: Permission denied`."""
    from grader.report.safe import terminal

    reason = error.strerror or str(error) or type(error).__name__
    return terminal(f"{error.filename}: {reason}" if error.filename else reason)
