"""From a tree to MathML Core, which browsers typeset without any script; with names, or with numbers put in.

The tree is what it is everywhere else; here are only the marks of MathML. Every text is escaped.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from grader.language.functions import FUNCTIONS
from grader.language.letters import GREEK, SPELLED
from grader.language.render import format_number, render
from grader.language.spelling import take_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from grader.language.tree import Expr

    Show = Callable[[str], "Expr | None"]

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 1, 2, 3, 4, 5
_LEVEL = {
    "sum": _SUM, "neg": _SUM, "mul": _PRODUCT, "matmul": _PRODUCT, "div": _UNARY, "d": _UNARY,
    "pow": _POWER, "T": _POWER,
}  # fmt: skip
_LETTER_OF = {name: letter for letter, name in reversed(SPELLED.items())}
_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙"}
_ACCENTED = re.compile(r"([A-Za-z])(hat|bar|tilde|dot)")
_DERIVATIVE = re.compile(r"d([^\W\d]\w*(?:\[[\d,]+\])?)/d([^\W\d]\w*(?:\[[\d,]+\])?)")
_INDEXED = re.compile(r"([^\W\d]\w*)\[([\d,]+)\]")
_SPECIAL = re.compile(r"(new|state)\((.*)\)")
_BARS = {"abs": "|", "norm": "‖"}
_SIGNS = {"sigmoid": "σ", "sum": "∑", "Phi": "Φ"}
_LONGEST_ALTERNATIVE = 300


def render_mathml(expr: Expr, show: Show | None = None, *, left: str | None = None) -> str:
    """A `<math>` element of the expression.

    Args:
        expr: the tree.
        show: what stands for a quantity, a tree of numbers; its name where that is None.
        left: a quantity to stand in front, with an equals sign between.
    """
    written = _MathMl(show or (lambda _: None))
    body = written.text(expr, 0)
    plain = render(expr)
    if left is not None:
        body = quantity(left) + _operator("=") + body
        plain = f"{left} = {plain}"
    alternative = f' alttext="{escape(plain)}"' if len(plain) <= _LONGEST_ALTERNATIVE and not show else ""
    return f"<math{alternative}><mrow>{body}</mrow></math>"


def quantity(name: str) -> str:
    """The marks of a quantity's canonical name: `w2` with an index below, `dL/dw2` as a fraction."""
    derivative = _DERIVATIVE.fullmatch(name)
    if derivative is not None:
        above, below = (_row([_operator("∂"), quantity(part)]) for part in derivative.groups())
        return f"<mfrac>{above}{below}</mfrac>"
    indexed = _INDEXED.fullmatch(name)
    if indexed is not None:
        return f"<msub>{quantity(indexed[1])}<mn>{indexed[2]}</mn></msub>"
    special = _SPECIAL.fullmatch(name)
    if special is not None:
        parts = [quantity(part) for part in re.split(r",\s*(?![^\[]*\])", special[2])]
        return _row([_upright(special[1]), _fenced(_listed(parts))])
    return _plain_name(name)


def _plain_name(name: str) -> str:
    if name.isdigit():
        return f"<mn>{name}</mn>"
    base, parts, steps = take_apart(name)
    if steps or not base or "".join((base, *parts)) != name.replace("_", ""):
        return _upright(name)
    below = f"<mn>{escape(','.join(parts))}</mn>" if parts else ""
    return f"<msub>{_letters(base)}{below}</msub>" if parts else _letters(base)


def _letters(base: str) -> str:
    accented = _ACCENTED.fullmatch(base)
    if accented is not None:
        return f'<mover accent="true"><mi>{accented[1]}</mi><mo>{_ACCENTS[accented[2]]}</mo></mover>'
    return f"<mi>{escape(_LETTER_OF[base] if base in GREEK else base)}</mi>"


class _MathMl:
    """Writes trees, with something in place of quantities."""

    def __init__(self, show: Show) -> None:
        self.show = show

    def text(self, expr: Expr, outer: int) -> str:
        """The marks of a part, in parentheses where it holds together less tightly than ``outer``."""
        if expr.op == "name":
            put = self.show(str(expr.value))
            return quantity(str(expr.value)) if put is None else self.text(put, outer)
        written = _WRITERS[expr.op](self, expr)
        return _fenced(written) if self._level(expr) < outer else _row([written])

    def _level(self, expr: Expr) -> int:
        if expr.op == "num" and isinstance(expr.value, float) and expr.value < 0:
            return _SUM
        return _LEVEL.get(expr.op, _ATOM)

    def sum(self, expr: Expr) -> str:
        """Terms, a negative one behind a minus sign."""
        first = expr.args[0]
        parts = [self.text(first, _PRODUCT if first.op == "sum" else _SUM)]
        for term in expr.args[1:]:
            sign, inner = ("−", term.args[0]) if term.op == "neg" else ("+", term)
            parts += [_operator(sign), self.text(inner, _PRODUCT)]
        return "".join(parts)

    def neg(self, expr: Expr) -> str:
        """A sign in front."""
        return _operator("−", "prefix") + self.text(expr.args[0], _PRODUCT)

    def product(self, expr: Expr) -> str:
        """A dot between numbers, a circle between arrays' elements is not told: the dot says times."""
        left, right = expr.args
        sign = "·" if expr.op == "mul" else "@"
        return self.text(left, _PRODUCT) + _operator(sign) + self.text(right, _UNARY)

    def div(self, expr: Expr) -> str:
        """A fraction."""
        above, below = (_row([self.text(arg, 0)]) for arg in expr.args)
        return f"<mfrac>{above}{below}</mfrac>"

    def power(self, expr: Expr) -> str:
        """The exponent above."""
        return f"<msup>{self.text(expr.args[0], _ATOM)}{_row([self.text(expr.args[1], 0)])}</msup>"

    def transpose(self, expr: Expr) -> str:
        """A T above."""
        return f"<msup>{self.text(expr.args[0], _ATOM)}<mo>⊤</mo></msup>"

    def call(self, expr: Expr) -> str:
        """A function in front of parentheses, a root, or bars."""
        function = str(expr.value)
        args = _listed(self.text(a, 0) for a in expr.args)
        if function == "sqrt":
            return f"<msqrt>{args}</msqrt>"
        if function in _BARS:
            bar = f'<mo stretchy="true">{_BARS[function]}</mo>'
            return bar + args + bar
        name, primes = function.rstrip("'"), function.count("'")
        sign = f"<mi>{_SIGNS[name]}</mi>" if name in _SIGNS else _upright(_shown_name(name))
        head = f"<msup>{sign}<mo>{'′' * primes}</mo></msup>" if primes else sign
        return head + _fenced(args)

    def index(self, expr: Expr) -> str:
        """Places below."""
        places = expr.value if isinstance(expr.value, tuple) else ()
        return f"<msub>{self.text(expr.args[0], _ATOM)}<mn>{','.join(str(i) for i in places)}</mn></msub>"

    def list(self, expr: Expr) -> str:
        """A column; a matrix where rows of one length stand in it."""
        lengths = {len(a.args) if a.op == "list" else 0 for a in expr.args}
        rows = [row.args for row in expr.args] if len(lengths) == 1 and min(lengths) else []
        cells = rows or [(a,) for a in expr.args]
        body = "".join(
            "<mtr>" + "".join(f"<mtd>{self.text(c, 0)}</mtd>" for c in row) + "</mtr>" for row in cells
        )
        return f"<mo>[</mo><mtable>{body}</mtable><mo>]</mo>"

    def derivative(self, expr: Expr) -> str:
        """A fraction of two curly d."""
        above, below = (_row([_operator("∂"), self.text(a, _ATOM)]) for a in expr.args)
        return f"<mfrac>{above}{below}</mfrac>"

    def word(self, expr: Expr) -> str:
        """A word of the language (`new`, `state`, `part`, `place`, `depends`) in front of parentheses."""
        rest = [v for v in expr.value if v != 1] if isinstance(expr.value, tuple) else []
        parts = [self.text(a, 0) for a in expr.args] + [_upright(str(v)) for v in rest]
        return _upright(expr.op) + _fenced(_listed(parts))


def _shown_name(function: str) -> str:
    known = FUNCTIONS.get(function)
    inner = re.fullmatch(r"\\operatorname\{(\w+)\}", known.latex) if known is not None else None
    return inner[1] if inner is not None else function.lstrip("#")


def _row(parts: Iterable[str]) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _fenced(inner: str) -> str:
    return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"


def _listed(parts: Iterable[str]) -> str:
    return "<mo>,</mo>".join(parts)


def _operator(sign: str, form: str = "") -> str:
    return f'<mo form="{form}">{sign}</mo>' if form else f"<mo>{sign}</mo>"


def _upright(text: str) -> str:
    return f'<mi mathvariant="normal">{escape(text)}</mi>'


def _number(expr: Expr) -> str:
    text = format_number(float(expr.value)) if isinstance(expr.value, float) else str(expr.value)
    digits, _, exponent = text.lstrip("-").partition("e")
    sign = _operator("−", "prefix") if text.startswith("-") else ""
    power = exponent.lstrip("+").replace("-", "−")
    if not power:
        return f"{sign}<mn>{escape(digits)}</mn>"
    return f"{sign}<mn>{digits}</mn><mo>·</mo><msup><mn>10</mn><mn>{power}</mn></msup>"


_WRITERS: dict[str, Callable[[_MathMl, Expr], str]] = {
    "num": lambda _, e: _number(e),
    "const": lambda _, e: "<mi>π</mi>" if e.value == "pi" else "<mi>e</mi>",
    "sum": _MathMl.sum,
    "neg": _MathMl.neg,
    "mul": _MathMl.product,
    "matmul": _MathMl.product,
    "div": _MathMl.div,
    "pow": _MathMl.power,
    "T": _MathMl.transpose,
    "call": _MathMl.call,
    "index": _MathMl.index,
    "list": _MathMl.list,
    "d": _MathMl.derivative,
    "new": _MathMl.word,
    "state": _MathMl.word,
    "place": _MathMl.word,
    "part": _MathMl.word,
    "depends": _MathMl.word,
}
