"""A mistake is charged once: a wrong value passes no more often than rounding explains, and harms no other.

Small classes; `tests/benchmarks/simulate_right_students.py` measures large ones and prints them.
"""

import numpy as np
import pytest

from tests.simulation.networks import NETWORKS, Network
from tests.simulation.wrong import Mistakes, carried_on, written_alone

STUDENTS = 36


def test_random_values_are_accepted_no_more_often_than_rounding_explains() -> None:
    """In a right student's answers one number is replaced: only that is charged, unless by chance it fits."""
    random = np.random.default_rng(4)
    classes = [written_alone(network, random, 2 * STUDENTS) for network in NETWORKS]
    taken, chance = sum(c.taken for c in classes), sum(c.chance for c in classes)

    assert sum(c.students for c in classes) == 2 * STUDENTS * len(NETWORKS)
    assert taken <= chance + 3 * chance**0.5
    assert chance < 0.03 * 2 * STUDENTS * len(NETWORKS), "the windows are narrow enough to mean something"
    assert [c.examples for c in classes if c.harmed] == []


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2], ids=["all asked", "half asked", "few asked"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_a_mistake_that_is_carried_on_is_charged_once(network: Network, share: float) -> None:
    """A wrong number used further on costs its own marks, at any distance, whatever else is asked."""
    random = np.random.default_rng(11)
    found = carried_on(network, random, STUDENTS, share=share)

    assert found.students == STUDENTS
    assert found.examples == []


def test_two_mistakes_are_charged_twice() -> None:
    """Beside a mistake that is carried on, another number is written wrong while the right one is used."""
    random = np.random.default_rng(5)
    found: list[Mistakes] = [
        carried_on(network, random, STUDENTS, share=share, also_alone=True)
        for network in NETWORKS
        for share in (1.0, 0.5)
    ]
    students, harmed = sum(c.students for c in found), sum(c.harmed for c in found)

    # Where the second wrong number is by chance what the first would have given, no run tells them apart.
    assert harmed <= 0.005 * students, [c.examples for c in found if c.harmed]
