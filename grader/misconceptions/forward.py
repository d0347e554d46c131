"""Wrong weighted sums: ``fwd.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import is_dot
from grader.language.tree import Expr, add, call, mul, name, neg, num, quantities, sub, substitute, transpose
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.roles import Linear, Term
    from grader.misconceptions.view import View

    Change = Callable[[Linear, Step, View], Iterator[Expr]]

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


def _in_sums(change: Change) -> Rewrite:
    """Change every step that is a weighted sum."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        linear = view.linears.get(step.name)
        if linear is not None:
            yield from change(linear, step, view)

    return rewrite


def _sum(terms: list[Term]) -> Expr:
    return add(*[neg(t.expr) if t.negative else t.expr for t in terms])


def _parts(linear: Linear) -> list[Term]:
    return [*linear.products, *([linear.bias] if linear.bias else [])]


def _no_bias(linear: Linear, _: Step, __: View) -> Iterator[Expr]:
    if linear.bias is not None:
        yield _sum(list(linear.products))


def _minus_bias(linear: Linear, _: Step, __: View) -> Iterator[Expr]:
    bias = linear.bias
    if bias is not None:
        yield add(_sum(list(linear.products)), bias.expr if bias.negative else neg(bias.expr))


def _bias_per_input(linear: Linear, _: Step, view: View) -> Iterator[Expr]:
    bias = linear.bias
    if bias is None:
        return
    count = sum(_fan_in(t, view) for t in linear.products)
    if count > 1:
        term = mul(num(count), bias.expr)
        yield add(_sum(list(linear.products)), neg(term) if bias.negative else term)


def _fan_in(term: Term, view: View) -> int:
    if term.expr.op != "matmul" or term.input is None or term.input.op == "index":
        return 1
    first, second = (view.sizes(a) for a in term.expr.args)
    return max(first) if is_dot(first, second) else first[1]


def _drop_term(linear: Linear, step: Step, view: View) -> Iterator[Expr]:
    parts = _parts(linear)
    if len(linear.products) > 1:
        for term in linear.products:
            yield _sum([t for t in parts if t is not term])
        return
    term = linear.products[0]
    count = _fan_in(term, view)
    if term.expr.op != "matmul" or count < 2 or term.input is None or step.shape[1] != 1:
        return
    for i in range(count):
        missing = _without(term.input, i, view)
        if missing is not None:
            left, right = term.expr.args
            swapped = (missing, right) if left is term.input else (left, missing)
            yield add(*[Expr("matmul", swapped) if t is term else t.expr for t in parts])


def _without(x: Expr, i: int, view: View) -> Expr | None:
    """A vector with one element set to nothing."""
    rows, columns = view.sizes(x)
    base = view.problem.index_base
    if x.op != "name" or 1 not in (rows, columns):
        return None
    place = (i, 0) if columns == 1 else (0, i)
    written = (i + base,) if columns == 1 else (base, i + base)
    return sub(x, Expr("place", (Expr("index", (x,), written), x), place))


def _transposed(linear: Linear, step: Step, view: View) -> Iterator[Expr]:
    swaps: dict[str, Expr] = {}
    for term in linear.products:
        if term.weight is None or term.expr.op != "matmul":
            continue
        for n in quantities(term.weight):
            rows, columns = view.shapes[n]
            if rows == columns and rows > 1:
                swaps[n] = transpose(name(n))
    if swaps:
        yield substitute(step.rule, swaps)


def _replaced_inputs(linear: Linear, step: Step, swap: Mapping[str, Expr]) -> Iterator[Expr]:
    used = {n for t in linear.products if t.input is not None for n in quantities(t.input)}
    if used & swap.keys():
        yield substitute(step.rule, {n: e for n, e in swap.items() if n in used})


def _z_for_a(linear: Linear, step: Step, view: View) -> Iterator[Expr]:
    swap = {
        a.name: a.argument
        for a in view.activations.values()
        if a.function != "identity" and a.source is not None
    }
    yield from _replaced_inputs(linear, step, swap)


def _x_for_a(linear: Linear, step: Step, view: View) -> Iterator[Expr]:
    outputs = [
        n
        for n in dict.fromkeys(n for t in linear.products if t.input for n in sorted(quantities(t.input)))
        if n in view.activations
    ]
    inputs = [n for n in view.inputs if outputs and view.shapes[n] == view.shapes[outputs[0]]]
    if outputs and len(inputs) >= len(outputs):
        swap = {a: name(x) for a, x in zip(outputs, inputs, strict=False)}
        yield from _replaced_inputs(linear, step, swap)


def _act_on_input(linear: Linear, step: Step, view: View) -> Iterator[Expr]:
    activation = view.activation_of.get(step.name)
    if activation is None or activation.function in ("identity", "softmax"):
        return
    swap = {n: call(activation.function, name(n)) for n in view.inputs}
    yield from _replaced_inputs(linear, step, swap)


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
