"""The same belief in many graphs: each wrong number is worked out here in plain Python, not by the engine."""

from __future__ import annotations

from math import exp, log, tanh
from typing import NamedTuple

import numpy as np
import pytest

from grader.engine.solve import Engine
from grader.engine.targets import evaluate_targets
from grader.misconceptions import CATALOGUE
from grader.misconceptions.view import View
from grader.record import replace
from tests.misconceptions.networks import plan_of


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


class Case(NamedTuple):
    """A wrong rule, a problem, what is asked of it, and the wrong number."""

    id: str
    body: str
    ask: str
    wrong: float


def wrong_values(case: Case) -> list[float]:
    plan = plan_of(case.body, case.ask)
    target = next(iter(plan.targets.values()))
    target = replace(target, node=target.shown)
    keep = [*target.nodes, *([target.node] if target.node else [])]
    return [
        float(
            evaluate_targets(plan, [target], Engine(plan, v.rules).solve(keep, horizon=plan.horizon))[
                0
            ].ravel()[0]
        )
        for v in CATALOGUE[case.id].variants(View(plan))
    ]


# Two predictions p = 0.6, 0.2 and their targets 0.9, -0.4: errors -0.3 and 0.6.
P, T = (0.6, 0.2), (0.9, -0.4)
E = (P[0] - T[0], P[1] - T[1])


def squared(*loss: str) -> str:
    """A loss of vectors p, t or of numbers p1, p2, t1, t2."""
    vector = "p1" not in " ".join(loss)
    outputs = ["p = identity(u)"] if vector else ["p1 = identity(u1)", "p2 = identity(u2)"]
    given = (
        "given: {u: [0.6, 0.2], t: [0.9, -0.4]}" if vector else "given: {u1: 0.6, u2: 0.2, t1: 0.9, t2: -0.4}"
    )
    wrt = "u" if vector else "u1"
    return (
        f"{given}\nequations: [{', '.join([*outputs, *loss])}]\ntrain: {{minimize: L, parameters: [{wrt}]}}"
    )


HALVED = squared("L = 1/2*sum((p - t)^2)")
TURNED = squared("L = sum((t - p)^2)/2")
LISTED = squared("L = 1/2*(t1 - p1)^2 + 1/2*(t2 - p2)^2")
NAMED = squared("e1 = p1 - t1", "e2 = t2 - p2", "L = 1/2*(e1^2 + e2^2)")
EACH = squared("L1 = 1/2*(p1 - t1)^2", "L2 = 1/2*(p2 - t2)^2", "L = L1 + L2")
PRODUCT = squared("L = (t1 - p1)*(t1 - p1) + (t2 - p2)*(t2 - p2)")
MEAN = squared("L = mean((p - t)^2)")
SUMMED = squared("L = sum((p - t)^2)")
SQUARES = E[0] ** 2 + E[1] ** 2

# One prediction in a cross-entropy with a soft target.
Q, Y = sigmoid(0.4), 0.3
BCE = "given: {u: 0.4, y: 0.3}\nequations: [q = sigmoid(u), L = %s]\ntrain: {minimize: L, parameters: [u]}"
TERMS = BCE % "-y*ln(q) - (1 - y)*ln(1 - q)"
PARTS = (
    "given: {u: 0.4, y: 0.3}\n"
    "equations: [q = 1/(1 + exp(-u)), l1 = -y*ln(q), l2 = -(1 - y)*ln(1 - q), L = l1 + l2]\n"
    "train: {minimize: L, parameters: [u]}"
)
FIRST, SECOND = -Y * log(Q), -(1 - Y) * log(1 - Q)

# Three examples in rows, two classes.
ROWS = """
network:
  examples: rows
  inputs: {X: [[0.4], [-0.7], [0.2]]}
  targets: {Y: [[1, 0], [0, 1], [1, 0]]}
  layers: [{weights: [[0.5], [-0.3]], bias: [0.1, 0.2], activation: softmax, pre: Z, out: S}]
  loss: cross_entropy
  reduction: mean
  learning_rate: 0.1
"""
LOGITS = (0.5 * 0.4 + 0.1, -0.3 * 0.4 + 0.2)
S1 = exp(LOGITS[0]) / (exp(LOGITS[0]) + exp(LOGITS[1]))
OTHERS = (0.5 * -0.7 + 0.1, 0.5 * 0.2 + 0.1)
COLUMN = tuple(exp(z) for z in (LOGITS[0], *OTHERS))

# The same layer in numbers, with one class picked.
PICKED = """
given: {z1: 0.3, z2: 0.08, z3: -0.5}
equations: [p1 = exp(z1)/(exp(z1) + exp(z2) + exp(z3)), p2 = exp(z2)/(exp(z1) + exp(z2) + exp(z3)),
            p3 = exp(z3)/(exp(z1) + exp(z2) + exp(z3)), L = -ln(p2)]
train: {minimize: L, parameters: [z1, z2, z3]}
"""
BY_INDEX = """
given: {z: [0.3, 0.08, -0.5]}
equations: ["p = softmax(z)", "L = -ln(p[2])"]
train: {minimize: L, parameters: [z]}
"""
POWERS = [exp(z) for z in (0.3, 0.08, -0.5)]
PROBABILITIES = [p / sum(POWERS) for p in POWERS]

INLINE = """
given: {x1: 0.5, x2: -1.2, w11: 0.8, w12: 0.3, w21: 0.6, w22: -0.9, b: 0.4, v: 0.7, eta: 0.1}
equations: [h1 = 1/(1 + exp(-(w11*x1 + w12*x2 + b))), h2 = sigmoid(w21*x1 + w22*x2), L = (v*h1 - tanh(h2))^2]
train: {minimize: L, learning_rate: eta, parameters: [w11, w12]}
"""
H1, H2 = sigmoid(0.8 * 0.5 - 0.3 * 1.2 + 0.4), sigmoid(0.6 * 0.5 + 0.9 * 1.2)

# A class of three examples in columns, two units; the mean over both or over the examples.
COLUMNS = """
network:
  inputs: {X: [[0.4, -0.7, 0.2], [0.6, 0.3, -0.5]]}
  targets: {Y: [[0.9, 0.2, 0.4], [0.3, 0.6, 0.8]]}
  layers: [{weights: [[0.5, -0.2], [-0.3, 0.4]], bias: [0.1, 0.2], activation: sigmoid, pre: Z, out: S}]
  loss: %s
  reduction: mean
  learning_rate: 0.1
"""
S11 = sigmoid(0.5 * 0.4 - 0.2 * 0.6 + 0.1)

CASES = (
    *(Case("loss.no_half", body, "L", SQUARES) for body in (HALVED, TURNED, LISTED, NAMED, EACH)),
    *(Case("loss.not_squared", body, "L", 0.45) for body in (HALVED, TURNED, LISTED, NAMED, EACH)),
    Case("loss.not_squared", PRODUCT, "L", 0.9),
    *(Case("loss.square_of_sum", body, "L", 0.5 * 0.3**2) for body in (HALVED, TURNED)),
    *(Case("loss.square_of_sum", body, "L", 0.5 * 0.9**2) for body in (NAMED,)),
    *(Case("loss.square_of_sum", body, "L", 0.5 * (E[0] + E[1]) ** 2) for body in (EACH, LISTED)),
    Case("loss.wrong_n", MEAN, "L", SQUARES),
    Case("loss.wrong_n", SUMMED, "L", SQUARES / 2),
    *(Case("dy.extra_two", body, "dL/dp[1]", 2 * E[0]) for body in (HALVED, TURNED)),
    *(Case("dy.extra_two", body, "dL/dp1", 2 * E[0]) for body in (LISTED, NAMED, EACH)),
    Case("dy.no_two", SUMMED, "dL/dp[2]", E[1]),
    Case("dy.no_two", PRODUCT, "dL/dp1", E[0]),
    Case("dy.no_two", MEAN, "dL/dp[2]", E[1] / 2),
    *(Case("dy.sign", body, "dL/dp1", -E[0]) for body in (LISTED, NAMED, EACH)),
    *(Case("dy.times_o", body, "dL/dp1", -E[0] * P[0]) for body in (LISTED, NAMED, EACH)),
    Case("dy.loss_as_error", HALVED, "dL/dp[2]", 0.5 * E[1] ** 2),
    Case("dy.loss_as_error", NAMED, "dL/dp1", 0.5 * E[0] ** 2),
    Case("dy.loss_as_error", EACH, "dL/dp1", 0.5 * SQUARES),
    *(Case("loss.no_minus", body, "L", -(FIRST + SECOND)) for body in (TERMS, PARTS)),
    *(Case("loss.drop_second", body, "L", FIRST) for body in (TERMS, PARTS)),
    *(Case("loss.second_sign", body, "L", FIRST - SECOND) for body in (TERMS, PARTS)),
    *(Case("loss.log10", body, "L", (FIRST + SECOND) / log(10)) for body in (TERMS, PARTS)),
    *(Case("loss.swap_roles", body, "L", -Q * log(Y) - (1 - Q) * log(1 - Y)) for body in (TERMS, PARTS)),
    Case("loss.se_for_bce", TERMS, "L", 0.5 * (Q - Y) ** 2),
    *(Case("dy.bce_drop", body, "dL/dq", -Y / Q) for body in (TERMS, PARTS)),
    *(Case("dy.ce_with_se", body, "dL/dq", Q - Y) for body in (TERMS, PARTS)),
    Case(
        "loss.no_minus",
        ROWS,
        "L",
        (log(S1) + log(1 - sigmoid(-0.8 * 0.7 - 0.1)) + log(sigmoid(0.8 * 0.2 - 0.1))) / 3,
    ),
    Case("smx.extra_derivative", ROWS, "dL/dZ[1,1]", (S1 - 1) / 3 * S1 * (1 - S1)),
    Case("smx.sign", ROWS, "dL/dZ[1,1]", (1 - S1) / 3),
    Case("smx.diag_only", ROWS, "dL/dZ[1,1]", -1 / 3 / S1 * S1 * (1 - S1)),
    Case("smx.target_index", ROWS, "dL/dZ[1,1]", S1 / 3),
    Case("smx.wrong_axis", ROWS, "S[1,1]", COLUMN[0] / sum(COLUMN)),
    Case("smx.no_exp", ROWS, "S[1,1]", LOGITS[0] / sum(LOGITS)),
    Case("smx.sigmoid_each", ROWS, "S[1,1]", sigmoid(LOGITS[0])),
    Case("act.none", ROWS, "S[1,1]", LOGITS[0]),
    *(
        Case("smx.target_index", body, ask, p)
        for body, ask, p in (
            (PICKED, "dL/dz2", PROBABILITIES[1]),
            (BY_INDEX, "dL/dz[2]", PROBABILITIES[1]),
            (PICKED, "dL/dz1", PROBABILITIES[0] - 1),
            (BY_INDEX, "dL/dz[1]", PROBABILITIES[0] - 1),
        )
    ),
    Case("smx.no_exp", PICKED, "p1", 0.3 / (0.3 + 0.08 - 0.5)),
    Case("smx.sigmoid_each", PICKED, "p1", sigmoid(0.3)),
    Case("smx.diag_only", PICKED, "dL/dz2", PROBABILITIES[1] - 1),
    Case("smx.extra_derivative", PICKED, "dL/dz1", PROBABILITIES[0] ** 2 * (1 - PROBABILITIES[0])),
    Case("dy.ce_with_se", BY_INDEX, "dL/dp[2]", PROBABILITIES[1] - 1),
    Case("fwd.no_bias", INLINE, "h1", sigmoid(0.8 * 0.5 - 0.3 * 1.2)),
    Case("fwd.drop_term", INLINE, "h2", sigmoid(0.6 * 0.5)),
    Case("fwd.W_transposed", INLINE, "h1", sigmoid(0.8 * 0.5 - 0.6 * 1.2 + 0.4)),
    Case("fwd.act_on_input", INLINE, "h2", sigmoid(0.6 * sigmoid(0.5) - 0.9 * sigmoid(-1.2))),
    Case("act.none", INLINE, "h1", 0.8 * 0.5 - 0.3 * 1.2 + 0.4),
    Case("act.exp_sign", INLINE, "h1", 1 - H1),
    Case("act.twice", INLINE, "h1", sigmoid(H1)),
    Case("act.tanh_for_sigmoid", INLINE, "h2", tanh(0.6 * 0.5 + 0.9 * 1.2)),
    Case("act.none", INLINE, "L", (0.7 * H1 - H2) ** 2),
    Case("dy.ce_with_se", COLUMNS % "binary_cross_entropy", "dL/dS[1,1]", (S11 - 0.9) / 3),
    Case("dy.se_with_ce", COLUMNS % "half_squared_error", "dL/dZ[1,1]", (S11 - 0.9) / 3),
    Case("dy.no_two", COLUMNS % "mean_squared_error", "dL/dS[1,1]", (S11 - 0.9) / 6),
    Case("dy.loss_as_error", COLUMNS % "half_squared_error", "dL/dS[1,1]", (S11 - 0.9) ** 2 / 6),
    Case("fwd.drop_term", COLUMNS % "half_squared_error", "Z[1,1]", 0.5 * 0.4 + 0.1),
    Case("fwd.bias_per_input", COLUMNS % "half_squared_error", "Z[1,1]", 0.5 * 0.4 - 0.2 * 0.6 + 0.2),
    Case("fwd.W_transposed", COLUMNS % "half_squared_error", "Z[1,1]", 0.5 * 0.4 - 0.3 * 0.6 + 0.1),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c.id}-{c.ask}" for i, c in enumerate(CASES)])
def test_the_wrong_number_is_what_a_person_finds(case: Case) -> None:
    values = wrong_values(case)
    assert np.isclose(values, case.wrong, rtol=1e-9, atol=1e-12).any(), values
