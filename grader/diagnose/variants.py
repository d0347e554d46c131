"""Wrong rules side by side, without students: every variant a column of one run of the worked solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.runs import Compiled
from grader.engine.choices import Choices, OwnRule
from grader.engine.points import sample
from grader.engine.rounding import Rounding
from grader.engine.steps import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.solve import Hold, Trace
    from grader.misconceptions.model import Variant
    from grader.misconceptions.view import View

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = NDArray[np.intp]

# Numbers that are the same but for the order in which they were added up.
SAME = 1e-9


class Alternatives:
    """A worked solution under its right rules (column 0) and under wrong ones, a column each.

    Args:
        view: the worked solution.
        variants: the wrong rules; those that speak of unknown quantities are left out of ``variants``.
    """

    def __init__(self, view: View, variants: Sequence[Variant]) -> None:
        self.view = view
        self.given = tuple(variants)
        self.compiled = Compiled.of(view.plan, variants)
        self.variants = self.compiled.variants
        self.width = len(self.variants) + 1
        self.inputs = sample(view.problem, self.compiled.engine)

    def run(
        self,
        nodes: Iterable[Node],
        horizon: int,
        *,
        inputs: Mapping[str, Array] | None = None,
        digits: float | None = None,
        held: Mapping[Node, Hold] | None = None,
    ) -> Trace:
        """One run of all columns; arrays are (3, rows, columns, width, points).

        Args:
            nodes: the quantities wanted.
            horizon: training steps.
            inputs: other values for givens and symbols.
            digits: how many digits are kept of what is worked out; all of them where None.
            held: what is done to the values of nodes.
        """
        picks: dict[str, list[tuple[OwnRule, Columns]]] = {}
        for column in range(1, self.width):
            for step, rule in self.compiled.rules[column - 1]:
                picks.setdefault(step, []).append((rule, np.array([column], dtype=np.intp)))
        rounding = None
        if digits is not None:
            rounding = Rounding(np.full(self.width, digits), np.zeros(self.width))
        return self.compiled.engine.solve(
            nodes,
            horizon=horizon,
            held=held,
            inputs={**(self.inputs or {}), **(inputs or {})},
            bounds=True,
            rounding=rounding,
            choices=Choices(self.compiled.engine.program, self.compiled.engine.index, picks, self.width),
        )

    def changed(self) -> list[bool]:
        """For each variant given, whether any step that it rewrites gets another value."""
        nodes = [node_of(n) for v in self.variants for n in v.steps]
        horizon = max((n.time for n in nodes), default=0)
        trace = self.run(dict.fromkeys(nodes), horizon)
        out = {}
        for column, variant in enumerate(self.variants, 1):
            own = [node_of(n) for n in variant.steps]
            out[id(variant)] = any(_differs(trace.used[n][0], column) for n in own if n in trace.used)
        return [out.get(id(variant), False) for variant in self.given]


def node_of(base: str) -> Node:
    """The node that a base name gives: ``+w`` is w after the step."""
    return Node(base[1:], 1) if base[0] == "+" else Node(base, 0)


def _differs(value: Array, column: int) -> bool:
    """Whether one column of (rows, columns, width, points) differs from the first."""
    if value.shape[2] == 1:
        return False
    right, wrong = value[:, :, 0], value[:, :, column]
    with np.errstate(all="ignore"):
        same = np.abs(wrong - right) <= SAME * np.maximum(np.abs(right), np.abs(wrong))
    return not bool((same | (np.isnan(right) & np.isnan(wrong)) | (right == wrong)).all())
