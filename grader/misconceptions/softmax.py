"""Wrong softmax, forward and backward: ``smx.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import ONE, Expr, call, div, mul, name, neg, sub, transpose
from grader.misconceptions.losses import is_cross_entropy
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.roles import Activation
    from grader.misconceptions.view import View

    Backward = Callable[[Expr, Expr, Expr], Expr | None]

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


def _forward(wrong: Callable[[Expr, View], Expr | None]) -> Rewrite:
    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase == "forward" and step.rule.op == "call" and step.rule.value == "softmax":
            rule = wrong(step.rule.args[0], view)
            if rule is not None:
                yield rule

    return rewrite


def _backward(wrong: Backward, *, cross_entropy: bool | None = None) -> Rewrite:
    """Replace dL/dq of the logits: ``wrong`` gets dL/ds, s and the right rule."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        by = view.by(step)
        activation = view.activation_of.get(by) if by else None
        if activation is None or activation.function != "softmax":
            return
        if cross_entropy is not None and is_cross_entropy(view) != cross_entropy:
            return
        up = view.gradient(activation.name)
        if up in view.by_name:
            rule = wrong(name(up), name(activation.name), step.rule)
            if rule is not None:
                yield rule

    return rewrite


def _target_index(step: Step, view: View) -> Iterator[Expr]:
    """The fused gradient with another class taken for the target."""
    by = view.by(step)
    activation = view.activation_of.get(by) if by else None
    if activation is None or activation.function != "softmax" or not is_cross_entropy(view):
        return
    target = _target_of(activation, view)
    rows, columns = view.shapes[activation.name]
    if target is None or columns != 1:
        return
    base = view.problem.index_base
    shifted = Expr(
        "list", tuple(Expr("index", (name(target),), ((i - 1) % rows + base,)) for i in range(rows))
    )
    yield sub(name(activation.name), shifted)


def _target_of(activation: Activation, view: View) -> str | None:
    shape = view.shapes[activation.name]
    return next((t for t in sorted(view.targets) if view.shapes[t] == shape), None)


def _no_exp(q: Expr, view: View) -> Expr | None:
    rows, columns = view.sizes(q)
    total = call("sum", q) if 1 in (rows, columns) else call("sum_rows", q)
    return div(q, total)


SOFTMAX: tuple[Misconception, ...] = (
    Misconception(
        "smx.no_exp",
        "normalised without exponentials",
        "Softmax divides each score by the sum of scores.",
        "In {step} take e to each score first, then divide by the sum of these.",
        "e^q/sum(e^q)",
        "q/sum(q)",
        _forward(_no_exp),
        Example(_THREE, "s[1]", 0.499647, -1.25),
    ),
    Misconception(
        "smx.sigmoid_each",
        "sigmoid of each score",
        "Each output has its own sigmoid.",
        "The outputs in {step} share one denominator, so that they add up to 1: that is softmax.",
        "softmax(q)",
        "sigmoid(q)",
        _forward(lambda q, _: call("sigmoid", q)),
        Example(_THREE, "s[1]", 0.499647, 0.622459),
    ),
    Misconception(
        "smx.wrong_axis",
        "normalised over the examples",
        "Softmax runs along the batch.",
        "In {step} the classes of one example add up to 1, not one class over the examples.",
        "softmax down each column",
        "softmax along each row",
        _forward(
            lambda q, view: transpose(call("softmax", transpose(q))) if 1 not in view.sizes(q) else None
        ),
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
        _backward(lambda g, s, _: mul(g, mul(s, sub(ONE, s)))),
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
        _backward(lambda g, s, _: mul(g, sub(ONE, s))),
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
        _backward(lambda _, s, rule: mul(rule, mul(s, sub(ONE, s))), cross_entropy=True),
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
        _backward(lambda g, _, __: g, cross_entropy=False),
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
        _backward(lambda _, __, rule: neg(rule)),
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
        _target_index,
        Example(_THREE, "dL/dq[2]", -0.908723, 0.0912772),
    ),
)
