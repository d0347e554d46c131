"""What students read on a platform about each answer, as plain sentences, and how much of it they may see.

A platform shows its results at once, often with further attempts to come: what was expected is told only
where the instructor wants it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from grader.report.model import Adjustment, Answer, ClassReport, Component, Diagnosis, StudentReport
from grader.report.numbers import out_of
from grader.report.reasons import elements
from grader.report.refused import ReportRefusedError
from grader.report.safe import shortened, visible
from grader.report.verdicts import VERDICT, earned

Reveal = Literal["marks", "feedback", "answers"]
"""`marks`: verdicts only; `feedback`: the mistake too, not what was expected; `answers`: everything."""

REVEALS: tuple[Reveal, ...] = ("marks", "feedback", "answers")

_TEXT = 500
_ELEMENTS = 12


def only(report: ClassReport) -> StudentReport:
    """The one submission of a report, for formats that hold the result of one.

    Raises:
        ReportRefusedError: there are several.
    """
    if len(report.students) != 1:
        raise ReportRefusedError(
            f"holds the result of one submission, and {len(report.students)} were found; name one of them"
        )
    return report.students[0]


def in_words(answer: Answer) -> str:
    """The verdict for the student: `the right step, from your own earlier value`."""
    return VERDICT[answer.verdict]


def lines(answer: Answer, reveal: Reveal) -> Iterator[tuple[str, str]]:
    """Labels and texts, as (`written`, `0.5498`); the texts are bounded and hold nothing invisible."""
    if reveal == "marks":
        return
    for label, text in _facts(answer, reveal):
        yield label, clean(text)


def clean(text: str) -> str:
    """Text for a data file that people see: bounded, without control codes or half characters."""
    return visible(shortened(text, _TEXT))


def summary(student: StudentReport) -> str:
    """`5 of 6 points`, what was adjusted, and what was remarked about the file."""
    parts = [out_of(student.score, student.max_score), *map(adjusted, student.adjustments), *student.remarks]
    return "; ".join(map(clean, parts))


def adjusted(change: Adjustment) -> str:
    """`-1 point: handed in late`."""
    return f"{change.points:+.6g} {'point' if abs(change.points) == 1 else 'points'}: {change.reason}"


def dumped(data: Mapping[str, object]) -> str:
    """The file: JSON of finite numbers and ASCII text, which `##[` never reaches a CI log in."""
    text = json.dumps(data, indent=1, allow_nan=False) + "\n"
    return text.replace("##[", "#\\u0023[")


def _facts(answer: Answer, reveal: Reveal) -> Iterator[tuple[str, str]]:
    if answer.given is not None:
        yield "written", answer.given
    if answer.reason is not None:
        yield "reason", answer.reason
    if answer.marked:
        yield "marked by hand", answer.marked
    if (why := earned(answer)) is not None:
        yield "marks", why
    for part, reason in elements(answer)[:_ELEMENTS]:
        yield f"[{part.element.index}]", _element(part, reason, reveal)
    if answer.diagnosis is not None:
        yield "mistake", _named(answer.diagnosis)
    for other in answer.alternatives:
        yield "or", _named(other)
    if reveal == "answers":
        yield from _worked(answer)


def _worked(answer: Answer) -> Iterator[tuple[str, str]]:
    asked = answer.asked
    if asked.expected is not None:
        yield "expected", asked.expected
    if asked.worked is not None and answer.verdict != "correct":
        yield "rule", f"{asked.worked.quantity} = {asked.worked.rule}"
        if asked.worked.numbers is not None:
            yield "numbers", f"= {asked.worked.numbers}"


def _element(part: Component, reason: str | None, reveal: Reveal) -> str:
    given = "no answer" if part.given is None else shortened(part.given, 60)
    text = f"{given}: {VERDICT[part.verdict]}"
    if reason is not None:
        text += f", {reason}"
    if part.diagnosis is not None:
        text += f", {part.diagnosis.title}"
    return f"{text}, expected {part.element.expected}" if reveal == "answers" else text


def _named(found: Diagnosis) -> str:
    return f"{found.title} (at {found.step}): {found.feedback}"
