"""Wrong losses: ``loss.*``. Told apart by structure: logarithms of a prediction, or a square of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import (
    Expr,
    add,
    call,
    is_num,
    mul,
    name,
    neg,
    num,
    power,
    quantities,
    sub,
    transform,
    walk,
)
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[[Expr, View], Iterator[Expr]]

_LOGS = ("ln", "log2", "log10")
_TWO = 2.0

_BCE = """
given: {y: 0, z: 0.4}
equations: [yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
"""
_SOFT = """
given: {y: 0.3, z: 0.4}
equations: [yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
"""
_HALF = """
given: {y: 1.5, z: 0.4}
equations: [yhat = tanh(z), L = 1/2*(yhat - y)^2]
"""
_TWO_OUTPUTS = """
given: {y: [1.5, -0.5], z: [0.4, 0.9]}
equations: [yhat = tanh(z), L = 1/2*sum((yhat - y)^2)]
"""
_MEAN = """
given: {y: [1.5, -0.5], z: [0.4, 0.9]}
equations: [yhat = tanh(z), L = mean((yhat - y)^2)]
"""


def is_cross_entropy(view: View) -> bool:
    """Whether the loss takes a logarithm of a prediction."""
    return any(
        n.op == "call" and n.value in _LOGS and quantities(n) & set(view.predictions)
        for step in view.loss_steps
        for n in walk(view.by_name[step].rule)
    )


def is_squared(view: View) -> bool:
    """Whether the loss squares an error."""
    return any(_is_error_square(n, view) for step in view.loss_steps for n in walk(view.by_name[step].rule))


def _is_error_square(node: Expr, view: View) -> bool:
    if node.op != "pow" or not is_num(node.args[1], _TWO):
        return False
    inside = quantities(node.args[0])
    return bool(inside & {*view.predictions, *view.loss_steps}) and not inside & view.parameters


def _in_loss(wrong: Wrong) -> Rewrite:
    """Change the loss and the steps that only it is made of."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase == "forward" and step.name in view.loss_steps:
            yield from wrong(step.rule, view)

    return rewrite


def _no_minus(rule: Expr, view: View) -> Iterator[Expr]:
    if rule.op == "neg" and is_cross_entropy(view):
        yield rule.args[0]


def _other_log(function: str) -> Wrong:
    def wrong(rule: Expr, _: View) -> Iterator[Expr]:
        if any(n.op == "call" and n.value in _LOGS for n in walk(rule)):
            yield transform(
                rule, lambda n: n._replace(value=function) if n.op == "call" and n.value in _LOGS else None
            )

    return wrong


def _second_terms(rule: Expr, change: Callable[[Expr], Expr | None]) -> Iterator[Expr]:
    """Change the term with ln(1 - yhat) in a sum of two logarithms."""
    found = False

    def visit(node: Expr) -> Expr | None:
        nonlocal found
        if node.op != "sum":
            return None
        kept = []
        for term in node.args:
            if _has_complement_log(term):
                found = True
                changed = change(term)
                if changed is not None:
                    kept.append(changed)
            else:
                kept.append(term)
        return add(*kept) if found else None

    changed = transform(rule, visit)
    if found:
        yield changed


def _has_complement_log(term: Expr) -> bool:
    return any(n.op == "call" and n.value in _LOGS and n.args[0].op == "sum" for n in walk(term))


def _swap_roles(rule: Expr, view: View) -> Iterator[Expr]:
    if not is_cross_entropy(view):
        return
    pairs = [(p, t) for p in view.predictions for t in view.targets if view.shapes[p] == view.shapes[t]]
    if len(pairs) == 1:
        (p, t), swap = pairs[0], {}
        swap = {p: name(t), t: name(p)}
        yield transform(rule, lambda n: swap.get(str(n.value)) if n.op == "name" else None)


def _no_half(rule: Expr, view: View) -> Iterator[Expr]:
    if not is_squared(view):
        return
    if _is_half_of(rule):
        yield rule.args[1]
    elif rule.op == "div" and is_num(rule.args[1], _TWO):
        yield rule.args[0]
    elif rule.op == "sum" and any(_is_half_of(t) for t in rule.args):
        yield add(*[t.args[1] if _is_half_of(t) else t for t in rule.args])


def _is_half_of(node: Expr) -> bool:
    if node.op != "mul":
        return False
    front = node.args[0]
    return is_num(front, 0.5) or (
        front.op == "div" and is_num(front.args[0], 1.0) and is_num(front.args[1], _TWO)
    )


def _not_squared(rule: Expr, view: View) -> Iterator[Expr]:
    if any(_is_error_square(n, view) for n in walk(rule)):
        yield transform(rule, lambda n: call("abs", n.args[0]) if _is_error_square(n, view) else None)


def _square_of_sum(rule: Expr, view: View) -> Iterator[Expr]:
    def change(node: Expr) -> Expr | None:
        if node.op == "call" and node.value == "sum" and _is_error_square(node.args[0], view):
            return power(call("sum", node.args[0].args[0]), num(2))
        return None

    changed = transform(rule, change)
    if changed != rule:
        yield changed


def _wrong_n(rule: Expr, view: View) -> Iterator[Expr]:
    if any(n.op == "call" and n.value == "mean" for n in walk(rule)):
        yield transform(
            rule, lambda n: n._replace(value="sum") if n.op == "call" and n.value == "mean" else None
        )
    elif (
        rule.op == "div" and rule.args[1].op == "num" and not is_num(rule.args[1], _TWO) and is_squared(view)
    ):
        yield rule.args[0]


def _squared_for_cross_entropy(rule: Expr, view: View) -> Iterator[Expr]:
    if not is_cross_entropy(view) or len(view.predictions) != 1 or len(view.targets) != 1:
        return
    prediction, target = view.predictions[0], next(iter(view.targets))
    error = power(sub(name(prediction), name(target)), num(2))
    total = error if view.shapes[prediction] == (1, 1) else call("sum", error)
    if prediction in quantities(rule):
        yield mul(num(0.5), total)


LOSSES: tuple[Misconception, ...] = (
    Misconception(
        "loss.no_minus",
        "cross-entropy without its minus sign",
        "The loss is the sum of logarithms.",
        "{step} needs the minus sign in front: logarithms of probabilities are negative, a loss is not.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        _in_loss(_no_minus),
        Example(_BCE, "L", 0.913015, -0.913015),
        source=(
            "https://github.com/cs231n/cs231n.github.io/pull/244",
            "https://github.com/zhufengx/SRN_multilabel/issues/7",
        ),
    ),
    Misconception(
        "loss.log10",
        "logarithm to base ten",
        "log means the logarithm to base ten.",
        "In {step} the logarithm is the natural one: your value is 0.4343 times the right one.",
        "ln",
        "log10",
        _in_loss(_other_log("log10")),
        Example(_BCE, "L", 0.913015, 0.3965175),
    ),
    Misconception(
        "loss.log2",
        "logarithm to base two",
        "Information is measured in bits, so log is to base two.",
        "In {step} the logarithm is the natural one: your value is 1.4427 times the right one.",
        "ln",
        "log2",
        _in_loss(_other_log("log2")),
        Example(_BCE, "L", 0.913015, 1.317203),
    ),
    Misconception(
        "loss.drop_second",
        "(1 - y) term left out",
        "The loss is -y ln(yhat).",
        "In {step} the term with 1 - y is missing: for y = 0 it is all there is.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "-y*ln(yhat)",
        _in_loss(lambda rule, _: _second_terms(rule, lambda __: None)),
        Example(_SOFT, "L", 0.793015, 0.1539046),
        coincides=("y = 1",),
    ),
    Misconception(
        "loss.second_sign",
        "sign of the (1 - y) term",
        "Only the first term has the minus.",
        "In {step} both terms stand behind the minus sign.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "-y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        _in_loss(lambda rule, _: _second_terms(rule, neg)),
        Example(_BCE, "L", 0.913015, -0.913015),
        coincides=("y = 1",),
        twins=("loss.no_minus",),
        source=("https://github.com/eriklindernoren/ML-From-Scratch/issues/16",),
    ),
    Misconception(
        "loss.swap_roles",
        "prediction and target exchanged",
        "The logarithm is taken of the target.",
        "In {step} the logarithm is of the prediction, and the target is the factor in front.",
        "-y*ln(yhat)",
        "-yhat*ln(y)",
        _in_loss(_swap_roles),
        Example(_SOFT, "L", 0.793015, 0.8639417),
        source=(
            "https://github.com/CamDavidsonPilon/Probabilistic-Programming-and-Bayesian-Methods-for-Hackers/pull/438",
        ),
    ),
    Misconception(
        "loss.no_half",
        "factor 1/2 forgotten",
        "Squared error is the square of the error.",
        "{step} has the factor 1/2 in front in this exercise.",
        "1/2*(yhat - y)^2",
        "(yhat - y)^2",
        _in_loss(_no_half),
        Example(_HALF, "L", 0.627257, 1.254514),
        source=("https://github.com/mnielsen/neural-networks-and-deep-learning/pull/79",),
    ),
    Misconception(
        "loss.not_squared",
        "error not squared",
        "The loss is the distance to the target.",
        "In {step} the error is squared.",
        "1/2*(yhat - y)^2",
        "1/2*abs(yhat - y)",
        _in_loss(_not_squared),
        Example(_HALF, "L", 0.627257, 0.560026),
        coincides=("the error is 1 or -1",),
    ),
    Misconception(
        "loss.square_of_sum",
        "square of the sum",
        "Add the errors up, then square.",
        "In {step} each error is squared first, and then they are added.",
        "sum(e^2)",
        "sum(e)^2",
        _in_loss(_square_of_sum),
        Example(_TWO_OUTPUTS, "L", 1.366947, 0.00463173),
        coincides=("one output",),
    ),
    Misconception(
        "loss.wrong_n",
        "mean over the wrong count",
        "The mean is the sum here.",
        "Check what {step} is a mean over, and divide by that count.",
        "mean(e^2)",
        "sum(e^2)",
        _in_loss(_wrong_n),
        Example(_MEAN, "L", 1.366947, 2.733895),
        coincides=("one output",),
        source=(
            "https://github.com/aimacode/aima-python/issues/845",
            "https://github.com/udacity/sdc-issue-reports/issues/97",
            "https://github.com/acids-ircam/creative_ml/issues/6",
        ),
    ),
    Misconception(
        "loss.se_for_bce",
        "squared error in place of cross-entropy",
        "The loss is always the squared error.",
        "{step} is a cross-entropy in this exercise.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "1/2*(yhat - y)^2",
        _in_loss(_squared_for_cross_entropy),
        Example(_BCE, "L", 0.913015, 0.1792135),
    ),
)
