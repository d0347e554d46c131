"""What `grade check` says about a spec without errors, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from grader.report.numbers import points
from grader.report.safe import terminal
from grader.source import Issue
from grader.spec.model import Assignment


def summary(path: str, assignment: Assignment, warnings: Sequence[Issue]) -> str:
    """`specs/hw1.yaml: ok, 2 problems, 7 questions, 8 points`, and how many warnings there are."""
    questions = [question for problem in assignment.problems for question in problem.questions]
    parts = [
        "ok",
        _count(len(assignment.problems), "problem"),
        _count(len(questions), "question"),
        points(sum(question.points for question in questions)),
    ]
    if warnings:
        parts.append(_count(len(warnings), "warning"))
    return f"{terminal(path)}: {', '.join(parts)}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
