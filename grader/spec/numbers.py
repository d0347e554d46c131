"""The few numbers that loading needs: constants such as `sqrt(2)`, and whether values stay finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.language.program import Program
from grader.language.shapes import infer_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.language import Expr
    from grader.spec.model import Equation, Matrix

Shape = tuple[int, int]


def shape_of(matrix: Matrix) -> Shape:
    """(rows, columns)."""
    return len(matrix), len(matrix[0])


def constant(expr: Expr) -> Matrix:
    """The value of an expression without names; it may hold infinities and nan.

    Raises:
        ExpressionError: when sizes inside it do not fit.
    """
    infer_shape(expr, {})
    program = Program({})
    slot = program.compile(expr)
    linked = program.link(bounds=False)
    slots = linked.start({})
    with np.errstate(all="ignore"):
        linked.run(slots)
    return _matrix(slots[slot])


def first_not_finite(
    equations: Sequence[Equation],
    given: Mapping[str, Matrix],
    shapes: Mapping[str, Shape],
    at_zero: Mapping[str, float],
    base: int,
) -> tuple[Equation, float] | None:
    """The first equation whose value is not finite, with that value; None when all are.

    Args:
        equations: in an order in which each needs only earlier ones and givens.
        given: values of every other name in them.
        shapes: of every name.
        at_zero: the problem's values at kinks.
        base: the first index.
    """
    program = Program(shapes, at_zero, base)
    for equation in equations:
        program.bind(equation.name, equation.expr)
    inputs = {program.slots[name]: _array(value) for name, value in given.items() if name in program.slots}
    linked = program.link(bounds=False)
    slots = linked.start(inputs)
    with np.errstate(all="ignore"):
        linked.run(slots)
    for equation in equations:
        values = np.asarray(slots[program.slots[equation.name]], dtype=float).ravel()
        wrong = values[~np.isfinite(values)]
        if wrong.size:
            return equation, float(wrong[0])
    return None


def _array(matrix: Matrix) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(matrix, dtype=np.float64)[:, :, None, None]


def _matrix(array: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Matrix:
    return tuple(tuple(float(v) for v in row) for row in array[:, :, 0, 0])
