"""Whether written numbers are right, element by element, for a whole class at once.

A prediction comes with bounds (what honest rounding of earlier steps allows); a written number comes with
half a unit of its last place. The widest of a question's tolerances wins, its boundary belongs to it, and a
value rounded to the places written is right beside any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.record import record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.spec.model import Tolerance

    Array = NDArray[np.float64]
    Codes = NDArray[np.int8]

NO, IMPRECISE, CUT, OK = 0, 1, 2, 3
_IMPRECISE, _CUT, _OK = np.int8(IMPRECISE), np.int8(CUT), np.int8(OK)
# Binary noise that no student can see: relative to the larger of the two numbers.
_SLACK = 1e-12
_EXACT = 1e-9
# Rounded away to nothing, or up from nothing, is not "right with too few digits": 1 for 0.55, 0 for 0.3.
_LEAST_SHARE = 1.8


@record
class Written:
    """What a class wrote for one quantity; arrays are (rows, columns, students, points).

    Args:
        value: the numbers; anything where ``present`` is False.
        half: half a unit of the last place written; 0 for fractions and formulas.
        decimals: places behind the point, large for fractions and formulas.
        sigfigs: significant digits, likewise.
        present: whether there is a number at all, (rows, columns, students, 1).
    """

    value: Array
    half: Array
    decimals: Array
    sigfigs: Array
    present: NDArray[np.bool_]

    def transposed(self) -> Written:
        """The same with rows and columns exchanged."""
        return Written(
            self.value.swapaxes(0, 1),
            self.half.swapaxes(0, 1),
            self.decimals.swapaxes(0, 1),
            self.sigfigs.swapaxes(0, 1),
            self.present.swapaxes(0, 1),
        )

    def take(self, students: NDArray[np.intp]) -> Written:
        """The same for some students only."""
        return Written(
            self.value.take(students, axis=2),
            self.half.take(students, axis=2),
            self.decimals.take(students, axis=2),
            self.sigfigs.take(students, axis=2),
            self.present.take(students, axis=2),
        )


def judge(lanes: Array, written: Written, tolerance: Tolerance) -> Codes:
    """How each written number agrees with its prediction.

    Args:
        lanes: value, least and greatest, (3 or 1, rows, columns, students, points).
        written: what was written.
        tolerance: the question's.

    Returns:
        OK, CUT (cut off instead of rounded), IMPRECISE (right with too few digits) or NO for each element,
        (rows, columns, students, 1): at a formula's sample points the worst counts.
    """
    middle = lanes[0]
    w, half = written.value, written.half
    size, reach = np.abs(middle), np.abs(w)
    with np.errstate(all="ignore"):
        low, high = _or_middle(lanes[-2:][0], middle), _or_middle(lanes[-1], middle)
        below, above = low - w, w - high
        slack = _SLACK * np.maximum(size, reach)
        beyond = np.maximum(np.maximum(below, above), 0.0) - slack
        loose, strict = _windows(size, tolerance)
        exact = np.abs(w - middle) <= _EXACT * size
        enough = _enough_digits(written, tolerance) | exact
        near = beyond <= half
        strictly = beyond <= strict
        ok = (beyond <= loose) | (strictly & enough)
        if tolerance.rounding:
            ok |= near & enough & ((written.sigfigs >= tolerance.min_sigfigs) | exact)
        right_but_short = strictly | (near & (reach > half) & (size >= _LEAST_SHARE * half))
        towards_zero = np.where(middle >= 0, below, above)
        cut = (towards_zero > -slack) & (towards_zero < 2 * half - slack) & (w * middle > 0)
        cut &= (written.sigfigs >= 2) & enough
        # The kindest of what holds; the codes grow with it.
        codes = np.maximum(np.maximum(ok * _OK, cut * _CUT), right_but_short * _IMPRECISE)
        codes = codes * (np.isfinite(middle) & np.isfinite(w) & written.present)
    return np.asarray(codes if codes.shape[-1] == 1 else codes.min(axis=-1, keepdims=True))


def _or_middle(bound: Array, middle: Array) -> Array:
    """Bounds that say nothing (a root of what may be negative) allow nothing."""
    known = np.isfinite(bound)
    return bound if known.all() else np.where(known, bound, middle)


def _windows(size: Array, tolerance: Tolerance) -> tuple[Array | float, Array | float]:
    """The width of the tolerances that ask for no digits, and of those that do; negative for none."""
    loose: Array | float = -1.0
    strict: Array | float = -1.0
    if tolerance.abs is not None:
        loose = np.maximum(loose, tolerance.abs)
    if tolerance.rel is not None:
        loose = np.maximum(loose, tolerance.rel * size)
    if tolerance.decimals is not None:
        strict = np.maximum(strict, 0.5 * 10.0**-tolerance.decimals)
    if tolerance.sigfigs is not None:
        place = np.where(size > 0, np.floor(np.log10(size)) + 1 - tolerance.sigfigs, -300.0)
        strict = np.maximum(strict, 0.5 * 10.0**place)
    return loose * (1 + _SLACK), strict * (1 + _SLACK)


def _enough_digits(written: Written, tolerance: Tolerance) -> NDArray[np.bool_] | np.bool_:
    """Whether as many digits were written as the tolerance asks for."""
    enough: NDArray[np.bool_] | np.bool_ = np.True_
    if tolerance.decimals is not None:
        enough = enough & (written.decimals >= tolerance.decimals)
    if tolerance.sigfigs is not None:
        enough = enough & (written.sigfigs >= tolerance.sigfigs)
    return enough
