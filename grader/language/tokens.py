"""From text to tokens: numbers, names, signs, each with its offset.

Spellings that mean the same leave here as one: ``**`` is ``^``, Unicode minus and products are ``-``
and ``*``, ``∂`` in front of a name is ``d``.
"""

from __future__ import annotations

import re
import string
from itertools import accumulate, compress
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import ExpressionError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

# What people write most comes first: every token is looked for from the left.
_TOKEN = re.compile(
    r"\*\*?|[-+/^()]"
    r"|[A-Za-z_]\w*+"
    r"|(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?"
    r"|\s++"
    r"|∂?[^\W\d]\w*+"
    r"|\S"
)
SIGNS = {"**": "^", "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∙": "*", "′": "'"}
SPOKEN = frozenset("-+*/^@(),[]⊤")
_SIGNS = {sign: sign for sign in (*SPOKEN, "'")}
# The kind of what begins with a character, "" for space; what is missing here is looked at closely.
_KINDS = {
    **dict.fromkeys(string.ascii_letters + "_", "name"),
    **dict.fromkeys(string.digits, "num"),
    **dict.fromkeys(string.whitespace + "\x1c\x1d\x1e\x1f", ""),
}
_UNCLEAR = "?"
_FOR_ANOTHER = {"{": "(", "}": ")", "√": "sqrt(", ";": ",", ":": "/", "÷": "/", "\\": "/"}


class Token(NamedTuple):
    """A token: its kind (``num``, ``name``, ``end`` or the sign itself), text and offsets."""

    kind: str
    text: str
    start: int
    end: int


class Tokens(NamedTuple):
    """A text's tokens, closed by one of kind ``end``, in columns: an answer is mostly tokens."""

    kinds: Sequence[str]
    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Tokens:
        """The columns of tokens."""
        kinds, texts, starts, ends = zip(*tokens, strict=True)
        return cls(kinds, texts, starts, ends)

    def rows(self) -> list[Token]:
        """The tokens one by one."""
        return list(map(Token, *self))


def tokenize(text: str) -> Tokens:
    """The tokens of a text.

    Raises:
        ExpressionError: at a character that no expression has.
    """
    words = _TOKEN.findall(text)
    ends = list(accumulate(map(len, words)))
    starts = [0, *ends]
    kinds = [_SIGNS.get(word) or _KINDS.get(word[0], _UNCLEAR) for word in words]
    if _UNCLEAR in kinds or not text.isascii():
        kinds, words = _clear(words, starts)
    if "" in kinds:
        words, starts, ends = [list(compress(column, kinds)) for column in (words, starts, ends)]
        kinds = list(filter(None, kinds))
    else:
        starts.pop()
    kinds.append("end")
    words.append("")
    starts.append(len(text))
    ends.append(len(text))
    return Tokens(kinds, words, starts, ends)


def _clear(words: list[str], starts: list[int]) -> tuple[list[str], list[str]]:
    """Kinds and texts of what has several spellings, or no meaning."""
    kinds, texts = [], []
    for word, start in zip(words, starts, strict=False):
        sign = _SIGNS.get(word) or SIGNS.get(word)
        kind = sign or _KINDS.get(word[0]) or _rarer(word)
        if kind == _UNCLEAR:
            raise unexpected(word, start)
        if kind == "num" and not word.isascii():
            message = f'"{word}" is not written in the digits 0 to 9'
            raise ExpressionError(message, start, start + len(word))
        kinds.append(kind)
        texts.append(sign or ("d" + word[1:] if word[0] == "∂" else word))
    return kinds, texts


def _rarer(word: str) -> str:
    if word.isspace():
        return ""
    if len(word) > 1 and word[0] == ".":
        return "num"
    first = word[1:2] if word[0] == "∂" else word[0]
    if first.isdecimal():
        return "num"
    return "name" if re.match(r"[^\W\d]", first) else _UNCLEAR


def unexpected(character: str, start: int) -> ExpressionError:
    """The error for a character that no expression has."""
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    instead = _FOR_ANOTHER.get(character)
    hint = f'write "{instead}" instead' if instead else did_you_mean(character, ())
    return ExpressionError(f'"{shown}" has no meaning in an expression', start, start + 1, hint)
