"""What questions ask, looked up in a run or evaluated from its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.language.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.solve import Trace
    from grader.engine.steps import Node, Target

    Array = NDArray[np.float64]


def evaluate_targets(
    plan: Plan, targets: Sequence[Target], trace: Trace, *, bounds: bool = False, used: bool = False
) -> list[Array]:
    """The values of targets from a run's trace, (rows, columns, students, points) each.

    Args:
        plan: the worked solution that was run.
        targets: what to evaluate; a target that is one step (or an element of it) is looked up.
        trace: of a run that kept all their nodes.
        bounds: whether the trace carries bounds.
        used: take the held value of a step itself, not the one that its rule gives.
    """
    values = trace.used if used else trace.values
    out: list[Array] = []
    with np.errstate(all="ignore"):
        for target in targets:
            if target.node is not None:
                value = values[target.node]
                if target.place is not None:
                    i, j = target.place
                    value = value[..., i : i + 1, j : j + 1, :, :]
                out.append(value)
            else:
                out.append(_evaluate(plan, target, trace.used, bounds=bounds))
    return out


def _evaluate(plan: Plan, target: Target, values: Mapping[Node, Array], *, bounds: bool) -> Array:
    shapes = {names.timed(n.name, n.time): plan.shapes[n.name] for n in target.nodes}
    program = Program(shapes, plan.problem.at_zero, plan.problem.index_base)
    slot = program.compile(target.expr)
    linked = program.link(bounds=bounds)
    inputs = {program.slot(names.timed(n.name, n.time)): values[n] for n in target.nodes}
    slots = linked.start(inputs)
    linked.run(slots)
    return np.asarray(slots[slot])
