"""The update steps of one training step: the optimizer's lines, or the course's own, for each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.steps import Step
from grader.language.parse import parse
from grader.language.scope import Scope
from grader.language.shapes import infer_shape
from grader.language.tree import Expr, name, num, substitute
from grader.spec.optimizers import OPTIMIZERS, RULE_NAMES

if TYPE_CHECKING:
    from grader.language.shapes import Shape
    from grader.spec.model import Problem, Train


def rule_lines(train: Train) -> list[tuple[str, Expr]]:
    """The update rule line by line, (left side, right side) over w, g, t, states and the problem's names."""
    if train.update:
        return [(e.name, e.expr) for e in train.update]
    optimizer = OPTIMIZERS[train.optimizer.name]
    constants = dict(optimizer.constants) | dict(train.optimizer.constants)
    scope = Scope(frozenset({*RULE_NAMES, *optimizer.states, *constants, "eta"}))
    put_in = {n: num(v) for n, v in constants.items()}
    if train.learning_rate is not None:
        put_in["eta"] = name(train.learning_rate)
    lines = (line.partition(" = ") for line in optimizer.lines)
    return [(left, substitute(parse(right, scope), put_in)) for left, _, right in lines]


def state_names(train: Train) -> tuple[str, ...]:
    """The optimizer's states, in the order of the rule."""
    return tuple(dict.fromkeys(left for left, _ in rule_lines(train) if left != "w"))


def can_update(problem: Problem) -> bool:
    """Whether the problem says enough for a training step: a loss alone gives gradients, no new weights."""
    train = problem.train
    return train is not None and (bool(train.update) or train.learning_rate is not None)


def update_steps(problem: Problem, shapes: dict[str, Shape]) -> list[Step]:
    """The steps that give every parameter and state after one training step.

    A value that a line has already given is written ``+name`` in the lines behind it.
    """
    train = problem.train
    if train is None:
        return []
    lines = rule_lines(train)
    states = [n for n, _ in lines if n != "w"]
    steps: list[Step] = []
    for parameter in train.parameters:
        put_in: dict[str, Expr] = {
            "w": name(parameter),
            "t": name(names.STEP_NUMBER),
            "g": name(names.derivative(train.minimize or "", parameter)),
        }
        for state in states:
            own = names.state(state, parameter)
            shapes[own] = shapes[parameter]
            put_in[state] = name(own)
        for line, rule in lines:
            own = "+" + (parameter if line == "w" else names.state(line, parameter))
            expr = substitute(rule, put_in)
            shapes[own] = infer_shape(expr, shapes, problem.index_base)
            steps.append(Step(own, "update", expr, shapes[own]))
            put_in[line] = name(own)
    return steps
