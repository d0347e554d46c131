"""Answers without names: `a) 0.2`, `b) 0.55`, read in the order of a problem's questions.

Only where nothing can be mistaken: as many as there are questions, numbered from the first to the last, or
one where one is asked. Otherwise they are told.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from grader.submission.hints import Hints
from grader.submission.numerals import parse_list, parse_number, parse_yes_no

_MATHEMATICS = re.compile(r"\$([^$=]{1,500})\$")
_CALCULATION = re.compile(r"[-+−]?[\d.(\[{\\][^=:]{0,300}")
_WORD = re.compile(r"(?<!\\)(?<![a-zA-Z])[^\W\d_]{4,}")


class Item(NamedTuple):
    """A value behind a number or a letter, or behind nothing."""

    mark: str
    value: str
    offset: int


def value_in(text: str) -> str | None:
    """The value that a text is, if it is nothing else: a number, a list, yes or no, a short formula."""
    inner = _MATHEMATICS.fullmatch(text)
    said = (inner[1] if inner else text).strip().rstrip(".;,").strip()
    if not said:
        return None
    if parse_number(said) is not None or parse_list(said) is not None or parse_yes_no(said) is not None:
        return said
    return said if _CALCULATION.fullmatch(said) and not _WORD.search(said) else None


Read: TypeAlias = "tuple[str, str, Item]"
"""A problem, its question, and the value that answers it."""


class Items:
    """The values without names of a text, by problem."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.found: dict[str, list[Item]] = {}

    def add(self, homes: tuple[str, ...], item: Item) -> None:
        """One more value under the heading of these problems."""
        for home in homes if len(homes) == 1 else ():
            self.found.setdefault(home, []).append(item)

    def answers(
        self, taken: set[tuple[str, str]]
    ) -> tuple[list[tuple[str, str, Item]], list[tuple[str, list[Item]]]]:
        """(problem, question, value) where the order says which; and what could not be told apart.

        Args:
            taken: (problem, question) that are answered by name.
        """
        read, left = [], []
        for problem in self.hints.problems:
            items = self.found.get(problem.id, [])
            if not items:
                continue
            if _in_order(items, len(problem.questions)):
                pairs = zip(problem.questions, items, strict=True)
                read += [(problem.id, key, item) for key, item in pairs if (problem.id, key) not in taken]
            else:
                left.append((problem.id, items))
        return read, left


def _in_order(items: list[Item], questions: int) -> bool:
    marks = [item.mark for item in items]
    if questions != len(items):
        return False
    letters = [chr(ord("a") + place) for place in range(questions)]
    numbers = [str(place + 1) for place in range(questions)]
    return marks in (letters, numbers) or questions == 1
