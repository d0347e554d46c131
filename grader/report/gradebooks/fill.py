"""Putting a class's scores into the cells of a gradebook: whose row it is, and what is left alone.

Left alone, and told: a student whom the gradebook does not have, a file that could not be read, and a
submission that still waits for the instructor's marks, since part of a mark looks like a mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from grader.report.gradebooks.table import Table, filled, index
from grader.report.model import ClassReport, StudentReport
from grader.report.numbers import points, score
from grader.report.refused import ReportRefusedError
from grader.report.safe import terminal

NAMED = 5
"""How many students are named in a sentence; the rest is counted."""

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_IN_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
"""May be a thousand or one with three decimals."""


class Layout(NamedTuple):
    """What a platform's header says: where students stand, and what is to be filled in.

    Attributes:
        rows: the rows that are students.
        keys: the columns that identify them, the surest first.
        numbers: what identifies them besides, with the rows.
        names: the columns with their names.
        column: the one to be filled.
        possible: the points that it is out of, as the file writes them; empty where it does not say.
        kept: why a row's cell is not to be touched; None where it may be.
        feedback: the column for feedback, and what goes there.
    """

    rows: tuple[int, ...]
    keys: tuple[int, ...]
    names: tuple[int, ...]
    column: int
    possible: str
    kept: Callable[[int], str | None]
    numbers: Mapping[str, int] = MappingProxyType({})
    feedback: tuple[int, Callable[[StudentReport], str]] | None = None


class Filled(NamedTuple):
    """The new file, and what is to be told: that scores were scaled, and whose cells stay as they were."""

    data: bytes
    notes: tuple[str, ...]


def fill(report: ClassReport, table: Table, layout: Layout, *, force: bool) -> Filled:
    """Put every student's score into the gradebook, scaled to the points that it is out of.

    Args:
        report: the class.
        table: the instructor's export.
        layout: what its header says.
        force: whether other marks that stand there already may be replaced.

    Raises:
        ReportRefusedError: rows or students that cannot be told apart, points that cannot be read, or other
            marks there.
    """
    factor = _factor(report, table, layout)
    left: dict[str, list[str]] = {}
    changes: dict[tuple[int, int], str] = {}
    other: list[int] = []
    for student, row in _placed(report, table, layout, left):
        reason = _waits(student) or layout.kept(row)
        if reason is not None:
            left.setdefault(reason, []).append(student.student)
            continue
        for column, text in _cells(student, layout, factor):
            old = table.cell(row, column)
            if not _same(old, text):
                changes[row, column] = text
                if old not in {"", "-"}:
                    other.append(table.line(row))
    if other and not force:
        raise ReportRefusedError(_overwrites(other, table.header()[layout.column]))
    notes = (*_scaled(report, table, layout, factor), *_sentences(left))
    return Filled(filled(table, changes), notes)


def _factor(report: ClassReport, table: Table, layout: Layout) -> float:
    """What takes the assignment's points to those of the column; 1 where the export does not say its own."""
    if not layout.possible.strip():
        return 1.0
    name = terminal(table.header()[layout.column])
    possible = _number(layout.possible)
    if possible is None or possible <= 0 or _IN_THOUSANDS.fullmatch(layout.possible.strip()):
        stated = terminal(layout.possible, 60)
        raise ReportRefusedError(f'the column "{name}" is out of "{stated}"; expected a positive number')
    if abs(possible - report.max_score) <= 1e-6:
        return 1.0
    if report.max_score <= 0:
        raise ReportRefusedError(
            f'the column "{name}" is out of {points(possible)}, the assignment out of none'
        )
    return possible / report.max_score


def _scaled(report: ClassReport, table: Table, layout: Layout, factor: float) -> Iterator[str]:
    if factor != 1:
        name = terminal(table.header()[layout.column])
        yield (
            f"scores are scaled from {score(report.max_score)} to {points(report.max_score * factor)}, "
            f'which the column "{name}" is out of'
        )


def _placed(
    report: ClassReport, table: Table, layout: Layout, left: dict[str, list[str]]
) -> Iterator[tuple[StudentReport, int]]:
    """Each student with the row, no row twice."""
    indices = [*index(table, layout.keys, layout.rows), layout.numbers, _names(table, layout)]
    taken: dict[int, str] = {}
    for student in report.students:
        row = _row(student.student, indices)
        if row is None:
            left.setdefault("not in it", []).append(student.student)
            continue
        if row in taken:
            raise ReportRefusedError(_twice(taken[row], student.student, table.line(row)))
        taken[row] = student.student
        yield student, row


def _row(student: str, indices: Sequence[Mapping[str, int]]) -> int | None:
    key = student.strip().casefold()
    for own in indices[:-1]:
        if key in own:
            return own[key]
    return indices[-1].get(_letters(key))


def _names(table: Table, layout: Layout) -> dict[str, int]:
    """Names in either order, letters only, that one row alone has."""
    found: dict[str, set[int]] = {}
    for row in layout.rows:
        for column in layout.names:
            for name in _orders(table.cell(row, column)):
                found.setdefault(name, set()).add(row)
    return {name: min(rows) for name, rows in found.items() if len(rows) == 1}


def _orders(name: str) -> set[str]:
    """`Doe, Jane` and `Jane Doe` as letters, the first name first and last."""
    last, comma, first = name.partition(",")
    words = name.split()
    if not comma and words:
        last, first = words[-1], " ".join(words[:-1])
    return {_letters(last + first), _letters(first + last)} - {""}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _twice(first: str, second: str, line: int) -> str:
    if first == second:
        return f'student "{terminal(first)}" handed in more than one file; leave one of them out'
    return f'students "{terminal(first)}" and "{terminal(second)}" are both its line {line}'


def _waits(student: StudentReport) -> str | None:
    """Why a score is none yet."""
    if student.unreadable and any(answer.marked is None for answer in student.answers):
        return "could not be read"
    return "still to be marked by hand" if student.pending else None


def _cells(student: StudentReport, layout: Layout, factor: float) -> Iterator[tuple[int, str]]:
    text = score(student.score * factor)
    yield layout.column, text.replace(".", ",") if "," in layout.possible else text
    if layout.feedback is not None:
        column, feedback = layout.feedback
        yield column, feedback(student)


def _same(old: str, new: str) -> bool:
    """Whether a cell says that already: a number to the two decimals that gradebooks show."""
    before, after = _number(old), _number(new)
    if before is None or after is None:
        return old == new
    return abs(before - after) < 0.005


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def _overwrites(lines: Sequence[int], name: str) -> str:
    rows = sorted(set(lines))
    where = f"line {rows[0]}" if len(rows) == 1 else f"{len(rows)} lines, the first is {rows[0]},"
    return f'{where} already has something else in "{terminal(name)}" or its feedback; --force replaces it'


def _sentences(left: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for reason, students in left.items():
        named = ", ".join(terminal(student, 100) for student in students[:NAMED])
        more = f" and {len(students) - NAMED} more" if len(students) > NAMED else ""
        yield f"left as they were, {reason}: {named}{more}"
