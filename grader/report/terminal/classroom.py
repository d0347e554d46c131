"""The class table: a student a row, and below it what was remarked about files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.model import VERDICTS, ClassReport, StudentReport
from grader.report.numbers import percent, points, score
from grader.report.terminal.look import Look
from grader.report.terminal.words import STYLES, heading, tally, text

if TYPE_CHECKING:
    from rich.console import RenderableType

_NAME = 32


def class_table(report: ClassReport, look: Look) -> Iterator[RenderableType]:
    """A heading and the table: a column a verdict where they fit, else one column that lists them."""
    count = len(report.students)
    students = "1 student" if count == 1 else f"{count} students"
    yield heading(f"{report.title} ({report.assignment}): {students}, {points(report.max_score)}")
    yield Text()
    used = _used(report)
    names = max([len("student"), *(min(len(student.student), _NAME) for student in report.students)])
    wide = names + 24 + sum(len(name) + 2 for name in used)
    yield _columns(report, used) if wide <= look.width else _listed(report, look.width - names - 22)


def _used(report: ClassReport) -> list[str]:
    seen = {answer.verdict for student in report.students for answer in student.answers}
    return [name for name in VERDICTS if name in seen]


def _table() -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("student", no_wrap=True, overflow="ellipsis", max_width=_NAME)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("percent", justify="right", no_wrap=True)
    return table


def _first(student: StudentReport) -> tuple[Text, str, str]:
    name = text(student.student, "bold red" if student.unreadable else "", _NAME)
    return name, score(student.score), percent(student.percent)


def _columns(report: ClassReport, used: list[str]) -> Table:
    table = _table()
    for name in used:
        table.add_column(name, justify="right", style=STYLES[name], no_wrap=True)
    for student in report.students:
        counts = Counter(answer.verdict for answer in student.answers)
        table.add_row(*_first(student), *(str(counts[name] or "") for name in used))
    return table


def _listed(report: ClassReport, width: int) -> Table:
    table = _table()
    table.add_column("answers")
    for student in report.students:
        table.add_row(*_first(student), tally((answer.verdict for answer in student.answers), width))
    return table


def remarks(report: ClassReport) -> Iterator[RenderableType]:
    """Every file that could not be read, that holds something unexpected, or that is no submission."""
    remarked = [student for student in report.students if student.remarks]
    if remarked or report.ignored:
        yield Text()
        yield heading("Files")
    for student in remarked:
        yield Padding(text(student.file or student.student), (0, 0, 0, 2))
        for remark in student.remarks:
            yield Padding(text(remark, "red" if student.unreadable else "yellow"), (0, 0, 0, 4))
    if report.ignored:
        yield Padding(text(", ".join(report.ignored)), (0, 0, 0, 2))
        yield Padding(
            Text("not graded; a submission is named *.yaml, .json, .csv, .md, .tex or .ipynb", "yellow"),
            (0, 0, 0, 4),
        )
