"""Wrong derivatives of the loss by the prediction: ``dy.*``. They replace it, so that all behind follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import Expr, div, mul, name, neg, num, quantities, sub, walk
from grader.misconceptions.losses import is_cross_entropy, is_squared
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[[Step, View, str], Iterator[Expr]]

_HALF = """
given: {y: 1.5, z: 0.4}
equations: [yhat = sigmoid(z), L = 1/2*(yhat - y)^2]
"""
_SQUARED = """
given: {y: 1.5, z: 0.4}
equations: [yhat = sigmoid(z), L = (yhat - y)^2]
"""
_BCE = """
given: {y: 0, z: 0.4}
equations: [yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
"""


def _at_prediction(wrong: Wrong) -> Rewrite:
    """Replace the gradient by a prediction."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        by = view.by(step)
        if by is not None and by in view.predictions:
            yield from wrong(step, view, by)

    return rewrite


def _error(view: View, prediction: str) -> Expr | None:
    """yhat - y for a prediction, where its target is plain."""
    shape = view.shapes[prediction]
    fitting = [t for t in sorted(view.targets) if view.shapes[t] == shape]
    if len(fitting) == 1:
        return sub(name(prediction), name(fitting[0]))
    beside = [
        t
        for step in view.loss_steps
        for n in walk(view.by_name[step].rule)
        if n.op == "sum" and prediction in quantities(n)
        for t in fitting
        if t in quantities(n) and len(n.args) == 2
    ]
    return sub(name(prediction), name(beside[0])) if beside else None


def _no_two(step: Step, view: View, _: str) -> Iterator[Expr]:
    if is_squared(view) and _has_two(step.rule):
        yield div(step.rule, num(2))


def _extra_two(step: Step, view: View, _: str) -> Iterator[Expr]:
    if is_squared(view) and not _has_two(step.rule):
        yield mul(num(2), step.rule)


def _has_two(rule: Expr) -> bool:
    inner = rule.args[0] if rule.op == "neg" else rule
    return inner.op == "mul" and inner.args[0].op == "num" and inner.args[0].value == 2.0


def _times_o(step: Step, view: View, prediction: str) -> Iterator[Expr]:
    if is_squared(view):
        yield neg(mul(step.rule, name(prediction)))


def _parts(step: Step, view: View) -> tuple[Expr, Expr] | None:
    """The terms with y/yhat and with (1 - y)/(1 - yhat) of a binary cross-entropy's derivative."""
    rule = step.rule
    if not is_cross_entropy(view) or rule.op != "sum" or len(rule.args) != 2:
        return None
    complement = [t for t in rule.args if any(n.op == "div" and n.args[1].op == "sum" for n in walk(t))]
    direct = [t for t in rule.args if t not in complement]
    return (direct[0], complement[0]) if len(direct) == len(complement) == 1 else None


def _drop_complement(step: Step, view: View, _: str) -> Iterator[Expr]:
    parts = _parts(step, view)
    if parts is not None:
        yield parts[0]


def _turn_complement(step: Step, view: View, _: str) -> Iterator[Expr]:
    parts = _parts(step, view)
    if parts is not None:
        direct, complement = parts
        yield Expr("sum", (direct, neg(complement)))


def _error_for_cross_entropy(_: Step, view: View, prediction: str) -> Iterator[Expr]:
    activation = view.activations.get(prediction)
    error = _error(view, prediction)
    if error is not None and is_cross_entropy(view) and activation and activation.function != "softmax":
        yield error


def _loss_as_error(_: Step, view: View, __: str) -> Iterator[Expr]:
    if view.loss is not None and is_squared(view):
        yield name(view.loss)


def _fused(step: Step, view: View) -> Iterator[Expr]:
    """With a squared error, delta taken as yhat - y."""
    by = view.by(step)
    activation = view.activation_of.get(by) if by else None
    if activation is None or activation.name not in view.predictions or not is_squared(view):
        return
    error = _error(view, activation.name)
    if error is not None and activation.function not in ("identity", "softmax"):
        yield error


OUTPUTS: tuple[Misconception, ...] = (
    Misconception(
        "dy.sign",
        "y - yhat in place of yhat - y",
        "The error is target minus prediction, and that is the gradient.",
        "{step} has the wrong sign: the loss grows when the prediction moves away from the target.",
        "yhat - y",
        "y - yhat",
        _at_prediction(lambda step, _, __: iter((neg(step.rule),))),
        Example(_HALF, "dL/dyhat", -0.901312, 0.901312),
        twins=("upd.plus",),
    ),
    Misconception(
        "dy.no_two",
        "factor 2 left out",
        "The derivative of (yhat - y)^2 is yhat - y.",
        "In {step} the square brings down a factor 2, and there is no 1/2 in this loss to cancel it.",
        "2*(yhat - y)",
        "yhat - y",
        _at_prediction(_no_two),
        Example(_SQUARED, "dL/dyhat", -1.802625, -0.901312),
    ),
    Misconception(
        "dy.extra_two",
        "factor 2 kept beside 1/2",
        "A square always brings a factor 2.",
        "In {step} the factor 2 of the square cancels with the 1/2 of the loss.",
        "yhat - y",
        "2*(yhat - y)",
        _at_prediction(_extra_two),
        Example(_HALF, "dL/dyhat", -0.901312, -1.802625),
        twins=("upd.no_eta",),
    ),
    Misconception(
        "dy.times_o",
        "inner derivative taken as the output",
        "The derivative of (y - yhat)^2 is 2(y - yhat) yhat.",
        "In {step} the inner derivative of y - yhat by yhat is -1, not yhat.",
        "2*(yhat - y)",
        "2*(y - yhat)*yhat",
        _at_prediction(_times_o),
        Example(_SQUARED, "dL/dyhat", -1.802625, 1.079209),
    ),
    Misconception(
        "dy.bce_drop",
        "only -y/yhat",
        "The loss is -y ln(yhat), so its derivative is -y/yhat.",
        "In {step} the part (1 - y)/(1 - yhat) of the second logarithm is missing.",
        "-y/yhat + (1 - y)/(1 - yhat)",
        "-y/yhat",
        _at_prediction(_drop_complement),
        Example(_BCE, "dL/dyhat", 2.491825, 0.0),
        coincides=("y = 1",),
    ),
    Misconception(
        "dy.bce_second_sign",
        "sign of (1 - y)/(1 - yhat)",
        "Both parts keep the minus.",
        "In {step} the inner derivative of 1 - yhat is -1, which turns the sign of the second part.",
        "-y/yhat + (1 - y)/(1 - yhat)",
        "-y/yhat - (1 - y)/(1 - yhat)",
        _at_prediction(_turn_complement),
        Example(_BCE, "dL/dyhat", 2.491825, -2.491825),
        coincides=("y = 1",),
        twins=("dy.sign",),
    ),
    Misconception(
        "dy.ce_with_se",
        "squared error's derivative with cross-entropy",
        "The derivative by the prediction is yhat - y.",
        "{step} belongs to a cross-entropy: yhat - y is the derivative by z there, not by yhat.",
        "-y/yhat + (1 - y)/(1 - yhat)",
        "yhat - y",
        _at_prediction(_error_for_cross_entropy),
        Example(_BCE, "dL/dyhat", 2.491825, 0.598688),
    ),
    Misconception(
        "dy.se_with_ce",
        "cross-entropy's delta with a squared error",
        "Delta is always yhat - y.",
        "In {step} the slope of the activation does not cancel, since the loss is a squared error.",
        "(yhat - y)*f'(z)",
        "yhat - y",
        _fused,
        Example(_HALF, "dL/dz", -0.21655, -0.901312),
        coincides=("the output activation is the identity",),
        twins=("der.none_out",),
    ),
    Misconception(
        "dy.loss_as_error",
        "loss in place of its derivative",
        "The error that is sent back is the loss.",
        "{step} is the derivative of the loss, not its value.",
        "yhat - y",
        "1/2*(yhat - y)^2",
        _at_prediction(_loss_as_error),
        Example(_HALF, "dL/dyhat", -0.901312, 0.406182),
        coincides=("yhat - y = 2",),
    ),
)
