"""What can go wrong with text that people write, as data: a message, a place in the text, a hint.

Nothing here knows files or problems. ``source`` adds path, line and column; the command line prints.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExpressionError(Exception):
    """An expression that cannot be read or used, with the offsets of the trouble in its text.

    Args:
        message: one lower-case sentence that quotes what was written.
        start: offset of the first character at fault.
        end: offset behind the last one; at least ``start``.
        hint: what to write instead, or an empty string.
        name: the name that nothing has, where that is the trouble.
    """

    def __init__(
        self, message: str, start: int = 0, end: int | None = None, hint: str = "", name: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = start + 1 if end is None else end
        self.hint = hint
        self.name = name


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is spelled most like ``name``, or None when none is close.

    A name that differs in upper and lower case only comes first.
    """
    known = list(candidates)
    folded = name.casefold()
    for candidate in known:
        if candidate.casefold() == folded and candidate != name:
            return candidate
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A hint with the nearest candidate, or an empty string."""
    found = nearest(name, candidates)
    return f'did you mean "{found}"?' if found else ""
