"""Loading a spec; a course's own misconceptions are judged where there are some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.spec import inspect

if TYPE_CHECKING:
    from pathlib import Path

    from grader.spec.model import Assignment


def load_spec(path: str | Path) -> Assignment:
    """The assignment in a file, its course's own misconceptions judged too.

    Raises:
        SpecError: with every error of the file.
        OSError: when it cannot be read.
    """
    assignment, _, lines = inspect(path)
    if any(problem.misconceptions for problem in assignment.problems):
        from grader.run.course import refuse_useless

        refuse_useless(assignment, lines)
    return assignment
