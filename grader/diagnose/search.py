"""The search for what explains wrong answers: best first by cost, every changed answer must match.

One wrong rule (everywhere or at one step) is tried against every student whom it could concern; then slips
at single answers; then, where something is left that two mistakes together explain, pairs. What costs more
than it explains is not claimed: the rest stays unexplained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.model import Cell, Finding
from grader.diagnose.runs import Class, Outcome, Repair
from grader.diagnose.slips import edit, slips_at, value_at
from grader.record import field, mutable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from grader.misconceptions.model import Variant

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

# Costs in nats. A rule costs ln(number of rules that could act) + ln 2; these are added or stand alone.
LEAST_RULE = 3.5
LOCAL = 0.4
# Of many wrong answers some match by chance: an explanation has to say that much more.
SHARE_OF_REDS = 0.5
EXCEPTION = 6.0
LEAST_WITH_EXCEPTION = 4
REPAIR = 6.5
# An explanation that costs this much more than the best is no alternative to it.
TIE = 1.5
SEEDS = 10
MAX_PAIRS = 600
MAX_ANY_PAIRS = 1_500
LEAST_FOR_ANY_PAIR = 3
# The most runs that any class costs beyond single rules; what is then left stays unexplained.
MOST_COLUMNS = 240_000
MAX_RULES = 160


@mutable
class Candidate:
    """One way to explain some of a student's wrong answers.

    Args:
        variants: the wrong rules, by number; none for a repaired given.
        explained: cells that it turns right, a mask.
        gain: what they say, less what the explanation costs.
        repair: a given read wrongly, or None.
    """

    variants: tuple[int, ...]
    explained: Mask
    gain: float
    repair: Repair | None = None


@mutable
class State:
    """How far the explanation of one student's answers has come.

    Args:
        student: who.
        red: the cells still unexplained.
        rules: the variants that could concern him, by number.
        price: for each cell what a rule costs there: the more rules could act, the more.
    """

    student: int
    red: Mask
    rules: list[int]
    price: Array
    valid: list[Candidate] = field(default_factory=list)
    partial: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Search:
    """Explains the red cells of a class.

    Args:
        group: the students, what they wrote and the compiled rules.
        red: the cells to explain, (cells, students).
    """

    def __init__(self, group: Class, red: Mask) -> None:
        self.group = group
        self.red = red
        self.variants = group.compiled.variants
        self.present = group.cells.written.present[:, 0, :, 0]
        self.same = _same_quantity(group)

    def findings(self) -> list[list[Finding]]:
        """For each student the mistakes found, in the order in which they were."""
        everyone = np.arange(self.group.students)
        nothing: list[tuple[int, ...]] = [()] * len(everyone)
        self.null = self.group.run(everyone, nothing)
        self._release()
        self.turned = self.group.run(everyone, nothing, slopes=np.ones(len(everyone), dtype=bool))
        self._habits()
        states = [s for s in map(self._state, everyone.tolist()) if s is not None]
        self._singles(states)
        for state in states:
            self._choose(state)
        self._pairs([s for s in states if s.red.sum() >= 2])
        self.honest = self._without_wrong_values(states)
        out: list[list[Finding]] = [[] for _ in everyone]
        for state in states:
            self._slips(state)
            out[state.student] = state.findings
        return out

    def _state(self, student: int) -> State | None:
        red = self.red[:, student] & self.present[:, student]
        if not red.any():
            return None
        near = self.group.near(student)
        cells = np.flatnonzero(red)
        acting = {
            q: [i for i, v in enumerate(self.variants) if not near[q].isdisjoint(v.steps)]
            for q in {self.group.cells.index[cell][0] for cell in cells}
        }
        kinds = np.ones(red.size)
        for cell in cells:
            kinds[cell] = max(len({self.variants[i].id for i in acting[self.group.cells.index[cell][0]]}), 1)
        rules = sorted({i for found in acting.values() for i in found})[:MAX_RULES]
        return State(student, red, rules, np.maximum(LEAST_RULE, np.log(kinds) + np.log(2.0)))

    def _release(self) -> None:
        """Let go a wrong value where others show that the right one was used."""
        group = self.group
        wrong = self._wrong_questions()
        students, questions = np.nonzero(wrong.T)
        if not students.size:
            return
        released = np.zeros((len(group.asked), students.size), dtype=bool)
        released[questions, np.arange(students.size)] = True
        lanes = group.run(students, [()] * len(students), released=released)
        before = self.group.cells.matches(self.null, group.cells.written)
        after = group.cells.matches(lanes, group.cells.written.take(students))
        red = self.red & self.present
        better = (after & ~before[:, students] & red[:, students]).sum(axis=0)
        worse = (~after & before[:, students] & self.present[:, students]).sum(axis=0)
        for column in np.flatnonzero((better > 0) & (worse == 0)):
            group.released[questions[column], students[column]] = True
        if group.released.any():
            everyone = np.arange(group.students)
            self.null = group.run(everyone, [()] * len(everyone))
            matches = group.cells.matches(self.null, group.cells.written)
            self.red = self.red & ~matches | self._released_cells()

    def _released_cells(self) -> Mask:
        at = np.array([q for q, _, _ in self.group.cells.index])
        return np.asarray(self.red & self.group.released[at])

    def _habits(self) -> None:
        """Who takes slopes from activations: whoever's answers fit better so."""
        written = self.group.cells.written
        straight = (self.group.cells.matches(self.null, written) & self.present).sum(axis=0)
        turned = (self.group.cells.matches(self.turned, written) & self.present).sum(axis=0)
        self.group.from_outputs = turned > straight
        swap = self.group.from_outputs[None, None, None, :, None]
        self.null, self.turned = (
            np.where(swap, self.turned, self.null),
            np.where(swap, self.null, self.turned),
        )

    def _wrong_questions(self) -> Mask:
        at = np.array([q for q, _, _ in self.group.cells.index])
        wrong = np.zeros((len(self.group.asked), self.group.students), dtype=bool)
        np.logical_or.at(wrong, at, self.red & self.present)
        return wrong

    def _singles(self, states: Sequence[State]) -> None:
        """Every rule that could concern a student, tried on him."""
        columns = [(s, (v,)) for s in states for v in s.rules]
        self._try(columns, keep_partial=True)
        self._repairs(states)

    def _try(self, columns: Sequence[tuple[State, tuple[int, ...]]], *, keep_partial: bool) -> None:
        if not columns:
            return
        students = np.array([s.student for s, _ in columns])
        lanes = self.group.run(students, [v for _, v in columns])
        outcome = self.group.outcome(students, lanes, self.null)
        red = np.array([s.red for s, _ in columns]).T
        gained, broken = self._weigh(outcome, red, students)
        for column in np.flatnonzero(gained.any(axis=0)).tolist():
            state, variants = columns[column]
            self._add(state, variants, gained[:, column], broken[:, column], outcome, column)
            if keep_partial:
                weight = float(outcome.weight[gained[:, column], column].sum())
                price = self._cost(state, variants, gained[:, column])
                gain = weight - price - 1.5 * int(broken[:, column].sum())
                state.partial.append(Candidate(variants, gained[:, column], gain))

    def _weigh(self, outcome: Outcome, red: Mask, students: NDArray[np.intp]) -> tuple[Mask, Mask]:
        """The wrong answers that columns explain, and the answers that they change and do not match."""
        gained = red & outcome.moved & outcome.matches
        broken = outcome.moved & ~outcome.matches & self.present[:, students]
        # The same quantity asked twice and answered in two ways: the other answer need not follow.
        broken &= ~(self.same.astype(int) @ gained > 0)
        return gained, broken

    def _add(
        self,
        state: State,
        variants: tuple[int, ...],
        gained: Mask,
        broken: Mask,
        outcome: Outcome,
        column: int,
    ) -> None:
        """Keep a candidate whose every changed answer matches, but for one slip on top of the rule.

        An answer that is right by the right rule speaks against it; it is no slip from the wrong one.
        """
        gain = float(outcome.weight[gained, column].sum()) - self._cost(state, variants, gained)
        misses = np.flatnonzero(broken)
        if misses.size > 1:
            return
        if misses.size == 1:
            wrong = bool(self.red[misses[0], state.student])
            price = self._slip_on_top(state, outcome, column, int(misses[0])) if wrong else None
            if price is None and gained.sum() < LEAST_WITH_EXCEPTION:
                return
            gain -= EXCEPTION if price is None else price
            if price is not None:
                gained = gained.copy()
                gained[misses[0]] = state.red[misses[0]]
                gain += float(outcome.weight[misses[0], column]) if state.red[misses[0]] else 0.0
        state.valid.append(Candidate(variants, gained, gain))

    def _slip_on_top(self, state: State, outcome: Outcome, column: int, at: int) -> float | None:
        """The price of the slip that turns a rule's value into what was written, or None."""
        lanes = outcome.lanes[:, at : at + 1, :, column : column + 1]
        value = value_at(self.group, lanes, state.student, at)
        return None if value is None else edit(value)

    def _cost(self, state: State, variants: tuple[int, ...], gained: Mask) -> float:
        price = float(state.price[gained].max(initial=LEAST_RULE))
        return sum(price + (0.0 if self.variants[v].tied else LOCAL) for v in variants)

    def _repairs(self, states: Sequence[State]) -> None:
        """A given read with the wrong sign: worth it where it explains several answers."""
        given = self.group.compiled.plan.problem.given
        train = self.group.compiled.plan.problem.train
        rate = train.learning_rate if train is not None else None
        flips = [
            Repair(n, (i, j), -v, "slip.sign")
            for n, rows in given.items()
            if n != rate
            for i, row in enumerate(rows)
            for j, v in enumerate(row)
            if v != 0
        ][:40]
        columns = [(s, r) for s in states if s.red.sum() >= 2 for r in flips]
        if not columns:
            return
        students = np.array([s.student for s, _ in columns])
        lanes = self.group.run(students, [()] * len(columns), repairs=[r for _, r in columns])
        outcome = self.group.outcome(students, lanes, self.null)
        red = np.array([s.red for s, _ in columns]).T
        gained, broken = self._weigh(outcome, red, students)
        for column in np.flatnonzero((gained.sum(axis=0) >= 2) & (broken.sum(axis=0) == 0)).tolist():
            state, repair = columns[column]
            cost = REPAIR + float(np.log(len(flips)))
            gain = float(outcome.weight[gained[:, column], column].sum()) - cost
            state.valid.append(Candidate((), gained[:, column], gain, repair))

    def _choose(self, state: State) -> None:
        """Take the best explanations one after the other, as long as each is worth its cost."""
        remaining = state.red.copy()
        threshold = SHARE_OF_REDS * float(np.log(max(int(state.red.sum()), 1)))
        while remaining.any():
            worth = [(self._worth(c, remaining), c) for c in state.valid]
            worth = [(w, c) for w, c in worth if w > threshold]
            if not worth:
                break
            worth.sort(key=lambda item: -item[0])
            best = worth[0][0]
            ties = [c for w, c in worth if best - w <= TIE]
            covered = ties[0].explained & remaining
            same = [c for c in ties if (c.explained & remaining == covered).all()]
            state.findings += self._told(state, same, covered, best)
            remaining &= ~covered
        state.red &= remaining

    def _worth(self, candidate: Candidate, remaining: Mask) -> float:
        """What a candidate says of the answers still unexplained."""
        all_cells = int(candidate.explained.sum())
        left = int((candidate.explained & remaining).sum())
        if not left:
            return -np.inf
        return candidate.gain - (all_cells - left) * (candidate.gain / max(all_cells, 1))

    def _told(self, state: State, same: Sequence[Candidate], covered: Mask, best: float) -> list[Finding]:
        """One finding a rule; further candidates for the same answers are its alternatives."""
        cells = tuple(self.group.cells.index[i] for i in np.flatnonzero(covered))
        first = self._findings(same[0], cells, 1.0)
        ids = {f.id for f in first}
        others: list[Finding] = []
        for candidate in same[1:]:
            for other in self._findings(candidate, cells, 1.0):
                if other.id not in ids:
                    ids.add(other.id)
                    others.append(other)
        single = self._single_slips(state.student, cells)
        others += [s for s in single if s.id not in ids]
        sure = float(1.0 / (1.0 + np.exp(-max(best, 0.0)) + len(others)))
        others = [o._replace(confidence=round(sure, 2)) for o in others]
        return [f._replace(confidence=round(sure, 2), others=tuple(others)) for f in first]

    def _single_slips(self, student: int, cells: tuple[Cell, ...]) -> list[Finding]:
        """A slip that gives the same single number as a rule."""
        return slips_at(self.group, self.null, student, cells[0]) if len(cells) == 1 else []

    def _findings(self, candidate: Candidate, cells: tuple[Cell, ...], sure: float) -> list[Finding]:
        if candidate.repair is not None:
            return [Finding(candidate.repair.id, candidate.repair.name, cells, slip=True, confidence=sure)]
        return [
            Finding(
                self.variants[v].id,
                self._first_step(self.variants[v], cells),
                cells,
                slip=False,
                confidence=sure,
                rules=self.variants[v].rules,
            )
            for v in candidate.variants
        ]

    def _first_step(self, variant: Variant, cells: tuple[Cell, ...]) -> str:
        """The rewritten step that the first explained answer hangs on."""
        asked = self.group.asked[cells[0][0]]
        behind = self.group.hangs(asked)
        for step in variant.steps:
            if step in behind:
                return step
        return variant.steps[0]

    def _without_wrong_values(self, states: Sequence[State]) -> tuple[Array, ...]:
        """The predictions with every wrong value let go, for slips at a value that came from right ones.

        Once with the student's own way of taking slopes, once with the other.
        """
        if not any(s.red.any() for s in states):
            return ()
        released = self._wrong_questions() | self.group.released
        everyone = np.arange(self.group.students)
        nothing: list[tuple[int, ...]] = [()] * len(everyone)
        other = ~self.group.from_outputs
        return (
            self.group.run(everyone, nothing, released=released),
            self.group.run(everyone, nothing, released=released, slopes=other),
        )

    def _pairs(self, states: Sequence[State]) -> None:
        """Two rules at once: first with one that explains something already, then any two."""
        self._try_pairs([(s, self._seeded(s)[:MAX_PAIRS]) for s in states])
        rest = [s for s in states if self._hidden(s) >= LEAST_FOR_ANY_PAIR]
        budget = max(MOST_COLUMNS // max(len(rest), 1), MAX_PAIRS)
        self._try_pairs(
            [(s, self._any(s)[: min(MAX_ANY_PAIRS, budget)]) for s in rest[: MOST_COLUMNS // MAX_PAIRS]]
        )

    def _hidden(self, state: State) -> int:
        """How many wrong answers hang on steps that were not written: only there do two rules mix."""
        near = self.group.near(state.student)
        return sum(len(near[self.group.cells.index[i][0]]) > 1 for i in np.flatnonzero(state.red))

    def _seeded(self, state: State) -> list[tuple[int, ...]]:
        seeds = sorted(state.partial, key=lambda c: -c.gain)[:SEEDS]
        found: dict[tuple[int, ...], None] = {}
        for seed in seeds:
            a = seed.variants[0]
            for b in state.rules:
                if self._together(a, b):
                    found[min(a, b), max(a, b)] = None
        return list(found)

    def _any(self, state: State) -> list[tuple[int, ...]]:
        """All pairs, of rules that act everywhere before rules that act at one step."""
        rules = sorted(state.rules, key=lambda v: not self.variants[v].tied)
        return [(a, b) for i, b in enumerate(rules) for a in rules[:i] if self._together(a, b)]

    def _try_pairs(self, columns: Sequence[tuple[State, Sequence[tuple[int, ...]]]]) -> None:
        states = [state for state, pairs in columns if pairs]
        for state in states:
            state.valid = []
        self._try([(s, pair) for s, pairs in columns for pair in pairs], keep_partial=False)
        for state in states:
            state.valid = [c for c in state.valid if c.explained.sum() >= 2]
            self._choose(state)

    def _together(self, a: int, b: int) -> bool:
        """Whether two variants can act at once: not on the same step, and not twice the same mistake."""
        first, second = self.variants[a], self.variants[b]
        return first.id != second.id and not set(first.steps) & set(second.steps)

    def _slips(self, state: State) -> None:
        """What is left, answer by answer: sign, decimal point, digits, copies."""
        count = int(state.red.sum())
        for i in np.flatnonzero(state.red):
            cell = self.group.cells.index[i]
            found = self._slips_in(state.student, cell, count)
            if found:
                state.findings.append(found[0]._replace(others=tuple(found[1:])))
                state.red[i] = False

    def _slips_in(self, student: int, cell: Cell, reds: int) -> list[Finding]:
        """The slips at an answer, from the student's own values, else from right ones."""
        for more, lanes in enumerate((self.null, self.turned, *self.honest)):
            found = slips_at(self.group, lanes, student, cell, reds=reds + more)
            if found:
                return found
        return []


def _same_quantity(group: Class) -> Mask:
    """[i, j]: whether two cells are the same element of the same quantity, asked twice."""
    keys = []
    for q, i, j in group.cells.index:
        target = group.asked[q].target
        keys.append((q,) if target.node is None else (target.node, target.place or (i, j)))
    return np.array([[a == b for b in keys] for a in keys], dtype=bool).reshape(len(keys), len(keys))
