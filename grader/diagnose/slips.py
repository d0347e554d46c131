"""Slips at one written value: what was written is a small edit of what the right rule gives.

Each family has a price in nats, the logarithm of how many other values it could have turned into; a slip is
claimed only where a match says more than that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.diagnose.cells import rarity
from grader.diagnose.model import Cell, Finding
from grader.engine import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from grader.diagnose.runs import Class

    Array = NDArray[np.float64]

SIGN, POINT, EXCHANGED, DIGIT, DROPPED, COPY, START = 2.5, 3.2, 4.9, 5.55, 5.8, 3.6, 3.4
# A new weight that started wrong and whose step is not quite right either.
ROUGH_STEP, STEP_SHARE = 1.5, 0.002
# A value that only the bounds allow, and that is not what follows from the values as written.
LOOSE = 1.5
_LEAST_DIGITS_COPIED = 4
NOT_CARRIED = 3.0
_TIE = 1.2
_POWERS = (-3, -2, -1, 1, 2, 3)


class Value(NamedTuple):
    """A written number beside what the right rule gives from the student's own values."""

    written: float
    half: float
    decimals: int
    sigfigs: int
    middle: float
    low: float
    high: float
    weight: float
    unrounded: float
    hidden: bool

    def near(self, value: float, half: float | None = None) -> bool:
        """Whether a value is what the right rule gives, to the digits written."""
        reach = (self.half if half is None else half) * (1 + 1e-9) + 1e-12 * abs(value)
        return self.low - reach <= value <= self.high + reach

    def exactly(self, value: float) -> bool:
        """Whether a value is what follows from the values as written, or from unrounded ones.

        An edit of digits has so many results that the whole of the bounds would catch chance values; where
        steps in between were not written, half a unit more is allowed.
        """
        reach = self.half * (1 + 1e-9) + 1e-12 * abs(value)
        if self.hidden:
            reach += min(self.half, 0.5 * (self.high - self.low))
        return abs(value - self.middle) <= reach or abs(value - self.unrounded) <= reach


def slips_at(group: Class, null: Array, student: int, cell: Cell, reds: int = 1) -> list[Finding]:
    """The slips that explain one answer, the cheapest first."""
    at = group.cells.index.index(cell)
    value = value_at(group, null[:, at : at + 1, :, student : student + 1], student, at)
    if value is None:
        return []
    threshold = float(np.log(max(reds, 1)))
    found = [(price, i) for price, i in _families(value) if value.weight - price > threshold]
    found += [
        (price, i)
        for price, i in _copies(group, null, student, cell, value)
        if value.weight - price > threshold
    ]
    if group.released[cell[0], student]:
        found.append((NOT_CARRIED, "slip.not_carried"))
    if not found:
        return []
    found.sort()
    step = shown_step(group, cell)
    best = found[0][0]
    ids = list(dict.fromkeys(i for price, i in found if price - best <= _TIE or i == "slip.not_carried"))
    sure = _sure(value.weight - best, len(ids))
    return [Finding(i, step, (cell,), slip=True, confidence=sure) for i in ids]


def shown_step(group: Class, cell: Cell) -> str:
    """The quantity of a cell as people name it."""
    target = group.asked[cell[0]].target
    return names.timed(target.shown.name, target.shown.time) if target.shown is not None else ""


def _sure(margin: float, ways: int) -> float:
    return round(1.0 / (1.0 + math.exp(-max(margin, 0.0))) / ways, 2)


def value_at(group: Class, lanes: Array, student: int, at: int) -> Value | None:
    """A written number beside a prediction of it, (3, 1, 1, 1, points); None where it is no plain number."""
    w = group.cells.written
    half = float(w.half[at, 0, student, 0])
    middle, low, high = (lane[0, 0, 0] for lane in lanes)
    if half == 0 or not np.isfinite(lanes).all():
        return None
    if middle.size > 1 and np.ptp(middle) > 1e-12 * np.abs(middle).max():
        return None
    written = w.value[at, 0, student]
    return Value(
        float(written[0]),
        half,
        int(w.decimals[at, 0, student, 0]),
        int(w.sigfigs[at, 0, student, 0]),
        float(middle[0]),
        float(low[0]),
        float(high[0]),
        rarity(written, half, middle, high - low),
        float(group.reference[0, at, 0, 0, 0]),
        len(group.near(student)[group.cells.index[at][0]]) > 1,
    )


def edit(value: Value) -> float | None:
    """The price of the cheapest edit that turns a prediction into what was written, or None."""
    return min((price for price, _ in _families(value)), default=None)


def _families(value: Value) -> Iterator[tuple[float, str]]:
    w = value.written
    if w != 0 and value.near(-w):
        yield SIGN if value.exactly(-w) else SIGN + LOOSE, "slip.sign"
    for k in _POWERS:
        shift = 10.0**k
        if w != 0 and value.near(w * shift, value.half * shift):
            yield POINT + 0.5 * abs(k), "slip.pow10"
            break
    yield from _digit_slips(value)


def _digit_slips(value: Value) -> Iterator[tuple[float, str]]:
    """Edits of the written digits; the sign and the place of the point stay."""
    digits, scale, sign = _digits(value)
    if len(digits) < 3:
        return
    if any(value.exactly(sign * float(d) * scale) for d in _exchanges(digits)):
        yield EXCHANGED, "slip.transpose_digits"
    targets = [sign * v / scale for v in (value.middle, value.unrounded) if math.isfinite(v)]
    reach = 2 * value.half / scale
    if any(value.exactly(sign * float(d) * scale) for d in _replacements(digits, targets, reach)):
        yield DIGIT + float(np.log(len(digits) / 3.0)), "slip.digit"
    if _one_dropped(value, digits):
        yield DROPPED, "slip.drop_digit"


def _digits(value: Value) -> tuple[str, float, float]:
    unit = 10.0**-value.decimals
    count = round(abs(value.written) / unit)
    return str(count), unit, -1.0 if value.written < 0 else 1.0


def _exchanges(digits: str) -> Iterator[str]:
    for i in range(len(digits) - 1):
        if digits[i] != digits[i + 1]:
            yield digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]


def _replacements(digits: str, targets: Sequence[float], reach: float) -> Iterator[str]:
    """One digit replaced, where that can come as near to a target as the reach, or a little farther."""
    count = int(digits)
    reach += 1 + 1e-11 * 10.0 ** len(digits)
    for i, old in enumerate(map(int, digits)):
        place = 10.0 ** (len(digits) - 1 - i)
        for target in targets:
            first = max(math.ceil(old + (target - count - reach) / place), 0)
            last = min(math.floor(old + (target - count + reach) / place), 9)
            for new in range(first, last + 1):
                if new != old:
                    yield f"{digits[:i]}{new}{digits[i + 1 :]}"


def _one_dropped(value: Value, digits: str) -> bool:
    """Whether the right value, with one digit more, loses one of its inner digits."""
    if len(digits) < 3 or value.middle == 0 or (value.written < 0) != (value.middle < 0):
        return False
    full = f"{abs(value.middle):.{len(digits)}e}"
    right = full.split("e", maxsplit=1)[0].replace(".", "")
    exponent = int(full.split("e")[1])
    written = int(f"{abs(value.written):e}".split("e")[1])
    if exponent != written:
        return False
    return any(right[:i] + right[i + 1 :] == digits for i in range(1, len(right) - 1))


def _copies(group: Class, null: Array, student: int, cell: Cell, value: Value) -> Iterator[tuple[float, str]]:
    """Another quantity's value, of those that do not follow from this one."""
    if value.sigfigs < _LEAST_DIGITS_COPIED:
        return
    asked = group.asked[cell[0]]
    later = group.later(cell[0])
    others = [i for i, (q, _, _) in enumerate(group.cells.index) if q != cell[0] and q not in later]
    price = COPY + float(np.log(max(len(others), 1)))
    w = group.cells.written
    present = w.present[others, 0, student, 0]
    wrote = present & (w.value[others, 0, student, 0] == value.written)
    right = np.abs(null[0, others, 0, student, 0] - value.written) <= value.half
    found = np.flatnonzero(right | wrote)
    if found.size:
        moved = present[found[0]] and not wrote[found[0]]
        yield price, "slip.label" if moved else "slip.copy"
    yield from _wrong_start(group, asked, value)


def _wrong_start(group: Class, asked: object, value: Value) -> Iterator[tuple[float, str]]:
    """A new weight that started from another weight: the step is right, the start is not."""
    target = getattr(asked, "target", None)
    train = group.compiled.plan.problem.train
    if target is None or train is None or target.node is None or target.node.time == 0:
        return
    if target.node.name not in train.parameters:
        return
    given = group.compiled.plan.problem.given
    i, j = target.place or (0, 0)
    own = given[target.node.name][i][j]
    starts = {v for n in train.parameters for row in given[n] for v in row} - {own}
    price = START + float(np.log(max(len(starts), 1)))
    if any(value.near(value.written - start + own) for start in starts):
        yield price, "upd.wrong_start"
    step = value.middle - own
    if any(abs(value.written - start - step) <= STEP_SHARE * abs(step) for start in starts):
        yield price + ROUGH_STEP, "upd.wrong_start"
