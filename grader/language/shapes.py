"""The size of every expression, known before any number is computed.

All quantities have rows and columns: a number is (1, 1), a vector is a column (n, 1). So a number
reaches every element, a vector added to a matrix reaches every column and its transpose every row,
and a one-unit layer's vector is its number, without special cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.functions import FUNCTIONS
from grader.language.tree import Expr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Shape = tuple[int, int]
NUMBER: Shape = (1, 1)


def show_shape(shape: Shape) -> str:
    """The size in words: "a number", "a vector of 3", "a 2 by 3 matrix"."""
    rows, columns = shape
    if shape == NUMBER:
        return "a number"
    return f"a vector of {rows}" if columns == 1 else f"a {rows} by {columns} matrix"


def infer_shape(expr: Expr, shapes: Mapping[str, Shape], base: int = 1) -> Shape:
    """The (rows, columns) of an expression.

    Args:
        expr: a tree of quantities, functions and operators (no ``d``, ``new``, ``state``).
        shapes: the size of every quantity.
        base: the smallest index, 1 or 0.

    Raises:
        ExpressionError: where sizes do not fit; the message names both.
    """
    parts = [infer_shape(a, shapes, base) for a in expr.args]
    rule = _RULES.get(expr.op)
    if rule is not None:
        return rule(expr, parts)
    if expr.op == "name":
        return shapes[str(expr.value)]
    if expr.op == "index":
        resolve_index(expr, parts[0], base)
        return NUMBER
    return NUMBER


def resolve_index(expr: Expr, shape: Shape, base: int) -> tuple[int, int]:
    """Row and column, counted from 0, of an element as written.

    Raises:
        ExpressionError: for an index that the quantity does not have.
    """
    rows, columns = shape
    written = expr.value if isinstance(expr.value, tuple) else ()
    places = [int(i) - base for i in written]
    if len(places) == 1:
        if rows > 1 and columns > 1:
            message = f"an element of {show_shape(shape)} needs two indices"
            raise ExpressionError(message, expr.start, expr.end)
        places = [places[0], 0] if columns == 1 else [0, places[0]]
    elif len(places) == 2 and places[0] >= rows and (places[1], places[0]) < shape and columns == 1:
        places = [places[1], places[0]]
    if not (0 <= places[0] < rows and 0 <= places[1] < columns):
        shown = ",".join(str(i) for i in written)
        message = f"there is no element [{shown}] in {show_shape(shape)}"
        raise ExpressionError(message, expr.start, expr.end, f"indices start at {base}")
    return places[0], places[1]


def broadcast(expr: Expr, shapes: list[Shape]) -> Shape:
    """The common size of elementwise operands."""
    out = shapes[0]
    for other in shapes[1:]:
        out = _meet(expr, out, other)
    return out


def _meet(expr: Expr, a: Shape, b: Shape) -> Shape:
    if b in (a, NUMBER):
        return a
    if a == NUMBER:
        return b
    if 1 not in a and b in ((a[0], 1), (1, a[1])):
        return a
    if 1 not in b and a in ((b[0], 1), (1, b[1])):
        return b
    message = f"{show_shape(a)} and {show_shape(b)} do not fit together here"
    hint = 'the matrix product is written "@"' if expr.op == "mul" else ""
    raise ExpressionError(message, expr.start, expr.end, hint)


def is_dot(a: Shape, b: Shape) -> bool:
    """Whether ``@`` of these sizes is the dot product of two vectors."""
    return a == b and 1 in a and a != NUMBER


def _matmul(expr: Expr, shapes: list[Shape]) -> Shape:
    a, b = shapes
    if is_dot(a, b):
        return NUMBER
    if a[1] == b[0]:
        return (a[0], b[1])
    if NUMBER in (a, b):
        return b if a == NUMBER else a
    columns = "1 column meets" if a[1] == 1 else f"{a[1]} columns meet"
    rows = "1 row" if b[0] == 1 else f"{b[0]} rows"
    message = f"{show_shape(a)} @ {show_shape(b)} does not exist: {columns} {rows}"
    hint = 'transpose one of them with "^T"' if a[0] == b[0] or a[1] == b[1] else ""
    raise ExpressionError(message, expr.start, expr.end, hint)


def _call(expr: Expr, shapes: list[Shape]) -> Shape:
    function = FUNCTIONS[str(expr.value)]
    if function.kind == "pairwise":
        return NUMBER if len(shapes) == 1 else broadcast(expr, shapes)
    if function.kind == "elementwise":
        if any(s != NUMBER for s in shapes[1:]):
            raise ExpressionError(f'the second argument of "{expr.value}" is a number', expr.start, expr.end)
        return shapes[0]
    return _WHOLE[function.name](expr, shapes)


def _same(_: Expr, shapes: list[Shape]) -> Shape:
    return shapes[0]


def _number(_: Expr, __: list[Shape]) -> Shape:
    return NUMBER


def _square(expr: Expr, shapes: list[Shape]) -> Shape:
    n = _length(expr, shapes[0])
    return (n, n)


def _length(expr: Expr, shape: Shape) -> int:
    if 1 not in shape:
        message = f'"{expr.value}" takes a vector, not {show_shape(shape)}'
        raise ExpressionError(message, expr.start, expr.end)
    return max(shape)


def _dot(expr: Expr, shapes: list[Shape]) -> Shape:
    a, b = (_length(expr, s) for s in shapes)
    if shapes[0] != shapes[1]:
        message = f"dot takes two vectors of the same size, not {a} and {b}"
        raise ExpressionError(message, expr.start, expr.end)
    return NUMBER


def _outer(expr: Expr, shapes: list[Shape]) -> Shape:
    return (_length(expr, shapes[0]), _length(expr, shapes[1]))


def _concat(expr: Expr, shapes: list[Shape]) -> Shape:
    columns = {s[1] for s in shapes}
    if len(columns) > 1:
        message = (
            f"concat stacks columns; {show_shape(shapes[0])} and {show_shape(shapes[1])} differ in width"
        )
        raise ExpressionError(message, expr.start, expr.end)
    return (sum(s[0] for s in shapes), shapes[0][1])


def _list(expr: Expr, shapes: list[Shape]) -> Shape:
    if all(a.op == "list" for a in expr.args):
        if len(set(shapes)) > 1:
            sizes = " and ".join(str(s[0]) for s in dict.fromkeys(shapes))
            message = f"the rows of a matrix have the same length, not {sizes}"
            raise ExpressionError(message, expr.start, expr.end)
        if any(a.op == "list" and any(i.op == "list" for i in a.args) for a in expr.args):
            raise ExpressionError("lists are nested at most twice", expr.start, expr.end)
        return (len(shapes), shapes[0][0])
    for item, shape in zip(expr.args, shapes, strict=True):
        if shape != NUMBER:
            message = f"an element of a vector is a number, not {show_shape(shape)}"
            raise ExpressionError(message, item.start, item.end)
    return (len(shapes), 1)


def _invertible(expr: Expr, shapes: list[Shape]) -> Shape:
    rows, columns = shapes[0]
    if rows != columns:
        message = f"only a square matrix has an inverse, not {show_shape(shapes[0])}"
        raise ExpressionError(message, expr.start, expr.end)
    return shapes[0]


def _part(expr: Expr, shapes: list[Shape]) -> Shape:
    count = expr.value[1] if isinstance(expr.value, tuple) else 0
    return (int(count), shapes[0][1])


_WHOLE: dict[str, Callable[[Expr, list[Shape]], Shape]] = {
    "softmax": _same,
    "#log_softmax": _same,
    "softmax'": _square,
    "max'": _same,
    "min'": _same,
    "ones": _same,
    "sum": _number,
    "mean": _number,
    "norm": _number,
    "dot": _dot,
    "outer": _outer,
    "concat": _concat,
    "diag": _square,
    "inv": _invertible,
    "sum_columns": lambda _, shapes: (shapes[0][0], 1),
    "sum_rows": lambda _, shapes: (1, shapes[0][1]),
}

_RULES: dict[str, Callable[[Expr, list[Shape]], Shape]] = {
    "sum": broadcast,
    "mul": broadcast,
    "div": broadcast,
    "pow": broadcast,
    "neg": _same,
    "T": lambda _, shapes: (shapes[0][1], shapes[0][0]),
    "matmul": _matmul,
    "call": _call,
    "list": _list,
    "place": lambda _, shapes: shapes[1],
    "part": _part,
}
