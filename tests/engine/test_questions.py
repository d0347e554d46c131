"""What can be asked: every form of the contract's table, in numbers that are worked out beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.engine.depends import depends
from grader.engine.derive import derive
from grader.errors import ExpressionError
from grader.language import Scope, parse
from tests.engine.worked import answers, apart, number, problem

NET = """
given: {x: [0.5, -1], W1: [[0.1, -0.2], [0.4, 0.3]], b1: [0.1, 0.2], W2: [[0.7, -0.6]], y: 1, eta: 0.1}
aliases: {wj1: "W1[2,1]", err: "yhat - y"}
equations:
  - z1 = W1 @ x + b1
  - a1 = sigmoid(z1)
  - yhat = W2 @ a1
  - L = 0.5*(y - yhat)^2
train: {minimize: L, learning_rate: eta, parameters: [W1, b1, W2]}
"""


def asked(*questions: str) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The answers to questions about the net."""
    values = answers(NET + "questions: [" + ", ".join(f'"{q}"' for q in questions) + "]")
    return [values[q] for q in questions]


X = np.array([[0.5], [-1.0]])
W1 = np.array([[0.1, -0.2], [0.4, 0.3]])
Z1 = W1 @ X + np.array([[0.1], [0.2]])
A1 = 1 / (1 + np.exp(-Z1))
W2 = np.array([[0.7, -0.6]])
YHAT = (W2 @ A1).item()
SLOPE = A1 * (1 - A1)
DZ1 = (YHAT - 1) * W2.T * SLOPE


def test_values_and_their_elements() -> None:
    z1, one, a1, element = asked("z1", "z1[2]", "a1", "W1[1,2]")
    assert apart(z1, Z1) < 1e-15
    assert one.item() == pytest.approx(Z1[1, 0], rel=1e-15)
    assert apart(a1, A1) < 1e-15
    assert element.item() == -0.2


def test_derivatives_by_matrices_vectors_and_what_stands_between() -> None:
    w1, element, z1, a1, yhat = asked("dL/dW1", "dL/dW1[1,2]", "dL/dz1", "dL/da1", "dL/dyhat")
    assert apart(w1, DZ1 @ X.T) < 1e-15
    assert element.item() == pytest.approx((DZ1 @ X.T)[0, 1], rel=1e-14)
    assert apart(z1, DZ1) < 1e-15
    assert apart(a1, (YHAT - 1) * W2.T) < 1e-15
    assert yhat.item() == pytest.approx(YHAT - 1, rel=1e-15)


def test_jacobians_have_a_row_for_each_element_above() -> None:
    by_x, by_z, by_w2 = asked("da1/dx", "da1/dz1", "dyhat/dW2")
    assert apart(by_x, SLOPE * W1) < 1e-15
    assert apart(by_z, np.diag(SLOPE[:, 0])) < 1e-15
    assert apart(by_w2, A1.T) < 1e-15


def test_derivatives_of_an_element_and_by_an_element() -> None:
    row, one, by_one, by_weight = asked("da1[2]/dx", "da1[2]/dx[1]", "da1/dx[1]", "da1[1]/dW1")
    assert apart(row, (SLOPE * W1)[1:2].T) < 1e-15
    assert one.item() == pytest.approx((SLOPE * W1)[1, 0], rel=1e-14)
    assert apart(by_one, (SLOPE * W1)[:, :1]) < 1e-15
    assert apart(by_weight, np.array([[1.0], [0.0]]) * SLOPE @ X.T) < 1e-15


def test_a_derivative_by_itself_is_1() -> None:
    assert number(NET + "questions: [dL/dL]", "dL/dL") == 1


def test_expressions_and_aliases() -> None:
    alias, expr, ratio, negative, slope, moved = asked(
        "wj1", "0.5*err^2", "dL/dwj1 / dL/dW1[1,1]", "-dL/dz1", "sigmoid'(z1)", "new(wj1) - wj1"
    )
    gradient = DZ1 @ X.T
    assert alias.item() == 0.4
    assert expr.item() == pytest.approx(0.5 * (YHAT - 1) ** 2, rel=1e-14)
    assert ratio.item() == pytest.approx(gradient[1, 0] / gradient[0, 0], rel=1e-13)
    assert apart(negative, -DZ1) < 1e-15
    assert apart(slope, SLOPE) < 1e-15
    assert moved.item() == pytest.approx(-0.1 * gradient[1, 0], rel=1e-12)


def test_quantities_after_steps_use_all_new_parameters() -> None:
    w1, element, loss, gradient, again = asked(
        "new(W1)", "new(W1[1,2])", "new(L)", "new(dL/dW2)", "new(W1, 2)"
    )
    new_w1, new_w2 = W1 - 0.1 * DZ1 @ X.T, W2 - 0.1 * (YHAT - 1) * A1.T
    new_b1 = np.array([[0.1], [0.2]]) - 0.1 * DZ1
    a1 = 1 / (1 + np.exp(-(new_w1 @ X + new_b1)))
    yhat = (new_w2 @ a1).item()
    assert apart(w1, new_w1) < 1e-15
    assert element.item() == pytest.approx(new_w1[0, 1], rel=1e-14)
    assert loss.item() == pytest.approx(0.5 * (yhat - 1) ** 2, rel=1e-13)
    assert apart(gradient, (yhat - 1) * a1.T) < 1e-14
    assert apart(again, new_w1 - 0.1 * ((yhat - 1) * new_w2.T * a1 * (1 - a1)) @ X.T) < 1e-14


def test_constants_stay_as_they_are() -> None:
    x, plus = asked("new(x)", "new(W2 @ a1) - new(yhat)")
    assert apart(x, X) == 0
    assert plus.item() == pytest.approx(0, abs=1e-15)


def test_states_begin_where_the_spec_says_and_rules_are_the_courses_own() -> None:
    values = answers("""
given: {w: 2, u: 1, eta: 0.5, beta: 0.9}
equations: ["L = w^2 + 3*u"]
train:
  minimize: L
  learning_rate: eta
  parameters: [w, u]
  state: {v: {w: 0.25}}
  update: ["v = beta*v - eta*g/t", "w = w + v"]
questions: [new(w), new(u), "state(v, w)", "state(v, u)", "new(w, 2)", "state(v, w, 2)"]
""")
    v1 = 0.9 * 0.25 - 0.5 * 4
    v2 = 0.9 * v1 - 0.5 * 2 * (2 + v1) / 2
    expected = {
        "new(w)": 2 + v1,
        "new(u)": 1 - 1.5,
        "state(v, w)": v1,
        "state(v, u)": -1.5,
        "new(w, 2)": 2 + v1 + v2,
        "state(v, w, 2)": v2,
    }
    assert {q: v.item() for q, v in values.items()} == pytest.approx(expected, rel=1e-14)


def test_a_line_of_an_update_uses_what_the_lines_above_gave() -> None:
    """v is new when w uses it, and old where w stands first."""
    text = """
given: {{w: 1, eta: 0.5}}
equations: ["L = 2*w"]
train: {{minimize: L, learning_rate: eta, parameters: [w], state: {{v: {{w: 10}}}}, update: {lines}}}
questions: [new(w)]
"""
    assert number(text.format(lines='["v = v - g", "w = w - eta*v"]'), "new(w)") == 1 - 0.5 * 8
    assert number(text.format(lines='["w = w - eta*v", "v = v - g"]'), "new(w)") == 1 - 0.5 * 10


def test_examples_are_cycled_and_a_quantity_is_asked_on_the_next_one() -> None:
    values = answers("""
given: {w: 1, eta: 0.1}
equations: [yhat = w*x, "L = (yhat - y)^2/2"]
train:
  minimize: L
  learning_rate: eta
  parameters: [w]
  examples: [{x: 1, y: 2}, {x: 2, y: 1}, {x: -1, y: 0}]
questions: [L, dL/dw, new(yhat), new(w), "new(w, 2)", "new(w, 4)", "new(x, 3)", "new(L, 4)"]
""")
    examples = [(1, 2), (2, 1), (-1, 0)]
    w = [1.0]
    for k in range(4):
        x, y = examples[k % 3]
        w.append(w[-1] - 0.1 * (w[-1] * x - y) * x)
    expected = {
        "L": 0.5,
        "dL/dw": -1.0,
        "new(yhat)": 2 * w[1],
        "new(w)": w[1],
        "new(w, 2)": w[2],
        "new(w, 4)": w[4],
        "new(x, 3)": 1.0,
        "new(L, 4)": (2 * w[4] - 1) ** 2 / 2,
    }
    assert {q: v.item() for q, v in values.items()} == pytest.approx(expected, rel=1e-14)


def test_indices_from_0() -> None:
    values = answers("""
index_base: 0
given: {W: [[1, 2], [3, 4]], x: [5, 6]}
equations: [z = W @ x, "L = z[0]^2 + W[1,0]"]
questions: ["W[1,0]", "z[0]", "dL/dW", "dL/dW[1,0]", "dL/dx[1]", "dz[1]/dx"]
""")
    assert values["W[1,0]"].item() == 3
    assert values["z[0]"].item() == 17
    assert apart(values["dL/dW"], np.array([[170.0, 204.0], [1.0, 0.0]])) == 0
    assert values["dL/dW[1,0]"].item() == 1
    assert values["dL/dx[1]"].item() == 68
    assert apart(values["dz[1]/dx"], np.array([[3.0], [4.0]])) == 0


def test_a_shared_weight_adds_up_over_all_paths() -> None:
    text = """
given: {w: 0.5, h0: 0.2, x: 1}
equations: [h1 = tanh(w*h0 + x), h2 = tanh(w*h1 + x), "L = h2*w + h1"]
questions: [dL/dw, dL/dh1]
"""
    h1 = math.tanh(0.5 * 0.2 + 1)
    h2 = math.tanh(0.5 * h1 + 1)
    dh1 = 1 + 0.5 * (1 - h2**2) * 0.5
    expected = h2 + 0.5 * (1 - h2**2) * h1 + dh1 * (1 - h1**2) * 0.2
    assert number(text, "dL/dw") == pytest.approx(expected, rel=1e-14)
    assert number(text, "dL/dh1") == pytest.approx(dh1, rel=1e-14)


def test_symbols_take_whatever_numbers_are_put_in() -> None:
    plan = derive(problem("symbols: [y]\ngiven: {w: 3}\nequations: [L = (w - y)^2]\nquestions: [dL/dw]"))
    assert plan.targets["dL/dw"].node is not None
    assert "y" in plan.problem.symbols


@pytest.mark.parametrize(
    ("what", "by", "answer"),
    [
        ("yhat", "W1", True),
        ("yhat", "y", False),
        ("dyhat/dx", "b1", True),
        ("dyhat/dW2", "b1", True),
        ("dyhat/dW2", "W2", False),
        ("dz1/dx", "x", False),
        ("dz1/dx", "W1", True),
        ("L", "a1", True),
        ("dL/dyhat", "y", True),
        ("z1", "W2", False),
        ("new(W2)", "eta", True),
        ("W2", "eta", False),
    ],
)
def test_depends_is_decided_by_the_engine(what: str, by: str, answer: bool) -> None:
    net = problem(NET + "questions: [L]")
    expr = parse(f"depends({what}, {by})", Scope(frozenset(net.shapes)))
    assert depends(net, expr) is answer


def test_depends_sees_a_change_that_only_large_or_positive_numbers_show() -> None:
    net = problem('given: {x: 0.5, w: 2}\nequations: ["a = relu(w*x)", "L = ln(x) + a"]\nquestions: [L]')
    scope = Scope(frozenset(net.shapes))
    assert depends(net, parse("depends(a, w)", scope))
    assert depends(net, parse("depends(dL/dx, x)", scope))
    assert not depends(net, parse("depends(dL/da, w)", scope))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("dL/dq", 'unknown name "q"'),
        ("da1/dW1", "the derivative of a vector of 2 by a 2 by 2 matrix is no matrix"),
        ("state(v, W1)", "state"),
        ("z1[3]", "there is no element [3] in a vector of 2"),
        ("dy/dx", "does not exist"),
        ("W1 @ W2", "2 by 2 matrix @ a 1 by 2 matrix does not exist"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(question: str, message: str) -> None:
    net = problem(NET + "questions: [L]")
    plan = derive(net, [parse(question, Scope(frozenset(net.shapes)))])
    error = plan.extra[0]
    assert isinstance(error, ExpressionError)
    assert message in error.message
