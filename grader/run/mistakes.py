"""What a search found, put into a class's results: verdicts, what they earn, and the words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.compare.problem import MISCONCEPTION, REPEATED, SLIPPED
from grader.misconceptions import CATALOGUE
from grader.report.model import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.compare.match import Place
    from grader.compare.problem import ProblemResult
    from grader.diagnose.model import Finding
    from grader.misconceptions import Misconception

    Catalogue = Mapping[str, Misconception]


class Mark(NamedTuple):
    """The diagnosis of one element of one answer, and what fits as well."""

    diagnosis: Diagnosis
    alternatives: tuple[Diagnosis, ...]


Marks = dict[tuple[str, int, "Place"], Mark]


def mark(
    result: ProblemResult,
    findings: Mapping[int, Sequence[Finding]],
    seen: Sequence[set[str]],
    own: Catalogue | None = None,
) -> Marks:
    """Write verdict codes into a result, and give the diagnosis of every element explained.

    Args:
        result: what the class's answers came to; its codes are changed.
        findings: student -> the mistakes found.
        seen: for each student the wrong rules charged already; added to.
        own: the course's own misconceptions, by id.
    """
    catalogue = {**CATALOGUE, **(own or {})}
    order = [i for i in result.asked if i in result.plan.targets]
    marks: Marks = {}
    for student, found in findings.items():
        for finding in (f for f in found if f.id in catalogue):
            told = Mark(
                _diagnosis(finding, order, catalogue),
                tuple(_diagnosis(o, order, catalogue) for o in finding.others if o.id in catalogue),
            )
            for question, i, j in finding.cells:
                codes = result.questions[order[question]].codes
                codes[i, j, student] = _code(finding, seen[student])
                marks[order[question], student, (i, j)] = told
    return marks


def _code(finding: Finding, seen: set[str]) -> int:
    """A wrong rule is charged where it is met first; a slip each time."""
    if finding.slip:
        return SLIPPED
    if finding.id in seen:
        return REPEATED
    seen.add(finding.id)
    return MISCONCEPTION


def _diagnosis(finding: Finding, order: Sequence[str], catalogue: Catalogue) -> Diagnosis:
    entry = catalogue[finding.id]
    step = finding.step.removeprefix("+") if finding.step[:1] != "+" else f"new({finding.step[1:]})"
    explains = tuple(dict.fromkeys(order[q] for q, _, _ in finding.cells))
    return Diagnosis(
        finding.id,
        entry.title,
        step,
        entry.feedback.replace("{step}", step),
        finding.confidence,
        explains,
        finding.rule,
    )
