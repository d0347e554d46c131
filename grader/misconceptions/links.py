"""The products of weighted sums, with the two gradients that each gives: what most wrong rules rewrite.

A link is one product of one weighted sum, w*x in scalars, W @ x with examples in columns, X @ W with
examples in rows. Its weight's gradient and its input's are products as well (``weight_core``,
``input_core``), and these stand in the backward steps as the engine writes them, inside whatever sums,
transposes and places; a wrong rule puts something else there.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from grader.language.shapes import NUMBER, infer_shape, is_dot
from grader.language.tree import Expr, call, key, matmul, mul, name, quantities, transpose
from grader.record import record

if TYPE_CHECKING:
    from grader.misconceptions.roles import Linear, Roles, Term

Form = Literal["number", "columns", "rows"]


@record
class Link:
    """One product of one weighted sum.

    Args:
        total: the weighted sum, z.
        weight, input: the factors as written (``W^T``, ``x[1]``).
        form: numbers (or element by element), examples in columns, or examples in rows.
        delta: dL/dz.
        units, fan_in, examples: how many sums there are, of how many inputs, for how many examples.
        is_scalar: whether the weight is a number.
        in_row: whether the examples of a number's sum lie in a row.
    """

    total: str
    weight: Expr
    input: Expr
    form: Form
    delta: Expr
    units: int
    fan_in: int
    examples: int
    is_scalar: bool = False
    in_row: bool = False

    def weight_gradient(self, delta: Expr, source: Expr) -> Expr:
        """What the rule gives for the weight, as it stands in the sum, from a delta and an input."""
        if self.form == "number":
            return mul(delta, source)
        if self.form == "rows":
            return matmul(transpose(source), delta)
        return matmul(delta, transpose(source))

    def input_gradient(self, weight: Expr, delta: Expr) -> Expr:
        """What the rule gives for the input from a weight, as it stands in the sum, and a delta."""
        if self.form == "number":
            return mul(delta, weight)
        if self.form == "rows":
            return matmul(delta, transpose(weight))
        return matmul(transpose(weight), delta)

    @property
    def weight_core(self) -> Expr:
        """The right product for the weight."""
        return self.weight_gradient(self.delta, self.input)

    @property
    def input_core(self) -> Expr:
        """The right product for the input."""
        return self.input_gradient(self.weight, self.delta)

    @property
    def parameter(self) -> str:
        """The weight's name."""
        return next(iter(quantities(self.weight)))

    @property
    def source(self) -> str:
        """The input's name."""
        return next(iter(quantities(self.input)))

    def over_examples(self, x: Expr) -> Expr:
        """A batch added up over its examples."""
        if self.examples == 1:
            return x
        return call({"number": "sum", "rows": "sum_rows", "columns": "sum_columns"}[self.form], x)

    def over_units(self, x: Expr, count: int) -> Expr:
        """A layer's ``count`` values added up for each example."""
        if self.form == "number" or count == 1:
            return x
        return call("sum_columns" if self.form == "rows" else "sum_rows", x)

    def example(self, x: Expr, i: int) -> Expr:
        """One example of a batch, counted from 0."""
        if self.examples == 1:
            return x
        if self.form != "columns" and not self.in_row:
            return Expr("part", (x,), (i, 1))
        return transpose(Expr("part", (transpose(x),), (i, 1)))

    def unit(self, x: Expr, j: int) -> Expr:
        """One unit of a layer's values for all examples."""
        if self.form == "rows":
            return transpose(Expr("part", (transpose(x),), (j, 1)))
        return Expr("part", (x,), (j, 1))


class Links:
    """All links of a worked solution, and the layers that they make."""

    def __init__(self, view: Roles) -> None:
        self.view = view
        found = [_link(linear, t, view) for linear in view.linears.values() for t in linear.products]
        self.all: tuple[Link, ...] = tuple(link for link in found if link is not None)

    @cached_property
    def by_weight_core(self) -> dict[object, Link]:
        """The key of a weight's right product -> its link."""
        return {key(link.weight_core): link for link in self.all}

    @cached_property
    def by_input_core(self) -> dict[object, Link]:
        """The key of an input's right product -> its link."""
        return {key(link.input_core): link for link in self.all}

    @cached_property
    def of_total(self) -> dict[str, list[Link]]:
        """Weighted sum -> its links."""
        found: dict[str, list[Link]] = {}
        for link in self.all:
            found.setdefault(link.total, []).append(link)
        return found

    @cached_property
    def level(self) -> dict[str, int]:
        """Every forward step -> how many weighted sums the longest way to it goes through."""
        found: dict[str, int] = {}
        for step in self.view.steps:
            if step.phase == "forward":
                before = max((found.get(n, 0) for n in quantities(step.rule)), default=0)
                found[step.name] = before + (step.name in self.view.linears)
        return found

    def layer(self, total: str) -> list[str]:
        """The weighted sums of numbers that take the same inputs, in order: a layer written out."""
        inputs = self._inputs(total)
        return [z for z in self.of_total if self._inputs(z) == inputs]

    def _inputs(self, total: str) -> tuple[object, ...]:
        return tuple(key(link.input) for link in self.of_total.get(total, ()))

    def partner(self, link: Link) -> Link | None:
        """In a layer written out in numbers, the link with the two indices exchanged."""
        if link.form != "number" or self.view.shapes[link.total] != NUMBER:
            return None
        units = self.layer(link.total)
        j, i = units.index(link.total), self.of_total[link.total].index(link)
        if i == j or i >= len(units) or j >= len(self.of_total[units[i]]):
            return None
        return self.of_total[units[i]][j]


def _link(linear: Linear, term: Term, view: Roles) -> Link | None:
    if term.weight is None or term.input is None:
        return None
    base = view.problem.index_base
    weight, source = (infer_shape(e, view.shapes, base) for e in (term.weight, term.input))
    delta = name(view.gradient(linear.name))
    rows, columns = view.shapes[linear.name]
    if term.expr.op == "mul" or is_dot(weight, source) or term.expr.op == "call":
        # One neuron whose examples are the elements of a column or a row: z = w*x + b with w a number.
        batch = rows * columns if weight == NUMBER and source == (rows, columns) and 1 in source else 1
        scalar, in_row = weight == NUMBER, batch > 1 and rows == 1
        return Link(linear.name, term.weight, term.input, "number", delta, 1, 1, batch, scalar, in_row)
    if key(term.expr.args[0]) == key(term.weight):
        return Link(linear.name, term.weight, term.input, "columns", delta, rows, weight[1], columns)
    return Link(linear.name, term.weight, term.input, "rows", delta, columns, weight[0], rows)
