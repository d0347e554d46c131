"""The expression tree: one immutable node type and the builders that keep derived rules readable.

A node is a tuple, so trees are cheap to make (an answer of fifteen tokens takes a few microseconds)
and can be shared. Positions are offsets in the text that was parsed; built nodes have none.
What the operators mean is in ``shapes`` (sizes) and ``kernels`` (numbers), not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Value = float | str | tuple[int, ...] | tuple[str, int] | None


class Expr(NamedTuple):
    """One node of an expression.

    ========= ============================ =======================================================
    op        value                        args
    ========= ============================ =======================================================
    num       its number                   none
    name      the quantity, as canonical   none (``w1``, ``dL/dw2``, ``new(w2)``, ``state(v,W1)``)
    const     ``e`` or ``pi``              none
    sum       none                         terms; a subtracted one is a ``neg``
    neg T     none                         one
    mul div pow matmul                     two
    call      canonical function name      the arguments (``sigmoid'`` is a function)
    index     indices as written           one
    list      none                         elements; a matrix is a list of lists
    place     indices counted from 0       value, like: zeros of the size of `like`, value at the place
    part      first row, number of rows    one: some rows of it
    d         none                         of, wrt: a derivative as asked
    new       number of steps              one
    state     state's name, steps          one
    depends   none                         two
    ========= ============================ =======================================================
    """

    op: str
    args: tuple[Expr, ...] = ()
    value: Value = None
    start: int = 0
    end: int = 0


ZERO = Expr("num", (), 0.0)
ONE = Expr("num", (), 1.0)


def num(value: float) -> Expr:
    """A number."""
    return Expr("num", (), float(value))


def name(text: str) -> Expr:
    """A quantity by its canonical name."""
    return Expr("name", (), text)


def is_num(expr: Expr, value: float) -> bool:
    """Whether the node is this number."""
    return expr.op == "num" and expr.value == value


def call(function: str, *args: Expr) -> Expr:
    """A function applied."""
    return Expr("call", args, function)


def neg(x: Expr) -> Expr:
    """-x, without double signs."""
    if x.op == "neg":
        return x.args[0]
    if x.op == "num" and x.value == 0:
        return x
    return Expr("neg", (x,))


def add(*terms: Expr) -> Expr:
    """The sum of terms; zeros vanish, sums are flat."""
    flat: list[Expr] = []
    for term in terms:
        if term.op == "sum":
            flat.extend(term.args)
        elif not is_num(term, 0.0):
            flat.append(term)
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Expr("sum", tuple(flat))


def sub(a: Expr, b: Expr) -> Expr:
    """a - b."""
    return add(a, neg(b))


def mul(a: Expr, b: Expr) -> Expr:
    """a*b; factors 0 and 1 vanish, a sign comes to the front, numbers in front meet."""
    if is_num(a, 0.0) or is_num(b, 0.0):
        return ZERO
    if is_num(a, 1.0):
        return b
    if is_num(b, 1.0):
        return a
    if a.op == "neg":
        return neg(mul(a.args[0], b))
    if b.op == "neg":
        return neg(mul(a, b.args[0]))
    if b.op == "div" and is_num(b.args[0], 1.0):
        return div(a, b.args[1])
    return _mul_numbers(a, b)


def _mul_numbers(a: Expr, b: Expr) -> Expr:
    left, right = _leading(a), _leading(b)
    if left is not None and right is not None:
        product = left[0] * right[0]
        rest = mul(left[1], right[1])
        return rest if product == 1 else Expr("mul", (num(product), rest)) if rest != ONE else num(product)
    if right is not None and left is None:
        return Expr("mul", (num(right[0]), mul(a, right[1]))) if right[1] != ONE else Expr("mul", (b, a))
    return Expr("mul", (a, b))


def _leading(x: Expr) -> tuple[float, Expr] | None:
    """The number in front of a product and the rest, or None."""
    if x.op == "num" and isinstance(x.value, float):
        return x.value, ONE
    if x.op == "mul" and x.args[0].op == "num" and isinstance(x.args[0].value, float):
        return x.args[0].value, x.args[1]
    if x.op == "div" and all(a.op == "num" for a in x.args) and isinstance(x.args[0].value, float):
        return (x.args[0].value / x.args[1].value, ONE) if isinstance(x.args[1].value, float) else None
    if x.op == "mul" and x.args[0].op == "div":
        front = _leading(x.args[0])
        return (front[0], x.args[1]) if front and front[1] == ONE else None
    return None


def div(a: Expr, b: Expr) -> Expr:
    """a/b; a zero numerator and a unit denominator vanish, a sign comes to the front."""
    if is_num(a, 0.0) or is_num(b, 1.0):
        return a
    if a.op == "neg":
        return neg(div(a.args[0], b))
    if b.op == "neg":
        return neg(div(a, b.args[0]))
    return Expr("div", (a, b))


def power(a: Expr, n: Expr) -> Expr:
    """a^n; the exponents 0 and 1 vanish."""
    if is_num(n, 1.0):
        return a
    return ONE if is_num(n, 0.0) else Expr("pow", (a, n))


def matmul(a: Expr, b: Expr) -> Expr:
    """a @ b; signs come to the front."""
    if a.op == "neg":
        return neg(matmul(a.args[0], b))
    if b.op == "neg":
        return neg(matmul(a, b.args[0]))
    return Expr("matmul", (a, b))


def transpose(x: Expr) -> Expr:
    """x^T, without doing it twice."""
    if x.op == "T":
        return x.args[0]
    return neg(transpose(x.args[0])) if x.op == "neg" else Expr("T", (x,))


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, parents first."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.args))


def names_in(expr: Expr) -> list[Expr]:
    """Every ``name`` node, in the order of the text."""
    return [node for node in walk(expr) if node.op == "name"]


def quantities(expr: Expr) -> frozenset[str]:
    """The names of all quantities in the expression."""
    return frozenset(str(node.value) for node in walk(expr) if node.op == "name")


def key(expr: Expr) -> tuple[object, ...]:
    """A hashable that is equal for trees that are equal but for their positions."""
    return (expr.op, expr.value, tuple(key(a) for a in expr.args))


def transform(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with ``change`` applied from the top; where it gives None, the node's parts are changed."""
    changed = change(expr)
    if changed is not None:
        return changed
    if not expr.args:
        return expr
    args = tuple(transform(a, change) for a in expr.args)
    return expr if args == expr.args else expr._replace(args=args)


def form(expr: Expr) -> object:
    """What the tree says, wherever it stands in a text: equal for equal trees, and for both kinds of product.

    People write `W x` in one notation and `W*x` or `W @ x` in another.
    """
    op = "mul" if expr.op == "matmul" else expr.op
    return (op, expr.value, *(form(part) for part in expr.args))


def substitute(expr: Expr, replacements: Mapping[str, Expr]) -> Expr:
    """The tree with quantities replaced by expressions."""
    return transform(expr, lambda node: replacements.get(str(node.value)) if node.op == "name" else None)


def rename(expr: Expr, new_name: Callable[[str], str]) -> Expr:
    """The tree with every quantity renamed."""
    return transform(
        expr, lambda node: node._replace(value=new_name(str(node.value))) if node.op == "name" else None
    )


def depth(expr: Expr) -> int:
    """The number of levels of the tree."""
    level, deepest = [(expr, 1)], 1
    while level:
        node, at = level.pop()
        deepest = max(deepest, at)
        level.extend((a, at + 1) for a in node.args)
    return deepest
