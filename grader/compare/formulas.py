"""Formulas that students wrote, made ready to be evaluated: names checked, sizes known, derivatives resolved.

Most are plain: they name given and forward quantities only. Those cost one walk down their tree. The others
(derivatives, values after a step, aliases) are resolved by the engine and may need further steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine.steps import Node, Target
from grader.errors import ExpressionError
from grader.language.batch import Batch, NotPlainError
from grader.language.shapes import NUMBER, infer_shape, resolve_index

if TYPE_CHECKING:
    from grader.language.shapes import Shape
    from grader.language.tree import Expr
    from grader.spec.model import Problem

_RESOLVED = frozenset({"d", "new", "state", "depends"})
_SIZED = frozenset({"list", "matmul", "T", "index"})
_SIZED_FUNCTIONS = frozenset({"concat", "outer", "diag"})


class PlainFormulas:
    """Targets of formulas that need nothing derived.

    Args:
        problem: whose names hold.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nodes = {n: Node(n, 0) for n in problem.shapes}
        self.numbers = {n for n, s in problem.shapes.items() if s == NUMBER}
        self.batch = Batch(sorted(self.numbers), problem.at_zero)

    def number(self, expr: Expr) -> int | None:
        """The formula's number in the batch, or None where there is more to it than plain numbers."""
        try:
            return self.batch.add(expr)
        except NotPlainError:
            return None

    def target(self, expr: Expr) -> Target | ExpressionError | None:
        """The formula as a target, an error in its sizes, or None where the engine has to resolve it."""
        names: dict[str, Node] = {}
        sized = False
        stack = [expr]
        while stack:
            node = stack.pop()
            op = node[0]
            if op == "name":
                found = self.nodes.get(node[2])  # type: ignore[arg-type]
                if found is None:
                    return None
                names[found.name] = found
            elif op in _RESOLVED:
                return None
            elif node[1]:
                stack += node[1]
                sized = sized or op in _SIZED or (op == "call" and node[2] in _SIZED_FUNCTIONS)
        try:
            shape = self._shape(expr, sized=sized or not names.keys() <= self.numbers)
            return self._located(expr, shape, tuple(names.values()))
        except ExpressionError as error:
            return error

    def _shape(self, expr: Expr, *, sized: bool) -> Shape:
        if not sized:
            return NUMBER
        return infer_shape(expr, self.problem.shapes, self.problem.index_base)

    def _located(self, expr: Expr, shape: Shape, nodes: tuple[Node, ...]) -> Target:
        inner = expr.args[0] if expr.op == "index" else expr
        if inner.op != "name":
            return Target(expr, shape, None, None, None, nodes)
        node = self.nodes[str(inner.value)]
        place = None
        if expr.op == "index" and self.problem.shapes[node.name] != NUMBER:
            place = resolve_index(expr, self.problem.shapes[node.name], self.problem.index_base)
        return Target(expr, shape, node, node, place, nodes)
