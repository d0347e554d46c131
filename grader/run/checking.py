"""``grade check``: a spec loaded, its course's own rules tried, and each of its problems judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.diagnose.exercise import Judgement, judge
from grader.run.course import refuse_useless
from grader.spec import inspect

if TYPE_CHECKING:
    from grader.source import Issue
    from grader.spec.model import Assignment


class Checked(NamedTuple):
    """A spec without errors.

    Args:
        assignment: what it means.
        warnings: what is likely a mistake in it.
        lines: of the file, for excerpts.
        judgements: what its numbers and questions cannot tell apart, a problem each.
    """

    assignment: Assignment
    warnings: tuple[Issue, ...]
    lines: tuple[str, ...]
    judgements: tuple[Judgement, ...]


def check_spec(path: str) -> Checked:
    """Check a spec before it is given out.

    Raises:
        SpecError: with every error of the file.
        OSError: when it cannot be read.
    """
    assignment, warnings, lines = inspect(path)
    refuse_useless(assignment, lines)
    return Checked(assignment, warnings, lines, tuple(judge(p) for p in assignment.problems))
