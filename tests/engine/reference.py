"""Networks written out a second time, in numpy's own terms, for autograd and JAX to differentiate.

Nothing here comes from the program: the formulas are those of the contract, with examples in columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Net:
    """A net of two layers, 3 inputs, 4 hidden units, 2 outputs.

    Args:
        hidden, last: activations of the layers; ``leaky_relu=0.1`` has a constant.
        loss: its name in a spec.
        count: number of examples; 0 for a single vector.
        orientation, examples, reduction: as in a spec.
        penalty: the spec's lines for l1 and l2.
    """

    hidden: str = "tanh"
    last: str = "identity"
    loss: str = "half_squared_error"
    count: int = 0
    orientation: str = "rows"
    examples: str = "columns"
    reduction: str = "sum"
    penalty: str = ""

    def values(self) -> dict[str, Array]:
        """Weights, biases, inputs and targets; weights by rows, examples in columns."""
        generator = np.random.default_rng(7)
        n = max(self.count, 1)
        draw = generator.normal
        targets: dict[str, Callable[[], Array]] = {
            "binary_cross_entropy": lambda: (draw(size=(2, n)) > 0).astype(float),
            "cross_entropy": lambda: np.eye(2)[:, generator.integers(0, 2, n)],
            "hinge": lambda: np.sign(draw(size=(2, n))),
            "poisson": lambda: generator.integers(0, 4, (2, n)).astype(float),
        }
        y = targets.get(self.loss, lambda: draw(size=(2, n)))
        return {
            "W1": draw(size=(4, 3)) * 0.7,
            "b1": draw(size=(4, 1)),
            "W2": draw(size=(2, 4)) * 0.7,
            "b2": draw(size=(2, 1)),
            "x": draw(size=(3, n)),
            "y": y(),
        }

    def text(self, questions: tuple[str, ...], train: str = "") -> str:
        """The problem as a spec writes it."""
        v = self.values()
        turn_w, turn_x = self.orientation == "columns", self.count and self.examples == "rows"
        shown = {n: (a.T if (turn_w and n[0] == "W") or (turn_x and n in "xy") else a) for n, a in v.items()}
        lists = {n: (a[:, 0] if a.shape[1] == 1 and n[0] != "W" else a).tolist() for n, a in shown.items()}
        layers = [
            f"    - {{weights: {lists[f'W{k}']}, bias: {lists[f'b{k}']}, activation: {_written(name)}}}"
            for k, name in ((1, self.hidden), (2, self.last))
        ]
        lines = [
            "network:",
            f"  inputs: {{x: {lists['x']}}}",
            f"  targets: {{y: {lists['y']}}}",
            f"  orientation: {self.orientation}",
            f"  examples: {self.examples}",
            "  layers:",
            *layers,
            f"  loss: {self.loss}",
            f"  reduction: {self.reduction}",
            *self.penalty.splitlines(),
            train,
            f"questions: {json.dumps(list(questions))}",
        ]
        return "\n".join(line for line in lines if line)

    def as_shown(self, name: str, gradient: Array) -> Array:
        """A gradient of this module's layout in the spec's layout."""
        turned = name[0] == "W" and self.orientation == "columns"
        turned |= name[0] in "xyza" and bool(self.count) and self.examples == "rows"
        return gradient.T if turned else gradient


QUANTITIES = ("W1", "b1", "W2", "b2", "x", "z1", "a1", "z2", "yhat")


def loss(net: Net, xp: Any, erf: Any, p: dict[str, Any]) -> Any:
    """The loss; what ``p`` has for z1, a1, z2 and yhat (zeros) is added there, to differentiate by."""
    z1 = xp.dot(p["W1"], p["x"]) + p["b1"] + p["z1"]
    a1 = activate(net.hidden, xp, erf, z1) + p["a1"]
    z2 = xp.dot(p["W2"], a1) + p["b2"] + p["z2"]
    out = activate(net.last, xp, erf, z2) + p["yhat"]
    total = _LOSSES[net.loss](xp, out, p["y"])
    if net.reduction == "mean" and net.loss != "mean_squared_error":
        total = total / p["y"].shape[1]
    for line in net.penalty.splitlines():
        kind, _, rest = line.strip().partition(": ")
        factor = 0.1 if "half" not in rest else 0.05
        for w in (p["W1"], p["W2"]):
            total = total + factor * xp.sum(w**2 if kind == "l2" else xp.abs(w))
    return total


def activate(name: str, xp: Any, erf: Any, z: Any) -> Any:
    """An activation by its name in a spec."""
    name, _, constant = name.partition("=")
    s = float(constant or {"leaky_relu": 0.01, "elu": 1.0}.get(name, 0))
    return _ACTIVATIONS[name](xp, erf, z, s)


_ACTIVATIONS: dict[str, Any] = {
    "identity": lambda xp, erf, z, s: z,
    "sigmoid": lambda xp, erf, z, s: 1 / (1 + xp.exp(-z)),
    "tanh": lambda xp, erf, z, s: (xp.exp(z) - xp.exp(-z)) / (xp.exp(z) + xp.exp(-z)),
    "relu": lambda xp, erf, z, s: xp.where(z > 0, z, 0 * z),
    "leaky_relu": lambda xp, erf, z, s: xp.where(z > 0, z, s * z),
    "elu": lambda xp, erf, z, s: xp.where(z > 0, z, s * (xp.exp(z) - 1)),
    "softplus": lambda xp, erf, z, s: xp.log(1 + xp.exp(z)),
    "exp": lambda xp, erf, z, s: xp.exp(z),
    "step": lambda xp, erf, z, s: xp.where(z >= 0, 1 + 0 * z, 0 * z),
    "softmax": lambda xp, erf, z, s: xp.exp(z) / xp.sum(xp.exp(z), axis=0, keepdims=True),
    "gelu": lambda xp, erf, z, s: z * (1 + erf(z / np.sqrt(2))) / 2,
    "silu": lambda xp, erf, z, s: z / (1 + xp.exp(-z)),
}

_LOSSES: dict[str, Any] = {
    "half_squared_error": lambda xp, a, y: xp.sum((a - y) ** 2) / 2,
    "squared_error": lambda xp, a, y: xp.sum((a - y) ** 2),
    "mean_squared_error": lambda xp, a, y: xp.sum((a - y) ** 2) / y.size,
    "absolute_error": lambda xp, a, y: xp.sum(xp.abs(a - y)),
    "binary_cross_entropy": lambda xp, a, y: -xp.sum(y * xp.log(a) + (1 - y) * xp.log(1 - a)),
    "cross_entropy": lambda xp, a, y: -xp.sum(y * xp.log(a)),
    "hinge": lambda xp, a, y: xp.sum(xp.where(1 - y * a > 0, 1 - y * a, 0 * a)),
    "poisson": lambda xp, a, y: xp.sum(a - y * xp.log(a)),
}

LOSSES = tuple(_LOSSES)
ACTIVATIONS = tuple(_ACTIVATIONS)
# What keeps a loss's logarithms real.
LAST = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax", "poisson": "softplus"}


def start(net: Net) -> dict[str, Array]:
    """Everything that ``loss`` takes."""
    v = net.values()
    n = v["x"].shape[1]
    zeros = {"z1": np.zeros((4, n)), "a1": np.zeros((4, n)), "z2": np.zeros((2, n)), "yhat": np.zeros((2, n))}
    return v | zeros


def nets() -> list[Net]:
    """Every activation before and behind, every loss, reduction, penalty, orientation and batch layout."""
    found = []
    for name in LOSSES:
        for activation in (*ACTIVATIONS, "leaky_relu=0.1", "elu=0.5"):
            last = LAST.get(name, activation)
            found.append(Net(activation, last, name, count=3, reduction="mean"))
            if name == "squared_error":
                found.append(Net("sigmoid", activation, name))
        for orientation in ("rows", "columns"):
            for examples in ("rows", "columns"):
                for reduction in ("sum", "mean"):
                    last = LAST.get(name, "tanh")
                    found.append(Net("sigmoid", last, name, 3, orientation, examples, reduction, _PENALTY))
    found += [Net(penalty=p, count=c) for p in (_PENALTY, "  l2: 0.1", "  l1: 0.1", _HALF) for c in (0, 1, 3)]
    found += [Net("softmax", "softmax", "cross_entropy", 3, "columns", e) for e in ("rows", "columns")]
    return list(dict.fromkeys(found))


_HALF = "  l2: {lambda: 0.1, half: true}"
_PENALTY = "  l1: 0.1\n" + _HALF


def _written(name: str) -> str:
    activation, _, constant = name.partition("=")
    return f"{{{activation}: {constant}}}" if constant else activation
