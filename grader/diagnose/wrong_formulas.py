"""Wrong formulas beside what each wrong rule gives, at points around the problem's own numbers.

A formula says more than a number: away from the numbers of the exercise, two rules that happen to agree
there come apart. So formulas and wrong rules are compared as functions first, with the givens moved a
little, and with the problem's own numbers only where that says nothing (a formula with numbers in it).
What a formula names is taken as right: its mistake lies between these quantities and the one that is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.model import Finding
from grader.engine import names
from grader.engine.graph import Ancestry
from grader.engine.points import around
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.evaluation import FormulaCell
    from grader.diagnose.model import Cell
    from grader.diagnose.variants import Alternatives
    from grader.engine.steps import Node, Target
    from grader.misconceptions.model import Variant

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SURE = 0.97
_AGREE = 1e-8
# Sets of named quantities for which every wrong rule is worked out; what is then left stays to the search.
_MOST_RUNS = 200
# Beyond so many training steps working out every wrong rule takes too long.
_LONGEST = 20


class WrongFormulas:
    """Finds the wrong rules that give what a wrong formula gives.

    Args:
        alternatives: the worked solution under every wrong rule.
        inputs: values of the problem's symbols.
    """

    def __init__(self, alternatives: Alternatives, inputs: Mapping[str, Array]) -> None:
        self.alternatives = alternatives
        self.plan = alternatives.view.plan
        self.engine = alternatives.compiled.engine
        self.ancestry = Ancestry(self.plan)
        moved = around(self.plan.problem, inputs)
        self.worlds = ({**inputs, **moved}, inputs) if moved else (inputs,)
        self._runs: dict[tuple[int, Target, frozenset[Node]], Array] = {}

    def find(self, formula: FormulaCell, target: Target, cells: tuple[Cell, ...]) -> Finding | None:
        """The wrong rule that a formula follows, others that it follows as well behind it; or None."""
        for number, inputs in enumerate(self.worlds):
            written = self._written(formula, inputs)
            rules = self._rules(number, target, frozenset(n for _, n in formula.names))
            if written is None or rules is None:
                return None
            found = self._named(self._matching(written, rules, formula.place), target, formula, cells)
            if found and _agree(-written, _part(rules[..., 0, :], formula.place)):
                found.append(Finding("slip.sign", _shown(target), cells, slip=True, confidence=SURE))
            if found:
                return _one_of(found)
        return None

    def sides(self, formula: FormulaCell, target: Target) -> Iterator[tuple[int, Array, Array]]:
        """Each world's number, the formula's values there and the right ones, (rows, columns, points)."""
        for number, inputs in enumerate(self.worlds):
            written = self._written(formula, inputs)
            rules = self._rules(number, target, frozenset(n for _, n in formula.names))
            if written is not None and rules is not None:
                yield number, written, _part(rules[..., 0, :], formula.place)

    def _written(self, formula: FormulaCell, inputs: Mapping[str, Array]) -> Array | None:
        nodes = [n for _, n in formula.names]
        horizon = max((n.time for n in nodes), default=0)
        if horizon > _LONGEST or not self._known(nodes):
            return None
        trace = self.engine.solve(nodes, horizon=horizon, inputs=inputs)
        values = {text: trace.used[n] for text, n in formula.names}
        problem = self.plan.problem
        try:
            with np.errstate(all="ignore"):
                value = evaluate(formula.expr, values, problem.at_zero, problem.index_base)
        except (KeyError, ValueError, ExpressionError):
            return None
        return value[:, :, 0]

    def _known(self, nodes: Sequence[Node]) -> bool:
        """Whether the worked solution has these quantities; formulas may speak of others."""
        problem, index = self.plan.problem, self.engine.index
        return all(n.name in problem.shapes or n.name in index or f"+{n.name}" in index for n in nodes)

    def _rules(self, number: int, target: Target, named: frozenset[Node]) -> Array | None:
        """A quantity under the right rule and under each wrong one, (rows, columns, 1 + rules, points)."""
        nodes = target.nodes if target.node is None else (target.node,)
        horizon = max((n.time for n in nodes), default=0)
        at = (number, target, named)
        if at not in self._runs:
            if len(self._runs) >= _MOST_RUNS or horizon > _LONGEST:
                return None
            held = dict.fromkeys(named - set(nodes), _as_by_right_rules)
            (value,) = self.alternatives.values([target], horizon, inputs=self.worlds[number], held=held)
            self._runs[at] = value[0]
        return self._runs[at]

    def _matching(self, written: Array, rules: Array, place: tuple[int, int] | None) -> Iterator[Variant]:
        right = _part(rules[..., 0, :], place)
        for column, variant in enumerate(self.alternatives.variants, 1):
            wrong = _part(rules[..., column, :], place)
            if _agree(written, wrong) and not _agree(wrong, right):
                yield variant

    def _named(
        self, found: Iterable[Variant], target: Target, formula: FormulaCell, cells: tuple[Cell, ...]
    ) -> list[Finding]:
        """One entry a rule, at one step rather than everywhere: a single formula shows no more."""
        behind = self._behind(target, {n for _, n in formula.names})
        by_id: dict[str, Variant] = {}
        for variant in found:
            if variant.id not in by_id or len(variant.steps) < len(by_id[variant.id].steps):
                by_id[variant.id] = variant
        out = []
        for v in by_id.values():
            step = next((s for s in v.steps if s in behind), v.steps[0])
            out.append(Finding(v.id, step, cells, slip=False, confidence=SURE, rules=v.rules))
        return out

    def _behind(self, target: Target, named: set[Node]) -> set[str]:
        """The steps between what a formula names and what is asked."""
        seen = set(target.nodes if target.node is None else (target.node,))
        waiting = list(seen)
        while waiting:
            for parent in self.ancestry.parents(waiting.pop()):
                if parent not in seen and parent not in named:
                    seen.add(parent)
                    waiting.append(parent)
        return {n.name if n.name in self.engine.index else "+" + n.name for n in seen}


def _as_by_right_rules(value: Array) -> tuple[Array, Mask]:
    """Hold what the first column, that of the right rules, gives for all of them."""
    right = np.broadcast_to(value[..., :1, :], value.shape)
    return right, np.ones((*value.shape[1:4], 1), dtype=bool)


def _one_of(found: Sequence[Finding]) -> Finding:
    """The first of what explains the same formula, with the others behind it."""
    first, *others = [f._replace(confidence=round(SURE / len(found), 2)) for f in found]
    return first._replace(others=tuple(others))


def _shown(target: Target) -> str:
    return names.timed(target.shown.name, target.shown.time) if target.shown is not None else ""


def _part(value: Array, place: tuple[int, int] | None) -> Array:
    return value if place is None else value[place[0] : place[0] + 1, place[1] : place[1] + 1]


def _agree(a: Array, b: Array) -> bool:
    """Whether two quantities, (rows, columns, points), are the same; a row may stand for a column."""
    if a.shape[:2] != b.shape[:2]:
        a = a.swapaxes(0, 1)
    if a.shape[:2] != b.shape[:2] or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    with np.errstate(all="ignore"):
        return bool((np.abs(a - b) <= _AGREE * np.maximum(np.abs(a), np.abs(b)) + 1e-14).all())
