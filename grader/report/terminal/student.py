"""One student's report, question by question, with the worked step beside whatever is not simply right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from grader.report.model import Answer, ClassReport, Component, StudentReport
from grader.report.numbers import out_of, percent
from grader.report.platforms.words import adjusted
from grader.report.reasons import elements, own_reason
from grader.report.terminal.mistakes import mistake_facts
from grader.report.terminal.network import Network
from grader.report.terminal.rules import own_rule
from grader.report.terminal.words import (
    STYLES,
    WORDS,
    caret,
    echo,
    facts,
    heading,
    problem_heading,
    question_name,
    step_facts,
    text,
    verdict,
)
from grader.report.verdicts import earned

if TYPE_CHECKING:
    from rich.console import RenderableType

ELEMENTS = 20
"""How many elements of a vector or matrix are told one by one; the rest is counted."""


def student_report(
    report: ClassReport, student: StudentReport, networks: Mapping[str, Network], width: int
) -> Iterator[RenderableType]:
    """The heading with the score, remarks about the file, then every question in its order.

    Args:
        report: the class.
        student: one of it.
        networks: those to draw, by their problems' ids.
        width: in columns.
    """
    yield heading(f"{student.student}: {report.title} ({report.assignment})")
    yield facts(_summary(student), 2)
    problem = None
    for answer in student.answers:
        if answer.asked.problem != problem:
            problem = answer.asked.problem
            yield Text()
            yield problem_heading(answer.asked)
            if problem in networks:
                yield Text()
                yield Padding(Group(*networks[problem].parts(student.answers, width - 2)), (0, 0, 0, 2))
        yield Text()
        yield Padding(_line(answer), (0, 0, 0, 2))
        yield facts(_facts(student, answer), 4)


def _summary(student: StudentReport) -> Iterator[tuple[str, Text]]:
    yield "score", text(f"{out_of(student.score, student.max_score)}, {percent(student.percent)}")
    yield "file", text(student.file)
    for change in student.adjustments:
        yield "adjusted", text(adjusted(change), "blue")
    for error in student.errors:
        yield "error", text(error, "red")
    for note in student.notes:
        yield "note", text(note, "yellow")


def _line(answer: Answer) -> Text:
    asked = answer.asked
    name = text(question_name(asked), "bold")
    points = out_of(answer.score, asked.max_score)
    return Text(", ").join([name, Text(points)]) + Text(": ") + _verdict(answer)


def _verdict(answer: Answer) -> Text:
    name = answer.verdict
    if answer.marked is not None:
        return verdict(name) + Text(" (marked by hand)", style=STYLES["manual"])
    return verdict(name) + Text(f" ({WORDS[name]})" if name in WORDS else "", style=STYLES[name])


def _facts(student: StudentReport, answer: Answer) -> Iterator[tuple[str, Text]]:
    yield from _written(student, answer)
    if answer.asked.expected is not None:
        yield "expected", text(answer.asked.expected)
    if answer.asked.rubric is not None:
        yield "rubric", text(answer.asked.rubric)
    if answer.verdict not in {"correct", "manual"}:
        yield from _judged(answer)


def _written(student: StudentReport, answer: Answer) -> Iterator[tuple[str, Text]]:
    """What was written, how it was read, and what the instructor said of it."""
    if answer.given is not None:
        place = (
            f"   (line {answer.line})" if answer.line is not None and answer.verdict == "unreadable" else ""
        )
        yield "written", text(answer.given) + Text(place, style="dim")
    if (excerpt := caret(answer)) is not None:
        yield "at", text(excerpt[0]) + Text("\n" + excerpt[1], style="red")
    if (read_as := echo(answer)) is not None:
        yield "read as", text(read_as)
    if (reason := own_reason(student, answer)) is not None:
        yield "reason", text(reason)
    if answer.marked:
        yield "marked", text(answer.marked, "blue")


def _judged(answer: Answer) -> Iterator[tuple[str, Text]]:
    """Where the points come from, the mistake, and the step as it should be."""
    if (why := earned(answer)) is not None:
        yield "marks", text(why)
    yield from _elements(answer)
    yield from mistake_facts(answer)
    if not _said_already(answer):
        yield from step_facts(answer.asked)
    if (own := own_rule(answer)) is not None:
        yield "yours", text(own, STYLES["follow_through"])


def _said_already(answer: Answer) -> bool:
    """Whether the mistake is in the very step that is asked: then its rule stands there, with his numbers."""
    found, worked = answer.compared, answer.asked.worked
    return (
        found is not None
        and found.wrong is not None
        and worked is not None
        and found.quantity == worked.quantity
    )


def _elements(answer: Answer) -> Iterator[tuple[str, Text]]:
    """The elements that are not correct, each with what was written and expected."""
    parts = elements(answer)
    for part, reason in parts[:ELEMENTS]:
        yield f"[{part.element.index}]", _element(part, reason)
    if len(parts) > ELEMENTS:
        yield "", Text(f"and {len(parts) - ELEMENTS} other elements", style="dim")


def _element(part: Component, reason: str | None) -> Text:
    given = Text("no answer") if part.given is None else text(part.given, limit=80)
    line = Text(", ").join([given, text(f"expected {part.element.expected}"), verdict(part.verdict)])
    if reason is not None:
        line += text(f": {reason}")
    if part.diagnosis is not None:
        line += text(f": {part.diagnosis.title}")
    return line
