"""Calculator style as people write it, turned into the tokens of the language.

``x₁·w₁₁``, ``σ′(z)``, ``½(y−ŷ)²``, ``2 × 10⁻³``, ``√2``, ``|x|``, ``sin x cos y``, ``w1′`` and names spelled
otherwise than the problem spells them. Only answers are read so: a spec is written in the language itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.characters import Characters, spelled_tokens
from grader.language.functions import SPELLINGS
from grader.language.parse import MAX_NESTING
from grader.language.scope import CONSTANTS
from grader.language.tokens import Token, Tokens, tokenize

if TYPE_CHECKING:
    from grader.language.spelling import Spelling

MAX_TOKENS = 5_000
_FUNCTIONS = frozenset({*SPELLINGS, "ln", "log"})
_SPECIAL = frozenset({"new", "state", "depends"})
_DIGITS = frozenset("0123456789.")


def habitual_tokens(text: str, spelling: Spelling) -> Tokens:
    """The tokens of an answer in calculator style, in the names of the problem.

    Raises:
        ExpressionError: at a character that no expression has, or a name that can mean two quantities.
    """
    plain = text.isascii() and "|" not in text
    tokens = tokenize(text) if plain else Tokens.of(Characters(text, spelling).read())
    strange = set(tokens.texts) - spelling.plain
    if all(word[0] in _DIGITS for word in strange) or _is_in_the_language(tokens, spelling):
        return tokens
    return Tokens.of(_Words(tokens.rows(), spelling).read())


def _is_in_the_language(tokens: Tokens, spelling: Spelling) -> bool:
    """Whether no name, prime or root among the tokens has to be spelled otherwise."""
    names = spelling.scope.names
    before = ""
    for kind, word, following in zip(tokens.kinds, tokens.texts, (*tokens.kinds[1:], ""), strict=True):
        if kind == "name":
            called = word in _FUNCTIONS and following == "("
            if word in spelling.functional or not (word in names or called or word in CONSTANTS):
                return False
        elif (kind == "'" and before in ("name", ")", "]")) or kind == "√":
            return False
        before = kind
    return True


class _Words:
    """Names in the problem's spelling, and functions with their argument in parentheses."""

    def __init__(self, tokens: list[Token], spelling: Spelling) -> None:
        self.tokens = tokens
        self.spelling = spelling
        self.names = spelling.scope.names
        self.at = 0
        self.out: list[Token] = []
        self.powers: list[list[Token]] = []

    def read(self) -> list[Token]:
        while self.at < len(self.tokens):
            self._next()
        return self.out

    def _next(self) -> None:
        token = self.tokens[self.at]
        if token.kind == "√":
            self._root(token)
        elif token.kind == "name":
            self._name(token)
        else:
            self.out.append(token)
            self.at += 1
            self._level(token.kind)

    def _level(self, kind: str) -> None:
        """The exponent in ``sin^2(x)`` comes where its parenthesis closes."""
        if kind == "(":
            self.powers.append([])
        elif kind == ")" and self.powers:
            self.out += self.powers.pop()

    def _name(self, token: Token) -> None:
        text = token.text
        following = self.tokens[self.at + 1].kind
        if text in _FUNCTIONS and text not in self.names:
            self._function(token)
        elif text in CONSTANTS or (text in _SPECIAL and following == "("):
            self.out.append(token)
            self.at += 1
        elif self._is_activation(text):
            self.out.append(token._replace(text=str(self.spelling.scope.activation)))
            self.at += 1
        else:
            self.at += 1
            if text in self.spelling.functional and self._argument_follows(text):
                self.out.append(token)
                self.at += 3
                return
            found = self._found(token)
            self.out += self._with_primes(found, token)

    def _argument_follows(self, text: str) -> bool:
        """``p(x)`` where p is computed from x: no product."""
        kinds = [t.kind for t in self.tokens[self.at : self.at + 3]]
        parts = self.spelling.scope.parts[text]
        return kinds == ["(", "name", ")"] and self.tokens[self.at + 1].text in parts

    def _is_activation(self, text: str) -> bool:
        """``f(z)`` where the problem has no f and one activation."""
        known = self.spelling.scope.activation is not None and text in ("f", "g", "φ", "phi")
        return known and self.tokens[self.at + 1].kind in ("(", "'") and not self.spelling.named(text)

    def _found(self, token: Token) -> list[Token]:
        if token.text in self.names:
            return [token]
        found = self.spelling.named(token.text)
        if found:
            return spelled_tokens(found, token, self.spelling)
        if token.text[0] == "d" and len(token.text) > 1 and self._beside_slash():
            inner = self.spelling.named(token.text[1:])
            if len(inner) == 1 and not inner[0].steps:
                first, *rest = spelled_tokens(inner, token, self.spelling)
                return [first._replace(text="d" + first.text), *rest]
        return [token]

    def _beside_slash(self) -> bool:
        before = self.out[-1].kind if self.out else ""
        return before == "/" or self.tokens[self.at].kind in ("/", "[")

    def _with_primes(self, found: list[Token], token: Token) -> list[Token]:
        steps, end = 0, token.end
        while self.tokens[self.at].kind == "'" and found[0].text in self.names:
            steps, end = steps + 1, self.tokens[self.at].end
            self.at += 1
        if not steps:
            return found
        if len(self.out) > MAX_TOKENS:
            raise ExpressionError("the expression is too long", token.start, end)
        start = token.start
        count = [Token(",", ",", start, end), Token("num", str(steps), start, end)]
        opened = [Token("name", "new", start, end), Token("(", "(", start, end)]
        return [*opened, *found, *count, Token(")", ")", start, end)]

    def _root(self, token: Token) -> None:
        self.at += 1
        if self.tokens[self.at].kind == "(":
            self.out.append(token._replace(kind="name", text="sqrt"))
            return
        self.out += [token._replace(kind="name", text="sqrt"), token._replace(kind="(", text="(")]
        if not self._call():
            self._one(token)
        self.out.append(token._replace(kind=")", text=")"))

    def _one(self, opening: Token) -> None:
        """One number or name, with an index or exponent."""
        token = self.tokens[self.at]
        if token.kind == "name" and token.text not in _FUNCTIONS:
            self._name(token)
        elif token.kind == "num":
            self.out.append(token)
            self.at += 1
        else:
            message = f'"{opening.text}" is a function and needs its argument in parentheses'
            raise ExpressionError(message, opening.start, opening.end, f'write "{opening.text}(...)"')
        while self.tokens[self.at].kind == "[":
            self._brackets()

    def _brackets(self) -> None:
        while self.tokens[self.at].kind not in ("]", "end"):
            self.out.append(self.tokens[self.at])
            self.at += 1
        if self.tokens[self.at].kind == "]":
            self.out.append(self.tokens[self.at])
            self.at += 1

    def _function(self, token: Token) -> None:
        """A function; an argument without parentheses goes up to a sign, a parenthesis or a function."""
        self.out.append(token)
        self.at += 1
        while self.tokens[self.at].kind == "'":
            self.out.append(self.tokens[self.at])
            self.at += 1
        power = self._power()
        if self.tokens[self.at].kind == "(":
            self.powers.append(power)
            self.out.append(self.tokens[self.at])
            self.at += 1
            return
        if self.tokens[self.at].kind != "[":
            self.out.append(token._replace(kind="(", text="("))
            self._argument(token)
            self.out.append(token._replace(kind=")", text=")"))
        self.out += power

    def _power(self) -> list[Token]:
        """The exponent in ``sin^2 x``, which belongs behind the argument."""
        kinds = [t.kind for t in self.tokens[self.at : self.at + 4]]
        length = 2 if kinds[:2] == ["^", "num"] else 4 if kinds == ["^", "(", "num", ")"] else 0
        power = self.tokens[self.at : self.at + length]
        self.at += length
        return power

    def _argument(self, token: Token) -> None:
        if self.tokens[self.at].kind in ("-", "+"):
            self.out.append(self.tokens[self.at])
            self.at += 1
        if self._call():
            self._exponent()
            return
        self._one(token)
        self._exponent()
        while self.tokens[self.at].kind == "name" and self.tokens[self.at].text not in _FUNCTIONS:
            if self.tokens[self.at + 1].kind == "(" and self.tokens[self.at].text in _SPECIAL:
                return
            self._one(token)
            self._exponent()

    def _call(self) -> bool:
        """A function with its parentheses: the whole argument of the one in front, as in ``ln abs(x)``."""
        if self.tokens[self.at].text not in _FUNCTIONS or self.tokens[self.at + 1].kind != "(":
            return False
        outside = len(self.powers)
        if outside > MAX_NESTING:
            token = self.tokens[self.at]
            raise ExpressionError("the expression is nested too deeply", token.start, token.end)
        self._next()
        while len(self.powers) > outside and self.tokens[self.at].kind != "end":
            self._next()
        return True

    def _exponent(self) -> None:
        if self.tokens[self.at].kind != "^":
            return
        self.out.append(self.tokens[self.at])
        self.at += 1
        if self.tokens[self.at].kind in ("-", "+"):
            self.out.append(self.tokens[self.at])
            self.at += 1
        if self.tokens[self.at].kind in ("num", "name"):
            self._one(self.tokens[self.at])
            return
        kinds = [t.kind for t in self.tokens[self.at : self.at + 4]]
        length = 3 if kinds[:3] == ["(", "num", ")"] else 4 if kinds == ["(", "-", "num", ")"] else 0
        if not length:
            hint = "put the argument into parentheses"
            message = "it is not clear how far the argument of the function goes"
            raise ExpressionError(message, self.tokens[self.at - 1].start, self.tokens[self.at].end, hint)
        self.out += self.tokens[self.at : self.at + length]
        self.at += length
