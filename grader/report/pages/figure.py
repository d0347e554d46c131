"""The network of a problem as two drawings of one shape: the values forward, the gradients backward.

Here it is said what is written at each unit and edge, and what of it is hidden; the template draws.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.report.model import SolvedProblem, Value
from grader.report.network.elements import Elements
from grader.report.network.graph import Graph, Part, Unit, gradients, graph_of
from grader.report.network.written import Written, worst
from grader.report.numbers import six
from grader.report.pages.layout import Layout, layout
from grader.report.pages.reveal import Reveal
from grader.report.safe import shortened, visible

RADIUS = 26.0
_LABEL = 14
_RISING, _LEVEL, _FALLING = 0.27, 0.5, 0.71
"""How far along its edge a label stands, so that those of crossing edges stand apart."""

_MOST_LABELS = 6
"""Between two layers with more edges the weights are told by their titles only."""


class Line(NamedTuple):
    """One quantity at a unit or an edge: its name, what stands for it, and how that looks."""

    name: str
    value: str
    kind: str
    title: str


class Mark(NamedTuple):
    """A unit or an edge with its lines: a place, a class, and the whole of it in words."""

    x: float
    y: float
    kind: str
    lines: tuple[Line, ...]
    title: str
    box: bool = False


class Join(NamedTuple):
    """An edge's line, and what is written on it."""

    x1: float
    y1: float
    x2: float
    y2: float
    mark: Mark


class Panel(NamedTuple):
    """One drawing: `forward` or `backward`."""

    name: str
    title: str
    width: float
    height: float
    units: tuple[Mark, ...]
    joins: tuple[Join, ...]


class Figure(NamedTuple):
    """Both drawings of a problem's network."""

    panels: tuple[Panel, ...]


class Drawing:
    """A problem's network, placed once for the whole class."""

    def __init__(self, problem: SolvedProblem) -> None:
        self.problem = problem
        self.graph: Graph = graph_of(problem)
        self.elements = Elements(problem)
        self.layout: Layout = layout(self.graph)
        self.values: dict[str, Value] = {s.quantity: s.value for s in problem.steps}
        self.given: dict[str, Value] = dict(problem.given)
        self.gradients = gradients(problem)

    def figure(self, own: Written, reveal: Reveal) -> Figure | None:
        """The drawings with one student's numbers; None for a problem with nothing to draw."""
        if len(self.graph.units) < 2:
            return None
        pen = _Pen(self, own, reveal)
        panels = [pen.panel("forward", "Forward: values")]
        if self.gradients:
            panels.append(pen.panel("backward", "Backward: gradients"))
        return Figure(tuple(panels))


class _Pen:
    """Writes one student's numbers at the units and edges of one drawing."""

    def __init__(self, drawing: Drawing, own: Written, reveal: Reveal) -> None:
        self.drawing = drawing
        self.own = own
        self.reveal = reveal

    def panel(self, name: str, title: str) -> Panel:
        """One of the two drawings."""
        backward = name == "backward"
        graph, place = self.drawing.graph, self.drawing.layout
        units = tuple(
            self._unit(unit, centre, backward=backward)
            for unit, centre in zip(graph.units, place.centres, strict=True)
        )
        joins = tuple(self._joins(backward=backward))
        return Panel(name, title, place.width, place.height, units, joins)

    def _unit(self, unit: Unit, centre: tuple[float, float], *, backward: bool) -> Mark:
        lines = list(self._lines(unit.parts, backward=backward))
        biases = list(self._lines(unit.biases, backward=backward))
        kind = self._kind([*lines, *biases])
        shown = tuple([*lines, *biases][:3])
        return Mark(*centre, kind, shown, _titles([*lines, *biases]), unit.box)

    def _joins(self, *, backward: bool) -> Iterator[Join]:
        graph, centres = self.drawing.graph, self.drawing.layout.centres
        crowd: dict[int, int] = {}
        for edge in graph.edges:
            if edge.weight is not None:
                crowd[graph.units[edge.end].layer] = crowd.get(graph.units[edge.end].layer, 0) + 1
        for edge in graph.edges:
            lines = list(self._lines([edge.weight] if edge.weight else [], backward=backward))
            layer = graph.units[edge.end].layer
            (x1, y1), (x2, y2) = centres[edge.start], centres[edge.end]
            share = _LEVEL if abs(y2 - y1) < 1 else _FALLING if y2 > y1 else _RISING
            first = sorted(lines, key=lambda line: "origin" not in line.kind)[:1]
            shown = tuple(first) if crowd.get(layer, 0) <= _MOST_LABELS else ()
            mark = Mark(
                x1 + share * (x2 - x1), y1 + share * (y2 - y1), self._kind(lines), shown, _titles(lines)
            )
            yield Join(x1, y1, x2, y2, mark)

    def _lines(self, parts: Sequence[Part], *, backward: bool) -> Iterator[Line]:
        for part in parts:
            quantity = part.quantity
            if backward:
                if quantity not in self.drawing.gradients:
                    continue
                quantity = self.drawing.gradients[quantity]
            yield self._line(Part(quantity, part.place))
            updated = Part(f"new({part.quantity})", part.place)
            if backward and self.own.at(updated, self.drawing.problem.index_base) is not None:
                yield self._line(updated)

    def _line(self, part: Part) -> Line:
        base = self.drawing.problem.index_base
        name = _named(part, self.drawing.problem)
        cell = self.own.at(part, base)
        state = self.own.state(part) if self.reveal.steps else ""
        right = _element(self.drawing.values.get(part.quantity), part.place)
        if part.quantity in self.drawing.given:
            value = _element(self.drawing.given[part.quantity], part.place)
            return Line(name, value or "", "stated", f"{name} = {value}, given" if value else name)
        if cell is not None:
            verdict = cell.verdict if self.reveal.verdicts else ""
            said = f", {verdict.replace('_', ' ')}" if verdict else ""
            title = f"{name}: written {visible(shortened(cell.text, 60))}{said}"
            if self.reveal.expected and right and verdict != "correct":
                title += f", right value {right}"
            kind = " ".join(k for k in ("written", f"v-{verdict}" if verdict else "", state) if k)
            return Line(name, visible(shortened(cell.text, _LABEL)), kind, title + _said(state))
        if self.reveal.expected and right:
            return Line(name, right, f"worked {state}".strip(), f"{name} = {right}, worked out{_said(state)}")
        return Line(name, "", f"blank {state}".strip(), f"{name}{_said(state)}")

    def _kind(self, lines: Sequence[Line]) -> str:
        """How a unit or edge looks: the worst of its verdicts, and whether it is where a mistake was made."""
        words = [word for line in lines for word in line.kind.split()]
        verdict = worst(word[2:] for word in words if word.startswith("v-"))
        state = "origin" if "origin" in words else "after" if "after" in words else ""
        return " ".join(k for k in (f"v-{verdict}" if verdict else "", state) if k)


def _said(state: str) -> str:
    return {"origin": "; the mistake was made here", "after": "; follows from an earlier mistake"}.get(
        state, ""
    )


def _titles(lines: Sequence[Line]) -> str:
    return ". ".join(line.title for line in lines)


def _named(part: Part, problem: SolvedProblem) -> str:
    name = re.sub(r"^d(\w+)/d", r"∂\1/∂", part.quantity)
    if part.place is None:
        return name
    base = problem.index_base
    row, column = part.place
    shape = problem.shapes.get(part.quantity.rpartition("/d")[2], (2, 2))
    return f"{name}[{row + base}]" if shape[1] == 1 else f"{name}[{row + base},{column + base}]"


def _element(value: Value, place: tuple[int, int] | None) -> str | None:
    """One number as text; a whole array as its size."""
    if isinstance(value, str) or value is None:
        return None
    if not isinstance(value, tuple):
        return six(value)
    if place is None:
        return _size(value)
    row = value[place[0]] if place[0] < len(value) else None
    if isinstance(row, tuple):
        return six(row[place[1]]) if place[1] < len(row) else None
    return six(row) if row is not None else None


def _size(value: tuple[float, ...] | tuple[tuple[float, ...], ...]) -> str:
    first = value[0] if value else None
    return f"{len(value)}×{len(first)}" if isinstance(first, tuple) else f"{len(value)} numbers"
