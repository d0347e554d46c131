"""Wrong gradients of weights and biases: ``dW.*`` and ``db.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import NUMBER, infer_shape
from grader.language.tree import (
    ONE,
    ZERO,
    Expr,
    add,
    call,
    div,
    mul,
    name,
    num,
    quantities,
    substitute,
    transpose,
)
from grader.misconceptions.chain import CHAIN_NETWORK
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.products import in_bias_gradients, in_weight_gradients

if TYPE_CHECKING:
    from grader.misconceptions.links import Link
    from grader.misconceptions.roles import Linear
    from grader.misconceptions.view import View

_MOST = 6

_ZERO_WEIGHT = CHAIN_NETWORK.replace("w1: 0.2", "w1: 0")
SQUARE = """
given: {x: [0.5, -1.2], y: 0.3, W: [[0.8, 0.3], [0.6, -0.9]], b: [-0.4, 0.2], w: [0.4, -0.7], c: 0.2}
equations: [z = W @ x + b, a = tanh(z), yhat = w @ a + c, L = 1/2*(yhat - y)^2]
"""
BATCH = """
given: {X: [[0.5, -1.0, 0.8]], Y: [[0.2, 0.6, -0.1]], W: [[0.4], [-0.6]], b: [0.1, 0.2],
        V: [[0.7, -0.2]], c: 0.1}
equations: [Z = W @ X + b, A = tanh(Z), P = V @ A + c, L = 1/2*sum((P - Y)^2)]
"""


def _weight_for_input(link: Link, _: View) -> list[Expr]:
    delta = link.delta if link.form == "number" else link.over_examples(link.delta)
    return [mul(delta, link.weight)]


def no_input(link: Link, _: View) -> list[Expr]:
    """Delta alone, for each input the same."""
    if link.is_scalar:
        return [link.delta]
    return [link.weight_gradient(link.delta, call("ones", link.input))]


def _z_for_a(link: Link, view: View) -> list[Expr]:
    activation = view.activations.get(link.source)
    if activation is None or activation.function == "identity" or activation.source is None:
        return []
    z = substitute(link.input, {link.source: name(activation.source)})
    return [link.weight_gradient(link.delta, z)]


def _own_activation(link: Link, view: View) -> list[Expr]:
    activation = view.activation_of.get(link.total)
    return [] if activation is None else [link.weight_gradient(link.delta, name(activation.name))]


def _network_input(link: Link, view: View) -> list[Expr]:
    """The network's inputs in place of an activation: the one in the same position, or any."""
    if link.source not in view.by_name:
        return []
    siblings = view.links.of_total[link.total]
    inputs = list(view.inputs)[:_MOST]
    if link.is_scalar and len(inputs) == len(siblings) > 1:
        inputs = [inputs[siblings.index(link)]]
    return [
        link.weight_gradient(link.delta, substitute(link.input, {link.source: name(x)}))
        for x in inputs
        if view.shapes[x] == view.shapes[link.source]
    ]


def _transposed(link: Link, view: View) -> list[Expr]:
    if link.form == "number":
        partner = view.links.partner(link)
        return [] if partner is None else [partner.weight_core]
    return [transpose(link.weight_core)] if link.units == link.fan_in > 1 else []


def _zero_for_zero(link: Link, view: View) -> list[Expr]:
    given = view.problem.given.get(link.parameter, ())
    if not any(value == 0 for row in given for value in row):
        return []
    return [mul(link.weight_core, call("abs", call("sign", link.weight)))]


def _times_bias(linear: Linear, part: Expr, _: View) -> list[Expr]:
    return [] if linear.bias is None else [mul(part, linear.bias.expr)]


def _no_gradient(_: Linear, part: Expr, __: View) -> list[Expr]:
    return [Expr("mul", (ZERO, part))]


def _times_inputs(linear: Linear, part: Expr, view: View) -> list[Expr]:
    """Delta times the sum of the inputs, for each example."""
    links = view.links.of_total.get(linear.name, [])
    sums = [link.input if link.is_scalar else _summed_input(link) for link in links]
    if not sums:
        return []
    delta = name(view.gradient(linear.name))
    product = mul(delta, add(*sums))
    return [part._replace(args=(product,)) if part.op == "call" else product]


def _summed_input(link: Link) -> Expr:
    return call("sum", link.input) if link.form == "number" else link.over_units(link.input, link.fan_in)


def _one_for_all(linear: Linear, part: Expr, view: View) -> list[Expr]:
    delta = name(view.gradient(linear.name))
    if linear.bias is None:
        return []
    if infer_shape(part, view.shapes, view.problem.index_base) != NUMBER:
        return [mul(call("sum", delta), call("ones", linear.bias.expr))]
    units = view.links.layer(linear.name)
    if view.shapes[linear.name] != NUMBER or len(units) < 2 or _shared(linear, view):
        return []
    return [add(*[name(view.gradient(z)) for z in units])]


def _shared(linear: Linear, view: View) -> bool:
    """Whether other weighted sums take the same bias."""
    bias = linear.bias.expr if linear.bias else ONE
    others = [z.bias.expr for z in view.linears.values() if z.bias is not None and z.name != linear.name]
    return any(quantities(o) == quantities(bias) for o in others)


def _one_example(linear: Linear, _: Expr, view: View) -> list[Expr]:
    links = view.links.of_total.get(linear.name, [])
    if not links or links[0].examples == 1:
        return []
    delta = name(view.gradient(linear.name))
    return [links[0].example(delta, i) for i in range(min(links[0].examples, _MOST))]


def _mean(linear: Linear, part: Expr, view: View) -> list[Expr]:
    links = view.links.of_total.get(linear.name, [])
    return [div(part, num(links[0].examples))] if links and links[0].examples > 1 else []


WEIGHTS: tuple[Misconception, ...] = (
    Misconception(
        "dW.w_for_x",
        "weight in the place of its input",
        "dz/dw is w.",
        "In {step} the weight was differentiated to itself. In z = w*x + b the weight's partner is its"
        " input, and that is dz/dw.",
        "dL/dz*x",
        "dL/dz*w",
        in_weight_gradients(_weight_for_input),
        Example(CHAIN_NETWORK, "dL/dw2", -0.0521727, -0.0379552, ("dL/dw2",)),
        coincides=("w = x",),
        source=(
            "https://stats.stackexchange.com/questions/464262/backpropagation-demo-gives-always-the-same-result-after-training",
        ),
    ),
    Misconception(
        "dW.no_input",
        "input left out of a weight's gradient",
        "The gradient of a weight is the delta of its neuron.",
        "In {step} stands delta alone, which is what the bias gets. A weight works through its input, so"
        " multiply by that.",
        "dL/dz*x",
        "dL/dz",
        in_weight_gradients(no_input),
        Example(CHAIN_NETWORK, "dL/dw1", -0.00469727, -0.00939455),
        coincides=("x = 1",),
        twins=("upd.delta_for_grad",),
        source=(
            "http://stackoverflow.com/questions/12558517/questions-about-the-backpropogation-algorithm/12567043",
            "https://github.com/iamtrask/Grokking-Deep-Learning/issues/72",
        ),
    ),
    Misconception(
        "dW.z_for_a",
        "z instead of a as the weight's input",
        "The input of the output weight is the hidden z.",
        "In {step} look at what the weight was multiplied with in the forward pass: it was the activation,"
        " not the number before it.",
        "dL/dz2*a1",
        "dL/dz2*z1",
        in_weight_gradients(_z_for_a),
        Example(CHAIN_NETWORK, "dL/dw2", -0.0521727, -0.0189776),
        coincides=("no activation", "ReLU with z > 0"),
        source=("https://github.com/maziarraissi/backprop/issues/1",),
    ),
    Misconception(
        "dW.own_activation",
        "the layer's own activation as its input",
        "The gradient of a weight is delta times the activation of its layer.",
        "In {step} delta met the activation that the weight leads to. It takes the one that the weight"
        " comes from, a layer earlier.",
        "dL/dz2*a1",
        "dL/dz2*a2",
        in_weight_gradients(_own_activation),
        Example(CHAIN_NETWORK, "dL/dw2", -0.0521727, -0.0572619),
        coincides=("both activations are equal",),
        source=("https://github.com/amaas/stanford_dl_ex/issues/15",),
    ),
    Misconception(
        "dW.x_for_a",
        "the network's input at a later layer",
        "Every weight's gradient is delta times x.",
        "In {step} the weight never sees x: it is fed by the layer before it, so its input is that layer's"
        " activation.",
        "dL/dz2*a1",
        "dL/dz2*x",
        in_weight_gradients(_network_input),
        Example(CHAIN_NETWORK, "dL/dw2", -0.0521727, -0.047444),
        coincides=("a = x",),
    ),
    Misconception(
        "dW.transposed",
        "weight gradient transposed",
        "The gradient is x times delta, in this order.",
        "In {step} rows and columns are exchanged. Row by row the gradient belongs to one neuron: its"
        " delta times each input, as in W itself.",
        "dL/dz @ x^T",
        "(dL/dz @ x^T)^T",
        in_weight_gradients(_transposed),
        Example(SQUARE, "dL/dW[1,2]", 0.372529, 0.048161),
        coincides=("delta is a multiple of x",),
        twins=("idx.swap",),
        source=("https://github.com/iamtrask/Grokking-Deep-Learning/pull/22",),
    ),
    Misconception(
        "dW.zero_if_w0",
        "gradient 0 for a weight that is 0",
        "The weight is 0, so its gradient is 0.",
        "In {step} ask what would happen if the weight moved: the neuron's z would change by its input, so"
        " the loss has a slope there, too.",
        "dL/dz*x",
        "0 where w = 0",
        in_weight_gradients(_zero_for_zero),
        Example(_ZERO_WEIGHT, "dL/dw1", -0.00477068, 0.0),
        coincides=("no weight is 0",),
        source=("https://github.com/xnought/backprop-explainer/issues/18",),
    ),
    Misconception(
        "db.times_b",
        "delta times the bias",
        "The gradient of the bias is delta times the bias.",
        "In {step} the bias itself came in as a factor. It is added in z, so dz/db is 1 and delta stays as"
        " it is.",
        "dL/dz",
        "dL/dz*b",
        in_bias_gradients(_times_bias),
        Example(CHAIN_NETWORK, "dL/db2", -0.0948881, -0.0189776),
        coincides=("b = 1",),
        source=("seen in a student's answer", "https://github.com/xnought/backprop-explainer/issues/18"),
    ),
    Misconception(
        "db.zero",
        "no gradient for the bias",
        "The bias is a constant, its gradient is 0.",
        "In {step} the bias is treated as fixed. It shifts z one to one, so the loss moves with it exactly"
        " as with z: by delta.",
        "dL/dz",
        "0",
        in_bias_gradients(_no_gradient),
        Example(CHAIN_NETWORK, "dL/db2", -0.0948881, 0.0),
        coincides=("delta = 0",),
        twins=("upd.bias_kept",),
        source=(
            "https://github.com/brohrer/cottonwood/issues/8",
            "https://github.com/mattm/simple-neural-network/pull/10",
        ),
    ),
    Misconception(
        "db.times_input",
        "delta times the inputs for the bias",
        "The bias gets delta times x, as the weights do.",
        "In {step} the inputs came in. The bias stands alone in z, as if its input were always 1: what is"
        " left is delta.",
        "dL/dz",
        "dL/dz*sum(x)",
        in_bias_gradients(_times_inputs),
        Example(CHAIN_NETWORK, "dL/db2", -0.0948881, -0.0521727),
        coincides=("the inputs add up to 1",),
        source=(
            "https://github.com/rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization/issues/62",
            "https://github.com/rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization/issues/64",
        ),
    ),
    Misconception(
        "db.one_scalar",
        "bias gradient summed over the neurons",
        "The layer has one bias gradient, the sum of all deltas.",
        "In {step} the deltas of different neurons were added. Each neuron has a bias of its own; only"
        " examples of a batch are added up.",
        "dL/dz",
        "sum(dL/dz)",
        in_bias_gradients(_one_for_all),
        Example(SQUARE, "dL/db[1]", -0.310441, -0.214119),
        coincides=("one neuron",),
        source=("https://github.com/rasbt/stat453-deep-learning-ss21/issues/5",),
    ),
    Misconception(
        "db.not_reduced",
        "bias gradient not summed over the batch",
        "The gradient of the bias is the delta of an example.",
        "In {step} one bias serves every example of the batch, and each pulls at it: add the deltas of all"
        " of them.",
        "sum over examples of dL/dz",
        "dL/dz of one example",
        in_bias_gradients(_one_example),
        Example(BATCH, "dL/db[1]", -0.142682, 0.0793394),
        coincides=("a single example",),
        twins=("batch.last_only",),
        source=(
            "https://community.deeplearning.ai/t/trouble-understanding-b-vector-back-propagation/536725",
            "https://datascience.stackexchange.com/questions/20139/gradients-for-bias-terms-in-backpropagation",
        ),
    ),
    Misconception(
        "db.mean_for_sum",
        "mean for the bias where the weights have the sum",
        "The bias gradient is the mean of the deltas.",
        "In {step} the deltas were averaged, though the loss's own way of adding up is in them already:"
        " add them as for the weights.",
        "sum over examples of dL/dz",
        "mean over examples of dL/dz",
        in_bias_gradients(_mean),
        Example(BATCH, "dL/db[1]", -0.142682, -0.0475607),
        coincides=("a single example",),
        source=(
            "https://github.com/kvfrans/notes/issues/5",
            "https://github.com/deeplearning4j/deeplearning4j/pull/364",
        ),
    ),
)
