"""How a training step is changed into a wrong one: its sign, its rate, its start, an optimizer's states."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.engine import names
from grader.language.tree import (
    ONE,
    Expr,
    add,
    is_num,
    key,
    mul,
    name,
    quantities,
    sub,
    substitute,
    transform,
    walk,
)
from grader.misconceptions.chain import new_value
from grader.misconceptions.parts import terms, value_of
from grader.misconceptions.weights import no_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    StepTerm = Callable[[Expr, str], Expr]


def parameter_of(step: Step) -> str | None:
    """The parameter to which an update step belongs: that it gives, or whose state it gives."""
    if step.phase != "update":
        return None
    own = step.name[1:]
    return own[own.index(",") + 1 : -1] if names.is_state(own) else own


def in_step(change: StepTerm) -> Rewrite:
    """Change the terms of a new parameter that are not the old one."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        parameter = view.updated(step)
        if parameter is None or not any(key(t) == key(name(parameter)) for t in terms(step.rule)):
            return
        old = key(name(parameter))
        yield add(*[t if key(t) == old else change(t, parameter) for t in terms(step.rule)])

    return rewrite


def step_only(step: Step, view: View) -> Iterator[Expr]:
    """The step in place of the new parameter."""
    parameter = view.updated(step)
    moved = [t for t in terms(step.rule) if key(t) != key(name(parameter or ""))]
    if parameter is not None and 0 < len(moved) < len(terms(step.rule)):
        yield add(*moved)


def rate(change: Callable[[Expr], Expr]) -> Rewrite:
    """Put something else in place of the learning rate, in whatever line of the update it stands."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        rate = _rate_in(step, view)
        if rate is not None:
            own = key(rate)
            yield _tidy(transform(step.rule, lambda node: change(rate) if key(node) == own else None))

    return rewrite


def _rate_in(step: Step, view: View) -> Expr | None:
    """The learning rate in a line of the update: the one that is called so, or what multiplies the step."""
    train = view.problem.train
    if step.phase != "update" or train is None:
        return None
    rate = train.learning_rate
    if rate is not None and any(rate in quantities(s.rule) for s in view.steps if s.phase == "update"):
        return name(rate) if rate in quantities(step.rule) else None
    parameter = view.updated(step)
    moved = [t.args[0] for t in terms(step.rule) if t.op == "neg"]
    if parameter is None or len(moved) != 1 or moved[0].op != "mul":
        return None
    factor = moved[0].args[0]
    return factor if value_of(factor, view) is not None else None


def _tidy(expr: Expr) -> Expr:
    """Factors of 1 left out."""

    def change(node: Expr) -> Expr | None:
        if node.op == "mul" and any(is_num(a, 1.0) for a in node.args):
            return mul(_tidy(node.args[0]), _tidy(node.args[1]))
        return None

    return transform(expr, change)


def delta_for_gradient(step: Step, view: View) -> Iterator[Expr]:
    """The unit's delta in place of the weight's gradient."""
    parameter = parameter_of(step)
    if parameter is None or not view.is_weight(parameter):
        return
    gradient = view.gradient(parameter)
    links = [link for link in view.links.all if link.parameter == parameter and link.weight.op == "name"]
    deltas = [d for link in links for d in no_input(link, view)]
    if links and gradient in quantities(step.rule) and len(deltas) == len(links):
        yield substitute(step.rule, {gradient: add(*deltas)})


def kept(step: Step, view: View) -> Iterator[Expr]:
    """A bias that is not trained."""
    parameter = view.updated(step)
    if parameter is not None and view.is_bias(parameter):
        yield name(parameter)


def _is_correction(node: Expr) -> bool:
    """1 - beta^t."""
    if node.op != "sum" or len(node.args) != len("1-"):
        return False
    one, other = node.args
    raised = other.args[0] if other.op == "neg" else other
    return is_num(one, 1.0) and other.op == "neg" and _is_power_of_step(raised)


def _is_power_of_step(node: Expr) -> bool:
    return node.op == "pow" and quantities(node.args[1]) == {names.STEP_NUMBER}


def uncorrected(step: Step, _: View) -> Iterator[Expr]:
    """Adam without its corrections of the start."""

    def change(node: Expr) -> Expr | None:
        return node.args[0] if node.op == "div" and _is_correction(node.args[1]) else None

    if step.phase == "update":
        yield transform(step.rule, change)


def without_power(step: Step, _: View) -> Iterator[Expr]:
    """Adam's corrections without the power of the step's number."""
    if step.phase == "update" and any(_is_correction(n) for n in walk(step.rule)):
        yield transform(step.rule, lambda node: node.args[0] if _is_power_of_step(node) else None)


def _velocity(step: Step, view: View) -> tuple[Expr, Expr] | None:
    """The factors of the old velocity and of the gradient in a momentum's line; None for other steps."""
    parameter = parameter_of(step)
    if parameter is None or not names.is_state(step.name[1:]) or len(terms(step.rule)) != len("vg"):
        return None
    final = new_value(parameter, view)
    if final is None or names.STEP_NUMBER in quantities(final):
        return None
    old, new = (_factor(t) for t in terms(step.rule))
    if old is None or new is None or old[1] != step.name[1:] or new[1] != view.gradient(parameter):
        return None
    return old[0], new[0]


def _factor(term: Expr) -> tuple[Expr, str] | None:
    """What a quantity is multiplied with, and its name."""
    if term.op == "name":
        return ONE, str(term.value)
    if term.op == "mul" and term.args[1].op == "name":
        return term.args[0], str(term.args[1].value)
    return None


def other_momentum(step: Step, view: View) -> Iterator[Expr]:
    """With 1 - beta in front of the gradient where it has none, without where it has it."""
    factors = _velocity(step, view)
    if factors is None:
        return
    beta, front = factors
    gradient = name(view.gradient(parameter_of(step) or ""))
    if _is_rest(front, beta, view):
        yield add(terms(step.rule)[0], gradient)
    elif key(front) == key(ONE):
        yield add(terms(step.rule)[0], mul(sub(ONE, beta), gradient))


def _is_rest(front: Expr, beta: Expr, view: View) -> bool:
    """Whether a factor is 1 - beta, also where somebody worked it out."""
    a, b = value_of(front, view), value_of(beta, view)
    if a is not None and b is not None:
        return math.isclose(a, 1 - b)
    return key(front) == key(sub(ONE, beta))


def rate_twice(step: Step, view: View) -> Iterator[Expr]:
    """The learning rate in the velocity and in the step: wherever the course's rule has it not."""
    train = view.problem.train
    rate = train.learning_rate if train else None
    parameter = parameter_of(step)
    if rate is None or parameter is None:
        return
    velocity = next((s for s in view.steps if parameter_of(s) == parameter and _velocity(s, view)), None)
    if velocity is None:
        return
    inside = rate in quantities(velocity.rule)
    if step.name == velocity.name and not inside:
        gradient = view.gradient(parameter)
        yield substitute(step.rule, {gradient: mul(name(rate), name(gradient))})
    elif step.name == "+" + parameter and inside and velocity.name in quantities(step.rule):
        yield substitute(step.rule, {velocity.name: mul(name(rate), name(velocity.name))})
