"""Wrong derivatives of the loss by the prediction: ``dy.*``. They replace it, so that all behind follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import NUMBER
from grader.language.tree import Expr, add, div, key, mul, name, neg, num, quantities, sub, walk
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.objective import (
    factors,
    is_cross_entropy,
    is_rest,
    is_squared,
    loss_rule,
    mean_over,
    squared,
    takes,
    target_of,
)
from grader.misconceptions.parts import gradients_in, terms
from grader.misconceptions.slopes import in_products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.slopes import Slope
    from grader.misconceptions.view import View

    Wrong = Callable[[list[Expr], View, str], Iterator[Expr]]

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
    """Replace what the loss itself contributes to the gradient by a prediction."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        by = view.by(step)
        if by is not None and by in view.predictions:
            yield from _in_direct(step, view, by, wrong)

    return rewrite


def _at_square(wrong: Wrong) -> Rewrite:
    """Replace the derivative of a square by what is squared: a prediction, or an error with a name."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        by = view.by(step)
        if by is not None and any(_is_squared_in(by, loss, view) for loss in view.loss_steps):
            yield from _in_direct(step, view, by, wrong)

    return rewrite


def _is_squared_in(quantity: str, loss: str, view: View) -> bool:
    bases = (squared(n) for n in walk(view.by_name[loss].rule))
    return any(b is not None and quantity in quantities(b) and takes(b, view) for b in bases)


def _in_direct(step: Step, view: View, by: str, wrong: Wrong) -> Iterator[Expr]:
    parts = terms(step.rule)
    direct = [t for t in parts if not gradients_in(t, view)]
    rest = [t for t in parts if gradients_in(t, view)]
    if direct:
        for rule in wrong(direct, view, by):
            yield add(rule, *rest)


def _has_half(by: str, view: View) -> tuple[bool, bool]:
    """Whether the loss has a 1/2 at a square, and whether that may be another 2."""
    whole = loss_rule(view)
    predictions = [by] if by in view.predictions else _predictions_in(by, view)
    if whole is None or not predictions:
        return False, False
    found = factors(whole, view, *predictions)
    return found.half, not found.sure


def _predictions_in(error: str, view: View) -> list[str]:
    return [p for p in view.predictions if takes(name(error), view, p)]


def _no_two(direct: list[Expr], view: View, by: str) -> Iterator[Expr]:
    half, unsure = _has_half(by, view)
    if not half or unsure:
        yield add(*[mul(num(0.5), t) for t in direct])


def _extra_two(direct: list[Expr], view: View, by: str) -> Iterator[Expr]:
    if _has_half(by, view)[0]:
        yield add(*[mul(num(2), t) for t in direct])


def _times_o(direct: list[Expr], view: View, by: str) -> Iterator[Expr]:
    if is_squared(view, by):
        yield add(*[neg(mul(t, name(by))) for t in direct])


def _of_complement(change: Callable[[Expr], Sequence[Expr]]) -> Wrong:
    """Change the terms with (1 - y)/(1 - yhat) of a binary cross-entropy's derivative."""

    def wrong(direct: list[Expr], view: View, by: str) -> Iterator[Expr]:
        kinds = [_divides_by_rest(t) for t in direct]
        if is_cross_entropy(view, by) and True in kinds and False in kinds:
            yield add(
                *[e for t, rest in zip(direct, kinds, strict=True) for e in (change(t) if rest else (t,))]
            )

    return wrong


def _divides_by_rest(term: Expr) -> bool:
    return any(n.op == "div" and any(is_rest(part) for part in walk(n.args[1])) for n in walk(term))


def _plain_error(prediction: str, view: View) -> Expr | None:
    """yhat - y, divided by what the loss is a mean over."""
    target = target_of(prediction, view)
    if target is None:
        return None
    return div(sub(name(prediction), target), num(mean_over(prediction, view)))


def _error_for_cross_entropy(_: list[Expr], view: View, by: str) -> Iterator[Expr]:
    plain = _plain_error(by, view)
    if plain is not None and is_cross_entropy(view, by):
        yield plain


def _loss_as_error(_: list[Expr], view: View, by: str) -> Iterator[Expr]:
    """The loss; of several predictions rather what each adds to it."""
    if view.loss is None:
        return
    single = view.shapes[by] == NUMBER
    if single:
        yield name(view.loss)
    if not single or len(view.predictions) > 1:
        whole = loss_rule(view)
        if whole is not None:
            yield _own_part(whole, by, view)


def _own_part(node: Expr, by: str, view: View) -> Expr:
    """What a prediction's elements add to the loss: not added up, and without what others add."""
    base = squared(node)
    if base is not None:
        return node if view.sizes(base) == view.sizes(node) else mul(base, base)
    if node.op == "call":
        if node.value not in ("sum", "mean") or not takes(node, view, by):
            return node
        rows, columns = view.sizes(node.args[0])
        inner = _own_part(node.args[0], by, view)
        return inner if node.value == "sum" else div(inner, num(rows * columns))
    args = tuple(_own_part(a, by, view) for a in node.args)
    if node.op == "sum":
        return add(*[a for a, t in zip(args, node.args, strict=True) if not _of_others(t, by, view)])
    return node._replace(args=args)


def _of_others(term: Expr, by: str, view: View) -> bool:
    """Whether a term is another prediction's, or a penalty."""
    if takes(term, view, by):
        return False
    return takes(term, view) or not quantities(term).isdisjoint(view.parameters)


def _fused(slope: Slope, up: Expr, view: View) -> list[Expr]:
    """With a squared error, delta taken as yhat - y."""
    output = str(slope.output.value) if slope.output.op == "name" else ""
    if not slope.last or key(up) != key(name(view.gradient(output))) or not is_squared(view, output):
        return []
    plain = _plain_error(output, view)
    return [] if plain is None else [plain]


OUTPUTS: tuple[Misconception, ...] = (
    Misconception(
        "dy.sign",
        "y - yhat in place of yhat - y",
        "The error is target minus prediction, and that is the gradient.",
        "{step} has the wrong sign: the loss grows when the prediction moves away from the target.",
        "yhat - y",
        "y - yhat",
        _at_prediction(lambda direct, _, __: iter((add(*[neg(t) for t in direct]),))),
        Example(_HALF, "dL/dyhat", -0.901312, 0.901312),
        twins=("upd.plus",),
        source=(
            "https://github.com/dragen1860/Deep-Learning-with-TensorFlow-book/issues/134",
            "https://github.com/dennybritz/nn-from-scratch/issues/11",
            "https://math.techqa.club/calculating-derivatives-for-backpropagation-in-2-layer-neural-network-4158072",
        ),
    ),
    Misconception(
        "dy.no_two",
        "factor 2 left out",
        "The derivative of (yhat - y)^2 is yhat - y.",
        "In {step} the square brings down a factor 2, and there is no 1/2 in this loss to cancel it.",
        "2*(yhat - y)",
        "yhat - y",
        _at_square(_no_two),
        Example(_SQUARED, "dL/dyhat", -1.802625, -0.901312),
        source=(
            "https://github.com/mnielsen/neural-networks-and-deep-learning/pull/79",
            "https://github.com/davisking/dlib/issues/1169",
        ),
    ),
    Misconception(
        "dy.extra_two",
        "factor 2 kept beside 1/2",
        "A square always brings a factor 2.",
        "In {step} the factor 2 of the square cancels with the 1/2 of the loss.",
        "yhat - y",
        "2*(yhat - y)",
        _at_square(_extra_two),
        Example(_HALF, "dL/dyhat", -0.901312, -1.802625),
        twins=("upd.no_eta",),
        source=("https://github.com/ADGEfficiency/teaching-monolith/issues/1",),
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
        source=("https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/77",),
    ),
    Misconception(
        "dy.bce_drop",
        "only -y/yhat",
        "The loss is -y ln(yhat), so its derivative is -y/yhat.",
        "In {step} the part (1 - y)/(1 - yhat) of the second logarithm is missing.",
        "-y/yhat + (1 - y)/(1 - yhat)",
        "-y/yhat",
        _at_prediction(_of_complement(lambda _: ())),
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
        _at_prediction(_of_complement(lambda t: (neg(t),))),
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
        source=(
            "https://github.com/parasdahal/tinyml/issues/1",
            "https://github.com/mnielsen/neural-networks-and-deep-learning/pull/77",
            "https://github.com/MichalDanielDobrzanski/DeepLearningPython/issues/17",
        ),
    ),
    Misconception(
        "dy.se_with_ce",
        "cross-entropy's delta with a squared error",
        "Delta is always yhat - y.",
        "In {step} the slope of the activation does not cancel, since the loss is a squared error.",
        "(yhat - y)*f'(z)",
        "yhat - y",
        in_products(_fused, "sigmoid", "tanh"),
        Example(_HALF, "dL/dz", -0.21655, -0.901312),
        coincides=("the output activation is the identity",),
        twins=("der.none_out",),
        source=(
            "https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3",
            "https://github.com/jiexunsee/Neural-Network-with-Python/issues/1",
            "https://github.com/hunkim/DeepLearningZeroToAll/pull/113",
        ),
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
