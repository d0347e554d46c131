"""The losses, written in the expression language: to add one, add a line to the table.

Each is the total over all entries and all examples of `yhat` and `y`, which the expansion replaces by the
problem's names; where the output is a single number the outer sum or mean is left away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language import SPEC, Expr, Scope, parse, render
from grader.language.tree import rename, transform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.spec.model import LogBase

LOSSES: dict[str, str] = {
    "half_squared_error": "1/2*sum((yhat - y)^2)",
    "squared_error": "sum((yhat - y)^2)",
    "mean_squared_error": "mean((yhat - y)^2)",
    "absolute_error": "sum(abs(yhat - y))",
    "binary_cross_entropy": "-sum(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
    "cross_entropy": "-sum(y*ln(yhat))",
    "hinge": "sum(max(0, 1 - y*yhat))",
    "poisson": "sum(yhat - y*ln(yhat))",
}
MEANS = frozenset({"mean_squared_error"})
"""Losses that are a mean already, whatever `reduction:` says."""


def loss_text(name: str, output: str, target: str, base: LogBase, *, single: bool) -> str:
    """The loss as a right-hand side.

    Args:
        name: an entry of LOSSES.
        output: the name of the last layer's output.
        target: the name of the targets.
        base: what `ln` means in this problem.
        single: whether the output is one number.
    """
    tree = parse(LOSSES[name], Scope(frozenset({"yhat", "y"}), base), SPEC)
    if single:
        tree = transform(tree, _without_total)
    return written(rename(tree, {"yhat": output, "y": target}.__getitem__), base)


def _without_total(node: Expr) -> Expr | None:
    return node.args[0] if node.op == "call" and node.value in {"sum", "mean"} else None


def written(tree: Expr, base: LogBase) -> str:
    """The text of a tree, which reads the same under the problem's `log:`."""
    text = render(tree)
    return text if base == "e" else text.replace(f"log{base}(", "log(")


def mean_over(text: str, count: int) -> str:
    """The loss divided by the number of examples."""
    tree = parse(text)
    return f"({text})/{count}" if tree.op == "sum" else f"{text}/{count}"


def penalty_text(kind: str, weights: Sequence[tuple[str, bool]], factor: str) -> str:
    """`factor*(w1^2 + sum(W2^2))` for l2, with `abs` in place of the square for l1.

    Args:
        kind: "l1" or "l2".
        weights: their names, and whether each is a single number.
        factor: λ as written, already in parentheses where it needs them.
    """
    each = "abs({})" if kind == "l1" else "{}^2"
    parts = [each.format(name) if single else f"sum({each.format(name)})" for name, single in weights]
    return f"{factor}*{parts[0]}" if len(parts) == 1 else f"{factor}*({' + '.join(parts)})"
