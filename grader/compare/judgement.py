"""A class's answers to one problem judged in passes: from what was read to a verdict for every element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.admission import admitted, doubtful, with_room
from grader.compare.evaluation import refilled
from grader.compare.judge import CUT, IMPRECISE, NO, OK, Written, judge
from grader.compare.passes import Found, Passes
from grader.compare.pins import Asked
from grader.compare.verdicts import (
    CORRECT,
    FOLLOWED,
    MISSING,
    SHORT,
    SLIP_CUT,
    SLIP_TURNED,
    UNDECIDED,
    UNREADABLE,
    WRONG,
)
from grader.record import field, mutable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.compare.prepared import Prepared
    from grader.compare.reader import FormulaReader
    from grader.compare.sheet import Sheet
    from grader.language.tree import Expr

    Array = NDArray[np.float64]
    Codes = NDArray[np.int8]


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


class Judgement:
    """The class judged in passes.

    Args:
        ready: the problem, prepared.
        sheets: the answers to each numbered question, as read.
        reader: that read them.
        students: how many there are.
    """

    def __init__(
        self, ready: Prepared, sheets: Mapping[str, Sheet], reader: FormulaReader, students: int
    ) -> None:
        self.ready = ready
        self.sheets = sheets
        self.students = students
        self.undecided: dict[tuple[int, int, Place | None], str] = {}
        self.asked: dict[str, Asked] = {}
        self.formulas = admitted(ready, sheets, reader)

    def results(self) -> dict[str, QuestionResult]:
        """The verdict codes of every numbered question."""
        ready = self.ready
        written = [self.sheets[i].written for i in ready.order]
        points = max((v.shape[-1] for v in (ready.inputs or {}).values()), default=1)
        written = with_room(written, self.formulas, points)
        filled = refilled(written, self.formulas, ready.trace)
        self._check_finite(filled)
        asked = [
            Asked(t, w, self.sheets[i].question.tolerance)
            for t, w, i in zip(ready.targets, filled, ready.order, strict=True)
        ]
        self.asked = dict(zip(ready.order, asked, strict=True))
        best = [judge(lane, a.written, a.tolerance) for lane, a in zip(ready.lanes, asked, strict=True)]
        best = [np.array(np.broadcast_to(b, (*b.shape[:2], self.students, 1))) for b in best]
        codes = [_first_codes(b, a.written) for b, a in zip(best, asked, strict=True)]
        self._second_look(asked, codes)
        for lane, a, code in zip(ready.lanes, asked, codes, strict=True):
            self._find_turned(lane, a, code)
        return {i: self._finished(q, i, codes[q]) for q, i in enumerate(ready.order)}

    def _find_turned(self, lane: Array, asked: Asked, codes: Codes) -> None:
        """Mark a square matrix that is right but for its rows and columns; a gradient's rule is sought."""
        rows, columns = asked.target.shape
        shown = asked.target.shown
        if rows != columns or rows == 1 or (shown is not None and shown.name in self.ready.gradients):
            return
        suspects = np.flatnonzero((codes == WRONG).any(axis=(0, 1)))
        if not suspects.size:
            return
        best = judge(lane, asked.written.take(suspects).transposed(), asked.tolerance)
        turned = suspects[np.asarray((best >= CUT).all(axis=(0, 1)))[:, 0]]
        part = codes[:, :, turned]
        codes[:, :, turned] = np.where(part == WRONG, SLIP_TURNED, part)

    def _second_look(self, asked: Sequence[Asked], codes: list[Codes]) -> None:
        """Judge from the student's own values whoever has something that the reference alone calls wrong."""
        subset = np.flatnonzero(self._open(asked, codes))
        ready = self.ready
        if not subset.size or ready.inputs is None:
            return
        chosen = [Asked(a.target, a.written.take(subset), a.tolerance) for a in asked]
        formulas = self.formulas.taken(subset)
        passes = Passes(ready.plan, ready.engines, chosen, ready.inputs, ready.keep, ready.behind)
        honest = passes.honest(formulas)
        own = passes.own(formulas)
        nearer = self._carried(honest, own, chosen)
        _merge(codes, subset, [f.codes for f in honest], chosen, CORRECT, except_for=nearer)
        _merge(codes, subset, [f.codes for f in own], chosen, FOLLOWED)
        mixed = passes.mixed(formulas, honest, own)
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
        for q, i in enumerate(self.ready.order):
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
        """What is not finite is unreadable, or undecided."""
        found = doubtful(self.formulas, filled, points=self.ready.inputs is not None)
        for question, student, place, reason, undecided in found:
            if undecided:
                self.undecided[(question, student, place)] = reason
            else:
                self.sheets[self.ready.order[question]].reasons[(student, place)] = reason

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
