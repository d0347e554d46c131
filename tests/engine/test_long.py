"""Long networks and long training: no recursion that runs out, and seconds at most."""

from __future__ import annotations

import math
import time

import pytest

from grader.engine.derive import derive
from tests.engine.worked import number, problem, slopes, solved


def test_a_recurrence_of_two_thousand_steps() -> None:
    steps = 2_000
    rules = ["h1 = tanh(w*x)"] + [f"h{k} = tanh(w*h{k - 1} + x)" for k in range(2, steps + 1)]
    lines = "\n".join(f"  - {rule}" for rule in [*rules, f"L = h{steps}^2"])
    text = f"given: {{w: 0.9, x: 0.1}}\nequations:\n{lines}\nquestions: [L, dL/dw, dL/dh1, dL/dx]"
    start = time.perf_counter()
    plan = derive(problem(text))
    values = solved(plan, {})
    assert time.perf_counter() - start < 10
    assert len(plan.steps) >= 2 * steps
    assert values["dL/dw"].item() == pytest.approx(slopes(plan, "L", "w").item(), rel=1e-9)
    assert values["dL/dx"].item() == pytest.approx(slopes(plan, "L", "x").item(), rel=1e-9)


def test_five_thousand_training_steps_take_seconds() -> None:
    text = """
given: {w: 2, x: 0.5, y: 0.3, b: 0, eta: 0.1}
equations: [z = w*x + b, yhat = sigmoid(z), "L = -(y*ln(yhat) + (1-y)*ln(1-yhat))"]
train: {minimize: L, learning_rate: eta, parameters: [w, b]}
questions: ["new(w, 5000)", "new(L, 5000)"]
"""
    w, b = 2.0, 0.0
    for _ in range(5_000):
        error = 1 / (1 + math.exp(-(w * 0.5 + b))) - 0.3
        w, b = w - 0.1 * error * 0.5, b - 0.1 * error
    start = time.perf_counter()
    assert number(text, "new(w, 5000)") == pytest.approx(w, rel=1e-9)
    assert time.perf_counter() - start < 10
