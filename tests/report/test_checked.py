"""What `grade check` prints about a judged exercise."""

import pytest

from grader.diagnose.exercise import Chance, Corner, Extra, Judgement, Twins, Unseen
from grader.report.checked import judged, warned
from tests.report.golden_file import compare
from tests.report.samples import HOSTILE

FULL = Judgement(
    "q3",
    rules=47,
    elsewhere=12,
    unseen=(
        Unseen("dy.bce_drop", "numbers"),
        Unseen("upd.bias_kept", "questions"),
        Unseen("fwd.no_bias", "numbers"),
        Unseen("fwd.minus_bias", "numbers"),
        Unseen("db.times_b", "numbers"),
    ),
    coarse=("chain.new_weight",),
    twins=(
        Twins("act.none", "act.relu_for_sigmoid", "numbers"),
        Twins("dy.sign", "der.minus", "questions"),
        Twins("fwd.no_bias", "fwd.drop_term", "numbers"),
        Twins("fwd.no_bias", "fwd.x_for_a", "numbers"),
        Twins("fwd.x_for_a", "fwd.drop_term", "numbers"),
    ),
    close=2,
    chances=(Chance("dL/dw2", 0.051, 0.0055), Chance("a1", 0.0092, 0.0009), Chance("dL/dz1", 0.02, 0.002)),
    kinks=(Corner("relu(z1)[2]", 0.0),),
    flat=(Corner("sigmoid(z2)", 0.00041),),
    extras=(Extra("dL/dyhat", 0, 1), Extra("new(b1)", 1, 3, 2), Extra("z1", 0, 0, 1)),
)


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("verbose", [False, True])
def test_golden(width: int, verbose: bool) -> None:
    """The worst in a few lines, or all of it."""
    text = judged(FULL, width, verbose=verbose)
    assert max(map(len, text.splitlines())) <= width
    compare(f"checked-{'all-' if verbose else ''}{width}.txt", text)


def test_concise_is_short() -> None:
    """A few lines a problem, whatever there is to say."""
    many = FULL._replace(
        unseen=FULL.unseen * 30, twins=FULL.twins * 30, kinks=FULL.kinks * 30, flat=FULL.flat * 30
    )
    assert len(judged(many).splitlines()) <= 20


@pytest.mark.parametrize(
    ("judgement", "warnings"),
    [
        (Judgement("q"), 0),
        (
            Judgement(
                "q", rules=9, coarse=("a",), close=3, elsewhere=4, chances=(Chance("a", 0.0099, 0.001),)
            ),
            0,
        ),
        (Judgement("q", chances=(Chance("a", 0.011, 0.001),)), 1),
        (Judgement("q", too_large=True), 0),
        (FULL, 5),
    ],
)
def test_what_is_a_warning(judgement: Judgement, warnings: int) -> None:
    """One a kind; without one nothing is printed."""
    assert warned(judgement) == warnings
    assert (judged(judgement) == "") is (warnings == 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_made_harmless(text: str) -> None:
    """A problem or question may be called anything."""
    shown = judged(Judgement(text, chances=(Chance(text, 0.5, 0.5),)))
    assert all(line.isprintable() for line in shown.split("\n"))
