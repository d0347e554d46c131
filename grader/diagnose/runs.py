"""Runs of the worked solution from students' own values under wrong rules, a column a student and rule."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.compare.judge import NO, Written, judge
from grader.compare.pins import hull, is_rounded, own_rounding, pins_of
from grader.diagnose.cells import Cells
from grader.engine.choices import Choices
from grader.engine.graph import Ancestry
from grader.engine.rerun import Changed, Pick, Rerun
from grader.engine.rounding import Rounding
from grader.engine.solve import Run, matrix
from grader.engine.targets import evaluate_targets
from grader.record import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from grader.compare.pins import Asked, Pin
    from grader.diagnose.compiled import Compiled
    from grader.engine.solve import Hold, Trace
    from grader.engine.steps import Node

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Columns = NDArray[np.intp]

# Columns that are run at a time; where little changes, as many as have so many predictions.
CHUNK = 3_000
MOST_VALUES = 1_000_000


class Repair(NamedTuple):
    """A given read wrongly: the element, and what it was taken for."""

    name: str
    place: tuple[int, int]
    value: float
    id: str


class _Base(NamedTuple):
    """A class's run as it was settled: trace, predictions, who was released, and who took slopes how."""

    trace: Trace
    lanes: Array
    released: Mask
    slopes: Mask


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
        self._base: _Base
        self._answered = np.array([a.written.present.all(axis=(0, 1, 3)) for a in asked], dtype=bool)
        self._near: dict[bytes, list[frozenset[str]]] = {}
        self._hanging: dict[int, frozenset[str]] = {}
        self._later: dict[int, frozenset[int]] = {}

    def settle(self) -> Array:
        """Run every student under the right rules, as he is known to be released and to take slopes.

        ``changes`` tells what becomes of these predictions, (3, cells, 1, students, points).
        """
        trace = self._run(np.arange(self.students), self.released, self.from_outputs, record=True)
        lanes = self._lanes(trace, self.students)
        self._base = _Base(trace, lanes, self.released.copy(), self.from_outputs.copy())
        return lanes

    def run(self, students: Columns, *, released: Mask | None = None, slopes: Mask | None = None) -> Array:
        """The predictions of students under the right rules, released and taking slopes in another way.

        Args:
            students: of the columns.
            released: the questions let go, (questions, columns).
            slopes: whether slopes are taken from activations, (columns,).
        """
        released = self.released[:, students] if released is None else released
        slopes = self.from_outputs[students] if slopes is None else slopes
        lanes = []
        for first in range(0, max(len(students), 1), CHUNK):
            part = slice(first, first + CHUNK)
            trace = self._run(students[part], released[:, part], slopes[part])
            lanes.append(self._lanes(trace, len(students[part])))
        return np.concatenate(lanes, axis=3)

    def _run(self, students: Columns, released: Mask, slopes: Mask, *, record: bool = False) -> Trace:
        """Columns that hold what their student wrote, and round as he does."""
        engine = self.compiled.engine
        held = {node: self._hold(node, pin, students, released) for node, pin in self.pins.items()}
        own = np.flatnonzero(slopes)
        chosen = {step: [(rule, own)] for step, rule in self.compiled.rules[-1]} if own.size else {}
        choices = Choices(engine.program, engine.index, chosen, len(students))
        run = Run(engine, tuple(self.keep), held, self._rounding_of(students), choices, bounds=True)
        with np.errstate(all="ignore"):
            return run.go(engine.inputs(self.inputs), self.compiled.plan.horizon, record=record)

    def _rounding_of(self, students: Columns) -> Rounding:
        return Rounding(self.rounding.digits[students], self.rounding.places[students])

    def changes(
        self, students: Columns, picks: Sequence[Sequence[int]], repairs: Sequence[Repair] = ()
    ) -> tuple[Array, Mask]:
        """Columns, each a student under some variants, or with a given read wrongly.

        They are computed only where they are not the student's run as it was settled.

        Returns:
            The predictions, (3, cells, 1, columns, points), and where they are not the settled ones,
            (cells, columns).
        """
        size = max(CHUNK, MOST_VALUES // max(len(self.cells.index) * self.points, 1))
        parts = []
        for first in range(0, max(len(students), 1), size):
            part = slice(first, first + size)
            run = self._rerun(students[part], picks[part])
            run.go(self.compiled.plan.horizon, self._changed_givens(repairs[part]))
            parts.append(self._changes(run, students[part]))
        return np.concatenate([p[0] for p in parts], axis=3), np.concatenate([p[1] for p in parts], axis=1)

    def _rerun(self, students: Columns, picks: Sequence[Sequence[int]]) -> Rerun:
        released = self._base.released[:, students]
        return Rerun(
            self.compiled.engine,
            self._base.trace,
            students,
            self._rounding_of(students),
            lambda node, columns: (
                self._hold(node, self.pins[node], students[columns], released[:, columns])
                if node in self.pins
                else None
            ),
            self._picks(picks, np.flatnonzero(self._base.slopes[students])),
        )

    def _picks(self, picks: Sequence[Sequence[int]], slopes: Columns) -> list[Pick]:
        """The rules that columns follow at steps: first slopes from activations, then those of variants."""
        by_variant: dict[int, list[int]] = {}
        for column, variants in enumerate(picks):
            for v in variants:
                by_variant.setdefault(v, []).append(column)
        found = [Pick(step, rule, slopes, before=True) for step, rule in self.compiled.rules[-1]]
        for v, columns in by_variant.items():
            own = np.array(columns, dtype=np.intp)
            found += [Pick(step, rule, own, before=False) for step, rule in self.compiled.rules[v]]
        return [pick for pick in found if pick.columns.size]

    def _changes(self, run: Rerun, students: Columns) -> tuple[Array, Mask]:
        """The predictions of columns, and where they are not the settled ones."""
        lanes = self._base.lanes[:, :, :, students]
        changed = np.zeros((len(self.cells.index), len(students)), dtype=bool)
        first = 0
        for a in self.asked:
            end = first + a.target.shape[0] * a.target.shape[1]
            found = run.target(a.target)
            if found is not None:
                values = np.broadcast_to(found.values, (3, *found.values.shape[1:-1], self.points))
                lanes[:, first:end, 0, found.columns] = values.reshape(3, end - first, -1, self.points)
                changed[first:end, found.columns] = True
            first = end
        return lanes, changed

    def _reference(self) -> Array:
        """The right values without anybody's rounding, (3, cells, 1, 1, points)."""
        plan, engine = self.compiled.plan, self.compiled.engine
        trace = engine.solve(self.keep, horizon=plan.horizon, inputs=self.inputs, bounds=True)
        return self._lanes(trace, 1)

    def outcome(self, students: Columns, lanes: Array, changed: Mask, null: Array) -> Outcome:
        """Compare columns with what was written and with the right rules, where they give something else.

        Args:
            students: of the columns.
            lanes: their predictions, and
            changed: where these are not the students' own under the right rules, as ``changes`` gives them.
            null: the students' own predictions under the right rules.
        """
        cells, columns = np.nonzero(changed)
        written, found = self.cells.written, lanes[:, cells, 0, columns][:, None, None]
        there = students[columns]
        own = Written(*(getattr(written, n)[cells, 0, there][None, None] for n in names(Written)))
        # What is nowhere finite counts as moved, whichever rule gave it.
        endless = np.logical_not(np.isfinite(null[0, :, 0])).any(axis=-1)
        moved = np.array(endless)[:, students]
        matches = np.zeros(changed.shape, dtype=bool)
        weight = np.zeros(changed.shape)
        moved[cells, columns] = self.cells.moved(found, null[:, cells, 0, there][:, None, None], own)[0]
        matches[cells, columns] = self.cells.matches(found, own)[0]
        weight[cells, columns] = self.cells.weight(found, own, self.rounding.digits[there])[0]
        return Outcome(matches, moved, weight, lanes)

    def near(self, student: int) -> list[frozenset[str]]:
        """For each question the steps that its value hangs on without another written value in between."""
        present = self._answered[:, student] & ~self.released[:, student]
        known = present.tobytes()
        found = self._near.get(known)
        if found is None:
            written = {a.target.node for a, p in zip(self.asked, present, strict=True) if p and a.target.node}
            found = self._near[known] = [self._hangs_on(a, written) for a in self.asked]
        return found

    def hangs(self, question: int) -> frozenset[str]:
        """Every step that a question's value is computed by, itself included."""
        found = self._hanging.get(question)
        if found is None:
            found = self._hanging[question] = self._hangs_on(self.asked[question], set())
        return found

    def later(self, question: int) -> frozenset[int]:
        """The questions whose values are computed from this one's."""
        found = self._later.get(question)
        if found is None:
            node = self.asked[question].target.node
            found = self._later[question] = frozenset(
                q for q, before in enumerate(self._before) if node is not None and node in before
            )
        return found

    @cached_property
    def _before(self) -> list[set[Node]]:
        """For each question what its value is computed from."""
        targets = [a.target for a in self.asked]
        return [self.ancestry.of([t.node] if t.node is not None else t.nodes) for t in targets]

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

    def _lanes(self, trace: Trace, columns: int) -> Array:
        """The predictions of a run, (3, cells, 1, columns, points)."""
        values = evaluate_targets(self.compiled.plan, [a.target for a in self.asked], trace, bounds=True)
        return self.cells.lanes([v if v.shape[0] == 3 else np.repeat(v, 3, axis=0) for v in values], columns)

    def _changed_givens(self, repairs: Sequence[Repair]) -> dict[str, Changed]:
        """Givens with one element read wrongly, where they are."""
        by_name: dict[str, list[int]] = {}
        for column, repair in enumerate(repairs):
            by_name.setdefault(repair.name, []).append(column)
        out = {}
        for name, columns in by_name.items():
            value = np.repeat(matrix(self.compiled.plan.problem.given[name]), len(columns), axis=2)
            for k, column in enumerate(columns):
                value[(*repairs[column].place, k)] = repairs[column].value
            out[name] = Changed(np.array(columns, dtype=np.intp), value)
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
