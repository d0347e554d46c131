"""Whoever does everything right gets everything right, however he rounds on the way.

A small class; `tests/benchmarks/simulate_right_students.py` measures large ones and prints them.
"""

import numpy as np
import pytest

from tests.simulation.classes import Exercise, Tally, right_students
from tests.simulation.hand import styles
from tests.simulation.networks import NETWORKS, SETS, Network


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_right_answers_are_accepted(network: Network) -> None:
    """Asked for everything or for some of it, with gaps or without, 99.9 % of right answers are accepted.

    A number with two digits is never called imprecise, and a rounded one never cut off.
    """
    random = np.random.default_rng(20)
    values = network.draw(random)
    tally = Tally.empty()
    for which in SETS:
        exercise = Exercise(network, values, network.asked(which))
        for style, hand, codes in right_students(exercise, styles()):
            tally.add(exercise, style, hand, codes)
    exercise = Exercise(network, values, network.asked("everything"))
    for style, hand, codes in right_students(exercise, styles(), random):
        tally.add(exercise, style, hand, codes)

    assert tally.total > 5_000
    assert tally.lost <= 0.001 * tally.total, [b[1:] for b in tally.bad[:5]]
    assert tally.enough["imprecise"] == 0
    assert tally.enough["cut off"] == 0
