"""Simulated classes: how many right answers are accepted, and what a single mistake costs.

The students work by hand, in numpy and decimal text, in ten networks with random two-decimal values. Numbers
of which a student's rounding leaves fewer than two digits are counted apart: nobody can tell that they are
right. An argument says how many times as many draws as usual are made.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict

import numpy as np

from tests.simulation.classes import Exercise, Tally, right_students
from tests.simulation.hand import styles
from tests.simulation.networks import NETWORKS, SETS
from tests.simulation.wrong import Mistakes, carried_on, written_alone

DRAWS = 2
STUDENTS = 48


def main() -> int:
    """Print both tables; fails when fewer than 99.9 % of right answers are accepted."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    start = time.perf_counter()
    lost = _right(DRAWS * times)
    print()
    _wrong(DRAWS * times)
    print(f"\n{time.perf_counter() - start:.0f} s")
    return int(lost > 0.001)


def _right(draws: int) -> float:
    random = np.random.default_rng(1)
    tallies: dict[str, Tally] = defaultdict(Tally.empty)
    for network in NETWORKS:
        for _ in range(draws):
            values = network.draw(random)
            for which in SETS:
                exercise = Exercise(network, values, network.asked(which))
                for style, hand, codes in right_students(exercise, styles()):
                    precision = style.row + (", products too" if style.parts else "")
                    for row in (network.name, which, precision, "all"):
                        tallies[row].add(exercise, style, hand, codes)
    print(f"{'right students':52}{'answers':>9}{'accepted':>11}   not accepted; of one digit or none")
    names = [n.name for n in NETWORKS]
    rest = sorted(tallies.keys() - {*names, *SETS, "all"})
    for row in (*names, *SETS, *rest, "all"):
        _print_tally(row, tallies[row])
    everyone = tallies["all"]
    return everyone.lost / everyone.total


def _print_tally(row: str, tally: Tally) -> None:
    accepted = 100 * (1 - tally.lost / tally.total)
    right = ("correct", "follow_through")
    lost = _counts(Counter({k: n for k, n in tally.enough.items() if k not in right}))
    print(f"{row:52}{tally.total:9}{accepted:10.3f}%   {lost or '-'}; {_counts(tally.short) or '-'}")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {verdict}" for verdict, n in counts.most_common())


def _wrong(draws: int) -> None:
    heads = f"{'students':>9}{'accepted':>9}{'chance':>8}{'charged too often':>19}"
    print(f"{'students with a mistake':58}{heads}")
    random = np.random.default_rng(2)
    _print_mistakes(
        "one random value, the right one used further on",
        [written_alone(n, random, STUDENTS) for n in NETWORKS for _ in range(draws)],
    )
    for alone in (False, True):
        for share, asked in ((1.0, "everything"), (0.5, "half"), (0.2, "a fifth")):
            row = f"one carried on{', another written wrong' if alone else ''}; asked: {asked}"
            found = [
                carried_on(n, random, STUDENTS, share=share, also_alone=alone)
                for n in NETWORKS
                for _ in range(draws)
            ]
            _print_mistakes(row, found)


def _print_mistakes(row: str, found: list[Mistakes]) -> None:
    students, taken, harmed = (sum(getattr(f, k) for f in found) for k in ("students", "taken", "harmed"))
    chance = sum(f.chance for f in found)
    shown = f"{chance:8.1f}" if chance else " " * 8
    print(f"{row:58}{students:9}{taken:9}{shown}{harmed:19}")


if __name__ == "__main__":
    sys.exit(main())
