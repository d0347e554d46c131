"""PrairieLearn's `results.json` of an externally graded question: one submission, a score from 0 to 1.

https://docs.prairielearn.com/externalGrading/: the file holds at most 1 MiB, and every test needs `points`
and `max_points` or none is shown. What could not be read makes the submission `gradable: false`, which tells
the student why and takes no attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.report.model import Answer, ClassReport, StudentReport
from grader.report.numbers import score as shown_score
from grader.report.platforms.words import Reveal, clean, dumped, in_words, lines, only, summary

LIMIT = 1024 * 1024
"""Bytes; a longer file is thrown away."""


def render(report: ClassReport, reveal: Reveal = "feedback") -> Iterator[str]:
    """The file.

    Raises:
        ReportRefusedError: the report is not about one submission.
    """
    student = only(report)
    faults = list(_faults(student))
    if faults:
        yield dumped({"gradable": False, "format_errors": faults})
        return
    for chosen in (reveal, "marks"):
        text = dumped(_result(student, chosen))
        if len(text) < LIMIT:
            break
    yield text


def _faults(student: StudentReport) -> Iterator[str]:
    """Why it cannot be graded, a sentence an answer."""
    waiting = [a for a in student.answers if a.verdict == "unreadable" and a.marked is None]
    if student.unreadable and waiting:
        yield from map(clean, student.errors)
        return
    for answer in waiting:
        yield clean(f"{answer.asked.problem}/{answer.asked.question}: {answer.reason or 'unreadable'}")


def _result(student: StudentReport, reveal: Reveal) -> dict[str, Any]:
    return {
        "gradable": True,
        "score": round(min(max(student.percent / 100, 0.0), 1.0), 8),
        "message": summary(student),
        "output": "",
        "tests": [_test(answer, reveal) for answer in student.answers],
    }


def _test(answer: Answer, reveal: Reveal) -> dict[str, Any]:
    said = [in_words(answer), *(f"{label}: {text}" for label, text in lines(answer, reveal))]
    # A question without points yet is shown grey, which is what 0 of 0 means.
    possible = 0.0 if answer.pending else answer.asked.max_score
    if answer.pending:
        said.append(f"worth {shown_score(answer.asked.max_score)}")
    return {
        "name": clean(f"{answer.asked.problem}: {answer.asked.question}"),
        "points": round(answer.score, 6),
        "max_points": round(possible, 6),
        "message": "\n".join(said),
    }
