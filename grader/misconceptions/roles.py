"""What steps of a worked solution are for a network: weighted sums, activations, gradients by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from grader.language.functions import FUNCTIONS
from grader.language.tree import Expr, is_num, transpose
from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.engine.steps import Step
    from grader.language.shapes import Shape
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


def activation_in(rule: Expr) -> tuple[str, Expr] | None:
    """(f, u) of a rule that is f(u); also of f(u^T)^T, for batches in rows, and of 1/(1 + e^-u)."""
    if rule.op == "call" and FUNCTIONS[str(rule.value)].activation:
        return str(rule.value), rule.args[0]
    if rule.op == "T":
        inner = activation_in(rule.args[0])
        return None if inner is None else (inner[0], transpose(inner[1]))
    u = _logistic_argument(rule)
    return None if u is None else ("sigmoid", u)


def _logistic_argument(rule: Expr) -> Expr | None:
    """u of 1/(1 + e^-u)."""
    if rule.op != "div" or not is_num(rule.args[0], 1.0) or rule.args[1].op != "sum":
        return None
    others = [t for t in rule.args[1].args if not is_num(t, 1.0)]
    exponent = exponent_of(others[0]) if len(others) == 1 and len(rule.args[1].args) == 2 else None
    return exponent.args[0] if exponent is not None and exponent.op == "neg" else None


def exponent_of(node: Expr) -> Expr | None:
    """u of e^u, written either way."""
    if node.op == "call" and node.value == "exp":
        return node.args[0]
    is_power = node.op == "pow" and node.args[0].op == "const" and node.args[0].value == "e"
    return node.args[1] if is_power else None
