"""`expand` writes the general form, which loads as the same assignment."""

from pathlib import Path
from typing import Any

import pytest

from grader.language.tree import key
from grader.spec import expand, load, load_text
from grader.spec.model import Assignment, Problem

SPECS = sorted((Path(__file__).parent.parent.parent / "specs").glob("*.yaml"))

EVERYTHING = r"""
title: "Everything: at once"
decimal_comma: true
tolerance: {abs: 0.1, rel: 1e-3, rounding: off}
credit: {slip: 0.25}
problems:
  - id: "1.2 # one"
    title: 'quoted "twice"'
    index_base: 0
    log: 10
    at_zero: {step: 0.5}
    symbols: {y: [-1, 3], s: {shape: [2]}, M: {shape: [2, 3], range: [0, 1]}, r: }
    given: {beta: "1/3"}
    network:
      inputs: ["sqrt(2)", 1e-3]
      layers:
        - {weights: [[1, 2], [3, 4]], bias: [0, 1], activation: {leaky_relu: 0.1}}
        - {weights: [[1, -2]], bias: 0.5, activation: sigmoid, out: p}
      loss: {E: half_squared_error}
      learning_rate: 0.5
      l2: {lambda: 0.1, half: true}
      optimizer: {momentum: {beta: 0.5}}
    equations: ["k = sum(M)*y + r + s[0] + beta"]
    train: {state: {v: {W1: 2, b2: 1}}, examples: [{extra: [1, 2]}, {extra: [3, 4]}]}
    aliases: {w00: "W1[0,0]", d: dE/dp, ex: "extra[1]"}
    misconceptions: [{name: sign, right: "w - eta*g", wrong: "w + eta*g", feedback: "Down, not up: minus."}]
    questions:
      - dE/dW1
      - {ask: new(w00), points: 2.5, id: "[0,0], first", title: A title}
      - {ask: "depends(dE/dp, b2)", tolerance: {sigfigs: 3, min_sigfigs: 3}}
      - {ask: d + k, credit: {slip: 1}}
      - {ask: "Which one?", choice: {options: [yes, "a, b", "[x]"], answer: "a, b"}}
      - {id: t, text: {rubric: "First line.\nSecond: line."}}
      - {id: u, text: }
  - id: own
    given: {w: 1, eta: 0.1}
    equations: [L = w^2]
    train: {minimize: L, parameters: [w], update: ["v = 0.9*v + g", "w = w - eta*v"]}
    questions: [new(w)]
"""


def meaning(assignment: Assignment) -> Any:
    """Everything in an assignment but places."""
    return (assignment.title, assignment.decimal_comma, [_problem(p) for p in assignment.problems])


def _problem(p: Problem) -> Any:
    train = p.train and (
        p.train.minimize, p.train.learning_rate, p.train.parameters, p.train.optimizer,
        [(line.name, key(line.expr)) for line in p.train.update], p.train.state, p.train.examples,
    )  # fmt: skip
    questions = [
        (q.id, q.kind, q.ask, q.expr and key(q.expr), q.points, q.tolerance, q.credit, q.title, q.options,
         q.answer, q.rubric)
        for q in p.questions
    ]  # fmt: skip
    return (
        p.id, p.title, p.given, p.given_text, p.symbols, [(e.name, e.text, key(e.expr)) for e in p.equations],
        train, questions, {name: key(expr) for name, expr in p.aliases.items()}, p.alias_text, p.index_base,
        p.log_base, p.at_zero, [rule.fields for rule in p.misconceptions], p.shapes,
    )  # fmt: skip


def test_everything_survives() -> None:
    first = load_text(EVERYTHING, "t.yaml")

    again = load_text(expand(first), "t.yaml")

    assert meaning(again) == meaning(first)
    assert "network" not in expand(first)
    assert expand(again) == expand(first)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_shipped_spec_survives(path: Path) -> None:
    first = load(path)

    assert meaning(load_text(expand(first), "t.yaml")) == meaning(first)


def test_the_expansion_of_the_contract_example() -> None:
    text = """
problems:
  - id: q3
    network:
      inputs: {x: 0.5}
      targets: {y: 1}
      layers:
        - {weights: {w1: 0.2}, bias: {b1: 0.1}, activation: sigmoid, pre: z1, out: a1}
        - {weights: {w2: 0.4}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    questions: [z1, {ask: new(w2), id: w2 after one step}]
"""
    assert expand(load_text(text, "hw1.yaml")) == (
        """\
problems:
  - id: q3
    given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2, eta: 0.1}
    equations:
      - z1 = w1*x + b1
      - a1 = sigmoid(z1)
      - z2 = w2*a1 + b2
      - yhat = sigmoid(z2)
      - L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))
    train: {minimize: L, learning_rate: eta, parameters: [w1, b1, w2, b2]}
    questions:
      - z1
      - ask: new(w2)
        id: w2 after one step
"""
    )
