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

    A question that waits for the instructor's mark is an empty cell, to be filled in: 0 would be a mark. What
    was added to a total by hand has two columns of its own, where anybody has such.
    """
    questions = [f"{asked.problem}/{asked.question}" for asked in report.questions]
    adjusted = any(student.adjustments for student in report.students)
    more = ["adjustment", "reason"] if adjusted else []
    yield _row(["student", "file", "score", "max_score", "percent", *questions, "status", "errors", *more])
    for student in report.students:
        yield _row([*_cells(student), *(_adjustment(student) if adjusted else [])])


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


def _adjustment(student: StudentReport) -> list[str]:
    changes = student.adjustments
    points = numbers.score(sum(change.points for change in changes)) if changes else ""
    return [points, "; ".join(change.reason for change in changes)]


def _score(answer: Answer) -> str:
    return "" if answer.pending else numbers.score(answer.score)


def _status(student: StudentReport) -> str:
    """`unreadable`, `manual` where the instructor still has to mark something, else `graded`."""
    if student.unreadable:
        return "unreadable"
    return "manual" if any(answer.pending for answer in student.answers) else "graded"


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
