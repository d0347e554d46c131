"""From a tree to LaTeX that reads back to the same tree, in the names of one problem."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.language.functions import FUNCTIONS
from grader.language.latex.products import Products
from grader.language.letters import GREEK
from grader.language.render import format_number
from grader.language.spelling import Quantity, Spelling, take_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.language.scope import Scope
    from grader.language.tree import Expr

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 1, 2, 3, 4, 5
_LEVEL = {
    "sum": _SUM, "neg": _SUM, "mul": _PRODUCT, "matmul": _PRODUCT, "div": _UNARY, "d": _UNARY,
    "pow": _POWER, "T": _POWER,
}  # fmt: skip
_HAT = re.compile(r"([A-Za-z])(hat|bar|tilde|dot)")
# Their own signs in LaTeX are not names in front of parentheses.
_BY_NAME = frozenset({"sum", "sqrt", "norm"})


def render_latex(expr: Expr, scope: Scope) -> str:
    """The LaTeX of an expression; ``LatexReader(scope)`` reads it back as an equal tree."""
    return _Latex(scope).text(expr, 0)


class _Latex:
    """Writes trees in the names of one problem."""

    def __init__(self, scope: Scope) -> None:
        self.spelling = Spelling(scope)
        sized = any(shape != (1, 1) for shape in scope.shapes.values())
        self.products = Products(scope, sized=sized)

    def text(self, expr: Expr, outer: int) -> str:
        """The LaTeX of a part, in parentheses where it holds together less tightly than ``outer``."""
        written = _WRITERS[expr.op](self, expr)
        return rf"\left({written}\right)" if _LEVEL.get(expr.op, _ATOM) < outer else written

    def name(self, expr: Expr) -> str:
        r"""``w_{1}``, ``\hat{y}``, ``\eta`` where they read back as the name, otherwise the name upright."""
        name = str(expr.value)
        base, parts, _ = take_apart(name)
        hat = _HAT.fullmatch(base)
        letter = (
            base
            if len(base) == 1 and base.isascii()
            else rf"\{base}"
            if base in GREEK
            else rf"\{hat[2]}{{{hat[1]}}}"
            if hat
            else ""
        )
        found = self.spelling.around(base, parts, "") if letter else ()
        if len(parts) > 1 or found != (Quantity(name),) or any(not p.isdigit() for p in parts):
            return rf"\mathrm{{{_escaped(name)}}}"
        return f"{letter}_{{{parts[0]}}}" if parts else letter

    def sum(self, expr: Expr) -> str:
        """Terms, a negative one behind a minus sign."""
        first = expr.args[0]
        parts = [self.text(first, _PRODUCT if first.op == "sum" else _SUM)]
        for term in expr.args[1:]:
            sign, inner = (" - ", term.args[0]) if term.op == "neg" else (" + ", term)
            parts.append(sign + self.text(inner, _PRODUCT))
        return "".join(parts)

    def neg(self, expr: Expr) -> str:
        """A sign in front."""
        return "-" + self.text(expr.args[0], _PRODUCT)

    def product(self, expr: Expr) -> str:
        """The plainest sign that is read as this product."""
        left, right = expr.args
        parts = self.text(left, _PRODUCT), self.text(right, _UNARY)
        side_by_side = expr.op == "matmul" and all(_is_plain(a) for a in expr.args)
        if side_by_side and self.products.operator(left, right, dot=False) == "matmul":
            return " ".join(parts)
        if self.products.operator(left, right, dot=True) == expr.op:
            return r" \cdot ".join(parts)
        return (r" \odot " if expr.op == "mul" else " @ ").join(parts)

    def div(self, expr: Expr) -> str:
        """A fraction."""
        return rf"\frac{{{self.text(expr.args[0], 0)}}}{{{self.text(expr.args[1], 0)}}}"

    def power(self, expr: Expr) -> str:
        """The exponent above, in braces."""
        base = self.text(expr.args[0], _ATOM)
        return f"{base}^{{{self.text(expr.args[1], 0)}}}"

    def transpose(self, expr: Expr) -> str:
        """A T above."""
        return rf"{self.text(expr.args[0], _ATOM)}^{{\top}}"

    def call(self, expr: Expr) -> str:
        """A function in front of parentheses, a root, or bars."""
        function = str(expr.value)
        args = ", ".join(self.text(a, 0) for a in expr.args)
        if function == "sqrt":
            return rf"\sqrt{{{args}}}"
        if function in ("abs", "norm"):
            bar = "vert" if function == "abs" else "Vert"
            return rf"\l{bar} {args} \r{bar}"
        name, primes = function.rstrip("'"), "'" * function.count("'")
        latex = "" if name in _BY_NAME else FUNCTIONS[name].latex
        latex = latex or rf"\operatorname{{{_escaped(name)}}}"
        return rf"{latex}{primes}\left({args}\right)"

    def index(self, expr: Expr) -> str:
        """Places below a group."""
        places = expr.value if isinstance(expr.value, tuple) else ()
        return f"{{{self.text(expr.args[0], 0)}}}_{{{','.join(str(i) for i in places)}}}"

    def list(self, expr: Expr) -> str:
        """A column; a matrix where rows of one length stand in it."""
        lengths = {len(a.args) if a.op == "list" else 0 for a in expr.args}
        rows = expr.args if len(lengths) == 1 and min(lengths) > 1 else ()
        cells = [[self.text(c, 0) for c in row.args] for row in rows] or [
            [self.text(a, 0)] for a in expr.args
        ]
        body = r" \\ ".join(" & ".join(row) for row in cells)
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"

    def derivative(self, expr: Expr) -> str:
        """A fraction of two curly d."""
        of, wrt = (self.text(a, 0) for a in expr.args)
        return rf"\frac{{\partial {of}}}{{\partial {wrt}}}"

    def special(self, expr: Expr) -> str:
        """``new`` and ``state`` as words of the language."""
        *words, steps = expr.value if isinstance(expr.value, tuple) else (1,)
        items = [*(rf"\mathrm{{{w}}}" for w in words), *(self.text(a, 0) for a in expr.args)]
        if steps != 1:
            items.append(str(steps))
        return rf"\operatorname{{{expr.op}}}({', '.join(items)})"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _is_plain(expr: Expr) -> bool:
    return expr.op == "name" or (expr.op == "T" and expr.args[0].op == "name")


_WRITERS: dict[str, Callable[[_Latex, Expr], str]] = {
    "num": lambda _, e: format_number(float(e.value)),  # type: ignore[arg-type]
    "name": _Latex.name,
    "const": lambda _, e: r"\pi" if e.value == "pi" else "e",
    "sum": _Latex.sum,
    "neg": _Latex.neg,
    "mul": _Latex.product,
    "matmul": _Latex.product,
    "div": _Latex.div,
    "pow": _Latex.power,
    "T": _Latex.transpose,
    "call": _Latex.call,
    "index": _Latex.index,
    "list": _Latex.list,
    "d": _Latex.derivative,
    "new": _Latex.special,
    "state": _Latex.special,
}
