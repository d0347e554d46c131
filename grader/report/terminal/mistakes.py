"""Mistakes in words: their names, how sure it is, the wrong rule beside the right one, and how common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from grader.report.model import Answer, ClassReport, Component, Diagnosis
from grader.report.terminal.rules import both_rules
from grader.report.terminal.words import STYLES, facts, heading, text

if TYPE_CHECKING:
    from rich.console import RenderableType

CERTAIN, LIKELY = 0.95, 0.6
COMMONEST = 3
NAMED = 6
"""How many answers or students are named; the rest is counted."""


def sure(confidence: float) -> str:
    """How sure a diagnosis is, in a word."""
    if confidence >= CERTAIN:
        return "certain"
    return "likely" if confidence >= LIKELY else "possible"


def called(diagnosis: Diagnosis) -> str:
    """`Title, at dL/dz2 (likely)`."""
    return f"{diagnosis.title}, at {diagnosis.step} ({sure(diagnosis.confidence)})"


def mistake_facts(answer: Answer) -> Iterator[tuple[str, Text]]:
    """All that is known of an answer's mistake: its name, both rules, what it explains, what fits as well."""
    found = answer.diagnosis
    if found is not None:
        yield "mistake", text(f"{called(found)}: {found.feedback}")
        yield from both_rules(answer, "yours")
        yield from _explained(found, answer)
    yield from others_fact(answer.alternatives)


def others_fact(others: Sequence[Diagnosis]) -> Iterator[tuple[str, Text]]:
    """The other names that fit as well, in a line."""
    if others:
        yield "or", text("; ".join(f"{other.title}, at {other.step}" for other in others))


def _explained(found: Diagnosis, answer: Answer) -> Iterator[tuple[str, Text]]:
    """What else one mistake accounts for."""
    others = [question for question in found.explains if question != answer.asked.question]
    if others:
        yield "also", text(f"explains {_some(others)}")


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


class Told:
    """Tells each mistake of a class in full where it is met first, question by question."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def facts(self, answers: Sequence[tuple[Answer, str]]) -> Iterator[RenderableType]:
        """The mistakes in the answers to one question that no question before it had, commonest first."""
        groups: dict[str, list[tuple[Answer, str]]] = {}
        for answer, student in answers:
            if answer.diagnosis is not None:
                groups.setdefault(answer.diagnosis.id, []).append((answer, student))
        fresh = [group for key, group in groups.items() if key not in self.known]
        self.known |= groups.keys()
        for group in sorted(fresh, key=len, reverse=True):
            yield facts(self._told(group), 4)

    def _told(self, group: Sequence[tuple[Answer, str]]) -> Iterator[tuple[str, Text]]:
        answer, _ = max(group, key=lambda item: item[0].diagnosis.confidence if item[0].diagnosis else 0.0)
        found = answer.diagnosis
        if found is None:
            return
        yield "mistake", text(f"{called(found)}: {found.feedback}", STYLES[answer.verdict])
        yield from both_rules(answer, "wrong")
        yield from _explained(found, answer)
        yield from others_fact(answer.alternatives)


def commonest(report: ClassReport) -> Iterator[RenderableType]:
    """The misconceptions that most students have, with who has them."""
    who: dict[str, dict[str, None]] = {}
    titles: dict[str, str] = {}
    for student in report.students:
        for found in _misconceptions(student.answers):
            who.setdefault(found.id, {})[student.student] = None
            titles[found.id] = found.title
    if not who:
        return
    yield Text()
    yield heading("Commonest misconceptions")
    ranked = sorted(who, key=lambda i: (-len(who[i]), i))
    for identifier in ranked[:COMMONEST]:
        students = list(who[identifier])
        number = "1 student" if len(students) == 1 else f"{len(students)} students"
        line = f"{number}: {titles[identifier]} ({identifier}): {_some(students)}"
        yield Padding(text(line), (0, 0, 0, 2))
    if len(ranked) > COMMONEST:
        yield Padding(Text(f"and {len(ranked) - COMMONEST} more", "dim"), (0, 0, 0, 2))


def _misconceptions(answers: Sequence[Answer]) -> Iterator[Diagnosis]:
    for answer in answers:
        parts: tuple[Answer | Component, ...] = (answer, *answer.components)
        for part in parts:
            if part.verdict == "misconception" and part.diagnosis is not None:
                yield part.diagnosis
