"""Expressions compiled to a flat list of array operations, shared parts once, and run without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.language.differentiate import slope_of
from grader.language.functions import FUNCTIONS, no_kernel
from grader.language.kernels import BOUNDED, PLAIN, bounded_function, function, index_at, part_of, place_at
from grader.language.shapes import NUMBER, Shape, infer_shape, is_dot, resolve_index
from grader.language.tree import Expr
from grader.record import field, mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_CONSTANTS = {"e": np.e, "pi": np.pi}
Instruction = tuple[str, Any, tuple[int, ...], int]


@mutable
class Program:
    """A growing list of instructions over numbered slots.

    Args:
        shapes: (rows, columns) of every quantity that expressions may name.
        at_zero: the problem's values at kinks.
        base: the smallest index.
    """

    shapes: Mapping[str, Shape]
    at_zero: Mapping[str, float] = field(default_factory=dict)
    base: int = 1
    instructions: list[Instruction] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    constants: dict[int, float] = field(default_factory=dict)
    size: int = 0
    _seen: dict[Any, int] = field(default_factory=dict)
    _shape_of: dict[int, Shape] = field(default_factory=dict)

    def slot(self, name: str) -> int:
        """The slot that holds a quantity."""
        found = self.slots.get(name)
        if found is None:
            found = self.slots[name] = self._new_slot(self.shapes[name])
        return found

    def bind(self, name: str, expr: Expr) -> None:
        """Compile an expression; the quantity is its value from here on."""
        self.slots[name] = self.copy(self.compile(expr))

    def copy(self, source: int) -> int:
        """A slot of its own for a value that other names share, so that one may be held alone."""
        return self._emit("copy", None, (source,), self._shape_of[source], fresh=True)

    def apply(self, make: Callable[..., Callable[..., Any]], args: tuple[int, ...], shape: Shape) -> int:
        """A slot for what ``make(bounds=...)`` computes from others: an operation of the caller's own."""
        return self._emit("apply", make, args, shape, fresh=True)

    def compile(self, expr: Expr) -> int:
        """The slot in which the value of an expression will stand."""
        op = expr.op
        if op == "name":
            return self.slot(str(expr.value))
        if op in ("num", "const"):
            return self._constant(float(expr.value) if op == "num" else _CONSTANTS[str(expr.value)])  # type: ignore[arg-type]
        if op == "sum":
            return self._sum(expr)
        if op == "call" and FUNCTIONS[str(expr.value)].kernel is no_kernel:
            return self.compile(slope_of(str(expr.value)[:-1], expr.args))
        args = tuple(self.compile(a) for a in expr.args)
        shape = infer_local(expr, [self._shape_of[a] for a in args], self.base)
        return self._emit(*self._operation(expr, args), args, shape)

    def shape(self, slot: int) -> Shape:
        """The (rows, columns) of a slot."""
        return self._shape_of[slot]

    def _operation(self, expr: Expr, args: tuple[int, ...]) -> tuple[str, Any]:
        shapes = [self._shape_of[a] for a in args]
        if expr.op == "index":
            return "index", resolve_index(expr, shapes[0], self.base)
        if expr.op == "matmul":
            if is_dot(shapes[0], shapes[1]):
                return "dot", None
            return ("mul" if NUMBER in shapes and shapes[0][1] != shapes[1][0] else "matmul"), None
        if expr.op == "list":
            return ("stack_rows" if expr.args[0].op == "list" else "stack"), None
        return expr.op, expr.value

    def _sum(self, expr: Expr) -> int:
        total = self.compile(expr.args[0])
        for term in expr.args[1:]:
            op, part = ("sub", term.args[0]) if term.op == "neg" else ("add", term)
            args = (total, self.compile(part))
            total = self._emit(
                op, None, args, infer_local(expr, [self._shape_of[a] for a in args], self.base)
            )
        return total

    def _constant(self, value: float) -> int:
        found = self._seen.get(value)
        if found is None:
            found = self._seen[value] = self._new_slot(NUMBER)
            self.constants[found] = value
        return found

    def _emit(
        self, op: str, value: object, args: tuple[int, ...], shape: Shape, *, fresh: bool = False
    ) -> int:
        key = (op, value, args)
        found = None if fresh else self._seen.get(key)
        if found is None:
            found = self._new_slot(shape)
            self.instructions.append((op, value, args, found))
            if not fresh:
                self._seen[key] = found
        return found

    def _new_slot(self, shape: Shape) -> int:
        self._shape_of[self.size] = shape
        self.size += 1
        return self.size - 1

    def link(self, *, bounds: bool) -> Linked:
        """The instructions with their kernels, ready to run."""
        return Linked(self, bounds=bounds)


class Linked:
    """A program's instructions with kernels chosen, plain or with bounds."""

    __slots__ = ("bounds", "code", "constants", "size")

    def __init__(self, program: Program, *, bounds: bool) -> None:
        self.bounds = bounds
        self.size = program.size
        lead = (1,) if bounds else ()
        self.constants = [
            (slot, np.full((*lead, 1, 1, 1, 1), value)) for slot, value in program.constants.items()
        ]
        table = BOUNDED if bounds else PLAIN
        functions = bounded_function if bounds else function
        kernels = [
            value(bounds=bounds) if op == "apply" else _kernel(op, value, table, functions, program.at_zero)
            for op, value, _, _ in program.instructions
        ]
        self.code = [(k, i[2], i[3]) for k, i in zip(kernels, program.instructions, strict=True)]

    def start(self, inputs: Mapping[int, Array]) -> list[Any]:
        """A slot file with constants and inputs filled in."""
        slots: list[Any] = [None] * self.size
        for slot, array in self.constants:
            slots[slot] = array
        for slot, array in inputs.items():
            slots[slot] = array
        return slots

    def run(self, slots: list[Any], first: int = 0, last: int | None = None) -> None:
        """Run instructions ``first`` to ``last``; the caller sets ``np.errstate``."""
        for kernel, args, out in self.code[first:last]:
            if len(args) == 2:
                slots[out] = kernel(slots[args[0]], slots[args[1]])
            elif len(args) == 1:
                slots[out] = kernel(slots[args[0]])
            else:
                slots[out] = kernel(*[slots[a] for a in args])


def _kernel(
    op: str,
    value: Any,  # noqa: ANN401 - what an operator's value is depends on the operator
    table: Mapping[str, Callable[..., Any]],
    functions: Callable[[str, Mapping[str, float]], Callable[..., Any]],
    at_zero: Mapping[str, float],
) -> Callable[..., Any]:
    if op == "call":
        return functions(value, at_zero)
    if op == "index":
        return index_at(*value)
    if op == "place":
        return place_at(*value)
    if op == "part":
        return part_of(*value)
    return _identity if op == "copy" else table[op]


def _identity(x: Array) -> Array:
    return x


def infer_local(expr: Expr, shapes: list[Shape], base: int) -> Shape:
    """The size of one node whose parts' sizes are known."""
    stand_ins = [Expr("name", (), f"#{i}", a.start, a.end) for i, a in enumerate(expr.args[: len(shapes)])]
    known = {f"#{i}": s for i, s in enumerate(shapes)}
    if expr.op == "list" and expr.args[0].op == "list":
        return (len(shapes), shapes[0][0])
    return infer_shape(expr._replace(args=tuple(stand_ins)), known, base)
