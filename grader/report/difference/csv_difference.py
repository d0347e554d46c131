"""The differences as a table: a row a question that changed, and one for each total that did."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from grader.report.difference.model import Change, Difference, StudentChange
from grader.report.numbers import score
from grader.report.results import Result
from grader.report.safe import csv_cell

_HEADER = (
    "student", "file", "problem", "question", "old_verdict", "new_verdict", "old_score", "new_score",
    "old_diagnosis", "new_diagnosis", "why",
)  # fmt: skip


def render(difference: Difference) -> Iterator[str]:
    """The file, a chunk a row; a total has neither problem nor question."""
    yield _row(_HEADER)
    for student in difference.students:
        for change in student.changes:
            yield _row([student.student, student.file, *_cells(change)])
        if student.moved:
            yield _row([student.student, student.file, *_total(student)])


def _cells(change: Change) -> list[str]:
    old, new = change.old, change.new
    some = new or old
    names = [some.problem, some.question] if some else ["", ""]
    return [
        *names,
        *(one.verdict if one else "" for one in (old, new)),
        *(score(one.score) if one else "" for one in (old, new)),
        *map(_diagnosis, (old, new)),
        "; ".join(change.reasons),
    ]


def _diagnosis(result: Result | None) -> str:
    return (result.diagnosis or "") if result else ""


def _total(student: StudentChange) -> list[str]:
    scores = ["" if one is None else score(one) for one in (student.old, student.new)]
    return ["", "", "", "", *scores, "", "", why_total(student)]


def why_total(student: StudentChange) -> str:
    """Why a total changed, where its questions do not say it."""
    if student.old is None:
        return "only in the second run"
    if student.new is None:
        return "only in the first run"
    return "adjusted by hand" if student.adjusted else ""


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
