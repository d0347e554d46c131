"""Decimal commas in formulas: points where the assignment allows them, and told by name where it does not.

Not here: numbers that stand alone (grader.submission.separators).
"""

from __future__ import annotations

import re

from grader.language.functions import FUNCTIONS
from grader.submission.separators import about_comma

_BRACES = re.compile(r"(?<=[0-9])\{,\}([0-9]+)")
_PARTS = re.compile(r"[A-Za-z]+|_\{|\S")
_NUMBER = re.compile(r"([0-9]{1,40})(\{?),(\}?)([0-9]{1,40})")
_SEVERAL = frozenset({*(name for name, f in FUNCTIONS.items() if f.arity[1] > 1), "new", "state", "depends"})


def with_points(text: str) -> str:
    """A formula with its decimal commas as points; what stands behind keeps its place.

    A comma in brackets, in a subscript or between the arguments of a function separates, there as ever.
    """
    text = _BRACES.sub(r".\1  ", text)
    made = list(text)
    separates = [False]
    before = ""
    for found in _PARTS.finditer(text):
        part = found[0]
        if part in ("(", "[", "{", "_{"):
            separates.append(part in ("[", "_{") or before in _SEVERAL)
        elif part in (")", "]", "}"):
            separates = separates[:-1] or [False]
        elif part == "," and not separates[-1] and _between_digits(text, found.start()):
            made[found.start()] = "."
        before = part
    return "".join(made)


def _between_digits(text: str, place: int) -> bool:
    return text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def comma_trouble(text: str, place: int) -> str | None:
    """What is wrong with the number whose comma stands at that place; None where there is no such number.

    A sentence: "`0,5` has a decimal comma; write `0.5` (...)".
    """
    if text[place : place + 1] != ",":
        return None
    nearby = _NUMBER.finditer(text, max(0, place - 41), place + 42)
    found = next((n for n in nearby if n.start() <= place < n.end()), None)
    said = found and about_comma(f"{found[1]},{found[4]}")
    return f"`{found[0]}` {said}" if found and said else None
