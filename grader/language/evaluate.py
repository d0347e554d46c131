"""The value of one expression, straight from its tree: for answers, each of which is evaluated once or twice.

What is evaluated often is compiled (``program``). Depth is bounded by the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.errors import ExpressionError
from grader.language.differentiate import slope_of
from grader.language.functions import FUNCTIONS, no_kernel
from grader.language.kernels import PLAIN, function, index_at, part_of, place_at
from grader.language.shapes import is_dot, resolve_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from grader.language.tree import Expr

    Array = NDArray[np.float64]

_CONSTANTS = {"e": np.e, "pi": np.pi}
_BINARY: dict[str, Callable[..., Any]] = {
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
}


def evaluate(expr: Expr, values: Mapping[str, Array], at_zero: Mapping[str, float], base: int = 1) -> Array:
    """The value of an expression of sizes that fit (``shapes.infer_shape`` has been asked).

    Args:
        expr: over the names in ``values``.
        values: arrays (rows, columns, students, points).
        at_zero: the problem's values at kinks.
        base: the smallest index.

    Raises:
        ExpressionError: at a derivative or a value after a step, which only the engine knows.
    """
    return np.asarray(_Evaluation(values, at_zero, base).value(expr)) + _SHAPED


_SHAPED = np.zeros((1, 1, 1, 1))
_ELSEWHERE = frozenset({"d", "new", "state", "depends"})


class _Evaluation:
    """One walk down a tree; plain numbers stay plain until an array meets them."""

    __slots__ = ("at_zero", "base", "values")

    def __init__(self, values: Mapping[str, Array], at_zero: Mapping[str, float], base: int) -> None:
        self.values = values
        self.at_zero = at_zero
        self.base = base

    def value(self, expr: Expr) -> Any:  # noqa: ANN401 - an array or a float
        op, args, value = expr[0], expr[1], expr[2]
        if op == "name":
            return self.values[value]  # type: ignore[index]
        if op == "num":
            return value
        if op == "sum":
            return self._sum(args)
        binary = _BINARY.get(op)
        if binary is not None:
            return binary(self.value(args[0]), self.value(args[1]))
        if op == "neg":
            return -self.value(args[0])
        if op == "const":
            return _CONSTANTS[str(value)]
        return self._special(expr)

    def _sum(self, terms: tuple[Expr, ...]) -> Any:  # noqa: ANN401
        total = self.value(terms[0])
        for term in terms[1:]:
            negative = term[0] == "neg"
            total = total - self.value(term[1][0]) if negative else total + self.value(term)
        return total

    def _special(self, expr: Expr) -> Any:  # noqa: ANN401
        op = expr.op
        if op == "call":
            return self._call(expr)
        if op in _ELSEWHERE:
            raise ExpressionError("only the engine knows derivatives and later values", expr.start, expr.end)
        args = [np.asarray(self.value(a)) + _SHAPED for a in expr.args]
        if op == "matmul":
            return _product(*args)
        if op == "T":
            return PLAIN["T"](*args)
        if op == "index":
            return index_at(*resolve_index(expr, (args[0].shape[-4], args[0].shape[-3]), self.base))(args[0])
        if op == "list":
            return PLAIN["stack_rows" if expr.args[0].op == "list" else "stack"](*args)
        if op == "place" and isinstance(expr.value, tuple):
            return place_at(*expr.value)(*args)
        return part_of(*expr.value)(args[0])  # type: ignore[misc]

    def _call(self, expr: Expr) -> Any:  # noqa: ANN401
        name = str(expr.value)
        if FUNCTIONS[name].kernel is no_kernel:
            return self.value(slope_of(name[:-1], expr.args))
        args = [np.asarray(self.value(a)) + _SHAPED for a in expr.args]
        return function(name, self.at_zero)(*args)


def _product(a: Array, b: Array) -> Any:  # noqa: ANN401
    sizes = (a.shape[-4], a.shape[-3]), (b.shape[-4], b.shape[-3])
    if is_dot(*sizes):
        return PLAIN["dot"](a, b)
    return PLAIN["matmul"](a, b) if sizes[0][1] == sizes[1][0] else a * b
