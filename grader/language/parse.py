"""From tokens to a tree, by recursive descent; each method's docstring is its grammar rule.

What a name is worth is somebody else's business (``scope.check_names``), and so are sizes.
"""

from __future__ import annotations

import math

from grader.errors import ExpressionError, did_you_mean
from grader.language.functions import FUNCTIONS, LOGS, SPELLINGS
from grader.language.scope import CONSTANTS, Scope, unknown_name
from grader.language.tokens import Token, Tokens, tokenize
from grader.language.tree import Expr, depth
from grader.record import record

MAX_EXPONENT = 10_000.0
MAX_NESTING = 60
MAX_DEPTH = 150
_SIGNS = frozenset("+-")
_RAISES = frozenset("^⊤")
_SUFFIXES = frozenset("[^⊤")
_PRODUCTS = {"*": "mul", "/": "div", "@": "matmul", "name": "implicit", "(": "implicit"}
# A named tuple made without its own __new__: half the time.
_new = tuple.__new__


@record
class Limits:
    """How long a text may be, in characters."""

    length: int


ANSWER = Limits(5_000)
SPEC = Limits(200_000)
NO_SCOPE = Scope()


def parse(text: str, scope: Scope | None = None, limits: Limits = ANSWER) -> Expr:
    """The tree of an expression.

    Raises:
        ExpressionError: where the text cannot be read, or is longer or deeper than the limits.
    """
    if len(text) > limits.length:
        raise too_long(text, limits)
    return parse_tokens(tokenize(text), text, scope)


def too_long(text: str, limits: Limits) -> ExpressionError:
    """The error for a text that is longer than the limits."""
    message = f"the expression has {len(text)} characters; at most {limits.length} are read"
    return ExpressionError(message, limits.length, len(text))


def parse_tokens(tokens: Tokens, text: str, scope: Scope | None = None) -> Expr:
    """The tree of an expression's tokens.

    Raises:
        ExpressionError: where they cannot be read, or nest too deeply.
    """
    if len(tokens.kinds) == 1:
        raise ExpressionError("there is no expression here", 0, 0, "write a number or a formula")
    parser = _Parser(tokens, scope)
    expr = parser.sum()
    parser.finish()
    if len(tokens.kinds) > MAX_DEPTH and depth(expr) > MAX_DEPTH:
        raise ExpressionError("the expression is nested too deeply", 0, len(text))
    return expr


class _Parser:
    __slots__ = ("at", "ends", "kinds", "known", "level", "scope", "starts", "texts")

    def __init__(self, tokens: Tokens, scope: Scope | None) -> None:
        self.kinds, self.texts, self.starts, self.ends = tokens
        self.at = 0
        self.level = 0
        self.scope = scope or NO_SCOPE
        self.known = self.scope.names

    def token(self, at: int) -> Token:
        """One token with its place, for what is rare and for messages."""
        return Token(self.kinds[at], self.texts[at], self.starts[at], self.ends[at])

    def sum(self) -> Expr:
        """sum = product { ("+" | "-") product }"""
        self.level += 1
        if self.level > MAX_NESTING:
            raise self.too_deep()
        kinds = self.kinds
        first = self.at
        left = self.leading() if kinds[first] in _SIGNS else self.product()
        sign = self.at
        if kinds[sign] not in _SIGNS:
            self.level -= 1
            return left
        terms = [left]
        while kinds[sign] in _SIGNS:
            self.at = sign + 1
            term = self.product()
            terms.append(_negative(term, self.starts[sign]) if kinds[sign] == "-" else term)
            sign = self.at
        self.level -= 1
        return _new(Expr, ("sum", tuple(terms), None, self.starts[first], terms[-1][4]))

    def leading(self) -> Expr:
        """A sign in front of a whole product: -a*b is -(a*b)."""
        sign = self.at
        self.at += 1
        self.enter()
        inner = self.leading() if self.kinds[self.at] in _SIGNS else self.product()
        self.level -= 1
        return _negative(inner, self.starts[sign]) if self.kinds[sign] == "-" else inner

    def product(self) -> Expr:
        """product = operand { ("*" | "/" | "@" | nothing) operand }"""
        kinds = self.kinds
        left = self.operand()
        while (op := _PRODUCTS.get(kinds[self.at])) is not None:
            if op == "implicit":
                op = "mul"
            else:
                self.at += 1
            right = self.operand()
            left = _new(Expr, (op, (left, right), None, left[3], right[4]))
        return left

    def operand(self) -> Expr:
        """operand = ("+" | "-") operand | (number | name | call | "(" sum ")" | list) suffixes"""
        at = self.at
        kinds = self.kinds
        kind = kinds[at]
        if kind == "name":
            text = self.texts[at]
            self.at = at + 1
            if text in self.known:
                leaf = _new(Expr, ("name", (), text, self.starts[at], self.ends[at]))
            else:
                leaf = self.named(self.token(at))
        elif kind == "num":
            leaf = self.number(at)
            return self.raised(leaf) if kinds[at + 1] in _RAISES else leaf
        elif kind == "(":
            leaf = self.group(at)
        elif kind in _SIGNS:
            return self.signed(at)
        elif kind == "[":
            leaf = self.list_of(self.token(at))
        else:
            raise self.missing_operand(self.token(at))
        return self.raised(self.indexed(leaf)) if kinds[self.at] in _SUFFIXES else leaf

    def number(self, at: int) -> Expr:
        """A number, not too large."""
        self.at = at + 1
        value = float(self.texts[at])
        if value == math.inf:
            message = f'"{self.texts[at]}" is too large a number'
            raise ExpressionError(message, self.starts[at], self.ends[at])
        return _new(Expr, ("num", (), value, self.starts[at], self.ends[at]))

    def group(self, at: int) -> Expr:
        """group = "(" sum ")" """
        self.at = at + 1
        inner = self.sum()
        if self.kinds[self.at] != ")":
            self.expect(")", self.token(at))
        self.at += 1
        return _new(Expr, (inner[0], inner[1], inner[2], self.starts[at], self.ends[self.at - 1]))

    def signed(self, at: int) -> Expr:
        """A sign behind an operator: 2*-3."""
        self.at = at + 1
        self.enter()
        inner = self.operand()
        self.level -= 1
        return _negative(inner, self.starts[at]) if self.kinds[at] == "-" else inner

    def raised(self, base: Expr) -> Expr:
        """suffixes = { "^T" } [ "^" operand ]: the exponent groups to the right"""
        while self.kinds[self.at] in _RAISES:
            if self.is_transpose():
                base = Expr("T", (base,), None, base.start, self.ends[self.at - 1])
                continue
            self.at += 1
            self.enter()
            exponent = self.operand()
            self.level -= 1
            check_exponent(exponent)
            return _new(Expr, ("pow", (base, exponent), None, base[3], exponent[4]))
        return base

    def is_transpose(self) -> bool:
        if self.kinds[self.at] == "⊤":
            self.at += 1
            return True
        following = self.at + 1
        if self.kinds[following] == "⊤" or (self.texts[following] == "T" and "T" not in self.known):
            self.at += 2
            return True
        return False

    def indexed(self, inner: Expr) -> Expr:
        """indices = integer [ "," integer ]"""
        while self.kinds[self.at] == "[":
            opening = self.token(self.at)
            self.at += 1
            places = [self.integer()]
            while self.kinds[self.at] == ",":
                self.at += 1
                places.append(self.integer())
            closing = self.expect("]", opening)
            if len(places) > 2:
                raise ExpressionError("an element has one or two indices", opening.start, closing.end)
            inner = Expr("index", (inner,), tuple(places), inner.start, closing.end)
        return inner

    def list_of(self, opening: Token) -> Expr:
        """list = "[" sum { "," sum } "]" """
        self.at += 1
        items = [self.sum()]
        while self.kinds[self.at] == ",":
            self.at += 1
            items.append(self.sum())
        closing = self.expect("]", opening)
        return Expr("list", tuple(items), None, opening.start, closing.end)

    def named(self, token: Token) -> Expr:
        """What a name begins that is no quantity's: a derivative, a call, a constant."""
        text = token.text
        following = self.kinds[self.at]
        if text[0] == "d" and len(text) > 1 and following in ("/", "["):
            derivative = self.derivative(token)
            if derivative is not None:
                return derivative
        if following in {"(", "'"}:
            if text in _SPECIAL and following == "(":
                return self.special(token)
            if text in SPELLINGS or text == "log" or (following == "'" and text not in CONSTANTS):
                return self.call(token)
            if following == "(" and self.scope is not NO_SCOPE and text not in CONSTANTS:
                raise self.unknown_function(token)
        if text in CONSTANTS:
            return Expr("const", (), CONSTANTS[text], token.start, token.end)
        if text in SPELLINGS or text == "log":
            message = f'"{text}" is a function and needs its argument in parentheses'
            raise ExpressionError(message, token.start, token.end, f'write "{text}(...)"')
        return Expr("name", (), text, token.start, token.end)

    def derivative(self, token: Token) -> Expr | None:
        """derivative = "d" name [index] "/" "d" name [index]"""
        back = self.at
        of = self.indexed(Expr("name", (), token.text[1:], token.start + 1, token.end))
        below = self.token(self.at + 1) if self.kinds[self.at] == "/" else None
        if below is None or below.kind != "name" or below.text[0] != "d" or len(below.text) < 2:
            self.at = back
            return None
        if below.text in self.known:
            self.at = back
            return None
        self.at += 2
        wrt = self.indexed(Expr("name", (), below.text[1:], below.start + 1, below.end))
        return Expr("d", (of, wrt), None, token.start, wrt.end)

    def call(self, token: Token) -> Expr:
        """call = function {"'"} "(" sum { "," sum } ")" """
        function = LOGS[self.scope.log_base] if token.text in ("ln", "log") else SPELLINGS.get(token.text)
        if function is None:
            raise self.unknown_function(token)
        while self.kinds[self.at] == "'":
            self.at += 1
            function += "'"
        opening = self.expect("(", token)
        args = [self.sum()]
        while self.kinds[self.at] == ",":
            self.at += 1
            args.append(self.sum())
        closing = self.expect(")", opening)
        node = Expr("call", tuple(args), function, token.start, closing.end)
        self.check_call(node, token)
        return node

    def check_call(self, node: Expr, token: Token) -> None:
        entry = FUNCTIONS.get(str(node.value))
        if entry is None:
            message = f'"{node.value}" is not a derivative that can be written here'
            raise ExpressionError(message, token.start, node.end)
        low, high = entry.arity
        if not low <= len(node.args) <= high:
            takes = f"{low}" if low == high else f"{low} to {high}"
            message = f'"{token.text}" takes {takes} argument{"s" if high > 1 else ""}, not {len(node.args)}'
            raise ExpressionError(message, token.start, node.end)

    def special(self, token: Token) -> Expr:
        """new(x [, steps]) | state(name, x [, steps]) | depends(a, b)"""
        opening = self.expect("(", token)
        state = ""
        if token.text == "state":
            state = self.expect("name", opening).text
            self.expect(",", opening)
        args = [self.sum()]
        steps = 1
        if self.kinds[self.at] == ",":
            self.at += 1
            if token.text == "depends":
                args.append(self.sum())
            else:
                steps = self.integer()
        closing = self.expect(")", opening)
        if token.text == "depends" and len(args) != 2:
            message = "depends(a, b) asks whether a changes with b: it takes two arguments"
            raise ExpressionError(message, token.start, closing.end)
        value = {"new": (steps,), "state": (state, steps), "depends": None}[token.text]
        return Expr(token.text, tuple(args), value, token.start, closing.end)

    def enter(self) -> None:
        self.level += 1
        if self.level > MAX_NESTING:
            raise self.too_deep()

    def too_deep(self) -> ExpressionError:
        token = self.token(self.at)
        return ExpressionError("the expression is nested too deeply", token.start, token.end)

    def integer(self) -> int:
        token = self.expect("num", self.token(self.at - 1))
        if not token.text.isdigit() or len(token.text) > 9:
            raise ExpressionError(f'expected a whole number, not "{token.text}"', token.start, token.end)
        return int(token.text)

    def expect(self, kind: str, opening: Token) -> Token:
        token = self.token(self.at)
        if token.kind == kind:
            self.at += 1
            return token
        what = {"num": "a number", "name": "a name"}.get(kind, f'"{kind}"')
        found = f'"{token.text}"' if token.text else "the end"
        if kind in (")", "]") and token.kind == "end":
            message = f'"{opening.text}" is never closed'
            raise ExpressionError(message, opening.start, opening.end, f'a "{kind}" is missing')
        raise ExpressionError(f"expected {what}, found {found}", token.start, token.end)

    def finish(self) -> None:
        token = self.token(self.at)
        if token.kind == "end":
            return
        if token.kind in (")", "]"):
            message = f'"{token.text}" closes nothing'
            raise ExpressionError(message, token.start, token.end, "take it away, or open it before")
        if token.kind == "num":
            message = f'a sign is missing before "{token.text}"'
            raise ExpressionError(message, token.start, token.end, 'write "*" between the factors')
        raise ExpressionError(f'"{token.text}" does not belong here', token.start, token.end)

    def missing_operand(self, token: Token) -> ExpressionError:
        if token.kind == "end":
            last = self.token(self.at - 1)
            message = f'something is missing after "{last.text}"'
            return ExpressionError(message, last.start, last.end, "a number, a name or a parenthesis follows")
        message = f'expected a number, a name or a parenthesis, found "{token.text}"'
        return ExpressionError(message, token.start, token.end)

    def unknown_function(self, token: Token) -> ExpressionError:
        hint = did_you_mean(token.text, (*SPELLINGS, *self.known))
        if self.kinds[self.at] == "(" and self.known and not hint:
            return unknown_name(token.text, token.start, token.end, self.scope)
        return ExpressionError(f'unknown function "{token.text}"', token.start, token.end, hint, token.text)


def _negative(inner: Expr, sign: int) -> Expr:
    return _new(Expr, ("neg", (inner,), None, sign, inner[4]))


def check_exponent(exponent: Expr) -> None:
    """Refuse an exponent that nobody means.

    Raises:
        ExpressionError: at the exponent.
    """
    inner = exponent.args[0] if exponent.op == "neg" else exponent
    if inner.op == "num" and isinstance(inner.value, float) and inner.value > MAX_EXPONENT:
        message = f"the exponent {inner.value:g} is larger than {MAX_EXPONENT:g}"
        raise ExpressionError(message, exponent.start, exponent.end)


_SPECIAL = ("new", "state", "depends")
