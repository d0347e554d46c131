"""Every optimizer over three steps with examples, against autograd's gradients and the rules written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from numpy.typing import NDArray

from tests.engine.reference import Net, loss, start
from tests.engine.test_autograd import erf
from tests.engine.worked import answers, apart

Array = NDArray[np.float64]
State = dict[str, Array]
Rule = Callable[[Array, Array, State, int], Array]
ETA = 0.1
NET = Net("tanh", "sigmoid", "binary_cross_entropy")
PARAMETERS = ("W1", "b1", "W2", "b2")
EXAMPLES = [([0.5, -1.0, 2.0], [1, 0]), ([1.5, 0.25, -0.5], [0, 1])]


def kept(state: State, name: str, w: Array) -> Array:
    """A state, which starts at 0."""
    return state.get(name, np.zeros_like(w))


def momentum(beta: float, *, ahead: bool = False) -> Rule:
    def rule(w: Array, g: Array, s: State, t: int) -> Array:
        s["v"] = beta * kept(s, "v", w) + g
        return w - ETA * (g + beta * s["v"] if ahead else s["v"])

    return rule


def adagrad(eps: float) -> Rule:
    def rule(w: Array, g: Array, s: State, t: int) -> Array:
        s["s"] = kept(s, "s", w) + g**2
        return w - ETA * g / (np.sqrt(s["s"]) + eps)

    return rule


def rmsprop(rho: float, eps: float) -> Rule:
    def rule(w: Array, g: Array, s: State, t: int) -> Array:
        s["s"] = rho * kept(s, "s", w) + (1 - rho) * g**2
        return w - ETA * g / (np.sqrt(s["s"]) + eps)

    return rule


def adam(beta1: float, beta2: float, eps: float) -> Rule:
    def rule(w: Array, g: Array, s: State, t: int) -> Array:
        s["m"] = beta1 * kept(s, "m", w) + (1 - beta1) * g
        s["v"] = beta2 * kept(s, "v", w) + (1 - beta2) * g**2
        return w - ETA * (s["m"] / (1 - beta1**t)) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)

    return rule


OPTIMIZERS: dict[str, Rule] = {
    "sgd": lambda w, g, s, t: w - ETA * g,
    "momentum": momentum(0.9),
    "{momentum: {beta: 0.5}}": momentum(0.5),
    "nesterov": momentum(0.9, ahead=True),
    "{nesterov: {beta: 0.5}}": momentum(0.5, ahead=True),
    "adagrad": adagrad(1e-8),
    "{adagrad: {eps: 0.01}}": adagrad(0.01),
    "rmsprop": rmsprop(0.9, 1e-8),
    "{rmsprop: {rho: 0.5, eps: 0.001}}": rmsprop(0.5, 0.001),
    "adam": adam(0.9, 0.999, 1e-8),
    "{adam: {beta1: 0.8, beta2: 0.9, eps: 0.001}}": adam(0.8, 0.9, 0.001),
}
STATES = {"sgd": "", "momentum": "v", "nesterov": "v", "adagrad": "s", "rmsprop": "s", "adam": "mv"}


def trained(rule: Rule, steps: int) -> tuple[dict[str, Array], dict[str, State], float]:
    """Parameters, states, and the loss on the next example after some steps."""
    values = start(NET)
    states: dict[str, State] = {n: {} for n in PARAMETERS}
    for step in range(steps + 1):
        x, y = EXAMPLES[step % len(EXAMPLES)]
        values |= {"x": np.array(x)[:, None], "y": np.array(y, float)[:, None]}
        if step == steps:
            break

        def of(part: Any, now: dict[str, Array] = values) -> Any:
            return loss(NET, anp, erf, {**now, **{n: part[n] for n in PARAMETERS}})

        gradients = grad(of)({n: values[n] for n in PARAMETERS})
        values |= {n: rule(values[n], gradients[n], states[n], step + 1) for n in PARAMETERS}
    return values, states, float(loss(NET, anp, erf, values))


def text(optimizer: str, questions: tuple[str, ...]) -> str:
    """The net, trained online: x and y stand with the examples only."""
    lines = [
        line for line in NET.text(questions).splitlines() if "inputs:" not in line and "targets:" not in line
    ]
    examples = [f"    - {{x: {x}, y: {y}}}" for x, y in EXAMPLES]
    train = [
        "train:",
        f"  learning_rate: {{eta: {ETA}}}",
        f"  optimizer: {optimizer}",
        "  examples:",
        *examples,
    ]
    return "\n".join([*lines[:-1], *train, lines[-1]])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_three_steps_agree_with_the_rule_written_out(optimizer: str) -> None:
    states = STATES[optimizer.strip("{").partition(":")[0]]
    asked = answers(
        text(
            optimizer,
            tuple(f"new({n}, {k})" for n in (*PARAMETERS, "L") for k in (1, 2, 3))
            + tuple(f"state({s}, {n}, {k})" for s in states for n in PARAMETERS for k in (1, 2, 3)),
        )
    )
    for steps in (1, 2, 3):
        values, kept_states, after = trained(OPTIMIZERS[optimizer], steps)
        assert abs(asked[f"new(L, {steps})"].item() - after) < 1e-9
        for name in PARAMETERS:
            assert apart(asked[f"new({name}, {steps})"], values[name]) < 1e-9
            for state in states:
                assert apart(asked[f"state({state}, {name}, {steps})"], kept_states[name][state]) < 1e-9
