"""Wrong ways back through the weights, along one path: ``chain.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import NUMBER
from grader.language.tree import (
    Expr,
    add,
    call,
    div,
    key,
    matmul,
    mul,
    name,
    quantities,
    substitute,
    transpose,
)
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import element, log_slope
from grader.misconceptions.products import in_input_gradients
from grader.misconceptions.slopes import error

if TYPE_CHECKING:
    from grader.misconceptions.links import Link
    from grader.misconceptions.view import View

_MOST_PATHS = 6

CHAIN_NETWORK = """
given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2, eta: 0.5}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, yhat = sigmoid(z2), L = 1/2*(yhat - y)^2]
train: {minimize: L, learning_rate: eta, parameters: [w1, b1, w2, b2]}
"""
TWO_OUTPUTS = """
given: {x: 0.5, y: [0.8, -0.3], W1: [[0.4], [-0.6]], b1: [0.1, 0.2],
        W2: [[0.7, -0.2], [0.3, 0.9]], b2: [0.1, -0.1]}
equations: [z1 = W1*x + b1, a1 = tanh(z1), yhat = W2 @ a1 + b2, L = 1/2*sum((yhat - y)^2)]
"""


def _error_not_delta(link: Link, view: View) -> list[Expr]:
    activation = view.activation_of.get(link.total)
    if activation is None or activation.name not in view.predictions or activation.function == "identity":
        return []
    sent = view.gradient(activation.name)
    if sent not in view.by_name or log_slope(view.by_name[sent].rule, activation.name):
        return []
    rules = [link.input_gradient(link.weight, name(sent))]
    plain = error(activation.name, view)
    if plain is not None and key(plain) != key(view.by_name[sent].rule):
        rules.append(link.input_gradient(link.weight, plain))
    return rules


def _no_weight(link: Link, _: View) -> list[Expr]:
    if link.is_scalar:
        return [link.delta]
    return [link.input_gradient(call("ones", link.weight), link.delta)]


def _new_weight(link: Link, view: View) -> list[Expr]:
    """The parameter's own update rule in place of its name: the weight is renewed before it is used."""
    rule = new_value(link.parameter, view)
    if rule is None:
        return []
    return [link.input_gradient(substitute(link.weight, {link.parameter: rule}), link.delta)]


def new_value(parameter: str, view: View) -> Expr | None:
    """What a parameter becomes in the first training step, in terms of gradients and old values."""
    step = view.by_name.get("+" + parameter)
    if step is None:
        return None
    rule = step.rule
    while renewed := [n for n in quantities(rule) if n.startswith("+")]:
        rule = substitute(rule, {n: view.by_name[n].rule for n in renewed})
    return rule


def _input_for_weight(link: Link, _: View) -> list[Expr]:
    if link.form == "number":
        return [mul(link.delta, link.input)]
    return [mul(link.input, link.over_units(link.delta, link.units))]


def _not_transposed(link: Link, view: View) -> list[Expr]:
    if link.form == "number":
        partner = view.links.partner(link)
        return [] if partner is None else [mul(link.delta, partner.weight)]
    return [link.input_gradient(transpose(link.weight), link.delta)] if link.units == link.fan_in > 1 else []


def _inverse(link: Link, _: View) -> list[Expr]:
    if link.form == "number" or link.units != link.fan_in or link.units == 1:
        return []
    return [link.input_gradient(transpose(call("inv", link.weight)), link.delta)]


def _other_layer(link: Link, view: View) -> list[Expr]:
    """Weights of the same size, and the weights that lead into the unit itself."""
    rules = []
    shape = view.shapes[link.parameter]
    for other in view.links.all:
        elsewhere = view.links.level[other.total] != view.links.level[link.total]
        if shape != NUMBER and elsewhere and view.shapes[other.parameter] == shape:
            weight = substitute(link.weight, {link.parameter: name(other.parameter)})
            rules.append(link.input_gradient(weight, link.delta))
    activation = view.activations.get(link.source)
    incoming = [] if activation is None else view.links.of_total.get(activation.source or "", [])
    for into in incoming:
        if link.form == into.form == "number":
            rules.append(mul(link.delta, into.weight))
        elif link.units == 1 and link.form == into.form != "number" and shape[0] * shape[1] == into.units:
            rules += [_column(link, into, i, view) for i in range(min(into.fan_in, _MOST_PATHS))]
    return list({key(r): r for r in rules}.values())


def _column(link: Link, into: Link, i: int, view: View) -> Expr:
    """Delta times the weights from one input into every unit of the layer."""
    base = view.problem.index_base
    places = [(j, i) if into.form == "columns" else (i, j) for j in range(into.units)]
    weights = Expr("list", tuple(element(into.weight, place, base) for place in places))
    return matmul(link.delta, transpose(weights)) if link.form == "rows" else matmul(weights, link.delta)


def _share(link: Link, view: View) -> list[Expr]:
    if link.form == "number":
        siblings = view.links.of_total[link.total]
        if not link.is_scalar:
            return [mul(link.delta, div(link.weight, call("sum", link.weight)))]
        if len(siblings) < 2:
            return []
        return [mul(link.delta, div(link.weight, add(*[s.weight for s in siblings])))]
    if link.fan_in == 1:
        return []
    total = call("sum_rows" if link.form == "rows" else "sum_columns", link.weight)
    return [link.input_gradient(div(link.weight, total), link.delta)]


CHAIN: tuple[Misconception, ...] = (
    Misconception(
        "chain.error_not_delta",
        "error sent back instead of delta",
        "What goes back through the weight is the error of the output.",
        "In {step} the error went back as it is. Before the weight comes the output's own activation: send"
        " dL/dz of the output, error times slope.",
        "w*dL/dz",
        "w*(yhat - y)",
        in_input_gradients(_error_not_delta),
        Example(CHAIN_NETWORK, "dL/da1", -0.0379552, -0.158613),
        coincides=("the output has no activation", "sigmoid with cross-entropy"),
        twins=("der.none_out",),
        source=(
            "https://whosebug.com/question/2948401/Backpropagation-Why-doesn-t-error-approach-zero-when-it-is-multiplied-by-deriv-of-sigmoid",
            "https://github.com/jiexunsee/Neural-Network-with-Python/issues/1",
        ),
    ),
    Misconception(
        "chain.no_weight",
        "weight left out on the way back",
        "The hidden neuron's gradient is the delta of the neuron behind it.",
        "In {step} the connection itself is missing: a moves the next z by its weight, so the weight is a"
        " factor.",
        "w*dL/dz",
        "dL/dz",
        in_input_gradients(_no_weight),
        Example(CHAIN_NETWORK, "dL/da1", -0.0379552, -0.0948881),
        coincides=("w = 1",),
        source=(
            "https://whosebug.com/question/2948401/Backpropagation-Why-doesn-t-error-approach-zero-when-it-is-multiplied-by-deriv-of-sigmoid",
        ),
    ),
    Misconception(
        "chain.new_weight",
        "updated weight used on the way back",
        "I update the output weight first and go on with its new value.",
        "In {step} the weight was renewed too early. The forward pass used the old one, so every gradient"
        " of this step needs the old one, too; update at the end.",
        "w*dL/dz",
        "(w - eta*dL/dw)*dL/dz",
        in_input_gradients(_new_weight),
        Example(CHAIN_NETWORK, "dL/da1", -0.0379552, -0.0404305),
        coincides=("eta is so small that the digits written agree",),
        source=(
            "https://ai.stackexchange.com/questions/26136/why-are-the-weights-of-the-previous-layers-updated-only-considering-the-old-valu/26138",
            "http://stackoverflow.com/questions/6013429/question-about-backpropagation-algorithm-with-artificial-neural-networks-orde/6015803",
            "https://github.com/joelgrus/data-science-from-scratch/issues/31",
            "https://github.com/kim-marcel/basic_neural_network/issues/7",
            "https://github.com/CodingTrain/Toy-Neural-Network-JS/issues/72",
        ),
    ),
    Misconception(
        "chain.a_for_w",
        "activation in the place of the weight",
        "dz/da is a.",
        "In {step} the two factors of the product w*a were mixed up: its derivative by a is what stands"
        " beside a, the weight.",
        "w*dL/dz",
        "a*dL/dz",
        in_input_gradients(_input_for_weight),
        Example(CHAIN_NETWORK, "dL/da1", -0.0379552, -0.0521727),
        coincides=("a = w",),
    ),
    Misconception(
        "chain.W_not_T",
        "W instead of its transpose",
        "Backward I multiply by W as I did forward.",
        "In {step} follow one hidden neuron: its weights to the layer behind stand in one column of W, so"
        " going back takes W^T.",
        "W^T @ dL/dz",
        "W @ dL/dz",
        in_input_gradients(_not_transposed),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.372842),
        coincides=("W is symmetric",),
        twins=("idx.swap",),
        source=(
            "https://github.com/dominhhai/dominhhai.github.io/issues/19",
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/59",
        ),
    ),
    Misconception(
        "chain.inverse",
        "inverse instead of transpose",
        "Going back undoes W, so I need its inverse.",
        "In {step} nothing is undone: you ask how much each neuron contributed, and for that the same"
        " weights are read the other way, W^T.",
        "W^T @ dL/dz",
        "inv(W) @ dL/dz",
        in_input_gradients(_inverse),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.56376),
        coincides=("W is orthogonal",),
        source=("https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/59",),
    ),
    Misconception(
        "chain.other_layer_w",
        "weights of another layer",
        "I go back through the weights that lead into the neuron.",
        "In {step} trace the way from this neuron to the loss: it leaves by the weights of the next layer,"
        " and these are the factors.",
        "w2*dL/dz2",
        "w1*dL/dz2",
        in_input_gradients(_other_layer),
        Example(CHAIN_NETWORK, "dL/da1", -0.0379552, -0.0189776),
    ),
    Misconception(
        "chain.share",
        "delta shared out in proportion",
        "Each neuron gets the part w/sum(w) of the error.",
        "In {step} delta was divided up like a bill. The derivative takes each weight as it is, and the"
        " parts need not add up to delta.",
        "W^T @ dL/dz",
        "(W/row sums)^T @ dL/dz",
        in_input_gradients(_share),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.617183),
        coincides=("the weights into each neuron add up to 1",),
        source=("https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/77",),
    ),
    Misconception(
        "chain.stale",
        "value from earlier work reused",
        "I have this value already, from the example or the step before.",
        "In {step} stands a value from the question or the training step before. Its inputs have changed"
        " since: work it out again.",
        "this step's value",
        "an earlier step's value",
        None,
        kind="slip",
        source=("seen in a student's answer",),
    ),
)
