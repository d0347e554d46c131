"""The one function of the engine: a plan, rules replaced, values held -> values and bounds, for a class.

Arrays are (rows, columns, students, points); with bounds an axis of three stands in front (value, least,
greatest). There is no loop over students: a class, its wrong rules and its sample points are axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader.engine import names
from grader.engine.rounding import Noted, Rounding, Total, noted, settled, totals, widen_part, widened
from grader.engine.stable import guard
from grader.engine.steps import Node, Stable, Step
from grader.engine.update import state_names
from grader.language.program import Linked, Program
from grader.language.tree import quantities
from grader.record import field, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from grader.engine.choices import Choices
    from grader.engine.derive import Plan
    from grader.language.tree import Expr
    from grader.spec.model import Matrix, Problem

    Array = NDArray[np.float64]

# What float64 arithmetic may lose on the way to a value, as a bound on every given.
NOISE = 4 * np.finfo(float).eps


class Hold(Protocol):
    """What takes a step's value by its own rule and says what the later steps go on with.

    Called with the value (with bounds: three in front), it returns the value to use, of the same kind,
    and the mask of the elements that it held, (rows, columns, students, 1).
    """

    def __call__(self, value: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Look at the value and hold it, or parts of it."""


@mutable
class Trace:
    """What a run gave.

    Args:
        values: for each node that was kept, its value by its own rule, before it was held.
        used: the same after holding: what later steps went on with.
        slots: for each training step every slot as it was left, if they were to be recorded.
        last: for each training step the number of steps that were run.
    """

    values: dict[Node, Array] = field(default_factory=dict)
    used: dict[Node, Array] = field(default_factory=dict)
    slots: list[list[Any]] = field(default_factory=list)
    last: list[int] = field(default_factory=list)


def matrix(value: Matrix) -> Array:
    """A given as an array for one student and one point."""
    return np.array(value, dtype=float)[:, :, None, None]


def _reach(step: Step, stable: Stable) -> frozenset[str]:
    """The quantities whose rules must be their own for a stable rule to mean the same as the step's."""
    return quantities(step.rule) | quantities(stable.rule) | {step.name}


class Engine:
    """A plan compiled; built once a problem, run as often as there are questions to it.

    Args:
        plan: the worked solution.
        rules: rules put in place of steps' own, by base name.
    """

    def __init__(self, plan: Plan, rules: Mapping[str, Expr] | None = None) -> None:
        self.plan = plan
        problem = plan.problem
        self.program = Program(plan.shapes, problem.at_zero, problem.index_base)
        self.steps: list[Step] = list(plan.steps)
        self.ranges: list[tuple[int, int, int]] = []
        for step in self.steps:
            rule = (rules or {}).get(step.name, step.rule)
            first = len(self.program.instructions)
            self.program.bind(step.name, rule)
            if step.stable is not None and not (rules or {}).keys() & _reach(step, step.stable):
                guard(self.program, step)
            self.ranges.append((first, len(self.program.instructions), self.program.slots[step.name]))
        self.update_at = next((i for i, s in enumerate(self.steps) if s.phase == "update"), len(self.steps))
        self.copies = [step.rule.op == "name" for step in self.steps]
        self.index = {step.name: i for i, step in enumerate(self.steps)}
        self._linked: dict[bool, Linked] = {}
        self._noted: tuple[list[Noted | None], dict[int, Total]] | None = None

    def linked(self, *, bounds: bool) -> Linked:
        """The compiled instructions, plain or with bounds."""
        found = self._linked.get(bounds)
        if found is None:
            found = self._linked[bounds] = self.program.link(bounds=bounds)
        return found

    @property
    def noted(self) -> tuple[list[Noted | None], dict[int, Total]]:
        """What a student rounds at each instruction, and the steps that add such numbers up."""
        if self._noted is None:
            notes = noted(self.program, self.ranges)
            self._noted = notes, totals(self.program, self.ranges, notes)
        return self._noted

    def node(self, step: int, time: int) -> Node:
        """The quantity that a step gives in a training step."""
        name = self.steps[step].name
        return Node(name[1:], time + 1) if name[0] == "+" else Node(name, time)

    def solve(
        self,
        keep: Iterable[Node],
        *,
        horizon: int = 0,
        held: Mapping[Node, Hold] | None = None,
        inputs: Mapping[str, Array] | None = None,
        bounds: bool = False,
        rounding: Rounding | None = None,
        choices: Choices | None = None,
    ) -> Trace:
        """Run the worked solution.

        Args:
            keep: the nodes whose values are wanted.
            horizon: the number of training steps to go.
            held: what holds a node's value, for nodes whose value somebody wrote.
            inputs: values for symbols, or others for givens, (rows, columns, students, points).
            bounds: whether to carry error bounds.
            rounding: how unwritten values were rounded; needs bounds.
            choices: columns that follow rules of their own; needs bounds.

        Returns:
            The kept values; arrays have one axis more in front when bounds are carried.
        """
        run = Run(self, tuple(keep), held or {}, rounding, choices, bounds=bounds)
        with np.errstate(all="ignore"):
            return run.go(self.inputs(inputs or {}), horizon)

    def inputs(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Every given and symbol, those that are handed in before the problem's own."""
        problem = self.plan.problem
        values = {n: matrix(v) for n, v in problem.given.items() if n not in given}
        values.update(given)
        return values


class Run:
    """The state of one run: the slot file and what is carried from one training step to the next.

    Args:
        engine: the plan, compiled.
        keep, held, rounding, choices, bounds: as ``Engine.solve`` takes them.
    """

    def __init__(
        self,
        engine: Engine,
        keep: tuple[Node, ...],
        held: Mapping[Node, Hold],
        rounding: Rounding | None,
        choices: Choices | None,
        *,
        bounds: bool,
    ) -> None:
        self.engine = engine
        self.choices = choices
        self.held = held
        self.bounds = bounds
        self.rounding = rounding
        self.linked = engine.linked(bounds=bounds)
        self.trace = Trace()
        self.keep: dict[int, list[Node]] = {}
        for node in keep:
            self.keep.setdefault(node.time, []).append(node)
        self.pinned: dict[int, dict[int, Hold]] = {}
        for node, hold in held.items():
            at = self._step_of(node)
            if at is not None:
                self.pinned.setdefault(at[0], {})[at[1]] = hold

    def _step_of(self, node: Node) -> tuple[int, int] | None:
        """The training step in which, and the index of the step by which, a node gets its value."""
        if node.name in self.engine.index:
            return node.time, self.engine.index[node.name]
        after = self.engine.index.get("+" + node.name)
        return None if after is None or node.time == 0 else (node.time - 1, after)

    def go(self, inputs: dict[str, Array], horizon: int, *, record: bool = False) -> Trace:
        """Run all training steps from givens and symbols; every slot is kept if the run is to be recorded."""
        problem = self.engine.plan.problem
        carried = self._bounded(_start(problem, inputs))
        for time in range(horizon + 1):
            current = {**carried, **self._bounded(example_at(problem, time))}
            current[names.STEP_NUMBER] = self._exact(np.full((1, 1, 1, 1), float(time + 1)))
            slots = self.linked.start(self._fill(current))
            last = len(self.engine.steps) if time < horizon else self._last_wanted(time)
            self.trace.last.append(last)
            self.steps(slots, time, 0, last)
            self._keep(slots, time, current)
            if record:
                self.trace.slots.append(slots)
            if time < horizon:
                carried = self._advance(slots, carried)
        return self.trace

    def _last_wanted(self, time: int) -> int:
        """The steps that a training step has to be run for when no other follows it."""
        index = self.engine.index
        wanted = [index[node.name] for node in self.keep.get(time, ()) if node.name in index]
        last = max((*wanted, *self.pinned.get(time, ())), default=-1) + 1
        return min(last, self.engine.update_at)

    def _bounded(self, values: Mapping[str, Array]) -> dict[str, Array]:
        return {n: with_noise(v) for n, v in values.items()} if self.bounds else dict(values)

    def _exact(self, value: Array) -> Array:
        return value[None] if self.bounds else value

    def _fill(self, current: Mapping[str, Array]) -> dict[int, Array]:
        slots = self.engine.program.slots
        steps = self.engine.index
        return {slots[n]: v for n, v in current.items() if n in slots and n not in steps}

    def steps(self, slots: list[Any], time: int, first: int, last: int) -> None:
        """Run some steps of one training step, the last one left out."""
        pinned = self.pinned.get(time)
        ranges = self.engine.ranges
        if not pinned and self.rounding is None and self.choices is None:
            self.linked.run(slots, ranges[first][0] if last else 0, ranges[last - 1][1] if last else 0)
            return
        for i in range(first, last):
            self.rule(slots, i)
            self.settle(slots, time, i)

    def settle(self, slots: list[Any], time: int, step: int) -> None:
        """What becomes of a step's value: another rule gives it, it is held, it is rounded."""
        out = self.engine.ranges[step][2]
        if self.choices is not None:
            slots[out] = self.choices.apply(step, slots, slots[out])
        hold = self.pinned.get(time, {}).get(step)
        mask = None
        if hold is not None:
            self.trace.values[self.engine.node(step, time)] = slots[out]
            slots[out], mask = hold(slots[out])
        if self.rounding is not None and not self.engine.copies[step]:
            slots[out] = widened(slots[out], self.rounding, mask)

    def rule(self, slots: list[Any], step: int) -> None:
        """Run one step's own rule; the numbers in it are rounded, too, some of them only for other steps."""
        first, end, out = self.engine.ranges[step]
        if self.rounding is None:
            self.linked.run(slots, first, end)
            return
        notes, totals = self.engine.noted
        rounded = [k for k in range(first, end) if notes[k] is not None]
        moved: dict[int, Any] = {}
        done = first
        for k in rounded:
            self.linked.run(slots, done, k + 1)
            moved[k] = self._round(slots, k, late=False)
            done = k + 1
        self.linked.run(slots, done, end)
        total = totals.get(step)
        if total is not None:
            terms = [m for m in map(moved.get, total.rounded) if m is not None]
            slots[out] = settled(slots[out], terms, [slots[o] for o in total.others], self.rounding)
        for k in rounded:
            self._round(slots, k, late=True)

    def _round(self, slots: list[Any], k: int, *, late: bool) -> tuple[Array, Array] | None:
        what = self.engine.noted[0][k]
        if what is None or self.rounding is None:
            return None
        return widen_part(slots, self.engine.program.instructions[k], what, self.rounding, late=late)

    def _keep(self, slots: list[Any], time: int, current: Mapping[str, Array]) -> None:
        index = self.engine.index
        for node in self.keep.get(time, ()):
            if node.name in index:
                value = slots[self.engine.ranges[index[node.name]][2]]
            elif node.name in current:
                value = current[node.name]
            else:
                continue
            self.trace.values.setdefault(node, value)
            self.trace.used[node] = value

    def _advance(self, slots: list[Any], carried: Mapping[str, Array]) -> dict[str, Array]:
        after = dict(carried)
        for i in range(self.engine.update_at, len(self.engine.steps)):
            step = self.engine.steps[i].name
            after[step[1:]] = slots[self.engine.ranges[i][2]]
        return after


def with_noise(value: Array) -> Array:
    """A given with the bounds that arithmetic itself needs, three in front."""
    return np.stack([value, value - NOISE * abs(value), value + NOISE * abs(value)])


def _start(problem: Problem, inputs: dict[str, Array]) -> dict[str, Array]:
    """Givens, symbols, and the optimizer's states at their beginning."""
    values = dict(inputs)
    train = problem.train
    if train is None:
        return values
    for parameter in train.parameters:
        zero = np.zeros_like(values[parameter])
        for state in state_names(train):
            begin = train.state.get(state, {}).get(parameter)
            own = names.state(state, parameter)
            values.setdefault(own, zero if begin is None else matrix(begin))
    return values


def example_at(problem: Problem, time: int) -> dict[str, Array]:
    """The givens of the example that a training step uses, counted from 0."""
    train = problem.train
    if train is None or not train.examples:
        return {}
    return {n: matrix(v) for n, v in train.examples[time % len(train.examples)].items()}
