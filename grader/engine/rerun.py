"""A run that differs from another in a few places: only what changes is computed again.

The columns of the new run are columns of the old one, as often as one likes, each with rules or givens of its
own. Where answers are held, a change soon comes to nothing: most steps of most columns are the old ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.engine.choices import Choices
from grader.engine.rounding import Rounding
from grader.engine.solve import Engine, Run, Trace, example_at, with_noise
from grader.engine.steps import Node
from grader.engine.targets import evaluate_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from grader.engine.choices import OwnRule
    from grader.engine.solve import Hold
    from grader.engine.steps import Target

    Array = NDArray[np.float64]
    Columns = NDArray[np.intp]
    Mask = NDArray[np.bool_]
    Holds = Callable[[Node, Columns], Hold | None]


class Pick(NamedTuple):
    """An own rule of a step, and the columns that follow it.

    Args:
        step: the base name of the step.
        rule: what it does there.
        columns: of the new run.
        before: whether their columns of the old run followed it already.
    """

    step: str
    rule: OwnRule
    columns: Columns
    before: bool


class Changed(NamedTuple):
    """Values where they are not the old: some columns, and (lanes, rows, columns, those columns, points)."""

    columns: Columns
    values: Array


class Rerun:
    """A new run on top of a recorded one, with bounds.

    Args:
        engine: the plan, compiled.
        base: the old run, recorded.
        columns: for each column of the new run its column in the old one.
        rounding: of the new run's columns.
        held: what holds a node's value in some of its columns.
        picks: own rules, in the order in which they overwrite each other.
    """

    def __init__(
        self,
        engine: Engine,
        base: Trace,
        columns: Columns,
        rounding: Rounding,
        held: Holds,
        picks: Iterable[Pick],
    ) -> None:
        self.engine = engine
        self.base = base
        self.columns = columns
        self.rounding = rounding
        self.held = held
        self.picks: dict[int, list[Pick]] = {}
        for pick in picks:
            if pick.step in engine.index:
                self.picks.setdefault(engine.index[pick.step], []).append(pick)
        self.needs = [self._needed(i) for i in range(len(engine.steps))]
        self.needed = {slot for needs in self.needs for slot in needs}
        self.linked = engine.linked(bounds=True)
        self.values: dict[Node, Changed] = {}
        self.used: dict[Node, Changed] = {}

    def _needed(self, step: int) -> list[int]:
        """The slots that a step is computed from by its own rule."""
        first, end, _ = self.engine.ranges[step]
        code = self.engine.program.instructions[first:end]
        needed = {a for _, _, args, _ in code for a in args} - {out for _, _, _, out in code}
        return sorted(needed - self.engine.program.constants.keys())

    def go(self, horizon: int, given: Mapping[str, Changed]) -> None:
        """Run all training steps; what changed is then in ``values`` and ``used``, named as in a trace.

        Args:
            horizon: the number of training steps to go.
            given: givens that are others in some columns.
        """
        engine = self.engine
        carried = {n: Changed(c.columns, with_noise(c.values)) for n, c in given.items()}
        with np.errstate(all="ignore"):
            for time in range(horizon + 1):
                examples = example_at(engine.plan.problem, time)
                current = {n: c for n, c in carried.items() if n not in examples}
                for name, changed in current.items():
                    self.values.setdefault(Node(name, time), changed)
                    self.used[Node(name, time)] = changed
                slots = engine.program.slots
                dirty = {slots[n]: c for n, c in current.items() if n in slots and n not in engine.index}
                for step in range(self.base.last[time]):
                    self._step(step, time, dirty)
                carried = self._advanced(carried, time)

    def _advanced(self, carried: Mapping[str, Changed], time: int) -> dict[str, Changed]:
        """What is not the old value any more after a training step."""
        after = dict(carried)
        for step in range(self.engine.update_at, len(self.engine.steps)):
            node = self.engine.node(step, time)
            after.pop(node.name, None)
            if node in self.used:
                after[node.name] = self.used[node]
        return after

    def _step(self, step: int, time: int, dirty: dict[int, Changed]) -> None:
        """Run one step where anything that it is computed from has changed, or it has another rule."""
        node = self.engine.node(step, time)
        picks = self.picks.get(step, ())
        replaced = np.zeros(self.columns.size, dtype=bool)
        for pick in picks:
            if not pick.before:
                replaced[pick.columns] = True
        own = {self.engine.program.slots[n] for pick in picks for n, _ in pick.rule.names}
        moved = self._touched((*self.needs[step], *own), dirty)
        columns = np.flatnonzero(moved | replaced)
        if not columns.size:
            return
        old = self.base.slots[time]
        out = self.engine.ranges[step][2]
        given = self._ruled(step, time, dirty, np.flatnonzero(moved)) if moved.any() else None
        slots = self.linked.start({s: self._at(old[s], dirty.get(s), columns) for s in own})
        slots[out] = self._at(old[out], given, columns)
        run = self._run(columns, self.held(node, columns), node, step)
        run.settle(slots, time, step)
        value = run.trace.values.get(node, slots[out])
        before = self.base.values.get(node)
        found = None if before is None else self._changed(value, before, columns)
        if found is not None:
            self.values[node] = found
        used = self._changed(slots[out], old[out], columns)
        if used is not None:
            dirty[out] = self.used[node] = used

    def _touched(self, slots: Iterable[int], dirty: Mapping[int, Changed]) -> Mask:
        """The columns in which any of some slots is not the old one."""
        touched = np.zeros(self.columns.size, dtype=bool)
        for slot in slots:
            if slot in dirty:
                touched[dirty[slot].columns] = True
        return touched

    def _ruled(self, step: int, time: int, dirty: dict[int, Changed], columns: Columns) -> Changed:
        """What a step's own rule gives in some columns; what other steps take from inside it changes, too."""
        old = self.base.slots[time]
        slots = self.linked.start({s: self._at(old[s], dirty.get(s), columns) for s in self.needs[step]})
        self._run(columns).rule(slots, step)
        first, end, out = self.engine.ranges[step]
        for _, _, _, inner in self.engine.program.instructions[first:end]:
            if inner != out and inner in self.needed:
                dirty[inner] = Changed(columns, _wide(slots[inner], columns.size))
        return Changed(columns, _wide(slots[out], columns.size))

    def _run(
        self, columns: Columns, hold: Hold | None = None, node: Node | None = None, step: int | None = None
    ) -> Run:
        """A run of some columns, with their rounding, and with what happens to one step's value."""
        rounding = Rounding(self.rounding.digits[columns], self.rounding.places[columns])
        held = {node: hold} if node is not None and hold is not None else {}
        choices = None if step is None else self._choices(step, columns)
        return Run(self.engine, (), held, rounding, choices, bounds=True)

    def _choices(self, step: int, columns: Columns) -> Choices:
        """The own rules of a step, for some columns counted from 0."""
        place = np.full(self.columns.size, -1)
        place[columns] = np.arange(columns.size)
        picks = [(p.rule, place[p.columns][place[p.columns] >= 0]) for p in self.picks.get(step, ())]
        followed = [(rule, own) for rule, own in picks if own.size]
        chosen = {self.engine.steps[step].name: followed} if followed else {}
        return Choices(self.engine.program, self.engine.index, chosen, columns.size)

    def _changed(self, value: Array, old: Array, columns: Columns) -> Changed | None:
        """The columns whose value is not the old one to the last bit."""
        before = self._at(old, None, columns)
        differs = (value != before).any(axis=(0, 1, 2, 4))
        differs = np.broadcast_to(differs, columns.size)
        if not differs.any():
            return None
        (here,) = np.nonzero(differs)
        return Changed(columns[here], _wide(value, columns.size).take(here, axis=-2))

    def _at(self, old: Array, changed: Changed | None, columns: Columns) -> Array:
        """A value in some columns: the old one, but for what has changed."""
        if changed is None:
            return old if old.shape[-2] == 1 else old.take(self.columns[columns], axis=-2)
        at = np.minimum(np.searchsorted(changed.columns, columns), changed.columns.size - 1)
        there = changed.columns[at] == columns
        if there.all():
            return changed.values.take(at, axis=-2)
        value = old if old.shape[-2] == 1 else old.take(self.columns[columns], axis=-2)
        (here,) = np.nonzero(there)
        new = changed.values.take(at[here], axis=-2)
        lanes, points = max(len(value), len(new)), max(value.shape[-1], new.shape[-1])
        out = np.array(np.broadcast_to(value, (lanes, *value.shape[1:-2], columns.size, points)))
        out[..., here, :] = new
        return out

    def target(self, target: Target) -> Changed | None:
        """What a question asks, where it is not the old value."""
        if target.node is not None:
            changed = self.values.get(target.node)
            if changed is None or target.place is None:
                return changed
            i, j = target.place
            return Changed(changed.columns, changed.values[..., i : i + 1, j : j + 1, :, :])
        moved = [self.used[n].columns for n in target.nodes if n in self.used]
        if not moved:
            return None
        columns = np.unique(np.concatenate(moved))
        used = {n: self._at(self.base.used[n], self.used.get(n), columns) for n in target.nodes}
        (value,) = evaluate_targets(self.engine.plan, [target], Trace(used=used), bounds=True)
        return Changed(columns, _wide(value, columns.size))


def _wide(value: Array, columns: int) -> Array:
    """A value with a column of its own for each."""
    return np.broadcast_to(value, (*value.shape[:-2], columns, value.shape[-1]))
