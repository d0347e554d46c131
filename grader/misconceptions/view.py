"""A worked solution seen as a network: which steps are weighted sums, activations, losses, gradients.

Found from the structure of the rules alone, so that it holds for any graph of equations; a step that
looks like nothing known is none of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from grader.engine import names
from grader.errors import ExpressionError
from grader.language.functions import FUNCTIONS, LOGS
from grader.language.shapes import NUMBER, Shape, infer_shape
from grader.language.tree import Expr, key, quantities, substitute, walk
from grader.misconceptions.links import Links
from grader.misconceptions.roles import Activation, Linear, Term, activation_in, exponent_of, gradient_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.engine.derive import Plan
    from grader.engine.steps import Step
    from grader.spec.model import Problem

_WEIGHT_LETTERS = "wWvVuUθ"


class View:
    """The roles of a worked solution's steps.

    Args:
        plan: the worked solution; derive it whole (``derive(problem, whole=True)``) to see all gradients.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.problem: Problem = plan.problem
        self.steps: tuple[Step, ...] = plan.steps
        self.by_name: dict[str, Step] = {s.name: s for s in plan.steps}
        self.shapes: Mapping[str, Shape] = plan.shapes
        self.position = {s.name: i for i, s in enumerate(plan.steps)}

    def sizes(self, expr: Expr) -> Shape:
        """The (rows, columns) of an expression over base names."""
        return infer_shape(expr, self.shapes, self.problem.index_base)

    def fits(self, step: Step, rule: Expr) -> bool:
        """Whether a rule can stand in a step's place: the same size, and only what is known by then."""
        at = self.position[step.name]
        if any(self.position.get(n, -1) >= at for n in quantities(rule)):
            return False
        try:
            return infer_shape(rule, self.shapes, self.problem.index_base) == step.shape
        except (ExpressionError, KeyError):
            return False

    @cached_property
    def loss(self) -> str | None:
        """The quantity that is minimised, or that most gradients are of."""
        train = self.problem.train
        if train is not None and train.minimize:
            return train.minimize
        counts: dict[str, int] = {}
        for step in self.steps:
            parts = gradient_of(step.name)
            if parts is not None:
                counts[parts[0]] = counts.get(parts[0], 0) + 1
        forward = {s.name for s in self.steps if s.phase == "forward"}
        most = max((n for n in counts if n in forward), key=counts.__getitem__, default=None)
        return most or self._only_end()

    def _only_end(self) -> str | None:
        """The one number that nothing else is computed from, where no gradient tells."""
        used = {n for s in self.steps for n in quantities(s.rule)}
        ends = [s for s in self.steps if s.phase == "forward" and s.name not in used and s.shape == NUMBER]
        return ends[0].name if len(ends) == 1 else None

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Weights and biases: what is trained or differentiated by, and what is called like one."""
        free = {*self.problem.given, *self.problem.symbols}
        named = {n for n in free if n[0] in _WEIGHT_LETTERS or n.rstrip("0123456789_") == "b"}
        train = self.problem.train
        if train is not None and train.parameters:
            # What is not trained may still be a weight: called like one that is, but for its number.
            letters = {n.rstrip("0123456789_") for n in train.parameters} | {"w", "W", "b"}
            return frozenset(train.parameters) | {n for n in named if n.rstrip("0123456789_") in letters}
        by = {parts[1] for s in self.steps if (parts := gradient_of(s.name)) and parts[1] in free}
        return frozenset(by | named)

    @cached_property
    def _free(self) -> frozenset[str]:
        return frozenset(self.problem.given) | frozenset(self.problem.symbols)

    @cached_property
    def linears(self) -> dict[str, Linear]:
        """Every step that is a weighted sum."""
        found = {}
        for step in self.steps:
            if step.phase == "forward":
                linear = self.weighted_sum(step.name, step.rule)
                if linear is not None:
                    found[step.name] = linear
        return found

    @cached_property
    def _asked_parts(self) -> dict[str, Expr]:
        """Steps that only exist because somebody asked for a part of a rule."""
        return {
            s.name: s.rule for s in self.steps if s.phase == "forward" and s.name not in self.problem.shapes
        }

    @cached_property
    def activations(self) -> dict[str, Activation]:
        """Every step that is an activation of something."""
        found = {}
        for s in self.steps:
            applied = activation_in(s.rule) if s.phase == "forward" else None
            if applied is not None:
                found[s.name] = Activation(s.name, *applied)
            elif s.phase == "forward" and s.rule.op == "name" and s.name in self.problem.shapes:
                found[s.name] = Activation(s.name, "identity", s.rule)
        return found

    @cached_property
    def activation_of(self) -> dict[str, Activation]:
        """Pre-activation -> the activation taken of it."""
        return {a.source: a for a in self.activations.values() if a.source is not None}

    @cached_property
    def output_of(self) -> dict[object, str]:
        """The key of ``f(u)`` -> the step that holds it, for rules written in terms of outputs."""
        return {key(s.rule): s.name for s in self.steps if s.phase == "forward" and s.rule.op == "call"}

    @cached_property
    def targets(self) -> frozenset[str]:
        """Givens that only the loss looks at."""
        if self.loss is None or self.loss not in self.by_name:
            return frozenset()
        free = {*self.problem.given, *self.problem.symbols} - self.parameters
        losses = self.loss_steps
        elsewhere = {
            n for s in self.steps if s.phase == "forward" and s.name not in losses for n in quantities(s.rule)
        }
        return frozenset(
            n for name in losses for n in quantities(self.by_name[name].rule) if n in free - elsewhere
        )

    @cached_property
    def loss_steps(self) -> frozenset[str]:
        """The loss and the forward steps that only it is made of (an error, a per-output loss)."""
        if self.loss is None or self.loss not in self.by_name:
            return frozenset()
        found = {self.loss}
        layers = {*self.linears, *self.activations}
        waiting = [self.loss]
        while waiting:
            for n in quantities(self.by_name[waiting.pop()].rule):
                if n not in self.by_name or n in found or n in layers or self._leads_on(n, found):
                    continue
                if self._is_own(n, layers):
                    found.add(n)
                    waiting.append(n)
        return frozenset(found)

    def _is_own(self, name: str, layers: set[str]) -> bool:
        """Whether a step is a part of the loss, not an output: with a target or a logarithm, or a penalty."""
        network = {*self.parameters, *self.inputs}
        seen, waiting = {name}, [name]
        while waiting:
            rule = self.by_name[waiting.pop()].rule
            used = quantities(rule)
            if used.isdisjoint(self.by_name) and not any(exponent_of(n) for n in walk(rule)):
                return True
            if not used - network <= self.by_name.keys():
                return True
            if any(n.op == "call" and n.value in LOGS.values() for n in walk(rule)):
                return True
            inner = used & self.by_name.keys() - layers - seen
            seen |= inner
            waiting += inner
        return False

    def _leads_on(self, name: str, loss: set[str]) -> bool:
        """Whether a forward step outside the loss uses a quantity."""
        return any(
            name in quantities(s.rule) for s in self.steps if s.phase == "forward" and s.name not in loss
        )

    @cached_property
    def predictions(self) -> tuple[str, ...]:
        """The network's outputs: what the loss compares with the targets."""
        names_in_loss = [n for name in self.loss_steps for n in sorted(quantities(self.by_name[name].rule))]
        forward = {s.name for s in self.steps if s.phase == "forward"} - self.loss_steps
        return tuple(dict.fromkeys(n for n in names_in_loss if n in forward))

    def sums_in(self, step: Step) -> Iterator[tuple[Expr, Linear, Expr | None]]:
        """The weighted sums in a forward step: the sum, its parts, its activation in the same rule."""
        if step.phase != "forward":
            return
        if step.name in self.linears:
            yield step.rule, self.linears[step.name], None
            return
        for node in walk(step.rule):
            applied = activation_in(node) if node.op != "T" else None
            inner = None if applied is None else self.weighted_sum(step.name, applied[1])
            if applied is not None and inner is not None:
                yield applied[1], inner, node

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """What goes into the first weighted sums: givens that are neither parameters nor targets."""
        sums = [linear for step in self.steps for _, linear, _ in self.sums_in(step)]
        taken = [t.input for linear in sums for t in linear.products if t.input is not None]
        used = [n for x in taken for n in sorted(quantities(x))]
        free = {*self.problem.given, *self.problem.symbols} - self.parameters
        return tuple(dict.fromkeys(n for n in used if n in free))

    @cached_property
    def examples(self) -> int:
        """The number of examples in the batch, 1 if there is none."""
        return max((link.examples for link in self.links.all), default=1)

    @cached_property
    def links(self) -> Links:
        """The products of all weighted sums."""
        return Links(self)

    def gradient(self, quantity: str) -> str:
        """The name of the loss's gradient by a quantity."""
        return names.derivative(self.loss or "", quantity)

    def by(self, step: Step) -> str | None:
        """The quantity that a gradient of the loss is taken by; None for other steps."""
        parts = gradient_of(step.name)
        return parts[1] if parts is not None and parts[0] == self.loss and step.phase == "backward" else None

    def updated(self, step: Step) -> str | None:
        """The parameter that an update step gives, or None."""
        return step.name[1:] if step.phase == "update" and not names.is_state(step.name[1:]) else None

    def is_bias(self, quantity: str) -> bool:
        """Whether a parameter is added plainly in some weighted sum."""
        return any(
            linear.bias is not None and quantity in quantities(linear.bias.expr)
            for linear in self.linears.values()
        )

    def is_weight(self, quantity: str) -> bool:
        """Whether a parameter multiplies something in some weighted sum."""
        return any(
            t.weight is not None and quantity in quantities(t.weight)
            for linear in self.linears.values()
            for t in linear.products
        )

    def users_of(self, quantity: str) -> list[tuple[Linear, Term]]:
        """The weighted sums into which a quantity goes, with the products that take it."""
        return [
            (linear, t)
            for linear in self.linears.values()
            for t in linear.products
            if t.input is not None and quantity in quantities(t.input)
        ]

    def slopes_in(self, rule: Expr) -> list[Expr]:
        """The derivatives of activations, f'(u), in a rule."""
        return [n for n in walk(rule) if n.op == "call" and is_slope(str(n.value))]

    def weighted_sum(self, own: str, rule: Expr) -> Linear | None:
        """A rule, or a part of one, as a weighted sum; None if it is none."""
        rule = substitute(rule, self._asked_parts)
        terms = rule.args if rule.op == "sum" else (rule,)
        products, bias = [], None
        for signed in terms:
            negative = signed.op == "neg"
            expr = signed.args[0] if negative else signed
            term = self._product(expr, negative=negative)
            if term is not None:
                products.append(term)
            elif bias is None and _is_reference(expr) and quantities(expr) <= self._free:
                bias = Term(expr, negative, None, None)
            else:
                return None
        return Linear(own, tuple(products), bias) if products else None

    def _product(self, expr: Expr, *, negative: bool) -> Term | None:
        if expr.op not in ("mul", "matmul") and not (expr.op == "call" and expr.value == "dot"):
            return None
        a, b = expr.args
        if not _is_reference(a) or not _is_reference(b):
            return None
        if self._is_parameter(a):
            return Term(expr, negative, a, b)
        return Term(expr, negative, b, a) if self._is_parameter(b) else None

    def _is_parameter(self, expr: Expr) -> bool:
        return _is_reference(expr) and quantities(expr) <= self.parameters


def is_slope(function: str) -> bool:
    """Whether a function is the derivative of an activation."""
    return function.endswith("'") and function[:-1] in FUNCTIONS and FUNCTIONS[function[:-1]].activation


def is_number(shape: Shape) -> bool:
    """Whether a size is that of a number."""
    return shape == NUMBER


def _is_reference(expr: Expr) -> bool:
    """A quantity, an element of one, or its transpose."""
    while expr.op in ("index", "T"):
        expr = expr.args[0]
    return expr.op == "name"
