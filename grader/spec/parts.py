"""What layers and losses are made of: a named value, and how weights and examples lie in their arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.record import mutable, record
from grader.spec.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from grader.spec.draft import Draft
    from grader.spec.nodes import Node

Shape = tuple[int, int]


@record
class Quantity:
    """A name, its size, and whether it is one number (and so written `w*x`)."""

    name: str
    shape: Shape

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        return self.shape == (1, 1)


@record
class Layout:
    """How weights and examples lie: whether row i of W belongs to unit i, whether an example is a row."""

    unit_rows: bool
    example_rows: bool

    def features(self, shape: Shape) -> int:
        """The number of values an example has in an array of this size."""
        return shape[1] if self.example_rows else shape[0]

    def examples(self, shape: Shape) -> int:
        """The number of examples in an array of this size."""
        return shape[0] if self.example_rows else shape[1]

    def array(self, features: int, examples: int) -> Shape:
        """The size of an array of so many values and examples."""
        return (examples, features) if self.example_rows else (features, examples)


@mutable
class Network:
    """A network while it is read: its layout, what flows into the next layer, its weights so far.

    After a layer with an error the flow is None: later layers are read for their names, not their sizes.
    """

    layout: Layout
    flow: Quantity | None
    targets: Quantity | None
    weights: dict[str, bool]


def quantity(draft: Draft, node: Node, default: str, place: str) -> Quantity | None:
    """A value that may be named: `{W1: [[1, 2]]}`, `[[1, 2]]`, or the name of a symbol or given.

    Args:
        draft: the problem; takes the new given.
        node: what stands behind `weights:`, `bias:`, `inputs:`, `targets:` or `learning_rate:`.
        default: the name of an unnamed value.
        place: that key.
    """
    if isinstance(node, Scalar) and draft.known_shape(node.text) is not None:
        return _existing(draft, node)
    if not isinstance(node, Mapping):
        shape = draft.give(default, node, node)
        return None if shape is None else Quantity(default, shape)
    if len(node.entries) != 1:
        hint = "write one matrix under one name; its elements can be named under aliases"
        draft.found.error(node, f"{place} has one name and its value, found {len(node.entries)} names", hint)
        draft.complete = False
        return None
    key, value = node.entries[0]
    if isinstance(value, Scalar) and value.empty and draft.known_shape(key.text) is not None:
        return _existing(draft, key)
    shape = draft.give(key.text, key, value)
    return None if shape is None else Quantity(key.text, shape)


def _existing(draft: Draft, name: Scalar) -> Quantity:
    return Quantity(name.text, draft.known_shape(name.text) or (1, 1))
