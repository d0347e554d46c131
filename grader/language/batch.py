"""Formulas in plain numbers, a whole class's at once: one numpy call for each operation at each place.

A formula is kept as rows in the order in which one would compute them, so that what stands at one place in
different formulas is computed together, however different they are. Vectors, matrices and functions of
several arguments are not for here (``evaluate``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.language.differentiate import slope_of
from grader.language.functions import FUNCTIONS, no_kernel
from grader.language.kernels import function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from grader.language.tree import Expr

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]

_ADD, _SUB, _MUL, _DIV, _POW, _NEG = range(6)
_BINARY = {"mul": _MUL, "div": _DIV, "pow": _POW}
_WITH_TWO = _NEG
_CONSTANTS = {"e": math.e, "pi": math.pi}
# So many rows are computed at a time: what is looked up again shall still be near.
_AT_ONCE = 16_384


class NotPlainError(Exception):
    """A formula is more than numbers, operators and functions of one number."""


class Batch:
    """Formulas over the same names, each added once and then known by its number.

    An operand from 0 up is a row of the formula itself; below 0 it is a name, or a number that is written.

    Args:
        names: the quantities that are numbers.
        at_zero: the problem's values at kinks.
    """

    def __init__(self, names: Iterable[str], at_zero: Mapping[str, float]) -> None:
        self.names = {name: -1 - i for i, name in enumerate(names)}
        self.at_zero = at_zero
        self._operations: list[Callable[..., Array]] = [
            np.add, np.subtract, np.multiply, np.divide, np.power, np.negative
        ]  # fmt: skip
        self._functions: dict[str, int] = {}
        self._numbers: dict[float, int] = {}
        self._rows: list[int] = []
        self._first: list[int] = [0]
        self._roots: list[int] = []
        self._count = 0
        self._kept: tuple[NDArray[np.intp], Indices, Indices] | None = None

    def add(self, expr: Expr) -> int:
        """Keep a formula; its number.

        Raises:
            NotPlainError: where it holds a name that is no number, or anything that is not done here.
        """
        before = len(self._rows)
        self._count = 0
        try:
            root = self._operand(expr)
        except NotPlainError:
            del self._rows[before:]
            raise
        self._kept = None
        self._roots.append(root)
        self._first.append(self._first[-1] + self._count)
        return len(self._roots) - 1

    def _operand(self, expr: Expr) -> int:
        op, value = expr[0], expr[2]
        if op == "name":
            leaf = self.names.get(value)  # type: ignore[arg-type]
            if leaf is None:
                raise NotPlainError
            return leaf
        if op == "num":
            return self._number(value)  # type: ignore[arg-type]
        args = expr[1]
        operation = _BINARY.get(op)
        if operation is not None:
            return self._row(operation, self._operand(args[0]), self._operand(args[1]))
        if op == "sum":
            return self._sum(args)
        if op == "neg":
            return self._row(_NEG, self._operand(args[0]), 0)
        if op == "const":
            return self._number(_CONSTANTS[str(value)])
        if op == "call":
            return self._call(str(value), args)
        raise NotPlainError

    def _sum(self, terms: tuple[Expr, ...]) -> int:
        total = self._operand(terms[0])
        for term in terms[1:]:
            if term[0] == "neg":
                total = self._row(_SUB, total, self._operand(term[1][0]))
            else:
                total = self._row(_ADD, total, self._operand(term))
        return total

    def _call(self, name: str, args: tuple[Expr, ...]) -> int:
        entry = FUNCTIONS[name]
        if entry.kernel is no_kernel:
            return self._operand(slope_of(name[:-1], args))
        if entry.kind != "elementwise" or len(args) != 1:
            raise NotPlainError
        operation = self._functions.get(name)
        if operation is None:
            operation = self._functions[name] = len(self._operations)
            self._operations.append(function(name, self.at_zero))
        return self._row(operation, self._operand(args[0]), 0)

    def _number(self, value: float) -> int:
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = -1 - len(self.names) - len(self._numbers)
        return found

    def _row(self, operation: int, left: int, right: int) -> int:
        self._rows += (operation, left, right)
        at = self._count
        self._count = at + 1
        return at

    def names_in(self, formula: int) -> frozenset[str]:
        """The names in a formula."""
        return frozenset(name for name in self.names if self.naming(name)[formula])

    def naming(self, name: str | None) -> NDArray[np.bool_]:
        """Which of all formulas speak of a quantity."""
        rows, first, roots = self._arrays()
        leaf = self.names.get(name or "", 0)
        if leaf == 0:
            return np.zeros(roots.size, dtype=bool)
        found = np.cumsum(np.concatenate([[False], (rows[:, 1:] == leaf).any(axis=1)]))
        return np.asarray((found[first[1:]] > found[first[:-1]]) | (roots == leaf))

    def _arrays(self) -> tuple[NDArray[np.intp], Indices, Indices]:
        """Every row, where each formula's begin (and the last one's end), and the formulas' own operands."""
        if self._kept is None:
            rows, first, roots = (np.array(c, dtype=np.intp) for c in (self._rows, self._first, self._roots))
            self._kept = rows.reshape(-1, 3), first, roots
        return self._kept

    def values(self, formulas: Indices, students: Indices, known: Mapping[str, Array], points: int) -> Array:
        """The values of formulas, (formulas, points).

        Args:
            formulas: their numbers, as often as they are wanted.
            students: for each of them, whose values it speaks of.
            known: (students or 1, points or 1) for every name.
            points: the number of sample points.
        """
        leaves = self._known(known, points)
        rows, first, roots = self._arrays()
        out = np.empty((formulas.size, points))
        with np.errstate(all="ignore"):
            for part in _parts((first[1:] - first[:-1])[formulas]):
                chosen = formulas[part]
                block = _Block(rows, first[chosen], first[chosen + 1], students[part], leaves)
                block.compute(self._operations)
                out[part] = block.of(roots[chosen])
        return out

    def _known(self, known: Mapping[str, Array], points: int) -> _Leaves:
        """The values of names and numbers, one below the other."""
        tables = [known[name] for name in self.names]
        numbers = np.array(list(self._numbers), dtype=float).reshape(-1, 1)
        sizes = np.array([len(t) for t in tables] + [1] * len(numbers), dtype=np.intp)
        values = [np.broadcast_to(t, (len(t), points)) for t in (*tables, numbers)]
        return _Leaves(np.concatenate(values), np.cumsum(sizes) - sizes, sizes > 1)


def _parts(counts: Indices) -> Iterator[slice]:
    """Runs of formulas with about as many rows as are computed at a time."""
    ends = np.cumsum(counts)
    start = 0
    while start < counts.size:
        done = ends[start] - counts[start]
        stop = max(int(np.searchsorted(ends, done + _AT_ONCE)), start + 1)
        yield slice(start, stop)
        start = stop


class _Leaves(NamedTuple):
    """The values of names and numbers in one table: where each begins, and whether students have own ones."""

    values: Array
    first: Indices
    own: NDArray[np.bool_]


class _Block:
    """Some formulas being computed; the values stand in one table, leaves first, then rows in their order.

    Args:
        rows: operation, left and right of every row that is kept.
        first, end: where each formula's rows begin and end in them.
        students: whose values each formula speaks of.
        leaves: the values of names and numbers.
    """

    def __init__(
        self,
        rows: NDArray[np.intp],
        first: Indices,
        end: Indices,
        students: Indices,
        leaves: _Leaves,
    ) -> None:
        counts = end - first
        self.formula = np.repeat(np.arange(counts.size), counts)
        self.begin = np.cumsum(counts) - counts
        place = np.arange(self.formula.size) - self.begin[self.formula]
        self.operation, left, right = rows[first[self.formula] + place].T
        self.students = students
        self.leaves = leaves
        # What stands at one place and is of one kind comes together.
        sorting = place * (int(rows[:, 0].max(initial=0)) + 1) + self.operation
        self.order = np.argsort(sorting, kind="stable")
        self.rank = np.empty_like(self.order)
        self.rank[self.order] = np.arange(self.order.size)
        self.cuts = np.flatnonzero(np.diff(sorting[self.order], prepend=-1, append=-1))
        self.left = self._where(left, self.formula)[self.order]
        self.right = self._where(right, self.formula)[self.order]
        self.table = np.empty((len(leaves.values) + self.order.size, leaves.values.shape[1]))
        self.table[: len(leaves.values)] = leaves.values

    def _where(self, operand: Indices, formula: Indices) -> Indices:
        """The line of the table in which operands stand."""
        leaf = np.where(operand < 0, -1 - operand, 0)
        lines = self.leaves.first[leaf] + self.leaves.own[leaf] * self.students[formula]
        inner = operand >= 0
        if inner.any():
            rows = self.begin[formula[inner]] + operand[inner]
            lines[inner] = len(self.leaves.values) + self.rank[rows]
        return np.asarray(lines)

    def compute(self, operations: list[Callable[..., Array]]) -> None:
        """Fill the table in."""
        lead = len(self.leaves.values)
        table = self.table
        for start, end in zip(self.cuts[:-1].tolist(), self.cuts[1:].tolist(), strict=True):
            number = int(self.operation[self.order[start]])
            left = table.take(self.left[start:end], axis=0)
            if number < _WITH_TWO:
                right = table.take(self.right[start:end], axis=0)
                operations[number](left, right, out=table[lead + start : lead + end])
            else:
                table[lead + start : lead + end] = operations[number](left)

    def of(self, roots: Indices) -> Array:
        """The formulas' own values."""
        return self.table[self._where(roots, np.arange(roots.size))]
