"""What one student wrote for each quantity of a problem, and where its mistakes were made.

Nothing is judged here: verdicts and diagnoses are the report's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.report.model import VERDICTS, Answer, Component
from grader.report.network.elements import Element, Elements
from grader.report.network.graph import Part

_ELEMENT = re.compile(r"[^\[\]]+\[(\d+(?:,\d+)?)\](?:(?:,\d+)?\))?")
_WRONG = ("slip", "misconception", "wrong")


class Cell(NamedTuple):
    """A written value and its verdict."""

    text: str
    verdict: str


class Written(NamedTuple):
    """One student's answers to one problem, by quantity and element (None for all of it).

    Attributes:
        cells: what was written.
        origins: the elements at which something went wrong.
        after: the elements worked out from those.
        coarse: whether elements are not told apart.
    """

    cells: Mapping[tuple[str, str | None], Cell]
    origins: frozenset[Element] = frozenset()
    after: frozenset[Element] = frozenset()
    coarse: bool = False

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

    def state(self, part: Part) -> str:
        """`origin`, `after`, or nothing to be said of an element, or of any of a whole quantity's."""
        whole = part.place is None or self.coarse
        for state, found in (("origin", self.origins), ("after", self.after)):
            if any(e.quantity == part.quantity and (whole or e.place == part.place) for e in found):
                return state
        return ""


def written(elements: Elements, answers: Iterable[Answer]) -> Written:
    """The answers to the problem, sorted by quantity."""
    own = [a for a in answers if a.asked.problem == elements.problem.id]
    cells: dict[tuple[str, str | None], Cell] = {}
    for answer in own:
        for place, cell in _cells(answer):
            cells.setdefault(place, cell)
    origins = frozenset(e for answer in own for e in _origins(answer, elements))
    return Written(cells, origins, elements.after(origins) - origins, elements.coarse)


def _cells(answer: Answer) -> Iterator[tuple[tuple[str, str | None], Cell]]:
    if answer.given is None:
        return
    quantity = _asked(answer)
    yield (quantity, _asked_index(answer)), Cell(answer.given, answer.verdict)
    for part in answer.components:
        if part.given is not None:
            yield (quantity, part.element.index), Cell(part.given, part.verdict)


def origin_of(answer: Answer) -> str | None:
    """The quantity at which the mistake in an answer was made; None where there is no mistake."""
    if answer.diagnosis is not None:
        return answer.diagnosis.step
    return _asked(answer) if answer.verdict in _WRONG else None


def _origins(answer: Answer, elements: Elements) -> Iterator[Element]:
    """The very elements at which an answer's mistakes were made."""
    quantity = _asked(answer)
    parts: Sequence[Answer | Component] = answer.components or (answer,)
    for part in parts:
        if part.diagnosis is None and part.verdict not in _WRONG:
            continue
        index = part.element.index if isinstance(part, Component) else _asked_index(answer)
        asked = elements.at(quantity, index)
        step = part.diagnosis.step if part.diagnosis is not None else quantity
        if step == quantity or not elements.of(step):
            yield from asked
        else:
            behind = [e for own in asked for e in elements.behind(own, step)]
            yield from behind or elements.of(step)


def _asked(answer: Answer) -> str:
    return answer.asked.worked.quantity if answer.asked.worked else answer.asked.ask


def _asked_index(answer: Answer) -> str | None:
    """The element that is asked, also under another name where a report works the step out."""
    shown = answer.compared.quantity if answer.compared is not None else ""
    for name in (answer.asked.ask.replace(" ", ""), shown):
        found = _ELEMENT.fullmatch(name)
        if found is not None:
            return found[1]
    return None


def worst(verdicts: Iterable[str]) -> str:
    """The last of them in the order of verdicts; empty without any."""
    return max(verdicts, key=VERDICTS.index, default="")
