"""What may be asked: derivatives of what depends on what, steps of what is trained, sizes that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language import Expr, quantities, render
from grader.language.shapes import infer_shape, show_shape
from grader.language.tree import substitute, transform, walk
from grader.record import record
from grader.spec.findings import known
from grader.spec.optimizers import OPTIMIZERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.spec.model import Equation, Train

Shape = tuple[int, int]
MAX_STEPS = 100_000


@record
class Graph:
    """What queries are checked against.

    Attributes:
        shapes: of every quantity; one whose equation has an error of its own has none.
        needs: what each equation is computed from.
        parameters: what moves.
        moves: whether there is a training step.
        states: of the training rule; None when the rule has an error of its own.
        base: the first index.
    """

    shapes: Mapping[str, Shape]
    needs: Mapping[str, frozenset[str]]
    parameters: tuple[str, ...] = ()
    moves: bool = False
    states: tuple[str, ...] | None = ()
    base: int = 1

    def reaches(self, start: str, goal: str) -> bool:
        """Whether `start` is computed from `goal`, or is it; what is not known counts as yes."""
        seen, waiting = {start}, [start]
        while waiting:
            name = waiting.pop()
            if name == goal or name not in self.shapes:
                return True
            fresh = self.needs.get(name, frozenset()) - seen
            seen |= fresh
            waiting.extend(fresh)
        return False


def needs_of(equations: Sequence[Equation]) -> dict[str, frozenset[str]]:
    """What each equation is computed from."""
    return {equation.name: quantities(equation.expr) for equation in equations}


def states_of(train: Train | None) -> tuple[str, ...]:
    """The names of a training rule's states."""
    if train is None:
        return ()
    if train.update:
        return tuple(line.name for line in train.update if line.name != "w")
    return OPTIMIZERS[train.optimizer.name].states


def check_query(expr: Expr, graph: Graph, aliases: Mapping[str, Expr]) -> None:
    """Refuse what has no answer.

    Args:
        expr: what is asked; all its names exist.
        graph: the problem.
        aliases: names that stand for expressions in `expr`.

    Raises:
        ExpressionError: at the part at fault, in offsets of the text of `expr`.
    """
    # Substituted nodes take the place of their alias, so that an error inside them points at the alias.
    replaced = transform(expr, lambda node: _aliased(node, aliases))
    for node in walk(replaced):
        _CHECKS.get(node.op, _nothing)(node, graph)
    if replaced.op == "depends":
        return
    if any(node.op == "depends" for node in walk(replaced)):
        raise ExpressionError(
            "depends(...) is a question of its own, not a part of one", expr.start, expr.end
        )
    # An equation with an error of its own has no size, and neither has what needs it.
    if quantities(replaced) <= graph.shapes.keys():
        _size(replaced, graph)


def _aliased(node: Expr, aliases: Mapping[str, Expr]) -> Expr | None:
    if node.op != "name" or node.value not in aliases:
        return None
    return _moved(aliases[str(node.value)], node.start, node.end)


def _moved(expr: Expr, start: int, end: int) -> Expr:
    return expr._replace(args=tuple(_moved(a, start, end) for a in expr.args), start=start, end=end)


def _nothing(_: Expr, __: Graph) -> None:
    return


def _derivative(node: Expr, graph: Graph) -> None:
    names = [_quantity(part, node) for part in node.args]
    if not graph.reaches(*names):
        message = f"{names[0]} does not depend on {names[1]}: {render(node)} is always 0"
        turned = node._replace(args=node.args[::-1])
        hint = f"is {render(turned)} meant?" if graph.reaches(*names[::-1]) else ""
        raise ExpressionError(message, node.start, node.end, hint)


def _quantity(part: Expr, node: Expr) -> str:
    """The name of what is differentiated: a quantity or an element of one."""
    inner = part.args[0] if part.op == "index" else part
    if inner.op == "name":
        return str(inner.value)
    message = f"a derivative is of a quantity with respect to a quantity, {render(part)} is none"
    raise ExpressionError(message, node.start, node.end)


def _new(node: Expr, graph: Graph) -> None:
    if not graph.moves:
        message = f"{render(node)} is asked, but nothing is trained"
        raise ExpressionError(message, node.start, node.end, "give a loss and a learning_rate")
    if any(inner.op in {"new", "depends"} for inner in walk(node.args[0])):
        message = "new(...) cannot stand inside new(...)"
        raise ExpressionError(message, node.start, node.end, "new(w, 2) is w after two steps")
    _steps(node, node.value[0] if isinstance(node.value, tuple) else 1)


def _state(node: Expr, graph: Graph) -> None:
    name, steps = node.value if isinstance(node.value, tuple) else ("", 1)
    if graph.states is None:
        return
    if name not in graph.states:
        hint = known(str(name), graph.states) if graph.states else "the training rule has no states"
        raise ExpressionError(f'unknown state "{name}"', node.start, node.end, hint)
    part = node.args[0]
    inner = part.args[0] if part.op == "index" else part
    if inner.op != "name" or inner.value not in graph.parameters:
        hint = known(str(inner.value), graph.parameters)
        raise ExpressionError(
            f"a state belongs to a parameter, {render(part)} is none", part.start, part.end, hint
        )
    _steps(node, steps)


def _steps(node: Expr, steps: object) -> None:
    if not isinstance(steps, int) or not 1 <= steps <= MAX_STEPS:
        message = f"a number of steps is from 1 to {MAX_STEPS}, found {steps}"
        raise ExpressionError(message, node.start, node.end)


def _depends(node: Expr, _: Graph) -> None:
    of_what = node.args[1].args[0] if node.args[1].op == "index" else node.args[1]
    if of_what.op != "name":
        message = f"depends(a, b) asks about a quantity b, {render(node.args[1])} is none"
        raise ExpressionError(message, node.args[1].start, node.args[1].end)


_CHECKS = {"d": _derivative, "new": _new, "state": _state, "depends": _depends}


def _size(expr: Expr, graph: Graph) -> Shape:
    """The size of what is asked, with every query in it replaced by a quantity of its size."""
    shapes: dict[str, Shape] = dict(graph.shapes)

    def stand_in(node: Expr) -> Expr | None:
        if node.op not in {"d", "new", "state"}:
            return None
        name = f"#{len(shapes)}"
        shapes[name] = _size_of_derivative(node, graph) if node.op == "d" else _size(node.args[0], graph)
        return Expr("name", (), name, node.start, node.end)

    return infer_shape(transform(expr, stand_in), shapes, graph.base)


def _size_of_derivative(node: Expr, graph: Graph) -> Shape:
    """Number by anything: the size of that. Vector by number: the vector. Vector by vector: (n, m)."""
    of, wrt = (infer_shape(part, graph.shapes, graph.base) for part in node.args)
    if of == (1, 1):
        return wrt
    if wrt == (1, 1):
        return of
    if 1 in of and 1 in wrt:
        return (max(of), max(wrt))
    message = f"the derivative of {show_shape(of)} by {show_shape(wrt)} is no table of numbers"
    raise ExpressionError(message, node.start, node.end, "ask for that of an element, as in da1[1]/dW1")


def used_names(expr: Expr, aliases: Mapping[str, Expr]) -> frozenset[str]:
    """The quantities that an expression speaks of, aliases looked through."""
    return quantities(substitute(expr, aliases))
