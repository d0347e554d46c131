"""Reading back the results file that `grade run --json` writes, as far as two of them can be compared.

Written by another version or by hand, a file may lack anything: what is missing is named with its place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from grader.report.refused import ReportRefusedError

SCHEMA = "grade-results/1"


class Result(NamedTuple):
    """One answer of one student: `diagnosis` is its id, `marked` the reason of a mark set by hand."""

    problem: str
    question: str
    ask: str
    verdict: str
    score: float
    max_score: float
    given: str | None
    expected: str | None
    diagnosis: str | None
    marked: str | None

    @property
    def name(self) -> str:
        """`q1/dL/dw2`."""
        return f"{self.problem}/{self.question}"


class StudentResult(NamedTuple):
    """One submission; `adjusted` are the points that were added by hand to the total, or taken off it."""

    student: str
    file: str
    score: float
    answers: tuple[Result, ...]
    adjusted: float


class Results(NamedTuple):
    """One results file."""

    assignment: str
    title: str
    max_score: float
    students: tuple[StudentResult, ...]


def load(data: bytes) -> Results:
    """The results in a file.

    Raises:
        ReportRefusedError: it is no JSON, no results file, or lacks something, with its place.
    """
    try:
        found = json.loads(data, parse_int=float)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ReportRefusedError(f"is no results file: it is not JSON{where}") from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise ReportRefusedError(
            f'is no results file: expected "schema": "{SCHEMA}", as grade run --json writes'
        )
    top = _Object(found, "")
    students = tuple(_student(one) for one in top.objects("students"))
    return Results(top.text("assignment"), top.text("title"), top.number("max_score"), students)


class _Object(NamedTuple):
    """An object of the file, and where it stands: `students[3].answers[0].`."""

    values: dict[str, Any]
    place: str

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self._missing(key, "a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self.values.get(key) is None else self.text(key)

    def number(self, key: str) -> float:
        value = self.values.get(key)
        if not isinstance(value, float) or not math.isfinite(value):
            raise self._missing(key, "a number")
        return value

    def objects(self, key: str) -> Sequence[_Object]:
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._missing(key, "a list of objects")
        return [_Object(one, f"{self.place}{key}[{number}].") for number, one in enumerate(value)]

    def _missing(self, key: str, what: str) -> ReportRefusedError:
        return ReportRefusedError(f"is no results file: expected {what} as {self.place}{key}")


def _student(found: _Object) -> StudentResult:
    adjustments = found.objects("adjustments") if "adjustments" in found.values else ()
    return StudentResult(
        found.text("student"),
        found.text("file"),
        found.number("score"),
        tuple(map(_answer, found.objects("answers"))),
        sum(change.number("points") for change in adjustments),
    )


def _answer(found: _Object) -> Result:
    diagnosis = found.values.get("diagnosis")
    if diagnosis is not None:
        [diagnosis] = _Object({"diagnosis": [diagnosis]}, found.place).objects("diagnosis")
    return Result(
        found.text("problem"),
        found.text("question"),
        found.text("ask"),
        found.text("verdict"),
        found.number("score"),
        found.number("max_score"),
        found.text_or_none("given"),
        found.text_or_none("expected"),
        None if diagnosis is None else diagnosis.text("id"),
        found.text_or_none("marked"),
    )
