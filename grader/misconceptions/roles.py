"""What steps of a worked solution are for a network: weighted sums, activations, gradients by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.engine.steps import Step
    from grader.language.shapes import Shape
    from grader.language.tree import Expr
    from grader.spec.model import Problem


@record
class Term:
    """One term of a weighted sum.

    Args:
        expr: the term without its sign.
        negative: whether it is subtracted.
        weight, input: the two factors of a product (with indices and ^T as written), or None for a bias.
    """

    expr: Expr
    negative: bool
    weight: Expr | None
    input: Expr | None


@record
class Linear:
    """A step z = W x + b: its products and its bias, if any."""

    name: str
    products: tuple[Term, ...]
    bias: Term | None


@record
class Activation:
    """A step a = f(z)."""

    name: str
    function: str
    argument: Expr

    @property
    def source(self) -> str | None:
        """The pre-activation, where the argument is a plain quantity."""
        return str(self.argument.value) if self.argument.op == "name" else None


class Roles(Protocol):
    """What a worked solution seen as a network tells of itself (``view.View``)."""

    problem: Problem
    steps: tuple[Step, ...]
    shapes: Mapping[str, Shape]

    @property
    def linears(self) -> Mapping[str, Linear]:
        """Every step that is a weighted sum."""

    def gradient(self, quantity: str) -> str:
        """The name of the loss's gradient by a quantity."""


def gradient_of(name: str) -> tuple[str, str] | None:
    """("L", "w2") from ``dL/dw2``; None for other names."""
    if name[:1] != "d" or "/d" not in name or " " in name or "(" in name:
        return None
    of, _, by = name[1:].partition("/d")
    return of, by
