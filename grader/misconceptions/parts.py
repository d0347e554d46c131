"""Small questions about rules: their terms, the gradients they go on from, elements of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.language.shapes import NUMBER, infer_shape
from grader.language.tree import Expr, key, num, quantities, substitute, transform, walk
from grader.misconceptions.roles import gradient_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from grader.engine.steps import Step
    from grader.language.shapes import Shape
    from grader.misconceptions.view import View

_MOST_ROUNDS = 12


def terms(rule: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, or the rule itself."""
    return rule.args if rule.op == "sum" else (rule,)


def gradients_in(rule: Expr, view: View) -> frozenset[str]:
    """The gradients of the loss that a rule goes on from, but for those of the loss's own parts."""
    found = ((n, gradient_of(n)) for n in quantities(rule))
    return frozenset(
        n for n, parts in found if parts and parts[0] == view.loss and parts[1] not in view.loss_steps
    )


def exchanged(rule: Expr, old: Collection[tuple[object, ...]], new: Expr) -> Expr:
    """A rule with another expression in the place of those with these keys."""
    return transform(rule, lambda node: new if key(node) in old else None)


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


def brought_forward(step: Step, rule: Expr, view: View) -> Expr:
    """A rule in which quantities that come later than its step are worked out on the spot."""
    at = view.position[step.name]
    for _ in range(_MOST_ROUNDS):
        later = {n for n in quantities(rule) if view.position.get(n, -1) >= at}
        if not later or step.name in later:
            break
        rule = substitute(rule, {n: view.by_name[n].rule for n in later})
    return rule


class Scale(NamedTuple):
    """What a part of a rule is multiplied with and divided by, factor by factor."""

    above: tuple[Expr, ...] = ()
    below: tuple[Expr, ...] = ()

    def times(self, factor: Expr) -> Scale:
        """With one more factor."""
        if factor.op == "mul":
            return self.times(factor.args[0]).times(factor.args[1])
        if factor.op == "div":
            return self.times(factor.args[0]).over(factor.args[1])
        return Scale((*self.above, factor), self.below)

    def over(self, divisor: Expr) -> Scale:
        """With one more divisor."""
        turned = Scale().times(divisor)
        return Scale((*self.above, *turned.below), (*self.below, *turned.above))


def scale_of(rule: Expr, wanted: Callable[[Expr], bool], view: View) -> Scale | None:
    """What the first wanted part of a rule is multiplied with and divided by; None where there is none."""
    return _scale(rule, wanted, view, Scale())


def _scale(node: Expr, wanted: Callable[[Expr], bool], view: View, so_far: Scale) -> Scale | None:
    if wanted(node):
        return so_far
    for i, part in enumerate(node.args):
        after = so_far
        if node.op == "mul":
            after = so_far.times(node.args[1 - i])
        elif node.op == "div" and i == 0:
            after = so_far.over(node.args[1])
        elif node.op == "call" and node.value == "mean":
            rows, columns = infer_shape(part, view.shapes, view.problem.index_base)
            after = so_far.over(num(rows * columns))
        found = _scale(part, wanted, view, after)
        if found is not None:
            return found
    return None


def value_of(expr: Expr, view: View) -> float | None:
    """The value of a number or of a given number."""
    if expr.op == "num":
        return float(str(expr.value))
    if expr.op == "name" and view.shapes.get(str(expr.value)) == NUMBER:
        given = view.problem.given.get(str(expr.value))
        return None if given is None else given[0][0]
    return None
