"""The promises of the diagnosis, measured on a small seeded simulation; ``make bench`` runs the full one.

The bounds leave room for the small sample; the full figures are the ones to quote.
"""

from __future__ import annotations

import pytest

from tests.diagnose.measure import Tally, measure
from tests.diagnose.students import NETWORKS

SOME = tuple(n for n in NETWORKS if n.name in {"221-sigmoid-bce", "softmax3", "l2", "graph", "momentum"})


@pytest.fixture(scope="module", params=["everything", "gradients", "updates"])
def tally(request: pytest.FixtureRequest) -> Tally:
    return measure(request.param, 3, rounds=1, networks=SOME, what=("right", "singles", "noise", "slips"))


def test_no_right_student_is_marked_wrong(tally: Tally) -> None:
    assert tally.counts["right marked wrong"] == 0


def test_the_planted_rule_is_among_those_named(tally: Tally) -> None:
    assert tally.counts["single"] > 100
    assert tally.share("single in set", "single") >= 96, tally.failures


def test_the_planted_rule_is_named_first(tally: Tally) -> None:
    assert tally.share("single first", "single") >= 90, tally.failures


def test_a_slip_is_named_by_its_family(tally: Tally) -> None:
    assert tally.counts["slip"] > 50
    assert tally.share("slip in set", "slip") >= 88, tally.failures


def test_chance_is_rarely_given_a_name(tally: Tally) -> None:
    assert tally.counts["random"] > 100
    assert tally.share("random named", "random") <= 6, tally.failures


def test_what_is_said_with_confidence_is_so(tally: Tally) -> None:
    assert tally.share("sure and right", "sure") >= 85


def test_two_rules_at_once_are_both_named() -> None:
    tally = measure("everything", 4, rounds=1, networks=SOME[:2], what=("pairs",))
    assert tally.counts["pair"] >= 10
    assert tally.share("pair in set", "pair") >= 85, tally.failures


def test_a_rule_that_nobody_knows_is_rarely_named_as_another() -> None:
    tally = measure("everything", 4, rounds=1, networks=SOME[:2], what=("left_out",))
    assert tally.counts["left out"] >= 5
    assert tally.share("left out misnamed", "left out") <= 20, tally.failures
