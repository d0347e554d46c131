"""Marks that the instructor sets by hand, merged into a graded class.

They stand in a file of their own and are merged after every grading, so that they survive a regrade. Points
for a question take the place of what grading found, an adjustment is added to it, or to the total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.errors import did_you_mean
from grader.record import replace
from grader.report.model import Adjustment, Answer, ClassReport, StudentReport
from grader.report.numbers import points as in_points
from grader.report.numbers import score as shown
from grader.source import Issue, Mark, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Entry(NamedTuple):
    """One line of the file; each part with its place.

    `points` or `adjust` is None, not both; without a `question` it is about the total.
    """

    student: tuple[str, Mark]
    question: tuple[str, Mark] | None
    points: tuple[float, Mark] | None
    adjust: tuple[float, Mark] | None
    reason: str


class Marks(NamedTuple):
    """A file of marks, read but not yet held against a class; `lines` are for excerpts."""

    entries: tuple[Entry, ...]
    lines: tuple[str, ...]


def merge(report: ClassReport, marks: Marks) -> ClassReport:
    """The class with the marks in it.

    Of one submission alone, what is said about others is left aside: the file is the whole class's.

    Raises:
        SpecError: with every student or question that is not there, and every mark that cannot be.
    """
    known = {student.student for student in report.students}
    entries = [entry for entry in marks.entries if len(known) != 1 or entry.student[0] in known]
    issues = [issue for entry in entries for issue in _issues(entry, report, known)]
    issues += _twice(entries, report)
    if issues:
        raise SpecError(issues, marks.lines)
    own: dict[str, list[Entry]] = {}
    for entry in entries:
        own.setdefault(entry.student[0], []).append(entry)
    students = tuple(
        _marked(student, own[student.student], report) if student.student in own else student
        for student in report.students
    )
    return replace(report, students=students)


def _issues(entry: Entry, report: ClassReport, known: set[str]) -> Iterable[Issue]:
    name, mark = entry.student
    if name not in known:
        yield Issue(mark, f'no submission of a student "{name}"', did_you_mean(name, known) or None)
    if entry.question is None:
        return
    place = _place(entry.question[0], report)
    if place is None:
        yield _unknown(entry.question, report)
    elif entry.points is not None:
        yield from _too_much(entry, entry.points, report, place)


def _unknown(question: tuple[str, Mark], report: ClassReport) -> Issue:
    name, mark = question
    names = [f"{asked.problem}/{asked.question}" for asked in report.questions]
    if [asked.question for asked in report.questions].count(name) > 1:
        return Issue(mark, f'several problems have a question "{name}"', "write problem/question")
    short = [asked.question for asked in report.questions]
    return Issue(mark, f'no question "{name}"', did_you_mean(name, [*names, *short]) or None)


def _too_much(entry: Entry, points: tuple[float, Mark], report: ClassReport, place: int) -> Iterable[Issue]:
    asked = report.questions[place]
    value, mark = points
    if value > asked.max_score + 1e-9:
        hint = "write adjust: with a reason for points beyond it"
        yield Issue(mark, f"{in_points(value)} for a question of {in_points(asked.max_score)}", hint)
    if asked.kind != "text" and not entry.reason:
        message = (
            f'"{asked.problem}/{asked.question}" is graded by the program; expected a reason beside points'
        )
        yield Issue(mark, message)


def _place(name: str, report: ClassReport) -> int | None:
    """The number of a question by `problem/question`, or by its id where only one problem has it."""
    for number, asked in enumerate(report.questions):
        if name == f"{asked.problem}/{asked.question}":
            return number
    found = [number for number, asked in enumerate(report.questions) if asked.question == name]
    return found[0] if len(found) == 1 else None


def _twice(entries: Sequence[Entry], report: ClassReport) -> Iterable[Issue]:
    """Points that are set for a question that has some already: nobody can tell which count."""
    seen: dict[tuple[str, int], Mark] = {}
    for entry in entries:
        place = None if entry.question is None else _place(entry.question[0], report)
        if entry.points is None or place is None:
            continue
        first = seen.setdefault((entry.student[0], place), entry.points[1])
        if first is not entry.points[1]:
            yield Issue(entry.points[1], f"this question has points already, in line {first.line}")


def _marked(student: StudentReport, entries: Sequence[Entry], report: ClassReport) -> StudentReport:
    """One student with all marks; neither a question nor the total falls below 0."""
    answers = list(student.answers)
    adjustments: list[Adjustment] = []
    # Points take the place of a score before anything is added to it, whatever stands first in the file.
    for entry in sorted(entries, key=lambda entry: entry.points is None):
        place = None if entry.question is None else _place(entry.question[0], report)
        if place is not None:
            answers[place] = _answer(answers[place], entry)
        elif entry.adjust is not None:
            adjustments.append(Adjustment(entry.adjust[0], entry.reason))
    total = sum(answer.score for answer in answers) + sum(change.points for change in adjustments)
    return replace(
        student, answers=tuple(answers), adjustments=tuple(adjustments), score=max(float(total), 0.0)
    )


def _answer(answer: Answer, entry: Entry) -> Answer:
    if entry.points is not None:
        return answer._replace(score=entry.points[0], marked=entry.reason)
    change = entry.adjust[0] if entry.adjust else 0.0
    sign = "+" if change >= 0 else "-"
    told = f"{sign}{shown(abs(change))}: {entry.reason}"
    before = [answer.marked] if answer.marked else []
    return answer._replace(score=max(answer.score + change, 0.0), marked="; ".join([*before, told]))
