"""What honest rounding on the way adds to the bounds of numbers that nobody was asked for.

Whoever works by hand puts down, and rounds, each product of a weighted sum, each function's value, each
quotient. Those are instructions of the compiled rules. The last result of a rule is the step's own number:
it is judged as the rule gives it, and widened for the steps behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.language.functions import COLUMNS, ROWS
from grader.language.kernels import MULTIPLY
from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from grader.language.program import Instruction, Program

    Array = NDArray[np.float64]

_SUMS = frozenset({"add", "sub"})
_PRODUCTS = frozenset({"matmul", "dot"})
_PUT_DOWN = frozenset({"call", "div", "pow", "mul"}) | _SUMS | _PRODUCTS
# What turns or picks numbers without computing any.
_SAME = frozenset({"copy", "neg", "T", "index", "place", "part", "stack", "stack_rows"})
_EXACT = 1e-9
_EVEN = 1e-6
# Half a unit of every place that a double can have: raising 10 to a power takes longer than looking it up.
_PLACES = 330
with np.errstate(over="ignore", under="ignore"):
    _HALVES = 0.5 * 10.0 ** np.arange(-_PLACES, _PLACES + 1.0)
_HALVES[~np.isfinite(_HALVES)] = 0.0


@record
class Rounding:
    """How a student rounds what he does not write down: half units that widen every value not held.

    Args:
        digits: significant digits kept, (students,); infinite for none lost.
        places: half a unit of the last decimal place kept, (students,); 0 for none lost.
    """

    digits: Array
    places: Array


@record
class Noted:
    """What a student rounds at one instruction.

    Args:
        result: the result itself.
        inside: what leads to it: the products that a matrix product adds up, the powers of a softmax.
        late: the result is a step's own number, and other rules use it: round it only after the step.
        adds: the result is a sum.
    """

    result: bool
    inside: bool
    late: bool = False
    adds: bool = False


@record
class Total:
    """A step's own number that is a sum.

    Args:
        rounded: the instructions whose results, rounded, are added up.
        others: the slots of the other terms.
    """

    rounded: tuple[int, ...]
    others: tuple[int, ...]


def noted(program: Program, ranges: Sequence[tuple[int, int, int]]) -> list[Noted | None]:
    """For each instruction what is rounded there.

    Args:
        program: the compiled rules.
        ranges: for each step its first instruction, the one behind its last, and its slot.
    """
    code = program.instructions
    users: dict[int, list[int]] = {}
    for k, (_, _, args, _) in enumerate(code):
        for slot in args:
            users.setdefault(slot, []).append(k)
    fixed = _fixed(program)
    own = _own_numbers(program, ranges)
    out: list[Noted | None] = []
    for k, instruction in enumerate(code):
        others = [i for i in users.get(instruction[3], ()) if i not in own or code[i][0] not in _SAME]
        out.append(_noted(program, k, others, own, fixed))
    return out


def _noted(program: Program, k: int, users: list[int], own: set[int], fixed: set[int]) -> Noted | None:
    op, value, args, out = program.instructions[k]
    if op not in _PUT_DOWN:
        return None
    if out in fixed:
        # 1 - 0.9^t is one number to a student, whatever it is made of.
        return Noted(any(program.instructions[i][3] not in fixed for i in users), inside=False)
    inner = program.shape(args[0])[1] if op == "matmul" else max(program.shape(args[0]))
    products = op in _PRODUCTS and inner > 1
    adds = op in _SUMS or products
    result = any(not (adds and program.instructions[i][0] in _SUMS) for i in users)
    inside = products or (op == "call" and value in _OF_POWERS)
    if not (result or inside):
        return None
    return Noted(result, inside, k in own, adds)


def totals(
    program: Program, ranges: Sequence[tuple[int, int, int]], notes: Sequence[Noted | None]
) -> dict[int, Total]:
    """The steps whose own number is a sum with rounded terms, by their place in the list of steps."""
    code = program.instructions
    maker = {out: k for k, (_, _, _, out) in enumerate(code)}
    out: dict[int, Total] = {}
    for i, (first, end, _) in enumerate(ranges):
        rounded: list[int] = []
        others: list[int] = []
        waiting = [code[k][2][0] for k in range(first, end) if code[k][0] == "copy"]
        while waiting:
            slot = waiting.pop()
            k = maker.get(slot, -1)
            note = notes[k] if k >= first else None
            if k >= first and (code[k][0] in _SUMS or code[k][0] == "neg"):
                waiting += code[k][2]
            elif note is not None and (code[k][0] in _PRODUCTS or (note.result and not note.late)):
                rounded.append(k)
            else:
                others.append(slot)
        if rounded:
            out[i] = Total(tuple(rounded), tuple(others))
    return out


def _fixed(program: Program) -> set[int]:
    """The slots that depend on no quantity but the number of the training step."""
    fixed = set(program.constants)
    if names.STEP_NUMBER in program.slots:
        fixed.add(program.slots[names.STEP_NUMBER])
    for _, _, args, out in program.instructions:
        if all(a in fixed for a in args):
            fixed.add(out)
    return fixed


def _own_numbers(program: Program, ranges: Sequence[tuple[int, int, int]]) -> set[int]:
    """The instructions whose result is a step's own number, or only turned into it."""
    code = program.instructions
    maker = {out: k for k, (_, _, _, out) in enumerate(code)}
    own: set[int] = set()
    for first, end, _ in ranges:
        waiting = [k for k in range(first, end) if code[k][0] == "copy"]
        while waiting:
            k = waiting.pop()
            own.add(k)
            if code[k][0] in _SAME:
                waiting += [maker[a] for a in code[k][2] if maker.get(a, -1) >= first]
    return own


def widen_part(
    slots: list[Array], instruction: Instruction, what: Noted, rounding: Rounding, *, late: bool
) -> tuple[Array, Array] | None:
    """Widen an instruction's result by what is rounded there; says by how much, and the finest of it."""
    op, name, args, out = instruction
    by = least = None
    if what.inside and not late:
        if op == "call":
            by = least = _OF_POWERS[name](slots[args[0]], slots[out][0], rounding)
        else:
            by, least = _of_products(slots[args[0]], slots[args[1]], rounding, op)
    if what.result and what.late == late:
        # A sum of numbers with so many decimals has no more of them.
        kept = Rounding(rounding.digits, 0 * rounding.places) if what.adds else rounding
        own = _half_units(slots[out], kept)
        if op == "mul":
            own = np.where(_trivial(slots[args[0]]) | _trivial(slots[args[1]]), 0.0, own)
        by = own if by is None else by + own
        least = _fineness(slots[out], own)
    if by is None or least is None:
        return None
    slots[out] = _wider(slots[out], by)
    return by, least


def settled(
    total: Array, terms: Sequence[tuple[Array, Array]], others: Sequence[Array], rounding: Rounding
) -> Array:
    """A sum of numbers that were rounded: it is rounded no more if they all end at the place where it ends.

    Args:
        total: the sum, its bounds moved apart for each term.
        terms: by how much, and the finest of it.
        others: the terms that were not rounded.
        rounding: the student's.
    """
    half = _half_units(total, rounding)
    even = half > 0
    for _, least in terms:
        even = even & (least >= (1 - _EVEN) * half)
    for other in others:
        off = np.abs(other[0] - np.round(other[0] / (2 * half)) * (2 * half))
        even = even & (off <= _EVEN * half)
    moved = sum((by for by, _ in terms), np.zeros(()))
    # Who may do either, digits or decimals, may have written the finer of the two.
    finer = _half_units(total, Rounding(rounding.digits, 0 * rounding.places))
    less = np.where(np.isinf(rounding.digits[:, None]), half, np.minimum(half, finer))
    return _wider(total, -np.where(even, np.minimum(less, moved), 0.0))


def _trivial(factor: Array) -> NDArray[np.bool_]:
    """Whether a product with this factor is no new number."""
    size = np.abs(factor)
    return np.asarray((size[0] == 0) | ((np.abs(size - 1) < _EXACT).all(axis=0)))


def _of_products(a: Array, b: Array, rounding: Rounding, op: str) -> tuple[Array, Array]:
    """The half units of the products that are added up: their sum, and the finest of them."""
    if op == "dot":
        product = MULTIPLY(a, b)
        half = _half_units(product, rounding)
        return half.sum(axis=(0, 1), keepdims=True), _fineness(product, half).min(axis=(0, 1), keepdims=True)
    total, least = np.zeros(()), np.full((), np.inf)
    for k in range(a.shape[COLUMNS]):
        product = MULTIPLY(a[..., :, k : k + 1, :, :], b[..., k : k + 1, :, :, :])
        half = _half_units(product, rounding)
        total, least = total + half, np.minimum(least, _fineness(product, half))
    return total, least


def _fineness(value: Array, half: Array) -> Array:
    """Half a unit of the last place that is left; an exact number may have any number of places."""
    return np.where(value[0] == 0, np.inf, half)


def _of_sigmoid(z: Array, out: Array, rounding: Rounding) -> Array:
    """For who works out e^-z first."""
    return np.asarray(out**2 * _half_units(np.exp(-z[:1]), rounding))


def _of_softmax(z: Array, out: Array, rounding: Rounding) -> Array:
    """For who lists the powers and their sum first."""
    axis = COLUMNS if z.shape[ROWS] == 1 else ROWS
    powers = np.exp(z[:1])
    total = powers.sum(axis=axis, keepdims=True)
    shares = _half_units(powers, rounding) / powers[0]
    others = (out * shares).sum(axis=axis, keepdims=True) - out * shares
    return np.asarray(out * ((1 - out) * shares + others + _half_units(total, rounding) / total[0]))


_OF_POWERS: dict[str, Callable[[Array, Array, Rounding], Array]] = {
    "sigmoid": _of_sigmoid,
    "softmax": _of_softmax,
}


def widened(value: Array, rounding: Rounding, mask: NDArray[np.bool_] | None) -> Array:
    """A value's bounds with half a unit more on both sides, for a student who rounds what he does not write.

    A value that has no more digits than that is not touched: 2 stays 2. Nor is one where ``mask`` is set.
    """
    half = _half_units(value, rounding)
    if mask is not None:
        half = np.where(mask, 0.0, half)
    return _wider(value, half)


def _wider(value: Array, by: Array) -> Array:
    """Bounds moved apart; where they say nothing (a root of what may be negative), the value does."""
    low, high = value[-2:][0], value[-1]
    known = np.isfinite(low) & np.isfinite(high)
    if not known.all():
        low, high = (np.where(np.isfinite(v), v, value[0]) for v in (low, high))
    low = low - by
    out = np.empty((3, *low.shape))
    out[0], out[1] = value[0], low
    np.add(high, by, out=out[2])
    return out


def _half_units(value: Array, rounding: Rounding) -> Array:
    """Half a unit of the last place that the student keeps; 0 for a number that ends before it."""
    middle = value[0]
    size = np.abs(middle)
    digits, places = rounding.digits[:, None], rounding.places[:, None]
    half = np.maximum(_half_of_place(np.floor(np.log10(size)) + 1 - digits), places)
    unit = 2 * half
    small = _EXACT * size
    exact = np.abs(middle - np.rint(middle / unit) * unit) <= small
    if len(value) == 3:  # what has bounds is not exact, whatever its digits
        exact &= value[2] - value[1] <= small
    return np.where(exact, 0.0, half)


def _half_of_place(place: Array) -> Array:
    """Half of 10^place for whole numbers; 0 where there is no such place."""
    at = np.fmin(np.fmax(place + _PLACES, 0), 2 * _PLACES)  # what is no number comes first
    return _HALVES.take(at.astype(np.intp))
