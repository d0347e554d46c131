"""Chains of equalities: whether what stands before the answer agrees with it.

``0.5(0.8176) + 1(0.9959) - 1 = 0.4047`` does. A disagreement is told, and changes no verdict: the last member
is the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.reader import last_text
from grader.engine.steps import Target
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate
from grader.language.render import format_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from grader.compare.reader import FormulaReader
    from grader.engine.steps import Node
    from grader.language.answer import Member
    from grader.language.tree import Expr
    from grader.spec.model import Problem

    Array = NDArray[np.float64]

MAX_CHECKED = 12
"""Of a longer chain the members in front are not checked."""

_LABELS = frozenset({"name", "index", "d", "new", "state"})
_CLOSE = 1e-3


class Agreement:
    """Checks chains of one problem against the numbers that the problem gives.

    Args:
        problem: whose numbers hold.
        reader: of its formulas.
        values: of a quantity before any training step.
    """

    def __init__(self, problem: Problem, reader: FormulaReader, values: Callable[[Node], Array]) -> None:
        self.problem = problem
        self.reader = reader
        self.values = values

    def notes(self, text: str, members: tuple[Member, ...], *, own_values: bool) -> Iterator[str]:
        """One sentence for each earlier member that is not what the last one is.

        Args:
            text: the answer.
            members: of it.
            own_values: whether the student went on from other numbers than the problem's: then only members
                without names can be checked.
        """
        last = self._value(text, members[-1], own_values=own_values)
        if last is None:
            return
        shown = last_text(text, members)
        numeral = self.reader.numbers.get(shown)
        allowed = numeral[1] if numeral else _CLOSE * float(np.max(np.abs(last)))
        for member in members[-1 - MAX_CHECKED : -1]:
            value = self._value(text, member, own_values=own_values, label=True)
            if value is None or value.shape[:2] != last.shape[:2]:
                continue
            off = np.abs(value - last)
            if np.all(np.isfinite(value)) and np.any(off > allowed * (1 + 1e-9) + 1e-12 * np.abs(value)):
                written = " ".join(text[member.start : member.end].split())
                yield f'"{written}" {_instead(value)} {" ".join(shown.split())}'

    def _value(self, text: str, member: Member, *, own_values: bool, label: bool = False) -> Array | None:
        try:
            expr = self.reader.answers.member(text, member)
            target = self.reader.plain.target(expr)
        except ExpressionError:
            return None
        if not isinstance(target, Target) or (label and expr.op in _LABELS) or (own_values and target.nodes):
            return None
        return self._evaluated(target.expr, target.nodes)

    def _evaluated(self, expr: Expr, nodes: tuple[Node, ...]) -> Array:
        known = {node.name: self.values(node) for node in nodes}
        with np.errstate(all="ignore"):
            return evaluate(expr, known, self.problem.at_zero, self.problem.index_base)


def _instead(value: Array) -> str:
    if value.size > 1:
        return "differs from"
    return f"is {format_number(float(f'{value.flat[0]:.6g}'))}, not"
