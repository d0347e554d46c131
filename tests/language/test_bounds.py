"""Bounds enclose: whatever values the operands take within theirs, the result lies within its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.language import Expr, Scope, parse
from grader.language.evaluate import evaluate
from grader.language.functions import FUNCTIONS
from grader.language.program import Program
from grader.language.shapes import infer_shape
from grader.language.tree import call, name

Array = NDArray[np.float64]

SIZES = {"a": (1, 1), "b": (1, 1), "v": (3, 1), "u": (3, 1), "r": (2, 1), "M": (2, 3), "N": (3, 2)}
SCOPE = Scope(frozenset(SIZES))
OPERATORS = [
    "a + b", "a - b", "a*b", "-a", "a/b", "a^2", "a^3", "a^-1", "a^-2", "a^4 - a^2", "abs(a)^b", "2^a",
    "a^0", "a*a - b",
    "v + u", "v*u", "v/u", "a*v", "M + r", "M*v^T", "M - v^T", "M @ v", "M @ N", "v @ u", "v^T @ u",
    "r @ v^T", "M^T @ r",
    "sum(M)", "mean(v)", "norm(v)", "dot(v, u)", "outer(r, v)", "max(v)", "min(v)", "max(a, b)",
    "min(v, u)", "max(0, v)",
    "concat(v, r)", "softmax(v)", "softmax(M)", "softmax(v^T)", "[a, b, a]", "[[a, b], [b, 1]]",
    "M[2,1]", "softmax(v)[2]",
    "softmax'(v)", "sum_rows(M)", "sum_columns(M)", "diag(v)", "1 - a - (b - a)",
    "sigmoid(a)*(1 - sigmoid(a))",
    "-(a*ln(sigmoid(b)) + (1 - a)*ln(1 - sigmoid(b)))", "max(v, u, 0.5)", "max'(v)", "min'(v)",
]  # fmt: skip
FUNCTION_NAMES = [
    n
    for n, f in FUNCTIONS.items()
    if f.kind == "elementwise" and f.kernel.__name__ != "no_kernel" and n[0] != "#"
]


def run(expr: Expr, inputs: dict[str, Array]) -> Array:
    """The value with its bounds, (3 or 1, rows, columns, 1, points)."""
    program = Program(SIZES)
    slot = program.compile(expr)
    linked = program.link(bounds=True)
    slots = linked.start({program.slot(n): inputs[n] for n in program.slots})
    with np.errstate(all="ignore"):
        linked.run(slots)
    return np.asarray(slots[slot])


def intervals(generator: np.random.Generator, width: float, low: float, high: float) -> dict[str, Array]:
    """For each quantity 40 random values with bounds around them, on whole tenths here and there."""
    found = {}
    for quantity, size in SIZES.items():
        middle = generator.uniform(low, high, (*size, 1, 40))
        middle[..., ::4] = np.round(middle[..., ::4], 1).clip(low, high)
        down, up = generator.uniform(0, width, (2, *middle.shape))
        found[quantity] = np.stack([middle, np.maximum(middle - down, low), np.minimum(middle + up, high)])
    return found


def escapes(expr: Expr, inputs: dict[str, Array], generator: np.random.Generator) -> str:
    """Where a value lies outside the bounds, or an empty string."""
    out = run(expr, inputs)
    value, least, most = (out[0], out[-2:][0], out[-1])
    shape = infer_shape(expr, SIZES)
    for k in range(24):
        share = {n: generator.uniform(0, 1, x[0].shape).round(0 if k < 8 else 12) for n, x in inputs.items()}
        inside = {n: x[1] + share[n] * (x[2] - x[1]) for n, x in inputs.items()}
        with np.errstate(all="ignore"):
            exact = evaluate(expr, inside if k else {n: x[0] for n, x in inputs.items()}, {})
        exact = np.broadcast_to(exact, (*shape, 1, exact.shape[-1]))
        slack = 1e-12 * (1 + np.abs(exact))
        bad = np.isfinite(exact) & ~((exact >= least - slack) & (exact <= most + slack))
        # Where a bound is not a number nothing is claimed.
        bad &= ~(np.isnan(least) | np.isnan(most))
        if bad.any():
            low, middle, high = (np.broadcast_to(x, bad.shape)[bad][0] for x in (least, value, most))
            return f"{exact[bad][0]} is not in [{low}, {high}] around {middle}"
    return ""


widths = st.sampled_from([1e-9, 1e-4, 0.01, 0.1, 0.5])


@pytest.mark.parametrize("text", OPERATORS)
@settings(max_examples=10)
@given(st.integers(0, 10**6), widths, st.sampled_from([(-3.0, 3.0), (0.05, 0.95), (-0.2, 0.2)]))
def test_operators(text: str, seed: int, width: float, span: tuple[float, float]) -> None:
    generator = np.random.default_rng(seed)
    assert not escapes(parse(text, SCOPE), intervals(generator, width, *span), generator)


@pytest.mark.parametrize("function", FUNCTION_NAMES)
@settings(max_examples=10)
@given(st.integers(0, 10**6), widths)
def test_functions(function: str, seed: int, width: float) -> None:
    generator = np.random.default_rng(seed)
    low, high = FUNCTIONS[function.rstrip("'")].domain
    inputs = intervals(
        generator, width, max(low, -4.0) + 1e-3 * (low > -4), min(high, 4.0) - 1e-3 * (high < 4)
    )
    for quantity in ("a", "M"):
        assert not escapes(call(function, name(quantity)), inputs, generator)


def test_an_exact_operand_has_no_width() -> None:
    exact = {n: np.full((1, *s, 1, 1), 0.5) for n, s in SIZES.items()}
    for text in OPERATORS:
        assert run(parse(text, SCOPE), exact).shape[0] in (1, 3)
        assert np.ptp(run(parse(text, SCOPE), exact), axis=0).max() == 0, text


def test_to_first_order_the_bound_is_slope_times_error() -> None:
    error = 1e-6
    inputs = {
        n: np.stack([np.full((*s, 1, 1), 0.7 + d) for d in (0, -error, error)]) for n, s in SIZES.items()
    }
    for text, slope in (
        ("a*b", 1.4),
        ("a - b", 2.0),
        ("a^3", 1.47),
        ("sigmoid(a)", 0.22171287329),
        ("1/a", 1 / 0.49),
    ):
        _, least, most = run(parse(text, SCOPE), inputs).ravel()
        assert (most - least) / (2 * error) == pytest.approx(slope, rel=1e-5), text
