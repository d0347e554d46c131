"""The differences as `grade-diff/1`: one student a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.report.difference.model import Change, Difference, StudentChange
from grader.report.results import Result


def render(difference: Difference) -> Iterator[str]:
    """The file, a chunk a student."""
    head = {
        "schema": "grade-diff/1",
        "assignment": difference.assignment,
        "title": difference.title,
        "compared": difference.compared,
        "moved": difference.moved,
        "spec": difference.spec,
    }
    yield _dumped(head)[:-1] + ',\n "students": ['
    between = "\n  "
    for student in difference.students:
        yield between + _dumped(_student(student))
        between = ",\n  "
    yield "]}\n"


def _student(student: StudentChange) -> dict[str, Any]:
    return {
        "student": student.student,
        "file": student.file,
        "old_score": student.old,
        "new_score": student.new,
        "adjusted": student.adjusted,
        "answers": list(map(_change, student.changes)),
    }


def _change(change: Change) -> dict[str, Any]:
    some = change.new or change.old
    return {
        "problem": some.problem if some else "",
        "question": some.question if some else "",
        "old": _result(change.old),
        "new": _result(change.new),
        "why": change.reasons,
    }


def _result(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    names = ("verdict", "score", "max_score", "given", "expected", "diagnosis", "marked")
    return {name: getattr(result, name) for name in names}


def _dumped(data: dict[str, Any]) -> str:
    """JSON in ASCII; a CI log obeys `##[` anywhere in a line."""
    return json.dumps(data, allow_nan=False).replace("##[", "#\\u0023[")
