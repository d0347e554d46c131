"""The mistakes in a class's answers to one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.pins import Asked
from grader.compare.verdicts import WRONG
from grader.diagnose.formulas import FormulaEdits
from grader.diagnose.runs import Class, Compiled
from grader.diagnose.search import Search
from grader.engine.steps import Node
from grader.misconceptions import CATALOGUE
from grader.misconceptions.view import View
from grader.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.diagnose.model import Finding
    from grader.engine.derive import Plan
    from grader.engine.steps import Target
    from grader.misconceptions import Misconception

    Array = NDArray[np.float64]


class Diagnostician:
    """Explains wrong answers to one problem; the wrong rules are compiled when the first one is met.

    Args:
        plan: the worked solution that the problem's questions need.
        own: the course's own misconceptions.
    """

    def __init__(self, plan: Plan, own: Sequence[Misconception] = ()) -> None:
        self.plan = plan
        self.own = tuple(own)
        self._compiled: Compiled | None = None

    @property
    def compiled(self) -> Compiled:
        """The worked solution with every wrong rule at every place."""
        if self._compiled is None:
            view = View(self.plan)
            rules = (*self.own, *(m for m in CATALOGUE.values() if m.kind == "rule"))
            variants = [v for m in rules for v in m.variants(view)]
            self._compiled = Compiled.of(self.plan, variants)
        return self._compiled

    def findings(self, result: ProblemResult) -> dict[int, list[Finding]]:
        """Student -> the mistakes that explain wrong answers; only students with some."""
        order = [i for i in result.asked if i in self.plan.targets]
        if not order or result.inputs is None:
            return {}
        codes = [result.questions[i].codes for i in order]
        wrong = [
            (c == WRONG) & result.asked[i].written.present[..., 0] for c, i in zip(codes, order, strict=True)
        ]
        students = np.flatnonzero(np.any([w.any(axis=(0, 1)) for w in wrong], axis=0))
        if not students.size:
            return {}
        asked = [
            Asked(self._own_target(i), result.asked[i].written.take(students), result.asked[i].tolerance)
            for i in order
        ]
        group = Class(self.compiled, asked, result.inputs)
        red = np.concatenate([w[:, :, students].reshape(-1, students.size) for w in wrong])
        with np.errstate(all="ignore"):
            found = Search(group, red).findings()
        by_student = {int(s): f for s, f in zip(students, found, strict=True) if f}
        for student, finding in self._formulas(result, order, by_student):
            by_student.setdefault(student, []).append(finding)
        return by_student

    def _own_target(self, question: str) -> Target:
        """A question's own step: under a wrong rule dL/db need not be dL/dz any more."""
        target = self.plan.targets[question]
        return replace(target, node=target.shown)

    def _formulas(
        self, result: ProblemResult, order: Sequence[str], found: Mapping[int, Sequence[Finding]]
    ) -> Iterator[tuple[int, Finding]]:
        """Edits that explain wrong formulas which no wrong rule gives."""
        explained = {(s, c) for s, findings in found.items() for f in findings for c in f.cells}
        edits: FormulaEdits | None = None
        for q, i in enumerate(order):
            codes, asked = result.questions[i].codes, result.asked[i]
            for formula in result.questions[i].sheet.formulas:
                place = formula.place or (0, 0)
                whole = asked.target.shape if formula.place is None else (1, 1)
                cell = (q, *place)
                if (
                    whole != (1, 1)
                    or codes[(*place, formula.student)] != WRONG
                    or (formula.student, cell) in explained
                ):
                    continue
                edits = edits or FormulaEdits(View(self.plan), self._values(result))
                right = result.reference[i][(*place, 0)]
                written = asked.written.value[(*place, formula.student)]
                right, written = np.broadcast_arrays(right, written)
                finding = edits.find(formula.expr, right, written, cell, i)
                if finding is not None:
                    yield formula.student, finding

    def _values(self, result: ProblemResult) -> dict[str, Array]:
        """Every quantity before any step, at the sample points."""
        nodes = {n: Node(n, 0) for n in self.plan.problem.shapes}
        engine = self.compiled.engine
        trace = engine.solve(list(nodes.values()), inputs=result.inputs or {})
        points = max((v.shape[-1] for v in (result.inputs or {}).values()), default=1)
        return {
            n: np.broadcast_to(v, (*v.shape[:3], points))
            for n, node in nodes.items()
            if (v := trace.used.get(node)) is not None
        }
