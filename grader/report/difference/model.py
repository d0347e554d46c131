"""What changed between two results files of one assignment: whose marks, at which questions, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.report.refused import ReportRefusedError
from grader.report.results import Result, Results, StudentResult
from grader.report.safe import terminal

EPSILON = 1e-6
"""Scores closer than this are the same: files hold six decimals."""

_NAMED = 3


class Change(NamedTuple):
    """One question of one student, before and after; None where the question is not in that run.

    `reasons` say why, as far as the two files tell: another answer, another question, another diagnosis, a
    mark set by hand; where nothing of that changed, the grading did.
    """

    old: Result | None
    new: Result | None
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        """`q1/dL/dw2`."""
        return (self.new or self.old or _NOTHING).name


class StudentChange(NamedTuple):
    """One student for whom something changed; a score is None where there was no submission."""

    student: str
    file: str
    old: float | None
    new: float | None
    changes: tuple[Change, ...]
    adjusted: bool

    @property
    def moved(self) -> bool:
        """Whether the total changed."""
        return self.old is None or self.new is None or abs(self.old - self.new) > EPSILON


class Difference(NamedTuple):
    """Two runs: `spec` is a sentence about what changed in the questions, None where nothing did."""

    assignment: str
    title: str
    compared: int
    spec: str | None
    students: tuple[StudentChange, ...]

    @property
    def moved(self) -> int:
        """How many totals changed."""
        return sum(student.moved for student in self.students)


_NOTHING = Result("", "", "", "", 0.0, 0.0, None, None, None, None)
_Key = tuple[str, str]


def compare(old: Results, new: Results) -> Difference:
    """The second run beside the first.

    Raises:
        ReportRefusedError: they are about two assignments.
    """
    if old.assignment != new.assignment:
        names = f'"{terminal(old.assignment)}" and "{terminal(new.assignment)}"'
        raise ReportRefusedError(f"the two files are about different assignments, {names}")
    several = _several(old) | _several(new)
    before, after = _by_student(old, several), _by_student(new, several)
    questions = _questions(old), _questions(new)
    altered = {name for name in questions[0].keys() & questions[1].keys() if _altered(questions, name)}
    found = (
        _student(before.get(key), after.get(key), altered) for key in sorted(before.keys() | after.keys())
    )
    students = tuple(change for change in found if change is not None)
    compared = len(before.keys() | after.keys())
    return Difference(new.assignment, new.title, compared, _spec(questions, altered), students)


def _several(results: Results) -> set[str]:
    """Those who handed in more than one file: they are told apart by it."""
    return {name for name, count in Counter(one.student for one in results.students).items() if count > 1}


def _by_student(results: Results, several: set[str]) -> dict[_Key, StudentResult]:
    return {(one.student, one.file if one.student in several else ""): one for one in results.students}


def _questions(results: Results) -> dict[str, Result]:
    """The questions by name; every student has all of them."""
    return {answer.name: answer for answer in results.students[0].answers} if results.students else {}


def _altered(questions: tuple[Mapping[str, Result], Mapping[str, Result]], name: str) -> bool:
    old, new = questions[0][name], questions[1][name]
    return (old.ask, old.max_score, old.expected) != (new.ask, new.max_score, new.expected)


def _student(old: StudentResult | None, new: StudentResult | None, altered: set[str]) -> StudentChange | None:
    some = new or old
    if some is None:
        return None
    changes = tuple(_changes(old, new, altered)) if old and new else ()
    adjusted = old is not None and new is not None and abs(old.adjusted - new.adjusted) > EPSILON
    change = StudentChange(
        some.student, some.file, old.score if old else None, new.score if new else None, changes, adjusted
    )
    return change if change.moved or changes or adjusted else None


def _changes(old: StudentResult, new: StudentResult, altered: set[str]) -> Iterator[Change]:
    before = {answer.name: answer for answer in old.answers}
    after = {answer.name: answer for answer in new.answers}
    for name in dict.fromkeys([*after, *before]):
        first, second = before.get(name), after.get(name)
        if first is None or second is None or not _same(first, second):
            yield Change(first, second, tuple(_reasons(first, second, altered)))


def _same(old: Result, new: Result) -> bool:
    return (
        old.verdict == new.verdict
        and old.diagnosis == new.diagnosis
        and old.marked == new.marked
        and abs(old.score - new.score) <= EPSILON
    )


def _reasons(old: Result | None, new: Result | None, altered: set[str]) -> Iterator[str]:
    if old is None or new is None:
        yield "a new question" if old is None else "the question is gone"
        return
    found = False
    for changed, reason in (
        (old.given != new.given, "another answer"),
        (new.name in altered, "the question changed"),
        (old.marked != new.marked, f"marked by hand: {new.marked}" if new.marked else "marked by hand"),
        (old.diagnosis != new.diagnosis, f"diagnosis {old.diagnosis or 'none'} -> {new.diagnosis or 'none'}"),
    ):
        if changed:
            found = True
            yield reason
    if not found:
        yield "graded differently"


def _spec(questions: tuple[Mapping[str, Result], Mapping[str, Result]], altered: set[str]) -> str | None:
    """`the spec changed between the two runs: 1 question is new (q1/z)`."""
    old, new = questions
    if not old or not new:
        return None
    parts = [
        _part(sorted(new.keys() - old.keys()), "new"),
        _part(sorted(old.keys() - new.keys()), "gone"),
        _part([name for name in new if name in altered], "changed"),
    ]
    told = ", ".join(filter(None, parts))
    return f"the spec changed between the two runs: {told}" if told else None


def _part(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    some = ", ".join(terminal(name, 100) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count = "1 question is" if len(names) == 1 else f"{len(names)} questions are"
    return f"{count} {what} ({some}{more})"
