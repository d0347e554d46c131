"""Derivatives as expressions: reverse mode through one equation, readable as a textbook writes it.

``backward`` pushes an upstream gradient from an equation's result down to the quantities in it, and
gives for each its contribution. Putting the contributions of several equations together, and naming
them, is the engine's business.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from grader.language.functions import FUNCTIONS
from grader.language.parse import SPEC, parse
from grader.language.scope import Scope
from grader.language.shapes import NUMBER, Shape, infer_shape, is_dot, resolve_index
from grader.language.tree import (
    ONE,
    Expr,
    add,
    call,
    div,
    is_num,
    matmul,
    mul,
    neg,
    num,
    power,
    quantities,
    sub,
    substitute,
    transpose,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SLOPE_SCOPE = Scope(frozenset({"u", "s", "a"}))
_DEFAULT_CONSTANT = {"leaky_relu": 0.01, "elu": 1.0}


@lru_cache(maxsize=256)
def slope_expression(function: str) -> Expr | None:
    """The derivative of a function as an expression in ``u`` (and ``s``); of f' by differentiating f's."""
    entry = FUNCTIONS[function]
    if entry.slope is not None:
        return parse(entry.slope, _SLOPE_SCOPE, SPEC)
    if not function.endswith("'"):
        return None
    first = slope_expression(function[:-1])
    if first is None:
        return None
    shapes = {"u": NUMBER, "s": NUMBER, "a": NUMBER}
    parts = backward(first, ONE, frozenset({"u"}), shapes, 1).get("u", [])
    return add(*parts)


def slope_of(function: str, args: tuple[Expr, ...]) -> Expr:
    """f'(args) written out."""
    slope = slope_expression(function)
    if slope is None:
        message = f"{function} has no derivative in the table"
        raise ValueError(message)
    constant = args[1] if len(args) > 1 else num(_DEFAULT_CONSTANT.get(function.rstrip("'"), 1.0))
    return substitute(slope, {"u": args[0], "s": constant})


def slope_from_output(function: str, output: Expr, constants: tuple[Expr, ...]) -> Expr | None:
    """f' in terms of the output f(u), or None where nobody takes it so."""
    text = FUNCTIONS[function].from_output
    if text is None:
        return None
    constant = constants[0] if constants else num(_DEFAULT_CONSTANT.get(function, 1.0))
    return substitute(parse(text, _SLOPE_SCOPE, SPEC), {"a": output, "s": constant})


def backward(
    expr: Expr, upstream: Expr, targets: frozenset[str], shapes: Mapping[str, Shape], base: int
) -> dict[str, list[Expr]]:
    """What each target contributes to the derivative through one equation.

    Args:
        expr: the right-hand side.
        upstream: the derivative of the loss (or of any number) with respect to the result.
        targets: the quantities to differentiate by.
        shapes: the size of every quantity in ``expr`` and ``upstream``.
        base: the smallest index.

    Returns:
        For each target that occurs, one expression per occurrence, each of the target's size.
    """
    sweep = _Sweep(targets, shapes, base)
    sweep.push(expr, upstream, infer_shape(upstream, shapes, base))
    return sweep.found


class _Sweep:
    """One pass down a tree. ``up`` may be a number standing for the same number everywhere."""

    def __init__(self, targets: frozenset[str], shapes: Mapping[str, Shape], base: int) -> None:
        self.targets = targets
        self.shapes = shapes
        self.base = base
        self.found: dict[str, list[Expr]] = {}

    def shape(self, expr: Expr) -> Shape:
        return infer_shape(expr, self.shapes, self.base)

    def push(self, expr: Expr, up: Expr, up_shape: Shape) -> None:
        if is_num(up, 0.0) or self.targets.isdisjoint(quantities(expr)):
            return
        if expr.op == "name":
            shape = self.shapes[str(expr.value)]
            full = up if up_shape == shape else mul(up, call("ones", expr))
            self.found.setdefault(str(expr.value), []).append(full)
            return
        _RULES[expr.op](self, expr, up, up_shape)

    def push_elementwise(self, operand: Expr, whole: Expr, up: Expr) -> None:
        """Push a derivative of the size of the whole result to an operand that may be smaller."""
        target, size = self.shape(operand), self.shape(whole)
        up_shape = self.shape(up)
        if target == size or (up_shape == NUMBER and target == NUMBER and size == NUMBER):
            self.push(operand, up, up_shape)
            return
        up, up_shape = _reduced(up, up_shape, size, target)
        self.push(operand, up, up_shape)


def _reduced(up: Expr, up_shape: Shape, size: Shape, target: Shape) -> tuple[Expr, Shape]:
    """Add a derivative up over the elements that shared one operand."""
    if up_shape == NUMBER and size != NUMBER:
        copies = (size[0] * size[1]) // (target[0] * target[1])
        return mul(num(copies), up), NUMBER
    if target == NUMBER:
        return call("sum", up), NUMBER
    return (call("sum_columns", up) if target[1] == 1 else call("sum_rows", up)), target


def _sum(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    for term in expr.args:
        sweep.push_elementwise(term, expr, up)


def _neg(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    sweep.push(expr.args[0], neg(up), up_shape)


def _mul(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    a, b = expr.args
    sweep.push_elementwise(a, expr, mul(up, b))
    sweep.push_elementwise(b, expr, mul(up, a))


def _div(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    a, b = expr.args
    sweep.push_elementwise(a, expr, div(up, b))
    sweep.push_elementwise(b, expr, neg(div(mul(up, a), power(b, num(2)))))


def _pow(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    base, n = expr.args
    if n.op == "num" and isinstance(n.value, float):
        slope = mul(n, power(base, num(n.value - 1)))
    else:
        slope = mul(n, power(base, sub(n, ONE)))
    sweep.push_elementwise(base, expr, mul(up, slope))
    sweep.push_elementwise(n, expr, mul(up, mul(expr, call("ln", base))))


def _matmul(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    a, b = expr.args
    a_shape, b_shape = sweep.shape(a), sweep.shape(b)
    if is_dot(a_shape, b_shape) or a_shape[1] != b_shape[0]:
        _mul(sweep, expr._replace(op="mul"), up, up_shape)
        return
    size = (a_shape[0], b_shape[1])
    if up_shape != size:
        up = mul(up, call("ones", expr))
    sweep.push(a, matmul(up, transpose(b)), a_shape)
    sweep.push(b, matmul(transpose(a), up), b_shape)


def _transpose(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    if up_shape == NUMBER:
        sweep.push(expr.args[0], up, up_shape)
    else:
        sweep.push(expr.args[0], transpose(up), (up_shape[1], up_shape[0]))


def _index(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    inner = expr.args[0]
    shape = sweep.shape(inner)
    place = resolve_index(expr, shape, sweep.base)
    sweep.push(inner, up if shape == NUMBER else Expr("place", (up, inner), place), shape)


def _list(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    for i, item in enumerate(expr.args):
        if item.op == "list":
            for j, element in enumerate(item.args):
                sweep.push(element, _element(up, up_shape, (i, j), sweep.base), NUMBER)
        else:
            sweep.push(item, _element(up, up_shape, (i, 0), sweep.base), NUMBER)


def _element(up: Expr, up_shape: Shape, place: tuple[int, int], base: int) -> Expr:
    if up_shape == NUMBER:
        return up
    return Expr("index", (up,), (place[0] + base, place[1] + base))


def _place(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    place = expr.value if isinstance(expr.value, tuple) else (0, 0)
    at = (int(place[0]), int(place[1]))
    sweep.push(expr.args[0], _element(up, up_shape, at, sweep.base), NUMBER)


def _part(sweep: _Sweep, expr: Expr, _: Expr, __: Shape) -> None:
    message = f"the derivative through {expr.op} is not needed by any rule"
    raise AssertionError(message, sweep)


def _call(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    name = str(expr.value)
    rule = _WHOLE.get(name)
    if rule is not None:
        rule(sweep, expr, up, up_shape)
        return
    entry = FUNCTIONS[name]
    slope = Expr("call", expr.args, name + "'") if entry.shorthand else slope_of(name, expr.args)
    sweep.push_elementwise(expr.args[0], expr, mul(up, slope))


def _mean(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    rows, columns = sweep.shape(expr.args[0])
    sweep.push(expr.args[0], div(up, num(rows * columns)), NUMBER)


def _norm(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    inner = expr.args[0]
    sweep.push(inner, div(mul(up, inner), expr), sweep.shape(inner))


def _outer(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    a, b = expr.args
    column = a if sweep.shape(a)[1] == 1 else transpose(a)
    row = transpose(b) if sweep.shape(b)[1] == 1 else b
    _matmul(sweep, matmul(column, row), up, up_shape)


def _softmax(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    inner = expr.args[0]
    shape = sweep.shape(inner)
    if up_shape != shape:
        up = mul(up, call("ones", inner))
    if shape[1] == 1:
        sweep.push(inner, matmul(call("softmax'", inner), up), shape)
    elif shape[0] == 1:
        sweep.push(inner, matmul(up, call("softmax'", inner)), shape)
    else:
        centred = sub(up, call("sum_rows", mul(expr, up)))
        sweep.push(inner, mul(expr, centred), shape)


def _extreme(sweep: _Sweep, expr: Expr, up: Expr, _: Shape) -> None:
    name = str(expr.value)
    if len(expr.args) == 1:
        inner = expr.args[0]
        sweep.push(inner, mul(up, call(name + "'", inner)), sweep.shape(inner))
        return
    if len(expr.args) > 2:
        expr = Expr("call", (Expr("call", expr.args[:-1], name), expr.args[-1]), name)
    a, b = expr.args
    if name == "max" and (is_num(a, 0.0) or is_num(b, 0.0)):
        inner = b if is_num(a, 0.0) else a
        sweep.push_elementwise(inner, expr, mul(up, call("relu'", inner)))
        return
    ahead = call("step", sub(a, b) if name == "max" else sub(b, a))
    sweep.push_elementwise(a, expr, mul(up, ahead))
    sweep.push_elementwise(b, expr, mul(up, sub(ONE, ahead)))


def _concat(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    first = 0
    for item in expr.args:
        shape = sweep.shape(item)
        part = up if up_shape == NUMBER else Expr("part", (up,), (first, shape[0]))
        sweep.push(item, part, NUMBER if up_shape == NUMBER else shape)
        first += shape[0]


def _sum_over_all(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    sweep.push(expr.args[0], up, up_shape)


def _spread(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    """Through sum_columns and sum_rows: the same derivative for all that was added up."""
    inner = expr.args[0]
    full = up if up_shape == NUMBER else mul(up, call("ones", inner))
    sweep.push(inner, full, NUMBER if up_shape == NUMBER else sweep.shape(inner))


def _diagonal(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    inner = expr.args[0]
    n = max(sweep.shape(inner))
    items = tuple(_element(up, up_shape, (i, i), sweep.base) for i in range(n))
    sweep.push(inner, Expr("list", items), (n, 1))


def _inverse(sweep: _Sweep, expr: Expr, up: Expr, up_shape: Shape) -> None:
    """d inv(A) = -inv(A) dA inv(A)."""
    inner = expr.args[0]
    turned = transpose(expr)
    full = up if up_shape == sweep.shape(inner) else mul(up, call("ones", inner))
    sweep.push(inner, neg(matmul(matmul(turned, full), turned)), sweep.shape(inner))


def _flat(_: _Sweep, __: Expr, ___: Expr, ____: Shape) -> None:
    """Constant almost everywhere: nothing flows back."""


_WHOLE: dict[str, Callable[[_Sweep, Expr, Expr, Shape], None]] = {
    "sum": _sum_over_all,
    "mean": _mean,
    "norm": _norm,
    "dot": _mul,
    "outer": _outer,
    "softmax": _softmax,
    "max": _extreme,
    "min": _extreme,
    "concat": _concat,
    "sum_columns": _spread,
    "sum_rows": _spread,
    "diag": _diagonal,
    "inv": _inverse,
    "ones": _flat,
    "max'": _flat,
    "min'": _flat,
}

_RULES: dict[str, Callable[[_Sweep, Expr, Expr, Shape], None]] = {
    "sum": _sum,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "matmul": _matmul,
    "T": _transpose,
    "index": _index,
    "list": _list,
    "place": _place,
    "part": _part,
    "call": _call,
}
