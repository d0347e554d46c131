"""Whether one quantity changes with another: decided by computing, never typed in as a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine.derive import derive
from grader.engine.solve import Engine
from grader.engine.targets import evaluate_targets
from grader.errors import ExpressionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.engine.solve import Hold
    from grader.engine.steps import Node, Target
    from grader.language.tree import Expr
    from grader.spec.model import Problem

    Array = NDArray[np.float64]

_POINTS = 32
_CHANGE = 1e-7


def depends(problem: Problem, expr: Expr) -> bool:
    """The answer to ``depends(a, b)``: does a change with b, whatever the numbers?

    All givens and symbols take random values; b then takes others. A quantity that is computed is moved
    by what it is computed from only if it stands in a, so b is held at other values too.

    Raises:
        ExpressionError: when a or b does not exist, or b is no plain quantity.
    """
    what, by = expr.args
    plan = derive(problem, (what, by))
    targets = [t for t in plan.extra if not isinstance(t, ExpressionError)]
    for target in plan.extra:
        if isinstance(target, ExpressionError):
            raise target
    if targets[1].node is None:
        message = "depends(a, b) asks about a quantity b, not about a formula"
        raise ExpressionError(message, by.start, by.end)
    node = targets[1].node
    engine = Engine(plan)
    generator = np.random.default_rng(20_240)
    inputs = {n: _random(generator, len(v), len(v[0])) for n, v in problem.given.items()}
    inputs |= {n: _random(generator, *s.shape) for n, s in problem.symbols.items()}
    for _ in range(2):
        before, after = (_value(engine, targets[0], inputs, node, shift) for shift in (0.0, 0.37))
        finite = np.isfinite(before) & np.isfinite(after)
        changed = np.abs(after - before) > _CHANGE * (np.abs(before) + np.abs(after))
        if (finite & changed).any():
            return True
        inputs = {n: np.abs(v) for n, v in inputs.items()}
    return False


def _random(generator: np.random.Generator, rows: int, columns: int) -> Array:
    size = (rows, columns, 1, _POINTS)
    signs: Array = generator.choice([-1.0, 1.0], size=size)
    return generator.uniform(0.15, 0.95, size=size) * signs


def _value(engine: Engine, target: Target, inputs: dict[str, Array], node: Node, shift: float) -> Array:
    """The target's values with the quantity of ``node`` moved."""
    held: dict[Node, Hold] = {}
    if node.name in inputs:
        inputs = {**inputs, node.name: inputs[node.name] + shift}
    else:
        held[node] = lambda value: (value + shift, np.ones((1, 1, 1, 1), dtype=bool))
    keep = [*target.nodes, *([target.node] if target.node else [])]
    trace = engine.solve(keep, horizon=engine.plan.horizon, inputs=inputs, held=held)
    value: Array = evaluate_targets(engine.plan, [target], trace)[0]
    return value
