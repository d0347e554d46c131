r"""What a product without a sign, or with a dot, means: it depends on the sizes of its factors.

``W x`` and ``w^\top x`` are matrix products, ``a (1 - a)`` is elementwise: where rows meet columns the
product is the matrix product; ``w \cdot x`` of two vectors, each a bare name, is the dot product; all else is
elementwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.shapes import NUMBER, Shape, infer_shape
from grader.language.tree import Expr

if TYPE_CHECKING:
    from grader.language.scope import Scope

_MATRIX_SIDES = ("T", "list", "matmul")


class Products:
    """Chooses between the products, asking each part of a formula for its size once."""

    __slots__ = ("known", "scope", "sized")

    def __init__(self, scope: Scope, *, sized: bool) -> None:
        self.scope = scope
        self.sized = sized
        self.known: dict[int, tuple[Expr, Shape | None]] = {}

    def operator(self, left: Expr, right: Expr, *, dot: bool) -> str:
        """``mul`` or ``matmul``, for factors side by side or with a dot between them."""
        if not self.sized and left.op not in _MATRIX_SIDES and right.op not in _MATRIX_SIDES:
            return "mul"
        a, b = self.shape(left), self.shape(right)
        if a is None or b is None:
            return "matmul" if left.op == "T" else "mul"
        if NUMBER in (a, b):
            return "mul"
        if a[1] == b[0]:
            return "matmul"
        return "matmul" if dot and a == b and a[1] == 1 and left.op == right.op == "name" else "mul"

    def shape(self, expr: Expr) -> Shape | None:
        """The size of an expression, or None where it is not known or does not fit together."""
        found = self.known.get(id(expr))
        if found is None:
            found = self.known[id(expr)] = (expr, self._shape(expr))
        return found[1]

    def _shape(self, expr: Expr) -> Shape | None:
        op = expr.op
        if op == "name":
            return self.scope.shapes.get(str(expr.value), None if self.scope.shapes else NUMBER)
        if op == "d":
            of, wrt = (self.shape(a) for a in expr.args)
            return wrt if of == NUMBER else of if wrt == NUMBER else None
        if op in ("new", "state"):
            return self.shape(expr.args[0])
        parts = [self.shape(a) for a in expr.args]
        if any(p is None for p in parts):
            return None
        # One level at a time, over stand-ins: a long product would otherwise be walked once a factor.
        stand_ins = tuple(a if a.op == "list" else Expr("name", (), str(i)) for i, a in enumerate(expr.args))
        sizes = {str(i): p for i, p in enumerate(parts) if p is not None}
        try:
            if op == "list" and any(a.op == "list" for a in expr.args):
                return None if parts[0] is None else (len(expr.args), parts[0][0])
            return infer_shape(expr._replace(args=stand_ins), sizes, self.scope.index_base)
        except (ExpressionError, KeyError):
            return None
