"""Which element of which quantity is worked out from which: the way of a mistake through a problem's steps.

Nothing is computed: it is read off the rules what an element of the result takes from each operand.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from grader.language import FUNCTIONS, Expr, quantities
from grader.language.shapes import NUMBER, Shape, infer_shape, is_dot, resolve_index
from grader.report.model import SolvedProblem, SolvedStep

MOST = 20_000
"""With more elements than these each quantity counts as one."""

Place = tuple[int, int]

_LATER = re.compile(r"new\((.+?)(?:,\d+)?\)|state\(\w+,(.+?)(?:,\d+)?\)")


class Element(NamedTuple):
    """One element of a quantity: row and column from 0."""

    quantity: str
    place: Place


class Elements:
    """The elements of a problem's quantities, and what is worked out from each."""

    def __init__(self, problem: SolvedProblem) -> None:
        self.problem = problem
        self.shapes = _shapes(problem)
        self.coarse = sum(self._size(s.quantity) for s in problem.steps) > MOST

    def of(self, quantity: str) -> list[Element]:
        """All elements of a quantity; none where the problem has no such quantity."""
        if quantity not in self.shapes:
            return []
        rows, columns = NUMBER if self.coarse else self.shapes[quantity]
        return [Element(quantity, (i, j)) for i in range(rows) for j in range(columns)]

    def at(self, quantity: str, index: str | None) -> list[Element]:
        """The element with an index as it is written, `2` or `1,3`; all of them without one."""
        if index is None or self.coarse or quantity not in self.shapes:
            return self.of(quantity)
        places = [int(part) - self.problem.index_base for part in index.split(",")]
        if len(places) == 1:
            places = [0, *places] if self.shapes[quantity][0] == 1 else [*places, 0]
        found = Element(quantity, (places[0], places[1]))
        return [found] if found in self.of(quantity) else self.of(quantity)

    def after(self, origins: Iterable[Element]) -> frozenset[Element]:
        """Every element that is worked out from these, directly or not."""
        return frozenset(_reached(origins, self._users))

    def behind(self, element: Element, quantity: str) -> list[Element]:
        """The elements of a quantity that one is worked out from."""
        return [e for e in _reached([element], self._sources) if e.quantity == quantity]

    @cached_property
    def _sources(self) -> Mapping[Element, frozenset[Element]]:
        steps = [step for step in self.problem.steps if step.tree is not None]
        return {e: frozenset(self._taken(step, e.place)) for step in steps for e in self.of(step.quantity)}

    @cached_property
    def _users(self) -> Mapping[Element, frozenset[Element]]:
        users: dict[Element, set[Element]] = {}
        for element, sources in self._sources.items():
            for source in sources:
                users.setdefault(source, set()).add(element)
        return {source: frozenset(found) for source, found in users.items()}

    def named(self, found: Iterable[Element]) -> Iterator[str]:
        """`z1` where all of its elements are among them, else `z1[2]`, in the order of working."""
        wanted = frozenset(found)
        for step in self.problem.steps:
            own, shape = self.of(step.quantity), self.shapes[step.quantity]
            among = [element for element in own if element in wanted]
            if among and len(among) == len(own):
                yield step.quantity
            else:
                yield from (named(*element, shape, self.problem.index_base) for element in among)

    def _size(self, quantity: str) -> int:
        rows, columns = self.shapes[quantity]
        return rows * columns

    def _taken(self, step: SolvedStep, place: Place) -> Iterator[Element]:
        if step.tree is None:
            return
        if self.coarse:
            yield from (Element(name, (0, 0)) for name in quantities(step.tree))
        else:
            yield from _Reading(self.shapes, self.problem.index_base).of(step.tree, place)


class _Reading(NamedTuple):
    """Reads off rules which elements of quantities an element of the result takes."""

    shapes: Mapping[str, Shape]
    base: int

    def of(self, expr: Expr, place: Place) -> Iterator[Element]:
        """What one element of an expression takes."""
        if expr.op == "name":
            if str(expr.value) in self.shapes:
                yield Element(str(expr.value), place)
            return
        for operand, own in self._operands(expr, place):
            yield from self.of(operand, own)

    def _operands(self, expr: Expr, place: Place) -> Iterator[tuple[Expr, Place]]:
        """Each operand with the places that are taken of it."""
        i, j = place
        if expr.op == "T":
            yield expr.args[0], (j, i)
        elif expr.op == "index":
            inner = expr.args[0]
            yield inner, resolve_index(expr, self._shape(inner), self.base)
        elif expr.op == "list":
            item = expr.args[i]
            yield (item.args[j], (0, 0)) if item.op == "list" else (item, (0, 0))
        elif expr.op == "part":
            first = int(expr.value[0]) if isinstance(expr.value, tuple) else 0
            yield expr.args[0], (i + first, j)
        elif expr.op == "matmul":
            yield from self._product(expr.args[0], expr.args[1], place)
        elif expr.op == "place" or (expr.op == "call" and FUNCTIONS[str(expr.value)].kind == "whole"):
            yield from ((arg, own) for arg in expr.args for own in self._all(arg))
        elif expr.op == "call" and len(expr.args) == 1 and FUNCTIONS[str(expr.value)].kind == "pairwise":
            yield from ((expr.args[0], own) for own in self._all(expr.args[0]))
        else:
            yield from ((arg, self._broadcast(arg, place)) for arg in expr.args)

    def _product(self, left: Expr, right: Expr, place: Place) -> Iterator[tuple[Expr, Place]]:
        """Row by column; both whole for a dot product, and a number reaches every element."""
        a, b = self._shape(left), self._shape(right)
        if is_dot(a, b):
            yield from ((side, own) for side in (left, right) for own in self._all(side))
        elif a[1] != b[0]:
            yield from ((side, self._broadcast(side, place)) for side in (left, right))
        else:
            yield from ((left, (place[0], k)) for k in range(a[1]))
            yield from ((right, (k, place[1])) for k in range(b[0]))

    def _all(self, expr: Expr) -> Iterator[Place]:
        rows, columns = self._shape(expr)
        return ((i, j) for i in range(rows) for j in range(columns))

    def _broadcast(self, expr: Expr, place: Place) -> Place:
        rows, columns = self._shape(expr)
        return (place[0] if rows > 1 else 0, place[1] if columns > 1 else 0)

    def _shape(self, expr: Expr) -> Shape:
        return infer_shape(expr, self.shapes, self.base)


def named(quantity: str, place: Place, shape: Shape, base: int) -> str:
    """`z1[2]`, `W1[1,2]`, `new(W1[1,2])`; a vector has one index."""
    row, column = (k + base for k in place)
    index = f"{row}" if shape[1] == 1 else f"{row},{column}"
    if not quantity.startswith("new("):
        return f"{quantity}[{index}]"
    inner, comma, steps = quantity[4:-1].partition(",")
    return f"new({inner}[{index}]{comma}{steps})"


def _reached(starts: Iterable[Element], onward: Mapping[Element, frozenset[Element]]) -> Iterator[Element]:
    """Everything that a way leads to, without the starts."""
    waiting = deque(starts)
    seen = set(waiting)
    while waiting:
        for element in onward.get(waiting.popleft(), ()):
            if element not in seen:
                seen.add(element)
                waiting.append(element)
                yield element


def _shapes(problem: SolvedProblem) -> Mapping[str, Shape]:
    """The sizes of all quantities that the steps name: of later values what they were at first."""
    names = {step.quantity for step in problem.steps}
    names |= {name for step in problem.steps if step.tree is not None for name in quantities(step.tree)}
    found = dict(problem.shapes)
    for name in sorted(names - found.keys()):
        later = _LATER.fullmatch(name)
        found[name] = problem.shapes.get(later[1] or later[2], NUMBER) if later else NUMBER
    return found
