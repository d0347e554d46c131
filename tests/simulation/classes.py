"""Whole classes of simulated students, graded, and what became of their answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from grader.compare.problem import ProblemGrader
from grader.compare.verdicts import CORRECT, FOLLOWED, MISSING
from grader.spec import load_text
from grader.submission.numerals import parse_number
from tests.simulation.hand import Hand, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.compare.problem import ProblemResult
    from grader.submission.model import Raw
    from tests.simulation.hand import Texts
    from tests.simulation.networks import Network, Values

Place = tuple[str, int, int]
VERDICTS = (
    "missing",
    "unreadable",
    "wrong",
    "cut off",
    "imprecise",
    "follow_through",
    "correct",
    "manual",
    "turned",
)
Marked = tuple[Style, Hand, dict[Place, int]]


@dataclass
class Exercise:
    """One problem with numbers, ready to grade students.

    Args:
        network: the kind of problem.
        values: its givens.
        asked: the quantities that are asked.
    """

    network: Network
    values: Values
    asked: tuple[str, ...]

    @cached_property
    def grader(self) -> ProblemGrader:
        (problem,) = load_text(self.network.spec(self.values, self.asked), "simulated.yaml").problems
        return ProblemGrader(problem)

    def solve(self, style: Style, edit: Values | None = None) -> Hand:
        """One student's work."""
        hand = Hand(style, dict(edit or {}))
        with np.errstate(all="ignore"):
            self.network.work(self.values, hand)
        return hand

    def answers(self, written: Mapping[str, Texts]) -> dict[str, Raw]:
        """What he hands in."""
        return {q: as_raw(written[q]) for q in self.asked if q in written}

    def grade(self, students: Sequence[Mapping[str, Raw]]) -> list[dict[Place, int]]:
        """The verdict code of every element of every answer, for each student."""
        return list(split(self.grader.grade(students), len(students)))


def as_raw(texts: Texts) -> Raw:
    """An answer as a file would hold it."""
    if len(texts) == 1 == len(texts[0]):
        return texts[0][0]
    return tuple(row[0] for row in texts) if len(texts[0]) == 1 else texts


def split(result: ProblemResult, students: int) -> Iterator[dict[Place, int]]:
    """A class's verdicts taken apart."""
    tables = {q: r.codes for q, r in result.questions.items()}
    for s in range(students):
        yield {
            (q, i, j): int(codes[i, j, s])
            for q, codes in tables.items()
            for i in range(codes.shape[0])
            for j in range(codes.shape[1])
            if codes[i, j, s] != MISSING
        }


def accepted(code: int) -> bool:
    """Whether an answer earns full marks."""
    return code in (CORRECT, FOLLOWED)


def digits_written(text: str) -> int:
    """The significant digits of a number as written."""
    numeral = parse_number(text)
    return numeral.sigfigs if numeral is not None else 0


@dataclass
class Tally:
    """Counts of verdicts, for answers with two digits or more and for shorter ones."""

    enough: Counter[str]
    short: Counter[str]
    bad: list[tuple[Exercise, Style, Place, str, int]]

    @classmethod
    def empty(cls) -> Tally:
        return cls(Counter(), Counter(), [])

    @property
    def total(self) -> int:
        return sum(self.enough.values())

    @property
    def lost(self) -> int:
        return self.total - self.enough["correct"] - self.enough["follow_through"]

    def add(self, exercise: Exercise, style: Style, hand: Hand, codes: Mapping[Place, int]) -> None:
        """Count one student's verdicts."""
        for (q, i, j), code in codes.items():
            text = hand.written[q][i][j]
            if digits_written(text) < 2:
                self.short[VERDICTS[code]] += 1
                continue
            self.enough[VERDICTS[code]] += 1
            if not accepted(code):
                self.bad.append((exercise, style, (q, i, j), text, code))


def right_students(
    exercise: Exercise, styles: Iterable[Style], random: np.random.Generator | None = None
) -> Iterator[Marked]:
    """Students who do everything right, each in a style of his own, graded as one class.

    With ``random`` each leaves out about half of the questions.
    """
    chosen = [s for s in styles if s.kind == "sigfigs" or s.digits >= exercise.network.least]
    hands = [exercise.solve(style) for style in chosen]
    papers = [exercise.answers(h.written) for h in hands]
    if random is not None:
        papers = [{q: text for q, text in p.items() if random.uniform() < 0.5} for p in papers]
    yield from zip(chosen, hands, exercise.grade(papers), strict=True)
