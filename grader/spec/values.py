"""Values as specs write them: a number, a list (a column), a list of lists (a matrix, row by row)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.record import record
from grader.spec.fields import constant_matrix, number
from grader.spec.nodes import Mapping, Scalar, Sequence, what
from grader.spec.numbers import shape_of

if TYPE_CHECKING:
    from grader.source import Mark
    from grader.spec.findings import Findings
    from grader.spec.model import Matrix, Written
    from grader.spec.nodes import Node


@record
class Value:
    """A value, as numbers and as it was written."""

    matrix: Matrix
    written: Written
    mark: Mark

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return shape_of(self.matrix)


def read_value(found: Findings, node: Node, place: str) -> Value | None:
    """The value at a node; `place` says whose it is."""
    if isinstance(node, Scalar):
        matrix = constant_matrix(found, node, place)
        return None if matrix is None else Value(matrix, node.text, node.mark)
    if isinstance(node, Mapping):
        found.error(node, f"{place} is a number, a list or a list of lists, found {what(node)}")
        return None
    if not node.items:
        found.error(node, f"{place} is an empty list")
        return None
    if any(isinstance(item, Sequence) for item in node.items):
        return _matrix(found, node, place)
    numbers = [number(found, item, place) for item in node.items]
    if any(v is None for v in numbers):
        return None
    column = tuple((v,) for v in numbers if v is not None)
    return Value(column, tuple(_text(item) for item in node.items), node.mark)


def _matrix(found: Findings, node: Sequence, place: str) -> Value | None:
    width = 0
    rows: list[tuple[float, ...]] = []
    for count, row in enumerate(node.items, start=1):
        if not isinstance(row, Sequence) or not row.items:
            found.error(row, f"{place}: row {count} is not a list of numbers, found {what(row)}")
            return None
        width = width or len(row.items)
        if len(row.items) != width:
            message = f"{place}: the rows differ in length, {len(row.items)} in row {count} and {width} above"
            found.error(row, message)
            return None
        numbers = [number(found, item, place) for item in row.items]
        rows.append(tuple(v for v in numbers if v is not None))
    if any(len(row) != width for row in rows):
        return None
    written = tuple(tuple(_text(i) for i in row.items) for row in node.items if isinstance(row, Sequence))
    return Value(tuple(rows), written, node.mark)


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
