"""Every function of the table: its values by other formulas, its derivatives by differences, its kinks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.language import FUNCTIONS, Scope, parse
from grader.language.differentiate import slope_of
from grader.language.evaluate import evaluate
from grader.language.functions import KINKS
from grader.language.program import Program
from grader.language.tree import Expr, call, name, num

Array = NDArray[np.float64]

ELEMENTWISE = [f for f in FUNCTIONS.values() if f.kind == "elementwise" and not f.name.endswith("'")]
KINK = {"relu", "leaky_relu", "elu", "abs", "step", "sign"}

# Each by a formula that is not the program's, over Python's floats.
BY_HAND: dict[str, Callable[[float], float]] = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 0.5 * (1 + math.tanh(x / 2)),
    "tanh": lambda x: math.expm1(2 * x) / (math.expm1(2 * x) + 2),
    "relu": lambda x: (x + math.fabs(x)) / 2,
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "exp": math.exp,
    "step": lambda x: float(x >= 0),
    "gelu": lambda x: x * math.erfc(-x / math.sqrt(2)) / 2,
    "silu": lambda x: x / (1 + math.exp(-x)),
    "Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    "ln": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sqrt": lambda x: math.exp(math.log(x) / 2),
    "abs": math.fabs,
    "sign": lambda x: float(x > 0) - float(x < 0),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "sech": lambda x: 1 / math.cosh(x),
}


def points(function: str, *, away: float = 0.0) -> Array:
    """Points over a function's domain, on both sides of 0 where it has both."""
    low, high = FUNCTIONS[function.rstrip("'")].domain
    if math.isfinite(low) and math.isfinite(high):  # poles at both ends, near which differences fail
        low, high = 0.8 * low, 0.8 * high
    low, high = max(low, -5.0), min(high, 5.0)
    inside = np.linspace(low, high, 203)[1:-1]
    return inside[np.abs(inside) > max(away, 1e-9)]


def values(expr: Expr, x: Array) -> Array:
    """An expression in u at many points."""
    out = evaluate(expr, {"u": x.reshape(1, 1, 1, -1)}, {})
    return np.broadcast_to(out, (1, 1, 1, x.size)).ravel()


def differences(f: Callable[[Array], Array], x: Array) -> Array:
    """Central differences of sixth order with small steps."""
    h = 1e-3 * np.minimum(1.0, np.abs(x))
    near, middle, far = (f(x + k * h) - f(x - k * h) for k in (1, 2, 3))
    return (45 * near - 9 * middle + far) / (60 * h)


def close(a: Array, b: Array, relative: float) -> bool:
    """Whether two arrays agree, relative to their numbers or absolutely below 1."""
    return bool((np.abs(a - b) <= relative * np.maximum(1.0, np.abs(b))).all())


U = name("u")


def test_the_formulas_here_are_of_every_elementwise_function() -> None:
    assert {f.name for f in ELEMENTWISE} == BY_HAND.keys()


@pytest.mark.parametrize("function", BY_HAND)
def test_values_agree_with_another_formula(function: str) -> None:
    x = points(function)
    expected = np.array([BY_HAND[function](float(v)) for v in x])
    assert close(values(call(function, U), x), expected, 1e-14)


@pytest.mark.parametrize("function", BY_HAND)
def test_the_derivative_agrees_with_differences(function: str) -> None:
    x = points(function, away=0.02 if function in KINK else 0.0)
    numeric = differences(lambda v: values(call(function, U), v), x)
    by_kernel = values(call(function + "'", U), x)
    by_expression = values(slope_of(function, (U,)), x)
    assert close(by_kernel, numeric, 1e-9)
    assert close(by_expression, by_kernel, 1e-13)


@pytest.mark.parametrize("function", BY_HAND)
def test_the_second_derivative_agrees_with_differences_of_the_first(function: str) -> None:
    x = points(function, away=0.02 if function in KINK else 0.0)
    numeric = differences(lambda v: values(call(function + "'", U), v), x)
    assert close(values(slope_of(function + "'", (U,)), x), numeric, 1e-9)


@pytest.mark.parametrize("function", [f.name for f in ELEMENTWISE if f.from_output])
def test_the_derivative_in_terms_of_the_output_is_the_derivative(function: str) -> None:
    from grader.language.differentiate import slope_from_output

    x = points(function, away=0.02)
    expr = slope_from_output(function, call(function, U), ())
    assert expr is not None
    assert close(values(expr, x), values(call(function + "'", U), x), 1e-13)


@pytest.mark.parametrize("function", ["leaky_relu", "elu"])
@pytest.mark.parametrize("constant", [0.0, 0.1, 0.5, 2.0])
def test_a_second_argument_is_the_constant(function: str, constant: float) -> None:
    x = points(function, away=0.02)
    f = call(function, U, num(constant))
    negative = constant * (x if function == "leaky_relu" else np.expm1(x))
    assert close(values(f, x), np.where(x > 0, x, negative), 1e-15)
    numeric = differences(lambda v: values(f, v), x)
    assert close(values(call(function + "'", U, num(constant)), x), numeric, 1e-9)
    assert close(values(slope_of(function, (U, num(constant))), x), numeric, 1e-9)


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "softplus", "sech", "silu", "gelu", "Phi", "elu"])
@pytest.mark.parametrize("x", [-1e300, -800.0, -40.0, 40.0, 800.0, 1e300])
def test_far_out_nothing_overflows(function: str, x: float) -> None:
    for f in (function, function + "'"):
        kernel = FUNCTIONS[f].kernel
        if f in FUNCTIONS and kernel.__name__ != "no_kernel":
            with np.errstate(over="ignore", under="ignore"):
                assert np.isfinite(kernel(np.full((1, 1, 1, 1), x))).all(), f


def test_slopes_keep_their_digits_in_the_tails() -> None:
    x = np.array([-30.0, 30.0])
    small = math.exp(-30)
    assert values(call("sigmoid'", U), x) == pytest.approx([small / (1 + small) ** 2] * 2, rel=1e-13)
    assert values(call("tanh'", U), x / 2) == pytest.approx([4 * small / (1 + small) ** 2] * 2, rel=1e-13)


KINK_VALUES = {"relu'": 0.0, "abs'": 0.0, "sign": 0.0, "step": 1.0}


@pytest.mark.parametrize("function", KINK_VALUES)
@pytest.mark.parametrize("setting", [None, 0.0, 0.5, 1.0])
def test_the_value_at_zero_is_the_contracts_or_the_problems(function: str, setting: float | None) -> None:
    at_zero = {} if setting is None else {function: setting}
    expected = KINK_VALUES[function] if setting is None else setting
    zero = np.zeros((1, 1, 1, 1))
    assert evaluate(call(function, U), {"u": zero}, at_zero).item() == expected
    program = Program({"u": (1, 1)}, at_zero)
    slot = program.compile(call(function, U))
    for bounds in (False, True):
        linked = program.link(bounds=bounds)
        slots = linked.start({program.slot("u"): zero[None] if bounds else zero})
        linked.run(slots)
        assert slots[slot].item() == expected


def test_no_other_function_has_a_value_of_its_own_at_zero() -> None:
    assert KINKS.keys() == KINK_VALUES.keys()


@pytest.mark.parametrize("columns", [1, 3])
def test_softmax_sums_to_1_down_each_column_and_shifts_change_nothing(columns: int) -> None:
    x = np.random.default_rng(1).normal(size=(4, columns, 2, 3)) * 5
    s = FUNCTIONS["softmax"].kernel(x)
    e = np.exp(x)
    assert np.allclose(s, e / e.sum(axis=0), rtol=1e-14, atol=0)
    assert np.allclose(FUNCTIONS["softmax"].kernel(x + 700), s, rtol=1e-12, atol=0)


def test_the_derivatives_of_max_and_min_choose_the_first_of_equals() -> None:
    x = np.array([1.0, 3.0, 3.0, 0.0, 0.0])[:, None, None, None]
    assert FUNCTIONS["max'"].kernel(x).ravel().tolist() == [0, 1, 0, 0, 0]
    assert FUNCTIONS["min'"].kernel(x).ravel().tolist() == [0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    "text", ["sigmoid(u)", "tanh(u)", "exp(u)", "u^2", "ln(u)", "u*sin(u)", "softplus(u)/u"]
)
def test_compiled_and_direct_evaluation_agree(text: str) -> None:
    expr = parse(text, Scope(frozenset({"u"})))
    x = np.linspace(0.1, 4, 50)
    program = Program({"u": (1, 1)})
    slot = program.compile(expr)
    linked = program.link(bounds=False)
    slots = linked.start({program.slot("u"): x.reshape(1, 1, 1, -1)})
    linked.run(slots)
    assert np.array_equal(slots[slot].ravel(), values(expr, x))
