"""Students with mistakes: a wrong value that stands alone, or one that is carried on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from grader.compare import judgement
from grader.compare.passes import Passes
from grader.engine.solve import evaluate_targets
from tests.simulation.classes import Exercise, accepted, digits_written
from tests.simulation.hand import Hand, Slope, Style, round_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tests.simulation.classes import Place
    from tests.simulation.hand import Texts
    from tests.simulation.networks import Network, Random

    Array = NDArray[np.float64]

SLOPES: tuple[Slope, ...] = ("z", "a")
WORKING = tuple(
    Style("sigfigs", d, slope=s, fused=f) for d, s, f in product((2, 3, 4), SLOPES, (False, True))
)
REL = 0.001


@dataclass
class Mistakes:
    """What became of students with mistakes.

    Args:
        students: how many.
        taken: wrong values that were accepted.
        chance: how many the windows explain.
        harmed: students who are charged more often than they made mistakes.
        others: how many right answers they gave.
        examples: what they were charged for.
    """

    students: int
    taken: int
    chance: float
    harmed: int
    others: int
    examples: list[str]

    @classmethod
    def none(cls) -> Mistakes:
        return cls(0, 0, 0.0, 0, 0, [])

    def add(self, hand: Hand, mistaken: Sequence[Place], codes: Mapping[Place, int], written: object) -> None:
        """Count one student; numbers of one digit are too short to be right, whatever happened before."""
        self.students += 1
        taken = sum(accepted(codes[place]) for place in mistaken)
        texts = {(q, i, j): hand.written[q][i][j] for q, i, j in codes}
        others = [p for p in codes if p not in mistaken and digits_written(texts[p]) >= 2]
        charged = [p for p in others if not accepted(codes[p])]
        self.taken += taken
        self.others += len(others)
        if len(charged) > taken:
            self.harmed += 1
            self.examples.append(f"{hand.style} {mistaken} {written}: {charged}")


def wrong_text(value: float, style: Style, random: Random) -> str:
    """A random value in place of another: between a third and three times it, either sign."""
    return round_text(value * random.uniform(0.3, 3) * random.choice([-1.0, 1.0]), style)


def places(hand: Hand, exercise: Exercise) -> list[Place]:
    """The numbers that were written with two digits or more."""
    return [
        (q, i, j)
        for q in exercise.asked
        for i, row in enumerate(hand.written.get(q, ()))
        for j, text in enumerate(row)
        if digits_written(text) >= 2
    ]


def put(texts: Texts, place: Place, text: str) -> Texts:
    """An answer with one element replaced."""
    rows = [list(row) for row in texts]
    rows[place[1]][place[2]] = text
    return tuple(tuple(row) for row in rows)


def written_alone(network: Network, random: Random, students: int) -> Mistakes:
    """One number written wrong, the right one used further on."""
    exercise = Exercise(network, network.draw(random), network.asked("everything"))
    found = Mistakes.none()
    hands = [exercise.solve(WORKING[s % len(WORKING)]) for s in range(students)]
    windows = _windows(exercise, hands)
    edits: list[tuple[Place, str]] = []
    papers = []
    for s, hand in enumerate(hands):
        candidates = places(hand, exercise)
        q, i, j = candidates[random.integers(len(candidates))]
        value = float(hand.written[q][i][j])
        text = wrong_text(value, hand.style, random)
        edits.append(((q, i, j), text))
        papers.append(exercise.answers({**hand.written, q: put(hand.written[q], (q, i, j), text)}))
        low, high = windows[q][0][i, j, s], windows[q][1][i, j, s]
        unit = 10.0 ** (np.floor(np.log10(abs(value))) + 1 - hand.style.digits)
        found.chance += min(1.0, (high - low + unit) / (5.4 * abs(value)))
    for hand, (place, text), codes in zip(hands, edits, exercise.grade(papers), strict=True):
        found.add(hand, [place], codes, text)
    return found


def _windows(exercise: Exercise, hands: Sequence[Hand]) -> dict[str, tuple[Array, Array]]:
    """The least and the greatest value that honest rounding or the tolerance allows, for every answer."""
    lanes: list[list[Array]] = []

    class Recording(Passes):
        def _found(self, trace: Any, formulas: Any, *, follow: bool) -> Any:
            lanes.append(evaluate_targets(self.plan, [a.target for a in self.asked], trace, bounds=True))
            return super()._found(trace, formulas, follow=follow)

    def everyone(self: Any, asked: Any, codes: Any) -> NDArray[np.bool_]:
        return np.ones(len(hands), dtype=bool)

    with (
        patch.object(judgement, "Passes", Recording),
        patch.object(judgement.Judgement, "_open", everyone),
    ):
        exercise.grade([exercise.answers(h.written) for h in hands])
    reference = exercise.grader.ready
    assert reference is not None
    out = {}
    for k, q in enumerate(reference.order):
        right = reference.lanes[k][0][..., 0]
        margin = REL * np.abs(right)
        shape = (*right.shape[:2], len(hands))
        low = np.min([np.broadcast_to(run[k][-2:][0][..., 0], shape) for run in lanes], axis=0)
        high = np.max([np.broadcast_to(run[k][-1][..., 0], shape) for run in lanes], axis=0)
        middle = [np.broadcast_to(run[k][0][..., 0], shape) for run in lanes]
        low = np.minimum(low, np.minimum(right, np.min(middle, axis=0)) - margin)
        high = np.maximum(high, np.maximum(right, np.max(middle, axis=0)) + margin)
        out[q] = (low, high)
    return out


def carried_on(
    network: Network, random: Random, students: int, *, share: float, also_alone: bool = False
) -> Mistakes:
    """One number wrong and used further on; a share of the other questions is asked.

    With ``also_alone`` another number is written wrong beside it, and the right one used.
    """
    everything = network.asked("everything")
    values = network.draw(random)
    found = Mistakes.none()
    first = Exercise(network, values, everything)
    place = _somewhere(first, random)
    chosen = tuple(q for q in everything if q == place[0] or random.uniform() < share)
    exercise = Exercise(network, values, chosen)
    hands, papers, mistaken = [], [], []
    texts: list[list[str]] = []
    for s in range(students):
        style = WORKING[s % len(WORKING)]
        right = exercise.solve(style)
        text = _clearly_wrong(float(right.written[place[0]][place[1]][place[2]]), style, random)
        wrong = right.values[place[0]].copy()
        wrong[place[1:]] = float(text)
        hand = exercise.solve(style, {place[0]: wrong})
        wrongs = [place]
        written = dict(hand.written)
        if also_alone:
            other = [p for p in places(hand, exercise) if p[0] != place[0]]
            if not other:
                continue
            q, i, j = other[random.integers(len(other))]
            written[q] = put(written[q], (q, i, j), _clearly_wrong(float(written[q][i][j]), style, random))
            wrongs.append((q, i, j))
        hands.append(hand)
        papers.append(exercise.answers(written))
        mistaken.append(wrongs)
        texts.append([written[q][i][j] for q, i, j in wrongs])
    for hand, wrongs, wrote, codes in zip(hands, mistaken, texts, exercise.grade(papers), strict=True):
        found.add(hand, wrongs, codes, wrote)
    return found


def _somewhere(exercise: Exercise, random: Random) -> Place:
    """A number that every student writes with two digits, of a step that others build upon."""
    common = [set(places(exercise.solve(style), exercise)) for style in WORKING]
    candidates = sorted(set.intersection(*common))
    return candidates[random.integers(len(candidates))]


def _clearly_wrong(value: float, style: Style, random: Random) -> str:
    """So far off that no rounding explains it, yet possible: no ReLU changes side, no chance is above 1."""
    factor = random.choice([random.uniform(0.4, 0.75), random.uniform(1.35, 2.5)])
    if abs(value) < 1 <= abs(value * factor):
        factor = 0.5
    return round_text(value * factor, style)
