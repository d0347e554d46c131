"""What the tests of the engine share: problems from text, and their answers as plain matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.engine.derive import Plan, derive
from grader.engine.solve import Engine
from grader.engine.targets import evaluate_targets
from grader.spec import load_text
from grader.spec.model import Problem

Array = NDArray[np.float64]


def problem(text: str) -> Problem:
    """The problem of its lines (without ``id``), as an instructor writes them."""
    lines = "\n".join("    " + line for line in text.strip("\n").splitlines())
    return load_text(f"problems:\n  - id: q\n{lines}\n", "t.yaml").problems[0]


def answers(text: str) -> dict[str, Array]:
    """The value of every question of a problem, (rows, columns)."""
    plan = derive(problem(text))
    return {i: v[:, :, 0, 0] for i, v in solved(plan, {}).items()}


def number(text: str, question: str) -> float:
    """The one number that a question asks for."""
    return float(answers(text)[question].item())


def solved(plan: Plan, inputs: dict[str, Array]) -> dict[str, Array]:
    """The value of every question for other inputs, (rows, columns, students, points)."""
    targets = plan.targets
    keep = {node for t in targets.values() for node in (*t.nodes, *([t.node] if t.node else []))}
    trace = Engine(plan).solve(keep, horizon=plan.horizon, inputs=inputs)
    return dict(zip(targets, evaluate_targets(plan, list(targets.values()), trace), strict=True))


def slopes(plan: Plan, of: str, wrt: str, size: float = 1e-3) -> Array:
    """Central differences of fourth order, (rows, columns) of ``of`` by elements of ``wrt``, all at once."""
    given = np.array(plan.problem.given[wrt])[:, :, None, None]
    count = given.size
    shifts = size * np.eye(count).reshape(*given.shape[:2], count)
    moved = np.concatenate([given[..., 0] + k * shifts for k in (-2, -1, 1, 2)], axis=-1)[..., None]
    value = solved(plan, {wrt: moved})[of][..., 0]
    value = np.broadcast_to(value, (*value.shape[:2], 4 * count))
    far_below, below, above, far_above = np.split(value, 4, axis=-1)
    return np.asarray((8 * (above - below) - (far_above - far_below)) / (12 * size))


def apart(a: Array, b: Array) -> float:
    """The largest error of an array, relative to the largest number in it, or absolute below 1."""
    assert a.shape == b.shape, f"{a.shape} is not {b.shape}"
    scale = max(1.0, float(np.abs(b).max(initial=0.0)))
    return float(np.abs(a - b).max(initial=0.0)) / scale
