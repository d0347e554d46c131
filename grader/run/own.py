"""The step behind an answer that follows from the student's own values, with those values put in.

Only for reports that show it: every value that the student wrote is held, the rest follows by its own rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.engine.points import sample
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.language.tree import quantities
from grader.record import record
from grader.report.model import Own
from grader.run import values
from grader.run.holding import held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.engine.steps import Target
    from grader.language.tree import Expr
    from grader.report.model import Answer

    Array = NDArray[np.float64]

# How far what the numbers give may lie from what was written, as a share: more than rounding on the way
# makes, and little enough that what is shown explains the answer.
_EXPLAINS = 0.005


def add_own(result: ProblemResult, columns: Sequence[list[Answer]]) -> None:
    """Put the student's own numbers beside every answer that follows from them.

    Args:
        result: what the class's answers came to.
        columns: its answers, a list a question in the order of the problem; changed in place.
    """
    problem = result.plan.problem
    students = sorted({s for c in columns for s, a in enumerate(c) if a.verdict == "follow_through"})
    if not students:
        return
    shown = _Shown(result, np.array(students))
    for question, column in zip(problem.questions, columns, strict=True):
        for at, student in enumerate(students):
            if column[student].verdict == "follow_through":
                own = shown.own(question.id, at)
                column[student] = column[student]._replace(own=own)


class _Shown:
    """The worked solution of the students concerned, with what they wrote held."""

    def __init__(self, result: ProblemResult, students: NDArray[np.intp]) -> None:
        self.targets = result.plan.targets
        self.written = {i: q.sheet.written.take(students) for i, q in result.questions.items()}
        self.rules = {i: _rule(result, target) for i, target in self.targets.items()}
        wanted = [n for found in self.rules.values() if found for n in (found.node, *found.needed)]
        horizon = max([result.plan.horizon, *(n.time for n in wanted)])
        engine = Engine(result.plan)
        inputs = sample(result.plan.problem, engine) or {}
        self.trace = engine.solve(
            wanted, horizon=horizon, held=held(self.targets, self.written), inputs=inputs
        )

    def own(self, question: str, student: int) -> Own | None:
        """The rule with the student's numbers, if they explain what was written."""
        found = self.rules.get(question)
        if found is None or not found.needed:
            return None
        value = of_student(self.trace.values[found.node], student)
        if value is None:
            return None
        place = self.targets[question].place
        asked = value if place is None else value[place[0] : place[0] + 1, place[1] : place[1] + 1]
        if not self._explains(question, student, asked):
            return None
        known = {n: of_student(self.trace.used[n], student) for n in found.needed}
        texts = {names.timed(n.name, n.time): values.array_text(v) for n, v in known.items() if v is not None}
        return Own(values.with_numbers(found.rule, texts), values.array_text(value))

    def _explains(self, question: str, student: int, value: Array) -> bool:
        written = self.written[question]
        present = written.present[:, :, student, 0]
        off = np.abs(written.value[:, :, student, 0] - value)
        allowed = _EXPLAINS * np.abs(value) + written.half[:, :, student, 0]
        return bool(np.all(off[present] <= allowed[present]))


@record
class _Rule:
    """A step's rule over timed names, the node that it gives, and the nodes that it takes."""

    node: Node
    rule: Expr
    needed: tuple[Node, ...]


def _rule(result: ProblemResult, target: Target) -> _Rule | None:
    if target.shown is None:
        return None
    found = values.rule_of(result.plan, target.shown)
    if found is None:
        return None
    rule, _, time = found
    if rule.op == "name":
        return None  # a step that only passes a value on explains nothing
    plan = result.plan
    needed = tuple(values.timed_node(plan, name, time) for name in sorted(quantities(rule)))
    return _Rule(target.shown, values.timed_rule(plan, rule, time), needed)


def of_student(value: Array, student: int) -> Array | None:
    """One student's value, (rows, columns); None where it depends on a symbol."""
    at = student if value.shape[2] > 1 else 0
    own = value[:, :, at : at + 1]
    return np.asarray(own[:, :, 0, 0]) if values.is_constant(own) else None
