"""Where expressions in symbols are compared: seeded random points at which everything is real and finite."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from grader.engine.steps import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.engine.solve import Engine
    from grader.spec.model import Problem, Symbol

    Array = NDArray[np.float64]

WANTED = 24
LEAST = 20
# Small magnitudes, since a sigmoid far from 0 is 0 or 1 and tells nothing; both signs; then, where
# logarithms or roots need it, positive only, and probabilities only.
_RANGES = ((-1.6, 1.6), (0.15, 1.9), (0.05, 0.95))
_TRIES = 4
# Points near the problem's own numbers, and how far they lie from them at most, as a natural logarithm.
_AROUND, _SPREAD = 8, 0.35


def sample(problem: Problem, engine: Engine) -> dict[str, Array] | None:
    """Values for the symbols, (rows, columns, 1, points), or None if too few points make sense.

    The same problem always gives the same points. A symbol with a range of its own keeps to it.
    """
    if not problem.symbols:
        return {}
    seed = zlib.crc32(problem.id.encode())
    for low, high in _RANGES:
        generator = np.random.default_rng(seed)
        candidates = {n: _draw(s, low, high, generator, WANTED * _TRIES) for n, s in problem.symbols.items()}
        good = np.flatnonzero(_finite(engine, candidates))[:WANTED]
        if good.size >= LEAST:
            return {n: v[..., good] for n, v in candidates.items()}
    return None


def _draw(symbol: Symbol, low: float, high: float, generator: np.random.Generator, count: int) -> Array:
    if symbol.ranged:
        low, high = symbol.low, symbol.high
    return generator.uniform(low, high, size=(*symbol.shape, 1, count))


def _finite(engine: Engine, inputs: Mapping[str, Array]) -> NDArray[np.bool_]:
    """The points at which every step of the worked solution is finite."""
    horizon = engine.plan.horizon
    nodes = [Node(s.name, 0) for s in engine.steps if s.phase != "update"]
    nodes += [t.node for t in engine.plan.targets.values() if t.node is not None]
    trace = engine.solve(nodes, inputs=inputs, horizon=horizon)
    count = next(iter(inputs.values())).shape[-1]
    good = np.ones(count, dtype=bool)
    for value in trace.values.values():
        good &= np.isfinite(value).all(axis=(0, 1, 2))
    return good


def around(problem: Problem, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Values near a problem's givens, (rows, columns, 1, points): formulas are told apart as functions.

    0, 1 and -1 stay: they are labels, targets and switches more often than measured numbers.

    Args:
        problem: whose givens.
        inputs: values of its symbols, for the number of points.
    """
    points = max((v.shape[-1] for v in inputs.values()), default=_AROUND)
    generator = np.random.default_rng(zlib.crc32(problem.id.encode()))
    out = {}
    for name, rows in problem.given.items():
        value = np.asarray(rows, dtype=np.float64)[:, :, None, None]
        factors = np.exp(generator.uniform(-_SPREAD, _SPREAD, size=(*value.shape[:3], points)))
        out[name] = np.where(np.isin(value, (-1.0, 0.0, 1.0)), value, value * factors)
    return out
