"""All elements of all answers in one row of cells, so that a run is compared with a class in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.judge import CUT, Written, judge
from grader.record import record
from grader.spec.model import Tolerance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from grader.compare.pins import Asked
    from grader.diagnose.model import Cell

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

# An explanation has to give the very digits that were written, whatever the question's tolerance.
_MATCH = Tolerance(rel=1e-6, min_sigfigs=1)
# A wrong value lies anywhere within a factor of three of the right one, with either sign.
_SPREAD = 2 * np.log(9.0)
_MOST_BITS = 12.0
# A written 0 has no digits to compare; that a wrong value happens to be 0 is rare.
_CHANCE_OF_ZERO = 1 / 300
_VISIBLE = 0.02


@record
class Cells:
    """A class's answers, (cells, 1, students, points).

    Args:
        index: what each cell is.
        written: the numbers.
    """

    index: tuple[Cell, ...]
    written: Written

    @classmethod
    def of(cls, asked: Sequence[Asked], students: int, points: int) -> Cells:
        """Lay out the answers to all questions."""
        index, parts = [], []
        for q, a in enumerate(asked):
            rows, columns = a.target.shape
            index += [(q, i, j) for i in range(rows) for j in range(columns)]
            parts.append(a.written)
        fields = []
        for name in ("value", "half", "decimals", "sigfigs", "present"):
            arrays = [_row(getattr(w, name), students, points) for w in parts]
            fields.append(np.concatenate(arrays) if arrays else np.zeros((0, 1, students, points)))
        written = Written(fields[0], fields[1], fields[2], fields[3], fields[4].astype(bool))
        return cls(tuple(index), written)

    def one(self, cell: int, student: int) -> Written:
        """What one student wrote in one cell."""
        w = self.written
        at = (slice(cell, cell + 1), slice(None), slice(student, student + 1))
        return Written(w.value[at], w.half[at], w.decimals[at], w.sigfigs[at], w.present[at])

    def lanes(self, values: Sequence[Array], columns: int) -> Array:
        """A run's values of all questions, (3, cells, 1, columns, points)."""
        points = self.written.value.shape[-1]
        rows = []
        for value in values:
            full = np.broadcast_to(value, (3, *value.shape[1:3], columns, points))
            rows.append(full.reshape(3, -1, 1, columns, points))
        return np.concatenate(rows, axis=1) if rows else np.zeros((3, 0, 1, columns, points))

    def matches(self, lanes: Array, written: Written) -> Mask:
        """Which answers a run gives to their digits, (cells, columns)."""
        return np.asarray(judge(lanes, written, _MATCH)[:, 0, :, 0] >= CUT)

    def moved(self, lanes: Array, null: Array, written: Written) -> Mask:
        """Which predictions differ visibly from those of the right rules, (cells, columns)."""
        with np.errstate(all="ignore"):
            difference = np.abs(lanes[0] - null[0])
            # Half a unit says nothing where hardly a digit was written, as with a plain 0.
            half = np.minimum(written.half, _VISIBLE * np.abs(null[0]))
            least = np.maximum(half, 1e-9 * np.abs(null[0]))
            seen = (difference > least) | ~np.isfinite(lanes[0])
        return np.asarray(seen.any(axis=-1)[:, 0])

    def weight(self, lanes: Array, written: Written, digits: Array) -> Array:
        """What a match says, in nats: -ln of the chance that a wrong value comes as near as this one.

        As near to what follows from the values as written, that is: who goes on with them hits it to half
        a unit, and only who went on with others needs the bounds.

        Args:
            lanes: predictions, (3, cells, 1, columns, points).
            written: what was written.
            digits: how many significant digits each column's student works with; zeros at the end of a
                number need not be written.
        """
        with np.errstate(all="ignore"):
            size = np.abs(written.value)
            place = np.floor(np.log10(size)) + 1 - digits[None, None, :, None]
            half = np.fmin(written.half, np.where(np.isfinite(place), 0.5 * 10.0**place, np.inf))
            half = np.maximum(half, 1e-6 * size)
            return self._nats(2 * np.maximum(half, np.abs(written.value - lanes[0])), lanes, written)

    def rarity(self, lanes: Array, written: Written) -> Array:
        """The same for a value that was changed after it was computed: the whole window counts."""
        with np.errstate(all="ignore"):
            half = np.maximum(written.half, 1e-6 * np.abs(written.value))
            return self._nats(2 * half + (lanes[2] - lanes[1]), lanes, written)

    def _nats(self, window: Array, lanes: Array, written: Written) -> Array:
        size = np.maximum(np.abs(written.value), np.abs(lanes[0]))
        chance = np.clip(window / np.where(size > 0, size, np.inf) / _SPREAD, np.exp(-_MOST_BITS), 0.9)
        chance = np.where(size == 0, _CHANCE_OF_ZERO, chance)
        return np.asarray(-np.log(chance).mean(axis=-1)[:, 0])


def _row(values: Array, students: int, points: int) -> Array:
    full = np.broadcast_to(values, (*values.shape[:2], students, points))
    return full.reshape(-1, 1, students, points)
