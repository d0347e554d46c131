"""One exercise judged: its numbers and its questions against every wrong rule there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.exercise.chance import chances
from grader.diagnose.exercise.corners import corners
from grader.diagnose.exercise.likeness import same_numbers, shown
from grader.diagnose.exercise.model import Extra, Judgement, Twins, Unseen
from grader.diagnose.exercise.numbers import Numbers
from grader.engine import names
from grader.engine.derive import derive
from grader.misconceptions import CATALOGUE
from grader.misconceptions.course import course_entries
from grader.misconceptions.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.diagnose.exercise.likeness import Same
    from grader.misconceptions.model import Variant
    from grader.spec.model import Problem

    Mask = NDArray[np.bool_]

_EXTRAS = 3
# Numbers worked out, all rules and training steps counted: about a second's work, and a few seconds'. To
# begin with a rule costs as much as so many numbers.
_MUCH, _TOO_MUCH, _A_RULE = 20_000_000, 80_000_000, 5_000


def judge(problem: Problem) -> Judgement:
    """What the exercise can tell apart, and what would help."""
    view = View(derive(problem, whole=True))
    if not view.plan.targets:
        return Judgement(problem.id)
    rules = (*course_entries(view).values(), *(m for m in CATALOGUE.values() if m.kind == "rule"))
    variants = [v for m in rules for v in m.variants(view)]
    if problem.symbols and Numbers(view, ()).alternatives.inputs is None:
        return Judgement(problem.id)  # no values of the symbols make sense in all of it
    numbers = _fitting(view, variants)
    if numbers is None:
        return Judgement(problem.id, too_large=True)
    return _Judge(numbers).judgement() if numbers.variants else Judgement(problem.id)


def _fitting(view: View, variants: list[Variant]) -> Numbers | None:
    """The runs, with rules that act at single steps left out where there is much to work out."""
    numbers = Numbers(view, variants)
    if _work(numbers) > _MUCH:
        numbers = Numbers(view, [v for v in variants if v.tied])
    return numbers if _work(numbers) <= _TOO_MUCH else None


def _work(numbers: Numbers) -> int:
    runs = numbers.alternatives
    rules = len({(step, id(rule)) for own in runs.compiled.rules for step, rule in own})
    return (numbers.horizon + 1) * (runs.size * runs.points * len(runs.variants) + _A_RULE * rules)


class _Judge:
    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.fine: float | None = None if numbers.formulas else 4.0
        self.asked = numbers.asked()
        self.others = numbers.others()
        self.ordinary = numbers.elsewhere()
        ids = [v.id for v in numbers.variants]
        self.ids = list(dict.fromkeys(ids))
        number = {identifier: i for i, identifier in enumerate(self.ids)}
        self.kinds = np.array([number[i] for i in ids], dtype=np.intp)
        behind = frozenset[str]().union(*numbers.behind)
        self.bears = np.array([not behind.isdisjoint(v.steps) for v in numbers.variants])

    def judgement(self) -> Judgement:
        """All that there is to say."""
        visible = shown(self.asked, self.fine)
        unseen = self._unseen(visible)
        twins, pairs = self._twins(visible)
        bearing = self._kinds_of(self.bears)
        kinks, flat = corners(self.numbers)
        return Judgement(
            self.numbers.view.problem.id,
            rules=len(bearing),
            elsewhere=len(self.ids) - len(bearing),
            unseen=unseen,
            coarse=self._coarse(visible),
            twins=twins,
            close=self._close(visible, len(twins)),
            chances=chances(self.numbers),
            kinks=kinks,
            flat=flat,
            extras=self._extras({u.id for u in unseen}, pairs),
        )

    def _kinds_of(self, which: Mask) -> set[int]:
        return set(self.kinds[which].tolist())

    def _unseen(self, visible: Mask) -> tuple[Unseen, ...]:
        """The rules that change no asked number here, but would with other numbers or further questions."""
        by_numbers = self._kinds_of(shown(self.ordinary[0], None) & self.bears)
        by_questions = self._kinds_of(shown(self.others, self.fine) & self.bears)
        by_both = self._kinds_of(shown(self.ordinary[1], None) & self.bears)
        hidden = sorted(self._kinds_of(self.bears) - self._kinds_of(visible & self.bears))
        out = []
        for kind in hidden:
            if kind in by_numbers:
                out.append(Unseen(self.ids[kind], "numbers"))
            elif kind in by_questions | by_both:
                out.append(Unseen(self.ids[kind], "questions"))
        return tuple(out)

    def _coarse(self, visible: Mask) -> tuple[str, ...]:
        if self.numbers.formulas:
            return ()
        roughly = self._kinds_of(shown(self.asked, 3.0) & self.bears)
        return tuple(self.ids[k] for k in sorted(self._kinds_of(visible & self.bears) - roughly))

    def _twins(self, visible: Mask) -> tuple[tuple[Twins, ...], Same]:
        """The pairs alike in what is asked here, but not in every exercise of this kind."""
        pairs = same_numbers(self.asked, self.fine, self.kinds, visible & self.bears)
        apart_by_numbers = ~pairs.still(self.ordinary[0], None)
        apart = apart_by_numbers | ~pairs.still(self.ordinary[1], None)
        found: dict[tuple[int, int], bool] = {}
        for at in np.flatnonzero(apart):
            one, two = sorted((int(self.kinds[pairs.first[at]]), int(self.kinds[pairs.second[at]])))
            found[one, two] = found.get((one, two), False) or bool(apart_by_numbers[at])
        twins = tuple(
            Twins(self.ids[a], self.ids[b], "numbers" if numbers else "questions")
            for (a, b), numbers in sorted(found.items())
        )
        return twins, pairs.chosen(apart)

    def _close(self, visible: Mask, exact: int) -> int:
        """How many more pairs are alike to three digits."""
        if self.numbers.formulas:
            return 0
        pairs = same_numbers(self.asked, 3.0, self.kinds, visible & self.bears)
        apart = ~(pairs.still(self.ordinary[0], None) & pairs.still(self.ordinary[1], None))
        return max(len(self._of_kinds(pairs.chosen(apart))) - exact, 0)

    def _of_kinds(self, pairs: Same) -> set[tuple[int, int]]:
        first, second = self.kinds[pairs.first], self.kinds[pairs.second]
        return set(zip(np.minimum(first, second).tolist(), np.maximum(first, second).tolist(), strict=True))

    def _extras(self, unseen: set[str], pairs: Same) -> tuple[Extra, ...]:
        """The further questions that tell most, one after the other."""
        hidden = {k for k, identifier in enumerate(self.ids) if identifier in unseen}
        tables = [self.others.only([q]) for q in range(len(self.numbers.steps))]
        shows = [self._kinds_of(shown(t, self.fine) & self.bears) for t in tables]
        parts = [~pairs.still(t, self.fine) for t in tables]
        left = np.ones(len(pairs.first), dtype=bool)
        out: list[Extra] = []
        while len(out) < _EXTRAS and tables:
            gains = [self._gain(s & hidden, p, left, pairs) for s, p in zip(shows, parts, strict=True)]
            best = max(range(len(gains)), key=lambda q: (*self._worth(q, gains[q]), -q))
            if not any(gains[best]):
                break
            node = self.numbers.steps[best]
            out.append(Extra(names.timed(node.name, node.time), *gains[best]))
            hidden, left = hidden - shows[best], left & ~parts[best]
        return tuple(out)

    def _worth(self, step: int, gain: tuple[int, int, int]) -> tuple[int, int, int]:
        """More is better; of two that tell as much, the one with fewer numbers to write."""
        rows, columns = self.numbers.view.shapes[self.numbers.steps[step].name]
        return gain[0] + gain[1], gain[2], -rows * columns

    def _gain(self, shows: set[int], parts: Mask, left: Mask, pairs: Same) -> tuple[int, int, int]:
        """Rules that it shows, and pairs left that it tells apart at all their places, or at some."""
        before, after = self._of_kinds(pairs.chosen(left)), self._of_kinds(pairs.chosen(left & ~parts))
        touched = self._of_kinds(pairs.chosen(left & parts))
        return len(shows), len(before - after), len(touched & after)
