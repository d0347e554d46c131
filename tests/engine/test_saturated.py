"""Outputs at 0 and 1: losses and gradients stay finite, and are those of the formulas in z."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from grader.engine.derive import derive
from grader.engine.solve import Engine
from grader.engine.steps import Node
from tests.engine.worked import Array, answers, apart, number, problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAR = (-1000.0, -800.0, -40.0, -30.0, -3.0, 0.5, 20.0, 30.0, 33.0, 36.5, 40.0, 800.0, 1000.0)
BINARY = "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))"


def softplus(z: float) -> float:
    """ln(1 + e^z), by another way than the program's."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def sigmoid(z: float) -> float:
    """1/(1 + e^-z)."""
    return math.exp(-softplus(-z))


def one_unit(z: float, y: float, rule: str = BINARY) -> str:
    """A unit with the given pre-activation."""
    return f"""
given: {{w: 1, x: {z!r}, b: 0, y: {y!r}, eta: 0.5}}
equations: ["z = w*x + b", "yhat = sigmoid(z)", "L = {rule}"]
train: {{minimize: L, learning_rate: eta, parameters: [w, b]}}
questions: [L, dL/dz, dL/db, dL/dw, new(b), dL/dyhat]
"""


@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("z", FAR)
def test_a_sigmoid_with_binary_cross_entropy(z: float, y: float) -> None:
    asked = answers(one_unit(z, y))
    slope = sigmoid(z) - y
    assert asked["L"].item() == pytest.approx(softplus(z) - y * z, rel=1e-7, abs=1e-7)
    assert asked["dL/dz"].item() == pytest.approx(slope, rel=1e-7, abs=1e-7)
    assert asked["dL/dw"].item() == pytest.approx(slope * z, rel=1e-7, abs=1e-4)
    assert asked["new(b)"].item() == pytest.approx(-0.5 * slope, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    ("rule", "factor"),
    [
        ("-y*ln(yhat) - (1 - y)*ln(1 - yhat)", 1.0),
        ("-(ln(1 - yhat)*(1 - y) + ln(yhat)*y)/3", 1 / 3),
        ("-sum(y*ln(yhat) + (1 - y)*ln(-yhat + 1))", 1.0),
        ("mean(2*(-y*ln(yhat) - (1 - y)*ln(1 - yhat)))", 2.0),
        ("-(y*log2(yhat) + (1 - y)*log2(1 - yhat))", 1 / math.log(2)),
        ("-(y*log10(yhat) + (1 - y)*log10(1 - yhat)) + w^2 - w^2", 1 / math.log(10)),
    ],
)
@pytest.mark.parametrize(("z", "y"), [(40.0, 0.0), (-800.0, 1.0), (36.0, 0.0), (900.0, 1.0), (1.5, 1.0)])
def test_it_is_seen_in_whatever_form_it_is_written(rule: str, factor: float, z: float, y: float) -> None:
    asked = answers(one_unit(z, y, rule))
    assert asked["L"].item() == pytest.approx(factor * (softplus(z) - y * z), rel=1e-9, abs=1e-9)
    assert asked["dL/dz"].item() == pytest.approx(factor * (sigmoid(z) - y), rel=1e-9, abs=1e-9)


def test_two_equations_share_a_saturated_output() -> None:
    asked = answers("""
given: {x: 50, y: 0}
equations:
  - z = 1*x
  - yhat = sigmoid(z)
  - loss = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))
  - other = 3*yhat^2 - ln(1 - yhat)
  - L = 2*loss + other
questions: [L, dL/dz, dL/dx]
""")
    assert asked["L"].item() == pytest.approx(153.0)
    assert asked["dL/dz"].item() == pytest.approx(3.0)
    assert asked["dL/dx"].item() == pytest.approx(3.0)


def test_a_unit_without_a_name_for_its_sum() -> None:
    asked = answers("""
given: {w: 50, x: 2, b: 0, y: 0}
equations: ["yhat = sigmoid(w*x + b)", "L = -y*ln(yhat) - (1 - y)*ln(1 - yhat)"]
questions: [L, dL/dw, dL/db, dL/dx]
""")
    expected = {"L": 100.0, "dL/dw": 2.0, "dL/db": 1.0, "dL/dx": 50.0}
    assert {n: v.item() for n, v in asked.items()} == pytest.approx(expected)


def test_a_softmax_with_logits_a_thousand_apart() -> None:
    asked = answers("""
given: {z: [1000, 0, -3], y: [0, 1, 0]}
equations: ["u = 1*z", "yhat = softmax(u)", "L = -sum(y*ln(yhat))"]
questions: [L, dL/du, dL/dz]
""")
    assert asked["L"].item() == pytest.approx(1000.0)
    assert apart(asked["dL/du"], np.array([[1.0], [-1.0], [0.0]])) < 1e-12
    assert apart(asked["dL/dz"], asked["dL/du"]) == 0


def test_the_loss_of_one_class_by_its_index() -> None:
    asked = answers("""
given: {z: [800, 0], y: 1}
equations: ["u = y*z", "yhat = softmax(u)", "L = -ln(yhat[2])"]
questions: [L, dL/du]
""")
    assert asked["L"].item() == pytest.approx(800.0)
    assert apart(asked["dL/du"], np.array([[1.0], [-1.0]])) < 1e-12


LOSSES = [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("examples", ["columns", "rows"])
@pytest.mark.parametrize(("activation", "loss"), LOSSES)
def test_a_batch_in_which_only_some_examples_are_saturated(
    count: int, examples: str, activation: str, loss: str
) -> None:
    x = np.array([[900.0, 0.3, -2.0], [-900.0, 0.1, 50.0]])[:, :count]
    y = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])[:, :count]
    turned = (x, y) if examples == "columns" else (x.T, y.T)
    asked = answers(f"""
network:
  inputs: {{x: {turned[0].tolist()}}}
  targets: {{y: {turned[1].tolist()}}}
  examples: {examples}
  layers: [{{weights: [[1, 0], [0, 1]], activation: {activation}}}]
  loss: {loss}
  reduction: mean
questions: [L, dL/dz1, dL/dW1]
""")
    if activation == "softmax":
        most = x.max(axis=0)
        log_sum = most + np.log(np.exp(x - most).sum(axis=0))
        expected, out = ((log_sum - x) * y).sum() / count, np.exp(x - log_sum)
    else:
        expected = sum(softplus(a) - b * a for a, b in zip(x.ravel(), y.ravel(), strict=True)) / count
        out = np.vectorize(sigmoid)(x)
    dz = (out - y) / count
    assert asked["L"].item() == pytest.approx(expected, rel=1e-9)
    assert apart(asked["dL/dz1"], dz if examples == "columns" else dz.T) < 1e-9
    assert apart(asked["dL/dW1"], dz @ x.T) < 1e-9


def test_the_derivative_by_the_output_itself_is_honest() -> None:
    """Infinite where it is, but a target of 0 takes no part: 0*ln(0) is 0, and so is 0/0."""
    assert number(one_unit(-800, 1), "dL/dyhat") == -math.inf
    assert number(one_unit(800, 0), "dL/dyhat") == math.inf
    assert number(one_unit(800, 1), "dL/dyhat") == -1
    assert number(one_unit(-800, 0), "dL/dyhat") == 1


def test_an_output_that_a_student_rounded_to_1_is_gone_on_with() -> None:
    """From yhat = 1 follows dL/dz = yhat - y = 0, and L = 0."""
    engine = Engine(derive(problem(one_unit(6.0, 1.0))))
    nodes = [Node("L"), Node("dL/dz"), Node("dL/dyhat")]
    held = {Node("yhat"): lambda value: (np.ones_like(value), np.ones((1, 1, 1, 1), dtype=bool))}
    trace = engine.solve(nodes, held=held)
    assert [trace.values[n].item() for n in nodes] == [0, 0, -1]


@pytest.mark.parametrize("z", [-800.0, -5.0, 3.0, 36.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_bounds_are_finite_and_hold_the_value(z: float, y: float) -> None:
    engine = Engine(derive(problem(one_unit(z, y))))
    nodes = [Node("L"), Node("dL/dz")]

    def rounded(value: Array) -> tuple[Array, NDArray[np.bool_]]:
        middle = value[0]
        return np.stack([middle, middle - 0.05, middle + 0.05]), np.ones((1, 1, 1, 1), dtype=bool)

    trace = engine.solve(nodes, held={Node("z"): rounded}, bounds=True)
    for node, other in zip(nodes, (softplus(z + 0.05) - y * (z + 0.05), sigmoid(z + 0.05) - y), strict=True):
        value, low, high = (lane.item() for lane in trace.values[node])
        assert -math.inf < low <= value <= high < math.inf
        assert low - 1e-9 <= other <= high + 1e-9


def test_a_replaced_rule_is_not_mended_by_the_right_one() -> None:
    """A wrong rule keeps its own value, also where that is not finite."""
    plan = derive(problem(one_unit(-800, 1)))
    wrong = next(s.rule for s in plan.steps if s.name == "dL/dyhat")
    trace = Engine(plan, {"dL/dz": wrong}).solve([Node("dL/dz")])
    assert trace.values[Node("dL/dz")].item() == -math.inf
