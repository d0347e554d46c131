"""Characters that have no place in the language, as the tokens that they stand for.

``x₁·w₁₁``, ``½``, ``10⁻³``, ``ᵀ``, ``|x|``, ``∂L``. Not here: words (habits.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.letters import LETTER, LOWERED, RAISED, VULGAR, spelled_out
from grader.language.parse import MAX_NESTING
from grader.language.spelling import Written, take_apart
from grader.language.tokens import SIGNS, Token, unexpected

if TYPE_CHECKING:
    from grader.language.spelling import Quantity, Spelling

_LOW = "".join(LOWERED)
_MARK = "\u0300-\u036f\u20d7"
_TOKEN = re.compile(
    r"(\s*)(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    rf"|(∂?(?:{LETTER}[{_MARK}]*)(?:(?:{LETTER}|\d|_|[{_LOW}])[{_MARK}]*)*)"
    rf"|(\*\*|[-+*/^@(),\[\]'−–—·×⋅∙′⊤∗⁄∕÷’⊙])|([{''.join(RAISED)}]+)|(\S))"
)
_FURTHER = {"—": "-", "∗": "*", "⁄": "/", "∕": "/", "÷": "/", "’": "'", "⊙": "*"}
_BARS = {"|": "abs", "‖": "norm", "∥": "norm"}
_OPERAND_ENDS = frozenset({"num", "name", ")", "]", "'", "⊤"})
_PARTS = re.compile(r"\d+|[A-Za-z]|[-+()]")


class Characters:
    """Characters that have no place in the language, as those that have."""

    def __init__(self, text: str, spelling: Spelling) -> None:
        self.text = text
        self.spelling = spelling
        self.tokens: list[Token] = []
        self.bars: list[str] = []

    def read(self) -> list[Token]:
        """The tokens, closed by one of kind ``end``."""
        end = 0
        for space, number, name, sign, raised, other in _TOKEN.findall(self.text.rstrip()):
            start = end + len(space)
            written = number or name or sign or raised or other
            end = start + len(written)
            if name:
                word = "d" + name[1:] if name[0] == "∂" else name
                self.add("name", word, start, end)
            elif sign:
                same = _FURTHER.get(sign) or SIGNS.get(sign, sign)
                self.add(same, same, start, end)
            elif number:
                if not number.isascii():
                    raise ExpressionError(f'"{number}" is not written in the digits 0 to 9', start, end)
                self.add("num", number, start, end)
            elif raised:
                self._raised(raised, start, end)
            else:
                self._other(other, start, end)
        self.add("end", "", len(self.text), len(self.text))
        return self.tokens

    def add(self, kind: str, text: str, start: int, end: int) -> None:
        """One more token."""
        self.tokens.append(Token(kind, text, start, end))

    def _raised(self, written: str, start: int, end: int) -> None:
        """``⁻¹``, ``ᵀ``, and ``⁽²⁾`` behind a name: its layer."""
        plain = "".join(RAISED[c] for c in written)
        turned = len(plain) - len(plain.lstrip("T"))
        for _ in range(turned):
            self.add("⊤", "⊤", start, end)
        plain = plain[turned:]
        if not plain:
            return
        last = self.tokens[-1] if self.tokens else None
        if plain[0] == "(" and plain[1:-1].isdigit() and plain[-1] == ")" and last and last.kind == "name":
            base, parts, _ = take_apart(spelled_out(last.text))
            found = self.spelling.find(Written(base, parts, plain[1:-1])) if base else ()
            self.tokens[-1:] = spelled_tokens(found, last._replace(end=end), self.spelling)
            return
        self.add("^", "^", start, end)
        self.add("(", "(", start, end)
        for part in _PARTS.findall(plain):
            self.add("num" if part.isdigit() else "name" if part.isalpha() else part, part, start, end)
        self.add(")", ")", start, end)

    def _other(self, written: str, start: int, end: int) -> None:
        if written in VULGAR:
            self._vulgar(written, start, end)
        elif written in _BARS:
            self._bar(written, start, end)
        elif written == "√":
            self.add("√", written, start, end)
        else:
            raise unexpected(written, start)

    def _vulgar(self, written: str, start: int, end: int) -> None:
        if self.tokens and (self.tokens[-1].kind == "num" or self.tokens[-1].text in VULGAR):
            hint = "write a decimal or a fraction"
            raise ExpressionError("a number and a fraction stand side by side", start, end, hint)
        above, below = VULGAR[written]
        for kind, part in (("(", "("), ("num", above), ("/", "/"), ("num", below), (")", written)):
            self.add(kind, part, start, end)

    def _bar(self, written: str, start: int, end: int) -> None:
        if self.bars and self.bars[-1] == written and self.tokens[-1].kind in _OPERAND_ENDS:
            self.bars.pop()
            self.add(")", ")", start, end)
        else:
            if len(self.bars) >= MAX_NESTING:
                raise ExpressionError("the expression is nested too deeply", start, end)
            self.bars.append(written)
            self.add("name", _BARS[written], start, end)
            self.add("(", "(", start, end)


def spelled_tokens(found: tuple[Quantity, ...], token: Token, spelling: Spelling) -> list[Token]:
    """The tokens of what a name means."""
    if len(found) > 1:
        names = " or ".join(f'"{q}"' for q in found)
        raise ExpressionError(
            f"this can mean {names}", token.start, token.end, "write the name as the problem does"
        )
    if not found:
        return [token]
    start, end = token.start, token.end
    out = [Token("name", found[0].name, start, end)]
    if found[0].places:
        marks = ["[", *",".join(str(i) for i in found[0].places).replace(",", " , ").split(), "]"]
        out += [Token("num" if m.isdigit() else m, m, start, end) for m in marks]
    if found[0].steps and spelling.scope.names:
        opened = [Token("name", "new", start, end), Token("(", "(", start, end)]
        out = [*opened, *out, Token(")", ")", start, end)]
    return out
