"""Different rules for different columns of one run: a class under many wrong rules at once.

Each column of a run (a student under one wrong rule) follows the right rules but for the steps where it
has a rule of its own. An own rule is computed for its columns only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.language.program import Linked, Program
from grader.language.tree import Expr, quantities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Columns = NDArray[np.intp]


class OwnRule:
    """A rule compiled by itself: its names are read from a run's slots."""

    __slots__ = ("linked", "names", "out")

    def __init__(self, outer: Program, rule: Expr) -> None:
        program = Program(outer.shapes, outer.at_zero, outer.base)
        self.out = program.compile(rule)
        self.names = [(n, program.slot(n)) for n in sorted(quantities(rule))]
        self.linked: Linked = program.link(bounds=True)

    def value(self, slots: Sequence[Any], outer: Mapping[str, int], columns: Columns) -> Array:
        """Its value for some columns of a run."""
        inputs = {}
        for name, slot in self.names:
            array = slots[outer[name]]
            inputs[slot] = array if array.shape[-2] == 1 else array[..., columns, :]
        own = self.linked.start(inputs)
        self.linked.run(own)
        return np.asarray(own[self.out])


class Choices:
    """Which columns follow which own rules.

    Args:
        program: the worked solution that is run, compiled.
        index: base name of a step -> its number.
        picks: base name of a step -> (rule, columns that follow it).
        width: the number of columns of the run.
    """

    def __init__(
        self,
        program: Program,
        index: Mapping[str, int],
        picks: Mapping[str, Sequence[tuple[OwnRule, Columns]]],
        width: int,
    ) -> None:
        self.slots = program.slots
        self.picks = {index[n]: p for n, p in picks.items() if n in index}
        self.width = width

    def apply(self, step: int, slots: Sequence[Any], value: Array) -> Array:
        """A step's value with the columns that follow own rules filled in.

        Args:
            step: the step's index.
            slots: the run's slots, as far as they are filled.
            value: by the right rule, (3 or 1, rows, columns, students or 1, points).
        """
        picks = self.picks.get(step)
        if not picks:
            return value
        points = value.shape[-1]
        found = [(rule.value(slots, self.slots, columns), columns) for rule, columns in picks]
        points = max(points, *(f.shape[-1] for f, _ in found))
        out = np.array(np.broadcast_to(value, (3, *value.shape[1:-2], self.width, points)))
        for own, columns in found:
            out[..., columns, :] = own
        return out
