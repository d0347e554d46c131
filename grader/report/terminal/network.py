"""The network of a problem in boxes: a column a layer, between them the weights, and the path of a mistake.

The graph is that of the pages; here it is only put into columns that fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.report.model import Answer, SolvedProblem
from grader.report.pages.graph import Graph, Unit, graph_of
from grader.report.pages.written import Written, written
from grader.report.terminal.look import Look, draw
from grader.report.terminal.words import heading, text

if TYPE_CHECKING:
    from rich.console import RenderableType

_LABEL = 22
_WEIGHTS = 12
_FRAME = 4
_STATES = {"origin": ("! ", "bold red"), "after": ("> ", "yellow"), "": ("", "")}


def render_network(problem: SolvedProblem, answers: Sequence[Answer], look: Look) -> str:
    """The network, as wide as the place that it is written to; what does not fit goes on below.

    Args:
        problem: worked out.
        answers: of a student, for the path of a mistake; none for the network alone.
        look: what the place can show.
    """
    graph = graph_of(problem)
    return draw(_parts(problem, graph, written(problem, answers), look.width), look)


def _parts(problem: SolvedProblem, graph: Graph, found: Written, width: int) -> Iterator[RenderableType]:
    yield heading(f"{problem.id}  {problem.title}" if problem.title else problem.id)
    for layers in _rows(graph, width):
        yield _row(graph, layers, found)
    if found.origins:
        yield Text("! where a mistake was made, > what was worked out from it", style="dim")
    yield Text()


def _label(unit: Unit) -> str:
    """`z1, a1 + b1`: the quantities of a unit in the order of working, and its biases."""
    names = list(dict.fromkeys(_name(part.quantity, part.place) for part in unit.parts))
    biases = list(dict.fromkeys(_name(part.quantity, part.place) for part in unit.biases))
    label = ", ".join(names) + "".join(f" + {name}" for name in biases)
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _name(quantity: str, place: tuple[int, int] | None) -> str:
    if place is None:
        return quantity
    row, column = place
    return f"{quantity}[{row + 1}]" if column == 0 else f"{quantity}[{row + 1},{column + 1}]"


def _weights(graph: Graph, layer: int) -> str:
    """The weights on the edges into a layer, by their matrices."""
    names = dict.fromkeys(
        edge.weight.quantity
        for edge in graph.edges
        if edge.weight is not None and graph.units[edge.end].layer == layer
    )
    told = ", ".join(names)
    return told if len(told) <= _WEIGHTS else told[: _WEIGHTS - 1] + "…"


def _rows(graph: Graph, width: int) -> Iterator[list[int]]:
    """The layers that stand beside each other, row after row."""
    row: list[int] = []
    used = 0
    for layer in range(graph.depth):
        labels = [len(_label(unit)) for unit in graph.units if unit.layer == layer]
        arrow = len(_weights(graph, layer)) + _FRAME
        own = max(labels, default=0) + 2 + _FRAME + arrow
        if row and used + own > width:
            yield row
            row, used = [], 0
        row.append(layer)
        used += own
    if row:
        yield row


def _row(graph: Graph, layers: Sequence[int], found: Written) -> Table:
    grid = Table.grid()
    cells: list[RenderableType] = []
    for layer in layers:
        if layer:
            grid.add_column(vertical="middle", no_wrap=True)
            cells.append(text(f" {_weights(graph, layer)} -> ".replace("  ", " "), "dim"))
        grid.add_column(vertical="middle")
        cells.append(_column([unit for unit in graph.units if unit.layer == layer], found))
    grid.add_row(*cells)
    return grid


def _column(units: Sequence[Unit], found: Written) -> Table:
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    for unit in units:
        states = [found.state(part.quantity) for part in unit.parts]
        state = next((name for name in ("origin", "after") if name in states), "")
        sign, style = _STATES[state]
        frame = box.HEAVY if state == "origin" else box.ROUNDED
        grid.add_row(Panel(text(sign + _label(unit), style), box=frame, expand=False, border_style=style))
    return grid
