r"""Where mathematics stands in running text: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and the environments of LaTeX.

One sweep over the text: a delimiter that is never closed costs its paragraph, not time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_ENVIRONMENTS = r"equation|align|alignat|gather|multline|eqnarray|flalign|displaymath|math"
_DELIMITER = re.compile(
    rf"""\\\\ | \\\$ | (?P<mark>\$\$?|\\[\[\]()]) | \\begin\{{(?P<begin>{_ENVIRONMENTS})\*?\}}
    | \\end\{{(?P<end>{_ENVIRONMENTS})\*?\}} | (?P<paragraph>\n[ \t]*(?=\n))""",
    re.VERBOSE,
)
_CLOSES = {"$": "$", "$$": "$$", "\\[": "\\]", "\\(": "\\)"}


class Span(NamedTuple):
    """A stretch of mathematics with its delimiters, what is inside them, and whether it stands by itself."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    display: bool


def spans(text: str) -> list[Span]:
    """All of them, in order; none lies in another."""
    found: list[Span] = []
    opened: re.Match[str] | None = None
    for token in _DELIMITER.finditer(text):
        if token["paragraph"] is not None:
            opened = None
        elif opened is None:
            opened = token if _opens(text, token) else None
        elif _closes(text, opened, token):
            found.append(
                Span(opened.start(), token.end(), opened.end(), token.start(), opened[0] not in {"$", "\\("})
            )
            opened = None
        elif opened[0] == "$" and token[0] in {"$", "$$"} and _opens(text, token):
            opened = token  # the one before was the price of something
    return found


def _opens(text: str, token: re.Match[str]) -> bool:
    if token["begin"]:
        return True
    if token[0] == "$":
        return not text[token.end() : token.end() + 1].isspace()
    return token[0] in _CLOSES


def _closes(text: str, opened: re.Match[str], token: re.Match[str]) -> bool:
    if opened["begin"]:
        return token["end"] == opened["begin"]
    if token[0] != _CLOSES[opened[0]]:
        return False
    behind = text[token.end() : token.end() + 1]
    return token[0] != "$" or not (text[token.start() - 1].isspace() or behind.isdigit())


def masked(text: str, found: list[Span], mark: str) -> str:
    """The text, as long as before, with every character of inline mathematics replaced by the mark.

    What stands by itself becomes white space, its line ends kept.
    """
    parts, at = [], 0
    for span in found:
        parts.append(text[at : span.start])
        inside = text[span.start : span.end]
        parts.append(re.sub(r"[^\n]", " ", inside) if span.display else mark * len(inside))
        at = span.end
    return "".join([*parts, text[at:]])


class Places:
    """Line and column, from 1, of an offset in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def of(self, offset: int) -> tuple[int, int]:
        """The place of the character at the offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
