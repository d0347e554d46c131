"""From text to tokens: numbers, names, signs, each with its offset.

Spellings that mean the same leave here as one: ``**`` is ``^``, Unicode minus and products are ``-``
and ``*``, ``∂`` in front of a name is ``d``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.errors import ExpressionError, did_you_mean

_TOKEN = re.compile(
    r"(\s*)(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(∂?[^\W\d]\w*)"
    r"|(\*\*|[-+*/^@(),\[\]'−–·×⋅∙′⊤])"
    r"|(\S))"
)
SIGNS = {"**": "^", "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∙": "*", "′": "'"}
_FOR_ANOTHER = {"{": "(", "}": ")", "√": "sqrt(", ";": ",", ":": "/", "÷": "/", "\\": "/"}


class Token(NamedTuple):
    """A token: its kind (``num``, ``name``, ``end`` or the sign itself), text and offsets."""

    kind: str
    text: str
    start: int
    end: int


# A named tuple made without its own __new__: half the time, and an answer is mostly tokens.
_new = tuple.__new__


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, closed by one of kind ``end``.

    Raises:
        ExpressionError: at a character that no expression has.
    """
    tokens: list[Token] = []
    append = tokens.append
    end = 0
    # Space at the end belongs to no token, and the pattern would look for one behind each blank.
    for space, number, name, sign, bad in _TOKEN.findall(text.rstrip()):
        start = end + len(space)
        if name:
            end = start + len(name)
            word = "d" + name[1:] if name[0] == "∂" else name
            append(_new(Token, ("name", word, start, end)))
        elif sign:
            end = start + len(sign)
            word = SIGNS.get(sign, sign)
            append(_new(Token, (word, word, start, end)))
        elif number:
            end = start + len(number)
            if not number.isascii():
                raise ExpressionError(f'"{number}" is not written in the digits 0 to 9', start, end)
            append(_new(Token, ("num", number, start, end)))
        else:
            raise unexpected(bad, start)
    append(Token("end", "", len(text), len(text)))
    return tokens


def unexpected(character: str, start: int) -> ExpressionError:
    """The error for a character that no expression has."""
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    instead = _FOR_ANOTHER.get(character)
    hint = f'write "{instead}" instead' if instead else did_you_mean(character, ())
    return ExpressionError(f'"{shown}" has no meaning in an expression', start, start + 1, hint)
