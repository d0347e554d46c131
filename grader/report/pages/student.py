"""What stands on one student's page, under what may be revealed; how it looks is in the template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.report.model import (
    Answer,
    Asked,
    ClassReport,
    Component,
    Diagnosis,
    Solution,
    StudentReport,
)
from grader.report.network.written import Written, origin_of, written
from grader.report.numbers import out_of, percent
from grader.report.pages.figure import Drawing, Figure
from grader.report.pages.reveal import Reveal
from grader.report.pages.rules import Rules, Way
from grader.report.pages.words import SIGN
from grader.report.platforms.words import adjusted
from grader.report.reasons import elements, own_reason
from grader.report.verdicts import VERDICT, earned

ELEMENTS = 24
"""How many elements of a vector or matrix are told one by one."""

_MISTAKES = ("misconception", "slip", "wrong")


class Part(NamedTuple):
    """One element that is not right."""

    at: str
    given: str | None
    expected: str | None
    verdict: str
    reason: str | None


class Question(NamedTuple):
    """One question with everything that is shown about it."""

    asked: Asked
    name: str
    more: str
    given: str | None
    verdict: str
    sign: str
    words: str
    points: str
    why: str | None
    read_as: str | None
    reason: str | None
    expected: str | None
    mistakes: tuple[Diagnosis, ...]
    ways: tuple[Way, ...]
    parts: tuple[Part, ...]
    hidden: int


class Hint(NamedTuple):
    """Something to look at next: where, what, and how many answers it accounts for."""

    problem: str
    step: str
    text: str
    answers: int


class Problem(NamedTuple):
    """One problem: its heading, its network, its questions."""

    id: str
    title: str | None
    figure: Figure | None
    questions: tuple[Question, ...]


class Page(NamedTuple):
    """A student's page."""

    student: StudentReport
    title: str
    assignment: str
    score: str
    percent: str
    problems: tuple[Problem, ...]
    hints: tuple[Hint, ...]
    adjustments: tuple[str, ...]
    reveal: Reveal


class Pages:
    """The pages of one class; what does not depend on a student is made once.

    Args:
        report: the class.
        solution: the worked solution of the same assignment.
        reveal: what may be shown of it.
    """

    def __init__(self, report: ClassReport, solution: Solution, reveal: Reveal) -> None:
        self.report = report
        self.reveal = reveal
        self.drawings = {p.id: Drawing(p) for p in solution.problems}
        self.rules = {p.id: Rules(p, reveal) for p in solution.problems}

    def page(self, student: StudentReport) -> Page:
        """What stands on the page of a student."""
        problems = tuple(
            self._problem(problem, student)
            for problem in dict.fromkeys(a.problem for a in self.report.questions)
        )
        return Page(
            student,
            self.report.title,
            self.report.assignment,
            out_of(student.score, student.max_score),
            percent(student.percent),
            problems,
            tuple(self._hints(student)) if self.reveal.verdicts else (),
            tuple(map(adjusted, student.adjustments)),
            self.reveal,
        )

    def _problem(self, problem: str, student: StudentReport) -> Problem:
        answers = [a for a in student.answers if a.asked.problem == problem]
        drawing = self.drawings.get(problem)
        own = written(drawing.elements, answers) if drawing else Written({})
        figure = drawing.figure(own, self.reveal) if drawing else None
        questions = tuple(self._question(student, answer) for answer in answers)
        title = answers[0].asked.problem_title if answers else None
        return Problem(problem, title, figure, questions)

    def _question(self, student: StudentReport, answer: Answer) -> Question:
        asked, show = answer.asked, self.reveal
        more = [text for text in (asked.title, asked.ask) if text and text != asked.question]
        wrong = _told_apart(answer) if show.verdicts else []
        mistakes = (answer.diagnosis, *answer.alternatives) if answer.diagnosis and show.verdicts else ()
        return Question(
            asked,
            asked.question,
            "; ".join(more),
            answer.given,
            answer.verdict if show.verdicts else "",
            SIGN[answer.verdict] if show.verdicts else "",
            _words(answer) if show.verdicts else "",
            out_of(answer.score, asked.max_score) if show.verdicts else "",
            earned(answer) if show.verdicts else None,
            _echo(answer),
            (answer.marked or own_reason(student, answer)) if show.verdicts else None,
            asked.expected if show.expected else None,
            mistakes,
            tuple(self._ways(answer)) if show.steps else (),
            tuple(
                Part(
                    p.element.index,
                    p.given,
                    p.element.expected if show.expected else None,
                    p.verdict,
                    reason,
                )
                for p, reason in wrong[:ELEMENTS]
            ),
            max(len(wrong) - ELEMENTS, 0),
        )

    def _ways(self, answer: Answer) -> Iterator[Way]:
        rules = self.rules.get(answer.asked.problem)
        if rules is None or answer.verdict == "manual":
            return
        if answer.compared is not None:
            yield from rules.compared(answer.compared)
        elif answer.verdict != "correct" and answer.asked.worked is not None:
            yield from rules.step(answer.asked.worked.quantity)

    def _hints(self, student: StudentReport) -> Iterator[Hint]:
        """Each mistake once, in the order of the questions; then what was left out."""
        seen: set[tuple[str, str]] = set()
        for answer in student.answers:
            step = origin_of(answer)
            if step is None or answer.verdict not in _MISTAKES or (answer.asked.problem, step) in seen:
                continue
            seen.add((answer.asked.problem, step))
            yield _hint(answer, step, student.answers, self.reveal)
        missing = [a for a in student.answers if a.verdict == "missing"]
        if missing:
            named = ", ".join(a.asked.question for a in missing[:5]) + (" …" if len(missing) > 5 else "")
            yield Hint("", "", f"Not answered: {named}.", len(missing))


def _hint(answer: Answer, step: str, answers: Sequence[Answer], reveal: Reveal) -> Hint:
    found = answer.diagnosis
    same = [
        a
        for a in answers
        if a.diagnosis and found and (a.diagnosis.id, a.diagnosis.step) == (found.id, found.step)
    ]
    if found is not None:
        text = found.feedback
    elif reveal.steps:
        text = "Work this step out again, from the numbers that you wrote before it."
    else:
        text = "Work this one out again."
    where = step if reveal.steps else answer.asked.question
    return Hint(answer.asked.problem, where, text, max(len(same), 1))


def _told_apart(answer: Answer) -> list[tuple[Component, str | None]]:
    """The elements worth a line of their own: not right, and not all like the whole answer."""
    parts = [(part, reason) for part, reason in elements(answer) if part.verdict != "follow_through"]
    return parts if any(part.given is not None for part, _ in parts) else []


def _words(answer: Answer) -> str:
    """The verdict, and whether the instructor set the mark by hand."""
    if answer.marked is None:
        return VERDICT[answer.verdict]
    return "marked by hand" if answer.verdict == "manual" else f"{VERDICT[answer.verdict]}; marked by hand"


def _echo(answer: Answer) -> str | None:
    """How a formula was read, where that is not just what was written."""
    if answer.read_as is None or answer.read_as.replace(" ", "") == (answer.given or "").replace(" ", ""):
        return None
    return answer.read_as
