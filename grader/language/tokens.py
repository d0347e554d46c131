"""From text to tokens: numbers, names, signs, each with its offset.

Spellings that mean the same leave here as one: ``**`` is ``^``, Unicode minus and products are ``-``
and ``*``, ``∂`` in front of a name is ``d``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.errors import ExpressionError, did_you_mean

_TOKEN = re.compile(
    r"\s*(?:(?P<num>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>∂?[^\W\d]\w*)"
    r"|(?P<op>\*\*|[-+*/^@(),\[\]'−–·×⋅∙′⊤])"
    r"|(?P<bad>\S))"
)
_SAME = {"**": "^", "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∙": "*", "′": "'"}
_FOR_ANOTHER = {"{": "(", "}": ")", "√": "sqrt(", ";": ",", ":": "/", "÷": "/", "\\": "/"}


class Token(NamedTuple):
    """A token: its kind (``num``, ``name``, ``end`` or the sign itself), text and offsets."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, closed by one of kind ``end``.

    Raises:
        ExpressionError: at a character that no expression has.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "bad"
        word = match[kind]
        end = match.end()
        start = end - len(word)
        if kind == "op":
            word = _SAME.get(word, word)
            kind = word
        elif kind == "num" and not word.isascii():
            raise ExpressionError(f'"{word}" is not written in the digits 0 to 9', start, end)
        elif kind == "name" and word[0] == "∂":
            word = "d" + word[1:]
        elif kind == "bad":
            raise _unexpected(word, start)
        tokens.append(Token(kind, word, start, end))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _unexpected(character: str, start: int) -> ExpressionError:
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    instead = _FOR_ANOTHER.get(character)
    hint = f'write "{instead}" instead' if instead else did_you_mean(character, ())
    return ExpressionError(f'"{shown}" has no meaning in an expression', start, start + 1, hint)
