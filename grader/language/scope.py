"""What an expression may speak of: the problem's quantities and how it reads ``log``.

Whether ``dL/dw`` is a derivative, ``a(1-a)`` a product, ``e`` a constant and ``^T`` a transpose
depends on the names that the problem gives, so the parser is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError, did_you_mean
from grader.language.functions import SPELLINGS
from grader.language.tree import Expr, form, transform, walk
from grader.record import field, record

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSTANTS = {"e": "e", "pi": "pi", "π": "pi"}


@record
class Scope:
    """The names that an expression may use.

    Args:
        names: the problem's quantities and aliases.
        log_base: what ``ln`` and ``log`` mean: "e", 10 or 2.
        shapes: the size of each quantity, where known; how answers' ``W_1 x`` and ``w_{11}`` are read.
        index_base: the smallest index.
        activation: the one activation that the problem uses; what an answer's ``f(z)`` means.
        parts: what each computed quantity is computed from: an answer's ``p(x)`` is then ``p``, no product.
        phrases: what formulas (as ``tree.form``) in answers stand for, where aliases say so.
        strangers: the names in these formulas that are no quantities.
    """

    names: frozenset[str] = field(default_factory=frozenset)
    log_base: str | int = "e"
    shapes: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    index_base: int = 1
    activation: str | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)
    phrases: Mapping[object, Expr] = field(default_factory=dict, compare=False)
    strangers: frozenset[str] = field(default_factory=frozenset, compare=False)


def check_names(expr: Expr, scope: Scope) -> None:
    """Refuse a name that the problem does not have.

    Raises:
        ExpressionError: at the first such name, with the nearest one that exists.
    """
    for node in walk(expr):
        if node.op == "name" and node.value not in scope.names:
            raise unknown_name(str(node.value), node.start, node.end, scope)


def meant(expr: Expr, phrases: Mapping[object, Expr]) -> Expr:
    """The tree with quantities in place of the formulas that stand for them."""

    def change(node: Expr) -> Expr | None:
        found = phrases.get(form(node))
        return None if found is None else found._replace(start=node.start, end=node.end)

    return transform(expr, change)


def unknown_name(name: str, start: int, end: int, scope: Scope) -> ExpressionError:
    """The error for a name that nothing has."""
    if 1 < len(name) == len(set(name)) and all(letter in scope.names for letter in name):
        hint = f'a product needs a sign or a space: write "{"*".join(name)}"'
    else:
        hint = did_you_mean(name, (*scope.names, *SPELLINGS, *CONSTANTS))
    return ExpressionError(f'unknown name "{name}"', start, end, hint, name)
