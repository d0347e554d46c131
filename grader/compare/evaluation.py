"""A class's formulas evaluated at the values of a run, each at its own student's where these differ.

Formulas in plain numbers, which most are, go through a ``Batch`` all at once; the others one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.judge import Written
from grader.engine.steps import Node
from grader.language.evaluate import evaluate
from grader.record import record, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.engine.solve import Trace
    from grader.language.batch import Batch
    from grader.language.tree import Expr
    from grader.spec.model import Problem

    Array = NDArray[np.float64]
    Indices = NDArray[np.intp]


@record
class FormulaCell:
    """An answer that is a formula with sizes, derivatives or later values in it.

    Args:
        question, student, place: where it belongs; place is None for the whole answer.
        expr: the formula over timed names.
        names: the timed names in it and what they stand for.
    """

    question: int
    student: int
    place: Place | None
    expr: Expr
    names: tuple[tuple[str, Node], ...]


@record
class NumberFormulas:
    """Answers to one question, or to one element of it, that are formulas in plain numbers.

    Args:
        question, place: where they belong; place is None for the whole answer, which is a number.
        students: whose they are; nobody has two.
        formulas: each one's number in the batch.
    """

    question: int
    place: Place | None
    students: Indices
    formulas: Indices

    @property
    def at(self) -> tuple[int, int, Indices]:
        """Where their values stand in arrays of (rows, columns, students, points)."""
        row, column = self.place or (0, 0)
        return row, column, self.students

    def taken(self, students: Indices) -> NumberFormulas:
        """The same for some students only, each as often as listed."""
        known = np.full(max(students.max(initial=0), self.students.max(initial=0)) + 1, -1)
        known[self.students] = self.formulas
        chosen = known[students]
        (there,) = np.nonzero(chosen >= 0)
        return NumberFormulas(self.question, self.place, there, chosen[there])


@record
class Formulas:
    """What a class wrote as formulas.

    Args:
        cells: the formulas that are evaluated one by one.
        groups: those in plain numbers.
        batch: holds the latter.
        problem: whose indices and kinks hold.
    """

    cells: Sequence[FormulaCell]
    groups: Sequence[NumberFormulas]
    batch: Batch
    problem: Problem

    def questions(self) -> set[int]:
        """The questions that somebody answered by a formula."""
        return {f.question for f in self.cells} | {g.question for g in self.groups}

    def taken(self, students: Indices) -> Formulas:
        """The same for some students only, each as often as listed."""
        cells = [
            replace(f, student=i) for f in self.cells for i in np.flatnonzero(students == f.student).tolist()
        ]
        return Formulas(cells, [g.taken(students) for g in self.groups], self.batch, self.problem)


def refilled(written: Sequence[Written], formulas: Formulas, trace: Trace) -> list[Written]:
    """What was written for every question, with formulas evaluated at the values of a run."""
    out = list(written)
    for q in formulas.questions():
        w = out[q]
        out[q] = Written(w.value.copy(), w.half, w.decimals, w.sigfigs, w.present)
    for group, values in _together(formulas, out, trace):
        out[group.question].value[group.at] = values
    known = _Values(trace)
    problem = formulas.problem
    with np.errstate(all="ignore"):
        for f in formulas.cells:
            value = evaluate(f.expr, known.of(f), problem.at_zero, problem.index_base)
            numbers = out[f.question].value
            if f.place is None:
                if value.shape[:2] != numbers.shape[:2]:  # a row for a column, or the other way round
                    value = value.swapaxes(0, 1)
                numbers[:, :, f.student] = value[:, :, 0]
            else:
                numbers[f.place[0], f.place[1], f.student] = value[0, 0, 0]
    return out


def _together(
    formulas: Formulas, written: Sequence[Written], trace: Trace
) -> Iterator[tuple[NumberFormulas, Array]]:
    """The values of each group's formulas, (students, points)."""
    groups = [g for g in formulas.groups if g.students.size]
    if not groups:
        return
    wanted = np.concatenate([g.formulas for g in groups])
    students = np.concatenate([g.students for g in groups])
    points = max(written[g.question].value.shape[-1] for g in groups)
    distinct, same = np.unique(wanted, return_inverse=True)
    known = {name: trace.used[Node(name, 0)][0][0, 0] for name in formulas.batch.names}
    if all(len(lane) == 1 for lane in known.values()):
        values = formulas.batch.values(distinct, np.zeros_like(distinct), known, points)[same]
    else:
        values = formulas.batch.values(wanted, students, known, points)
    start = 0
    for group in groups:
        yield group, values[start : start + group.students.size]
        start += group.students.size


class _Values:
    """A run's values by name, for one student at a time."""

    def __init__(self, trace: Trace) -> None:
        self.used = trace.used
        self.shared: dict[str, Array] = {}

    def of(self, formula: FormulaCell) -> Mapping[str, Array]:
        """The values of the names in a formula."""
        if all(text in self.shared for text, _ in formula.names):
            return self.shared
        own = {}
        for text, node in formula.names:
            lane = self.used[node][0]
            if lane.shape[2] == 1:
                self.shared[text] = own[text] = lane
            else:
                own[text] = lane[:, :, formula.student : formula.student + 1]
        return own
