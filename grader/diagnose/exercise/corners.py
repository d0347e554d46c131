"""Where the numbers chosen sit badly: on a kink, where a slope is a convention, or where a unit is flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.exercise.model import Corner
from grader.diagnose.variants import node_of, target_of
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate
from grader.language.functions import FUNCTIONS
from grader.language.render import render
from grader.language.tree import Expr, add, call, neg, quantities, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from grader.diagnose.exercise.numbers import Numbers

    Array = NDArray[np.float64]

_KINKED = frozenset({"relu", "leaky_relu", "abs", "sign", "step"})
# A dead ReLU is an exercise of its own; a sigmoid that is flat is an accident.
_NEVER_FLAT = frozenset({"relu", "leaky_relu", "identity", "step"})
_FLAT = 0.005
_AT_ZERO = 1e-9
_MOST = 50


def corners(numbers: Numbers) -> tuple[tuple[Corner, ...], tuple[Corner, ...]]:
    """The functions at a kink, and the flat units, of the forward steps that gradients are taken of."""
    if numbers.formulas or not _gradients(numbers):
        return (), ()
    values = _values(numbers)
    kinks: dict[Corner, None] = {}
    flat: dict[Corner, None] = {}
    for step in numbers.view.steps:
        if step.phase != "forward":
            continue
        for node in walk(step.rule):
            if node.op != "call":
                continue
            try:
                kinks |= dict.fromkeys(_kinks(numbers, node, values))
                flat |= dict.fromkeys(_flat(numbers, node, values))
            except (KeyError, ValueError, ExpressionError):
                continue  # a part that cannot be worked out by itself says nothing
    return tuple(kinks)[:_MOST], tuple(flat)[:_MOST]


def _gradients(numbers: Numbers) -> bool:
    backward = {s.name for s in numbers.view.steps if s.phase == "backward"}
    return any(behind & backward for behind in numbers.behind)


def _values(numbers: Numbers) -> dict[str, Array]:
    """Every quantity under the right rules, before any training step."""
    view = numbers.view
    nodes = [node_of(s.name) for s in view.steps if s.phase == "forward"]
    nodes += [node_of(n) for n in view.problem.given]
    found = numbers.alternatives.values([target_of(n, view) for n in nodes], 0)
    return {n.name: v[0][:, :, :1] for n, v in zip(nodes, found, strict=True)}


def _kinks(numbers: Numbers, node: Expr, values: Mapping[str, Array]) -> Iterator[Corner]:
    function = str(node.value)
    if function in _KINKED:
        inside = node.args[0]
    elif function in ("max", "min") and len(node.args) == len("ab"):
        inside = add(node.args[0], neg(node.args[1]))
    else:
        return
    if not quantities(inside):
        return
    value = _evaluated(numbers, inside, values)
    for i, j in np.argwhere(np.abs(value) <= _AT_ZERO)[:_MOST].tolist():
        yield Corner(_name(numbers, node, value, (i, j)), 0.0)


def _flat(numbers: Numbers, node: Expr, values: Mapping[str, Array]) -> Iterator[Corner]:
    function = str(node.value)
    known = FUNCTIONS.get(function)
    if known is None or not known.activation or function in _NEVER_FLAT:
        return
    if function == "softmax":
        out = _evaluated(numbers, node, values)
        slope = np.where(out > 0.5, out * (1 - out), 1.0)
    else:
        slope = _evaluated(numbers, call(function + "'", *node.args), values)
    for i, j in np.argwhere(np.abs(slope) < _FLAT)[:_MOST].tolist():
        yield Corner(_name(numbers, node, slope, (i, j)), float(slope[i, j]))


def _evaluated(numbers: Numbers, expr: Expr, values: Mapping[str, Array]) -> Array:
    problem = numbers.view.problem
    with np.errstate(all="ignore"):
        return np.asarray(evaluate(expr, values, problem.at_zero, problem.index_base)[:, :, 0, 0])


def _name(numbers: Numbers, node: Expr, value: Array, place: tuple[int, int]) -> str:
    """``relu(z1)``, ``relu(z1)[2]``."""
    base = numbers.view.problem.index_base
    if value.shape == (1, 1):
        return render(node)
    index = f"{place[0] + base}" if value.shape[1] == 1 else f"{place[0] + base},{place[1] + base}"
    return f"{render(node)}[{index}]"
