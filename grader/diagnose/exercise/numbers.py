"""Runs of an exercise under all wrong rules: what is asked and what is not, with its numbers and others."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.variants import Alternatives, node_of, target_of
from grader.engine import names
from grader.engine.graph import Ancestry
from grader.engine.solve import matrix
from grader.record import replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from grader.engine.solve import Hold
    from grader.engine.steps import Node, Target
    from grader.misconceptions.model import Variant
    from grader.misconceptions.view import View

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

# Of a large matrix so many elements are looked at: a wrong rule changes most of them.
MOST_ASKED, MOST_IN_STEP = 64, 12
# Exact formulas are compared at sample points.
_SAME = 1e-9
_OTHER_POINTS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers under the right rules (column 0) and every wrong one.

    Args:
        owner: for each row, which of the quantities it is an element of.
        values: (rows, 1 + variants, points).
        low, high: the same with what rounding to some digits may make of them.
    """

    owner: NDArray[np.intp]
    values: Array
    low: Array
    high: Array

    def only(self, owners: Sequence[int]) -> Table:
        """The rows of some quantities."""
        at = np.isin(self.owner, owners)
        return Table(self.owner[at], self.values[at], self.low[at], self.high[at])


class Numbers:
    """An exercise worked out by right and wrong rules.

    Args:
        view: the whole worked solution.
        variants: the wrong rules.
    """

    def __init__(self, view: View, variants: Sequence[Variant]) -> None:
        self.view = view
        self.alternatives = Alternatives(view, variants)
        self.variants = self.alternatives.variants
        self.width = len(self.variants) + 1
        self.questions = list(view.plan.targets)
        # Under a wrong rule dL/db need not be dL/dz any more: each question is its own step.
        self.targets = [replace(t, node=t.shown) for t in view.plan.targets.values()]
        self.ancestry = Ancestry(view.plan)
        asked = {t.node for t in self.targets}
        plain = {s.name for s in view.steps if not names.is_state(s.name.lstrip("+"))}
        self.steps = [n for s in view.steps if s.name in plain and (n := node_of(s.name)) not in asked]
        updates = any(s.phase == "update" for s in view.steps)
        self.horizon = max(view.plan.horizon, 1 if updates else 0)
        self.formulas = self.alternatives.points > 1

    @cached_property
    def behind(self) -> list[frozenset[str]]:
        """For each question the steps that its value hangs on."""
        return [self._behind(t, set()) for t in self.targets]

    @cached_property
    def near(self) -> list[frozenset[str]]:
        """The same without what lies behind another asked value."""
        asked = {t.node for t in self.targets if t.node is not None}
        return [self._behind(t, asked) for t in self.targets]

    def table(self, targets: Sequence[Target], most: int, digits: float | None = None) -> Table:
        """Quantities with the exercise's own numbers; asked ones are gone on with as written."""
        held = None if digits is None else self._held(digits)
        return _table(
            self.alternatives.values(targets, self.horizon, digits=digits, held=held), most, self.width
        )

    def asked(self, digits: float | None = None) -> Table:
        """The asked numbers."""
        return self.table(self.targets, MOST_ASKED, digits)

    def others(self) -> Table:
        """The numbers of steps that nobody asks for."""
        return self.table([target_of(n, self.view) for n in self.steps], MOST_IN_STEP)

    def elsewhere(self) -> tuple[Table, Table]:
        """Asked numbers and other steps' with numbers that have nothing special."""
        targets = [*self.targets, *(target_of(n, self.view) for n in self.steps)]
        values = self.alternatives.values(targets, self.horizon, inputs=self._other_numbers())
        first = len(self.targets)
        return (
            _table(values[:first], MOST_ASKED, self.width),
            _table(values[first:], MOST_IN_STEP, self.width),
        )

    def _behind(self, target: Target, stop: AbstractSet[Node]) -> frozenset[str]:
        start = [target.node] if target.node is not None else list(target.nodes)
        seen, waiting = set(start), list(start)
        while waiting:
            for parent in self.ancestry.parents(waiting.pop()):
                if parent not in seen and parent not in stop:
                    seen.add(parent)
                    waiting.append(parent)
        known = self.view.by_name
        return frozenset(
            n.name if n.name in known else f"+{n.name}" for n in seen if n.name in known or n.time
        )

    def _held(self, digits: float) -> dict[Node, Hold]:
        """What is asked is written down to so many digits, and gone on with so."""

        def hold(value: Array) -> tuple[Array, Mask]:
            middle = value[0]
            unit = half_unit(middle, digits)
            return np.stack([middle, middle - unit, middle + unit]), np.ones(
                (*middle.shape[:3], 1), dtype=bool
            )

        return {t.node: hold for t in self.targets if t.node is not None}

    def _other_numbers(self) -> dict[str, Array]:
        """Numbers as ordinary as can be in place of the givens; targets are exchanged, not made up."""
        problem, view = self.view.problem, self.view
        generator = np.random.default_rng(zlib.crc32(problem.id.encode()))
        points = self.alternatives.points if self.formulas else _OTHER_POINTS
        free = set(view.parameters) | set(view.inputs)
        out = {}
        for name, given in problem.given.items():
            value = matrix(given)
            shape = (*value.shape[:3], points)
            if name in free:
                sign = np.where(value == 0, generator.choice([-1.0, 1.0], shape), np.sign(value))
                out[name] = sign * generator.uniform(0.15, 0.95, shape)
            elif name in view.targets:
                out[name] = _exchanged(value, generator, points)
            else:
                out[name] = value * generator.uniform(0.6, 1.4, (1, 1, 1, points))
        return out


def _exchanged(value: Array, generator: np.random.Generator, points: int) -> Array:
    """Targets at some points: a 0 or 1 turned round, a one-hot column's 1 elsewhere, others moved."""
    out = np.repeat(value, points, axis=-1)
    if set(np.unique(value)) <= {0.0, 1.0}:
        one_hot = value.shape[0] > 1 and bool((value.sum(axis=0) == 1).all())
        for point in range(1, points):
            turned = 1 - value[..., 0] if point % 2 else value[..., 0]
            out[..., point] = np.roll(value[..., 0], point, axis=0) if one_hot else turned
        return out
    if set(np.unique(value)) <= {-1.0, 1.0}:
        return out * np.where(np.arange(points) % 2, -1.0, 1.0)
    moved = out * generator.uniform(0.6, 1.4, out.shape)
    return np.where(out == 0, generator.uniform(0.1, 0.4, out.shape), moved)


def _table(values: Sequence[Array], most: int, width: int) -> Table:
    owner: list[int] = []
    rows: list[Array] = []
    for i, value in enumerate(values):
        flat = value.reshape(3, -1, *value.shape[3:])
        chosen = np.unique(np.linspace(0, flat.shape[1] - 1, min(most, flat.shape[1])).round().astype(int))
        owner += [i] * len(chosen)
        rows.append(flat[:, chosen])
    if not rows:
        empty = np.zeros((0, width, 1))
        return Table(np.zeros(0, dtype=np.intp), empty, empty, empty)
    points = max(r.shape[-1] for r in rows)
    full = np.concatenate([np.broadcast_to(r, (*r.shape[:3], points)) for r in rows], axis=1)
    return Table(np.array(owner, dtype=np.intp), full[0], full[1], full[2])


def half_unit(value: Array, digits: float) -> Array:
    """Half a unit of a number's last digit, 0 for 0."""
    with np.errstate(all="ignore"):
        half = 0.5 * 10.0 ** (np.floor(np.log10(np.abs(value))) + 1 - digits)
    return np.where(np.isfinite(half), half, 0.0)


def same(a: Array, b: Array, digits: float | None) -> Mask:
    """Whether numbers are the same to so many digits, or as formulas; the points (last axis) together."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(a), np.abs(b))
        reach = _SAME * size + 1e-13 if digits is None else np.maximum(half_unit(size, digits), 1e-12)
        near = np.abs(a - b) <= reach * (1 + 1e-9)
    both = (np.isnan(a) & np.isnan(b)) | (a == b)
    return np.asarray((near | both).all(axis=-1))
