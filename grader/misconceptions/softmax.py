"""Wrong softmax, forward and backward: ``smx.*``.

Forward it is the function, or e^z_i/(e^z_1 + ...) written out. Backward they act at dL/dz of the logits;
where the logits have no name of their own, at what the engine goes through softmax with.
"""

from __future__ import annotations

from grader.language.tree import (
    call,
)
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.softmax_rewrites import (
    diagonal,
    extra,
    going_back,
    going_forward,
    no_exp,
    one_minus,
    other_target,
    sign,
    skipped,
    target_index,
    wrong_axis,
)

_THREE = """
given: {q: [0.5, -1.2, 0.3], t: [0, 1, 0]}
equations: [s = softmax(q), L = -sum(t*ln(s))]
"""
_SQUARED = """
given: {q: [0.5, -1.2, 0.3], t: [0, 1, 0]}
equations: [s = softmax(q), L = 1/2*sum((s - t)^2)]
"""
_BATCH = """
given: {Q: [[0.5, 1.1], [-1.2, 0.4], [0.3, -0.2]]}
equations: [S = softmax(Q)]
"""


SOFTMAX: tuple[Misconception, ...] = (
    Misconception(
        "smx.no_exp",
        "normalised without exponentials",
        "Softmax divides each score by the sum of scores.",
        "In {step} take e to each score first, then divide by the sum of these.",
        "e^q/sum(e^q)",
        "q/sum(q)",
        going_forward(no_exp),
        Example(_THREE, "s[1]", 0.499647, -1.25),
    ),
    Misconception(
        "smx.sigmoid_each",
        "sigmoid of each score",
        "Each output has its own sigmoid.",
        "The outputs in {step} share one denominator, so that they add up to 1: that is softmax.",
        "softmax(q)",
        "sigmoid(q)",
        going_forward(lambda q, _, __: call("sigmoid", q)),
        Example(_THREE, "s[1]", 0.499647, 0.622459),
    ),
    Misconception(
        "smx.wrong_axis",
        "normalised over the examples",
        "Softmax runs along the batch.",
        "In {step} the classes of one example add up to 1, not one class over the examples.",
        "softmax down each column",
        "softmax along each row",
        going_forward(wrong_axis),
        Example(_BATCH, "S[1,1]", 0.499647, 0.354344),
        source=(
            "https://github.com/deeplearning4j/deeplearning4j/issues/345",
            "https://github.com/nntrainer/nntrainer/pull/430",
        ),
    ),
    Misconception(
        "smx.diag_only",
        "only the diagonal of the softmax derivative",
        "Each output depends on its own score only.",
        "In {step} every score moves every output: the terms -s_i s_j with i and j different are missing.",
        "(diag(s) - s s^T) g",
        "g*s*(1 - s)",
        going_back(diagonal),
        Example(_THREE, "dL/dq[1]", 0.499647, 0.0),
        coincides=("the entry of the target class with cross-entropy",),
        source=(
            "https://stats.stackexchange.com/questions/79454/softmax-layer-in-a-neural-network",
            "https://datascience.stackexchange.com/questions/64746/problem-with-chain-rule-in-softmax-layer-when-differentiated-separately",
            "https://github.com/deeplearning4j/libnd4j/issues/440",
        ),
    ),
    Misconception(
        "smx.one_minus_s",
        "1 - s as the derivative of softmax",
        "The derivative of softmax is 1 - s.",
        "In {step} the derivative of s_i by q_j is s_i (1 if i = j, else 0) minus s_i s_j.",
        "(diag(s) - s s^T) g",
        "g*(1 - s)",
        going_back(one_minus),
        Example(_THREE, "dL/dq[2]", -0.908723, -9.955636),
        source=("https://github.com/neuroph/neuroph/issues/37",),
    ),
    Misconception(
        "smx.extra_derivative",
        "multiplied by s(1 - s) once more",
        "After s - t the softmax derivative is still to come.",
        "s - t is the whole of {step} already for softmax with cross-entropy: nothing is multiplied on.",
        "s - t",
        "(s - t)*s*(1 - s)",
        going_back(extra),
        Example(_THREE, "dL/dq[1]", 0.499647, 0.124912),
        source=(
            "https://github.com/rasbt/python-machine-learning-book-2nd-edition/issues/54",
            "https://github.com/jorgenkg/python-neural-network/pull/6",
        ),
    ),
    Misconception(
        "smx.skip_jacobian",
        "softmax derivative left out",
        "With softmax the gradient is always s - t.",
        "In {step} the softmax derivative does not cancel: the loss is no cross-entropy, so multiply by it.",
        "(diag(s) - s s^T) (s - t)",
        "s - t",
        going_back(skipped),
        Example(_SQUARED, "dL/dq[1]", 0.0827426, 0.499647),
        source=(
            "https://github.com/pjreddie/darknet/issues/212",
            "https://github.com/april-org/april-ann/issues/5",
        ),
    ),
    Misconception(
        "smx.sign",
        "t - s in place of s - t",
        "The gradient is target minus prediction.",
        "{step} is prediction minus target: the other order is the direction of descent, not the gradient.",
        "s - t",
        "t - s",
        going_back(sign),
        Example(_THREE, "dL/dq[1]", 0.499647, -0.499647),
        twins=("upd.plus",),
        source=(
            "https://github.com/deeplearning4j/deeplearning4j/issues/345",
            "https://github.com/dennybritz/nn-from-scratch/issues/11",
        ),
    ),
    Misconception(
        "smx.target_index",
        "another class taken for the target",
        "The classes are counted from the next one.",
        "In {step} check which entry of the target is 1: you took its neighbour.",
        "s - t",
        "s - t shifted by one",
        going_back(target_index),
        Example(_THREE, "dL/dq[2]", -0.908723, 0.0912772),
        together=other_target,
    ),
)
