"""The worked solution as data: a flat list of steps, each a named quantity with its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.record import record

if TYPE_CHECKING:
    from grader.language.shapes import Shape
    from grader.language.tree import Expr

Phase = Literal["forward", "backward", "update"]


@record
class Stable:
    """Another rule with the same value, for where a step's own is not finite or has lost its digits.

    Args:
        rule: over base names.
        outputs: the sigmoid or softmax outputs that saturate there.
    """

    rule: Expr
    outputs: tuple[str, ...]


@record
class Step:
    """One line of the worked solution.

    Args:
        name: the base name of the quantity (``z1``, ``dL/dz1``, ``+w1`` for an updated parameter).
        phase: forward, backward or update.
        rule: its rule over base names.
        shape: (rows, columns).
        stable: what stands in for the rule where an output is saturated; or None.
    """

    name: str
    phase: Phase
    rule: Expr
    shape: Shape
    stable: Stable | None = None


class Node(NamedTuple):
    """A step's quantity after ``time`` training steps; a key in every run, hence a tuple."""

    name: str
    time: int = 0


@record
class Target:
    """What a question asks of the worked solution.

    Args:
        expr: the quantity as an expression over timed names.
        shape: (rows, columns) of the answer.
        node: the step that gives it, or None where no single step does; of steps that only pass a value on,
            the first that somebody asks for, so that a value written for one counts for all.
        shown: the step under its own name.
        place: the element of the node that is asked, counted from 0, or None for all of it.
        nodes: every node in ``expr``.
    """

    expr: Expr
    shape: Shape
    node: Node | None
    shown: Node | None
    place: tuple[int, int] | None
    nodes: tuple[Node, ...]
