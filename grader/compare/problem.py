"""A class's answers to one problem, from what was written to a verdict for every element."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from grader.compare.chains import Agreement
from grader.compare.formulas import PlainFormulas
from grader.compare.judge import CUT, IMPRECISE, NO, OK, Written, judge
from grader.compare.match import Match, Matcher, Place
from grader.compare.outputs import slopes_from_outputs
from grader.compare.passes import Asked, FormulaCell, Found, Passes, Refill
from grader.compare.reader import FormulaReader
from grader.compare.sheet import Sheet, read_sheet
from grader.engine import names
from grader.engine.depends import depends
from grader.engine.derive import derive
from grader.engine.graph import Ancestry
from grader.engine.points import sample
from grader.engine.solve import Engine, evaluate_targets
from grader.engine.steps import Node, Target
from grader.errors import ExpressionError
from grader.language.shapes import NUMBER, show_shape
from grader.record import field, mutable
from grader.submission.model import Duplicate
from grader.submission.numerals import EXACT_SIGFIGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.solve import Trace
    from grader.language.tree import Expr
    from grader.spec.model import Problem
    from grader.submission.model import Given

    Array = NDArray[np.float64]
    Codes = NDArray[np.int8]

# A verdict as a code in an array of (rows, columns, students).
MISSING, UNREADABLE, WRONG, SLIP_CUT, SHORT, FOLLOWED, CORRECT, UNDECIDED, SLIP_TURNED = range(9)
# Given by a diagnosis: a wrong rule, the same one again, a one-off.
MISCONCEPTION, REPEATED, SLIPPED = range(9, 12)


@mutable
class QuestionResult:
    """What a class's answers to one numbered question came to.

    Args:
        sheet: the answers as read.
        codes: a verdict code for each element, (rows, columns, students).
        read_as: (student, element or None) -> a formula as it was read.
    """

    sheet: Sheet
    codes: NDArray[np.int8]
    read_as: dict[tuple[int, Place | None], Expr] = field(default_factory=dict)


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
        formulas: the answers that are formulas and could be evaluated.
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
        self.reader = FormulaReader(self.matcher.scope, PlainFormulas(problem))
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
            if targets[f.text] is None and f.text not in known
        }
        if self.ready is None or fresh:
            self.ready = Prepared(self.problem, {**known, **fresh}, self.inputs)
            targets.update(self.ready.extra)
        return self.ready

    def grade(self, answers: Sequence[Mapping[str, Given]]) -> ProblemResult:
        """Judge the answers of a class, each a mapping from keys as written to what stands there."""
        collected = _Collected(self.matcher, len(self.problem.questions), len(answers))
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
        judged = _Judgement(self._prepared(sheets), sheets, self.reader.targets, len(answers))
        questions = judged.results()
        self._check_chains(judged, questions, collected)
        return ProblemResult(
            judged.plan,
            judged.reference,
            questions,
            given,
            collected.notes,
            self.decided,
            collected.keys,
            judged.asked,
            judged.inputs,
            judged.cells,
        )

    def _check_chains(
        self, judged: _Judgement, questions: Mapping[str, QuestionResult], collected: _Collected
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


class _Collected:
    """Answers sorted by question; nothing is dropped silently."""

    def __init__(self, matcher: Matcher, questions: int, students: int) -> None:
        self.matcher = matcher
        self.columns: list[list[Given | dict[Place, Given] | None]] = [
            [None] * students for _ in range(questions)
        ]
        self.keys: list[dict[int, str]] = [{} for _ in range(students)]
        self.notes: dict[int, list[str]] = {}
        self.layouts: dict[tuple[str, ...], tuple[list[int], dict[int, str]] | None] = {}

    def add(self, student: int, given: Mapping[str, Given]) -> None:
        """Sort one student's answers; most of a class use the same keys in the same order."""
        written = tuple(given)
        if written not in self.layouts:
            self.layouts[written] = self._layout(written)
        layout = self.layouts[written]
        if layout is None:
            self._one_by_one(student, given)
            return
        columns = self.columns
        for question, value in zip(layout[0], given.values(), strict=True):
            columns[question][student] = value
        self.keys[student] = layout[1]

    def _layout(self, written: tuple[str, ...]) -> tuple[list[int], dict[int, str]] | None:
        """The questions of these keys, where every key means a whole question of its own."""
        matches = [self.matcher.find(key) for key in written]
        questions = [m.question for m in matches if m is not None and m.place is None]
        if len(set(questions)) < len(written):
            return None
        return questions, dict(zip(questions, written, strict=True))

    def _one_by_one(self, student: int, given: Mapping[str, Given]) -> None:
        for written, value in given.items():
            match = self.matcher.find(written)
            if match is None:
                self._unknown(student, written)
            elif match.place is None and self.columns[match.question][student] is None:
                self.columns[match.question][student] = value
                self.keys[student][match.question] = written
            else:
                self._further(student, written, value, match)

    def _further(self, student: int, written: str, value: Given, match: Match) -> None:
        cell = self.columns[match.question]
        before = cell[student]
        first = self.keys[student].setdefault(match.question, written)
        if match.place is None or (before is not None and not isinstance(before, dict)):
            texts = (show_given(before), show_given(value))
            cell[student] = Duplicate(texts, (0, 0))
            self.note(student, f'"{first}" and "{written}" answer the same question')
        elif before is None:
            cell[student] = {match.place: value}
        elif match.place in before:
            before[match.place] = Duplicate((show_given(before[match.place]), show_given(value)), (0, 0))
            self.note(student, f'"{written}" is answered twice')
        else:
            before[match.place] = value

    def _unknown(self, student: int, written: str) -> None:
        near = self.matcher.nearest(written)
        hint = f'; did you mean "{near}"?' if near else ""
        self.note(student, f'"{written}" is not a question of {self.matcher.problem.id}{hint}')

    def note(self, student: int, text: str) -> None:
        """Keep something odd about a student's answers."""
        self.notes.setdefault(student, []).append(text)


def show_given(given: object) -> str:
    """What was written, as text."""
    if isinstance(given, str):
        return given
    if isinstance(given, tuple):
        return "[" + ", ".join(show_given(g) for g in given) + "]"
    if isinstance(given, dict):
        return ", ".join(f"{show_given(v)}" for v in given.values())
    texts = getattr(given, "texts", None)
    return " and ".join(texts) if texts else ""


class Prepared:
    """A problem's worked solution derived, compiled and solved, with the formulas of a class resolved.

    Args:
        problem: the problem.
        exprs: formulas that students wrote and that the engine has to resolve, by their text.
        inputs: values for the symbols; None where no points make sense.
    """

    def __init__(
        self, problem: Problem, exprs: Mapping[str, Expr], inputs: Mapping[str, Array] | None
    ) -> None:
        self.problem = problem
        self.exprs = exprs
        self.plan = derive(problem, list(exprs.values()))
        self.extra = dict(zip(exprs, self.plan.extra, strict=True))
        self.engine = Engine(self.plan)
        self.inputs = inputs
        self.order = [q.id for q in problem.questions if q.id in self.plan.targets]
        self.targets = [self.plan.targets[i] for i in self.order]
        self.keep = self._kept()
        self.trace: Trace = self.engine.solve(
            self.keep, horizon=self.plan.horizon, inputs=self.inputs or {}, bounds=True
        )
        self.lanes = evaluate_targets(self.plan, self.targets, self.trace, bounds=True)
        self.reference = {i: lane[0] for i, lane in zip(self.order, self.lanes, strict=True)}

    @cached_property
    def engines(self) -> list[Engine]:
        """The worked solution with slopes from z, and with slopes from activations if that differs."""
        rules = slopes_from_outputs(self.plan)
        return [self.engine, *([Engine(self.plan, rules)] if rules else [])]

    @cached_property
    def behind(self) -> NDArray[np.bool_]:
        """[i, j]: whether question i's value is computed from question j's."""
        ancestry = Ancestry(self.plan)
        out = np.zeros((len(self.targets), len(self.targets)), dtype=bool)
        for i, target in enumerate(self.targets):
            nodes = target.nodes if target.node is None else (target.node,)
            before = ancestry.of(nodes) | (set(nodes) if target.node is None else set())
            out[i] = [other.node in before for other in self.targets]
        return out

    def _kept(self) -> list[Node]:
        wanted = [*self.targets, *(t for t in self.extra.values() if not isinstance(t, ExpressionError))]
        nodes = [n for t in wanted for n in t.nodes]
        nodes += [t.node for t in wanted if t.node is not None]
        nodes += [Node(n, 0) for n in self.problem.shapes]
        return list(dict.fromkeys(nodes))


class _Judgement:
    """The class judged in passes."""

    def __init__(
        self,
        ready: Prepared,
        sheets: Mapping[str, Sheet],
        formulas: Mapping[str, Target | ExpressionError | None],
        students: int,
    ) -> None:
        self.ready = ready
        self.problem = ready.problem
        self.sheets = sheets
        self.formulas = formulas
        self.students = students
        self.undecided: dict[tuple[int, int, Place | None], str] = {}
        self.plan = ready.plan
        self.inputs = ready.inputs
        self.order = ready.order
        self.targets = ready.targets
        self.reference = ready.reference
        self.asked: dict[str, Asked] = {}
        self.cells = self._cells()

    def _cells(self) -> list[FormulaCell]:
        """The formulas that can be evaluated; the others get their reason."""
        cells: list[FormulaCell] = []
        for q, i in enumerate(self.order):
            sheet = self.sheets[i]
            for f in sheet.formulas:
                found = self.formulas[f.text]
                asked = sheet.shape if f.place is None else NUMBER
                reason = _objection(found, asked, self.targets[q], f.place)
                if reason is not None and reason.startswith("="):
                    sheet.misshapen[f.student] = reason[1:]
                elif reason is not None:
                    sheet.reasons[(f.student, f.place)] = reason
                elif isinstance(found, Target):
                    timed = tuple((names.timed(n.name, n.time), n) for n in found.nodes)
                    cells.append(FormulaCell(q, f.student, f.place, found.expr, timed))
        return cells

    def results(self) -> dict[str, QuestionResult]:
        """The verdict codes of every numbered question."""
        written = [self.sheets[i].written for i in self.order]
        points = max((v.shape[-1] for v in (self.inputs or {}).values()), default=1)
        written = _with_room(written, self.cells, points)
        asked = [
            Asked(t, w, self.sheets[i].question.tolerance)
            for t, w, i in zip(self.targets, written, self.order, strict=True)
        ]
        refill = Refill(asked, self.cells, self.problem)
        filled = refill(self.ready.trace)
        self._check_finite(filled)
        asked = [Asked(a.target, w, a.tolerance) for a, w in zip(asked, filled, strict=True)]
        self.asked = dict(zip(self.order, asked, strict=True))
        best = [judge(lane, a.written, a.tolerance) for lane, a in zip(self.ready.lanes, asked, strict=True)]
        best = [np.array(np.broadcast_to(b, (*b.shape[:2], self.students, 1))) for b in best]
        codes = [_first_codes(b, a.written) for b, a in zip(best, asked, strict=True)]
        self._second_look(asked, codes)
        return {i: self._finished(q, i, codes[q]) for q, i in enumerate(self.order)}

    def _second_look(self, asked: Sequence[Asked], codes: list[Codes]) -> None:
        """Judge from the student's own values whoever has something that the reference alone calls wrong."""
        subset = np.flatnonzero(self._open(asked, codes))
        if not subset.size or self.inputs is None:
            return
        ready = self.ready
        chosen = [Asked(a.target, a.written.take(subset), a.tolerance) for a in asked]
        refill = Refill(asked, self.cells, self.problem).taken(subset)
        passes = Passes(ready.plan, ready.engines, chosen, self.inputs, ready.keep, ready.behind)
        honest = passes.honest(refill)
        own = passes.own(refill)
        nearer = self._carried(honest, own, chosen)
        _merge(codes, subset, [f.codes for f in honest], chosen, CORRECT, except_for=nearer)
        _merge(codes, subset, [f.codes for f in own], chosen, FOLLOWED)
        mixed = passes.mixed(refill, honest, own)
        if mixed is not None:
            _merge(codes, subset, mixed, chosen, FOLLOWED)

    def _open(self, asked: Sequence[Asked], codes: Sequence[Codes]) -> NDArray[np.bool_]:
        """The students with an answer that may still be right: a formula only if it speaks of own values.

        A number may be right by rounding; a formula without decimals is exact, so it can only follow
        from something else that the student wrote.
        """
        red = np.array(
            [
                ((code < CORRECT)[..., None] & a.written.present).any(axis=(0, 1, 3))
                for code, a in zip(codes, asked, strict=True)
            ],
            dtype=bool,
        ).reshape(len(asked), self.students)
        exact = np.zeros_like(red)
        for q, i in enumerate(self.order):
            for f in self.sheets[i].formulas:
                exact[q, f.student] = f.place is None and "." not in f.text
        present = np.array([a.written.present.any(axis=(0, 1, 3)) for a in asked], dtype=bool).reshape(
            red.shape
        )
        fed = self.ready.behind.astype(int) @ present > 0
        return np.asarray((red & (~exact | fed)).any(axis=0))

    def _carried(
        self, honest: Sequence[Found], own: Sequence[Found], asked: Sequence[Asked]
    ) -> list[NDArray[np.bool_]]:
        """Where a wrong value further up explains an answer better than rounding does."""
        wrong = np.array(
            [
                ((f.codes == NO) & a.written.present).any(axis=(0, 1))[:, 0]
                for f, a in zip(honest, asked, strict=True)
            ]
        )
        led = self.ready.behind.astype(int) @ wrong > 0
        return [
            (o.codes >= f.codes) & (o.distance < f.distance) & led[i][None, None, :, None]
            for i, (f, o) in enumerate(zip(honest, own, strict=True))
        ]

    def _check_finite(self, filled: Sequence[Written]) -> None:
        """A formula that is nowhere real and finite where the right one is cannot be decided."""
        for cell in self.cells:
            value = filled[cell.question].value
            part = value[:, :, cell.student]
            if cell.place is not None:
                part = part[cell.place]
            good = np.isfinite(part).reshape(-1, part.shape[-1]).all(axis=0)
            varies = part.shape[-1] > 1 and bool(cell.names)
            if self.inputs is None or (varies and not good.all()):
                reason = (
                    "could not decide: there are too few points where this formula and the right one are real"
                )
                self.undecided[(cell.question, cell.student, cell.place)] = reason
            elif not good.all():
                reason = "this formula has no finite value for the numbers of the problem"
                self.sheets[self.order[cell.question]].reasons[(cell.student, cell.place)] = reason

    def _finished(self, q: int, i: str, codes: Codes) -> QuestionResult:
        sheet = self.sheets[i]
        for student, place in sheet.reasons:
            at = (slice(None), slice(None)) if place is None else place
            codes[(*at, student)] = UNREADABLE
        for student in sheet.misshapen:
            codes[:, :, student] = WRONG
        for student in sheet.transposed:
            part = codes[:, :, student]
            codes[:, :, student] = np.where(part >= SLIP_CUT, SLIP_TURNED, part)
        for (question, student, place), reason in self.undecided.items():
            if question == q:
                at = (slice(None), slice(None)) if place is None else place
                codes[(*at, student)] = UNDECIDED
                sheet.reasons[(student, place)] = reason
        read_as = {
            (f.student, f.place): f.expr for f in sheet.formulas if (f.student, f.place) not in sheet.reasons
        }
        return QuestionResult(sheet, codes, read_as)


def _objection(
    found: Target | ExpressionError | None, asked: tuple[int, int], target: Target, place: Place | None
) -> str | None:
    """Why a formula is no answer: a reason, one with "=" in front if only its size is wrong, or None."""
    if isinstance(found, ExpressionError):
        return found.message + (f" ({found.hint})" if found.hint else "")
    if found is None:
        return None
    shown = {target.node, target.shown} - {None}
    if target.shown is not None and target.shown in found.nodes and place in (None, found.place):
        return "the formula names the very quantity that is asked"
    if target.shown is None and found.expr == target.expr and shown:
        return "the formula repeats the question"
    if found.shape != asked and not (found.shape == asked[::-1] and 1 in asked):
        return f"={show_shape(asked)} was asked, this formula gives {show_shape(found.shape)}"
    return None


def _with_room(written: list[Written], cells: Sequence[FormulaCell], points: int) -> list[Written]:
    """Arrays in which a formula's values at all points have room, and are present."""
    out = list(written)
    for q in {c.question for c in cells}:
        w = out[q]
        wide = (*w.value.shape[:3], points)
        out[q] = Written(
            np.array(np.broadcast_to(w.value, wide)),
            w.half,
            w.decimals.copy(),
            w.sigfigs.copy(),
            w.present.copy(),
        )
    for c in cells:
        w = out[c.question]
        at = (slice(None), slice(None)) if c.place is None else c.place
        w.present[(*at, c.student)] = True
        w.sigfigs[(*at, c.student)] = EXACT_SIGFIGS
        w.decimals[(*at, c.student)] = EXACT_SIGFIGS
    return out


def _first_codes(best: Codes, written: Written) -> Codes:
    table = np.array([WRONG, SHORT, SLIP_CUT, CORRECT], dtype=np.int8)
    present = np.broadcast_to(written.present, best.shape)
    return np.asarray(np.where(present, table[best], MISSING)[..., 0], dtype=np.int8)


def _merge(
    codes: list[Codes],
    subset: NDArray[np.intp],
    found: Sequence[Codes],
    asked: Sequence[Asked],
    right: int,
    except_for: Sequence[NDArray[np.bool_]] | None = None,
) -> None:
    """Take what is kinder."""
    table = np.zeros(4, dtype=np.int8)
    table[[NO, IMPRECISE, CUT, OK]] = [WRONG, SHORT, SLIP_CUT, right]
    rank = np.array([0, 0, 1, 3, 2, 4, 5, 0, 0])
    for i, (code, new, a) in enumerate(zip(codes, found, asked, strict=True)):
        now = code[:, :, subset]
        offered = np.broadcast_to(table[new][..., 0], now.shape)
        present = np.broadcast_to(a.written.present, (*now.shape, 1))[..., 0]
        better = (rank[offered] > rank[now]) & present
        if except_for is not None:
            better &= ~np.broadcast_to(except_for[i], (*now.shape, 1))[..., 0]
        code[:, :, subset] = np.where(better, offered, now)
