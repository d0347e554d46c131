"""A problem's forward pass as a graph: units in layers, edges with the weights that stand on them.

A weighted sum and the activation of it are one unit; a short vector is a unit an element, anything larger is
one box. Equations that are no layered network become a step graph in the same way. Nothing is placed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.language import FUNCTIONS, Expr, quantities
from grader.language.tree import walk
from grader.report.model import SolvedProblem, SolvedStep

LONGEST = 8
"""A longer vector is one box."""

MOST_EDGES = 120
"""With more edges than these every quantity is one box."""

_GRADIENT = re.compile(r"d([^\W\d]\w*)/d([^\W\d]\w*)")


class Part(NamedTuple):
    """A quantity or one element of it: row and column from 0."""

    quantity: str
    place: tuple[int, int] | None = None


class Unit(NamedTuple):
    """One node: the quantities in it in the order of working (`z1`, `a1`), and its biases."""

    parts: tuple[Part, ...]
    layer: int
    biases: tuple[Part, ...] = ()
    box: bool = False


class Edge(NamedTuple):
    """From one unit to another, by their numbers; `weight` is what it is multiplied by, if that is named."""

    start: int
    end: int
    weight: Part | None = None


class Graph(NamedTuple):
    """The units and the edges between them."""

    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return 1 + max((unit.layer for unit in self.units), default=-1)


class _Link(NamedTuple):
    """One term of a rule: what it takes (all of it or one element), and by what that is multiplied."""

    source: str
    place: tuple[int, int] | None = None
    weight: str | None = None
    weight_place: tuple[int, int] | None = None
    turned: bool = False
    mixes: bool = False


def graph_of(problem: SolvedProblem) -> Graph:
    """The graph of a problem's forward steps before any training step."""
    graph = _Builder(problem, LONGEST).graph()
    return graph if len(graph.edges) <= MOST_EDGES else _Builder(problem, 1).graph()


class _Builder:
    """Groups quantities into units of one layer, then draws the terms of their rules as edges."""

    def __init__(self, problem: SolvedProblem, longest: int) -> None:
        self.problem = problem
        self.longest = longest
        self.parameters = frozenset(problem.parameters)
        self.steps = {
            s.quantity: s for s in problem.steps if s.phase == "forward" and s.quantity in problem.shapes
        }
        self.parameters = frozenset(self._absorbed())
        self.groups = list(self._groups())
        self.group_of = {name: number for number, names in enumerate(self.groups) for name in names}

    def _absorbed(self) -> set[str]:
        """The parameters that stand on edges or in units: factors in weighted sums, and what is added."""
        kept = set(self.parameters)
        for step in self.steps.values():
            for term in _terms(step.tree) if step.tree is not None else ():
                added = term.op == "name" and any(n not in self.parameters for n in _names(step))
                if not added and self._weighted(term) is None:
                    kept -= quantities(term)
        return kept

    def graph(self) -> Graph:
        """Everything put together; units of one group stand side by side."""
        layers = self._layers()
        units: list[Unit] = []
        first: list[int] = []
        for number, names in enumerate(self.groups):
            first.append(len(units))
            units += self._units(names, layers[number])
        edges = [e for number in range(len(self.groups)) for e in self._edges(number, first)]
        return Graph(tuple(units), tuple(dict.fromkeys(edges)))

    def _groups(self) -> Iterator[tuple[str, ...]]:
        """Inputs first, each alone; then each step, with the activation of it where nothing else takes it."""
        users: dict[str, list[str]] = {}
        for step in self.steps.values():
            for name in sorted(_names(step)):
                users.setdefault(name, []).append(step.quantity)
        sources = [n for n in users if n not in self.steps and n not in self.parameters]
        yield from ((name,) for name in sources if name in self.problem.shapes)
        merged: set[str] = set()
        for name in self.steps:
            if name in merged:
                continue
            after = [u for u in users.get(name, ()) if _activates(self.steps[u], name)]
            merged.update(after[:1])
            yield (name, *after[:1])

    def _size(self, name: str) -> int:
        rows, columns = self.problem.shapes[name]
        return rows * columns if 1 in (rows, columns) and rows * columns <= self.longest else 1

    def _units(self, names: Sequence[str], layer: int) -> Iterator[Unit]:
        size = self._size(names[0])
        box = size == 1 and self.problem.shapes[names[0]] != (1, 1)
        biases = [link.source for link in self._links(names[0]) if link.source in self.parameters]
        for at in range(size):
            yield Unit(
                tuple(self._part(name, at, size) for name in names),
                layer,
                tuple(self._part(name, at, size) for name in dict.fromkeys(biases)),
                box,
            )

    def _part(self, name: str, at: int, size: int) -> Part:
        rows, columns = self.problem.shapes[name]
        if size == 1 or rows * columns != size:
            return Part(name)
        return Part(name, (at, 0) if columns == 1 else (0, at))

    def _layers(self) -> list[int]:
        """The longest way from an input; an input stands just before the first that takes it."""
        layers = [0] * len(self.groups)
        taken: dict[int, int] = {}
        for number, names in enumerate(self.groups):
            before = self._before(names)
            if before:
                layers[number] = 1 + max(layers[b] for b in before)
            for b in before:
                taken[b] = min(taken.get(b, layers[number]), layers[number])
        for number, names in enumerate(self.groups):
            if names[0] not in self.steps:
                layers[number] = max(taken.get(number, 1) - 1, 0)
        return layers

    def _before(self, names: Sequence[str]) -> list[int]:
        own = self.group_of[names[0]]
        used = [n for name in names if name in self.steps for n in sorted(_names(self.steps[name]))]
        return [g for n in used if (g := self.group_of.get(n, own)) != own]

    def _edges(self, number: int, first: Sequence[int]) -> Iterator[Edge]:
        names = self.groups[number]
        size = self._size(names[0])
        for name in names:
            for link in self._links(name):
                source = self.group_of.get(link.source, number)
                if source == number:
                    continue
                others = self._size(link.source)
                for i, j in _pairs(size, others, link):
                    yield Edge(first[source] + j, first[number] + i, self._weight(link, i, j, size, others))

    def _weight(self, link: _Link, i: int, j: int, size: int, others: int) -> Part | None:
        if link.weight is None:
            return None
        shape = self.problem.shapes[link.weight]
        place = (j, i) if link.turned else (i, j)
        whole = shape == (1, 1) or shape != ((others, size) if link.turned else (size, others))
        return Part(link.weight, link.weight_place or (None if whole else place))

    def _links(self, name: str) -> Iterator[_Link]:
        step = self.steps.get(name)
        if step is None or step.tree is None:
            return
        for term in _terms(step.tree):
            yield from self._term(term)

    def _term(self, term: Expr) -> Iterator[_Link]:
        weighted = self._weighted(term)
        if weighted is not None:
            yield weighted
            return
        mixes = any(node.op in ("matmul", "call") and _mixes(node) for node in walk(term))
        places = {
            str(node.args[0].value): self._place(node)
            for node in walk(term)
            if node.op == "index" and node.args[0].op == "name"
        }
        for name in sorted(quantities(term)):
            if name not in self.parameters or term.op == "name":
                yield _Link(name, places.get(name), mixes=mixes)

    def _weighted(self, term: Expr) -> _Link | None:
        """A parameter times one quantity."""
        if term.op not in ("mul", "matmul"):
            return None
        left, right = term.args
        for weight, source, behind in ((left, right, False), (right, left, True)):
            w, x = self._bare(weight), self._bare(source)
            if w is None or x is None or w[0] not in self.parameters or x[0] in self.parameters:
                continue
            turned = (weight.op == "T") != behind if term.op == "matmul" else False
            return _Link(x[0], x[1], w[0], w[1], turned=turned, mixes=term.op == "matmul")
        return None

    def _bare(self, expr: Expr) -> tuple[str, tuple[int, int] | None] | None:
        """A quantity, its transpose, or an element of it."""
        if expr.op == "T":
            return self._bare(expr.args[0])
        if expr.op == "index" and expr.args[0].op == "name":
            return str(expr.args[0].value), self._place(expr)
        return (str(expr.value), None) if expr.op == "name" else None

    def _place(self, expr: Expr) -> tuple[int, int]:
        at = [int(i) - self.problem.index_base for i in expr.value] if isinstance(expr.value, tuple) else [0]
        if len(at) > 1:
            return at[0], at[1]
        rows, _ = self.problem.shapes[str(expr.args[0].value)]
        return (0, at[0]) if rows == 1 else (at[0], 0)


def _names(step: SolvedStep) -> frozenset[str]:
    return quantities(step.tree) if step.tree is not None else frozenset()


def _activates(step: SolvedStep, name: str) -> bool:
    tree = step.tree
    if tree is None or tree.op != "call" or not FUNCTIONS[str(tree.value)].activation:
        return False
    return tree.args[0].op == "name" and tree.args[0].value == name


def _terms(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum, looked for inside a sign and an activation too."""
    inner = expr.op == "call" and FUNCTIONS[str(expr.value)].activation and not _mixes(expr)
    if expr.op in ("sum", "neg") or inner:
        for arg in expr.args if expr.op == "sum" else expr.args[:1]:
            yield from _terms(arg)
    else:
        yield expr


def _mixes(node: Expr) -> bool:
    """Whether each element of the result hangs on all elements."""
    return node.op == "matmul" or FUNCTIONS[str(node.value)].kind == "whole"


def _pairs(size: int, others: int, link: _Link) -> Iterator[tuple[int, int]]:
    """Which elements of a unit's group hang on which of the source's."""
    if link.place is not None and others > 1:
        yield from ((i, max(link.place)) for i in range(size))
    elif size == others and not link.mixes:
        yield from ((i, i) for i in range(size))
    else:
        yield from ((i, j) for i in range(size) for j in range(others))


def gradients(problem: SolvedProblem) -> dict[str, str]:
    """Quantity -> its gradient's name, of whatever is differentiated most."""
    pairs = [m.groups() for s in problem.steps if (m := _GRADIENT.fullmatch(s.quantity))]
    losses = [of for of, _ in pairs]
    if not losses:
        return {}
    loss = max(dict.fromkeys(losses), key=losses.count)
    return {by: f"d{of}/d{by}" for of, by in pairs if of == loss}
