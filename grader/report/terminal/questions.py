"""A report a question: what was expected, how many of each verdict, and what students wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.model import VERDICTS, Answer, Asked, ClassReport
from grader.report.numbers import points
from grader.report.terminal.look import Look
from grader.report.terminal.mistakes import Told
from grader.report.terminal.rules import own_rule
from grader.report.terminal.words import (
    STYLES,
    echo,
    facts,
    problem_heading,
    question_name,
    step_facts,
    tally,
    text,
    verdict,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 12
"""How many different answers to a question are listed; the rest is counted."""

NAMED = 3
"""How many students are named beside an answer that several gave."""

Group = tuple[Answer, list[str]]


def question_reports(report: ClassReport, look: Look) -> Iterator[RenderableType]:
    """All questions in their order, below the headings of their problems."""
    problem = None
    told = Told()
    for number, asked in enumerate(report.questions):
        if asked.problem != problem:
            problem = asked.problem
            yield Text()
            yield problem_heading(asked)
        answers = [(student.answers[number], student.student) for student in report.students]
        yield Text()
        yield from _question(asked, answers, look.width)
        yield from told.facts(answers)


def _question(asked: Asked, answers: Sequence[tuple[Answer, str]], width: int) -> Iterator[RenderableType]:
    yield Padding(text(f"{question_name(asked)}, {points(asked.max_score)}", "bold"), (0, 0, 0, 2))
    yield facts(_facts(asked, [answer.verdict for answer, _ in answers], width - 14), 4)
    groups = _groups(answers)
    if groups:
        yield Padding(_written(groups[:SHOWN]), (0, 0, 0, 4))
    if len(groups) > SHOWN:
        yield Padding(Text(f"and {len(groups) - SHOWN} other answers", style="dim"), (0, 0, 0, 4))


def _facts(asked: Asked, verdicts: Sequence[str], width: int) -> Iterator[tuple[str, Text]]:
    if asked.expected is not None:
        yield "expected", text(asked.expected)
    if asked.rubric is not None:
        yield "rubric", text(asked.rubric)
    yield from step_facts(asked)
    if verdicts:
        yield "verdicts", tally(verdicts, width)


def _groups(answers: Sequence[tuple[Answer, str]]) -> list[Group]:
    """Equal answers together: what needs a look before what is right, then the most frequent first."""
    groups: dict[tuple[str, str], Group] = {}
    for answer, student in answers:
        if answer.given is not None:
            groups.setdefault((answer.given, answer.verdict), (answer, []))[1].append(student)
    return sorted(groups.values(), key=_rank)


def _rank(group: Group) -> tuple[bool, int, int, str]:
    answer, students = group
    return (answer.verdict == "correct", -len(students), -VERDICTS.index(answer.verdict), answer.given or "")


def _written(groups: Sequence[Group]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=44)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(*(Text(name, style="dim") for name in ("written", "verdict", "students")))
    for answer, students in groups:
        table.add_row(text(answer.given or "", limit=120), verdict(answer.verdict), _who(students, answer))
    return table


def _who(students: Sequence[str], answer: Answer) -> Text:
    """Who wrote it, and below it what explains the verdict."""
    named = ", ".join(students[:NAMED]) + (" …" if len(students) > NAMED else "")
    lines = [text(f"{len(students)}: {named}", limit=160)]
    if (own := own_rule(answer)) is not None:
        lines.append(text(own, STYLES["follow_through"], 200))
    if answer.reason is not None:
        lines.append(text(answer.reason, "dim", 200))
    if (read_as := echo(answer)) is not None:
        lines.append(text(f"read as {read_as}", "dim", 200))
    if answer.diagnosis is not None:
        lines.append(
            text(f"{answer.diagnosis.title}, at {answer.diagnosis.step}", STYLES[answer.verdict], 200)
        )
    return Text("\n").join(lines)
