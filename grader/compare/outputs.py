"""The worked solution as a student works it who goes on with what he has: earlier values, not their rules.

Where the backward pass says ``sigmoid'(z1)`` he may take ``a1*(1 - a1)``, and where it says ``sqrt(1 + p^2)``
and a step before gave that a name, he takes the number that stands there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.language.differentiate import slope_from_output
from grader.language.functions import FUNCTIONS
from grader.language.tree import Expr, call, key, matmul, mul, name, neg, sub, transform, transpose

if TYPE_CHECKING:
    from collections.abc import Hashable

    from grader.engine.derive import Plan
    from grader.language.shapes import Shape

_PLAIN = frozenset({"name", "num", "const"})


def slopes_from_outputs(plan: Plan) -> dict[str, Expr]:
    """The rules with f'(u) taken from f(u) and parts that are steps taken from those, where that differs."""
    known = _Known({})
    rules: dict[str, Expr] = {}
    for step in plan.steps:
        rule = transform(step.rule, known.change)
        if rule != step.rule:
            rules[step.name] = rule
        if step.rule.op not in _PLAIN and step.phase != "update":
            known.learn(step.name, step.rule, step.shape)
    return rules


class _Known:
    """What steps before gave."""

    def __init__(self, names: dict[Hashable, str]) -> None:
        self.names = names
        self.columns: dict[str, bool] = {}
        self.products: list[tuple[Counter[Hashable], str]] = []

    def learn(self, step: str, rule: Expr, shape: Shape) -> None:
        """Remember a step by its rule; a product also by its factors."""
        self.names.setdefault(key(rule), step)
        self.columns[step] = shape[1] == 1
        sign, factors = _factors(rule)
        if sign > 0 and len(factors) > 1:
            self.products.append((Counter(map(key, factors)), step))

    def change(self, node: Expr) -> Expr | None:
        """The node in terms of steps, or None where its parts have to be looked at."""
        if node.op in _PLAIN:
            return None
        found = self.names.get(key(node))
        if found is not None:
            return name(found)
        if node.op == "call" and str(node.value).endswith("'"):
            return self._slope(node)
        return self._product(node) if node.op == "mul" else None

    def _slope(self, node: Expr) -> Expr | None:
        function = str(node.value)[:-1]
        output = self.names.get(key(Expr("call", node.args, function))) if function in FUNCTIONS else None
        if output is None:
            return None
        if function == "softmax":
            a = name(output)
            square = matmul(a, transpose(a)) if self.columns[output] else matmul(transpose(a), a)
            return sub(call("diag", a), square)
        return slope_from_output(function, name(output), node.args[1:])

    def _product(self, node: Expr) -> Expr | None:
        """A product of which some factors together are a step."""
        sign, factors = _factors(node)
        there = Counter(map(key, factors))
        fitting = [(wanted, step) for wanted, step in self.products if wanted <= there]
        if not fitting:
            return None
        wanted, step = max(fitting, key=lambda fit: fit[0].total())
        left = Counter(wanted)
        result = name(step)
        for factor in factors:
            if left[key(factor)] > 0:
                left[key(factor)] -= 1
            else:
                result = mul(result, transform(factor, self.change))
        return result if sign > 0 else neg(result)


def _factors(expr: Expr) -> tuple[int, list[Expr]]:
    """A product taken apart: its sign, and its factors in their order."""
    sign, factors, waiting = 1, [], [expr]
    while waiting:
        node = waiting.pop()
        if node.op == "neg":
            sign = -sign
            waiting.append(node.args[0])
        elif node.op == "mul":
            waiting += reversed(node.args)
        else:
            factors.append(node)
    return sign, factors
