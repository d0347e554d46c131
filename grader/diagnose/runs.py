"""Runs of the worked solution from students' own values under wrong rules, a column a student and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.compare.judge import NO, judge
from grader.compare.outputs import slopes_from_outputs
from grader.compare.pins import hull, is_rounded, own_rounding, pins_of
from grader.diagnose.cells import Cells
from grader.engine.choices import Choices, OwnRule
from grader.engine.graph import Ancestry
from grader.engine.rounding import Rounding
from grader.engine.solve import Engine, evaluate_targets, matrix
from grader.engine.steps import Node
from grader.language.tree import key, quantities
from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from grader.compare.pins import Asked, Pin
    from grader.engine.derive import Plan
    from grader.engine.solve import Hold
    from grader.misconceptions.model import Variant

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = NDArray[np.intp]

CHUNK = 3_000


class Repair(NamedTuple):
    """A given read wrongly: the element, and what it was taken for."""

    name: str
    place: tuple[int, int]
    value: float
    id: str


class Outcome(NamedTuple):
    """What a set of columns gave; masks and weights are (cells, columns).

    Args:
        matches: answers given to their digits.
        moved: predictions that differ visibly from the right rules'.
        weight: what a match of each cell says, in nats.
        lanes: the predictions, (3, cells, 1, columns, points).
    """

    matches: Mask
    moved: Mask
    weight: Array
    lanes: Array


@record
class Compiled:
    """A worked solution made ready for wrong rules; built once a problem.

    Args:
        plan: the worked solution.
        engine: the same, compiled.
        variants: the wrong rules at their places.
        rules: for each variant, (step, compiled rule); behind them, without a variant, the right rules with
            slopes taken from activations.
    """

    plan: Plan
    engine: Engine
    variants: tuple[Variant, ...]
    rules: tuple[tuple[tuple[str, OwnRule], ...], ...]

    @classmethod
    def of(cls, plan: Plan, variants: Sequence[Variant]) -> Compiled:
        """Compile the wrong rules, equal ones once."""
        engine = Engine(plan)
        known = {*plan.problem.given, *plan.problem.symbols, *engine.program.slots}
        usable = [v for v in variants if all(quantities(r) <= known for r in v.rules.values())]
        for rules_ in (*(v.rules for v in usable), slopes_from_outputs(plan)):
            for n in sorted({n for rule in rules_.values() for n in quantities(rule)}):
                engine.program.slot(n)
        seen: dict[object, OwnRule] = {}
        rules = []
        for variant in usable:
            own = []
            for step, rule in variant.rules.items():
                k = key(rule)
                if k not in seen:
                    seen[k] = OwnRule(engine.program, rule)
                own.append((step, seen[k]))
            rules.append(tuple(own))
        rules.append(
            tuple((step, OwnRule(engine.program, rule)) for step, rule in slopes_from_outputs(plan).items())
        )
        return cls(plan, engine, tuple(usable), tuple(rules))


class Class:
    """The students of a search: what they wrote, held as written, and how they round.

    Args:
        compiled: the worked solution and its wrong rules.
        asked: the questions and what these students wrote.
        inputs: values of the symbols.
    """

    def __init__(self, compiled: Compiled, asked: Sequence[Asked], inputs: Mapping[str, Array]) -> None:
        self.compiled = compiled
        self.asked = asked
        self.inputs = inputs
        self.students = asked[0].written.value.shape[2]
        self.points = max((v.shape[-1] for v in inputs.values()), default=1)
        self.pins = pins_of(asked, compiled.plan, self.points)
        self.rounding = own_rounding(asked, self.students)
        self.cells = Cells.of(asked, self.students, self.points)
        self.released = np.zeros((len(asked), self.students), dtype=bool)
        # Who takes slopes from activations: a'(1 - a) in place of sigmoid'(z).
        self.from_outputs = np.zeros(self.students, dtype=bool)
        targets = [a.target for a in asked]
        nodes = [n for t in targets for n in (*t.nodes, *([t.node] if t.node else []))]
        self.keep = list(dict.fromkeys(nodes))
        self.ancestry = Ancestry(compiled.plan)
        self.reference = self._reference()
        self._near: dict[bytes, list[frozenset[str]]] = {}
        self._later: dict[int, frozenset[int]] = {}

    def run(
        self,
        students: Columns,
        picks: Sequence[Sequence[int]],
        *,
        repairs: Sequence[Repair] = (),
        released: Mask | None = None,
        slopes: Mask | None = None,
    ) -> Array:
        """The predictions of columns, each a student under some variants: (3, cells, 1, columns, points)."""
        lanes = []
        for first in range(0, max(len(students), 1), CHUNK):
            part = slice(first, first + CHUNK)
            lanes.append(
                self._run(
                    students[part],
                    picks[part],
                    repairs[part] if repairs else (),
                    self.released[:, students[part]] if released is None else released[:, part],
                    self.from_outputs[students[part]] if slopes is None else slopes[part],
                )
            )
        return np.concatenate(lanes, axis=3)

    def _reference(self) -> Array:
        """The right values without anybody's rounding, (3, cells, 1, 1, points)."""
        plan, engine = self.compiled.plan, self.compiled.engine
        trace = engine.solve(self.keep, horizon=plan.horizon, inputs=self.inputs, bounds=True)
        values = evaluate_targets(plan, [a.target for a in self.asked], trace, bounds=True)
        return self.cells.lanes([v if v.shape[0] == 3 else np.repeat(v, 3, axis=0) for v in values], 1)

    def outcome(self, students: Columns, lanes: Array, null: Array) -> Outcome:
        """Compare columns with what was written and with the right rules."""
        written = self.cells.written.take(students)
        base = null[:, :, :, students]
        return Outcome(
            self.cells.matches(lanes, written),
            self.cells.moved(lanes, base, written),
            self.cells.weight(lanes, written, self.rounding.digits[students]),
            lanes,
        )

    def near(self, student: int) -> list[frozenset[str]]:
        """For each question the steps that its value hangs on without another written value in between."""
        present = np.array([a.written.present[:, :, student].all() for a in self.asked])
        present &= ~self.released[:, student]
        known = present.tobytes()
        found = self._near.get(known)
        if found is None:
            written = {a.target.node for a, p in zip(self.asked, present, strict=True) if p and a.target.node}
            found = self._near[known] = [self._hangs_on(a, written) for a in self.asked]
        return found

    def hangs(self, a: Asked) -> frozenset[str]:
        """Every step that a question's value is computed by, itself included."""
        return self._hangs_on(a, set())

    def later(self, question: int) -> frozenset[int]:
        """The questions whose values are computed from this one's."""
        node = self.asked[question].target.node
        found = self._later.get(question)
        if found is None:
            found = self._later[question] = frozenset(
                q
                for q, a in enumerate(self.asked)
                if node is not None
                and node in self.ancestry.of([a.target.node] if a.target.node else a.target.nodes)
            )
        return found

    def _hangs_on(self, a: Asked, written: AbstractSet[Node]) -> frozenset[str]:
        start = [a.target.node] if a.target.node is not None else list(a.target.nodes)
        seen: set[Node] = set(start)
        waiting = list(start)
        names = set()
        while waiting:
            node = waiting.pop()
            if node.name in self.compiled.engine.index:
                names.add(node.name)
            elif node.time > 0:
                names.add("+" + node.name)
            for parent in self.ancestry.parents(node):
                if parent not in seen and parent not in written:
                    seen.add(parent)
                    waiting.append(parent)
        return frozenset(names)

    def _run(
        self,
        students: Columns,
        picks: Sequence[Sequence[int]],
        repairs: Sequence[Repair],
        released: Mask,
        slopes: Mask,
    ) -> Array:
        width = len(students)
        chosen: dict[str, list[tuple[OwnRule, Columns]]] = {}
        by_variant: dict[int, list[int]] = {len(self.compiled.variants): np.flatnonzero(slopes).tolist()}
        for column, variants in enumerate(picks):
            for v in variants:
                by_variant.setdefault(v, []).append(column)
        for v, columns in by_variant.items():
            for step, rule in self.compiled.rules[v]:
                chosen.setdefault(step, []).append((rule, np.array(columns, dtype=np.intp)))
        trace = self.compiled.engine.solve(
            self.keep,
            horizon=self.compiled.plan.horizon,
            held={node: self._hold(node, pin, students, released) for node, pin in self.pins.items()},
            inputs={**self.inputs, **self._repaired(repairs)},
            bounds=True,
            rounding=Rounding(self.rounding.digits[students], self.rounding.places[students]),
            choices=Choices(self.compiled.engine.program, self.compiled.engine.index, chosen, width),
        )
        values = evaluate_targets(self.compiled.plan, [a.target for a in self.asked], trace, bounds=True)
        return self.cells.lanes([v if v.shape[0] == 3 else np.repeat(v, 3, axis=0) for v in values], width)

    def _repaired(self, repairs: Sequence[Repair]) -> dict[str, Array]:
        """Givens with one element changed, column by column."""
        out: dict[str, Array] = {}
        for name in {r.name for r in repairs}:
            value = matrix(self.compiled.plan.problem.given[name])
            out[name] = np.repeat(value, len(repairs), axis=2)
        for column, repair in enumerate(repairs):
            out[repair.name][repair.place[0], repair.place[1], column] = repair.value
        return out

    def _hold(self, node: Node, pin: Pin, students: Columns, released: Mask) -> Hold:
        written = pin.written.take(students)
        free = np.zeros((*written.value.shape[:2], len(students), 1), dtype=bool)
        for q, a in enumerate(self.asked):
            if a.target.node == node and released[q].any():
                at = a.target.place if a.target.place is not None else (slice(None), slice(None))
                free[(*at, slice(None), 0)] |= released[q]

        def hold(value: Array) -> tuple[Array, Mask]:
            right = judge(value, written, pin.tolerance) > NO
            mask = written.present & (~right | is_rounded(written)) & ~free
            return hull(value, written, mask, right), mask

        return hold
