"""Small questions about rules: their terms, the gradients they go on from, elements of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import Expr, quantities, walk
from grader.misconceptions.view import gradient_of

if TYPE_CHECKING:
    from grader.language.shapes import Shape
    from grader.misconceptions.view import View


def terms(rule: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, or the rule itself."""
    return rule.args if rule.op == "sum" else (rule,)


def gradients_in(rule: Expr, view: View) -> frozenset[str]:
    """The gradients of the loss that a rule goes on from, but for those of the loss's own parts."""
    found = ((n, gradient_of(n)) for n in quantities(rule))
    return frozenset(
        n for n, parts in found if parts and parts[0] == view.loss and parts[1] not in view.loss_steps
    )


def log_slope(rule: Expr, prediction: str) -> bool:
    """Whether a loss's slope divides by the prediction, as those with a logarithm do."""
    return any(n.op == "div" and prediction in quantities(n.args[1]) for n in walk(rule))


def element(x: Expr, place: tuple[int, int], base: int, shape: Shape | None = None) -> Expr:
    """One element of a matrix, counted from 0; with one index where ``shape`` is a vector's."""
    while x.op == "T":
        x, place = x.args[0], (place[1], place[0])
        shape = None if shape is None else (shape[1], shape[0])
    i, j = place[0] + base, place[1] + base
    if shape is not None and shape[1] == 1:
        return x if shape[0] == 1 else Expr("index", (x,), (i,))
    return Expr("index", (x,), (i, j))
