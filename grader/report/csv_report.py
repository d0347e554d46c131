"""The gradebook: a row a student, a column a question. `safe` makes harmless what a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from grader.report import numbers
from grader.report.model import Answer, ClassReport, StudentReport
from grader.report.safe import csv_cell


def render(report: ClassReport) -> Iterator[str]:
    """The file, a chunk a row: student, file, score, max_score, percent, each question, status, errors.

    A question for the instructor (`manual`) is an empty cell, to be filled in: 0 would be a mark.
    """
    questions = [f"{asked.problem}/{asked.question}" for asked in report.questions]
    yield _row(["student", "file", "score", "max_score", "percent", *questions, "status", "errors"])
    for student in report.students:
        yield _row(_cells(student))


def _cells(student: StudentReport) -> list[str]:
    return [
        student.student,
        student.file,
        numbers.score(student.score),
        numbers.score(student.max_score),
        numbers.score(round(student.percent, 2)),
        *map(_score, student.answers),
        _status(student),
        "; ".join(student.remarks),
    ]


def _score(answer: Answer) -> str:
    return "" if answer.verdict == "manual" else numbers.score(answer.score)


def _status(student: StudentReport) -> str:
    """`unreadable`, `manual` where the instructor still has to mark something, else `graded`."""
    if student.unreadable:
        return "unreadable"
    return "manual" if any(answer.verdict == "manual" for answer in student.answers) else "graded"


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
