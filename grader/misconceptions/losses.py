"""Wrong losses: ``loss.*``. Told apart by structure: logarithms of a prediction, or a square of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import (
    Expr,
    neg,
)
from grader.misconceptions.loss_rewrites import (
    in_loss,
    no_half,
    no_minus,
    not_squared,
    other_log,
    second_terms,
    square_of_sum,
    squared_for_cross_entropy,
    swap_roles,
    wrong_n,
)
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.misconceptions.view import View

    Wrong = Callable[[Expr, View], Iterator[Expr]]

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


LOSSES: tuple[Misconception, ...] = (
    Misconception(
        "loss.no_minus",
        "cross-entropy without its minus sign",
        "The loss is the sum of logarithms.",
        "{step} needs the minus sign in front: logarithms of probabilities are negative, a loss is not.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        in_loss(no_minus),
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
        in_loss(other_log("log10")),
        Example(_BCE, "L", 0.913015, 0.3965175),
    ),
    Misconception(
        "loss.log2",
        "logarithm to base two",
        "Information is measured in bits, so log is to base two.",
        "In {step} the logarithm is the natural one: your value is 1.4427 times the right one.",
        "ln",
        "log2",
        in_loss(other_log("log2")),
        Example(_BCE, "L", 0.913015, 1.317203),
    ),
    Misconception(
        "loss.drop_second",
        "(1 - y) term left out",
        "The loss is -y ln(yhat).",
        "In {step} the term with 1 - y is missing: for y = 0 it is all there is.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "-y*ln(yhat)",
        in_loss(second_terms(lambda _: ())),
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
        in_loss(second_terms(lambda t: (neg(t),))),
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
        in_loss(swap_roles),
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
        in_loss(no_half),
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
        in_loss(not_squared),
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
        in_loss(square_of_sum),
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
        in_loss(wrong_n),
        Example(_MEAN, "L", 1.366947, 2.733895),
        coincides=("one output",),
        source=(
            "https://github.com/aimacode/aima-python/pull/845",
            "https://github.com/udacity/sdc-issue-reports/issues/97",
            "https://github.com/acids-ircam/creative_ml/pull/6",
        ),
    ),
    Misconception(
        "loss.se_for_bce",
        "squared error in place of cross-entropy",
        "The loss is always the squared error.",
        "{step} is a cross-entropy in this exercise.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "1/2*(yhat - y)^2",
        in_loss(squared_for_cross_entropy),
        Example(_BCE, "L", 0.913015, 0.1792135),
    ),
)
