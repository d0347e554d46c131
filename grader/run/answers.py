"""From verdict codes to the answers of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.compare.collected import show_given
from grader.compare.verdicts import (
    CORRECT,
    FOLLOWED,
    MISCONCEPTION,
    MISSING,
    REPEATED,
    SHORT,
    SLIP_CUT,
    SLIP_TURNED,
    SLIPPED,
    UNDECIDED,
    UNREADABLE,
    WRONG,
)
from grader.language.render import render
from grader.report.model import VERDICTS, Answer, Component, Diagnosis
from grader.submission.model import Refused
from grader.submission.numerals import parse_yes_no

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.compare.judgement import QuestionResult
    from grader.compare.match import Place
    from grader.compare.problem import ProblemResult
    from grader.report.model import Asked
    from grader.run.mistakes import Marks
    from grader.spec.model import Credit, Question
    from grader.submission.model import Given

    _Judge = Callable[[Asked, str], tuple[str, str | None]]

VERDICT = {
    MISSING: "missing",
    UNREADABLE: "unreadable",
    WRONG: "wrong",
    SLIP_CUT: "slip",
    SHORT: "imprecise",
    FOLLOWED: "follow_through",
    CORRECT: "correct",
    UNDECIDED: "manual",
    SLIP_TURNED: "slip",
    MISCONCEPTION: "misconception",
    REPEATED: "misconception",
    SLIPPED: "slip",
}
_RANK = {v: i for i, v in enumerate(VERDICTS)}


def _shares(credit: Credit) -> dict[int, float]:
    """The fraction of the points that each code earns."""
    return {
        CORRECT: 1.0,
        FOLLOWED: credit.follow_through,
        SHORT: credit.imprecise,
        SLIP_CUT: credit.cut_off,
        SLIP_TURNED: credit.slip,
        MISCONCEPTION: credit.misconception,
        REPEATED: credit.repeated,
        SLIPPED: credit.slip,
        WRONG: 0.0,
        MISSING: 0.0,
        UNREADABLE: 0.0,
        UNDECIDED: 0.0,
    }


def cut_off(asked: Asked) -> Diagnosis:
    """The slip of cutting digits off instead of rounding."""
    return Diagnosis(
        "slip.truncate",
        "truncated instead of rounded",
        asked.ask,
        f"The value of {asked.ask} is cut off where it should be rounded: look at the digit behind the last "
        "one you keep, and from 5 on round up.",
        0.99,
        (asked.question,),
    )


def turned(asked: Asked) -> Diagnosis:
    """The slip of writing a matrix the other way round."""
    return Diagnosis(
        "dW.transposed",
        "rows and columns exchanged",
        asked.ask,
        f"The numbers of {asked.ask} are right, but rows and columns are exchanged: row i belongs to unit i.",
        0.99,
        (asked.question,),
    )


def answers_of(
    question: Question, asked: Asked, result: ProblemResult, students: int, marks: Marks | None = None
) -> list[Answer]:
    """One answer a student to one question."""
    given = result.given[question.id]
    if question.kind == "value":
        return _Numbered(question, asked, result.questions[question.id], marks or {}).answers()
    if question.kind == "text":
        return [Answer(asked, "missing" if _blank(g) else "manual", 0.0, _text(g)) for g in given[:students]]
    judge = _yes_or_no if question.kind == "depends" else _choice
    return [_simple(asked, g, judge) for g in given[:students]]


def unreadable(asked: Sequence[Asked], reason: str) -> tuple[Answer, ...]:
    """The answers of a file that could not be read."""
    return tuple(
        Answer(a, "unreadable", 0.0, None, reason, None, _absent(a, "unreadable", reason)) for a in asked
    )


def _absent(asked: Asked, verdict: str, reason: str | None = None) -> tuple[Component, ...]:
    return tuple(Component(e, verdict, 0.0, None, reason) for e in asked.elements)


class _Numbered:
    """A class's answers to a question whose answer is a number, a vector or a matrix."""

    def __init__(self, question: Question, asked: Asked, result: QuestionResult, marks: Marks) -> None:
        self.asked = asked
        self.marks = marks
        self.sheet = result.sheet
        self.read_as = result.read_as
        self.shares = _shares(question.credit)
        self.scores = {code: share * asked.max_score for code, share in self.shares.items()}
        self.codes = result.codes

    def answers(self) -> list[Answer]:
        if self.asked.elements:
            return [self._array(s) for s in range(self.sheet.size)]
        codes = self.codes[0, 0].tolist()
        asked, full = self.asked, self.asked.max_score
        new, given = Answer, self.sheet.given
        # Whoever wrote the same shares one answer: a class agrees where it is right.
        same: dict[str, Answer] = {}
        answers = []
        for s, (code, g) in enumerate(zip(codes, given, strict=True)):
            if code == CORRECT and type(g) is str and (s, None) not in self.read_as:
                answer = same.get(g)
                if answer is None:
                    answer = same[g] = new(asked, "correct", full, g)
            else:
                answer = self._number(s, code)
            answers.append(answer)
        return answers

    def _number(self, student: int, code: int) -> Answer:
        sheet, asked = self.sheet, self.asked
        reason = sheet.reasons.get((student, None)) or sheet.misshapen.get(student)
        return Answer(
            asked,
            VERDICT[code],
            self.scores[code],
            _text(sheet.given[student]),
            reason,
            self._read_as((student, None)),
            (),
            *self._diagnosed(student, (0, 0), code),
            trouble=sheet.troubles.get((student, None)),
        )

    def _diagnosed(
        self, student: int, place: Place, code: int
    ) -> tuple[Diagnosis | None, tuple[Diagnosis, ...]]:
        """The diagnosis of an element and its alternatives."""
        if code == SLIP_CUT:
            return cut_off(self.asked), ()
        if code == SLIP_TURNED:
            return turned(self.asked), ()
        told = self.marks.get((self.asked.question, student, place))
        return (None, ()) if told is None else (told.diagnosis, told.alternatives)

    def _array(self, student: int) -> Answer:
        sheet, asked = self.sheet, self.asked
        codes = self.codes[:, :, student].ravel().tolist()
        columns = self.codes.shape[1]
        written = sheet.listed.get(student, sheet.given[student])
        given = _elements(written, self.codes.shape[:2], turned=student in sheet.transposed)
        whole = sheet.reasons.get((student, None))
        parts = []
        for at, (element, code) in enumerate(zip(asked.elements, codes, strict=True)):
            place = divmod(at, columns)
            score = self.shares[code] * element.max_score
            reason = sheet.reasons.get((student, place)) or (whole if code == UNREADABLE else None)
            parts.append(
                Component(
                    element,
                    VERDICT[code],
                    score,
                    given.get(place),
                    reason,
                    *self._diagnosed(student, place, code),
                )
            )
        verdict = max((p.verdict for p in parts), key=_RANK.__getitem__)
        reason = whole or sheet.misshapen.get(student) or next((p.reason for p in parts if p.reason), None)
        told = next((p for p in parts if p.diagnosis and p.verdict == verdict), None)
        return Answer(
            asked,
            verdict,
            sum(p.score for p in parts),
            _text(sheet.given[student]),
            reason if verdict in ("wrong", "unreadable", "manual", "slip") else None,
            self._formula(student),
            tuple(parts),
            told.diagnosis if told else None,
            told.alternatives if told else (),
            trouble=sheet.troubles.get((student, None)),
        )

    def _formula(self, student: int) -> str | None:
        whole = self._read_as((student, None))
        if whole is not None:
            return whole
        parts = [render(e) for (s, _), e in self.read_as.items() if s == student]
        return ", ".join(parts) or None

    def _read_as(self, cell: tuple[int, Place | None]) -> str | None:
        """How a formula was read."""
        expr = self.read_as.get(cell)
        return None if expr is None else render(expr)


def _elements(
    given: Given | dict[Place, Given] | None, shape: tuple[int, ...], *, turned: bool
) -> dict[Place, str]:
    """What was written for each element, where elements can be told apart."""
    if isinstance(given, dict):
        return {place: show_given(value) for place, value in given.items()}
    if isinstance(given, str):
        from grader.submission.numerals import parse_list

        given = parse_list(given)
    if not isinstance(given, tuple):
        return {}
    rows = [g if isinstance(g, tuple) else (g,) for g in given]
    cells = {(i, j): show_given(v) for i, row in enumerate(rows) for j, v in enumerate(row)}
    width = max(len(r) for r in rows) if rows else 0
    if turned or (len(rows), width) != tuple(shape[:2]):
        cells = {(j, i): v for (i, j), v in cells.items()}
    return {(i, j): v for (i, j), v in cells.items() if i < shape[0] and j < shape[1]}


def _blank(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


def _text(given: Given | dict[Place, Given] | None) -> str | None:
    return given if given is None or isinstance(given, str) else show_given(given)


def _simple(asked: Asked, given: Given | dict[Place, Given] | None, judge: _Judge) -> Answer:
    if _blank(given) or given is None:
        return Answer(asked, "missing", 0.0, None)
    if isinstance(given, Refused):
        return Answer(asked, "unreadable", 0.0, show_given(given), given.reason)
    if not isinstance(given, str):
        return Answer(asked, "unreadable", 0.0, show_given(given), "one word was expected, not a list")
    verdict, reason = judge(asked, given)
    return Answer(asked, verdict, asked.max_score if verdict == "correct" else 0.0, given, reason)


def _yes_or_no(asked: Asked, given: str) -> tuple[str, str | None]:
    said = parse_yes_no(given)
    if said is None:
        return "unreadable", "expected yes or no"
    return ("correct" if said == (asked.expected == "yes") else "wrong"), None


def _choice(asked: Asked, given: str) -> tuple[str, str | None]:
    wanted = " ".join(given.split()).casefold()
    options = {" ".join(o.split()).casefold(): o for o in asked.options}
    chosen = options.get(wanted)
    if chosen is None:
        labels = [o for o in asked.options if o.partition(")")[0].strip().casefold() == wanted.rstrip(")")]
        chosen = labels[0] if len(labels) == 1 else None
    if chosen is None:
        return "unreadable", "expected one of: " + "; ".join(asked.options)
    return ("correct" if chosen == asked.expected else "wrong"), None
