"""The network of a problem in boxes: a column a layer, between them the weights, and the path of a mistake.

The graph is that of the pages; here it is only put into columns that fit. A unit's first line is the forward
pass; below it stand its gradients, where a mistake was made there or comes in there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.report.model import Answer, SolvedProblem
from grader.report.network.elements import Elements, named
from grader.report.network.graph import Edge, Part, Unit, gradients, graph_of
from grader.report.network.written import Written, written
from grader.report.terminal.look import Look, draw
from grader.report.terminal.words import heading, text

if TYPE_CHECKING:
    from rich.console import RenderableType

LABEL = 22
"""Characters of a line in a box."""

NAMED = 8
"""How many elements on the path of a mistake are named; the rest is counted."""

_WEIGHTS = 12
_MANY = 3
_FRAME = 4
_SIGN = {"origin": "! ", "after": "> ", "": ""}
_STYLE = {"origin": "bold red", "after": "yellow", "": ""}


class Line(NamedTuple):
    """A line in a box or on an arrow, and what a mistake has to do with it."""

    label: str
    state: str

    @property
    def told(self) -> str:
        """With a sign in front."""
        return _SIGN[self.state] + self.label


class Network:
    """A problem's network, made ready once for all students.

    Args:
        problem: worked out.
    """

    def __init__(self, problem: SolvedProblem) -> None:
        self.problem = problem
        self.graph = graph_of(problem)
        self.elements = Elements(problem)
        self.gradients = gradients(problem)

    @property
    def layered(self) -> bool:
        """Whether it is a network, with weights between its layers, and not any formula."""
        weighted = any(edge.weight is not None for edge in self.graph.edges)
        return weighted and len(self.graph.units) >= _MANY

    def fits(self, answers: Sequence[Answer], width: int) -> bool:
        """Whether all layers stand beside each other."""
        return len(_Boxes(self, written(self.elements, answers)).rows(width)) == 1

    def parts(self, answers: Sequence[Answer], width: int) -> Iterator[RenderableType]:
        """The boxes, as many beside each other as fit, and the path of a mistake in words."""
        found = written(self.elements, answers)
        boxes = _Boxes(self, found)
        for layers in boxes.rows(width):
            yield boxes.row(layers)
        for state, what, elements in (
            ("origin", "made here", found.origins),
            ("after", "worked out from it", found.after),
        ):
            if elements:
                yield text(f"{_SIGN[state]}{what}: {_some(list(self.elements.named(elements)))}", "dim")


def render_networks(networks: Sequence[Network], look: Look) -> str:
    """Networks under the headings of their problems, as wide as the place that they are written to."""
    return draw(_titled(networks, look.width), look)


def _titled(networks: Sequence[Network], width: int) -> Iterator[RenderableType]:
    for number, network in enumerate(networks):
        problem = network.problem
        if number:
            yield Text()
        yield heading(f"{problem.id}  {problem.title}" if problem.title else problem.id)
        yield from network.parts((), width)


class _Boxes:
    """Units as boxes and weights on arrows, with one student's mistakes."""

    def __init__(self, network: Network, found: Written) -> None:
        self.network = network
        self.found = found
        graph = network.graph
        worked = {graph.units[edge.end] for edge in graph.edges}
        ordered = sorted(graph.units, key=lambda unit: unit not in worked)  # targets below the outputs
        self.columns = [[u for u in ordered if u.layer == layer] for layer in range(graph.depth)]
        self.lines = {unit: self._lines(unit) for unit in graph.units}
        self.arrows = [self._arrow(layer) for layer in range(graph.depth)]

    def rows(self, width: int) -> list[list[int]]:
        """The layers that stand beside each other, row after row."""
        rows: list[list[int]] = []
        room = 0
        for layer, units in enumerate(self.columns):
            widest = max((len(line.told) for unit in units for line in self.lines[unit]), default=0)
            own = widest + _FRAME + (len(self.arrows[layer].told) + _FRAME if layer else 0)
            if not rows or own > room:
                rows.append([])
                room = width
            rows[-1].append(layer)
            room -= own
        return rows

    def row(self, layers: Sequence[int]) -> Table:
        """Some layers beside each other."""
        grid = Table.grid()
        cells: list[RenderableType] = []
        for layer in layers:
            if layer:
                grid.add_column(vertical="middle", no_wrap=True)
                arrow = self.arrows[layer]
                cells.append(text(f" {arrow.told} -> ".replace("  ", " "), _STYLE[arrow.state] or "dim"))
            grid.add_column(vertical="middle")
            cells.append(self._column(self.columns[layer]))
        grid.add_row(*cells)
        return grid

    def _column(self, units: Sequence[Unit]) -> Table:
        grid = Table.grid()
        grid.add_column(no_wrap=True)
        for unit in units:
            states = [line.state for line in self.lines[unit]]
            state = next((name for name in ("origin", "after") if name in states), "")
            frame = box.HEAVY if state == "origin" else box.ROUNDED
            lines = Text("\n").join(text(line.told, _STYLE[line.state]) for line in self.lines[unit])
            grid.add_row(Panel(lines, box=frame, expand=False, border_style=_STYLE[state]))
        return grid

    def _lines(self, unit: Unit) -> list[Line]:
        """`z1, a1 + b1`, and the gradients that have to do with a mistake."""
        names, biases = (dict.fromkeys(map(self._name, parts)) for parts in (unit.parts, unit.biases))
        label = " + ".join([", ".join(names), *biases])
        forward = Line(_cut(label, LABEL), self._worst(unit.parts))
        back = [part for own in (*unit.parts, *unit.biases) for part in self._backward(own)]
        states = [(part, self.found.state(part)) for part in back]
        told = [Line(_cut(self._name(part), LABEL), state) for part, state in states if state]
        origins = [line for line in told if line.state == "origin"]
        return [forward, *(origins or ([] if forward.state else told[:1]))]

    def _backward(self, part: Part) -> list[Part]:
        """The gradient of a part, and its value after a step."""
        gradient = self.network.gradients.get(part.quantity)
        own = [Part(gradient, part.place)] if gradient is not None else []
        return [*own, Part(f"new({part.quantity})", part.place)]

    def _arrow(self, layer: int) -> Line:
        """The weights on the edges into a layer, by their matrices."""
        weights = [edge.weight for edge in self._into(layer) if edge.weight is not None]
        names = list(dict.fromkeys(weight.quantity for weight in weights))
        label = ", ".join(names) if len(names) < _MANY else f"{names[0]}…{names[-1]}"
        parts = [part for weight in weights for part in self._backward(weight)]
        return Line(_cut(label, _WEIGHTS), self._worst(parts))

    def _into(self, layer: int) -> Iterator[Edge]:
        units = self.network.graph.units
        return (edge for edge in self.network.graph.edges if units[edge.end].layer == layer)

    def _worst(self, parts: Sequence[Part]) -> str:
        states = {self.found.state(part) for part in parts}
        return next((state for state in ("origin", "after") if state in states), "")

    def _name(self, part: Part) -> str:
        if part.place is None:
            return part.quantity
        elements = self.network.elements
        shape = elements.shapes.get(part.quantity, (2, 2))
        return named(part.quantity, part.place, shape, self.network.problem.index_base)


def _cut(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
