"""The numbers behind the operators, twice: plain, and with the error bounds carried along.

Arrays are (rows, columns, students, points), so that numpy's inner loops run over the class. With
bounds there is an axis of three in front: the value, the least and the greatest that honest rounding
allows; an exact array has one there. Bounds are enclosures operator by operator (interval arithmetic),
so to first order they are the sum of |derivative| times error, and second-order effects are inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.language.functions import (
    COLUMNS,
    FUNCTIONS,
    ROWS,
    Direction,
    inverse,
    log_softmax,
    softmax,
    softmax_jacobian,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Operation = Callable[..., Any]

_UNROLL = 12


def matmul(a: Array, b: Array) -> Array:
    """The matrix product over the row and column axes."""
    inner = a.shape[COLUMNS]
    if a.shape[-2:] == b.shape[-2:] == (1, 1) and inner > 1:
        return np.asarray(np.matmul(a[..., 0, 0], b[..., 0, 0])[..., None, None])
    if inner > _UNROLL:
        return np.asarray(np.einsum("...mksp,...knsp->...mnsp", a, b))
    out = a[..., :, 0:1, :, :] * b[..., 0:1, :, :, :]
    for k in range(1, inner):
        out = out + a[..., :, k : k + 1, :, :] * b[..., k : k + 1, :, :, :]
    return out


def swap(a: Array) -> Array:
    """The transpose."""
    return np.swapaxes(a, ROWS, COLUMNS)


def stack(*items: Array) -> Array:
    """Numbers into a vector."""
    batch = np.broadcast_shapes(*[i.shape for i in items])
    return np.concatenate([np.broadcast_to(i, batch) for i in items], axis=ROWS)


def stack_rows(*rows: Array) -> Array:
    """Vectors, each a row, into a matrix."""
    batch = np.broadcast_shapes(*[r.shape for r in rows])
    return np.concatenate([swap(np.broadcast_to(r, batch)) for r in rows], axis=ROWS)


def index_at(row: int, column: int) -> Operation:
    """One element, as a number."""
    return lambda a: a[..., row : row + 1, column : column + 1, :, :]


def place_at(row: int, column: int) -> Operation:
    """Zeros of the size of the second array, with the first at one place."""

    def place(value: Array, like: Array) -> Array:
        batch = np.broadcast_shapes(value.shape[-2:], (1, 1))
        out = np.zeros((*value.shape[:ROWS], *like.shape[ROWS:-2], *batch))
        out[..., row : row + 1, column : column + 1, :, :] = value
        return out

    return place


def part_of(first: int, count: int) -> Operation:
    """Some rows."""
    return lambda a: a[..., first : first + count, :, :, :]


def scaled_dot(a: Array, b: Array) -> Array:
    """The dot product of two vectors that lie the same way."""
    return np.asarray((a * b).sum(axis=(ROWS, COLUMNS), keepdims=True))


def at_kink(kernel: Operation, value: float) -> Operation:
    """A kernel with its value at 0 replaced."""

    def kinked(x: Array, *constants: Array) -> Array:
        return np.where(x == 0, value, kernel(x, *constants))

    return kinked


def function(name: str, at_zero: Mapping[str, float]) -> Operation:
    """The kernel of a function with the problem's values at kinks."""
    entry = FUNCTIONS[name]
    zero = at_zero.get(name, entry.zero)
    return entry.kernel if zero is None else at_kink(entry.kernel, zero)


PLAIN: dict[str, Operation] = {
    "add": np.add,
    "sub": np.subtract,
    "neg": np.negative,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "matmul": matmul,
    "dot": scaled_dot,
    "T": swap,
    "stack": stack,
    "stack_rows": stack_rows,
}

_TURNED = np.array([0, 2, 1])


def _turn(x: Array) -> Array:
    return x[_TURNED] if x.shape[0] == 3 else x


def _hull(value: Array, *corners: Array) -> Array:
    out = np.empty((3, *value.shape))
    out[0] = value
    low, high = out[1], out[2]
    low[...] = high[...] = corners[0]
    for corner in corners[1:]:
        np.minimum(low, corner, out=low)
        np.maximum(high, corner, out=high)
    return out


def _between(a: Array) -> list[Array]:
    return [a[0]] if a.shape[0] == 1 else [a[1], a[2]]


def _by_corners(operation: Operation) -> Operation:
    """An operation that is extreme at the ends of its operands."""

    def bounded(a: Array, b: Array) -> Array:
        if a.shape[0] == b.shape[0] == 1:
            return np.asarray(operation(a, b))
        corners = [operation(x, y) for x in _between(a) for y in _between(b)]
        return _hull(np.asarray(operation(a[0], b[0])), *corners)

    return bounded


def _bounded_div(a: Array, b: Array) -> Array:
    out = np.asarray(_by_corners(np.divide)(a, b))
    if b.shape[0] == 3:
        through_zero = (b[1] <= 0) & (b[2] >= 0)
        if through_zero.any():
            out[1] = np.where(through_zero, -np.inf, out[1])
            out[2] = np.where(through_zero, np.inf, out[2])
    return out


def _bounded_matmul(a: Array, b: Array) -> Array:
    if a.shape[0] == b.shape[0] == 1:
        return matmul(a, b)
    out = None
    for k in range(a.shape[COLUMNS]):
        term = MULTIPLY(a[..., :, k : k + 1, :, :], b[..., k : k + 1, :, :, :])
        out = term if out is None else out + term
    return np.asarray(out)


def _bounded_dot(a: Array, b: Array) -> Array:
    return np.asarray(MULTIPLY(a, b).sum(axis=(ROWS, COLUMNS), keepdims=True))


def _bounded_softmax(x: Array) -> Array:
    if x.shape[0] == 1:
        return softmax(x)
    axis = COLUMNS if x.shape[ROWS] == 1 else ROWS
    low, high = np.exp(x[1] - x[0]), np.exp(x[2] - x[0])
    s = softmax(x[0])
    most = (s * high).sum(axis=axis, keepdims=True)
    least = (s * low).sum(axis=axis, keepdims=True)
    return np.stack([s, s * low / (most - s * high + s * low), s * high / (least - s * low + s * high)])


def _bounded_inverse(x: Array) -> Array:
    """To first order an error E of A moves inv(A) by |inv(A)| E |inv(A)|."""
    if x.shape[0] == 1:
        return inverse(x)
    value = inverse(x[0])
    error = np.maximum(x[2] - x[0], x[0] - x[1])
    spread = matmul(matmul(abs(value), error), abs(value))
    return np.stack([value, value - spread, value + spread])


def _mixed(kernel: Operation, turns: tuple[tuple[float, ...], float]) -> Operation:
    """A function that goes up and down: the hull of its values at both ends and where it turns in between."""
    places, period = turns

    def bounded(x: Array, *constants: Array) -> Array:
        exact = [c[:1] for c in constants]
        y = np.asarray(kernel(x, *exact))
        if y.shape[0] == 1:
            return y
        low, high = x[1:2], x[2:3]
        inside = [np.clip(place, low, high) for place in places]
        if period:  # two turns in a row are the least and the greatest
            first = places[0] + period * np.ceil((low - places[0]) / period)
            inside = [np.minimum(first, high), np.minimum(first + period, high)]
        return _hull(y[0], y[0], y[1], y[2], *[np.asarray(kernel(t, *exact))[0] for t in inside])

    return bounded


def _bounded_tan(x: Array) -> Array:
    """Anything at all across a pole."""
    y = np.tan(x)
    if x.shape[0] == 3:
        across = np.floor(x[1] / np.pi + 0.5) != np.floor(x[2] / np.pi + 0.5)
        y[1], y[2] = np.where(across, -np.inf, y[1]), np.where(across, np.inf, y[2])
    return np.asarray(y)


def _bounded_norm(x: Array) -> Array:
    squares = _squared(x, np.full((1, 1, 1, 1, 1), 2.0))
    return np.asarray(np.sqrt(squares.sum(axis=(ROWS, COLUMNS), keepdims=True)))


def _bounded_softmax_jacobian(x: Array) -> Array:
    """s(1 - s) on the diagonal, which turns at 1/2; -s s^T beside it."""
    if x.shape[0] == 1:
        return softmax_jacobian(x)
    s = _column(_bounded_softmax(x))
    least, most = s[1] * (1 - s[1]), s[2] * (1 - s[2])
    middle = np.clip(0.5, s[1], s[2])
    diagonal = _hull(s[0] * (1 - s[0]), least, most, middle * (1 - middle))
    identity = np.eye(s.shape[ROWS], dtype=bool)[:, :, None, None]
    return np.where(identity, diagonal, -_turn(np.asarray(MULTIPLY(s, swap(s)))))


def _bounded_choice(name: str) -> Operation:
    """Which element is the largest (smallest): 1 where it must be, up to 1 where it may be."""
    kernel = FUNCTIONS[name].kernel

    def bounded(x: Array) -> Array:
        y = np.asarray(kernel(x))
        if x.shape[0] == 1:
            return y
        up = x if name == "max'" else -_turn(x)
        may = up[2] >= up[1].max(axis=(ROWS, COLUMNS), keepdims=True)
        alone = may.sum(axis=(ROWS, COLUMNS), keepdims=True) == 1
        return np.stack([y[0], (may & alone).astype(float), may.astype(float)])

    return bounded


def _squared(x: Array, n: Array) -> Array:
    """x^n with an exact exponent; an even power is least at 0."""
    if n.shape[0] != 1:
        return np.asarray(_by_corners(np.power)(x, n))
    y = np.power(x, n)
    if y.shape[0] == 1:
        return np.asarray(y)
    out = _hull(y[0], y[0], y[1], y[2])
    through_zero = (x[1] <= 0) & (x[2] >= 0)
    if through_zero.any():
        out[1] = np.where(through_zero & (n[0] > 0), np.minimum(out[1], 0.0), out[1])
        pole = through_zero & (n[0] < 0)
        out[1] = np.where(pole & (n[0] % 2 != 0), -np.inf, out[1])
        out[2] = np.where(pole, np.inf, out[2])
    return out


def bounded_function(name: str, at_zero: Mapping[str, float]) -> Operation:
    """The kernel of a function, with bounds."""
    if name in _OWN_BOUNDS:
        return _OWN_BOUNDS[name]
    kernel = function(name, at_zero)
    if name in ("dot", "outer"):
        return _bounded_dot if name == "dot" else lambda a, b: MULTIPLY(_column(a), _row(b))
    direction: Direction = FUNCTIONS[name].direction
    if name in ("concat", "max", "min", "#ln_or"):
        return lambda *x: kernel(*_align(x))
    return _rising(kernel) if direction == "up" else _mixed(kernel, FUNCTIONS[name].turns)


def _rising(kernel: Operation) -> Operation:
    return lambda x, *constants: kernel(x, *[c[:1] for c in constants])


def _align(arrays: tuple[Array, ...]) -> list[Array]:
    lanes = max(a.shape[0] for a in arrays)
    return [np.broadcast_to(a, (lanes, *a.shape[1:])) for a in arrays]


def _column(a: Array) -> Array:
    return a if a.shape[COLUMNS] == 1 else swap(a)


def _row(a: Array) -> Array:
    return swap(a) if a.shape[COLUMNS] == 1 else a


def _bounded_log_softmax(x: Array) -> Array:
    """Between the least of the element over the greatest of the others, and the other way round."""
    if x.shape[0] == 1:
        return log_softmax(x)
    axis = COLUMNS if x.shape[ROWS] == 1 else ROWS
    # How far a logarithm can move: its own argument one way, all others the other way.
    down, up = x[0] - x[1], x[2] - x[0]
    value = log_softmax(x[0])
    low = value - down - up.max(axis=axis, keepdims=True)
    return np.stack([value, low, value + up + down.max(axis=axis, keepdims=True)])


def _bounded_one_if_zero(x: Array, above: Array) -> Array:
    """A zero counts by its value: its bounds are only noise."""
    return np.where(above[:1] == 0, 1.0, x)


MULTIPLY = _by_corners(np.multiply)

_OWN_BOUNDS: dict[str, Operation] = {
    "softmax": _bounded_softmax,
    "inv": _bounded_inverse,
    "softmax'": _bounded_softmax_jacobian,
    "max'": _bounded_choice("max'"),
    "min'": _bounded_choice("min'"),
    "norm": _bounded_norm,
    "tan": _bounded_tan,
    "#log_softmax": _bounded_log_softmax,
    "#one_if_zero": _bounded_one_if_zero,
}

BOUNDED: dict[str, Operation] = {
    "add": np.add,
    "sub": lambda a, b: a - _turn(b),
    "neg": lambda a: -_turn(a),
    "mul": MULTIPLY,
    "div": _bounded_div,
    "pow": _squared,
    "matmul": _bounded_matmul,
    "dot": _bounded_dot,
    "T": swap,
    "stack": lambda *items: stack(*_align(items)),
    "stack_rows": lambda *rows: stack_rows(*_align(rows)),
}
