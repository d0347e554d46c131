"""From a tree back to text that parses to an equal tree, with names or with numbers put in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.language.tree import Expr

if TYPE_CHECKING:
    from collections.abc import Callable

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 1, 2, 3, 4, 5
_LEVEL = {
    "sum": _SUM,
    "neg": _SUM,
    "mul": _PRODUCT,
    "div": _PRODUCT,
    "matmul": _PRODUCT,
    "pow": _POWER,
    "T": _POWER,
}
_NUMBER = re.compile(r"-?[\d.]+(?:e[-+]?\d+)?")
_DERIVATIVE = re.compile(r"d[^\W\d]\w*/d[^\W\d]\w*")
_SIGN = {"mul": "*", "div": "/", "matmul": " @ "}


def render(expr: Expr, show: Callable[[str], str] = str) -> str:
    """The text of an expression; ``show`` says what stands for a quantity (its name by default)."""
    return _text(expr, 0, show)


def format_number(value: float) -> str:
    """A number as a person would write it: no needless ``.0``, all its digits otherwise."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _text(expr: Expr, outer: int, show: Callable[[str], str]) -> str:
    text = _WRITERS[expr.op](expr, show)
    level = _LEVEL.get(expr.op, _ATOM)
    if expr.op == "name":
        level = _level_of_name(text)
    return f"({text})" if level < outer else text


@lru_cache(maxsize=4096)
def _level_of_name(text: str) -> int:
    """How tightly what stands for a quantity holds together: a name, a derivative, or a whole expression."""
    if text.isidentifier():
        return _ATOM
    depth, outside = 0, []
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character not in ")]":
            outside.append(character)
    plain = "".join(outside)
    if _NUMBER.fullmatch(plain):
        return _SUM if plain[0] == "-" else _ATOM
    if _DERIVATIVE.fullmatch(plain):
        return _UNARY
    return _SUM if any(c in plain for c in "+-*/^@ ") else _ATOM


def _sum(expr: Expr, show: Callable[[str], str]) -> str:
    parts = [_text(expr.args[0], _SUM if expr.args[0].op != "sum" else _PRODUCT, show)]
    for term in expr.args[1:]:
        if term.op == "neg":
            parts.append(" - " + _text(term.args[0], _PRODUCT, show))
        else:
            parts.append(" + " + _text(term, _PRODUCT, show))
    return "".join(parts)


def _neg(expr: Expr, show: Callable[[str], str]) -> str:
    return "-" + _text(expr.args[0], _PRODUCT, show)


def _binary(expr: Expr, show: Callable[[str], str]) -> str:
    left = _text(expr.args[0], _PRODUCT, show)
    right = _text(expr.args[1], _UNARY, show)
    return left + _SIGN[expr.op] + right


def _pow(expr: Expr, show: Callable[[str], str]) -> str:
    base, exponent = expr.args
    below = _text(base, _ATOM, show)
    if exponent.op == "neg":
        return f"{below}^-{_text(exponent.args[0], _POWER, show)}"
    return f"{below}^{_text(exponent, _POWER, show)}"


def _transpose(expr: Expr, show: Callable[[str], str]) -> str:
    inner = expr.args[0]
    return _text(inner, _POWER if inner.op == "T" else _ATOM, show) + "^T"


def _call(expr: Expr, show: Callable[[str], str]) -> str:
    return f"{expr.value}({_list(expr.args, show)})"


def _list(items: tuple[Expr, ...], show: Callable[[str], str]) -> str:
    return ", ".join(_text(item, 0, show) for item in items)


def _index(expr: Expr, show: Callable[[str], str]) -> str:
    places = expr.value if isinstance(expr.value, tuple) else ()
    inner = _text(expr.args[0], _ATOM, show)
    if expr.args[0].op in ("num", "d"):  # 2[1] is no text, and dL/dw[1] is another derivative
        inner = f"({inner})"
    return f"{inner}[{','.join(str(i) for i in places)}]"


def _derivative(expr: Expr, show: Callable[[str], str]) -> str:
    return f"d{_text(expr.args[0], _ATOM, show)}/d{_text(expr.args[1], _ATOM, show)}"


def _new(expr: Expr, show: Callable[[str], str]) -> str:
    steps = expr.value[0] if isinstance(expr.value, tuple) else 1
    return f"new({_text(expr.args[0], 0, show)}{'' if steps == 1 else f', {steps}'})"


def _state(expr: Expr, show: Callable[[str], str]) -> str:
    state, steps = expr.value if isinstance(expr.value, tuple) else ("", 1)
    return f"state({state}, {_text(expr.args[0], 0, show)}{'' if steps == 1 else f', {steps}'})"


def _place(expr: Expr, show: Callable[[str], str]) -> str:
    places = expr.value if isinstance(expr.value, tuple) else ()
    where = ",".join(str(int(i) + 1) for i in places)
    return f"place({_list(expr.args, show)}, [{where}])"


def _part(expr: Expr, show: Callable[[str], str]) -> str:
    first, count = expr.value if isinstance(expr.value, tuple) else (0, 0)
    return f"part({_text(expr.args[0], 0, show)}, {int(first) + 1}, {count})"


_WRITERS: dict[str, Callable[[Expr, Callable[[str], str]], str]] = {
    "num": lambda e, _: format_number(float(e.value)),  # type: ignore[arg-type]
    "name": lambda e, show: show(str(e.value)),
    "const": lambda e, _: str(e.value),
    "sum": _sum,
    "neg": _neg,
    "mul": _binary,
    "div": _binary,
    "matmul": _binary,
    "pow": _pow,
    "T": _transpose,
    "call": _call,
    "index": _index,
    "list": lambda e, show: f"[{_list(e.args, show)}]",
    "place": _place,
    "part": _part,
    "d": _derivative,
    "new": _new,
    "state": _state,
    "depends": lambda e, show: f"depends({_list(e.args, show)})",
}
