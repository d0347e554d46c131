"""What one student wrote for each quantity of a problem, and where its mistakes were made.

Nothing is judged here: verdicts and diagnoses are the report's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.report.model import VERDICTS, Answer, SolvedProblem
from grader.report.pages.graph import Part, followers

_ELEMENT = re.compile(r"[^\[\]]+\[(\d+(?:,\d+)?)\]")
_WRONG = ("slip", "misconception", "wrong")


class Cell(NamedTuple):
    """A written value and its verdict."""

    text: str
    verdict: str


class Written(NamedTuple):
    """One student's answers to one problem, by quantity and element (None for all of it).

    Attributes:
        cells: what was written.
        origins: the quantities at which something went wrong.
        after: the quantities worked out from those.
    """

    cells: Mapping[tuple[str, str | None], Cell]
    origins: frozenset[str]
    after: frozenset[str]

    def at(self, part: Part, base: int) -> Cell | None:
        """What was written for a quantity or an element of it."""
        if part.place is None:
            return self.cells.get((part.quantity, None))
        row, column = (i + base for i in part.place)
        for index in (str(row) if column == base else str(column), f"{row},{column}"):
            found = self.cells.get((part.quantity, index))
            if found is not None:
                return found
        return None

    def state(self, quantity: str) -> str:
        """`origin`, `after`, or nothing to be said."""
        if quantity in self.origins:
            return "origin"
        return "after" if quantity in self.after else ""


def written(problem: SolvedProblem, answers: Iterable[Answer]) -> Written:
    """The answers to the problem, sorted by quantity."""
    own = [a for a in answers if a.asked.problem == problem.id]
    cells: dict[tuple[str, str | None], Cell] = {}
    for answer in own:
        for place, cell in _cells(answer):
            cells.setdefault(place, cell)
    origins = frozenset(origin for a in own if (origin := origin_of(a)) is not None)
    reached = followers(problem)
    after = frozenset().union(*(reached.get(origin, frozenset()) for origin in origins))
    return Written(cells, origins, after - origins)


def _cells(answer: Answer) -> Iterator[tuple[tuple[str, str | None], Cell]]:
    if answer.given is None:
        return
    quantity = answer.asked.worked.quantity if answer.asked.worked else answer.asked.ask
    element = _ELEMENT.fullmatch(answer.asked.ask.replace(" ", ""))
    yield (quantity, element[1] if element else None), Cell(answer.given, answer.verdict)
    for part in answer.components:
        if part.given is not None:
            yield (quantity, part.element.index), Cell(part.given, part.verdict)


def origin_of(answer: Answer) -> str | None:
    """The quantity at which the mistake in an answer was made; None where there is no mistake."""
    if answer.diagnosis is not None:
        return answer.diagnosis.step
    if answer.verdict in _WRONG:
        return answer.asked.worked.quantity if answer.asked.worked else answer.asked.ask
    return None


def worst(verdicts: Iterable[str]) -> str:
    """The last of them in the order of verdicts; empty without any."""
    return max(verdicts, key=VERDICTS.index, default="")
