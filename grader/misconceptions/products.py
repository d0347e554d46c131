"""Where the products of weighted sums stand in backward steps, and other products put in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import Expr, key, name, quantities, transform
from grader.misconceptions.parts import brought_forward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.engine.steps import Step
    from grader.misconceptions.links import Link
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.roles import Linear
    from grader.misconceptions.view import View

    Wrong = Callable[[Link, View], Sequence[Expr]]

_REDUCED = ("sum_columns", "sum_rows", "sum")


def in_weight_gradients(wrong: Wrong) -> Rewrite:
    """Put other products in place of delta times input, wherever weights' gradients are worked out."""
    return lambda step, view: _exchange(step, view, view.links.by_weight_core, wrong)


def in_input_gradients(wrong: Wrong) -> Rewrite:
    """Put other products in place of weight times delta, wherever a gradient goes back through a weight."""
    return lambda step, view: _exchange(step, view, view.links.by_input_core, wrong)


def _exchange(step: Step, view: View, cores: dict[object, Link], wrong: Wrong) -> Iterator[Expr]:
    if step.phase != "backward":
        return
    nodes = [n for n in _products(step.rule) if key(n) in cores]
    found = {key(n): tuple(wrong(cores[key(n)], view)) for n in nodes}
    found = {k: rules for k, rules in found.items() if rules}
    for i in range(max((len(rules) for rules in found.values()), default=0)):
        chosen = {k: rules[min(i, len(rules) - 1)] for k, rules in found.items()}
        rule = transform(step.rule, lambda node, put=chosen: put.get(key(node)))  # type: ignore[misc]
        yield brought_forward(step, rule, view)


def _products(rule: Expr) -> Iterator[Expr]:
    if rule.op in ("mul", "matmul"):
        yield rule
    for part in rule.args:
        yield from _products(part)


def in_bias_gradients(wrong: Callable[[Linear, Expr, View], Sequence[Expr]]) -> Rewrite:
    """Put something else in place of delta (summed over a batch) in the gradients of biases.

    ``wrong`` gets the weighted sum and its contribution to the bias's gradient.
    """

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        bias = view.by(step)
        if bias is None:
            return
        sums = [z for z in view.linears.values() if z.bias is not None and bias in quantities(z.bias.expr)]
        whole: dict[object, tuple[Expr, ...]] = {}
        for z in sums:
            part = contribution(step.rule, name(view.gradient(z.name)))
            rules = () if part is None else tuple(wrong(z, part, view))
            if part is not None and rules:
                whole[key(part)] = rules
        for i in range(max((len(rules) for rules in whole.values()), default=0)):
            chosen = {k: rules[min(i, len(rules) - 1)] for k, rules in whole.items()}
            rule = transform(step.rule, lambda node, put=chosen: put.get(key(node)))  # type: ignore[misc]
            yield brought_forward(step, rule, view)

    return rewrite


def contribution(rule: Expr, delta: Expr) -> Expr | None:
    """The delta in a bias's gradient, with the sum over a batch around it."""
    found = None
    stack = [rule]
    while stack:
        node = stack.pop()
        if node.op == "call" and node.value in _REDUCED and key(node.args[0]) == key(delta):
            return node
        if key(node) == key(delta):
            found = node
        stack.extend(node.args)
    return found
