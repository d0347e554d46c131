"""From a tree to Unicode, ``(y − ŷ)²·w₁`` as people type it; it reads back to the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.language.letters import ACCENTS, LOWERED, RAISED, SPELLED
from grader.language.render import render
from grader.language.scope import CONSTANTS
from grader.language.spelling import Quantity, Spelling, take_apart
from grader.language.tokens import Token, tokenize

if TYPE_CHECKING:
    from grader.language.scope import Scope
    from grader.language.tree import Expr

_LETTER_OF = {name: letter for letter, name in reversed(SPELLED.items())}
_ACCENT_OF = {name: accent for accent, name in reversed(ACCENTS.items()) if name}
_UP = {plain: small for small, plain in RAISED.items()}
_DOWN = {plain: small for small, plain in LOWERED.items()}
_SIGNS = {"*": "·", "-": "−", "'": "′"}
_ACCENTED = re.compile(r"([A-Za-z])(hat|bar|tilde|dot)")


def render_unicode(expr: Expr, scope: Scope) -> str:
    """The expression as people type it; ``AnswerReader(scope)`` reads it back as an equal tree."""
    return _Unicode(render(expr), Spelling(scope)).text()


class _Unicode:
    """Respells the tokens of a rendered expression."""

    def __init__(self, plain: str, spelling: Spelling) -> None:
        self.plain = plain
        self.spelling = spelling
        self.tokens = tokenize(plain).rows()

    def text(self) -> str:
        out, end, at = [], 0, 0
        while at < len(self.tokens) - 1:
            token = self.tokens[at]
            out.append(self.plain[end : token.start])
            written, used = self._small(at) if token.kind == "^" else (self._respelled(at), 1)
            out.append(written)
            at += used
            end = self.tokens[at - 1].end
        return "".join(out)

    def _respelled(self, at: int) -> str:
        token = self.tokens[at]
        if token.kind != "name":
            return _SIGNS.get(token.kind, token.text)
        if token.text in self.spelling.scope.names:
            return self._pretty(token.text)
        if token.text in CONSTANTS:
            return "π" if token.text == "pi" else token.text
        following = self.tokens[at + 1].kind
        if following in ("(", "'") or not token.text.startswith("d"):
            known = {"sigmoid": "σ", "sqrt": "√" if following == "(" else "sqrt"}
            return known.get(token.text, token.text)
        return "∂" + self._pretty(token.text[1:])

    def _pretty(self, name: str) -> str:
        """The name with small digits, Greek letters and accents, where that reads back as the name."""
        base, parts, _ = take_apart(name)
        hat = _ACCENTED.fullmatch(base)
        letter = _LETTER_OF.get(base) or (hat[1] + _ACCENT_OF[hat[2]] if hat else base)
        pretty = letter + "".join(_DOWN.get(c, c) for p in parts for c in p)
        return pretty if len(parts) < 2 and self.spelling.named(pretty) == (Quantity(name),) else name

    def _small(self, at: int) -> tuple[str, int]:
        """What stands behind ``^``, small if it is a whole number or a T; and how many tokens that takes."""
        first, *rest = [*self.tokens[at + 1 : at + 4], self.tokens[-1]]
        if first.text == "T" and "T" not in self.spelling.scope.names:
            return "ᵀ", 2
        sign = first.kind == "-"
        number, behind = (rest[0], rest[1:]) if sign else (first, rest)
        if not _is_whole(number) or (behind and behind[0].kind in ("^", "[", "⊤")):
            return "^", 1
        return "".join(_UP[c] for c in ("-" if sign else "") + number.text), 2 + sign


def _is_whole(token: Token) -> bool:
    return token.kind == "num" and token.text.isdigit()
