"""`network:`, the short form, read into givens, equations and what is trained.

Formulas, for W of layer k (units m, inputs n):

    orientation  examples in columns        examples in rows
    rows         z = W @ x + b              z = x @ W^T + b^T        W is (m, n)
    columns      z = W^T @ x + b            z = x @ W + b^T          W is (n, m)

One number as weights is `w*x`, a list of n weights is one unit. The bias is (m, 1), or one number for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language import FUNCTIONS, SPELLINGS
from grader.language.functions import ACTIVATIONS
from grader.language.shapes import show_shape
from grader.spec.fields import entries, items, number, one_of
from grader.spec.findings import known
from grader.spec.loss import read_loss, read_targets
from grader.spec.nodes import Mapping, Scalar, what
from grader.spec.parts import Layout, Network, Quantity, quantity

if TYPE_CHECKING:
    from grader.source import Mark
    from grader.spec.draft import Draft
    from grader.spec.fields import Entries
    from grader.spec.nodes import Node

NETWORK = (
    "inputs", "targets", "layers", "loss", "learning_rate", "optimizer",
    "orientation", "examples", "reduction", "l1", "l2",
)  # fmt: skip
_LAYER = ("weights", "bias", "activation", "pre", "out")


def read_network(draft: Draft, node: Node) -> Entries:
    """Read `network:` into the draft; gives its entries, whose `optimizer` belongs to training."""
    found = draft.found
    read = entries(found, node, "the network", NETWORK)
    sides = {"rows": True, "columns": False}
    unit_rows = one_of(found, read["orientation"][1], "orientation", sides) if "orientation" in read else True
    example_rows = one_of(found, read["examples"][1], "examples", sides) if "examples" in read else False
    inputs, targets = _inputs(draft, node, read), read_targets(draft, read)
    if "layers" not in read:
        found.error(node, "the network has no layers", "write layers: [{weights: ..., activation: ...}]")
        draft.complete = False
        return read
    network = Network(Layout(unit_rows is not False, example_rows is True), inputs, targets, {})
    layers = items(found, read["layers"][1], "layers")
    if not layers:
        found.error(read["layers"][1], "the network has no layers")
        draft.complete = False
    for count, layer in enumerate(layers, start=1):
        _layer(draft, network, layer, count, last=count == len(layers))
    read_loss(draft, network, read)
    _learning_rate(draft, read)
    return read


def _inputs(draft: Draft, node: Node, read: Entries) -> Quantity | None:
    if "inputs" in read:
        return quantity(draft, read["inputs"][1], "x", "inputs")
    shape = draft.known_shape("x")
    if shape is None:
        draft.found.error(node, "the network has no inputs", "write inputs: {x: [0.5, 0.1]}")
        return None
    return Quantity("x", shape)


def _layer(draft: Draft, network: Network, node: Node, count: int, *, last: bool) -> None:
    """Add layer `count` to the draft, or after an error only its names."""
    read = entries(draft.found, node, "a layer", _LAYER)
    if "weights" not in read and isinstance(node, Mapping):
        draft.found.error(node, f"layer {count} has no weights")
    weights = quantity(draft, read["weights"][1], f"W{count}", "weights") if "weights" in read else None
    bias = quantity(draft, read["bias"][1], f"b{count}", "bias") if "bias" in read else None
    for moved in (weights, bias):
        if moved is not None:
            draft.parameters.setdefault(moved.name, node.mark)
    pre, pre_mark = _label(draft, read, "pre", f"z{count}", node)
    out, out_mark = _label(draft, read, "out", "yhat" if last else f"a{count}", node)
    if last:
        _imply(draft, out, f"a{count}", named="out" in read)
    fits = _product(draft, network, weights, read["weights"][1]) if weights else None
    activated = _activation(draft, network.layout, read, pre, fits[1] if fits else 0)
    if weights is None or network.flow is None or fits is None:
        network.flow = None
        draft.define(pre, pre_mark, "an equation")
        draft.define(out, out_mark, "an equation")
        return
    product, units = fits
    if bias is not None:
        product = _with_bias(draft, network.layout, product, bias, units, read["bias"][1])
    network.weights[weights.name] = weights.single
    draft.equation(pre, product, pre_mark)
    draft.equation(out, activated, out_mark)
    network.flow = Quantity(out, network.layout.array(units, network.layout.examples(network.flow.shape)))


def _label(draft: Draft, read: Entries, key: str, default: str, layer: Node) -> tuple[str, Mark]:
    """The name of a layer's quantity, and where it stands (the layer, where the name is the usual one)."""
    if key not in read:
        return default, layer.mark
    node = read[key][1]
    if isinstance(node, Scalar) and not node.empty:
        return node.text, node.mark
    draft.found.error(node, f'"{key}" is a name, found {what(node)}')
    return default, node.mark


def _imply(draft: Draft, out: str, numbered: str, *, named: bool) -> None:
    """`yhat` always means the last output; `ak` means it too where it has no name of its own."""
    if named and out != "yhat":
        draft.implied["yhat"] = out
    elif not named:
        draft.implied[numbered] = out


def _product(draft: Draft, network: Network, weights: Quantity, node: Node) -> tuple[str, int] | None:
    """The product of weights and inputs, and the number of units; None, and reported, where sizes differ."""
    layout, flow = network.layout, network.flow
    if flow is None:
        return None
    taken = layout.features(flow.shape)
    units, inputs = weights.shape if layout.unit_rows else weights.shape[::-1]
    if weights.single and taken == 1:
        return f"{weights.name}*{flow.name}", 1
    if layout.unit_rows and inputs == 1 and units == taken:
        return _one_unit(layout, weights, flow), 1
    if inputs != taken:
        message = (
            f"{weights.name} is {show_shape(weights.shape)} and takes {inputs} input{'s' * (inputs != 1)}, "
            f"but {flow.name} is {show_shape(flow.shape)} and brings {taken}"
        )
        draft.found.error(node, message, _turned(layout, units, taken))
        return None
    if layout.example_rows:
        return f"{flow.name} @ {weights.name}{'^T' if layout.unit_rows else ''}", units
    return f"{weights.name}{'' if layout.unit_rows else '^T'} @ {flow.name}", units


def _one_unit(layout: Layout, weights: Quantity, flow: Quantity) -> str:
    """A list of weights is one unit's: the dot product with each example."""
    if layout.example_rows:
        return f"{flow.name} @ {weights.name}"
    return f"{weights.name}{'' if flow.shape[1] == 1 else '^T'} @ {flow.name}"


def _turned(layout: Layout, units: int, taken: int) -> str | None:
    if units != taken:
        return None
    other = "columns" if layout.unit_rows else "rows"
    return f"transposed it would fit: is this orientation: {other}?"


def _with_bias(draft: Draft, layout: Layout, product: str, bias: Quantity, units: int, node: Node) -> str:
    if bias.shape not in {(units, 1), (1, 1)}:
        message = f"{bias.name} is {show_shape(bias.shape)}, expected {show_shape((units, 1))}"
        draft.found.error(node, message, "a bias is a list with one number for each unit of the layer")
        return product
    return f"{product} + {bias.name}{'' if bias.single or not layout.example_rows else '^T'}"


def _activation(draft: Draft, layout: Layout, read: Entries, pre: str, units: int) -> str:
    if "activation" not in read:
        return pre
    node = read["activation"][1]
    name, constant = _parametrized(draft, node)
    function = SPELLINGS.get(name, name)
    if function not in ACTIVATIONS:
        if name:
            draft.found.error(node, f'unknown activation "{name}"', known(name, ACTIVATIONS))
        return pre
    if constant and FUNCTIONS[function].arity[1] < 2:
        draft.found.error(
            node, f'the activation "{function}" has no constant', "only leaky_relu and elu have one"
        )
        constant = ""
    if function == "identity":
        return pre
    if function != "softmax":
        return f"{function}({pre}{constant})"
    if units == 1:
        draft.found.error(node, "softmax of a single unit is always 1", "a single unit takes sigmoid")
    return f"softmax({pre}^T)^T" if layout.example_rows else f"softmax({pre})"


def _parametrized(draft: Draft, node: Node) -> tuple[str, str]:
    """The name of an activation, and `, 0.1` where a constant is written beside it."""
    if isinstance(node, Scalar) and not node.empty:
        return node.text, ""
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        draft.found.error(node, f"an activation is a name or {{leaky_relu: 0.1}}, found {what(node)}")
        return "", ""
    key, value = node.entries[0]
    slope = number(draft.found, value, key.text)
    return key.text, "" if slope is None or not isinstance(value, Scalar) else f", {value.text}"


def _learning_rate(draft: Draft, read: Entries) -> None:
    if "learning_rate" not in read:
        return
    rate = quantity(draft, read["learning_rate"][1], "eta", "learning_rate")
    if rate is not None:
        draft.learning_rate = (rate.name, read["learning_rate"][0].mark)
