"""Made-up students with known mistakes: how often the diagnosis names them, and how often it is wrong.

Usage: simulate_wrong_students.py [ROUNDS [SEED [DIGITS ...]]]

A row a figure, a column a regime, and the targets behind.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.diagnose.measure import Tally, measure
from tests.diagnose.students import NETWORKS

REGIMES = ("everything", "gradients", "updates")
# Name, counted, of what, targets with everything asked and otherwise, at least or at most.
FIGURES = (
    ("right students marked wrong", "right marked wrong", "right", (0.1, 0.1), "<="),
    ("one rule: among those named", "single in set", "single", (99.0, 97.0), ">="),
    ("one rule: named first", "single first", "single", (97.0, 90.0), ">="),
    ("two rules: both named", "pair in set", "pair", (95.0, 75.0), ">="),
    ("slip: right family", "slip in set", "slip", (97.0, 90.0), ">="),
    ("random value given a name", "random named", "random", (2.5, 5.0), "<="),
    ("rule left out, misnamed", "left out misnamed", "left out", (5.0, 20.0), "<="),
    ("said with 0.9 or more: right", "sure and right", "sure", (90.0, 90.0), ">="),
)
AT_FOUR_DIGITS = {"random value given a name": (0.7, 1.5)}


def main(rounds: int, seed: int, digits: tuple[int, ...]) -> None:
    """Print a table for each number of digits, and which rules fail most."""
    for count in digits:
        tallies = [measure(regime, count, rounds=rounds, seed=seed) for regime in REGIMES]
        print(f"{count} digits, {len(NETWORKS)} networks, {rounds} rounds, seed {seed}")
        print(f"{'':32}" + "".join(f"{regime:>22}" for regime in REGIMES) + "   targets")
        for figure in FIGURES:
            print(_row(figure, tallies, count))
        failed: Counter[str] = sum((t.failures for t in tallies), Counter())
        print("failing most: " + ", ".join(f"{name} ({n})" for name, n in failed.most_common(8)))


def _row(figure: tuple[str, str, str, tuple[float, float], str], tallies: list[Tally], digits: int) -> str:
    name, part, whole, targets, sign = figure
    if digits >= 4:
        targets = AT_FOUR_DIGITS.get(name, targets)
    cells = [f"{t.share(part, whole):6.1f} % of {t.counts[whole]:>6}" for t in tallies]
    return f"{name:32}" + "".join(f"{cell:>22}" for cell in cells) + f"   {sign} {targets[0]} / {targets[1]}"


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]] + [3, 1][len(sys.argv) - 1 :]
    main(numbers[0], numbers[1], tuple(numbers[2:]) or (3, 4))
