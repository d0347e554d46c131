"""The derivatives of activations where they stand in gradients, and what may be put in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.language.functions import FUNCTIONS
from grader.language.shapes import NUMBER, infer_shape
from grader.language.tree import ONE, Expr, call, key, name, quantities, transform, walk
from grader.misconceptions.view import is_slope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[["Slope", View], Sequence[Expr]]
    WrongProduct = Callable[["Slope", Expr, View], Sequence[Expr]]


class Slope(NamedTuple):
    """One f'(u) in a gradient.

    Args:
        function: f.
        args: u, and the constants of f.
        output: the quantity that holds f(u), or f(u) itself.
        node: f'(u) as it stands in the rule.
        last: whether f(u) is a prediction.
    """

    function: str
    args: tuple[Expr, ...]
    output: Expr
    node: Expr
    last: bool

    @property
    def argument(self) -> Expr:
        """u."""
        return self.args[0]


def slope_at(node: Expr, view: View) -> Slope | None:
    """The slope that a node is, or None. The slope of e^u is written like the activation itself."""
    if node.op != "call":
        return None
    function = str(node.value)
    if is_slope(function):
        function = function[:-1]
    elif function != "exp":
        return None
    value = Expr("call", node.args, function)
    held = view.output_of.get(key(value))
    if function == "exp" and held is None:
        return None
    output = value if held is None else name(held)
    return Slope(function, node.args, output, node, _is_last(value, held, view))


def _is_last(value: Expr, held: str | None, view: View) -> bool:
    if held is not None:
        return held in view.predictions
    wanted = key(value)
    return any(key(n) == wanted for loss in view.loss_steps for n in walk(view.by_name[loss].rule))


def in_slopes(wrong: Wrong, *functions: str, smooth: bool = False, softmax: bool = False) -> Rewrite:
    """Put something else in place of each f'(u).

    Args:
        wrong: gives the alternatives for one slope; none where it does not apply.
        functions: only these; all where empty.
        smooth: leave out functions whose slope is the same taken from the output (ReLU).
        softmax: whether it applies to softmax's Jacobian, too.
    """

    def applies(slope: Slope) -> bool:
        if functions and slope.function not in functions:
            return False
        if slope.function == "softmax":
            return softmax
        return not (smooth and is_kinked(slope.function))

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if not has_gradient(step, view):
            return
        slopes = [s for n in walk(step.rule) if (s := slope_at(n, view)) is not None and applies(s)]
        found = {key(s.node): tuple(wrong(s, view)) for s in slopes}
        found = {k: rules for k, rules in found.items() if rules}
        for i in range(max((len(rules) for rules in found.values()), default=0)):
            chosen = {k: rules[min(i, len(rules) - 1)] for k, rules in found.items()}
            yield transform(step.rule, lambda node, put=chosen: _put(node, put, view))  # type: ignore[misc]

    return rewrite


def in_products(wrong: WrongProduct, *functions: str) -> Rewrite:
    """Put something else in place of each upstream*f'(u)."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase != "backward":
            return
        found: dict[object, tuple[Expr, ...]] = {}
        for node in walk(step.rule):
            if node.op != "mul":
                continue
            for slope, up in ((node.args[1], node.args[0]), (node.args[0], node.args[1])):
                at = slope_at(slope, view)
                if at is not None and (not functions or at.function in functions):
                    found.setdefault(key(node), tuple(wrong(at, up, view)))
        found = {k: rules for k, rules in found.items() if rules}
        for i in range(max((len(rules) for rules in found.values()), default=0)):
            chosen = {k: rules[min(i, len(rules) - 1)] for k, rules in found.items()}
            yield transform(step.rule, lambda node, put=chosen: put.get(key(node)))  # type: ignore[misc]

    return rewrite


def has_gradient(step: Step, view: View) -> bool:
    """Whether a step is part of the backward pass: a gradient, or a slope that somebody asked for."""
    return step.phase == "backward" or (step.phase == "forward" and step.name not in view.problem.shapes)


def is_kinked(function: str) -> bool:
    """Whether f'(f(u)) is f'(u), as for ReLU and leaky ReLU."""
    return (FUNCTIONS[function].from_output or "").startswith(function + "'")


def no_slope(slope: Slope, view: View) -> Expr:
    """1, of the size of the slope."""
    shape = infer_shape(slope.argument, view.shapes, view.problem.index_base)
    return ONE if shape == NUMBER else call("ones", slope.argument)


def error(prediction: str, view: View) -> Expr | None:
    """Prediction minus target, where the loss or its gradient takes the difference or both together."""
    for step in (view.by_name.get(view.gradient(prediction)), *(view.by_name[n] for n in view.loss_steps)):
        if step is None or prediction not in quantities(step.rule):
            continue
        found = [t for t in view.targets if t in quantities(step.rule)]
        same = [t for t in found if view.shapes[t] == view.shapes[prediction]]
        together = [t for t in same if _meet(step.rule, prediction, t)]
        if together:
            return Expr("sum", (name(prediction), Expr("neg", (name(together[0]),))))
    return None


def _meet(rule: Expr, prediction: str, target: str) -> bool:
    """Whether some sum or product of two takes a prediction and a target, and no other quantity."""
    wanted = {prediction, target}
    return any(n.op in ("sum", "mul", "div") and quantities(n) == wanted for n in walk(rule))


def _put(node: Expr, put: dict[object, Expr], view: View) -> Expr | None:
    """The replacement for a node; a factor 1 vanishes where the size allows."""
    if node.op == "mul":
        for slope, other in ((node.args[1], node.args[0]), (node.args[0], node.args[1])):
            if put.get(key(slope)) is not None and _is_one(put[key(slope)]):
                base = view.problem.index_base
                sizes = [infer_shape(e, view.shapes, base) for e in (other, node)]
                return transform(other, lambda n: _put(n, put, view)) if sizes[0] == sizes[1] else None
    return put.get(key(node))


def _is_one(expr: Expr) -> bool:
    return expr == ONE or (expr.op == "call" and expr.value == "ones")
