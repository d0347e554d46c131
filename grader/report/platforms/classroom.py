"""The result of a GitHub Classroom autograding step: one submission, a test a question.

The step sets its output `result` to this file in base64; `classroom-resources/autograding-grading-reporter`
adds up `tests[].score`, which is why a wrong answer has a `score` of its own and never the full one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.report.model import Answer, ClassReport, StudentReport
from grader.report.platforms.words import Reveal, clean, dumped, in_words, lines, only


def render(report: ClassReport, reveal: Reveal = "feedback") -> Iterator[str]:
    """The file, as JSON; `base64 -w0` makes the step's output of it.

    Raises:
        ReportRefusedError: the report is not about one submission.
    """
    student = only(report)
    tests = [_test(student, answer, reveal) for answer in student.answers]
    yield dumped(
        {
            "version": 1,
            "status": _status(student),
            "max_score": _number(report.max_score),
            "tests": tests,
        }
    )


def _status(student: StudentReport) -> str:
    if student.unreadable:
        return "error"
    return "pass" if all(answer.full for answer in student.answers) else "fail"


def _number(value: float) -> float | int:
    """A whole number where it is one: the runner adds them up and prints what comes out."""
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def _test(student: StudentReport, answer: Answer, reveal: Reveal) -> dict[str, Any]:
    said = [in_words(answer), *(f"{label}: {text}" for label, text in lines(answer, reveal))]
    return {
        "name": clean(f"{answer.asked.problem}/{answer.asked.question}"),
        "status": "pass" if answer.full else "error" if answer.verdict == "unreadable" else "fail",
        "score": _number(answer.score),
        "message": "" if answer.full else "\n".join(said),
        "test_code": "",
        "filename": clean(student.file),
        "line_no": answer.line or 0,
        "duration": 0,
    }
