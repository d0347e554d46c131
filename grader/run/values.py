"""Numbers and formulas of the worked solution as text for reports."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.engine.steps import Node
from grader.language.render import render
from grader.language.tree import Expr, rename, substitute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.steps import Target

    Array = NDArray[np.float64]

_LONGEST_FORMULA = 400
_DEEPEST = 12


def number_text(value: float) -> str:
    """A number with six significant digits, an integer with all of its own."""
    if not math.isfinite(value):
        return "undefined"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def array_text(value: Array, show: Callable[[float], str] = number_text) -> str:
    """A number, ``[a, b]`` or ``[[a, b], [c, d]]`` from (rows, columns)."""
    rows, columns = value.shape
    if (rows, columns) == (1, 1):
        return show(float(value[0, 0]))
    if columns == 1:
        return "[" + ", ".join(show(float(v)) for v in value[:, 0]) + "]"
    return "[" + ", ".join("[" + ", ".join(show(float(v)) for v in row) + "]" for row in value) + "]"


def array_value(value: Array) -> float | tuple[float, ...] | tuple[tuple[float, ...], ...]:
    """The same as plain data."""
    rows, columns = value.shape
    if (rows, columns) == (1, 1):
        return float(value[0, 0])
    if columns == 1:
        return tuple(float(v) for v in value[:, 0])
    return tuple(tuple(float(v) for v in row) for row in value)


def element(value: Array, place: tuple[int, int]) -> Array:
    """One element of (rows, columns), as (1, 1)."""
    return value[place[0] : place[0] + 1, place[1] : place[1] + 1]


def is_constant(value: Array) -> bool:
    """Whether a value is the same at all sample points."""
    with np.errstate(invalid="ignore"):  # an infinite value less itself
        near = np.ptp(value, axis=-1) <= 1e-12 * np.abs(value).max(axis=-1)
    return bool(np.all(near | (value == value[..., :1]).all(axis=-1)))


def timed_rule(plan: Plan, rule: Expr, time: int) -> Expr:
    """A step's rule in the names after ``time`` training steps."""
    step = Expr("num", (), float(time + 1))
    return rename(substitute(rule, {names.STEP_NUMBER: step}), lambda n: timed_name(plan, n, time))


def timed_name(plan: Plan, base: str, time: int) -> str:
    """The name of a quantity after ``time`` training steps; a constant keeps its own."""
    return names.timed(base, time if names.moves(base, plan.problem) else 0)


def timed_node(plan: Plan, base: str, time: int) -> Node:
    """The node that a base name in a rule stands for."""
    if base[0] == "+":
        return Node(base[1:], time + 1)
    return Node(base, time if names.moves(base, plan.problem) else 0)


def rule_of(plan: Plan, node: Node) -> tuple[Expr, str, int] | None:
    """The rule that gives a node, its phase, and the training step in which it is applied."""
    for step in plan.steps:
        if step.name == node.name:
            return step.rule, step.phase, node.time
        if step.name == "+" + node.name and node.time > 0:
            return step.rule, step.phase, node.time - 1
    return None


def formula_text(plan: Plan, target: Target) -> str:
    """A target that depends on symbols, as a formula in forward quantities."""
    rules = {s.name: s.rule for s in plan.steps if s.phase != "update"}
    backward = {s.name for s in plan.steps if s.phase == "backward"}
    expr = target.expr
    if target.shown is not None and target.place is None and target.shown.time == 0:
        expr = rules.get(target.shown.name, expr)
    best = expr
    for _ in range(_DEEPEST):
        known = {n: rules[n] for n in backward if n in rules}
        expr = substitute(expr, known)
        text = render(expr)
        if expr == best or len(text) > _LONGEST_FORMULA:
            break
        best = expr
    return render(best)


def with_numbers(expr: Expr, values: Mapping[str, str]) -> str:
    """A rule with numbers in place of names; a negative one in parentheses where it needs them."""
    return render(expr, lambda n: values.get(n, n))
