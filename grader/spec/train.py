"""`train:` and what `network:` says about training, put together: what moves, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import did_you_mean
from grader.language.shapes import NUMBER, show_shape
from grader.language.tree import walk
from grader.spec.fields import entries, items, number
from grader.spec.findings import known
from grader.spec.model import Optimizer, Train
from grader.spec.nodes import Mapping, Scalar, Sequence, shortened, what
from grader.spec.optimizers import OPTIMIZERS
from grader.spec.parts import quantity
from grader.spec.update import read_state, read_update, uses_gradient
from grader.spec.values import Value, read_value

if TYPE_CHECKING:
    from grader.source import Mark
    from grader.spec.draft import Draft
    from grader.spec.fields import Entries
    from grader.spec.model import Equation, Matrix
    from grader.spec.nodes import Node

TRAIN = ("minimize", "learning_rate", "parameters", "optimizer", "update", "state", "examples")


def read_examples(draft: Draft, read: Entries) -> tuple[dict[str, Value], ...]:
    """`examples:` of a `train:`, before anything that may use their names: a value a name and step."""
    if "examples" not in read:
        return ()
    steps: list[dict[str, Value]] = []
    for item in items(draft.found, read["examples"][1], "examples"):
        values = _example(draft, item, steps[0] if steps else None)
        if values:
            steps.append(values)
    return tuple(steps)


def _example(draft: Draft, node: Node, first: dict[str, Value] | None) -> dict[str, Value]:
    read = entries(draft.found, node, "an example")
    values: dict[str, Value] = {}
    for name, (key, value_node) in read.items():
        value = read_value(draft.found, value_node, name)
        if value is None:
            continue
        values[name] = value
        if first is None:
            if draft.define(name, key, "an example's value"):
                draft.examples[name] = value
                draft.shapes[name] = value.shape
        elif name in first and value.shape != first[name].shape:
            message = f"{name} is {show_shape(value.shape)} here and {show_shape(first[name].shape)} at first"
            draft.found.error(value_node, message)
    if first is not None and isinstance(node, Mapping) and read.keys() != first.keys():
        names = ", ".join(first)
        draft.found.error(
            node, f"every example has the same names, expected {names}, found {', '.join(read)}"
        )
    return values


def read_rate(draft: Draft, read: Entries) -> None:
    """`learning_rate:` of a `train:`, before the equations, since it may bring a name of its own."""
    if "learning_rate" not in read:
        return
    key, node = read["learning_rate"]
    if draft.learning_rate is not None:
        line = draft.learning_rate[1].line
        draft.found.error(key, f"the learning rate stands in the network already, in line {line}")
        return
    if isinstance(node, Scalar) and _meant_as_name(draft, node):
        hint = did_you_mean(node.text, draft.names) or "write {eta: 0.1}"
        draft.found.error(node, f'the learning rate "{shortened(node.text)}" is no given', hint)
        return
    rate = quantity(draft, node, "eta", "learning_rate")
    if rate is None:
        return
    if not rate.single:
        draft.found.error(node, f"a learning rate is one number, {rate.name} is {show_shape(rate.shape)}")
        return
    draft.learning_rate = (rate.name, node.mark)


def _meant_as_name(draft: Draft, node: Scalar) -> bool:
    return node.text[:1].isalpha() and node.text.isidentifier() and draft.known_shape(node.text) is None


def read_train(
    draft: Draft, read: Entries, place: Mark, network: Entries, examples: tuple[dict[str, Value], ...]
) -> Train | None:
    """The training of a problem whose equations are resolved; None where nothing is trained.

    Args:
        draft: the problem.
        read: the entries of `train:`, empty when there is none.
        place: where `train:` stands, or else the problem.
        network: the entries of `network:`, empty when there is none.
        examples: what `read_examples` gave.
    """
    minimize = _minimize(draft, read)
    if not read and minimize is None:
        if draft.learning_rate is not None:
            _lacks_loss(draft, draft.learning_rate[1])
        return None
    parameters = _parameters(draft, read, place)
    optimizer, chosen = _optimizer(draft, read, network)
    update = read_update(draft, read, parameters)
    if chosen and "update" in read:
        draft.found.error(
            read["update"][0], "an optimizer and an update rule are both given, expected one of them"
        )
    states = _states(update) if "update" in read else OPTIMIZERS[optimizer.name].states
    rate = draft.learning_rate
    wants_gradient = uses_gradient(update) if "update" in read else rate is not None or chosen
    if wants_gradient and minimize is None and "minimize" not in read:
        _lacks_loss(draft, rate[1] if rate else place)
    if chosen and rate is None and "learning_rate" not in read:
        draft.found.error(
            place, f'the optimizer "{optimizer.name}" needs a learning rate', "write learning_rate: 0.1"
        )
    steps: tuple[dict[str, Matrix], ...] = tuple({n: v.matrix for n, v in step.items()} for step in examples)
    return Train(
        minimize,
        rate[0] if rate else None,
        parameters,
        optimizer,
        update,
        read_state(draft, read, states, parameters),
        steps,
    )


def _lacks_loss(draft: Draft, at: Mark) -> None:
    hint = "write loss: {L: squared_error} in the network, or train: {minimize: L}"
    draft.found.error(at, "there is a learning rate but no loss to minimize", hint)


def _states(update: tuple[Equation, ...]) -> tuple[str, ...]:
    return tuple(line.name for line in update if line.name != "w")


def _minimize(draft: Draft, read: Entries) -> str | None:
    if "minimize" not in read:
        return draft.minimize[0] if draft.minimize else None
    node = read["minimize"][1]
    if not isinstance(node, Scalar) or node.text not in draft.names:
        hint = did_you_mean(node.text, draft.names) if isinstance(node, Scalar) else None
        draft.found.error(node, f"minimize is the name of a quantity, found {what(node)}", hint or None)
        return None
    shape = draft.shapes.get(node.text, (1, 1))
    if shape != (1, 1):
        message = f"what is minimized is one number, {node.text} is {show_shape(shape)}"
        draft.found.error(node, message, _spread_product(draft))
    return node.text


def _spread_product(draft: Draft) -> str | None:
    """A hint at the first product of a matrix and a vector, element by element, seldom what was meant."""
    for line in draft.equations:
        for product in walk(line.expr):
            if product.op != "mul" or any(a.op != "name" for a in product.args):
                continue
            sizes = [draft.shapes.get(str(a.value), NUMBER) for a in product.args]
            if sizes[0] != sizes[1] and NUMBER not in sizes:
                left, right = (str(a.value) for a in product.args)
                return (
                    f"{left}*{right} in {line.name} multiplies element by element;"
                    f" the matrix product is {left} @ {right}"
                )
    return None


def _parameters(draft: Draft, read: Entries, place: Mark) -> tuple[str, ...]:
    if "parameters" not in read:
        if not draft.parameters and read:
            draft.found.error(place, "train has no parameters", "write parameters: [w1, b1]")
        return tuple(draft.parameters)
    names: list[str] = []
    for node in items(draft.found, read["parameters"][1], "parameters"):
        if _is_parameter(draft, node, names) and isinstance(node, Scalar):
            names.append(node.text)
    if not names and isinstance(read["parameters"][1], Sequence) and not read["parameters"][1].items:
        draft.found.error(read["parameters"][1], "train has no parameters")
    return tuple(names)


def _is_parameter(draft: Draft, node: Node, before: list[str]) -> bool:
    movable = {**draft.given, **draft.symbols, **draft.outer}
    name = node.text if isinstance(node, Scalar) else ""
    if name in before:
        draft.found.error(node, f'the parameter "{name}" stands twice')
        return False
    if name in movable:
        return True
    if name in draft.places:
        kind = draft.places[name][0]
        draft.found.error(node, f'a parameter is a given or a symbol, "{name}" is {kind}')
    elif name:
        draft.found.error(node, f'unknown parameter "{shortened(name)}"', known(name, sorted(movable)))
    else:
        draft.found.error(node, f"a parameter is a name, found {what(node)}")
    return False


def _optimizer(draft: Draft, read: Entries, network: Entries) -> tuple[Optimizer, bool]:
    """The optimizer with its constants, and whether it was named."""
    if "optimizer" in read and "optimizer" in network:
        line = network["optimizer"][0].mark.line
        draft.found.error(
            read["optimizer"][0], f"the optimizer stands in the network already, in line {line}"
        )
    entry = read.get("optimizer") or network.get("optimizer")
    if entry is None:
        return Optimizer(), False
    node = entry[1]
    if isinstance(node, Mapping) and len(node.entries) == 1:
        name, constants = node.entries[0]
    elif isinstance(node, Scalar) and not node.empty:
        name, constants = node, Mapping((), node.mark, 1)
    else:
        draft.found.error(node, f"an optimizer is a name or {{momentum: {{beta: 0.9}}}}, found {what(node)}")
        return Optimizer(), True
    if name.text not in OPTIMIZERS:
        draft.found.error(name, f'unknown optimizer "{shortened(name.text)}"', known(name.text, OPTIMIZERS))
        return Optimizer(), False
    return Optimizer(name.text, _constants(draft, name.text, constants)), True


def _constants(draft: Draft, name: str, node: Node) -> dict[str, float]:
    usual = OPTIMIZERS[name].constants
    if isinstance(node, Scalar) and node.empty:
        return dict(usual)
    read = entries(draft.found, node, f'the optimizer "{name}"', tuple(usual))
    written = {key: number(draft.found, value, key) for key, (_, value) in read.items()}
    return {**usual, **{key: value for key, value in written.items() if value is not None}}
