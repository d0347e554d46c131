"""The blank sheet as a table: a row a question, the answer in its column, the student in the first row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from grader.report.model import Asked
from grader.report.safe import csv_cell
from grader.report.sheets.words import hint


def render(title: str, assignment: str, questions: Iterable[Asked]) -> Iterator[str]:  # noqa: ARG001 - a Sheet
    """The sheet, a chunk a row: student, problem, question, answer, asked."""
    yield _row("student", "problem", "question", "answer", "asked")
    for question in questions:
        yield _row("", question.problem, question.question, "", hint(question))


def _row(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
