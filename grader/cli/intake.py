"""The options of `grade run` that say where submissions come from, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from grader.cli.failures import Refused
from grader.report.model import ClassReport
from grader.report.safe import terminal

if TYPE_CHECKING:
    from grader.submission.intake import Intake
    from grader.submission.sources.roster import Roster


def intake(source: str | None, roster: str | None, id_regex: str | None) -> Intake:
    """What the options say.

    Raises:
        Refused: for a platform that is not known, a class list that is none, or a pattern that is none.
    """
    from grader.submission.intake import Intake
    from grader.submission.sources import NAMES

    if source is not None and source not in NAMES:
        raise Refused(f"grade: --from {terminal(source)}: expected one of {', '.join(NAMES)}")
    return Intake(source, None if roster is None else _roster(roster), _pattern(id_regex))


def _roster(path: str) -> Roster:
    from grader.submission.sources import roster
    from grader.submission.tree import UnreadableError

    try:
        return roster.load(path)
    except UnreadableError as error:
        raise Refused(terminal(f"grade: --roster {path}: {error}")) from error


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        raise Refused(terminal(f"grade: --id-regex {text}: {error}")) from error


def tell(reports: Iterable[ClassReport]) -> None:
    """Says on standard error what each place was taken for, where it was no plain folder."""
    for report in reports:
        for sentence in report.sources:
            click.echo(terminal(sentence), err=True)
