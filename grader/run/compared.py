"""The step that decides about an answer, by the right rule and by the wrong one, with the student's numbers.

Only for reports that show it. Every value that the student wrote is held, the rest follows by its own rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.engine import names
from grader.engine.points import sample
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.language.evaluate import evaluate
from grader.language.tree import quantities
from grader.report.model import Compared, Known
from grader.run import values
from grader.run.holding import held
from grader.run.own import of_student

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.engine.derive import Plan
    from grader.language.tree import Expr
    from grader.report.model import Answer, Value

    Array = NDArray[np.float64]

_EXPLAINED = ("follow_through", "imprecise", "slip", "misconception", "wrong")


class _Place(NamedTuple):
    """An answer to be explained: where it stands, and the step that decides."""

    question: int
    student: int
    node: Node
    wrong: Expr | None


def add_compared(result: ProblemResult, columns: Sequence[list[Answer]]) -> None:
    """Put the deciding step beside every answer that is not simply right.

    Args:
        result: what the class's answers came to.
        columns: its answers, a list a question in the order of the problem; changed in place.
    """
    places = list(_places(result, columns))
    if not places:
        return
    students = sorted({p.student for p in places})
    at = {student: number for number, student in enumerate(students)}
    working = _Working(result, np.array(students), places)
    for place in places:
        answer = columns[place.question][place.student]
        compared = working.compared(at[place.student], place)
        columns[place.question][place.student] = answer._replace(compared=compared)


def _places(result: ProblemResult, columns: Sequence[list[Answer]]) -> Iterator[_Place]:
    plan = result.plan
    known = {_node(s.name) for s in plan.steps}
    by_name = {names.timed(n.name, n.time): n for n in known}
    for q, (question, column) in enumerate(zip(plan.problem.questions, columns, strict=True)):
        target = plan.targets.get(question.id)
        for student, answer in enumerate(column):
            if answer.verdict not in _EXPLAINED or target is None:
                continue
            found = answer.diagnosis
            if found is not None and found.rule is not None and found.step in by_name:
                yield _Place(q, student, by_name[found.step], found.rule)
            elif target.shown is not None:
                yield _Place(q, student, target.shown, None)


def _node(step: str) -> Node:
    return Node(step[1:], 1) if step[0] == "+" else Node(step)


class _Working:
    """The worked solution of the students concerned, with what they wrote held."""

    def __init__(self, result: ProblemResult, students: NDArray[np.intp], places: Sequence[_Place]) -> None:
        self.plan = result.plan
        targets = result.plan.targets
        written = {i: q.sheet.written.take(students) for i, q in result.questions.items()}
        self.written = {
            (target.node, student)
            for i, target in targets.items()
            if target.node is not None and target.place is None and i in written
            for student in np.flatnonzero(written[i].present[..., 0].all(axis=(0, 1))).tolist()
        }
        wanted = {n for p in places for n in (p.node, *_needed(self.plan, p).values())}
        horizon = max([result.plan.horizon, *(n.time for n in wanted)])
        engine = Engine(result.plan)
        inputs = sample(result.plan.problem, engine) or {}
        self.trace = engine.solve(list(wanted), horizon=horizon, held=held(targets, written), inputs=inputs)

    def compared(self, student: int, place: _Place) -> Compared | None:
        """Both rules with this student's numbers; None where no rule gives the quantity."""
        found = values.rule_of(self.plan, place.node)
        if found is None:
            return None
        rule, _, time = found
        needed = _needed(self.plan, place)
        known = [self._known(node, student) for node in needed.values()]
        return Compared(
            names.timed(place.node.name, place.node.time),
            values.timed_rule(self.plan, rule, time),
            None if place.wrong is None else values.timed_rule(self.plan, place.wrong, time),
            tuple(k for k in known if k.value is not None),
            _value(of_student(self.trace.values[place.node], student)),
            self._by(place.wrong, needed, time, student),
        )

    def _known(self, node: Node, student: int) -> Known:
        own = (node.name in self.plan.problem.given and node.time == 0) or (node, student) in self.written
        value = _value(of_student(self.trace.used[node], student))
        return Known(names.timed(node.name, node.time), value, own)

    def _by(self, rule: Expr | None, needed: Mapping[str, Node], time: int, student: int) -> Value:
        """What a wrong rule gives with the student's numbers."""
        if rule is None:
            return None
        used = {name: of_student(self.trace.used[node], student) for name, node in needed.items()}
        arrays = {name: value[:, :, None, None] for name, value in used.items() if value is not None}
        arrays[names.STEP_NUMBER] = np.full((1, 1, 1, 1), float(time + 1))
        if not quantities(rule) <= arrays.keys():
            return None
        problem = self.plan.problem
        with np.errstate(all="ignore"):
            value = evaluate(rule, arrays, problem.at_zero, problem.index_base)
        return _value(value[:, :, 0, 0])


def _needed(plan: Plan, place: _Place) -> dict[str, Node]:
    """Base name -> node, for every quantity in the step's rules."""
    found = values.rule_of(plan, place.node)
    if found is None:
        return {}
    rule, _, time = found
    used = quantities(rule) | (quantities(place.wrong) if place.wrong is not None else frozenset())
    return {name: values.timed_node(plan, name, time) for name in sorted(used - {names.STEP_NUMBER})}


def _value(array: Array | None) -> Value:
    return None if array is None else values.array_value(array)
