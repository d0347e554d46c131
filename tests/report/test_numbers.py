"""How numbers are printed."""

import math

import pytest

from grader.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (5.0, "5"),
        (2 / 3, "0.666667"),
        (0.0, "0"),
        (-0.0, "0"),
        (10.0, "10"),
        (1e-9, "0"),
        (-1e-9, "0"),
    ],
)
def test_score(value: float, text: str) -> None:
    """Six decimals at most, and no trailing zeros."""
    assert numbers.score(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (-0.0, "0.0"),
        (1 / 3, "0.333333333333333"),
        (1e300, "1e+300"),
        (math.nan, "null"),
        (-math.inf, "null"),
    ],
)
def test_json_value(value: float, text: str) -> None:
    """Fifteen digits, and never a number that JSON does not have."""
    assert numbers.json_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(100.0, "100 %"), (99.99, "99.9 %"), (87.5, "87.5 %"), (0.0, "0 %"), (66.666, "66.7 %")],
)
def test_percent(value: float, text: str) -> None:
    """100 % is said only where nothing is missing."""
    assert numbers.percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.0, "1 point"), (0.0, "0 points"), (2.5, "2.5 points")])
def test_points(value: float, text: str) -> None:
    """The unit follows the number."""
    assert numbers.points(value) == text
