"""A thousand variants of a 2-2-1 net, forward and backward: the engine against numpy written by hand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from grader.engine.derive import derive
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.spec import load_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VARIANTS = 1_000
SPEC = """
problems:
  - id: q1
    network:
      inputs: {x: [0.5, -0.3]}
      targets: {y: 1}
      layers:
        - {weights: {W1: [[0.1, 0.2], [0.3, 0.4]]}, bias: {b1: [0.1, 0.2]}, activation: sigmoid}
        - {weights: {W2: [[0.5, 0.6]]}, bias: {b2: 0.3}, activation: sigmoid}
      loss: binary_cross_entropy
    questions: [dL/dW1, dL/db1, dL/dW2, dL/db2]
"""


def sigmoid(z: Array) -> Array:
    """As one writes it by hand."""
    return 1.0 / (1.0 + np.exp(-z))


def by_hand(x: Array, y: float, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, ...]:
    """The gradients with a leading axis of variants: w1 (v, 2, 2), b1 (v, 2), w2 (v, 2), b2 (v,)."""
    a1 = sigmoid(np.einsum("vij,j->vi", w1, x) + b1)
    yhat = sigmoid((w2 * a1).sum(axis=1) + b2)
    loss = -(y * np.log(yhat) + (1 - y) * np.log(1 - yhat))
    dyhat = -y / yhat + (1 - y) / (1 - yhat)
    dz2 = dyhat * yhat * (1 - yhat)
    dz1 = dz2[:, None] * w2 * a1 * (1 - a1)
    return loss, dz1[:, :, None] * x[None, None, :], dz1, dz2[:, None] * a1, dz2


def best(run: Callable[[], object], rounds: int = 60) -> float:
    """The median of several timings, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main() -> None:
    """Print both times and their ratio; check first that they agree."""
    generator = np.random.default_rng(1)
    w1, b1 = generator.normal(size=(VARIANTS, 2, 2)), generator.normal(size=(VARIANTS, 2))
    w2, b2 = generator.normal(size=(VARIANTS, 2)), generator.normal(size=VARIANTS)
    x = np.array([0.5, -0.3])
    engine = Engine(derive(load_text(SPEC, "bench.yaml").problems[0]))
    inputs = {
        "W1": w1.transpose(1, 2, 0)[..., None],
        "b1": b1.T[:, None, :, None],
        "W2": w2.T[None, :, :, None],
        "b2": b2[None, None, :, None],
    }
    inputs = {n: np.ascontiguousarray(v) for n, v in inputs.items()}
    keep = [Node(n) for n in ("L", "dL/dW1", "dL/db1", "dL/dW2", "dL/db2")]
    ours = engine.solve(keep, inputs=inputs).values
    theirs = by_hand(x, 1.0, w1, b1, w2, b2)
    assert np.allclose(ours[keep[1]][..., 0].transpose(2, 0, 1), theirs[1], rtol=1e-12, atol=0)
    assert np.allclose(ours[keep[0]].ravel(), theirs[0], rtol=1e-12, atol=0)
    engine_time = best(lambda: engine.solve(keep, inputs=inputs))
    hand_time = best(lambda: by_hand(x, 1.0, w1, b1, w2, b2))
    print(f"engine: {VARIANTS} variants, forward and backward: {engine_time * 1e6:.0f} us")
    print(f"numpy by hand, leading axis:                       {hand_time * 1e6:.0f} us")
    print(f"ratio: {engine_time / hand_time:.2f} (target: below 6)")


if __name__ == "__main__":
    main()
