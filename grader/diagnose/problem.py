"""The mistakes in a class's answers to one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.evaluation import FormulaCell
from grader.compare.pins import Asked
from grader.compare.verdicts import WRONG
from grader.diagnose.formulas import FormulaEdits
from grader.diagnose.runs import Class, Compiled
from grader.diagnose.search import Search
from grader.diagnose.variants import Alternatives
from grader.diagnose.wrong_formulas import WrongFormulas
from grader.engine.steps import Node
from grader.language.tree import quantities
from grader.misconceptions import CATALOGUE
from grader.misconceptions.view import View
from grader.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.compare.sheet import Formula
    from grader.diagnose.model import Cell, Finding
    from grader.engine.derive import Plan
    from grader.engine.steps import Target
    from grader.misconceptions import Misconception

    Mask = NDArray[np.bool_]


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
        self._formulas: WrongFormulas | None = None
        self._worlds: dict[int, FormulaEdits] = {}

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
        formulas = self._wrong_formulas(result, order, wrong)
        by_formula = self._followed(result, formulas, order)
        for student, findings in by_formula.items():
            for q, i, j in (cell for finding in findings for cell in finding.cells):
                wrong[q][i, j, student] = False
        by_student = self._searched(result, order, wrong)
        for student, findings in by_formula.items():
            by_student[student] = joined(by_student.get(student, []), findings)
        for student, finding in self._edited(result, formulas, order, by_student):
            by_student.setdefault(student, []).append(finding)
        return by_student

    def _searched(
        self, result: ProblemResult, order: Sequence[str], wrong: Sequence[Mask]
    ) -> dict[int, list[Finding]]:
        """What the search finds for the wrong answers of a class, (rows, columns, students) a question."""
        students = np.flatnonzero(np.any([w.any(axis=(0, 1)) for w in wrong], axis=0))
        if not students.size:
            return {}
        asked = [
            Asked(self._own_target(i), result.asked[i].written.take(students), result.asked[i].tolerance)
            for i in order
        ]
        group = Class(self.compiled, asked, result.inputs or {})
        red = np.concatenate([w[:, :, students].reshape(-1, students.size) for w in wrong])
        with np.errstate(all="ignore"):
            found = Search(group, red).findings()
        return {int(s): f for s, f in zip(students, found, strict=True) if f}

    def _own_target(self, question: str) -> Target:
        """A question's own step: under a wrong rule dL/db need not be dL/dz any more."""
        target = self.plan.targets[question]
        return replace(target, node=target.shown)

    def _wrong_formulas(
        self, result: ProblemResult, order: Sequence[str], wrong: Sequence[Mask]
    ) -> list[tuple[FormulaCell, tuple[Cell, ...]]]:
        """The formulas that are wrong, with the answers that they give."""
        special = {(f.question, f.student, f.place): f for f in result.formulas}
        out = []
        for q, question in enumerate(order):
            for f in result.questions[question].sheet.formulas:
                at = wrong[q][:, :, f.student]
                places = np.argwhere(at).tolist() if f.place is None else [list(f.place)]
                cells = tuple((q, i, j) for i, j in places if at[i, j])
                if cells:
                    out.append((special.get((q, f.student, f.place)) or _plain(q, f), cells))
        return out

    def _followed(
        self,
        result: ProblemResult,
        formulas: Sequence[tuple[FormulaCell, tuple[Cell, ...]]],
        order: Sequence[str],
    ) -> dict[int, list[Finding]]:
        """Student -> the wrong rules that his formulas follow."""
        out: dict[int, list[Finding]] = {}
        for formula, cells in formulas:
            found = self._rules(result).find(formula, self._own_target(order[formula.question]), cells)
            if found is not None:
                out.setdefault(formula.student, []).append(found)
        return out

    def _rules(self, result: ProblemResult) -> WrongFormulas:
        if self._formulas is None:
            alternatives = Alternatives(View(self.plan), self.compiled.variants, self.compiled)
            self._formulas = WrongFormulas(alternatives, result.inputs or {})
        return self._formulas

    def _edited(
        self,
        result: ProblemResult,
        formulas: Sequence[tuple[FormulaCell, tuple[Cell, ...]]],
        order: Sequence[str],
        found: Mapping[int, Sequence[Finding]],
    ) -> Iterator[tuple[int, Finding]]:
        """Edits that explain wrong formulas which no wrong rule gives."""
        explained = {(s, c) for s, findings in found.items() for f in findings for c in f.cells}
        for formula, cells in formulas:
            question = order[formula.question]
            one = formula.place is not None or result.asked[question].target.shape == (1, 1)
            if not one or (formula.student, cells[0]) in explained:
                continue
            for world, written, right in self._rules(result).sides(formula, self._own_target(question)):
                edits = self._edits(world)
                finding = edits.find(formula.expr, right.ravel(), written.ravel(), cells[0], question)
                if finding is not None:
                    yield formula.student, finding
                    break

    def _edits(self, world: int) -> FormulaEdits:
        """Small edits of formulas, compared where a world's numbers are."""
        if world not in self._worlds:
            steps = (step.name for step in self.plan.steps if step.phase != "update")
            nodes = {n: Node(n, 0) for n in (*self.plan.problem.shapes, *steps)}
            inputs = self._formulas.worlds[world] if self._formulas is not None else {}
            trace = self.compiled.engine.solve(list(nodes.values()), inputs=inputs)
            points = max((v.shape[-1] for v in inputs.values()), default=1)
            values = {
                n: np.broadcast_to(v, (*v.shape[:3], points))
                for n, node in nodes.items()
                if (v := trace.used.get(node)) is not None
            }
            self._worlds[world] = FormulaEdits(View(self.plan), values)
        return self._worlds[world]


def _plain(question: int, formula: Formula) -> FormulaCell:
    """A formula that names quantities before any step, as they stand in the problem."""
    named = tuple((n, Node(n, 0)) for n in sorted(quantities(formula.expr)))
    return FormulaCell(question, formula.student, formula.place, formula.expr, named)


def joined(found: Sequence[Finding], formulas: Sequence[Finding]) -> list[Finding]:
    """What numbers and formulas say of one student, put together.

    Where several rules give a formula and one of them explains numbers too, it is that one; the same rule
    at the same step is one finding.
    """
    out = list(found)
    for finding in formulas:
        told = [finding, *finding.others]
        at = next((n for n, f in enumerate(out) if any(_same(f, t) for t in told)), None)
        if at is None:
            out.append(finding)
            continue
        sure = max(out[at].confidence, finding.confidence)
        others = tuple(o for o in out[at].others if any(_same(o, t) for t in told))
        cells = tuple(sorted({*out[at].cells, *finding.cells}))
        out[at] = out[at]._replace(cells=cells, confidence=sure, others=others)
    return out


def _same(a: Finding, b: Finding) -> bool:
    return a.id == b.id and not a.slip and (a.step == b.step or b.step in (a.rules or {}))
