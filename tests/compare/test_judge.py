"""When a written number agrees with its prediction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.compare.judge import Written, judge
from grader.spec.model import Tolerance
from tests.compare.classroom import JUDGED, lanes, says, written


def exactly(
    abs: float | None = None,  # noqa: A002 - the tolerance's own word
    rel: float | None = None,
    decimals: int | None = None,
    sigfigs: int | None = None,
) -> Tolerance:
    """A tolerance without rounding as written."""
    return Tolerance(abs=abs, rel=rel, decimals=decimals, sigfigs=sigfigs, rounding=False)


@pytest.mark.parametrize(
    ("text", "value", "tolerance", "verdict"),
    [
        ("0.501", 0.5, exactly(abs=0.001), "ok"),
        ("0.499", 0.5, exactly(abs=0.001), "ok"),
        ("0.5011", 0.5, exactly(abs=0.001), "no"),
        ("2.002", 2.0, exactly(rel=0.001), "ok"),
        ("-2.002", -2.0, exactly(rel=0.001), "ok"),
        ("2.0021", 2.0, exactly(rel=0.001), "no"),
        ("0.3", 0.1 + 0.2, exactly(abs=0.0), "ok"),
        # A tenth as a limit is no tenth in binary.
        ("1.1", 1.0, exactly(abs=0.1), "ok"),
        ("0.8", 0.7, exactly(abs=0.1), "ok"),
        ("0.1235", 0.123, exactly(decimals=3), "ok"),
        ("0.1236", 0.123, exactly(decimals=3), "no"),
        ("123.5", 123.0, exactly(sigfigs=3), "ok"),
        ("123.6", 123.0, exactly(sigfigs=3), "no"),
        ("0.0012350", 0.00123, exactly(sigfigs=3), "ok"),
        # Together the widest wins.
        ("0.51", 0.5, exactly(abs=0.01, rel=0.001), "ok"),
        ("100.1", 100.0, exactly(abs=0.01, rel=0.001), "ok"),
        ("0.52", 0.5, exactly(abs=0.01, decimals=1), "ok"),
    ],
)
def test_a_boundary_belongs_to_its_tolerance(
    text: str, value: float, tolerance: Tolerance, verdict: str
) -> None:
    """Each kind of tolerance reaches exactly as far as it says, binary noise forgiven."""
    assert says(text, value, tolerance) == verdict


@pytest.mark.parametrize(
    ("text", "tolerance", "verdict"),
    [
        ("0.5498", Tolerance(decimals=3), "ok"),
        ("0.549834", Tolerance(decimals=3), "ok"),
        ("0.550", Tolerance(decimals=3), "ok"),
        ("0.55", Tolerance(decimals=3), "imprecise"),
        ("0.5", Tolerance(decimals=3), "imprecise"),
        ("0.54", Tolerance(decimals=3), "no"),
        ("0.550", Tolerance(sigfigs=3), "ok"),
        ("0.55", Tolerance(sigfigs=3), "imprecise"),
        ("0.6", Tolerance(sigfigs=3), "no"),
        ("0.55", Tolerance(sigfigs=2), "ok"),
        ("0.55", Tolerance(abs=0.001, decimals=3), "ok"),
    ],
)
def test_more_digits_are_fine_and_fewer_are_imprecise(text: str, tolerance: Tolerance, verdict: str) -> None:
    """Of sigmoid(0.2) = 0.549834 as many digits are wanted as the tolerance says."""
    assert says(text, 0.549833997, tolerance) == verdict


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        ("0.55", 0.549834, "ok"),
        ("0.5498", 0.549834, "ok"),
        ("0.54", 0.549834, "cut off"),
        ("-0.54", -0.549834, "cut off"),
        ("0.56", 0.549834, "no"),
        ("-0.55", 0.549834, "no"),
        # A whole unit less is not cut off.
        ("11", 12.0, "no"),
        ("0.54", 0.55, "no"),
        # Ties may be rounded either way.
        ("0.12", 0.125, "ok"),
        ("0.13", 0.125, "ok"),
        ("-0.12", -0.125, "ok"),
        ("-0.13", -0.125, "ok"),
        ("0.12", 0.1251, "cut off"),
        ("0.14", 0.125, "no"),
        ("1.2e2", 123.0, "ok"),
        ("1.2e-7", 1.23e-7, "ok"),
        ("55%", 0.549834, "ok"),
    ],
)
def test_rounding_as_written(text: str, value: float, verdict: str) -> None:
    """A value rounded to the places written is right beside any tolerance; cut off instead is told apart."""
    assert says(text, value) == verdict


@pytest.mark.parametrize(
    ("text", "value", "tolerance", "verdict"),
    [
        ("0.5", 0.549834, Tolerance(rel=1e-3), "imprecise"),
        ("0.6", 0.55, Tolerance(rel=1e-3), "imprecise"),
        ("0.5", 0.5, Tolerance(rel=1e-3), "ok"),
        ("0.55", 0.549834, Tolerance(rel=1e-4, min_sigfigs=3), "imprecise"),
        ("0.550", 0.549834, Tolerance(rel=1e-4, min_sigfigs=3), "ok"),
        ("0.5", 0.549834, Tolerance(rel=1e-3, min_sigfigs=1), "ok"),
        ("0.55", 0.549834, Tolerance(rel=1e-4, rounding=False), "imprecise"),
        ("0.5498", 0.549834, Tolerance(rel=1e-4, rounding=False), "ok"),
        ("0.2", 0.2, Tolerance(rel=1e-4, min_sigfigs=3), "ok"),
    ],
)
def test_digits_that_are_wanted(text: str, value: float, tolerance: Tolerance, verdict: str) -> None:
    """Rounding needs ``min_sigfigs`` digits where the value has them, and can be switched off."""
    assert says(text, value, tolerance) == verdict


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        ("0", 0.0, "ok"),
        ("0.00", 0.0, "ok"),
        ("-0", 0.0, "ok"),
        ("0", -0.0, "ok"),
        ("-0.000", -0.0, "ok"),
        ("0.1", 0.0, "no"),
        ("0.00", 0.0031, "no"),
        ("0", 0.3, "no"),
        ("1", 0.55, "no"),
        ("1e-300", 1e-300, "ok"),
        ("2e-300", 1e-300, "no"),
        ("5e-324", 5e-324, "ok"),
        ("1e308", 1e308, "ok"),
        ("1.0e308", 1.01e308, "ok"),
        ("-1e308", 1e308, "no"),
        ("1e308", 0.55, "no"),
        ("0.55", 1e308, "no"),
        ("1/3", 1 / 3, "ok"),
        ("-2/3", -2 / 3, "ok"),
        ("1/3", 0.3337, "no"),
        ("33%", 1 / 3, "ok"),
        ("12.5%", 0.125, "ok"),
    ],
)
def test_zero_and_very_small_and_very_large_numbers(text: str, value: float, verdict: str) -> None:
    """No size of a number confuses the judge."""
    assert says(text, value) == verdict


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nothing_agrees_with_a_prediction_that_is_no_number(value: float) -> None:
    """NaN and infinity are nobody's answer."""
    assert says("0.5", value) == "no"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("0.50", "ok"), ("0.48", "ok"), ("0.52", "ok"), ("0.4786", "ok"), ("0.47", "cut off"), ("0.53", "no")],
)
def test_bounds_widen_what_is_right(text: str, verdict: str) -> None:
    """What honest rounding on the way allows is added to the rounding of the answer itself."""
    assert says(text, 0.5, Tolerance(rel=1e-3), 0.479, 0.521) == verdict


def test_bounds_that_say_nothing_allow_nothing() -> None:
    """Where no bound is known the value alone counts."""
    assert says("0.50", 0.5, Tolerance(rel=1e-3), np.nan, np.inf) == "ok"
    assert says("0.60", 0.5, Tolerance(rel=1e-3), np.nan, np.inf) == "no"


def test_elements_are_judged_one_by_one_never_by_a_norm() -> None:
    """A large element hides no small one."""
    values = np.array([1000.0, 0.5]).reshape(1, 2, 1, 1, 1)
    found = judge(values, _column([1000.0, 0.51]), Tolerance(rel=1e-3))

    assert [JUDGED[int(c)] for c in found.reshape(-1)] == ["ok", "no"]


def test_a_formula_has_to_agree_at_every_point() -> None:
    """One point of many is enough to be wrong."""
    points = np.linspace(0.1, 1.0, 24).reshape(1, 1, 1, 24)
    agrees = Written(points, points * 0, np.full_like(points, 99), np.full_like(points, 99), points > 0)
    off = points.copy()
    off[..., 17] *= 1.01
    differs = Written(off, points * 0, agrees.decimals, agrees.sigfigs, agrees.present)

    assert judge(points[None], agrees, Tolerance(rel=1e-3)).item() == 3
    assert judge(points[None], differs, Tolerance(rel=1e-3)).item() == 0


def test_a_class_is_judged_at_once() -> None:
    """Each student by his own number."""
    found = judge(lanes(0.549834), written("0.55", "0.5", "0.54", "0.7"), Tolerance(rel=1e-3))

    assert [JUDGED[int(c)] for c in found.reshape(-1)] == ["ok", "imprecise", "cut off", "no"]


@given(
    st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6),
    st.integers(2, 8),
)
def test_correct_rounding_is_always_right(value: float, digits: int) -> None:
    """Any number rounded to two digits or more is accepted, whatever the tolerance."""
    text = f"{value:.{digits - 1}e}"

    assert says(text, value, Tolerance(abs=0.0)) == "ok"


@given(st.floats(0.01, 100.0), st.integers(2, 6), st.floats(0.6, 50.0), st.booleans())
def test_half_a_unit_too_far_is_never_right(value: float, digits: int, units: float, up: bool) -> None:
    """A number more than half a unit away from the value, its own rounding undone, is not accepted."""
    unit = 10.0 ** (np.floor(np.log10(value)) + 1 - digits)
    off = value + units * unit * (1 if up else -1)
    text = f"{off:.{max(0, -int(np.log10(unit) - 0.5))}f}"
    number = float(text)
    if abs(number - value) > 0.501 * 10.0 ** -len(text.partition(".")[2]) and number > 0:
        assert says(text, value, Tolerance(abs=0.0)) != "ok"


def _column(numbers: list[float]) -> Written:
    value = np.array(numbers).reshape(-1, 1, 1, 1)
    return Written(value, value * 0, value * 0 + 99, value * 0 + 99, np.ones_like(value, dtype=bool))
