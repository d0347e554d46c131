"""From what is asked (``dL/dwj1``, ``new(w, 2) - w``) to quantities of the worked solution.

Aliases are put in, derivatives and training steps become names. The derivatives that somebody asked
for are collected, for ``derive`` to work out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.steps import Node
from grader.engine.update import can_update
from grader.errors import ExpressionError, did_you_mean
from grader.language.shapes import NUMBER, Shape, resolve_index, show_shape
from grader.language.tree import Expr, substitute
from grader.record import field, mutable

if TYPE_CHECKING:
    from grader.spec.model import Problem

MAX_STEPS = 100_000


@mutable
class Resolver:
    """Turns asked expressions of one problem into expressions over timed names.

    Args:
        problem: whose names, shapes and aliases hold.
        wanted: the derivatives met so far, (of, wrt) as base names with indices.
        nodes: what every timed name that was met stands for.
    """

    problem: Problem
    wanted: dict[tuple[str, str], None] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def resolve(self, expr: Expr, time: int = 0) -> Expr:
        """The expression over timed names.

        Raises:
            ExpressionError: for a name, derivative, state or number of steps that does not exist.
        """
        if expr.op == "name":
            return self._name(expr, time)
        if expr.op == "d":
            return self._derivative(expr, time)
        if expr.op == "new":
            return self.resolve(expr.args[0], time + self._steps(expr, 0))
        if expr.op == "state":
            return self._state(expr)
        if not expr.args:
            return expr
        return expr._replace(args=tuple(self.resolve(a, time) for a in expr.args))

    def _name(self, expr: Expr, time: int) -> Expr:
        text = str(expr.value)
        alias = self.problem.aliases.get(text)
        if alias is not None:
            return self.resolve(alias, time)
        if text not in self.problem.shapes:
            known = (*self.problem.shapes, *self.problem.aliases)
            message = f'unknown name "{text}"'
            raise ExpressionError(message, expr.start, expr.end, did_you_mean(text, known))
        return self._node(Node(text, time if names.moves(text, self.problem) else 0), expr)

    def _node(self, node: Node, at: Expr) -> Expr:
        timed = names.timed(node.name, node.time)
        self.nodes[timed] = node
        return Expr("name", (), timed, at.start, at.end)

    def _derivative(self, expr: Expr, time: int) -> Expr:
        of, of_place = self._operand(expr.args[0])
        wrt, wrt_place = self._operand(expr.args[1])
        of_shape = NUMBER if of_place else self.problem.shapes[of]
        wrt_shape = self.problem.shapes[wrt]
        if of_shape != NUMBER and (1 not in of_shape or 1 not in wrt_shape) and not wrt_place:
            message = (
                f"the derivative of {show_shape(of_shape)} by {show_shape(wrt_shape)} is no matrix; "
                "ask for one element"
            )
            raise ExpressionError(message, expr.start, expr.end, f"for example d{of}[1]/d{wrt}")
        if of_shape != NUMBER and wrt_place:
            return self._by_element(expr, (of, of_shape), (wrt, wrt_place), time)
        name_of = of if of_place is None else self._element_name(of, of_place)
        node = self._derivative_node(name_of, wrt, time, expr)
        if wrt_place is None:
            return node
        place = tuple(i + self.problem.index_base for i in wrt_place)
        return Expr("index", (node,), place, expr.start, expr.end)

    def _by_element(
        self, expr: Expr, of: tuple[str, Shape], wrt: tuple[str, tuple[int, int]], time: int
    ) -> Expr:
        """A vector's derivative by one number: a vector."""
        rows, columns = of[1]
        base = self.problem.index_base
        place = tuple(i + base for i in wrt[1])
        items = []
        for i in range(rows):
            for j in range(columns):
                node = self._derivative_node(self._element_name(of[0], (i, j)), wrt[0], time, expr)
                items.append(Expr("index", (node,), place, expr.start, expr.end))
        if rows > 1 and columns > 1:
            grid = [Expr("list", tuple(items[i * columns : (i + 1) * columns])) for i in range(rows)]
            return Expr("list", tuple(grid), None, expr.start, expr.end)
        return Expr("list", tuple(items), None, expr.start, expr.end)

    def _derivative_node(self, of: str, wrt: str, time: int, at: Expr) -> Expr:
        self.wanted[(of, wrt)] = None
        if of == wrt:
            return Expr("num", (), 1.0, at.start, at.end)
        return self._node(Node(names.derivative(of, wrt), time), at)

    def _operand(self, expr: Expr) -> tuple[str, tuple[int, int] | None]:
        """The quantity, and the element of it, that stands above or below in a derivative."""
        plain = substitute(expr, self.problem.aliases)
        inner = plain.args[0] if plain.op == "index" else plain
        if inner.op != "name" or str(inner.value) not in self.problem.shapes:
            if inner.op == "name" and inner.value not in self.problem.aliases:
                return self._name(inner, 0), None  # type: ignore[return-value]
            message = "a derivative is of a quantity by a quantity"
            raise ExpressionError(message, expr.start, expr.end)
        quantity = str(inner.value)
        shape = self.problem.shapes[quantity]
        if plain.op != "index":
            return quantity, None
        place = resolve_index(plain._replace(start=expr.start, end=expr.end), shape, self.problem.index_base)
        return quantity, place if shape != NUMBER else None

    def _element_name(self, quantity: str, place: tuple[int, int]) -> str:
        """How an element is called in a derivative's name: ``a1[2]``, ``W[1,2]``."""
        rows, columns = self.problem.shapes[quantity]
        base = self.problem.index_base
        if (rows, columns) == NUMBER:
            return quantity
        if columns == 1 or rows == 1:
            return f"{quantity}[{max(place) + base}]"
        return f"{quantity}[{place[0] + base},{place[1] + base}]"

    def _steps(self, expr: Expr, place: int) -> int:
        value = expr.value if isinstance(expr.value, tuple) else (1,)
        steps = int(value[place])
        if not can_update(self.problem):
            message = f'"{expr.op}(...)" needs a training step, and the problem has no learning rate'
            raise ExpressionError(message, expr.start, expr.end, 'add "train:" or "learning_rate:"')
        if steps > MAX_STEPS:
            message = f"at most {MAX_STEPS} training steps are worked out"
            raise ExpressionError(message, expr.start, expr.end)
        return steps

    def _state(self, expr: Expr) -> Expr:
        steps = self._steps(expr, 1)
        state = str(expr.value[0]) if isinstance(expr.value, tuple) else ""
        parameter, place = self._operand(expr.args[0])
        train = self.problem.train
        if train is None or parameter not in train.parameters:
            message = f'"{parameter}" is no parameter, so it has no state'
            raise ExpressionError(message, expr.start, expr.end)
        node = self._node(Node(names.state(state, parameter), steps), expr)
        if place is None:
            return node
        written = tuple(i + self.problem.index_base for i in place)
        return Expr("index", (node,), written, expr.start, expr.end)
