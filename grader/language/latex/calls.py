"""Functions in LaTeX: what stands before their argument, and how far it goes without parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.functions import FUNCTIONS, LOGS, SPELLINGS
from grader.language.latex.scripts import exponent, index_parts, scripts_of, transposed
from grader.language.tree import Expr

if TYPE_CHECKING:
    from grader.language.latex.grammar import Reader
    from grader.language.tokens import Token

_LOG_BASES = {"2": "log2", "10": "log10", "e": "ln"}
# What an argument without parentheses is made of; a parenthesis, a sign or another function ends it.
_ARGUMENT = frozenset({"num", "word", "greek", "text", "style", "accent", "frac", "√", "{", "∂"})
_new = tuple.__new__


def function_named(reader: Reader, text: str) -> str | None:
    """The function of this name, or None where there is none or the problem has a quantity called so."""
    if text in reader.scope.names:
        return None
    if text in ("ln", "log"):
        return LOGS[reader.scope.log_base]
    return SPELLINGS.get(text)


def call(reader: Reader, token: Token, function: str, at: int | None = None) -> Expr:
    """call = function { "'" | "^" power | "_" base } argument"""
    reader.at = reader.at + 1 if at is None else at
    function, power, parts = _marks(reader, token, function)
    entry = FUNCTIONS.get(function)
    if entry is None:
        message = f'"{function}" is not a derivative that can be written here'
        raise ExpressionError(message, token.start, reader.end)
    reader.enter()
    args = _arguments(reader, token)
    reader.level -= 1
    low, high = entry.arity
    if not low <= len(args) <= high:
        takes = f"{low}" if low == high else f"{low} to {high}"
        message = f'"{token.text}" takes {takes} argument{"s" if high > 1 else ""}, not {len(args)}'
        raise ExpressionError(message, token.start, reader.end)
    found: Expr = _new(Expr, ("call", tuple(args), function, token.start, reader.end))
    if parts:
        found = Expr("index", (found,), tuple(int(p) for p in parts), token.start, reader.end)
    return found if power is None else _new(Expr, ("pow", (found, power), None, token.start, reader.end))


def _marks(reader: Reader, token: Token, function: str) -> tuple[str, Expr | None, tuple[str, ...]]:
    """Primes, a power and a base between a function and its argument."""
    power: Expr | None = None
    parts: tuple[str, ...] = ()
    while True:
        mark = reader.tokens[reader.at]
        if mark.kind == "'":
            reader.at += 1
            function += "'"
        elif mark.kind == "_" and not parts:
            parts = index_parts(reader)
            if token.text == "log" and parts and parts[0] in _LOG_BASES:
                function, parts = _LOG_BASES[parts[0]], ()
            elif not parts or not all(p.isdecimal() and len(p) < 7 for p in parts):
                raise ExpressionError(f'"{token.text}" has no subscripts', mark.start, reader.end)
        elif mark.kind == "^" and power is None and not transposed(reader):
            if reader.tokens[reader.at + 1].kind == "'" or (
                reader.tokens[reader.at + 1].kind == "{" and reader.tokens[reader.at + 2].kind == "'"
            ):
                function += "'" * scripts_of(reader).steps
                continue
            power = exponent(reader)
            if power.op == "neg" or token.text in ("max", "min"):
                hint = f'write "1/{token.text}(...)" or the name of the inverse'
                raise ExpressionError(
                    "this power of a function can mean two things", token.start, reader.end, hint
                )
        else:
            return function, power, parts


def _arguments(reader: Reader, token: Token) -> list[Expr]:
    """argument = "(" sum { "," sum } ")" | factors up to a sign, a parenthesis or another function"""
    opening = reader.tokens[reader.at]
    if opening.kind in ("(", "[", "\\{", "{"):
        bars, reader.bars = reader.bars, []
        reader.at += 1
        args = [reader.sum()]
        while reader.tokens[reader.at].kind == ",":
            reader.at += 1
            args.append(reader.sum())
        reader.bars = bars
        reader.expect({"(": ")", "[": "]", "{": "}"}.get(opening.kind, "\\}"), opening)
        return args
    first = reader.tokens[reader.at]
    if first.kind == "end" or (
        first.kind not in _ARGUMENT and first.kind not in ("+", "-", "|", "‖", "(|", "(‖", "func")
    ):
        message = f'"{token.text}" is a function and needs its argument'
        raise ExpressionError(message, token.start, token.end, f'write "{token.text}(...)"')
    argument = reader.unary()
    while _continues(reader):
        right = reader.factor()
        op = reader.products.operator(argument, right, dot=False)
        argument = _new(Expr, (op, (argument, right), None, argument.start, right.end))
    return [argument]


def _continues(reader: Reader) -> bool:
    token = reader.tokens[reader.at]
    return token.kind in _ARGUMENT and token.kind != "num" and function_named(reader, token.text) is None


def special(reader: Reader, token: Token) -> Expr:
    r"""``\operatorname{new}(x, 2)``, ``\operatorname{state}(v, w)``: words of the language, not of LaTeX."""
    opening = reader.tokens[reader.at + 1]
    reader.at += 2
    name = reader.tokens[reader.at].text
    if token.text == "state":
        reader.at += 1
        reader.expect(",", opening)
    inner = reader.sum()
    steps = 1
    if reader.tokens[reader.at].kind == ",":
        count = reader.tokens[reader.at + 1]
        if count.kind != "num" or not count.text.isdigit() or len(count.text) > 9:
            raise ExpressionError("expected a number of steps", count.start, count.end)
        reader.at += 2
        steps = int(count.text)
    closing = reader.expect(")", opening)
    value = (steps,) if token.text == "new" else (name, steps)
    return Expr(token.text, (inner,), value, token.start, closing.end)
