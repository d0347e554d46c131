"""`targets:`, `loss:`, `reduction:` and penalties of a network, put together to one equation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import show_shape
from grader.spec.fields import entries, number, one_of, switch
from grader.spec.findings import known
from grader.spec.losses import LOSSES, MEANS, loss_text, mean_over, penalty_text
from grader.spec.nodes import Mapping, Scalar, shortened, what
from grader.spec.parts import Quantity, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from grader.spec.draft import Draft
    from grader.spec.fields import Entries
    from grader.spec.nodes import Node
    from grader.spec.parts import Network


def read_loss(draft: Draft, network: Network, read: Entries) -> None:
    """Add the loss to the draft, if the network has one.

    Args:
        draft: the problem; takes the targets, the equation and what is minimised.
        network: its layout, targets, weights, and the output of the last layer.
        read: the network's entries.
    """
    output, weights = network.flow, network.weights
    target = _fitting(draft, output, network.targets, read)
    reduction = _reduction(draft, read)
    penalties = [p for p in (_penalty(draft, kind, weights, read) for kind in ("l1", "l2")) if p]
    if "loss" not in read:
        for key in ("reduction", "l1", "l2"):
            if key in read:
                draft.found.error(read[key][0], f'"{key}" belongs to a loss, and the network has none')
        return
    named = _name(draft, read["loss"][1])
    if named is None:
        draft.complete = False
        return
    label, loss, node = named
    draft.minimize = (label, node.mark)
    if target is None and "targets" not in read:
        draft.found.error(read["loss"][0], "the loss needs targets", "write targets: {y: 1}")
    if target is None or output is None or loss not in LOSSES:
        draft.define(label, node, "an equation")
        return
    text = loss_text(loss, output.name, target.name, draft.settings.log_base, single=output.single)
    count = network.layout.examples(output.shape)
    if reduction == "mean" and count > 1 and loss not in MEANS:
        text = mean_over(text, count)
    draft.equation(label, " + ".join([text, *penalties]), node.mark)


def read_targets(draft: Draft, read: Entries) -> Quantity | None:
    """The targets of a network, named or `y`; None where there are none."""
    if "targets" in read:
        return quantity(draft, read["targets"][1], "y", "targets")
    shape = draft.known_shape("y")
    return None if shape is None else Quantity("y", shape)


def _fitting(
    draft: Draft, output: Quantity | None, target: Quantity | None, read: Entries
) -> Quantity | None:
    """The targets if they are as large as the output; otherwise None, and reported."""
    if target is None or output is None or target.shape == output.shape:
        return target
    node = read["targets"][1] if "targets" in read else draft.places[target.name][1]
    sizes = show_shape(target.shape), show_shape(output.shape)
    message = f"{target.name} is {sizes[0]}, but the output {output.name} is {sizes[1]}"
    hint = None
    if target.shape == output.shape[::-1]:
        hint = "a list is a column; write an example a column as [[0, 1, 1]]"
    draft.found.error(node, message, hint)
    return None


def _reduction(draft: Draft, read: Entries) -> str:
    if "reduction" not in read:
        return "sum"
    return one_of(draft.found, read["reduction"][1], "reduction", {"sum": "sum", "mean": "mean"}) or "sum"


def _name(draft: Draft, node: Node) -> tuple[str, str, Node] | None:
    """The loss's name in the problem, its entry in the table, and where it stands."""
    label, at = "L", node
    if isinstance(node, Mapping):
        if len(node.entries) != 1:
            draft.found.error(node, f"the loss has one name, found {len(node.entries)}")
            return None
        key, node = node.entries[0]
        label, at = key.text, key
    if isinstance(node, Scalar) and node.text in LOSSES:
        return label, node.text, at
    written = node.text if isinstance(node, Scalar) else ""
    message = f'unknown loss "{shortened(written)}"' if written else f"a loss is a name, found {what(node)}"
    draft.found.error(node, message, known(written, LOSSES))
    return label, "", at


def _penalty(draft: Draft, kind: str, weights: Table[str, bool], read: Entries) -> str | None:
    """`lambda*(...)` over the weights, biases left out; None where there is none."""
    if kind not in read:
        return None
    node, half = read[kind][1], False
    if isinstance(node, Mapping):
        inside = entries(draft.found, node, f"the penalty {kind}", ("lambda", "half"))
        half = "half" in inside and switch(draft.found, inside["half"][1], "half") is True
        if "lambda" not in inside:
            draft.found.error(node, f"the penalty {kind} has no lambda", "write {lambda: 0.1, half: true}")
            return None
        node = inside["lambda"][1]
    factor = _factor(draft, node)
    if factor is None:
        return None
    return penalty_text(kind, list(weights.items()), f"{factor}/2" if half else factor)


def _factor(draft: Draft, node: Node) -> str | None:
    """λ as written: a number, or the name of one."""
    shape = draft.known_shape(node.text) if isinstance(node, Scalar) else None
    if shape is None or not isinstance(node, Scalar):
        value = number(draft.found, node, "lambda")
        if value is None or not isinstance(node, Scalar):
            return None
        return node.text if node.text.replace(".", "").isalnum() else f"({node.text})"
    if shape != (1, 1):
        draft.found.error(node, f"lambda is a number, and {node.text} is {show_shape(shape)}")
        return None
    return node.text
