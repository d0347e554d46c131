"""Gradescope's `results.json`: one submission, a test a question.

https://gradescope-autograders.readthedocs.io/en/latest/specs/: a `score` at the top overrides the sum of the
tests, so that it is what `grade` says it is; a test without `score` is one that nobody has marked yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal

from grader.report.model import Answer, ClassReport, StudentReport
from grader.report.platforms.words import Reveal, clean, dumped, in_words, lines, only, summary
from grader.report.reasons import own_reason
from grader.report.safe import markdown

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
VISIBILITIES: tuple[Visibility, ...] = ("visible", "hidden", "after_due_date", "after_published")


def render(
    report: ClassReport, reveal: Reveal = "feedback", visibility: Visibility = "visible"
) -> Iterator[str]:
    """The file.

    Raises:
        ReportRefusedError: the report is not about one submission.
    """
    student = only(report)
    yield dumped(
        {
            "score": round(student.score, 6),
            "output": markdown(summary(student)),
            "output_format": "md",
            "test_output_format": "md",
            "test_name_format": "text",
            "visibility": visibility,
            "stdout_visibility": "hidden",
            "extra_data": _extra(report),
            "tests": list(_tests(student, reveal)),
        }
    )


def _extra(report: ClassReport) -> dict[str, Any]:
    return {
        "schema": "grade-results/1",
        "assignment": clean(report.assignment),
        "max_score": round(report.max_score, 6),
    }


def _tests(student: StudentReport, reveal: Reveal) -> Iterator[dict[str, Any]]:
    answers = [answer._replace(reason=own_reason(student, answer)) for answer in student.answers]
    for first, (_, group) in enumerate(groupby(answers, key=lambda answer: answer.asked.problem), 1):
        for second, answer in enumerate(group, 1):
            yield _test(answer, f"{first}.{second}", reveal)


def _test(answer: Answer, number: str, reveal: Reveal) -> dict[str, Any]:
    asked = answer.asked
    test: dict[str, Any] = {
        "number": number,
        "name": clean(f"{asked.problem}: {asked.question}"),
        "max_score": round(asked.max_score, 6),
        "output": _output(answer, reveal),
        "tags": [clean(tag) for tag in _tags(answer)],
        "extra_data": {
            "problem": clean(asked.problem),
            "question": clean(asked.question),
            "verdict": answer.verdict,
            "diagnosis": clean(answer.diagnosis.id) if answer.diagnosis else None,
        },
    }
    if not answer.pending:
        test["score"] = round(answer.score, 6)
        test["status"] = "passed" if answer.full else "failed"
    return test


def _tags(answer: Answer) -> Iterator[str]:
    yield answer.asked.problem
    yield answer.verdict
    if answer.diagnosis is not None:
        yield answer.diagnosis.id


def _output(answer: Answer, reveal: Reveal) -> str:
    """Markdown: the verdict, then a list of what is to be said about it."""
    said = [f"- **{markdown(label)}** {markdown(text)}" for label, text in lines(answer, reveal)]
    return "\n".join([in_words(answer), *(["", *said] if said else [])])
