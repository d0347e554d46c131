"""A student with pencil and paper: numbers rounded as he goes, or only where he writes them down.

Nothing here comes from the program: the arithmetic is numpy's, the rounding is decimal text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Texts = tuple[tuple[str, ...], ...]
Kind = Literal["sigfigs", "decimals"]
Slope = Literal["z", "a"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a student works.

    Args:
        kind, digits: rounds to so many significant digits, or to so many decimals.
        carry: goes on with the rounded value; otherwise with the full one.
        slope: takes f'(z) from z, or from the activation.
        fused: knows that the derivative of the loss by the last z is yhat - y.
        parts: rounds every partial product, and multiplies from the right.
        drop: leaves out zeros at the end.
    """

    kind: Kind
    digits: int
    carry: bool = True
    slope: Slope = "z"
    fused: bool = False
    parts: bool = False
    drop: bool = False

    @property
    def row(self) -> str:
        """What a table calls the students of this precision."""
        return f"{self.digits} {self.kind}, {'rounds as he goes' if self.carry else 'carries everything'}"


def styles() -> Iterator[Style]:
    """Every way of working that makes a difference."""
    kinds: tuple[Kind, ...] = ("sigfigs", "decimals")
    slopes: tuple[Slope, ...] = ("z", "a")
    for kind, digits, drop in product(kinds, (2, 3, 4, 5), (False, True)):
        yield Style(kind, digits, carry=False, drop=drop)
        for slope, fused, parts in product(slopes, (False, True), (False, True)):
            yield Style(kind, digits, slope=slope, fused=fused, parts=parts, drop=drop)


def round_text(value: float, style: Style) -> str:
    """A number as the student writes it."""
    if style.kind == "decimals":
        text = f"{value:.{style.digits}f}"
    else:
        rounded = Decimal(f"{value:.{style.digits - 1}e}")
        big = rounded and rounded.adjusted() >= style.digits
        text = f"{value:.{style.digits - 1}e}" if big else f"{rounded:f}"
    if style.drop and "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text


@dataclass(slots=True)
class Hand:
    """One student's scrap paper.

    Args:
        style: how he works.
        edit: a quantity -> what he takes for it instead of its value (a mistake that he carries on).
        written: a quantity -> its elements as written, row by row.
        values: a quantity -> what he goes on with.
    """

    style: Style
    edit: dict[str, Array] = field(default_factory=dict)
    written: dict[str, Texts] = field(default_factory=dict)
    values: dict[str, Array] = field(default_factory=dict)

    def __call__(self, name: str, value: Array) -> Array:
        """Write a quantity down and go on with it."""
        value = np.atleast_2d(self.edit.get(name, value))
        texts = tuple(tuple(round_text(v, self.style) for v in row) for row in value.tolist())
        self.written[name] = texts
        carried = np.array([[float(t) for t in row] for row in texts]) if self.style.carry else value
        self.values[name] = carried
        return carried

    def step(self, value: Array) -> Array:
        """Round an intermediate result that nobody asks for."""
        if not self.style.carry:
            return value
        texts = [[float(round_text(v, self.style)) for v in row] for row in np.atleast_2d(value).tolist()]
        return np.array(texts)

    def fine(self, value: Array) -> Array:
        """Round what nobody rounds to decimals, since it may be tiny and stand below a fraction."""
        rough = Hand(replace(self.style, kind="sigfigs"))
        return rough.step(value)

    def part(self, value: Array) -> Array:
        """Round a partial product, if the student is one who does."""
        return self.step(value) if self.style.parts else value

    def times(self, *factors: Array) -> Array:
        """Multiply elementwise."""
        ordered = factors[::-1] if self.style.parts else factors
        result = ordered[0]
        for i, factor in enumerate(ordered[1:]):
            result = result * factor
            if i + 2 < len(ordered):
                result = self.part(result)
        return result

    def matmul(self, a: Array, b: Array) -> Array:
        """Multiply matrices, product by product."""
        if not (self.style.parts and self.style.carry) or a.shape[1] == 1:
            return a @ b
        total = np.zeros((a.shape[0], b.shape[1]))
        for k in range(a.shape[1]):
            total = total + self.part(a[:, [k]] * b[[k], :])
        return total
