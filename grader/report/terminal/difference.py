"""What changed between two runs, for people: each student's old and new total, then the questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.difference import Change, Difference, StudentChange
from grader.report.difference.csv_difference import why_total
from grader.report.numbers import score
from grader.report.results import Result
from grader.report.terminal.look import Look, draw
from grader.report.terminal.words import STYLES, heading, text

if TYPE_CHECKING:
    from rich.console import RenderableType

_NAME = 32


def render_difference(difference: Difference, look: Look) -> str:
    """The heading with how many totals changed, what changed in the spec, then student by student."""
    return draw(_parts(difference), look)


def _parts(difference: Difference) -> Iterator[RenderableType]:
    compared = _count(difference.compared, "student")
    moved = _count(difference.moved, "total")
    yield heading(f"{difference.title} ({difference.assignment}): {compared}, {moved} changed")
    if difference.spec:
        yield Padding(text(difference.spec, "yellow", 1000), (0, 0, 0, 2))
    for student in difference.students:
        yield Text()
        yield text(_total(student), "bold" if student.moved else "")
        if student.changes:
            yield Padding(_table(student.changes), (0, 0, 0, 2))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _total(student: StudentChange) -> str:
    scores = [score(one) if one is not None else "-" for one in (student.old, student.new)]
    line = (
        f"{student.student}  {scores[0]} -> {scores[1]}"
        if student.moved
        else f"{student.student}  {scores[1]}"
    )
    why = why_total(student)
    return f"{line}  ({why})" if why else line


def _table(changes: tuple[Change, ...]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=_NAME)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for change in changes:
        points = " -> ".join(score(one.score) if one else "-" for one in (change.old, change.new))
        table.add_row(text(change.name), _verdicts(change), points, text("; ".join(change.reasons)))
    return table


def _verdicts(change: Change) -> Text:
    """Both verdicts, or the one that stayed."""
    sides = [_verdict(change.old), _verdict(change.new)]
    return sides[1] if sides[0].plain == sides[1].plain else Text(" -> ").join(sides)


def _verdict(result: Result | None) -> Text:
    return text(result.verdict, STYLES.get(result.verdict, "")) if result else Text("-")
