"""Wrong rules side by side, without students: every variant a column of one run of the worked solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.runs import Compiled
from grader.engine import names
from grader.engine.choices import Choices
from grader.engine.points import sample
from grader.engine.rounding import Rounding
from grader.engine.solve import evaluate_targets
from grader.engine.steps import Node, Target
from grader.language.tree import name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.choices import OwnRule
    from grader.engine.solve import Hold, Trace
    from grader.misconceptions.model import Variant
    from grader.misconceptions.view import View

    Array = NDArray[np.float64]
    Columns = NDArray[np.intp]

# Numbers that are the same but for the order in which they were added up.
SAME = 1e-9
# Numbers that one run may hold in each of its three layers.
_ROOM = 4_000_000


class Alternatives:
    """A worked solution under its right rules (column 0) and under wrong ones, a column each.

    Args:
        view: the worked solution.
        variants: the wrong rules; those that speak of unknown quantities are left out of ``variants``.
        compiled: the same compiled, where that has been done.
    """

    def __init__(self, view: View, variants: Sequence[Variant], compiled: Compiled | None = None) -> None:
        self.view = view
        self.given = tuple(variants)
        self.compiled = compiled or Compiled.of(view.plan, variants)
        self.variants = self.compiled.variants
        self.inputs = sample(view.problem, self.compiled.engine)
        shapes = view.shapes
        self.size = sum(shapes[s.name][0] * shapes[s.name][1] for s in view.steps)

    @property
    def points(self) -> int:
        """How many values each symbol has."""
        return max((v.shape[-1] for v in (self.inputs or {}).values()), default=1)

    def values(
        self,
        targets: Sequence[Target],
        horizon: int,
        *,
        inputs: Mapping[str, Array] | None = None,
        digits: float | None = None,
        held: Mapping[Node, Hold] | None = None,
    ) -> list[Array]:
        """The targets' values with bounds, (3, rows, columns, 1 + variants, points) each.

        Args:
            targets: what is wanted.
            horizon: training steps.
            inputs: other values for givens and symbols.
            digits: how many digits are kept of what is worked out; all of them where None.
            held: what is done to the values of nodes.
        """
        nodes = dict.fromkeys(n for t in targets for n in (*t.nodes, *([t.node] if t.node else [])))
        inputs = {**(self.inputs or {}), **(inputs or {})}
        points = max((v.shape[-1] for v in inputs.values()), default=1)
        chunk = max(_ROOM // max(self.size * points, 1), 8)
        parts: list[list[Array]] = []
        for first in range(0, max(len(self.variants), 1), chunk):
            columns = range(first, min(first + chunk, len(self.variants)))
            trace = self._run(tuple(nodes), horizon, columns, inputs, digits, held)
            found = evaluate_targets(self.view.plan, targets, trace, bounds=True)
            width = len(columns) + 1
            full = [np.broadcast_to(v, (3, *v.shape[1:3], width, points)) for v in found]
            parts.append(full if not parts else [v[:, :, :, 1:] for v in full])
        return [np.concatenate([p[i] for p in parts], axis=3) for i in range(len(targets))]

    def _run(
        self,
        nodes: Sequence[Node],
        horizon: int,
        columns: range,
        inputs: Mapping[str, Array],
        digits: float | None,
        held: Mapping[Node, Hold] | None,
    ) -> Trace:
        width = len(columns) + 1
        following: dict[tuple[str, int], tuple[OwnRule, list[int]]] = {}
        for at, variant in enumerate(columns, 1):
            for step, rule in self.compiled.rules[variant]:
                following.setdefault((step, id(rule)), (rule, []))[1].append(at)
        picks: dict[str, list[tuple[OwnRule, Columns]]] = {}
        for (step, _), (rule, own) in following.items():
            picks.setdefault(step, []).append((rule, np.array(own, dtype=np.intp)))
        engine = self.compiled.engine
        rounding = None if digits is None else Rounding(np.full(width, digits), np.zeros(width))
        return engine.solve(
            nodes,
            horizon=horizon,
            held=held,
            inputs=inputs,
            bounds=True,
            rounding=rounding,
            choices=Choices(engine.program, engine.index, picks, width),
        )

    def changed(self) -> list[bool]:
        """For each variant given, whether any step that it rewrites gets another value."""
        nodes = list(dict.fromkeys(node_of(n) for v in self.variants for n in v.steps))
        horizon = max((n.time for n in nodes), default=0)
        values = self.values([target_of(n, self.view) for n in nodes], horizon)
        by_node = dict(zip(nodes, values, strict=True))
        out = {}
        for column, variant in enumerate(self.variants, 1):
            own = (by_node[node_of(n)][0] for n in variant.steps)
            out[id(variant)] = any(_differs(value[:, :, 0], value[:, :, column]) for value in own)
        return [out.get(id(variant), False) for variant in self.given]


def node_of(base: str) -> Node:
    """The node that a base name gives: ``+w`` is w after the step."""
    return Node(base[1:], 1) if base[0] == "+" else Node(base, 0)


def target_of(node: Node, view: View) -> Target:
    """A step's quantity as something to be asked."""
    shape = view.shapes[node.name]
    return Target(name(names.timed(node.name, node.time)), shape, node, node, None, (node,))


def _differs(right: Array, wrong: Array) -> bool:
    with np.errstate(all="ignore"):
        same = np.abs(wrong - right) <= SAME * np.maximum(np.abs(right), np.abs(wrong))
    return not bool((same | (np.isnan(right) & np.isnan(wrong)) | (right == wrong)).all())
