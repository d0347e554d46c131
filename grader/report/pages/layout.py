"""Where the units of a graph stand: a column a layer, those that belong together at one height."""

from __future__ import annotations

from typing import NamedTuple

from grader.report.network.graph import Graph

COLUMN = 168.0
ROW = 116.0
MARGIN = 70.0
ROUNDS = 4


class Layout(NamedTuple):
    """The centre of each unit, and the size of the drawing."""

    centres: tuple[tuple[float, float], ...]
    width: float
    height: float


def layout(graph: Graph) -> Layout:
    """Columns in the order of working; within one, units in the order of what they are joined to."""
    columns: list[list[int]] = [[] for _ in range(graph.depth)]
    for number, unit in enumerate(graph.units):
        columns[unit.layer].append(number)
    height = {number: _spread(at, len(column)) for column in columns for at, number in enumerate(column)}
    for turn in range(ROUNDS):
        for column in columns if turn % 2 == 0 else reversed(columns):
            _settle(graph, column, height)
    tallest = max((len(column) for column in columns), default=1)
    middle = MARGIN + ROW * (tallest - 1) / 2
    centres = tuple(
        (MARGIN + COLUMN * unit.layer, middle + ROW * height[number])
        for number, unit in enumerate(graph.units)
    )
    return Layout(
        centres, 2 * MARGIN + COLUMN * max(graph.depth - 1, 0), 2 * MARGIN + ROW * max(tallest - 1, 0)
    )


def _spread(at: int, count: int) -> float:
    """Places around 0, one apart."""
    return at - (count - 1) / 2


def _settle(graph: Graph, column: list[int], height: dict[int, float]) -> None:
    """Sorts a column by the mean height of each unit's neighbours; equal ones keep their order."""

    def wish(number: int) -> float:
        near = [e.end if e.start == number else e.start for e in graph.edges if number in (e.start, e.end)]
        return sum(height[n] for n in near) / len(near) if near else height[number]

    wishes = {number: round(wish(number), 6) for number in column}
    column.sort(key=lambda number: wishes[number])
    for at, number in enumerate(column):
        height[number] = _spread(at, len(column))
