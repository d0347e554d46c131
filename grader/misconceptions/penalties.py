"""Wrong gradients of weight penalties: ``reg.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.language.differentiate import backward
from grader.language.shapes import NUMBER
from grader.language.tree import (
    ONE,
    Expr,
    add,
    call,
    key,
    mul,
    name,
    neg,
    num,
    quantities,
    substitute,
    transform,
    walk,
)
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import Scale, gradients_in, scale_of, terms, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.view import View

_HALF = 2
"""What a half divides by: a 2 in a penalty's divisor is no number of examples."""

L2 = """
given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2, lam: 0.1}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, yhat = sigmoid(z2),
            L = 1/2*(yhat - y)^2 + lam*(w1^2 + w2^2)]
"""
_L1 = L2.replace("w1^2 + w2^2", "abs(w1) + abs(w2)")
_VECTOR = """
given: {x: [0.5, -1.2], y: 0.3, w: [0.4, -0.7], b: 0.2, lam: 0.1}
equations: [yhat = w @ x + b, L = 1/2*(yhat - y)^2 + lam*sum(w^2)]
"""
_BATCH = """
given: {x: [0.5, -1.0, 0.8], y: [0.2, 0.6, -0.1], w: 0.4, b: 0.2, lam: 0.1}
equations: [p = w*x + b, L = mean((p - y)^2) + lam/(2*3)*w^2]
"""


class Split(NamedTuple):
    """A gradient's terms, and which of them are the penalty's own."""

    terms: tuple[Expr, ...]
    penalty: tuple[Expr, ...]

    @property
    def rest(self) -> tuple[Expr, ...]:
        """What comes through the network."""
        return tuple(t for t in self.terms if t not in self.penalty)

    @property
    def absolute(self) -> bool:
        """Whether the penalty is of absolute values."""
        return any(n.value == "abs'" for t in self.penalty for n in walk(t))

    def with_penalty(self, change: Callable[[Expr], Expr]) -> Expr:
        """The gradient with its penalty changed."""
        return add(*[change(t) if t in self.penalty else t for t in self.terms])


def split(step: Step, view: View) -> Split | None:
    """The parts of a parameter's gradient where the loss penalises it; None elsewhere."""
    parameter = view.by(step)
    if parameter is None or parameter not in view.parameters:
        return None
    parts = terms(step.rule)
    penalty = tuple(t for t in parts if _own(t, parameter, view))
    return Split(parts, penalty) if penalty else None


def _own(term: Expr, parameter: str, view: View) -> bool:
    """Whether a term comes from the penalty: it takes the parameter and what scales the penalty, no more."""
    scale = penalty_scale(parameter, view)
    if scale is None or gradients_in(term, view):
        return False
    scaled_by = {n for e in (*scale.above, *scale.below) for n in quantities(e)}
    parts = {view.gradient(n) for n in view.loss_steps}
    return {parameter} <= quantities(term) <= {parameter, *scaled_by, *parts}


def penalty_scale(parameter: str, view: View) -> Scale | None:
    """What the square or absolute value of a parameter is scaled by in the loss, through all its parts."""
    for loss in view.loss_steps:
        scale = scale_of(view.by_name[loss].rule, lambda node: _penalises(node, parameter), view)
        if scale is not None:
            return _through(loss, scale, view)
    return None


def _penalises(node: Expr, parameter: str) -> bool:
    if quantities(node) != {parameter}:
        return False
    if node.op == "pow" or (node.op == "call" and node.value in ("abs", "dot", "norm")):
        return True
    return node.op in ("mul", "matmul") and all(a.op in ("name", "T", "index") for a in node.args)


def _through(part: str, scale: Scale, view: View) -> Scale:
    """A part's scale times the scales on the way from the part to the loss."""
    for step in view.steps:
        if step.name in view.loss_steps and part in quantities(step.rule):
            more = scale_of(step.rule, lambda node: key(node) == key(name(part)), view)
            if more is not None:
                together = Scale((*scale.above, *more.above), (*scale.below, *more.below))
                return _through(step.name, together, view)
    return scale


def _summed(step: Step, view: View) -> Iterator[Expr]:
    parts = split(step, view)
    parameter = view.by(step) or ""
    if parts is None or parts.absolute:
        return
    if view.shapes[parameter] != NUMBER:
        total = mul(call("sum", name(parameter)), call("ones", name(parameter)))
    else:
        total = add(*[name(p) for p in _penalised_numbers(view)])
    yield parts.with_penalty(lambda t: substitute(t, {parameter: total}))


def _penalised_numbers(view: View) -> list[str]:
    known = [n for n in (*view.problem.given, *view.problem.symbols) if n in view.parameters]
    return [p for p in known if view.shapes[p] == NUMBER and penalty_scale(p, view) is not None]


def _halved(step: Step, view: View) -> Iterator[Expr]:
    """The 2 of the square left out; a penalty with 1/2 has none to leave out."""
    parts = split(step, view)
    scale = penalty_scale(view.by(step) or "", view)
    if parts is None or scale is None or parts.absolute:
        return
    below, above = ([value_of(e, view) for e in part] for part in (scale.below, scale.above))
    counted = view.examples == _HALF and _divided_by_examples(scale, view)
    if below.count(2.0) + above.count(0.5) == int(counted):
        yield parts.with_penalty(lambda t: mul(num(0.5), t))


def _divided_by_examples(scale: Scale, view: View) -> bool:
    return view.examples > 1 and view.examples in [value_of(e, view) for e in scale.below]


def _without_count(step: Step, view: View) -> Iterator[Expr]:
    parts = split(step, view)
    scale = penalty_scale(view.by(step) or "", view)
    if parts is None or scale is None:
        return
    if _divided_by_examples(scale, view):
        counts = [num(view.examples)]
    else:
        counts = [e for e in scale.below if e.op == "name" or (value_of(e, view) or 0) > _HALF]
    if counts:
        yield parts.with_penalty(lambda t: mul(counts[0], t))


def _bias_too(step: Step, view: View) -> Iterator[Expr]:
    """The penalty of a weight's gradient with the bias in the weight's place."""
    bias = view.by(step)
    if bias is None or not view.is_bias(bias) or penalty_scale(bias, view) is not None:
        return
    sums = [z.name for z in view.linears.values() if z.bias is not None and bias in quantities(z.bias.expr)]
    links = [link for z in sums for link in view.links.of_total.get(z, ())]
    for weight in dict.fromkeys([link.parameter for link in (*links, *view.links.all)]):
        slopes = _penalty_slopes(weight, view)
        if slopes:
            yield add(step.rule, *[substitute(t, {weight: name(bias)}) for t in slopes])
            return


def _penalty_slopes(weight: str, view: View) -> list[Expr]:
    """The derivative of the penalty by a weight, also where nobody asks for the weight's gradient."""
    found: list[Expr] = []
    for step in view.steps:
        if step.name in view.loss_steps and any(_penalises(n, weight) for n in walk(step.rule)):
            up = ONE if step.name == view.loss else name(view.gradient(step.name))
            by = frozenset({weight})
            shapes = {**view.shapes, view.gradient(step.name): NUMBER}
            found += backward(step.rule, up, by, shapes, view.problem.index_base).get(weight, [])
    return [t for t in found if _own(t, weight, view)]


def _forgotten(step: Step, view: View) -> Iterator[Expr]:
    parts = split(step, view)
    if parts is not None and parts.rest:
        yield add(*parts.rest)


def _subtracted(step: Step, view: View) -> Iterator[Expr]:
    parts = split(step, view)
    if parts is not None:
        yield parts.with_penalty(neg)


def _absolute_value(step: Step, view: View) -> Iterator[Expr]:
    parts = split(step, view)
    if parts is not None and parts.absolute:
        yield parts.with_penalty(lambda t: transform(t, _value_for_slope))


def _value_for_slope(node: Expr) -> Expr | None:
    return call("abs", *node.args) if node.op == "call" and node.value == "abs'" else None


PENALTIES: tuple[Misconception, ...] = (
    Misconception(
        "reg.sum_of_w",
        "penalty's gradient added up",
        "The derivative of lambda*sum(w^2) is 2*lambda*sum(w).",
        "In {step} the sum stayed in the penalty. Only one of the squares moves with each weight, so its"
        " part is 2*lambda times that weight alone.",
        "2*lam*w",
        "2*lam*sum(w)",
        _summed,
        Example(_VECTOR, "dL/dw[1]", 0.55, 0.41),
        coincides=("a single weight",),
        source=(
            "seen in a student's answer",
            "https://community.deeplearning.ai/t/dw-for-l2-regularization/165181",
        ),
    ),
    Misconception(
        "reg.no_two",
        "penalty's factor 2 left out",
        "The derivative of lambda*w^2 is lambda*w.",
        "In {step} differentiate the square once more: this penalty has no 1/2 in front that could cancel"
        " the 2.",
        "2*lam*w",
        "lam*w",
        _halved,
        Example(L2, "dL/dw2", 0.0278273, -0.0121727),
    ),
    Misconception(
        "reg.no_1_over_m",
        "penalty not divided by the number of examples",
        "The penalty's gradient is lambda*w, whatever the batch.",
        "In {step} look at the penalty as it is given: it is divided by the number of examples, and so is"
        " its derivative.",
        "lam/m*w",
        "lam*w",
        _without_count,
        Example(_BATCH, "dL/dw", 0.944, 0.970667),
        coincides=("a single example",),
        source=(
            "https://github.com/stephencwelch/Neural-Networks-Demystified/issues/15",
            "https://community.deeplearning.ai/t/l2-regularization-lambda-divided-by-2m/14612",
        ),
    ),
    Misconception(
        "reg.bias_too",
        "bias penalised",
        "The penalty goes to all parameters.",
        "In {step} a penalty came in. Read the loss again: its penalty lists the weights, and this bias is"
        " not among them.",
        "dL/dz",
        "dL/dz + 2*lam*b",
        _bias_too,
        Example(L2, "dL/db2", -0.0948881, -0.0548881),
        coincides=("b = 0", "lambda = 0"),
        source=(
            "https://github.com/JWarmenhoven/Coursera-Machine-Learning/issues/3",
            "https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/32",
        ),
    ),
    Misconception(
        "reg.forgotten",
        "penalty left out of the gradient",
        "The penalty is for the loss; the gradient comes from the error.",
        "In {step} the penalty's derivative is missing: the loss has a second part that moves with this"
        " weight.",
        "dL/dz*x + 2*lam*w",
        "dL/dz*x",
        _forgotten,
        Example(L2, "dL/dw2", 0.0278273, -0.0521727),
        coincides=("lambda = 0",),
        source=("https://github.com/Burton2000/CS231n-2017/issues/9",),
    ),
    Misconception(
        "reg.sign",
        "penalty subtracted",
        "The penalty makes weights smaller, so I subtract it.",
        "In {step} the penalty has the wrong sign. It is added to the loss, so its derivative is added;"
        " the update does the subtracting.",
        "dL/dz*x + 2*lam*w",
        "dL/dz*x - 2*lam*w",
        _subtracted,
        Example(L2, "dL/dw2", 0.0278273, -0.132173),
        coincides=("lambda = 0",),
    ),
    Misconception(
        "reg.l1_value",
        "absolute value for its derivative",
        "The gradient of lambda*|w| is lambda*|w|.",
        "In {step} take the slope of |w|, which is 1 or -1 by the sign of the weight, however large it is.",
        "lam*sign(w)",
        "lam*|w|",
        _absolute_value,
        Example(_L1, "dL/dw2", 0.0478273, -0.0121727),
        coincides=("w = 1",),
    ),
)
