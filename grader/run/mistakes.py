"""What a search found, put into a class's results: verdicts, what they earn, and the words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.compare.verdicts import MISCONCEPTION, REPEATED, SLIPPED
from grader.engine import names
from grader.engine.graph import Ancestry
from grader.misconceptions import CATALOGUE
from grader.report.model import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.compare.problem import ProblemResult
    from grader.diagnose.model import Finding
    from grader.misconceptions import Misconception

    Catalogue = Mapping[str, Misconception]


class Mark(NamedTuple):
    """The diagnosis of an element of an answer, what fits as well, what it comes from; the base name."""

    diagnosis: Diagnosis
    alternatives: tuple[Diagnosis, ...]
    finding: Finding
    step: str


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
    places = _Places(result, order)
    marks: Marks = {}
    for student, found in findings.items():
        for finding in (f for f in found if f.id in catalogue):
            explains = tuple(dict.fromkeys(order[q] for q, _, _ in finding.cells))
            named = (other for other in finding.others if other.id in catalogue)
            others = tuple(_diagnosis(other, other.step, explains, catalogue) for other in named)
            for question, i, j in finding.cells:
                step = places.step(finding, question, student)
                code = _code(finding, seen[student])
                result.questions[order[question]].codes[i, j, student] = code
                told = _diagnosis(finding, step, explains, catalogue)
                if code == REPEATED:
                    told = told._replace(repeated=True)
                marks[order[question], student, (i, j)] = Mark(told, others, finding, step)
    return marks


class _Places:
    """At which of its steps a wrong rule was followed on the way to an answer, the student's values known."""

    def __init__(self, result: ProblemResult, order: Sequence[str]) -> None:
        self.result = result
        self.order = order
        self.targets = [result.plan.targets[i] for i in order]
        self.ancestry = Ancestry(result.plan)
        self.known = {step.name for step in result.plan.steps}
        self.near: dict[tuple[int, bytes], frozenset[str]] = {}

    def step(self, finding: Finding, question: int, student: int) -> str:
        """The first of its steps behind the answer with no other value written in between."""
        if finding.rules is None or len(finding.rules) == 1:
            return finding.step
        written = np.array([self.result.asked[i].written.present[:, :, student].all() for i in self.order])
        at = (question, written.tobytes())
        if at not in self.near:
            self.near[at] = self._near(question, written)
        near = self.near[at]
        ordered = [step.name for step in self.result.plan.steps if step.name in finding.rules]
        return next((step for step in ordered if step in near), finding.step)

    def _near(self, question: int, written: NDArray[np.bool_]) -> frozenset[str]:
        stop = {t.shown for t, w in zip(self.targets, written, strict=True) if w}
        target = self.targets[question]
        waiting = [target.shown] if target.shown is not None else list(target.nodes)
        seen = set(waiting)
        while waiting:
            for parent in self.ancestry.parents(waiting.pop()):
                if parent not in seen and parent not in stop:
                    seen.add(parent)
                    waiting.append(parent)
        return frozenset(n.name if n.name in self.known else f"+{n.name}" for n in seen)


def _code(finding: Finding, seen: set[str]) -> int:
    """A wrong rule is charged where it is met first; a slip each time."""
    if finding.slip:
        return SLIPPED
    if finding.id in seen:
        return REPEATED
    seen.add(finding.id)
    return MISCONCEPTION


def _diagnosis(finding: Finding, step: str, explains: tuple[str, ...], catalogue: Catalogue) -> Diagnosis:
    entry = catalogue[finding.id]
    named = names.timed(step, 0)
    feedback = entry.feedback.replace("{step}", named)
    return Diagnosis(finding.id, entry.title, named, feedback, finding.confidence, explains)
