"""Why a graded class is not good enough for `--fail-under` or `--strict`, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.report.model import ClassReport, StudentReport
from grader.report.numbers import percent
from grader.report.safe import terminal

NAMED = 5
"""How many students or files are named; the rest is counted."""


def below(reports: Iterable[ClassReport], threshold: float) -> str | None:
    """`below 70 %: s18 (50 %), s21 (0 %)`, or None when nobody is."""
    found = [student for student in _students(reports) if student.percent < threshold]
    names = [f"{student.student} ({percent(student.percent)})" for student in found]
    return f"below {percent(threshold)}: {_list(names)}" if names else None


def unreadable(reports: Iterable[ClassReport]) -> str | None:
    """`could not be read: s21.yaml`, or None when every file could."""
    names = [student.file for student in _students(reports) if student.unreadable]
    return f"could not be read: {_list(names)}" if names else None


def _students(reports: Iterable[ClassReport]) -> Iterable[StudentReport]:
    return (student for report in reports for student in report.students)


def _list(names: Sequence[str]) -> str:
    named = ", ".join(terminal(name, 100) for name in names[:NAMED])
    return named if len(names) <= NAMED else f"{named} and {len(names) - NAMED} more"
