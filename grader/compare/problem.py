"""A class's answers to one problem, from what was written to a verdict for every element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.compare.chains import Agreement
from grader.compare.collected import Collected
from grader.compare.formulas import PlainFormulas
from grader.compare.judgement import Judgement
from grader.compare.match import Matcher
from grader.compare.prepared import Prepared
from grader.compare.reader import FormulaReader
from grader.compare.sheet import Sheet, read_sheet
from grader.compare.verdicts import CORRECT
from grader.engine.depends import depends
from grader.engine.derive import derive
from grader.engine.points import sample
from grader.engine.solve import Engine
from grader.record import mutable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from grader.compare.evaluation import FormulaCell
    from grader.compare.judgement import QuestionResult
    from grader.compare.match import Place
    from grader.compare.pins import Asked
    from grader.engine.derive import Plan
    from grader.spec.model import Problem
    from grader.submission.model import Given

    Array = NDArray[np.float64]


@mutable
class ProblemResult:
    """What a class's answers to one problem came to.

    Args:
        plan: the worked solution.
        reference: the expected value of each numbered question, (rows, columns, 1, points).
        questions: results of the numbered questions, by id.
        given: for every question, by id, what each student wrote.
        matched: key as written -> question, for every key that was met.
        notes: student -> what was odd about the answers.
        decided: the answers of the depends questions.
        keys: for each student: question number -> the key under which the answer stood.
        asked: the numbered questions with the numbers written, formulas evaluated.
        inputs: the values of symbols; None where no points make sense.
        formulas: the answers that are formulas with sizes, derivatives or later values in them.
    """

    plan: Plan
    reference: Mapping[str, Array]
    questions: Mapping[str, QuestionResult]
    given: Mapping[str, Sequence[Given | dict[Place, Given] | None]]
    notes: Mapping[int, list[str]]
    decided: Mapping[str, bool]
    keys: Sequence[Mapping[int, str]]
    asked: Mapping[str, Asked]
    inputs: Mapping[str, Array] | None
    formulas: Sequence[FormulaCell]


class ProblemGrader:
    """Judges answers to one problem; what does not depend on answers is done once.

    Args:
        problem: the problem.
        decimal_comma: whether ``1,5`` is a number.
    """

    def __init__(self, problem: Problem, *, decimal_comma: bool = False) -> None:
        self.problem = problem
        self.decimal_comma = decimal_comma
        self.plan = derive(problem)
        self.matcher = Matcher(problem, self.plan)
        self.reader = FormulaReader(self.matcher.scope, PlainFormulas(problem), decimal_comma=decimal_comma)
        # Sampled from the questions alone, so that no verdict depends on what classmates wrote.
        self.inputs = sample(problem, Engine(self.plan)) if problem.symbols else {}
        self.ready: Prepared | None = None
        self.decided = {
            q.id: depends(problem, q.expr) for q in problem.questions if q.kind == "depends" and q.expr
        }

    def _prepared(self, sheets: Mapping[str, Sheet]) -> Prepared:
        """The worked solution solved; made again only for formulas that nobody wrote before."""
        targets = self.reader.targets
        known = self.ready.exprs if self.ready is not None else {}
        fresh = {
            f.text: f.expr
            for sheet in sheets.values()
            for f in sheet.formulas
            if f.text not in self.reader.numbered and targets[f.text] is None and f.text not in known
        }
        if self.ready is None or fresh:
            self.ready = Prepared(self.problem, {**known, **fresh}, self.inputs)
            targets.update(self.ready.extra)
        return self.ready

    def grade(self, answers: Sequence[Mapping[str, Given]]) -> ProblemResult:
        """Judge the answers of a class, each a mapping from keys as written to what stands there."""
        collected = Collected(self.matcher, len(self.problem.questions), len(answers))
        for student, written in enumerate(answers):
            collected.add(student, written)
        given = {q.id: collected.columns[i] for i, q in enumerate(self.problem.questions)}
        sheets = {
            q.id: read_sheet(
                q, self.plan.targets[q.id].shape, given[q.id], self.reader, decimal_comma=self.decimal_comma
            )
            for q in self.problem.questions
            if q.kind == "value"
        }
        ready = self._prepared(sheets)
        judged = Judgement(ready, sheets, self.reader, len(answers))
        questions = judged.results()
        self._check_chains(judged, questions, collected)
        return ProblemResult(
            ready.plan,
            ready.reference,
            questions,
            given,
            collected.notes,
            self.decided,
            collected.keys,
            judged.asked,
            ready.inputs,
            judged.formulas.cells,
        )

    def _check_chains(
        self, judged: Judgement, questions: Mapping[str, QuestionResult], collected: Collected
    ) -> None:
        """Tell where what stands before an answer's last equals sign is something else."""
        agreement = Agreement(self.problem, self.reader, lambda node: judged.ready.trace.used[node][0])
        numbers = {q.id: i for i, q in enumerate(self.problem.questions)}
        for id_, result in questions.items():
            for (student, _), (text, members) in result.sheet.chains.items():
                own_values = bool((result.codes[:, :, student] != CORRECT).any())
                key = collected.keys[student].get(numbers[id_], id_)
                for note in agreement.notes(text, members, own_values=own_values):
                    collected.note(student, f"{key}: {note}")
