"""By which way a student came to an answer: the case to be explained, and the work that comes nearest to it.

A student's work is done again in a few ways: under the wrong rule of the answer or under all that were found;
from what was written, or with right values in all their digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.engine import names
from grader.engine.steps import Node
from grader.language.tree import quantities
from grader.run import values
from grader.run.rework import Lane, reworked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.judge import Written
    from grader.compare.match import Place
    from grader.compare.problem import ProblemResult
    from grader.engine.derive import Plan
    from grader.language.tree import Expr
    from grader.report.model import Answer
    from grader.run.mistakes import Marks
    from grader.run.rework import Reworked

    Array = NDArray[np.float64]

# How far what the numbers give may lie from what was written, as a share: more than rounding on the way
# makes, and little enough that what is shown explains the answer.
EXPLAINS = 0.005

_EXPLAINED = ("follow_through", "imprecise", "slip", "misconception", "wrong")
_FOLLOWS = ("follow_through", "imprecise")
_WAYS = ((False, False), (True, False), (False, True), (True, True))
"""Whether under all of the student's wrong rules, whether with right values in all their digits."""


class Case(NamedTuple):
    """An answer to be explained by a step.

    Attributes:
        question, student: which answer.
        place: the element that is explained, None for all of them.
        node: what the step that decides gives.
        rule: its right rule, over base names, as in the training step `time`.
        rules: the wrong rules behind the answer.
        fits: whether the work must lead to the answer to be shown.
    """

    question: str
    student: int
    place: Place | None
    node: Node
    rule: Expr
    time: int
    rules: Mapping[str, Expr]
    fits: bool

    @property
    def wrong(self) -> Expr | None:
        """The rule that was followed at the step, where it is a wrong one."""
        return self.rules.get(self.node.name if self.node.time == 0 else "+" + self.node.name)

    def needed(self, plan: Plan) -> dict[str, Node]:
        """Base name -> node, for every quantity in the step's rules."""
        used = quantities(self.rule) | (frozenset() if self.wrong is None else quantities(self.wrong))
        return {name: values.timed_node(plan, name, self.time) for name in sorted(used - {names.STEP_NUMBER})}


class Ways:
    """The answers to one problem, and how their students came to them.

    Args:
        result: what the class's answers came to.
        marks: the diagnoses of their elements.
    """

    def __init__(self, result: ProblemResult, marks: Marks) -> None:
        self.result = result
        self.plan = result.plan
        self.marks = marks
        self.followed: dict[int, dict[str, Expr]] = {}
        for (_, student, _), told in marks.items():
            self.followed.setdefault(student, {}).update(told.finding.rules or {})

    def cases(self, question: str, student: int, answer: Answer) -> Iterator[Case]:
        """What is to be explained about an answer: at most one thing."""
        target = self.plan.targets.get(question)
        if answer.verdict not in _EXPLAINED or target is None or question not in self.result.asked:
            return
        place = _diagnosed(answer, target.shape)
        told = self.marks.get((question, student, place)) if place is not None else None
        if told is not None and told.finding.rules is not None and told.step in told.finding.rules:
            yield from self._case(question, student, place, _node(told.step), told.finding.rules, fits=True)
        else:
            yield from self.plain(question, student, fits=answer.verdict in _FOLLOWS)

    def plain(self, question: str, student: int, *, fits: bool = False) -> Iterator[Case]:
        """The step that is asked, by its right rule only."""
        shown = self.plan.targets[question].shown
        if shown is not None:
            yield from self._case(question, student, None, shown, {}, fits=fits)

    def _case(
        self,
        question: str,
        student: int,
        place: Place | None,
        node: Node,
        rules: Mapping[str, Expr],
        *,
        fits: bool,
    ) -> Iterator[Case]:
        found = values.rule_of(self.plan, node)
        if found is not None:
            rule, _, time = found
            yield Case(question, student, place, node, rule, time, rules, fits)

    def best(self, cases: Sequence[Case]) -> list[tuple[Reworked, float]]:
        """For each case the work that comes nearest to the answer, and how far off it is."""
        best: dict[int, tuple[Reworked, float]] = {}
        for every, loose in _WAYS:
            left = {n: c for n, c in enumerate(cases) if n not in best or self._open(c, best[n][1])}
            lanes = {n: self._lane(c, every=every, loose=loose) for n, c in left.items()}
            for n, work in self._run(left, lanes).items():
                far = self._far(cases[n], work)
                if n not in best or far < best[n][1]:
                    best[n] = work, far
        return [best[n] for n in range(len(cases))]

    def _open(self, case: Case, far: float) -> bool:
        """Whether a better way is looked for: to the digits where the step itself is asked."""
        return case.fits and far > (0 if self.is_asked(case) else EXPLAINS)

    def _lane(self, case: Case, *, every: bool, loose: bool) -> Lane:
        """A plain step follows its own rule, whatever the student did elsewhere."""
        rules = case.rules
        if every or not case.fits:
            own = {case.node.name, "+" + case.node.name} if case.wrong is None else set()
            others = self.followed.get(case.student, {})
            rules = {n: r for n, r in others.items() if n not in own} | {**case.rules}
        return Lane(case.student, rules, loose)

    def _run(self, cases: Mapping[int, Case], lanes: Mapping[int, Lane]) -> dict[int, Reworked]:
        """Each case's lane done again; cases with equal lanes share it."""
        keys = {n: _key(lane) for n, lane in lanes.items()}
        fresh = {keys[n]: lane for n, lane in lanes.items()}
        nodes = dict.fromkeys(x for c in cases.values() for x in (c.node, *c.needed(self.plan).values()))
        questions = list(dict.fromkeys(c.question for c in cases.values()))
        works = dict(zip(fresh, reworked(self.result, [*fresh.values()], [*nodes], questions), strict=True))
        return {n: works[key] for n, key in keys.items()}

    def _far(self, case: Case, work: Reworked) -> float:
        off = _off(work.answer(case.question), self.result.asked[case.question].written, case.student)
        return float(off.max(initial=0.0) if case.place is None else off[case.place])

    def contradicts(self, case: Case, work: Reworked, far: float) -> bool:
        """Whether the student wrote other values for the step than the wrong rule gives."""
        return far > EXPLAINS if self.is_asked(case) else not self.agrees(case, work)

    def is_asked(self, case: Case) -> bool:
        """Whether the step that decides is the one that is asked."""
        target = self.plan.targets[case.question]
        return case.node in (target.shown, target.node)

    def agrees(self, case: Case, work: Reworked) -> bool:
        """Whether all that the student wrote for the step, in any question, is what its rule gives."""
        value = work.value(case.node)
        if value is None:
            return True
        for question, target in self.plan.targets.items():
            if case.node in (target.shown, target.node) and question in self.result.asked:
                own = value if target.place is None else values.element(value, target.place)
                off = _off(own[..., None], self.result.asked[question].written, case.student)
                if off.max(initial=0.0) > EXPLAINS:
                    return False
        return True


def _key(lane: Lane) -> tuple[int, bool, frozenset[tuple[str, int]]]:
    return lane.student, lane.loose, frozenset((step, id(rule)) for step, rule in lane.rules.items())


def _node(step: str) -> Node:
    return Node(step[1:], 1) if step[0] == "+" else Node(step)


def _diagnosed(answer: Answer, shape: tuple[int, int]) -> Place | None:
    """The element whose diagnosis is the answer's."""
    if answer.diagnosis is None:
        return None
    if not answer.components:
        return 0, 0
    at = next((n for n, part in enumerate(answer.components) if part.diagnosis is answer.diagnosis), None)
    return None if at is None else divmod(at, shape[1])


def _off(value: Array, written: Written, student: int) -> Array:
    """How far each element that was written lies from a value, as a share, beyond rounding as written."""
    own, half = written.value[:, :, student], written.half[:, :, student]
    with np.errstate(all="ignore"):
        beyond = np.maximum(np.abs(value - own) - half, 0.0)
        share = beyond / np.maximum(np.abs(own), np.abs(value))
        share = np.where(beyond == 0, 0.0, np.where(np.isfinite(share), share, np.inf))
    return np.asarray(np.where(written.present[:, :, student], share, 0.0).max(axis=-1))
