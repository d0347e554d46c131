"""Students' work done again: the worked solution under the wrong rules found in it, held at what they wrote.

A column of a run is a lane: a student, the wrong rules followed in it, and what of the student's is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.compare.verdicts import CORRECT
from grader.engine.choices import Choices, OwnRule
from grader.engine.solve import Engine
from grader.engine.targets import evaluate_targets
from grader.language.tree import quantities
from grader.record import replace
from grader.run import values
from grader.run.holding import held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.judge import Written
    from grader.compare.problem import ProblemResult
    from grader.engine.steps import Node
    from grader.language.tree import Expr

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

CHUNK = 2_000
"""Lanes in one run."""


class Lane(NamedTuple):
    """How a student's work is done again.

    Attributes:
        student: whose it is.
        rules: base name of a step -> the rule in its place.
        loose: whether right values are let go, as by one who writes them rounded and goes on with all digits.
    """

    student: int
    rules: Mapping[str, Expr]
    loose: bool


def reworked(
    result: ProblemResult, lanes: Sequence[Lane], nodes: Sequence[Node], questions: Sequence[str]
) -> list[Reworked]:
    """Each lane's work.

    Args:
        result: what the class's answers came to.
        lanes: the columns.
        nodes: the quantities that are wanted.
        questions: those whose values are wanted.
    """
    chunks = (lanes[first : first + CHUNK] for first in range(0, len(lanes), CHUNK))
    runs = [_Run(result, chunk, nodes, questions) for chunk in chunks]
    return [Reworked(run, column) for run in runs for column in range(len(run.lanes))]


class Reworked(NamedTuple):
    """One lane of a run."""

    run: _Run
    column: int

    def value(self, node: Node) -> Array | None:
        """What a step's rule gives, (rows, columns); None where that depends on a symbol."""
        return _constant(self.run.trace.values[node], self.column)

    def used(self, node: Node) -> Array | None:
        """The same with what was written in its place: what later steps go on with."""
        return _constant(self.run.trace.used[node], self.column)

    def wrote(self, node: Node) -> bool:
        """Whether all of a quantity is held at what was written."""
        return any(
            own.present[:, :, self.column].all() and self.run.targets[i].place is None
            for i, own in self.run.held_at(node)
        )

    def answer(self, question: str) -> Array:
        """What the student's work gives for a question, (rows, columns, points)."""
        value = self.run.answers[question][0]
        return np.asarray(value[:, :, self.column if value.shape[2] > 1 else 0])


class _Run:
    """One run of the worked solution."""

    def __init__(
        self, result: ProblemResult, lanes: Sequence[Lane], nodes: Sequence[Node], questions: Sequence[str]
    ) -> None:
        plan = result.plan
        self.lanes = lanes
        self.targets = {i: t for i, t in plan.targets.items() if i in result.asked}
        students = np.array([lane.student for lane in lanes])
        loose = np.array([lane.loose for lane in lanes])
        codes = {i: result.questions[i].codes[:, :, students] for i in self.targets}
        taken = {i: result.asked[i].written.take(students) for i in self.targets}
        self.written = {i: _let_go(taken[i], codes[i], loose) for i in self.targets}
        engine = Engine(plan)
        choices = self._choices(engine)
        asked = [replace(self.targets[i], node=self.targets[i].shown) for i in questions]
        wanted = dict.fromkeys([*nodes, *(n for t in asked for n in (*t.nodes, t.node) if n is not None)])
        self.trace = engine.solve(
            wanted,
            horizon=max([plan.horizon, *(n.time for n in wanted)]),
            held=held(self.targets, self.written),
            inputs=result.inputs or {},
            bounds=True,
            choices=choices,
        )
        found = evaluate_targets(plan, asked, self.trace, bounds=True)
        self.answers = dict(zip(questions, found, strict=True))

    def held_at(self, node: Node) -> Iterator[tuple[str, Written]]:
        """What was written for a quantity, by question."""
        return ((i, self.written[i]) for i, t in self.targets.items() if t.node == node)

    def _choices(self, engine: Engine) -> Choices:
        """Which lanes follow which rules; equal rules are compiled once."""
        followed: dict[tuple[str, int], tuple[Expr, list[int]]] = {}
        for column, lane in enumerate(self.lanes):
            for step, rule in lane.rules.items():
                followed.setdefault((step, id(rule)), (rule, []))[1].append(column)
        for name in sorted({name for rule, _ in followed.values() for name in quantities(rule)}):
            engine.program.slot(name)
        picks: dict[str, list[tuple[OwnRule, NDArray[np.intp]]]] = {}
        for (step, _), (rule, columns) in followed.items():
            picks.setdefault(step, []).append((OwnRule(engine.program, rule), np.array(columns)))
        return Choices(engine.program, engine.index, picks, len(self.lanes))


def _let_go(written: Written, codes: NDArray[np.int8], loose: Mask) -> Written:
    """What was written, without what is right in loose lanes."""
    right = (codes == CORRECT) & loose
    return replace(written, present=written.present & ~right[..., None])


def _constant(value: Array, column: int) -> Array | None:
    own = value[0][:, :, column : column + 1] if value.shape[3] > 1 else value[0]
    return np.asarray(own[:, :, 0, 0]) if values.is_constant(own) else None
