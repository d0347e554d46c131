"""Wrong formulas that no wrong rule gives: a name exchanged, a factor or a term dropped, repeated or turned.

Compared at the sample points, where a chance agreement is as good as impossible. The id says what role the
exchanged or missing quantity has in the network.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.model import Finding
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate
from grader.language.tree import Expr, quantities, rename

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from grader.diagnose.model import Cell
    from grader.misconceptions.view import View

    Array = NDArray[np.float64]

SURE = 0.97
_AGREE = 1e-8
_INDEXED = re.compile(r"^(?P<letters>[^\W\d_]+)_?(?P<digits>\d+)$")
_MOST_NAMES = 24


class FormulaEdits:
    """Looks for the small edit that turns a student's formula into the right value.

    Args:
        view: the worked solution by roles.
        values: every number among the problem's quantities, at the sample points.
    """

    def __init__(self, view: View, values: Mapping[str, Array]) -> None:
        self.view = view
        self.values = values
        self.names = [n for n in values if values[n].shape[:2] == (1, 1)][:_MOST_NAMES]

    def find(self, expr: Expr, right: Array, written: Array, cell: Cell, step: str) -> Finding | None:
        """The edit that explains a formula, or None.

        Args:
            expr: the formula as the student wrote it.
            right: its right values at the points, flat.
            written: its own values there.
            cell: the answer.
            step: the quantity asked.
        """
        for identifier in self._ids(expr, right, written):
            return Finding(identifier, step, (cell,), slip=identifier.startswith("slip."), confidence=SURE)
        return None

    def _ids(self, expr: Expr, right: Array, written: Array) -> Iterator[str]:
        with np.errstate(all="ignore"):
            yield from self._exchanged(expr, right)
            yield from self._indices_shifted(expr, right)
            yield from self._factor(right, written)
            yield from self._term(right, written)

    def _exchanged(self, expr: Expr, right: Array) -> Iterator[str]:
        """One name written for another, wherever it stands."""
        used = sorted(quantities(expr) & set(self.names))
        for old in used:
            for new in self.names:
                if new != old and self._is(expr, {old: new}, right):
                    yield self._name_for(old, new)
        for i, one in enumerate(used):
            for other in used[i + 1 :]:
                if self._is(expr, {one: other, other: one}, right):
                    yield self._name_for(one, other)

    def _indices_shifted(self, expr: Expr, right: Array) -> Iterator[str]:
        """The same index wrong in several names: w11 and w12 where w31 and w32 belong."""
        parts = {n: m for n in quantities(expr) if (m := _INDEXED.match(n))}
        digits = sorted({d for n in self.names if (m := _INDEXED.match(n)) for d in m["digits"]})
        for place in range(2):
            for old in digits:
                for new in digits:
                    swap = {
                        n: m["letters"] + m["digits"][:place] + new + m["digits"][place + 1 :]
                        for n, m in parts.items()
                        if len(m["digits"]) > max(place, 1) and m["digits"][place] == old
                    }
                    known = old != new and len(swap) > 1 and set(swap.values()) <= set(self.names)
                    if known and self._is(expr, swap, right):
                        yield "chain.other_layer_w"

    def _is(self, expr: Expr, swap: Mapping[str, str], right: Array) -> bool:
        changed = rename(expr, lambda n: swap.get(n, n))
        try:
            value = evaluate(changed, self.values, self.view.problem.at_zero, self.view.problem.index_base)
        except (KeyError, ValueError, ExpressionError):
            return False
        return _agree(value.ravel(), right)

    def _name_for(self, old: str, new: str) -> str:
        a, b = _INDEXED.match(old), _INDEXED.match(new)
        if self.view.is_weight(old) and self.view.is_weight(new):
            same = a and b and a["letters"] == b["letters"] and len(a["digits"]) == len(b["digits"])
            return "idx.swap" if same else "chain.other_layer_w"
        return "slip.copy"

    def _factor(self, right: Array, written: Array) -> Iterator[str]:
        """A factor left out, or there twice."""
        for n in self.names:
            value = self.values[n].ravel()
            dropped, doubled = _agree(written * value, right), _agree(written, right * value)
            if not (dropped or doubled):
                continue
            if self.view.is_weight(n):
                yield "chain.no_weight" if dropped else "upd.times_w"
            elif n in self.view.inputs:
                yield "dW.no_input"
            else:
                yield "chain.no_weight"

    def _term(self, right: Array, written: Array) -> Iterator[str]:
        """A term left out, or with the other sign."""
        if _agree(-written, right):
            yield "slip.sign"
        for n in self.names:
            value = self.values[n].ravel()
            bias = self.view.is_bias(n)
            if _agree(written + value, right):
                yield "fwd.no_bias" if bias else "fwd.drop_term"
            if _agree(written + 2 * value, right):
                yield "fwd.minus_bias" if bias else "slip.sign"


def _agree(a: Array, b: Array) -> bool:
    if a.size == 1:
        a = np.broadcast_to(a, b.shape)
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    return bool((np.abs(a - b) <= _AGREE * np.maximum(np.abs(a), np.abs(b)) + 1e-14).all())
