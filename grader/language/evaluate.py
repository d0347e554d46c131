"""The value of one expression, straight from its tree: for answers, each of which is evaluated once or twice.

What is evaluated often is compiled (``program``). Depth is bounded by the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.language.differentiate import slope_of
from grader.language.functions import FUNCTIONS, no_kernel
from grader.language.kernels import PLAIN, function, index_at, part_of, place_at
from grader.language.shapes import is_dot, resolve_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.language.tree import Expr

    Array = NDArray[np.float64]

_CONSTANTS = {"e": np.full((1, 1, 1, 1), np.e), "pi": np.full((1, 1, 1, 1), np.pi)}


def evaluate(expr: Expr, values: Mapping[str, Array], at_zero: Mapping[str, float], base: int = 1) -> Array:
    """The value of an expression of sizes that fit (``shapes.infer_shape`` has been asked).

    Args:
        expr: over the names in ``values``.
        values: arrays (rows, columns, students, points).
        at_zero: the problem's values at kinks.
        base: the smallest index.
    """
    op = expr.op
    if op == "num":
        return np.full((1, 1, 1, 1), expr.value)
    if op == "name":
        return values[expr.value]  # type: ignore[index]
    if op == "const":
        return _CONSTANTS[str(expr.value)]
    if op == "sum":
        return _sum(expr, values, at_zero, base)
    if op == "call" and FUNCTIONS[str(expr.value)].kernel is no_kernel:
        return evaluate(slope_of(str(expr.value)[:-1], expr.args), values, at_zero, base)
    args = [evaluate(a, values, at_zero, base) for a in expr.args]
    simple = PLAIN.get(op)
    if simple is not None and op != "matmul":
        return simple(*args)  # type: ignore[no-any-return]
    return np.asarray(_special(expr, args, at_zero, base))


def _sum(expr: Expr, values: Mapping[str, Array], at_zero: Mapping[str, float], base: int) -> Array:
    total = evaluate(expr.args[0], values, at_zero, base)
    for term in expr.args[1:]:
        if term.op == "neg":
            total = total - evaluate(term.args[0], values, at_zero, base)
        else:
            total = total + evaluate(term, values, at_zero, base)
    return total


def _special(expr: Expr, args: list[Array], at_zero: Mapping[str, float], base: int) -> Any:  # noqa: ANN401
    op = expr.op
    if op == "call":
        return function(str(expr.value), at_zero)(*args)
    if op == "matmul":
        sizes = [(a.shape[-4], a.shape[-3]) for a in args]
        if is_dot(sizes[0], sizes[1]):
            return PLAIN["dot"](*args)
        return PLAIN["matmul"](*args) if sizes[0][1] == sizes[1][0] else args[0] * args[1]
    if op == "index":
        return index_at(*resolve_index(expr, (args[0].shape[-4], args[0].shape[-3]), base))(args[0])
    if op == "list":
        return PLAIN["stack_rows" if expr.args[0].op == "list" else "stack"](*args)
    if op == "place" and isinstance(expr.value, tuple):
        return place_at(*expr.value)(*args)  # type: ignore[arg-type]
    return part_of(*expr.value)(args[0])  # type: ignore[misc, arg-type]
