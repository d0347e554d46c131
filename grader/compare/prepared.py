"""A problem's worked solution, derived, compiled and solved, with what a class's formulas need besides."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from grader.compare.outputs import slopes_from_outputs
from grader.engine.derive import derive
from grader.engine.graph import Ancestry
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.engine.targets import evaluate_targets
from grader.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.engine.solve import Trace
    from grader.language.tree import Expr
    from grader.spec.model import Problem

    Array = NDArray[np.float64]


class Prepared:
    """A problem's worked solution derived, compiled and solved, with the formulas of a class resolved.

    Args:
        problem: the problem.
        exprs: formulas that students wrote and that the engine has to resolve, by their text.
        inputs: values for the symbols; None where no points make sense.
    """

    def __init__(
        self, problem: Problem, exprs: Mapping[str, Expr], inputs: Mapping[str, Array] | None
    ) -> None:
        self.problem = problem
        self.exprs = exprs
        self.plan = derive(problem, list(exprs.values()))
        self.extra = dict(zip(exprs, self.plan.extra, strict=True))
        self.engine = Engine(self.plan)
        self.inputs = inputs
        self.order = [q.id for q in problem.questions if q.id in self.plan.targets]
        self.targets = [self.plan.targets[i] for i in self.order]
        self.keep = self._kept()
        self.trace: Trace = self.engine.solve(
            self.keep, horizon=self.plan.horizon, inputs=self.inputs or {}, bounds=True
        )
        self.lanes = evaluate_targets(self.plan, self.targets, self.trace, bounds=True)
        self.reference = {i: lane[0] for i, lane in zip(self.order, self.lanes, strict=True)}

    @cached_property
    def gradients(self) -> frozenset[str]:
        """The names of the steps of the backward pass."""
        return frozenset(step.name for step in self.plan.steps if step.phase == "backward")

    @cached_property
    def engines(self) -> list[Engine]:
        """The worked solution with slopes from z, and with slopes from activations if that differs."""
        rules = slopes_from_outputs(self.plan)
        return [self.engine, *([Engine(self.plan, rules)] if rules else [])]

    @cached_property
    def behind(self) -> NDArray[np.bool_]:
        """[i, j]: whether question i's value is computed from question j's."""
        ancestry = Ancestry(self.plan)
        out = np.zeros((len(self.targets), len(self.targets)), dtype=bool)
        for i, target in enumerate(self.targets):
            nodes = target.nodes if target.node is None else (target.node,)
            before = ancestry.of(nodes) | (set(nodes) if target.node is None else set())
            out[i] = [other.node in before for other in self.targets]
        return out

    def _kept(self) -> list[Node]:
        wanted = [*self.targets, *(t for t in self.extra.values() if not isinstance(t, ExpressionError))]
        nodes = [n for t in wanted for n in t.nodes]
        nodes += [t.node for t in wanted if t.node is not None]
        nodes += [Node(n, 0) for n in self.problem.shapes]
        return list(dict.fromkeys(nodes))
