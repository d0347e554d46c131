"""Rules of a course's own as patterns: one letter stands for anything, ``f`` for any activation.

A longer name stands for that quantity itself, but for ``eta``, the learning rate whatever it is called.
``dL/dw`` with letters is any gradient; the same letter is the same thing wherever it stands. A pattern is
found anywhere in a step's rule; the terms of a sum and the factors of a product may stand in any order, with
others beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from grader.engine import names
from grader.errors import ExpressionError
from grader.language.functions import FUNCTIONS
from grader.language.parse import SPEC, parse
from grader.language.scope import Scope, unknown_name
from grader.language.tree import ONE, Expr, add, call, div, key, mul, name, neg, transform, walk
from grader.misconceptions.roles import gradient_of
from grader.misconceptions.view import is_slope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.misconceptions.view import View

# Behind these letters stands something else: Euler's number, the transpose, the function.
_LETTERS = frozenset("abcdghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSUVWXYZ")
_RATES = ("eta", "η")
_FUNCTION = re.compile(r"(?<!\w)f(?='?\()")
# One letter like `f`, so that the places in messages stay right.
_STAND_IN = "σ"
_MOST_TRIES = 400

Binding = dict[str, Expr]


def read_pattern(text: str, view: View) -> Expr:
    """The pattern in a text, over a problem's base names; letters are ``any`` nodes.

    Raises:
        ExpressionError: where it cannot be read in this problem.
    """
    problem = view.problem
    known = frozenset({*problem.shapes, *problem.aliases})
    scope = Scope(known | _LETTERS | frozenset(_RATES), problem.log_base)
    places = {m.start() for m in _FUNCTION.finditer(text)}
    expr = parse(_FUNCTION.sub(_STAND_IN, text), scope, SPEC)
    for node in walk(expr):
        if node.op == "name" and node.value not in scope.names:
            raise unknown_name(str(node.value), node.start, node.end, Scope(known, problem.log_base))
    return normal(_Reader(view, places).read(expr))


class _Reader:
    """Turns a parsed pattern into one with ``any`` (letters), ``some`` (f) and ``grad`` nodes."""

    def __init__(self, view: View, places: set[int]) -> None:
        self.view = view
        self.places = places

    def read(self, expr: Expr) -> Expr:
        if expr.op == "name":
            return self._name(expr)
        if expr.op == "d":
            return self._derivative(expr)
        if expr.op in ("new", "state", "depends"):
            message = f'"{expr.op}(...)" stands only in a rule that names its step'
            raise ExpressionError(message, expr.start, expr.end, "write the quantity and = in front")
        args = tuple(self.read(a) for a in expr.args)
        if expr.op == "call" and expr.start in self.places:
            if len(args) != 1:
                raise ExpressionError("f takes one argument", expr.start, expr.end)
            return Expr("some", args, "'" if str(expr.value).endswith("'") else "")
        return expr._replace(args=args)

    def _name(self, expr: Expr) -> Expr:
        text = str(expr.value)
        problem = self.view.problem
        if text in _RATES and text not in problem.shapes:
            rate = problem.train.learning_rate if problem.train is not None else None
            if rate is None:
                message = "this problem has no learning rate"
                raise ExpressionError(message, expr.start, expr.end)
            return name(rate)
        if len(text) == 1:
            return Expr("any", (), text, expr.start, expr.end)
        return problem.aliases.get(text, expr)

    def _derivative(self, expr: Expr) -> Expr:
        of, by = (self._name(a) if a.op == "name" else a for a in expr.args)
        if of.op not in ("name", "any") or by.op not in ("name", "any"):
            message = "a derivative in a pattern is of a quantity by a quantity"
            raise ExpressionError(message, expr.start, expr.end)
        if of.op == by.op == "name":
            return name(names.derivative(str(of.value), str(by.value)))
        return Expr("grad", (of, by), None, expr.start, expr.end)


def letters_in(pattern: Expr) -> set[str]:
    """The letters that stand for something in a pattern."""
    return {str(n.value) for n in walk(pattern) if n.op == "any"}


def normal(expr: Expr) -> Expr:
    """Signs in front, sums flat, no factors of 1: equal rules look equal."""
    args = tuple(normal(a) for a in expr.args)
    if expr.op == "sum":
        return add(*args)
    if expr.op == "neg":
        return neg(args[0])
    if expr.op == "mul":
        return mul(*args)
    if expr.op == "div":
        return div(*args)
    return expr._replace(args=args, start=0, end=0)


def replaced(rule: Expr, right: Expr, wrong: Expr, view: View) -> Expr | None:
    """A rule with every place that looks like one pattern written like the other; None where none does."""
    met = False

    def change(node: Expr) -> Expr | None:
        nonlocal met
        for rest in _Matcher().anywhere(right, node):
            new = _filled(wrong, rest.binding, view)
            if new is not None:
                met = True
                return rest.around(new)
        return None

    changed = transform(normal(rule), change)
    return changed if met else None


class Match(NamedTuple):
    """How a pattern lies in a node: what its letters are, and the terms or factors beside it."""

    binding: Binding
    terms: tuple[Expr, ...] = ()
    above: tuple[Expr, ...] = ()
    below: tuple[Expr, ...] = ()

    def around(self, new: Expr) -> Expr:
        """Something put in the pattern's place, with what stood beside it."""
        for factor in self.above:
            new = mul(new, factor)
        for divisor in self.below:
            new = div(new, divisor)
        return add(new, *self.terms)


class _Matcher:
    """Looks for a pattern, up to a bound on the ways that are tried."""

    def __init__(self) -> None:
        self.left = _MOST_TRIES

    def anywhere(self, pattern: Expr, node: Expr) -> Iterator[Match]:
        """The ways in which a pattern is a node, or some of its terms or factors."""
        if pattern.op == "sum" and node.op == "sum":
            for binding, rest in self._chosen(pattern.args, node.args, {}):
                yield Match(binding, terms=rest)
        elif pattern.op in ("mul", "div") and node.op in ("mul", "div"):
            for binding, above, below in self._factors(pattern, node, {}):
                yield Match(binding, above=above, below=below)
        else:
            for binding in self.whole(pattern, node, {}):
                yield Match(binding)

    def whole(self, pattern: Expr, node: Expr, known: Binding) -> Iterator[Binding]:
        """The ways in which a pattern is all of a node."""
        self.left -= 1
        if self.left < 0:
            return
        if pattern.op == "any":
            yield from _bound(known, str(pattern.value), node)
        elif pattern.op == "some":
            yield from self._function(pattern, node, known)
        elif pattern.op == "grad":
            yield from self._gradient(pattern, node, known)
        elif pattern.op == "sum" and node.op == "sum":
            if len(pattern.args) == len(node.args):
                yield from (b for b, _ in self._chosen(pattern.args, node.args, known))
        elif pattern.op in ("mul", "div") and node.op in ("mul", "div"):
            yield from self._product(pattern, node, known)
        elif pattern.op == node.op and pattern.value == node.value and len(pattern.args) == len(node.args):
            yield from self._in_turn(pattern.args, node.args, known)

    def _in_turn(self, patterns: Sequence[Expr], nodes: Sequence[Expr], known: Binding) -> Iterator[Binding]:
        if not patterns:
            yield known
            return
        for binding in self.whole(patterns[0], nodes[0], known):
            yield from self._in_turn(patterns[1:], nodes[1:], binding)

    def _chosen(
        self, patterns: Sequence[Expr], nodes: tuple[Expr, ...], known: Binding
    ) -> Iterator[tuple[Binding, tuple[Expr, ...]]]:
        """Each pattern a node of its own, in any order, and the nodes that are left."""
        if not patterns:
            yield known, nodes
            return
        for i, node in enumerate(nodes):
            for binding in self.whole(patterns[0], node, known):
                yield from self._chosen(patterns[1:], nodes[:i] + nodes[i + 1 :], binding)

    def _factors(
        self, pattern: Expr, node: Expr, known: Binding
    ) -> Iterator[tuple[Binding, tuple[Expr, ...], tuple[Expr, ...]]]:
        wanted, given = _flat(pattern), _flat(node)
        for binding, above in self._chosen(wanted[0], given[0], known):
            for binding2, below in self._chosen(wanted[1], given[1], binding):
                yield binding2, above, below

    def _product(self, pattern: Expr, node: Expr, known: Binding) -> Iterator[Binding]:
        """All of a product; a last letter that is not known yet stands for all that is left."""
        for binding, above, below in self._factors(pattern, node, known):
            if not above and not below:
                yield binding
        wanted = _flat(pattern)[0]
        last = wanted[-1] if wanted else ONE
        if last.op != "any" or str(last.value) in known:
            return
        shorter = _product_of(wanted[:-1], _flat(pattern)[1])
        if shorter.op not in ("mul", "div"):
            shorter = Expr("mul", (shorter, ONE))
        for binding, above, below in self._factors(shorter, node, known):
            if above:
                yield from _bound(binding, str(last.value), _product_of(above, below))

    def _function(self, pattern: Expr, node: Expr, known: Binding) -> Iterator[Binding]:
        if node.op != "call":
            return
        function = str(node.value)
        slope = is_slope(function)
        if slope != (pattern.value == "'") or not (slope or FUNCTIONS[function].activation):
            return
        base = Expr("call", node.args[1:], function.removesuffix("'"))
        for binding in _bound(known, "f", base):
            yield from self.whole(pattern.args[0], node.args[0], binding)

    def _gradient(self, pattern: Expr, node: Expr, known: Binding) -> Iterator[Binding]:
        parts = gradient_of(str(node.value)) if node.op == "name" else None
        if parts is not None:
            yield from self._in_turn(pattern.args, tuple(name(p) for p in parts), known)


def _bound(known: Binding, letter: str, node: Expr) -> Iterator[Binding]:
    before = known.get(letter)
    if before is None:
        yield {**known, letter: node}
    elif key(before) == key(node):
        yield known


def _flat(expr: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The factors of a product, and what it is divided by; factors of 1 left out."""
    if expr.op == "mul":
        (a, b), (c, d) = _flat(expr.args[0]), _flat(expr.args[1])
        return a + c, b + d
    if expr.op == "div":
        (a, b), (c, d) = _flat(expr.args[0]), _flat(expr.args[1])
        return a + d, b + c
    return ((), ()) if expr == ONE else ((expr,), ())


def _product_of(above: Sequence[Expr], below: Sequence[Expr]) -> Expr:
    out = ONE
    for factor in above:
        out = mul(out, factor)
    for divisor in below:
        out = div(out, divisor)
    return out


def _filled(wrong: Expr, binding: Mapping[str, Expr], view: View) -> Expr | None:
    """The wrong rule with the letters put in; None where it speaks of what the problem does not have."""
    missing = False

    def change(node: Expr) -> Expr | None:
        nonlocal missing
        if node.op == "any":
            found = binding.get(str(node.value), name(str(node.value)))
            missing |= str(node.value) not in binding and str(node.value) not in view.problem.shapes
            return found
        if node.op == "some":
            function = binding.get("f")
            if function is None:
                missing = True
                return ONE
            inner = transform(node.args[0], change)
            return _held(call(f"{function.value}{node.value}", inner, *function.args), view)
        if node.op == "grad":
            of, by = (transform(a, change) for a in node.args)
            own = names.derivative(str(of.value), str(by.value))
            missing |= of.op != "name" or by.op != "name" or own not in view.shapes
            return name(own)
        return None

    filled = transform(wrong, change)
    return None if missing else filled


def _held(value: Expr, view: View) -> Expr:
    """The quantity that holds a function's value, so that a student's own value of it is used."""
    held = view.output_of.get(key(value))
    return value if held is None else name(held)
