"""What a class's marks say about the questions: item analysis, mistakes that are shared, equal wrong values.

Only counting, from verdicts and scores that are settled; no mark comes from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import log, sqrt
from typing import NamedTuple

from grader.report.model import Answer, Asked, ClassReport, Diagnosis, StudentReport

STRONG = 0.8
"""Who has this share of all other points counts as strong at a question."""

STUMBLED = 0.25
"""Of the strong students this share losing marks makes a question worth a look."""

FEW = 5
"""Below so many students nothing is said about shares and correlations."""

SHARED = 3
"""So many equal wrong values between two students are told."""

_PAIRS = 30
_COMMON = 0.05
_SHORTEST = 3
_MINUS = str.maketrans({"−": "-", " ": "", "+": ""})


class Item(NamedTuple):
    """One question over the class.

    Attributes:
        asked: the question.
        difficulty: the mean share of its points that was earned; None while a mark is to be set by hand.
        discrimination: the correlation of that share with the score on all other questions, -1 to 1; None
            where one of the two is the same for everybody.
        blank: the share of students without an answer.
        strong, stumbled: how many students are strong at everything else, and how many of them lost marks.
    """

    asked: Asked
    difficulty: float | None
    discrimination: float | None
    blank: float
    strong: int
    stumbled: int

    @property
    def is_trap(self) -> bool:
        """Whether many lost marks here who lost few elsewhere."""
        return self.strong >= FEW and self.stumbled >= STUMBLED * self.strong


class Shown(NamedTuple):
    """An answer that shows a mistake: whose (a place in the report), which question, what was written."""

    student: int
    asked: Asked
    given: str


class Belief(NamedTuple):
    """A mistake that students share, and the answers that show it."""

    id: str
    title: str
    students: tuple[int, ...]
    answers: tuple[Shown, ...]


class Agreement(NamedTuple):
    """Two students who wrote equal wrong values that no known mistake explains."""

    first: int
    second: int
    values: tuple[Shown, ...]


def items(report: ClassReport) -> list[Item]:
    """Each question over all students whose file could be read."""
    students = [s for s in report.students if not s.unreadable]
    return [_item(asked, number, students) for number, asked in enumerate(report.questions)]


def _item(asked: Asked, number: int, students: Sequence[StudentReport]) -> Item:
    answers = [s.answers[number] for s in students]
    blank = sum(a.verdict == "missing" for a in answers) / len(answers) if answers else 0.0
    if asked.max_score <= 0 or not answers or any(a.pending for a in answers):
        return Item(asked, None, None, blank, 0, 0)
    shares = [a.score / asked.max_score for a in answers]
    rest = [s.score - a.score for a, s in zip(answers, students, strict=True)]
    others = students[0].max_score - asked.max_score
    strong = [share for share, r in zip(shares, rest, strict=True) if others > 0 and r >= STRONG * others]
    return Item(
        asked,
        sum(shares) / len(shares),
        correlation(shares, rest) if len(shares) >= FEW else None,
        blank,
        len(strong),
        sum(share < 1 for share in strong),
    )


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's r; None where one of the two never changes."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    under = sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))
    return max(-1.0, min(1.0, over / under)) if under > 1e-12 else None


def beliefs(report: ClassReport) -> list[Belief]:
    """Mistakes with a name, those that most students share first."""
    found: dict[str, list[Shown]] = defaultdict(list)
    titles: dict[str, str] = {}
    for number, student in enumerate(report.students):
        for answer in student.answers:
            for diagnosis in _named(answer):
                titles[diagnosis.id] = diagnosis.title
                found[diagnosis.id].append(Shown(number, answer.asked, answer.given or ""))
    listed = [
        Belief(i, titles[i], tuple(dict.fromkeys(s.student for s in shown)), tuple(shown))
        for i, shown in found.items()
    ]
    return sorted(listed, key=lambda b: (-len(b.students), -len(b.answers), b.id))


def _named(answer: Answer) -> list[Diagnosis]:
    """The mistakes in an answer, each once."""
    every = [answer.diagnosis, *(p.diagnosis for p in answer.components)]
    return list({d.id: d for d in every if d is not None}.values())


def agreements(report: ClassReport) -> list[Agreement]:
    """Pairs of students with several equal wrong values that have no diagnosis, the rarest values first.

    A value that many wrote says nothing about two of them, and is left out, as is one of few digits.
    """
    most = max(SHARED, int(_COMMON * len(report.students)))
    pairs: dict[tuple[int, int], list[Shown]] = defaultdict(list)
    weight: dict[tuple[int, int], float] = defaultdict(float)
    for shown in _equal_values(report).values():
        if not 2 <= len(shown) <= most:
            continue
        for first, second in combinations(shown, 2):
            pair = first.student, second.student
            pairs[pair].append(first)
            weight[pair] += log(len(report.students) / len(shown) + 1)
    kept = [pair for pair, values in pairs.items() if len(values) >= SHARED]
    kept.sort(key=lambda pair: (-weight[pair], pair))
    return [Agreement(*pair, tuple(pairs[pair])) for pair in kept[:_PAIRS]]


def _equal_values(report: ClassReport) -> Mapping[tuple[int, str, str], list[Shown]]:
    """Who wrote each wrong value without a diagnosis: by question, element and value."""
    found: dict[tuple[int, str, str], list[Shown]] = defaultdict(list)
    for number, student in enumerate(report.students):
        for question, answer in enumerate(student.answers):
            for index, given in _unexplained(answer):
                value = given.translate(_MINUS)
                if sum(c.isdigit() for c in value) >= _SHORTEST:
                    found[question, index, value].append(Shown(number, answer.asked, given))
    return found


def _unexplained(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.asked.kind != "value":
        return
    if not answer.components:
        if answer.verdict == "wrong" and answer.diagnosis is None and answer.given:
            yield "", answer.given
        return
    for part in answer.components:
        if part.verdict == "wrong" and part.diagnosis is None and part.given:
            yield part.element.index, part.given
