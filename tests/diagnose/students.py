"""Made-up students for simulations: networks, numbers, and answers worked out by right or wrong rules.

A student goes through the worked solution line by line and rounds as he goes, or only what he writes. Wrong
rules are put in place of right ones; everything after follows from what he got.
"""

# ruff: noqa: E501 - networks stand in one line a layer
from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.engine.derive import derive
from grader.engine.steps import Node
from grader.engine.update import state_names
from grader.language.evaluate import evaluate
from grader.spec import load_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.steps import Target
    from grader.language.tree import Expr
    from grader.spec.model import Problem

    Array = NDArray[np.float64]

_SIGMOID = """
    given: {{x1: {0}, x2: {1}, y: {2}, w11: {3}, w12: {4}, w21: {5}, w22: {6}, b1: {7}, b2: {8},
             v1: {9}, v2: {10}, c: {11}, eta: 0.3}}
    equations: [z1 = w11*x1 + w12*x2 + b1, z2 = w21*x1 + w22*x2 + b2, a1 = {act}(z1), a2 = {act}(z2),
                u = v1*a1 + v2*a2 + c, yhat = {out}(u), "L = {loss}"]
    train: {{minimize: L, learning_rate: eta, parameters: [w11, w12, w21, w22, b1, b2, v1, v2, c]}}
"""
_SCALAR_ASKED = (
    "z1 z2 a1 a2 u yhat L dL/dyhat dL/du dL/dv1 dL/dv2 dL/dc dL/da1 dL/da2 dL/dz1 dL/dz2 dL/dw11 dL/dw12 dL/dw21"
    " dL/dw22 dL/db1 dL/db2 new(w11) new(w12) new(w21) new(w22) new(b1) new(b2) new(v1) new(v2) new(c)"
)
_BCE = "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))"


@dataclass(frozen=True, slots=True)
class Network:
    """A network with holes for its numbers, and what may be asked of it."""

    name: str
    body: str
    holes: int
    asked: str
    binary_target: bool = False


NETWORKS: tuple[Network, ...] = (
    Network(
        "221-sigmoid-bce",
        _SIGMOID.replace("{act}", "sigmoid").replace("{out}", "sigmoid").replace("{loss}", _BCE),
        12,
        _SCALAR_ASKED,
        binary_target=True,
    ),
    Network(
        "221-sigmoid-half",
        _SIGMOID.replace("{act}", "sigmoid")
        .replace("{out}", "sigmoid")
        .replace("{loss}", "1/2*(yhat - y)^2"),
        12,
        _SCALAR_ASKED,
    ),
    Network(
        "221-tanh-se",
        _SIGMOID.replace("{act}", "tanh").replace("{out}", "identity").replace("{loss}", "(yhat - y)^2"),
        12,
        _SCALAR_ASKED,
    ),
    Network(
        "232-relu-half",
        """
    network:
      inputs: {{x: [{0}, {1}]}}
      targets: {{y: [{2}, {3}]}}
      layers:
        - {{weights: {{W1: [[{4}, {5}], [{6}, {7}], [{8}, {9}]]}}, bias: {{b1: [{10}, {11}, {12}]}}, activation: relu, pre: z1, out: a1}}
        - {{weights: {{W2: [[{13}, {14}, {15}], [{16}, {17}, {18}]]}}, bias: {{b2: [{19}, {20}]}}, activation: identity, pre: z2, out: yhat}}
      loss: {{L: half_squared_error}}
      learning_rate: {{eta: 0.2}}
""",
        21,
        "z1 a1 z2 yhat L dL/dyhat dL/dz2 dL/dW2 dL/db2 dL/da1 dL/dz1 dL/dW1 dL/db1 new(W1) new(b1) new(W2) new(b2)",
    ),
    Network(
        "softmax3",
        """
    network:
      inputs: {{x: [{0}, {1}]}}
      targets: {{y: [0, 1, 0]}}
      layers:
        - {{weights: {{W1: [[{2}, {3}], [{4}, {5}]]}}, bias: {{b1: [{6}, {7}]}}, activation: tanh, pre: z1, out: a1}}
        - {{weights: {{W2: [[{8}, {9}], [{10}, {11}], [{12}, {13}]]}}, bias: {{b2: [{14}, {15}, {16}]}}, activation: softmax, pre: z2, out: yhat}}
      loss: {{L: cross_entropy}}
      learning_rate: {{eta: 0.2}}
""",
        17,
        "z1 a1 z2 yhat L dL/dz2 dL/dW2 dL/db2 dL/da1 dL/dz1 dL/dW1 dL/db1 new(W1) new(b1) new(W2) new(b2)",
    ),
    Network(
        "deep-sigmoid",
        """
    given: {{x: {0}, y: {1}, w1: {2}, b1: {3}, w2: {4}, b2: {5}, w3: {6}, b3: {7}, eta: 0.4}}
    equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, a2 = sigmoid(z2), z3 = w3*a2 + b3,
                yhat = sigmoid(z3), L = 1/2*(yhat - y)^2]
    train: {{minimize: L, learning_rate: eta, parameters: [w1, b1, w2, b2, w3, b3]}}
""",
        8,
        "z1 a1 z2 a2 z3 yhat L dL/dyhat dL/dz3 dL/dw3 dL/db3 dL/da2 dL/dz2 dL/dw2 dL/db2 dL/da1 dL/dz1 dL/dw1 dL/db1"
        " new(w1) new(b1) new(w2) new(b2) new(w3) new(b3)",
    ),
    Network(
        "batch4-mean",
        """
    network:
      inputs: {{X: [[{0}, {1}, {2}, {3}], [{4}, {5}, {6}, {7}]]}}
      targets: {{y: [[{8}, {9}, {10}, {11}]]}}
      layers:
        - {{weights: {{W1: [[{12}, {13}], [{14}, {15}]]}}, bias: {{b1: [{16}, {17}]}}, activation: sigmoid, pre: Z1, out: A1}}
        - {{weights: {{W2: [[{18}, {19}]]}}, bias: {{b2: {20}}}, activation: identity, pre: Z2, out: yhat}}
      loss: {{L: half_squared_error}}
      reduction: mean
      learning_rate: {{eta: 0.3}}
""",
        21,
        "Z1 A1 Z2 yhat L dL/dyhat dL/dZ2 dL/dW2 dL/db2 dL/dA1 dL/dZ1 dL/dW1 dL/db1 new(W1) new(b1) new(W2) new(b2)",
    ),
    Network(
        "l2",
        """
    given: {{x1: {0}, x2: {1}, y: {2}, w1: {3}, w2: {4}, b: {5}, lambda: 0.15, eta: 0.3}}
    equations: [z = w1*x1 + w2*x2 + b, yhat = sigmoid(z), "L = 1/2*(yhat - y)^2 + lambda*(w1^2 + w2^2)"]
    train: {{minimize: L, learning_rate: eta, parameters: [w1, w2, b]}}
""",
        6,
        "z yhat L dL/dyhat dL/dz dL/dw1 dL/dw2 dL/db new(w1) new(w2) new(b)",
    ),
    Network(
        "momentum",
        """
    given: {{x1: {0}, x2: {1}, y: {2}, w1: {3}, w2: {4}, b: {5}, eta: 0.3}}
    equations: [z = w1*x1 + w2*x2 + b, yhat = tanh(z), "L = (yhat - y)^2"]
    train: {{minimize: L, learning_rate: eta, parameters: [w1, w2, b], optimizer: {{momentum: {{beta: 0.8}}}}}}
""",
        6,
        "z yhat L dL/dyhat dL/dz dL/dw1 dL/dw2 dL/db new(w1) new(w2) new(b) new(w1,2) new(w2,2) new(b,2)",
    ),
    Network(
        "graph",
        """
    given: {{x: {0}, y: {1}, t: {2}, k: {3}}}
    equations: [p = x*y, q = p + t, r = sigmoid(q), s = r*k, f = s^2 + p]
""",
        4,
        "p q r s f df/ds df/dr df/dq df/dp df/dx df/dy df/dt df/dk",
    ),
)

REGIMES = ("everything", "gradients", "updates")


def numbers(network: Network, rng: random.Random) -> list[str]:
    """Two-decimal numbers away from zero and one; a binary target where the loss needs one."""
    values = [f"{rng.choice((-1, 1)) * rng.randint(11, 98) / 100}" for _ in range(network.holes)]
    if network.binary_target:
        values[2] = rng.choice(("0", "1"))
    return values


def questions(network: Network, regime: str) -> list[str]:
    """What is asked: everything, gradients only, new weights only."""
    asked = _split(network.asked)
    if regime == "gradients":
        return [q for q in asked if q.startswith("d")]
    if regime == "updates":
        return [q for q in asked if q.startswith("new(")] or [q for q in asked if q.startswith("d")]
    return asked


def _split(text: str) -> list[str]:
    return text.split()


def exercise(network: Network, regime: str, rng: random.Random) -> Problem:
    """A problem with fresh numbers."""
    body = network.body.format(*numbers(network, rng))
    asked = ", ".join(f'"{q}"' for q in questions(network, regime))
    text = f"problems:\n  - id: q\n{body}    questions: [{asked}]\n"
    return load_text(text, "simulated.yaml").problems[0]


@dataclass(frozen=True, slots=True)
class Habits:
    """How a student rounds: to how many significant digits, and whether he goes on with rounded values."""

    digits: int
    as_he_goes: bool


class Student:
    """Works through an exercise.

    Args:
        plan: the worked solution.
        habits: how he rounds.
        rules: his wrong rules, by step.
    """

    def __init__(self, plan: Plan, habits: Habits, rules: Mapping[str, Expr] | None = None) -> None:
        self.plan = plan
        self.habits = habits
        self.values: dict[str, Array] = {}
        rules = rules or {}
        problem = plan.problem
        env = {n: np.array(v, dtype=float)[:, :, None, None] for n, v in problem.given.items()}
        train = problem.train
        if train is not None:
            for parameter in train.parameters:
                for state in state_names(train) if train.learning_rate else ():
                    env[names.state(state, parameter)] = np.zeros_like(env[parameter])
        for time in range(plan.horizon + 1):
            env[names.STEP_NUMBER] = np.full((1, 1, 1, 1), float(time + 1))
            for step in plan.steps:
                if step.phase == "update" and time == plan.horizon:
                    continue
                with np.errstate(all="ignore"):
                    value = evaluate(
                        rules.get(step.name, step.rule), env, problem.at_zero, problem.index_base
                    )
                env[step.name] = self._rounded(value) if habits.as_he_goes else value
                if step.phase != "update":
                    self.values[names.timed(step.name, time)] = env[step.name]
            for name in [n for n in env if n[0] == "+"]:
                env[name[1:]] = env.pop(name)
                self.values[names.timed(name[1:], time + 1)] = env[name[1:]]

    def _rounded(self, value: Array) -> Array:
        rounded: Array = np.vectorize(lambda v: float(f"{v:.{self.habits.digits}g}"), otypes=[float])(value)
        return rounded

    def answers(self) -> dict[str, object]:
        """What he writes for each question that asks for a step: a number, a list or a list of lists."""
        asked = self.plan.targets.items()
        return {question: self._written(target) for question, target in asked if target.shown is not None}

    def _written(self, target: Target) -> object:
        node = target.shown or Node("")
        value = self.values[names.timed(node.name, node.time)][:, :, 0, 0]
        if target.place is not None:
            value = value[target.place[0] : target.place[0] + 1, target.place[1] : target.place[1] + 1]
        texts = [[self._text(v) for v in row] for row in value]
        if value.shape == (1, 1):
            return texts[0][0]
        return tuple(r[0] for r in texts) if value.shape[1] == 1 else tuple(tuple(r) for r in texts)

    def _text(self, value: float) -> str:
        return f"{value:.{self.habits.digits}g}"


def plan_of(problem: Problem) -> Plan:
    """The worked solution that the questions need."""
    return derive(problem)


def flat(written: object) -> list[str]:
    """All numbers of an answer."""
    if isinstance(written, tuple):
        return [t for part in written for t in flat(part)]
    return [str(written)]


def same(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two students wrote the same."""
    return all(flat(a[q]) == flat(b[q]) for q in a)


def differing(a: Mapping[str, object], b: Mapping[str, object]) -> Sequence[str]:
    """The questions to which two students wrote different answers."""
    return [q for q in a if flat(a[q]) != flat(b[q])]
