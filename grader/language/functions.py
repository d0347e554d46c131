"""The one table of functions: to add a function or an activation, add an entry to ``_TABLE``.

An entry holds everything the rest needs: spelling, number of arguments, numbers, derivative (as an
expression in ``u``), the value at a kink, how it moves (for error bounds), LaTeX. Parsing, hints,
differentiation, the tests against finite differences and the activations of layers follow from it.

Arrays are (..., rows, columns, students, points); a kernel works on any number of axes in front.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Kernel = Callable[..., Any]

ROWS, COLUMNS = -4, -3
Direction = Literal["up", "down", "mixed"]
Kind = Literal["elementwise", "whole", "pairwise"]


@record
class Function:
    """One function of the language.

    Args:
        name: as written in specs and answers.
        kernel: its numbers, on arrays.
        slope: its derivative as an expression in ``u`` (and ``s``, the second argument), or None.
        kind: ``elementwise`` (one argument and constants), ``pairwise`` (elementwise in all arguments)
            or ``whole`` (looks at the whole array).
        direction: how it moves with its argument, for error bounds.
        turns: where one that goes up and down turns, and a period of these places (0 for none).
        slope_turns: the same for its derivative.
        slope_kernel: numbers of the derivative where the expression would lose digits.
        shorthand: whether derivations write ``f'(u)`` and not the expression.
        from_output: the derivative in terms of the output ``a``, as students often take it.
        zero, slope_zero: value and derivative at 0 where the function has a kink or a jump.
        arity: least and greatest number of arguments.
        aliases: other spellings.
        activation: whether a layer may use it.
        domain: where it is real, for messages and for the tests' sample points.
        latex: its name in LaTeX.
    """

    name: str
    kernel: Kernel
    slope: str | None = None
    kind: Kind = "elementwise"
    direction: Direction = "mixed"
    turns: tuple[tuple[float, ...], float] = ((), 0.0)
    slope_turns: tuple[tuple[float, ...], float] = ((), 0.0)
    slope_kernel: Kernel | None = None
    shorthand: bool = False
    from_output: str | None = None
    zero: float | None = None
    slope_zero: float | None = None
    arity: tuple[int, int] = (1, 1)
    aliases: tuple[str, ...] = ()
    activation: bool = False
    domain: tuple[float, float] = (-math.inf, math.inf)
    latex: str = ""


def sigmoid(x: Array) -> Array:
    """1/(1 + e^-x), without overflow and with full relative precision on both sides."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def _sigmoid_slope(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def _tanh_slope(x: Array) -> Array:
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def _sech(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return 2.0 * e / (1.0 + e * e)


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _elu(x: Array, alpha: Array | float = 1.0) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def _elu_slope(x: Array, alpha: Array | float = 1.0) -> Array:
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def _leaky_relu(x: Array, slope: Array | float = 0.01) -> Array:
    return np.where(x > 0, x, slope * x)


def _leaky_relu_slope(x: Array, slope: Array | float = 0.01) -> Array:
    return np.where(x > 0, 1.0, slope + 0.0 * x)


def _erf(x: Array) -> Array:
    """The error function; numpy has none, and homework networks are small."""
    flat = np.fromiter((math.erf(v) for v in x.ravel().tolist()), float, x.size)
    return flat.reshape(x.shape)


def _normal_cdf(x: Array) -> Array:
    return 0.5 * (1.0 + _erf(x / math.sqrt(2.0)))


def _gelu(x: Array) -> Array:
    return x * _normal_cdf(x)


def _gelu_slope(x: Array) -> Array:
    return _normal_cdf(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


def _silu(x: Array) -> Array:
    return x * sigmoid(x)


def _silu_slope(x: Array) -> Array:
    s = sigmoid(x)
    return s * (1.0 + x * (1.0 - s))


def _step(x: Array) -> Array:
    return np.asarray((x > 0) * 1.0)


def softmax(x: Array) -> Array:
    """e^x / sum e^x down each column; along the row where there is only one row."""
    axis = COLUMNS if x.shape[ROWS] == 1 else ROWS
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def softmax_jacobian(x: Array) -> Array:
    """diag(s) - s s^T for a vector (a column or a row)."""
    s = softmax(x)
    column = s if s.shape[COLUMNS] == 1 else np.swapaxes(s, ROWS, COLUMNS)
    identity = np.eye(column.shape[ROWS])[:, :, None, None]
    return column * (identity - np.swapaxes(column, ROWS, COLUMNS))


def total(x: Array) -> Array:
    """The sum over all elements."""
    return np.asarray(x.sum(axis=(ROWS, COLUMNS), keepdims=True))


def _mean(x: Array) -> Array:
    return np.asarray(x.mean(axis=(ROWS, COLUMNS), keepdims=True))


def _norm(x: Array) -> Array:
    return np.sqrt(total(x * x))


def _is_max(x: Array) -> Array:
    """1 at the largest element (the first of equals), 0 elsewhere: the derivative of max."""
    return _first(x, x.max(axis=(ROWS, COLUMNS), keepdims=True))


def _is_min(x: Array) -> Array:
    return _first(x, x.min(axis=(ROWS, COLUMNS), keepdims=True))


def _first(x: Array, value: Array) -> Array:
    hit = (x == value).astype(float)
    flat = hit.reshape(*hit.shape[:ROWS], -1, *hit.shape[-2:])
    seen = np.cumsum(flat, axis=-3) - flat
    return np.asarray((flat * (seen == 0)).reshape(hit.shape))


def _maximum(*x: Array) -> Array:
    if len(x) == 1:
        return np.asarray(x[0].max(axis=(ROWS, COLUMNS), keepdims=True))
    out = x[0]
    for other in x[1:]:
        out = np.maximum(out, other)
    return out


def _minimum(*x: Array) -> Array:
    return -_maximum(*[-a for a in x])


def _dot(a: Array, b: Array) -> Array:
    return total(a * b)


def _outer(a: Array, b: Array) -> Array:
    column = a if a.shape[COLUMNS] == 1 else np.swapaxes(a, ROWS, COLUMNS)
    row = np.swapaxes(b, ROWS, COLUMNS) if b.shape[COLUMNS] == 1 else b
    return column * row


def _sum_columns(x: Array) -> Array:
    return np.asarray(x.sum(axis=COLUMNS, keepdims=True))


def _sum_rows(x: Array) -> Array:
    return np.asarray(x.sum(axis=ROWS, keepdims=True))


def _ones(x: Array) -> Array:
    return np.ones_like(x)


def _diagonal(x: Array) -> Array:
    """A square matrix with the elements of a vector on its diagonal."""
    column = x if x.shape[COLUMNS] == 1 else np.swapaxes(x, ROWS, COLUMNS)
    return column * np.eye(column.shape[ROWS])[:, :, None, None]


def inverse(x: Array) -> Array:
    """The inverse of a square matrix; not a number where there is none."""
    square = np.moveaxis(x, (ROWS, COLUMNS), (-2, -1))
    singular = np.linalg.det(square) == 0
    out = np.linalg.inv(np.where(singular[..., None, None], np.eye(square.shape[-1]), square))
    out[singular] = np.nan
    return np.moveaxis(out, (-2, -1), (ROWS, COLUMNS))


def _concat(*x: Array) -> Array:
    batch = np.broadcast_shapes(*[a.shape[:ROWS] + a.shape[-2:] for a in x])
    front, back = batch[:-2], batch[-2:]
    return np.concatenate([np.broadcast_to(a, (*front, *a.shape[ROWS:-2], *back)) for a in x], axis=ROWS)


_TABLE: tuple[Function, ...] = (
    Function("identity", lambda x: x, "1", direction="up", activation=True, from_output="1"),
    Function(
        "sigmoid",
        sigmoid,
        "sigmoid(u)*(1 - sigmoid(u))",
        direction="up",
        slope_kernel=_sigmoid_slope,
        slope_turns=((0.0,), 0.0),
        shorthand=True,
        from_output="a*(1 - a)",
        aliases=("sigma", "σ", "logistic"),
        activation=True,
        latex=r"\sigma",
    ),
    Function(
        "tanh",
        np.tanh,
        "1 - tanh(u)^2",
        direction="up",
        slope_kernel=_tanh_slope,
        shorthand=True,
        slope_turns=((0.0,), 0.0),
        from_output="1 - a^2",
        activation=True,
        latex=r"\tanh",
    ),
    Function(
        "relu",
        lambda x: np.maximum(x, 0.0),
        "step(u)",
        direction="up",
        slope_kernel=_step,
        slope_zero=0.0,
        shorthand=True,
        from_output="relu'(a)",
        aliases=("ReLU", "RELU", "Relu"),
        activation=True,
        latex=r"\operatorname{ReLU}",
    ),
    Function(
        "leaky_relu",
        _leaky_relu,
        "step(u) + (1 - step(u))*s",
        direction="up",
        arity=(1, 2),
        slope_kernel=_leaky_relu_slope,
        shorthand=True,
        from_output="leaky_relu'(a, s)",
        activation=True,
        aliases=("lrelu", "LeakyReLU"),
        latex=r"\operatorname{LeakyReLU}",
    ),
    Function(
        "elu",
        _elu,
        "step(u) + (1 - step(u))*s*exp(u)",
        direction="up",
        arity=(1, 2),
        slope_kernel=_elu_slope,
        slope_turns=((0.0,), 0.0),
        shorthand=True,
        activation=True,
        aliases=("ELU",),
        latex=r"\operatorname{ELU}",
    ),
    Function(
        "softplus",
        _softplus,
        "sigmoid(u)",
        direction="up",
        slope_kernel=sigmoid,
        shorthand=True,
        from_output="1 - exp(-a)",
        activation=True,
        latex=r"\operatorname{softplus}",
    ),
    Function("exp", np.exp, "exp(u)", direction="up", from_output="a", activation=True, latex=r"\exp"),
    Function(
        "step",
        _step,
        "0",
        direction="up",
        zero=1.0,
        activation=True,
        aliases=("heaviside",),
        latex=r"\operatorname{step}",
    ),
    Function(
        "softmax", softmax, kind="whole", activation=True, shorthand=True, latex=r"\operatorname{softmax}"
    ),
    Function(
        "gelu",
        _gelu,
        "Phi(u) + u*exp(-u^2/2)/sqrt(2*pi)",
        slope_kernel=_gelu_slope,
        shorthand=True,
        turns=((-0.7517915246935645,), 0.0),
        slope_turns=((-math.sqrt(2), math.sqrt(2)), 0.0),
        activation=True,
        aliases=("GELU",),
        latex=r"\operatorname{GELU}",
    ),
    Function(
        "silu",
        _silu,
        "sigmoid(u)*(1 + u*(1 - sigmoid(u)))",
        slope_kernel=_silu_slope,
        shorthand=True,
        turns=((-1.2784645427610738,), 0.0),
        slope_turns=((-2.399357280520547, 2.399357280520547), 0.0),
        activation=True,
        aliases=("SiLU", "swish"),
        latex=r"\operatorname{SiLU}",
    ),
    Function("Phi", _normal_cdf, "exp(-u^2/2)/sqrt(2*pi)", direction="up", latex=r"\Phi"),
    Function("ln", np.log, "1/u", direction="up", domain=(0.0, math.inf), latex=r"\ln"),
    Function("log2", np.log2, "1/(u*ln(2))", direction="up", domain=(0.0, math.inf), latex=r"\log_2"),
    Function("log10", np.log10, "1/(u*ln(10))", direction="up", domain=(0.0, math.inf), latex=r"\log_{10}"),
    Function("sqrt", np.sqrt, "1/(2*sqrt(u))", direction="up", domain=(0.0, math.inf), latex=r"\sqrt"),
    Function(
        "abs", np.abs, "sign(u)", turns=((0.0,), 0.0), slope_kernel=np.sign, slope_zero=0.0, shorthand=True
    ),
    Function("sign", np.sign, "0", direction="up", zero=0.0, latex=r"\operatorname{sign}"),
    Function("sin", np.sin, "cos(u)", turns=((math.pi / 2,), math.pi), latex=r"\sin"),
    Function("cos", np.cos, "-sin(u)", turns=((0.0,), math.pi), latex=r"\cos"),
    Function("tan", np.tan, "1/cos(u)^2", domain=(-math.pi / 2, math.pi / 2), latex=r"\tan"),
    Function("sinh", np.sinh, "cosh(u)", direction="up", latex=r"\sinh"),
    Function("cosh", np.cosh, "sinh(u)", turns=((0.0,), 0.0), latex=r"\cosh"),
    Function("sech", _sech, "-sech(u)*tanh(u)", turns=((0.0,), 0.0), latex=r"\operatorname{sech}"),
    Function("sum", total, kind="whole", direction="up", latex=r"\sum"),
    Function("mean", _mean, kind="whole", direction="up", latex=r"\operatorname{mean}"),
    Function("norm", _norm, kind="whole", latex=r"\operatorname{norm}"),
    Function("dot", _dot, kind="whole", arity=(2, 2)),
    Function("outer", _outer, kind="whole", arity=(2, 2)),
    Function("max", _maximum, kind="pairwise", direction="up", arity=(1, 20), latex=r"\max"),
    Function("min", _minimum, kind="pairwise", direction="up", arity=(1, 20), latex=r"\min"),
    Function("concat", _concat, kind="whole", direction="up", arity=(1, 20)),
    Function("sum_columns", _sum_columns, kind="whole", direction="up"),
    Function("sum_rows", _sum_rows, kind="whole", direction="up"),
    Function("ones", _ones, kind="whole", direction="up"),
    Function("diag", _diagonal, kind="whole", direction="up"),
    Function("inv", inverse, kind="whole", latex=r"\operatorname{inv}"),
)


def _ln_or(x: Array, other: Array, least: Array) -> Array:
    """ln(x), or another value where x is not above ``least``."""
    return np.where(x > least, np.log(x), other)


def _one_if_zero(x: Array, above: Array) -> Array:
    """What to divide by so that 0/0 is 0."""
    return np.where(above == 0, 1.0, x)


def log_softmax(x: Array) -> Array:
    """ln(softmax(x)) that stays finite."""
    axis = COLUMNS if x.shape[ROWS] == 1 else ROWS
    x = x - x.max(axis=axis, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=axis, keepdims=True)))


# Nobody can write these: they stand in rules for saturated outputs (engine/stable).
_UNWRITTEN: tuple[Function, ...] = (
    Function("#ln_or", _ln_or, kind="pairwise", arity=(3, 3)),
    Function("#one_if_zero", _one_if_zero, kind="pairwise", arity=(2, 2)),
    Function("#log_softmax", log_softmax, kind="whole"),
)

_WHOLE_SLOPES: tuple[Function, ...] = (
    Function("softmax'", softmax_jacobian, kind="whole"),
    Function("max'", _is_max, kind="whole"),
    Function("min'", _is_min, kind="whole"),
)


def _derivative(f: Function) -> Function:
    """The entry of f' that follows from the entry of f."""
    return Function(
        f.name + "'",
        f.slope_kernel or no_kernel,
        None,
        slope_kernel=f.slope_kernel,
        zero=f.slope_zero,
        arity=f.arity,
        latex=f.latex + "'",
        turns=f.slope_turns,
    )


def no_kernel(*_: Array) -> Array:
    """Stands where the derivative is evaluated through its expression."""
    raise AssertionError


FUNCTIONS: dict[str, Function] = {f.name: f for f in (*_TABLE, *_WHOLE_SLOPES, *_UNWRITTEN)} | {
    f.name + "'": _derivative(f) for f in _TABLE if f.slope is not None
}
ALIASES: dict[str, str] = {alias: f.name for f in _TABLE for alias in f.aliases}
SPELLINGS: dict[str, str] = {f.name: f.name for f in _TABLE} | ALIASES
ACTIVATIONS: tuple[str, ...] = tuple(f.name for f in _TABLE if f.activation)
KINKS: dict[str, float] = {f.name: f.zero for f in FUNCTIONS.values() if f.zero is not None}
LOGS = {"e": "ln", 10: "log10", 2: "log2"}
