"""GitHub Actions: annotations at submissions, and the job's summary in Markdown.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions: of a step ten errors, ten
warnings and ten notices are shown, so that there is one a submission, the worst first, and the summary has
all of them; a summary beyond 1 MiB is not shown at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from grader.report.model import VERDICTS, ClassReport, StudentReport
from grader.report.numbers import out_of, percent, points, score
from grader.report.safe import markdown, shortened, workflow, workflow_property

SHOWN = 10
"""Annotations of a kind that GitHub shows for a step; it drops the others without a word."""

SUMMARY = 900_000
"""Bytes of a summary: GitHub takes 1 MiB a step, from all that the step wrote."""

_LONG = 400
_CELL = 120
_REST = "\nCut short; the results file has all of it.\n"

Place = Callable[[ClassReport, StudentReport], str | None]
"""Where in the repository a submission lies, None where it lies in no file of it."""


def commands(reports: Sequence[ClassReport], place: Place) -> Iterator[str]:
    """The annotations, a line each: errors for unreadable files, warnings for answers, notices for points."""
    everyone = [(report, student) for report in reports for student in report.students]
    everyone.sort(key=lambda pair: pair[1].percent)
    for kind in ("error", "warning", "notice"):
        chosen = [(report, student) for report, student in everyone if _kind(student) == kind]
        for report, student in chosen[:SHOWN]:
            yield _command(kind, report, student, place(report, student))


def _kind(student: StudentReport) -> str | None:
    if student.unreadable:
        return "error"
    if any(answer.verdict == "unreadable" for answer in student.answers):
        return "warning"
    return None if all(answer.full or answer.pending for answer in student.answers) else "notice"


def _command(kind: str, report: ClassReport, student: StudentReport, file: str | None) -> str:
    lines = (answer.line for answer in student.answers if answer.verdict == "unreadable")
    line = next((line for line in lines if line is not None), None)
    properties = {
        "file": file,
        "line": str(line) if file and line is not None else None,
        "title": f"{shortened(report.assignment, _CELL)} {shortened(student.student, _CELL)}",
    }
    given = ",".join(f"{name}={workflow_property(text)}" for name, text in properties.items() if text)
    return f"::{kind} {given}::{workflow(shortened(_told(student), _LONG))}\n"


def _told(student: StudentReport) -> str:
    earned = out_of(student.score, student.max_score)
    if student.unreadable:
        return "; ".join([earned, *student.errors])
    lost = [
        f"{answer.asked.problem}/{answer.asked.question} {answer.verdict}"
        for answer in student.answers
        if not answer.full and not answer.pending
    ]
    return f"{earned}: {', '.join(lost)}"


def summary(reports: Sequence[ClassReport], room: int = SUMMARY) -> str:
    """Markdown for `$GITHUB_STEP_SUMMARY`: a table of students and one of questions for each assignment.

    Args:
        reports: the assignments.
        room: how many bytes may be written; whole lines only, and what is cut off is told.
    """
    kept: list[str] = []
    left = room - len(_REST)
    for line in _lines(reports):
        left -= len(line.encode()) + 1
        if left < 0:
            kept.append(_REST)
            break
        kept.append(line + "\n")
    return "".join(kept) if kept != [_REST] else ""


def _lines(reports: Sequence[ClassReport]) -> Iterator[str]:
    for report in reports:
        if report.students:
            count = len(report.students)
            students = "1 student" if count == 1 else f"{count} students"
            title = markdown(f"{shortened(report.title, _CELL)} ({shortened(report.assignment, _CELL)})")
            yield f"## {title}: {students}, {points(report.max_score)}"
            yield from _students(report)
            yield from _questions(report)
            yield ""


def _students(report: ClassReport) -> Iterator[str]:
    yield from ("", "| student | score | percent | answers |", "| --- | ---: | ---: | --- |")
    for student in report.students:
        verdicts = _tally([answer.verdict for answer in student.answers])
        answers = [verdicts, *(markdown(shortened(remark, _CELL)) for remark in student.remarks)]
        name = markdown(shortened(student.student, _CELL))
        yield f"| {name} | {score(student.score)} | {percent(student.percent)} | {'; '.join(answers)} |"


def _questions(report: ClassReport) -> Iterator[str]:
    yield from ("", "| question | points | answers | mistakes |", "| --- | ---: | --- | --- |")
    for number, asked in enumerate(report.questions):
        answers = [student.answers[number] for student in report.students]
        name = markdown(shortened(f"{asked.problem}/{asked.question}", _CELL))
        titles = Counter(answer.diagnosis.title for answer in answers if answer.diagnosis is not None)
        mistakes = [f"{count} {markdown(shortened(title, _CELL))}" for title, count in titles.most_common(3)]
        verdicts = _tally([answer.verdict for answer in answers])
        yield f"| {name} | {score(asked.max_score)} | {verdicts} | {', '.join(mistakes)} |"


def _tally(verdicts: Sequence[str]) -> str:
    counts = Counter(verdicts)
    return ", ".join(f"{counts[name]} {markdown(name)}" for name in VERDICTS if counts[name])
