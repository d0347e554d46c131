"""Wrong training steps: ``upd.*``, for weights and biases alike, and ``opt.*``, the optimizers' lines."""

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
    neg,
    num,
    power,
    quantities,
    sub,
    substitute,
    transform,
    walk,
)
from grader.misconceptions.chain import CHAIN_NETWORK, new_value
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import terms, value_of
from grader.misconceptions.weights import no_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    StepTerm = Callable[[Expr, str], Expr]

MOMENTUM = CHAIN_NETWORK.replace(
    "train: {", 'train: {update: ["v = 0.9*v + eta*g", "w = w - v"], state: {v: {w2: 0.3}}, '
)
ADAM = CHAIN_NETWORK.replace("train: {", "train: {optimizer: adam, ")
_SMOOTHED = CHAIN_NETWORK.replace(
    "train: {", 'train: {update: ["v = 0.9*v + (1 - 0.9)*g", "w = w - eta*v"], state: {v: {w2: 0.3}}, '
)


def parameter_of(step: Step) -> str | None:
    """The parameter to which an update step belongs: that it gives, or whose state it gives."""
    if step.phase != "update":
        return None
    own = step.name[1:]
    return own[own.index(",") + 1 : -1] if names.is_state(own) else own


def _in_step(change: StepTerm) -> Rewrite:
    """Change the terms of a new parameter that are not the old one."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        parameter = view.updated(step)
        if parameter is None or not any(key(t) == key(name(parameter)) for t in terms(step.rule)):
            return
        old = key(name(parameter))
        yield add(*[t if key(t) == old else change(t, parameter) for t in terms(step.rule)])

    return rewrite


def _step_only(step: Step, view: View) -> Iterator[Expr]:
    parameter = view.updated(step)
    moved = [t for t in terms(step.rule) if key(t) != key(name(parameter or ""))]
    if parameter is not None and 0 < len(moved) < len(terms(step.rule)):
        yield add(*moved)


def _rate(change: Callable[[Expr], Expr]) -> Rewrite:
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


def _delta_for_gradient(step: Step, view: View) -> Iterator[Expr]:
    parameter = parameter_of(step)
    if parameter is None or not view.is_weight(parameter):
        return
    gradient = view.gradient(parameter)
    links = [link for link in view.links.all if link.parameter == parameter and link.weight.op == "name"]
    deltas = [d for link in links for d in no_input(link, view)]
    if links and gradient in quantities(step.rule) and len(deltas) == len(links):
        yield substitute(step.rule, {gradient: add(*deltas)})


def _kept(step: Step, view: View) -> Iterator[Expr]:
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


def _uncorrected(step: Step, _: View) -> Iterator[Expr]:
    def change(node: Expr) -> Expr | None:
        return node.args[0] if node.op == "div" and _is_correction(node.args[1]) else None

    if step.phase == "update":
        yield transform(step.rule, change)


def _without_power(step: Step, _: View) -> Iterator[Expr]:
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


def _other_momentum(step: Step, view: View) -> Iterator[Expr]:
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


def _rate_twice(step: Step, view: View) -> Iterator[Expr]:
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


UPDATES: tuple[Misconception, ...] = (
    Misconception(
        "upd.plus",
        "gradient added in the update",
        "The new weight is the old one plus eta times the gradient.",
        "In {step} you went uphill: the gradient points to where the loss grows, and training goes the"
        " other way.",
        "w - eta*g",
        "w + eta*g",
        _in_step(lambda t, _: neg(t)),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.373914),
        twins=("dy.sign",),
        source=(
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/66",
            "https://github.com/udacity/deep-learning/issues/285",
            "https://jamesmccaffrey.wordpress.com/2017/07/03/neural-network-error-output-minus-target-or-target-minus-output/",
        ),
    ),
    Misconception(
        "upd.no_eta",
        "learning rate left out",
        "The new weight is the old one minus the gradient.",
        "In {step} the whole gradient was taken off. The learning rate says how much of it a step goes.",
        "w - eta*g",
        "w - g",
        _rate(lambda _: ONE),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.452173),
        coincides=("eta = 1",),
        twins=("dy.extra_two",),
    ),
    Misconception(
        "upd.step_only",
        "only the step written",
        "The new weight is -eta times the gradient.",
        "In {step} stands how far the weight moves. Where it arrives is the old weight plus that.",
        "w - eta*g",
        "-eta*g",
        _step_only,
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.0260863),
        coincides=("w = 0",),
    ),
    Misconception(
        "upd.times_w",
        "step scaled by the weight",
        "The weight changes by eta times the gradient times the weight.",
        "In {step} the weight came in as a factor of its own step: a step is learning rate times gradient,"
        " so a weight near 0 can still move.",
        "w - eta*g",
        "w - eta*w*g",
        _in_step(lambda t, w: mul(t, name(w)) if w not in quantities(t) else t),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.410435),
        coincides=("w = 1",),
        source=("https://huggingface.co/datasets/nvidia/Nemotron-CC-Math-v1",),
    ),
    Misconception(
        "upd.delta_for_grad",
        "delta instead of the gradient in the update",
        "The weight changes by eta times delta.",
        "In {step} the step was made with dL/dz. A weight's own gradient is that times its input.",
        "w - eta*dL/dz*x",
        "w - eta*dL/dz",
        _delta_for_gradient,
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.447444),
        coincides=("the input is 1",),
        twins=("dW.no_input",),
        source=(
            "http://stackoverflow.com/questions/12558517/questions-about-the-backpropogation-algorithm/12567043",
        ),
    ),
    Misconception(
        "upd.eta_twice",
        "learning rate used twice",
        "Delta has eta in it, and the step is eta times the gradient.",
        "In {step} the learning rate shrinks the step twice. Keep it out of the gradients and use it in"
        " the update alone.",
        "w - eta*g",
        "w - eta^2*g",
        _rate(lambda rate: power(rate, num(2))),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.413043),
        coincides=("eta = 1",),
    ),
    Misconception(
        "upd.bias_kept",
        "bias not updated",
        "Training changes the weights; the biases stay.",
        "In {step} the bias is still the old one. It has a gradient, too, and is moved by the same rule as"
        " the weights.",
        "b - eta*g",
        "b",
        _kept,
        Example(CHAIN_NETWORK, "new(b2)", 0.247444, 0.2),
        coincides=("delta = 0",),
        twins=("db.zero",),
        source=("https://github.com/mattm/simple-neural-network/pull/10",),
    ),
    Misconception(
        "upd.wrong_start",
        "step taken from another weight",
        "I took the value of the weight beside it.",
        "In {step} the step is right, but it starts from another weight's value: look up the old value of"
        " this one.",
        "w - eta*g",
        "another w - eta*g",
        None,
        kind="slip",
        coincides=("both weights are equal",),
        source=("seen in a student's answer",),
    ),
    Misconception(
        "opt.adam_no_correction",
        "Adam without bias correction",
        "The step is m/sqrt(v).",
        "In {step} the two averages went in as they are. They start at 0 and are too small at first, so"
        " divide each by 1 - beta^t.",
        "m/(1 - beta1^t)",
        "m",
        _uncorrected,
        Example(ADAM, "new(w2)", 0.9, 1.98113),
        coincides=("t is large",),
        source=("https://github.com/BVLC/caffe/issues/4224", "https://github.com/oxiglade/mlx-rs/issues/301"),
    ),
    Misconception(
        "opt.adam_no_power",
        "Adam's correction without the power",
        "The correction divides by 1 - beta.",
        "In {step} count the steps: in step t the correction divides by 1 - beta^t, which comes nearer to"
        " 1 from step to step.",
        "m/(1 - beta1^t)",
        "m/(1 - beta1)",
        _without_power,
        Example(ADAM, "new(w2, 2)", 1.36084, 1.5193),
        coincides=("t = 1",),
        source=(
            "https://github.com/eriklindernoren/ML-From-Scratch/issues/35",
            "https://github.com/ufal/npfl114/pull/79",
        ),
    ),
    Misconception(
        "opt.momentum_no_1mb",
        "momentum with or without the factor 1 - beta",
        "Momentum is beta*v + g in one book and beta*v + (1 - beta)*g in another.",
        "In {step} the other usual form of momentum was used; this course's rule decides whether the"
        " gradient is multiplied by 1 - beta.",
        "beta*v + (1 - beta)*g",
        "beta*v + g",
        _other_momentum,
        Example(_SMOOTHED, "new(w2)", 0.267609, 0.291086),
        kind="convention",
        source=("https://github.com/mbadry1/DeepLearning.ai-Summary/issues/171",),
    ),
    Misconception(
        "opt.momentum_lr_twice",
        "velocity scaled by the learning rate again",
        "Every step has eta in front, so it is eta times the velocity.",
        "In {step} the learning rate came in a second time: look at both lines of the rule and keep it"
        " where the rule has it.",
        "w - v",
        "w - eta*v",
        _rate_twice,
        Example(MOMENTUM, "new(w2)", 0.156086, 0.278043),
        coincides=("eta = 1",),
        source=("https://github.com/BRML/climin/issues/29",),
    ),
)
