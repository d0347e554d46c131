"""Judged from the student's own values: follow-through, releases, and what his rounding is taken to be."""

import numpy as np
import pytest

from grader.compare.outputs import slopes_from_outputs
from grader.compare.pins import Asked, own_rounding
from grader.engine.steps import Target
from grader.language.parse import parse
from grader.language.render import render
from grader.spec.model import Tolerance
from tests.compare.classroom import grader, verdicts, written

CHAIN = """
given: {x: 0.37, w1: 0.83, b1: -0.41, w2: 1.7, b2: 0.29, y: 0.25, eta: 0.5}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, L = 0.5*(z2 - y)^2]
train: {minimize: L, learning_rate: eta, parameters: [w1, b1, w2, b2]}
questions: [z1, a1, z2, L, dL/dz2, dL/dw2, dL/da1, dL/dz1, dL/dw1, new(w1)]
"""
RIGHT = {
    "z1": "-0.1029",
    "a1": "0.4743",
    "z2": "1.0963",
    "L": "0.3581",
    "dL/dz2": "0.8463",
    "dL/dw2": "0.4014",
    "dL/da1": "1.4387",
    "dL/dz1": "0.3587",
    "dL/dw1": "0.1327",
    "new(w1)": "0.7636",
}


def charged(found: dict[str, str]) -> list[str]:
    return [q for q, verdict in found.items() if verdict not in ("correct", "follow_through")]


def test_right_values_are_right() -> None:
    """The answers on which the other tests build."""
    assert set(verdicts(CHAIN, RIGHT).values()) == {"correct"}


@pytest.mark.parametrize("question", RIGHT)
def test_a_value_written_wrong_but_used_right_harms_nothing_after_it(question: str) -> None:
    """Only the number itself is wrong."""
    for wrong in ("0.6183", "-2.7183"):
        assert charged(verdicts(CHAIN, {**RIGHT, question: wrong})) == [question]


@pytest.mark.parametrize(
    "between", [(), ("z2",), ("z2", "L", "dL/dz2"), ("z2", "L", "dL/dz2", "dL/dw2", "dL/da1", "dL/dz1")]
)
def test_a_mistake_carried_on_is_charged_once_at_any_distance(between: tuple[str, ...]) -> None:
    """a1 taken as 0.5743; the steps in between need not be answered."""
    carried = {
        "z1": "-0.1029",
        "a1": "0.5743",
        "z2": "1.2663",
        "L": "0.5164",
        "dL/dz2": "1.0163",
        "dL/dw2": "0.5837",
        "dL/da1": "1.7277",
        "dL/dz1": "0.4224",
        "dL/dw1": "0.1563",
        "new(w1)": "0.7519",
    }
    answers = {q: v for q, v in carried.items() if q not in between}
    found = verdicts(CHAIN, answers)

    assert charged(found) == ["a1"]
    assert found["new(w1)"] == "follow_through"


def test_the_slope_may_come_from_z_or_from_the_activation() -> None:
    """After a wrong activation both a*(1 - a) and sigmoid'(z) are right."""
    own = {"z1": "-0.1029", "a1": "0.5743", "dL/da1": "1.4387"}

    for slope in ("0.3517", "0.3587"):
        assert charged(verdicts(CHAIN, {**own, "dL/dz1": slope})) == ["a1"]


def test_parts_of_rules_that_are_steps_are_taken_from_there() -> None:
    """sqrt(1 + p^2) in a derivative is the s that was computed before, products and softmax likewise."""
    plan = grader(
        "given: {a: 1, b: 2}\nequations: [p = a*b, s = sqrt(1 + p^2), q = sin(a)*exp(b), L = s + q]\n"
        "questions: [dL/dp, dL/db]"
    ).plan
    rules = {step: render(rule) for step, rule in slopes_from_outputs(plan).items()}
    assert "s" in rules["dL/dp"]
    assert "sqrt" not in rules["dL/dp"]
    assert "q" in rules["dL/db"]
    assert "exp" not in rules["dL/db"]
    softmax = grader('given: {z: [1, 2]}\nequations: [p = softmax(z), "L = p[1]"]\nquestions: [dL/dz]').plan
    assert "softmax" not in render(slopes_from_outputs(softmax)["dL/dz"])


def test_nothing_follows_from_a_zero() -> None:
    """Where a mistake made the rest trivial, zeros show nothing."""
    found = verdicts(CHAIN, {**RIGHT, "dL/dz2": "0", "dL/dw2": "0", "dL/da1": "0", "dL/dz1": "0"})

    assert {found[q] for q in ("dL/dz2", "dL/dw2", "dL/da1", "dL/dz1")} == {"wrong"}


def test_one_released_and_one_carried_on() -> None:
    """z1 is written wrong though the right one was used; from dL/dz2 on another mistake is carried."""
    own = {
        **RIGHT,
        "z1": "0.1029",
        "dL/dz2": "0.6463",
        "dL/dw2": "0.3065",
        "dL/da1": "1.0987",
        "dL/dz1": "0.2739",
    }
    own |= {"dL/dw1": "0.1014", "new(w1)": "0.7793"}

    assert charged(verdicts(CHAIN, own)) == ["z1", "dL/dz2"]


@pytest.mark.parametrize(
    ("texts", "digits", "places"),
    [
        (["0.123", "1.23", "0.0123", "12.3"], 3, 0),
        (["0.12", "1.23", "12.34", "0.01", "3.20"], np.inf, 0.005),
        # Both agree: he may do either.
        (["0.123", "0.456", "0.789"], 3, 0.0005),
        # Zeros at the end left out.
        (["0.123", "0.45", "0.789", "0.5", "0.321", "0.999"], 3, 0.0005),
        (["0.1234", "1.2", "0.0123", "0.00123", "1.23"], 3, 0),
        # Fractions and whole numbers say nothing.
        (["1/3", "2", "7"], np.inf, 0),
        # Nobody is taken to keep less than two digits.
        (["0.1", "0.02", "0.3", "4.0e1"], 2, 0),
    ],
)
def test_a_students_precision_is_read_off_what_he_wrote(
    texts: list[str], digits: float, places: float
) -> None:
    """Significant digits, decimals, or either."""
    target = Target(parse("1"), (1, 1), None, None, None, ())
    found = own_rounding([Asked(target, written(text), Tolerance(rel=1e-3)) for text in texts], 1)

    assert found.digits.tolist() == [digits]
    assert found.places.tolist() == [pytest.approx(places)]


@pytest.mark.parametrize(
    ("rule", "answer", "verdict"),
    [
        # Each product is rounded: 0.3071 is 0.31, 0.5829 is 0.58, together 0.89.
        ("0.37*a + 0.67*b", "0.89", "correct"),
        ("0.37*a + 0.67*b", "0.91", "wrong"),
        # A number is no longer rounded where all its parts end at that place.
        ("a - 0.2*b", "0.66", "correct"),
        ("a - 0.2*b", "0.65", "cut off"),
        # 1 - 0.9^2 is one number, 0.19.
        ("a/(1 - 0.9^2)", "4.4", "correct"),
    ],
)
def test_what_is_rounded_on_the_way(rule: str, answer: str, verdict: str) -> None:
    """Products count, however the sum is taken; no more than that."""
    problem = (
        f"given: {{a: 0.83, b: 0.87}}\nequations: [c = {rule}, d = 2*c, e = 0.3*d]\nquestions: [c, d, e]"
    )

    assert verdicts(problem, {"c": answer})["c"] == verdict
