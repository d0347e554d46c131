"""How LaTeX formulas are put together, by recursive descent; docstrings are the grammar.

The forms that a factor can have are in the modules beside, and are handed in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import ExpressionError
from grader.language.parse import MAX_DEPTH, MAX_NESTING
from grader.language.tokens import Token
from grader.language.tree import Expr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.language.latex.products import Products
    from grader.language.spelling import Spelling

MAX_WORK = 1_500
MAX_FACTORS = 90
_OPERATORS = {"*": "mul", "o": "mul", "/": "div", "@": "matmul", ".": "dot"}
_CLOSING = {"(": ")", "[": "]", "\\{": "\\}", "{": "}"}
_new = tuple.__new__


class Grammar(NamedTuple):
    r"""The forms of factors, by the kind of their first token.

    Args:
        factors: of a factor.
        arguments: of what stands behind ``\frac`` or ``^`` without braces.
        scripted: reads what stands above or below a factor that is no bare name.
    """

    factors: Mapping[str, Callable[[Reader, Token], Expr]]
    arguments: Mapping[str, Callable[[Reader, Token], Expr]]
    scripted: Callable[[Reader, Expr], Expr]


class Reader:
    """One formula being read.

    Args:
        tokens: of the formula.
        spelling: the problem's names.
        products: what a product without a sign is.
        grammar: the forms that a factor can have.
    """

    __slots__ = (
        "at",
        "bars",
        "bound",
        "counts",
        "depth",
        "grammar",
        "kinds",
        "level",
        "products",
        "scope",
        "spelling",
        "tokens",
        "work",
    )

    def __init__(self, tokens: list[Token], spelling: Spelling, products: Products, grammar: Grammar) -> None:
        self.tokens = tokens
        self.scope = spelling.scope
        self.spelling = spelling
        self.products = products
        self.grammar = grammar
        self.at = 0
        self.level = 0
        self.depth = 0
        self.work = 0
        self.bars: list[str] = []
        self.bound: dict[str, int] = {}
        self.kinds: dict[int, str] = {}
        self.counts: dict[str, int] = {}

    @property
    def end(self) -> int:
        """Where what was read last ends."""
        return self.tokens[self.at - 1].end

    def sum(self) -> Expr:
        """sum = product { ("+" | "-") product }"""
        self.enter()
        first = self.tokens[self.at].start
        terms = [self.leading()]
        while (kind := self.tokens[self.at].kind) in ("+", "-"):
            sign = self.tokens[self.at]
            self.at += 1
            term = self.product()
            terms.append(negative(term, sign) if kind == "-" else term)
        self.level -= 1
        if len(terms) == 1:
            return terms[0]
        return _new(Expr, ("sum", tuple(terms), None, first, self.end))

    def leading(self) -> Expr:
        """A sign in front of a whole product: -a b is -(a b)."""
        sign = self.tokens[self.at]
        if sign.kind not in ("+", "-"):
            return self.product()
        self.at += 1
        self.enter()
        inner = self.leading()
        self.level -= 1
        return negative(inner, sign) if sign.kind == "-" else inner

    def product(self) -> Expr:
        """product = unary { ("*" | "/" | "." | nothing) unary }"""
        left = self.unary()
        for _ in range(MAX_DEPTH):
            token = self.tokens[self.at]
            op = _OPERATORS.get(token.kind)
            if op is not None:
                self.at += 1
                right = self.unary()
                if op == "dot":
                    op = self.products.operator(left, right, dot=True)
            elif self.begins_factor(token):
                right = self.factor()
                op = self.products.operator(left, right, dot=False)
            else:
                return left
            left = _new(Expr, (op, (left, right), None, left.start, right.end))
        raise ExpressionError("there are too many factors in this product", left.start, left.end)

    def unary(self) -> Expr:
        """unary = ("+" | "-") unary | factor"""
        sign = self.tokens[self.at]
        if sign.kind not in ("+", "-"):
            return self.factor()
        self.at += 1
        self.enter()
        inner = self.unary()
        self.level -= 1
        return negative(inner, sign) if sign.kind == "-" else inner

    def begins_factor(self, token: Token) -> bool:
        """Whether a factor can begin here with no sign in front."""
        kind = token.kind
        if kind in ("|", "‖"):
            return kind not in self.bars
        return kind in self.grammar.factors and kind != "num"

    def factor(self) -> Expr:
        """factor = atom { "^" exponent | "_" index }"""
        token = self.tokens[self.at]
        if self.bound and self.counted() > MAX_WORK:
            raise ExpressionError(
                "the sums in this formula are too long to be written out", token.start, token.end
            )
        form = self.grammar.factors.get(token.kind)
        if form is None:
            raise self.missing(token)
        found = self.nested(form, token)
        while self.tokens[self.at].kind in ("^", "_", "⊤"):
            found = self.grammar.scripted(self, found)
        return found

    def number(self, token: Token) -> Expr:
        """number = digits ["%"]"""
        self.at += 1
        value = float(token.text)
        if value == math.inf:
            raise ExpressionError(f'"{token.text}" is too large a number', token.start, token.end)
        if self.tokens[self.at].kind == "%":
            self.at += 1
            value /= 100
        return _new(Expr, ("num", (), value, token.start, self.end))

    def group(self, token: Token) -> Expr:
        """group = "(" sum ")" | "[" sum { "," sum } "]" | "{" sum "}" """
        self.at += 1
        bars, self.bars = self.bars, []
        inner = self.sum()
        if token.kind == "[" and self.tokens[self.at].kind == ",":
            inner = self.rest_of_list(inner)
        self.bars = bars
        closing = self.expect(_CLOSING[token.kind], token)
        return _new(Expr, (inner[0], inner[1], inner[2], token.start, closing.end))

    def rest_of_list(self, first: Expr) -> Expr:
        """list = "[" sum { "," sum } "]" """
        items = [first]
        while self.tokens[self.at].kind == ",":
            self.at += 1
            items.append(self.sum())
        return Expr("list", tuple(items))

    def argument(self) -> Expr:
        """argument = "{" sum "}" | one number, letter or command"""
        token = self.tokens[self.at]
        if token.kind == "{":
            return self.group(token)
        if token.kind == "word" and len(token.text) > 1 and token.text not in self.scope.names:
            self.split(1)
            token = self.tokens[self.at]
        form = self.grammar.arguments.get(token.kind)
        if form is None:
            raise self.missing(token)
        return self.nested(form, token)

    def counted(self) -> int:
        """The factors of sums written out so far: a few characters can stand for millions."""
        self.work += 1
        return self.work

    def nested(self, form: Callable[[Reader, Token], Expr], token: Token) -> Expr:
        """Read a form; forms within forms are counted, with and without parentheses."""
        self.depth += 1
        if self.depth > MAX_FACTORS:
            raise ExpressionError("the expression is nested too deeply", token.start, token.end)
        found = form(self, token)
        self.depth -= 1
        return found

    def digit(self) -> Expr:
        r"""Like ``argument``, but of a number only one digit: ``\tfrac12``."""
        token = self.tokens[self.at]
        if token.kind == "num" and len(token.text) > 1 and token.text.isdigit():
            self.split(1)
        return self.argument()

    def unary_argument(self) -> Expr:
        """``e^-z``, as people type it."""
        sign = self.tokens[self.at]
        self.at += 1
        inner = self.argument()
        return negative(inner, sign) if sign.kind == "-" else inner

    def split(self, length: int) -> None:
        """Take a token apart: a word into two factors, a number into digits."""
        kind, text, start, end = self.tokens[self.at]
        middle = min(start + length, end)
        self.tokens[self.at : self.at + 1] = [
            Token(kind, text[:length], start, middle),
            Token(kind, text[length:], middle, end),
        ]

    def enter(self) -> None:
        """Count a level of nesting."""
        self.level += 1
        if self.level > MAX_NESTING:
            token = self.tokens[self.at]
            raise ExpressionError("the expression is nested too deeply", token.start, token.end)

    def expect(self, kind: str, opening: Token) -> Token:
        """Step over a token that must stand here."""
        token = self.tokens[self.at]
        if token.kind == kind:
            self.at += 1
            return token
        if token.kind == "end" and not token.text:
            message = f'"{opening.text}" is never closed'
            raise ExpressionError(message, opening.start, opening.end, f'a "{kind}" is missing')
        if token.kind == "num":
            raise self.sign_missing(token)
        raise ExpressionError(f'expected "{kind}", found "{token.text}"', token.start, token.end)

    def finish(self) -> None:
        """Nothing may be left."""
        token = self.tokens[self.at]
        if token.kind == "end" and not token.text:
            return
        if token.kind in (")", "]", "}", "\\}", "|)", "‖)"):
            message = f'"{token.text}" closes nothing'
            raise ExpressionError(message, token.start, token.end, "take it away, or open it before")
        if token.kind == "num":
            raise self.sign_missing(token)
        raise ExpressionError(f'"{token.text}" does not belong here', token.start, token.end)

    def sign_missing(self, token: Token) -> ExpressionError:
        """The error for a number behind a factor."""
        message = f'a sign is missing before "{token.text}"'
        return ExpressionError(message, token.start, token.end, 'write "\\cdot" between the factors')

    def missing(self, token: Token) -> ExpressionError:
        """The error for a place where a factor should stand."""
        if token.kind == "end" and not token.text and self.at:
            last = self.tokens[self.at - 1]
            message = f'something is missing after "{last.text}"'
            return ExpressionError(message, last.start, last.end, "a number, a name or a parenthesis follows")
        message = f'expected a number, a name or a parenthesis, found "{token.text}"'
        return ExpressionError(message, token.start, token.end)


def negative(inner: Expr, sign: Token) -> Expr:
    """The expression with a minus sign in front."""
    return _new(Expr, ("neg", (inner,), None, sign.start, inner.end))
