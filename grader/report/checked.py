"""What `grade check` says about a spec without errors, in a line."""

from __future__ import annotations

from grader.report.numbers import points
from grader.report.safe import terminal
from grader.spec.model import Assignment


def summary(path: str, assignment: Assignment) -> str:
    """`specs/hw1.yaml: ok, 2 problems, 7 questions, 8 points`."""
    questions = [question for problem in assignment.problems for question in problem.questions]
    counted = (_count(len(assignment.problems), "problem"), _count(len(questions), "question"))
    return f"{terminal(path)}: ok, {', '.join(counted)}, {points(sum(q.points for q in questions))}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
