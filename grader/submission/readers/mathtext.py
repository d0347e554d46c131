r"""Equations in LaTeX source with their places: `a &= b \\ &= c` is two, the second going on with the first.

Only their borders are found here: what an equation says stays as it was written. Offsets are those of the
whole text; every function takes time in proportion to it, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<row>\\\\(?:\[[^\]\n]{0,20}\])?) | (?P<begin>\\begin\s*\{(?P<environment>[a-zA-Z]+)\*?\})
    | (?P<end>\\end\s*\{(?P<ended>[a-zA-Z]+)\*?\})
    | (?P<gap>\\q?quad(?![a-zA-Z]) | \\(?:hspace|hfill|text\s*\{\s*(?:and|und|,)\s*\}) )
    | (?P<other>\\text\s*\{\s*(?:or|oder)\s*\})
    | (?P<arrow>\\(?:(?:Long|long)?[rR]ightarrow|implies|therefore|to|iff)(?![a-zA-Z])|[⇒→∴;])
    | (?P<wrap>\\(?:boxed|underline|fbox)\s*\{)
    | (?P<equal>:=|\\(?:approx|simeq|doteq|coloneqq|leftarrow|gets)(?![a-zA-Z])|[=≈←])
    | (?P<open>[{(\[]|\\\{) | (?P<close>[})\]]|\\\})
    | (?P<comma>,) | (?P<align>&) | \\[a-zA-Z]+ | \\.""",
    re.VERBOSE | re.DOTALL,
)
_BACK = ("←", "\\leftarrow", "\\gets")
_MATRIX = frozenset({"matrix", "smallmatrix", "cases", "array", "tabular"})
_LEFT_OUT = re.compile(
    r"""\\(?:tag|label|ref|eqref)\*?\s*\{[^{}]{0,200}\}
    | \\(?:nonumber|notag|displaystyle|left(?=\s*\.)|limits|bullet)(?![a-zA-Z])|[•●]""",
    re.VERBOSE,
)


_SPACE = re.compile(r"(?:\s|~|\\[,;:! ])*+")


class Piece(NamedTuple):
    """A part of an equation's row: `key = value`, or `= value` with an empty key, with where each begins.

    The value is empty where a row begins with something else: what follows may go on with it, but not with
    what stands before it.

    `other` says that it is a second answer behind an "or".
    `column` counts the parts of its row; it stays when the next row goes on with this one.
    """

    key: str
    value: str
    start: int
    value_start: int
    column: int
    other: bool = False


class _Part:
    """A stretch of the text between two borders: its equals sign, its last comma, what is not read in it.

    `other` says that it stands behind an "or".
    """

    def __init__(self, start: int, *, other: bool = False) -> None:
        self.start = start
        self.other = other
        self.equal: tuple[int, int] | None = None
        self.comma: int | None = None
        self.blank: list[tuple[int, int]] = []

    def behind_comma(self, equal: tuple[int, int]) -> _Part:
        """The stretch that begins at the last comma, because an equals sign follows it."""
        new = _Part((self.comma or 0) + 1)
        new.equal, new.blank = equal, [span for span in self.blank if span[0] >= new.start]
        return new


class _Brackets:
    """Which brackets are open. A box around an equation hides nothing; any other hides what is in it."""

    def __init__(self) -> None:
        self._open: list[bool] = []
        self.hiding = 0

    def sees(self, token: re.Match[str], part: _Part) -> bool:
        """Takes a bracket, or a mark that is not read, and whether the token needs no further look."""
        if token["align"]:
            part.blank.append(token.span())
        elif token["open"]:
            self._open.append(True)
            self.hiding += 1
        elif token["close"]:
            self._close(token, part)
        elif token["wrap"] and not self.hiding:
            self._open.append(False)
            part.blank.append(token.span())
        return bool(self.hiding or token["align"] or token["close"] or token["wrap"])

    def _close(self, token: re.Match[str], part: _Part) -> None:
        hides = self._open.pop() if self._open else True
        self.hiding = max(self.hiding - hides, 0)
        if not hides:
            part.blank.append(token.span())


def equations(text: str, start: int, end: int) -> Iterator[Piece]:
    """The equations between two offsets, row by row."""
    column = 0
    for part, stop, last in _parts(text, start, end):
        blank = False
        if part.equal is not None:
            key, key_start = _cleaned(text, part.start, part.equal[0], part.blank)
            value, value_start = _cleaned(text, part.equal[1], stop, part.blank)
            if key and text[slice(*part.equal)] in _BACK:
                key += " \\leftarrow"  # the name's value after a step
            if value:
                yield Piece(key, value, key_start if key else part.equal[0], value_start, column)
        else:
            alone, alone_start = _cleaned(text, part.start, stop, part.blank)
            blank = not alone or part.other
            if part.other and alone:
                yield Piece("", alone, alone_start, alone_start, column, other=True)
            elif column == 0 and alone:
                yield Piece(alone, "", alone_start, alone_start, column)
        column = 0 if last else column + (not blank)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[_Part, int, bool]]:
    """The stretches between borders outside of brackets and matrices, and whether each ends its row."""
    part, brackets = _Part(start), _Brackets()
    for token in _outside_matrices(text, start, end):
        if token["row"] or token["begin"] or token["end"]:
            yield part, token.start(), True
            part, brackets = _Part(token.end()), _Brackets()
        elif brackets.sees(token, part):
            continue
        elif token["gap"] or token["arrow"] or token["other"]:
            yield part, token.start(), False
            second = part.other and not text[part.start : token.start()].strip()
            part = _Part(token.end(), other=second or bool(token["other"]))
        elif token["comma"]:
            part.comma = token.start()
        elif token["equal"] and part.comma is not None:
            if part.equal is not None:
                yield part, part.comma, False
            part = part.behind_comma(token.span())
        elif token["equal"] and part.equal is None:
            part.equal = token.span()
    yield part, end, True


def _outside_matrices(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    matrices = 0
    for token in _TOKEN.finditer(text, start, end):
        if token["begin"] and (matrices or token["environment"].lstrip("pbvBV") in _MATRIX):
            matrices += 1
        elif matrices:
            matrices -= bool(token["end"])
        else:
            yield token


def _cleaned(text: str, start: int, end: int, blank: list[tuple[int, int]]) -> tuple[str, int]:
    """The text between two offsets without tags, what is not read, and blanks around it."""
    parts, at = [], start
    for left, right in blank:
        if at <= left and right <= end:
            parts += [text[at:left], " " * (right - left)]
            at = right
    cut = _LEFT_OUT.sub(lambda found: " " * len(found[0]), "".join([*parts, text[at:end]]))
    begin = _SPACE.match(cut)
    skipped = begin.end() if begin else 0
    return cut[skipped:].rstrip().removesuffix("\\").rstrip(" \t\n.,;~"), start + skipped
