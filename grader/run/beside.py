"""A student's wrong rule beside the right one, with the numbers in both: his own where he wrote some.

Only for reports that show it. What the student wrote is held; the rest is worked out as he did it, under the
wrong rule, so that the numbers shown are those that led to his answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.engine import names
from grader.engine.choices import Choices, OwnRule
from grader.engine.points import sample
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate
from grader.language.render import render
from grader.language.tree import quantities
from grader.report.model import Beside
from grader.run import values
from grader.run.holding import held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.engine.solve import Trace
    from grader.language.tree import Expr
    from grader.run.mistakes import Marks

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

# Longer matrices tell nobody anything.
_LONGEST = 160


def put_beside(result: ProblemResult, marks: Marks) -> None:
    """Give every diagnosis of a wrong rule both rules; ``marks`` is changed."""
    cases: dict[tuple[int, int, str], _Case] = {}
    for (_, student, _), told in marks.items():
        rules = told.finding.rules
        if rules is not None and told.step in rules:
            cases.setdefault((student, id(told.finding), told.step), _Case(student, told.step, rules))
    if not cases:
        return
    shown = _Worked(result, list(cases.values())).all()
    found = dict(zip(cases, shown, strict=True))
    for key, told in marks.items():
        both = found.get((key[1], id(told.finding), told.step))
        if both is not None:
            marks[key] = told._replace(diagnosis=told.diagnosis._replace(beside=both))


class _Case(NamedTuple):
    """A student under one wrong rule, looked at where it acts."""

    student: int
    step: str
    rules: Mapping[str, Expr]

    @property
    def wrong(self) -> Expr:
        """The rule at the step that the report names."""
        return self.rules[self.step]


class _Worked:
    """The worked solutions of all cases, a column each."""

    def __init__(self, result: ProblemResult, cases: Sequence[_Case]) -> None:
        self.plan = result.plan
        self.cases = cases
        self.right = {step.name: step.rule for step in result.plan.steps}
        students = np.array([case.student for case in cases])
        written = {i: asked.written.take(students) for i, asked in result.asked.items()}
        wanted = dict.fromkeys(node for case in cases for node in self._nodes(case))
        engine = Engine(result.plan)
        for name in sorted({n for case in cases for rule in case.rules.values() for n in quantities(rule)}):
            engine.program.slot(name)
        picks: dict[str, list[tuple[OwnRule, NDArray[np.intp]]]] = {}
        for column, case in enumerate(cases):
            for step, rule in case.rules.items():
                picks.setdefault(step, []).append((OwnRule(engine.program, rule), np.array([column])))
        self.trace: Trace = engine.solve(
            wanted,
            horizon=max([result.plan.horizon, *(n.time for n in wanted)]),
            held=held(result.plan.targets, written),
            inputs=sample(result.plan.problem, engine) or {},
            bounds=True,
            choices=Choices(engine.program, engine.index, picks, len(cases)),
        )

    def all(self) -> list[Beside]:
        """Both rules of every case."""
        return [self._beside(column, case) for column, case in enumerate(self.cases)]

    def _nodes(self, case: _Case) -> list[Node]:
        step = case.step
        used = {step} | quantities(case.wrong) | quantities(self.right[step])
        return [values.timed_node(self.plan, n, 0) for n in sorted(used - {names.STEP_NUMBER})]

    def _beside(self, column: int, case: _Case) -> Beside:
        step = case.step
        known = {}
        for name in quantities(case.wrong) | quantities(self.right[step]):
            value = self.trace.used.get(values.timed_node(self.plan, name, 0))
            own = None if value is None else _of(value, column)
            if own is not None:
                known[name] = own
        if names.STEP_NUMBER in quantities(case.wrong) | quantities(self.right[step]):
            known[names.STEP_NUMBER] = np.ones((1, 1))
        return Beside(
            names.timed(step, 0),
            *self._with_numbers(self.right[step], known),
            *self._with_numbers(case.wrong, known),
        )

    def _with_numbers(self, rule: Expr, known: Mapping[str, Array]) -> tuple[str, str | None, str | None]:
        """A rule by name, with numbers, and what it gives."""
        shown = values.timed_rule(self.plan, rule, 0)
        value = self._value(rule, known)
        if value is None:
            return render(shown), None, None
        texts = {
            values.timed_name(self.plan, n, 0) if n[0] != "+" else names.timed(n, 0): v
            for n, v in known.items()
        }
        numbers = values.with_numbers(shown, {n: values.array_text(v) for n, v in texts.items()})
        said = numbers if quantities(shown) and len(numbers) <= _LONGEST else None
        return render(shown), said, values.array_text(value)

    def _value(self, rule: Expr, known: Mapping[str, Array]) -> Array | None:
        if not quantities(rule) <= known.keys():
            return None
        problem = self.plan.problem
        arrays = {n: v[:, :, None, None] for n, v in known.items()}
        try:
            with np.errstate(all="ignore"):
                return np.asarray(evaluate(rule, arrays, problem.at_zero, problem.index_base)[:, :, 0, 0])
        except (KeyError, ValueError, ExpressionError):
            return None


def _of(value: Array, column: int) -> Array | None:
    """One column's value, (rows, columns); None where it depends on a symbol."""
    own = value[0][:, :, column : column + 1] if value.shape[3] > 1 else value[0]
    return np.asarray(own[:, :, 0, 0]) if values.is_constant(own) else None
