"""How likely a random wrong number is what some wrong rule gives: all their windows, overlaps merged.

A wrong value lies anywhere within a factor of three of the right one, with either sign, as likely in each
stretch of a logarithmic scale. Everything else is taken to be right and written down, so that only a rule
counts that changes this number alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.exercise.likeness import shown_in
from grader.diagnose.exercise.model import Chance
from grader.diagnose.exercise.numbers import half_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.diagnose.exercise.numbers import Numbers, Table

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_FACTOR = 3.0


def chances(numbers: Numbers) -> tuple[Chance, ...]:
    """The chance of an accidental match, for each question whose answer is a number or made of numbers."""
    if numbers.formulas:
        return ()
    by_digits = {digits: _by_question(numbers, digits) for digits in (3, 4)}
    return tuple(
        Chance(question, by_digits[3][q], by_digits[4][q]) for q, question in enumerate(numbers.questions)
    )


def _by_question(numbers: Numbers, digits: int) -> list[float]:
    table = numbers.asked(float(digits))
    alone = _alone(numbers, table, float(digits))
    found = [0.0] * len(numbers.questions)
    for row, question in enumerate(table.owner.tolist()):
        columns = 1 + np.flatnonzero(alone[row])
        chance = _chance(
            float(table.values[row, 0, 0]),
            table.values[row, columns, 0],
            table.low[row, columns, 0],
            table.high[row, columns, 0],
            float(digits),
        )
        found[question] = max(found[question], chance)
    return found


def _alone(numbers: Numbers, table: Table, digits: float) -> Mask:
    """For each number the variants that change it and no other, if all others are written down."""
    touches = np.array([[not near.isdisjoint(v.steps) for v in numbers.variants] for near in numbers.near])
    if not touches.size:
        return np.zeros((len(table.owner), len(numbers.variants)), dtype=bool)
    moved = shown_in(table, digits) & touches[table.owner]
    return np.asarray(moved & (moved.sum(axis=0) == 1))


def _chance(right: float, middle: Array, low: Array, high: Array, digits: float) -> float:
    """The share of the scale that lies in some window."""
    size = abs(right)
    if size == 0 or not np.isfinite(size):
        return 0.0
    half = half_unit(middle, digits)
    ends = np.stack([low - half, high + half])
    ends = ends[:, np.isfinite(ends).all(axis=0)]
    total = sum(_covered(sign * ends, size) for sign in (1.0, -1.0))
    return float(total / (2 * np.log(_FACTOR**2)))


def _covered(ends: Array, size: float) -> float:
    """The length of the windows among positive numbers, on a logarithmic scale, overlaps counted once."""
    low, high = ends.min(axis=0), ends.max(axis=0)
    low, high = np.maximum(low, size / _FACTOR), np.minimum(high, size * _FACTOR)
    inside = high > low
    length, reached = 0.0, -np.inf
    for start, end in sorted(zip(np.log(low[inside]), np.log(high[inside]), strict=True)):
        length += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(length)
