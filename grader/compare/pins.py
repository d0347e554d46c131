"""What a class wrote, as values that steps are held at, and the precision with which each student works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.judge import Written
from grader.engine.rounding import Rounding
from grader.record import record
from grader.submission.numerals import EXACT_SIGFIGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.steps import Node, Target
    from grader.spec.model import Tolerance

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_WIDEST_DIGITS = 17


@record
class Asked:
    """One question as the passes see it: what it asks, what the class wrote, how exact it must be."""

    target: Target
    written: Written
    tolerance: Tolerance


@record
class Pin:
    """The numbers written for one step's quantity, put together from all questions about it."""

    written: Written
    tolerance: Tolerance


def own_rounding(asked: Sequence[Asked], students: int) -> Rounding:
    """The precision with which each student works, read off what he wrote.

    The commonest number of significant digits, or of decimals if only those agree; where both do, either.
    """
    sigfigs, decimals, counted = [], [], []
    for a in asked:
        flat = a.written.present & (a.written.decimals > 0) & (a.written.half > 0)
        sigfigs.append(_flat(a.written.sigfigs, students))
        decimals.append(_flat(a.written.decimals, students))
        counted.append(_flat(flat.astype(float), students) > 0)
    if not asked:
        return Rounding(np.full(students, np.inf), np.zeros(students))
    use = np.concatenate(counted)
    significant, behind_point = np.concatenate(sigfigs), np.concatenate(decimals)
    digits, _ = _mode(significant, use)
    places, share_places = _mode(behind_point, use)
    some = use.any(axis=0)
    # Zeros at the end may be left out, but who keeps digits has more decimals where numbers are small, and
    # who keeps decimals has more digits where they are large.
    few = 0.05 * use.sum(axis=0)
    finer = (use & (behind_point > places)).sum(axis=0) > few
    longer = (use & (significant > digits)).sum(axis=0) > few
    by_places = some & (share_places >= 0.6) & ~finer
    by_digits = some & ~(by_places & longer)
    digits = np.where(by_digits, np.maximum(digits, 2), np.inf)
    return Rounding(digits, np.where(by_places, 0.5 * 10.0**-places, 0.0))


def _flat(values: Array, students: int) -> Array:
    return np.broadcast_to(values[..., 0], (*values.shape[:2], students)).reshape(-1, students)


def _mode(values: Array, use: Mask) -> tuple[Array, Array]:
    """The commonest value of each column (the smallest of equals), and its share."""
    levels = _WIDEST_DIGITS + 1
    students = values.shape[1]
    clipped = np.clip(values, 0, _WIDEST_DIGITS).astype(np.intp) + levels * np.arange(students)
    counts = np.bincount(clipped[use], minlength=levels * students).reshape(students, levels)
    total = np.maximum(use.sum(axis=0), 1)
    return counts.argmax(axis=1).astype(float), counts.max(axis=1) / total


def pins_of(asked: Sequence[Asked], plan: Plan, points: int) -> dict[Node, Pin]:
    """What was written for each step's quantity."""
    pins: dict[Node, Pin] = {}
    for a in asked:
        node = a.target.node
        if node is None:
            continue
        if a.target.place is None:
            pins.setdefault(node, Pin(a.written, a.tolerance))
            continue
        if node not in pins:
            pins[node] = Pin(_empty(plan.shapes[node.name], a.written, points), a.tolerance)
        _put(pins[node].written, a)
    return pins


def _empty(shape: tuple[int, int], like: Written, points: int) -> Written:
    students = like.value.shape[2]
    return Written(
        np.zeros((*shape, students, points)),
        np.zeros((*shape, students, points)),
        np.full((*shape, students, 1), 99.0),
        np.zeros((*shape, students, 1)),
        np.zeros((*shape, students, 1), dtype=bool),
    )


def _put(whole: Written, a: Asked) -> None:
    if a.target.place is None or whole.value.shape[:2] == (1, 1):
        return
    at = a.target.place
    if whole.present.flags.writeable:
        for array, part in (
            (whole.value, a.written.value),
            (whole.half, a.written.half),
            (whole.decimals, a.written.decimals),
            (whole.sigfigs, a.written.sigfigs),
            (whole.present, a.written.present),
        ):
            array[at[0], at[1]] = part[0, 0]


def is_rounded(written: Written) -> Mask:
    """Whether a number was written with its digits; who writes a formula or a fraction rounds it later."""
    return written.sigfigs < EXACT_SIGFIGS


def hull(value: Array, pin: Written, mask: Mask, right: Mask) -> Array:
    """What later steps may have used where a value is held.

    For a right value: anything between it and the unrounded one. For a wrong one: whatever rounds to it.
    """
    w, half = pin.value, pin.half
    middle, low, high = value if value.shape[0] == 3 else (value[0],) * 3
    reach = 2 * half
    wide = np.where(pin.sigfigs >= 2, half, 0.0)
    low_right = np.minimum(w, np.maximum(low, w - reach))
    high_right = np.maximum(w, np.minimum(high, w + reach))
    held_low = np.where(right, low_right, w - wide)
    held_high = np.where(right, high_right, w + wide)
    used = np.where(mask, w, middle)
    out = np.empty((3, *used.shape))
    out[0], out[1], out[2] = used, np.where(mask, held_low, low), np.where(mask, held_high, high)
    return out
