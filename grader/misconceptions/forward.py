"""Wrong weighted sums: ``fwd.*``. They act on steps that are sums, and on sums inside an activation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.language.shapes import NUMBER, is_dot
from grader.language.tree import (
    Expr,
    add,
    key,
    matmul,
    mul,
    name,
    neg,
    num,
    quantities,
    sub,
    substitute,
    transpose,
    walk,
)
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import exchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.roles import Linear, Term
    from grader.misconceptions.view import View

    Change = Callable[["Sum", View], Iterator[Expr]]

_NEURON = """
given: {x1: 0.5, x2: -1.2, w1: 0.8, w2: 0.3, b: 0.4}
equations: [z = w1*x1 + w2*x2 + b, a = sigmoid(z)]
"""
_TWO_LAYERS = """
given: {x: 0.5, w1: 0.8, b1: 0.4, w2: -0.6, b2: 0.2}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2]
"""
_SQUARE = """
given: {x: [0.5, -1.2], W: [[0.8, 0.3], [0.6, -0.9]], b: [0.4, 0.1]}
equations: [z = W @ x + b]
"""


class Sum(NamedTuple):
    """A weighted sum where it stands.

    Args:
        step: the step in whose rule it is.
        rule: the sum as written: the step's rule, or the argument of an activation in it.
        linear: its products and its bias.
        applied: f(sum) where an activation is taken of it, here or in a step of its own; or None.
    """

    step: str
    rule: Expr
    linear: Linear
    applied: Expr | None

    @property
    def without_bias(self) -> Expr:
        """The products alone."""
        return _total(self.linear.products)

    def with_products(self, products: list[Expr]) -> Expr:
        """The sum with other products."""
        bias = self.linear.bias
        return add(*products, *([] if bias is None else [_signed(bias)]))


def _signed(term: Term) -> Expr:
    return neg(term.expr) if term.negative else term.expr


def _total(products: tuple[Term, ...]) -> Expr:
    return add(*[_signed(t) for t in products])


def _sums(step: Step, view: View) -> Iterator[Sum]:
    for rule, linear, applied in view.sums_in(step):
        later = view.activation_of.get(step.name) if applied is None else None
        is_last = later is None or later.function == "identity"
        yield Sum(
            step.name, rule, linear, applied if later is None or is_last else view.by_name[later.name].rule
        )


def _in_sums(change: Change) -> Rewrite:
    """Change every weighted sum."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        for found in _sums(step, view):
            for wrong in change(found, view):
                yield wrong if found.rule is step.rule else exchanged(step.rule, [key(found.rule)], wrong)

    return rewrite


def _no_bias(at: Sum, _: View) -> Iterator[Expr]:
    if at.linear.bias is not None:
        yield at.without_bias


def _minus_bias(at: Sum, _: View) -> Iterator[Expr]:
    if at.linear.bias is not None:
        yield add(at.without_bias, neg(_signed(at.linear.bias)))


def _bias_per_input(at: Sum, view: View) -> Iterator[Expr]:
    count = sum(_fan_in(t, view) for t in at.linear.products)
    if at.linear.bias is not None and count > 1:
        yield add(at.without_bias, mul(num(count), _signed(at.linear.bias)))


def _fan_in(term: Term, view: View) -> int:
    if term.expr.op == "mul" or term.input is None:
        return 1
    first, second = (view.sizes(a) for a in term.expr.args)
    return max(first) if is_dot(first, second) or term.expr.op == "call" else first[1]


def _drop_term(at: Sum, view: View) -> Iterator[Expr]:
    products = [_signed(t) for t in at.linear.products]
    for i, term in enumerate(at.linear.products):
        others = [products[:i], products[i + 1 :]]
        if len(products) > 1:
            yield at.with_products([*others[0], *others[1]])
        for missing in _without_one(term, view):
            yield at.with_products([*others[0], neg(missing) if term.negative else missing, *others[1]])


def _without_one(term: Term, view: View) -> Iterator[Expr]:
    """A product of matrices or vectors without one of the inputs."""
    count = _fan_in(term, view)
    if count == 1 or term.input is None:
        return
    left, right = term.expr.args
    for i in range(count):
        if 1 in view.sizes(term.input):
            missing = _zeroed(term.input, i, view)
            yield term.expr._replace(args=(missing, right) if left is term.input else (left, missing))
        else:
            column = transpose(Expr("part", (transpose(left),), (i, 1)))
            yield sub(term.expr, matmul(column, Expr("part", (right,), (i, 1))))


def _zeroed(x: Expr, i: int, view: View) -> Expr:
    """A vector with nothing in one place."""
    base = view.problem.index_base
    is_row = view.sizes(x)[0] == 1
    element = Expr("index", (x,), (base, i + base) if is_row else (i + base, base))
    return sub(x, Expr("place", (element, x), (0, i) if is_row else (i, 0)))


def _transposed(at: Sum, view: View) -> Iterator[Expr]:
    """W^T for W; in a layer written out, w21 for w12 and the other way round."""
    swaps = {
        n: transpose(name(n))
        for t in at.linear.products
        if t.weight is not None and t.expr.op == "matmul"
        for n in quantities(t.weight)
        if view.shapes[n][0] == view.shapes[n][1] > 1
    }
    if swaps:
        yield substitute(at.rule, swaps)
    units = _layer(at, view)
    own = next((j for j, u in enumerate(units) if u.step == at.step), 0)
    if len(units) > 1:
        products = [_signed(t) for t in at.linear.products]
        for i, term in enumerate(at.linear.products):
            if i != own and i < len(units) and own < len(products):
                weight = units[i].linear.products[own].weight
                swapped = _reweighted(term, weight)
                products[i] = neg(swapped) if term.negative else swapped
        yield at.with_products(products)


def _reweighted(term: Term, weight: Expr | None) -> Expr:
    if weight is None or term.weight is None:
        return term.expr
    return term.expr._replace(args=tuple(weight if a is term.weight else a for a in term.expr.args))


def _layer(at: Sum, view: View) -> list[Sum]:
    """The units of a layer that is written out in numbers: sums of the same inputs in the same order."""
    if any(t.weight is None or view.sizes(t.weight) != NUMBER for t in at.linear.products):
        return []
    inputs = _inputs(at)
    return [s for step in view.steps for s in _sums(step, view) if _inputs(s) == inputs]


def _inputs(at: Sum) -> list[object]:
    return [None if t.input is None else key(t.input) for t in at.linear.products]


def _one_layer(view: View) -> Iterator[Mapping[str, Expr]]:
    """The exchange in one layer of several, for layers written out."""
    layers: dict[tuple[str, ...], list[Sum]] = {}
    for step in view.steps:
        for at in _sums(step, view):
            units = _layer(at, view)
            if len(units) > 1 and len(at.linear.products) > 1:
                layers[tuple(u.step for u in units)] = units
    if len(layers) > 1:
        rewrite = _in_sums(_transposed)
        for units in layers.values():
            rules = {u.step: rule for u in units for rule in rewrite(view.by_name[u.step], view)}
            yield {n: rule for n, rule in rules.items() if key(rule) != key(view.by_name[n].rule)}


def _with_inputs(at: Sum, swap: Mapping[str, Expr]) -> Iterator[Expr]:
    used = {n for t in at.linear.products if t.input is not None for n in quantities(t.input)}
    if used & swap.keys():
        products = [
            t.expr._replace(args=tuple(substitute(a, swap) if a is t.input else a for a in t.expr.args))
            for t in at.linear.products
        ]
        signed = zip(at.linear.products, products, strict=True)
        yield at.with_products([neg(p) if t.negative else p for t, p in signed])


def _z_for_a(at: Sum, view: View) -> Iterator[Expr]:
    swap = {a.name: a.argument for a in view.activations.values() if a.function != "identity"}
    yield from _with_inputs(at, swap)


def _x_for_a(at: Sum, view: View) -> Iterator[Expr]:
    """The network's inputs in order where there are as many, or one that is as large."""
    used = dict.fromkeys(n for t in at.linear.products if t.input for n in sorted(quantities(t.input)))
    outputs = [n for n in used if n in view.by_name]
    inputs = [n for n in view.inputs if outputs and view.shapes[n] == view.shapes[outputs[0]]]
    if len(inputs) >= len(outputs):
        yield from _with_inputs(at, {a: name(x) for a, x in zip(outputs, inputs, strict=False)})


def _act_on_input(at: Sum, view: View) -> Iterator[Expr]:
    applied = at.applied
    if applied is not None and not any(n.op == "call" and n.value == "softmax" for n in walk(applied)):
        arguments = [key(at.rule), key(name(at.step))]
        swap = {x: exchanged(applied, arguments, name(x)) for x in view.inputs}
        yield from _with_inputs(at, swap)


FORWARD: tuple[Misconception, ...] = (
    Misconception(
        "fwd.no_bias",
        "bias left out",
        "A neuron only adds up its weighted inputs.",
        "In {step} the bias is missing: add it once, after the weighted inputs.",
        "W*x + b",
        "W*x",
        _in_sums(_no_bias),
        Example(_NEURON, "z", 0.44, 0.04),
        coincides=("b = 0",),
        source=(
            "https://github.com/deepakcrk/CNN_ForDummies/issues/9",
            "https://primelearnpoint.com/deep-learning/backpropagation-solved-numerical-2x2/",
        ),
    ),
    Misconception(
        "fwd.W_transposed",
        "weight matrix used the other way round",
        "Row and column of W may be exchanged.",
        "In {step} the weights are read the other way round: row i of W holds the weights into unit i.",
        "W @ x + b",
        "W^T @ x + b",
        _in_sums(_transposed),
        Example(_SQUARE, "z[1]", 0.44, 0.08),
        together=_one_layer,
        coincides=("W is symmetric",),
        twins=("idx.swap",),
        source=(
            "https://primelearnpoint.com/deep-learning/backpropagation-solved-numerical-2x2/",
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/9",
            "https://github.com/stephencwelch/Neural-Networks-Demystified/issues/23",
        ),
    ),
    Misconception(
        "fwd.minus_bias",
        "bias subtracted",
        "The bias is a threshold, so it is taken away.",
        "In {step} the bias has the wrong sign: it is added here (a threshold would be subtracted).",
        "W*x + b",
        "W*x - b",
        _in_sums(_minus_bias),
        Example(_NEURON, "z", 0.44, -0.36),
        coincides=("b = 0",),
    ),
    Misconception(
        "fwd.bias_per_input",
        "bias added once for each input",
        "Every input brings its bias along.",
        "In {step} the bias counts once for the neuron, however many inputs there are.",
        "w1*x1 + w2*x2 + b",
        "w1*x1 + w2*x2 + 2*b",
        _in_sums(_bias_per_input),
        Example(_NEURON, "z", 0.44, 0.84),
        coincides=("b = 0", "one input"),
    ),
    Misconception(
        "fwd.drop_term",
        "a product missing in the weighted sum",
        "This input does not reach the neuron.",
        "In {step} one of the products of weight and input is missing: count the arrows into the neuron.",
        "w1*x1 + w2*x2 + b",
        "w1*x1 + b",
        _in_sums(_drop_term),
        Example(_NEURON, "z", 0.44, 0.04),
        coincides=("the input or the weight is 0",),
    ),
    Misconception(
        "fwd.z_for_a",
        "pre-activation handed on instead of the activation",
        "The next layer takes z.",
        "{step} takes the activations of the layer before, not its weighted sums: use a = f(z).",
        "w2*a1 + b2",
        "w2*z1 + b2",
        _in_sums(_z_for_a),
        Example(_TWO_LAYERS, "z2", -0.213983, -0.28),
        coincides=("the activation is the identity", "ReLU with z > 0"),
        twins=("act.none",),
    ),
    Misconception(
        "fwd.x_for_a",
        "output layer fed with the inputs",
        "Every layer looks at the inputs.",
        "{step} is connected to the hidden layer: its inputs are the activations, not x.",
        "w2*a1 + b2",
        "w2*x + b2",
        _in_sums(_x_for_a),
        Example(_TWO_LAYERS, "z2", -0.213983, -0.1),
    ),
    Misconception(
        "fwd.act_on_input",
        "activation applied to the inputs",
        "Inputs go through the activation first.",
        "In {step} the inputs enter as they are; the activation comes after the weighted sum.",
        "W*x + b",
        "W*f(x) + b",
        _in_sums(_act_on_input),
        Example(_TWO_LAYERS, "z1", 0.8, 0.897967),
        source=("https://github.com/llSourcell/how_to_do_math_for_deep_learning/issues/6",),
    ),
)
