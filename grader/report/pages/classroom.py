"""What stands on the class page: it is for the instructor, and holds everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from grader.report.model import VERDICTS, Asked, ClassReport, StudentReport
from grader.report.numbers import percent, points, score
from grader.report.pages.words import SIGN
from grader.report.statistics import Agreement, Belief, Item, agreements, beliefs, items

LISTED = 40
"""How many different answers that show a mistake are listed; the rest is counted."""

BRIEF = 10
"""Where no id is longer, the column of students is narrow."""

_CELL = {verdict: f"<td class=k{rank}>{SIGN[verdict]}" for rank, verdict in enumerate(VERDICTS)}


class Column(NamedTuple):
    """A question of the heat map: its number in the table, and its name."""

    number: int
    name: str
    asked: Asked


class Row(NamedTuple):
    """A student of the table; `cells` are ready: nothing in them is anybody's text."""

    student: str
    file: str
    page: str
    score: str
    percent: str
    cells: Markup
    beliefs: str
    unreadable: bool


class Shared(NamedTuple):
    """An answer that shows a mistake, and who wrote it."""

    question: str
    given: str
    students: tuple[str, ...]


class Mistake(NamedTuple):
    """A shared mistake with its number in the filter, and the different answers that show it."""

    number: int
    belief: Belief
    shown: tuple[Shared, ...]
    more: int


class Pair(NamedTuple):
    """Two students with equal wrong values."""

    first: str
    second: str
    values: tuple[tuple[str, str], ...]


class Page(NamedTuple):
    """The class page."""

    title: str
    assignment: str
    points: str
    mean: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    used: tuple[str, ...]
    items: tuple[tuple[Column, Item], ...]
    traps: tuple[tuple[Column, Item], ...]
    mistakes: tuple[Mistake, ...]
    pairs: tuple[Pair, ...]
    remarks: tuple[tuple[str, tuple[str, ...]], ...]
    ranks: dict[str, int]
    brief: bool


def classroom(report: ClassReport, pages: Sequence[str]) -> Page:
    """What stands on the page of a class.

    Args:
        report: the class.
        pages: the path of each student's own page.
    """
    columns = tuple(
        Column(number, f"{asked.problem}/{asked.question}", asked)
        for number, asked in enumerate(report.questions, 1)
    )
    shared = beliefs(report)
    of_student: dict[int, list[int]] = {}
    for number, belief in enumerate(shared):
        for student in belief.students:
            of_student.setdefault(student, []).append(number)
    seen = {answer.verdict for student in report.students for answer in student.answers}
    measured = list(zip(columns, items(report), strict=True))
    return Page(
        report.title,
        report.assignment,
        points(report.max_score),
        _mean(report.students),
        columns,
        tuple(
            _row(student, page, of_student.get(number, ()))
            for number, (student, page) in enumerate(zip(report.students, pages, strict=True))
        ),
        tuple(verdict for verdict in VERDICTS if verdict in seen),
        tuple(measured),
        tuple(sorted((m for m in measured if m[1].is_trap), key=lambda m: -m[1].stumbled / m[1].strong)),
        tuple(_mistake(number, belief, report) for number, belief in enumerate(shared)),
        tuple(_pair(agreement, report) for agreement in agreements(report)),
        tuple(_remarks(report)),
        {verdict: rank for rank, verdict in enumerate(VERDICTS)},
        all(len(student.student) <= BRIEF for student in report.students),
    )


def _mean(students: Sequence[StudentReport]) -> str:
    return percent(sum(s.percent for s in students) / len(students)) if students else ""


def _row(student: StudentReport, page: str, shared: Sequence[int]) -> Row:
    return Row(
        student.student,
        student.file,
        page,
        score(student.score),
        score(round(student.percent, 1)),
        Markup("".join(_CELL[answer.verdict] for answer in student.answers)),  # noqa: S704 - our own words
        " ".join(map(str, shared)),
        student.unreadable,
    )


def _mistake(number: int, belief: Belief, report: ClassReport) -> Mistake:
    wrote: dict[tuple[str, str], dict[str, None]] = {}
    for shown in belief.answers:
        place = f"{shown.asked.problem}/{shown.asked.question}", shown.given
        wrote.setdefault(place, {})[report.students[shown.student].student] = None
    groups = [Shared(*place, tuple(students)) for place, students in wrote.items()]
    groups.sort(key=lambda group: -len(group.students))
    return Mistake(number, belief, tuple(groups[:LISTED]), max(len(groups) - LISTED, 0))


def _pair(found: Agreement, report: ClassReport) -> Pair:
    return Pair(
        report.students[found.first].student,
        report.students[found.second].student,
        tuple((f"{s.asked.problem}/{s.asked.question}", s.given) for s in found.values),
    )


def _remarks(report: ClassReport) -> Iterator[tuple[str, tuple[str, ...]]]:
    for student in report.students:
        if student.remarks:
            yield student.file or student.student, student.remarks
