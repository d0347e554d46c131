"""Numbers as people write them: value, precision, and why something is no number."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.numerals import (
    EXACT_SIGFIGS,
    Numeral,
    explain_number,
    parse_list,
    parse_number,
    parse_yes_no,
)

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "value", "half_ulp", "decimals", "sigfigs"),
    [
        ("0.20", 0.2, 0.005, 2, 2),
        ("-0.2180", -0.218, 0.00005, 4, 4),
        ("2", 2.0, 0.5, 0, 1),
        ("100", 100.0, 0.5, 0, 3),
        ("010", 10.0, 0.5, 0, 2),
        ("0", 0.0, 0.5, 0, 0),
        ("0.00", 0.0, 0.005, 2, 0),
        ("0.010", 0.01, 0.0005, 3, 2),
        ("10.50", 10.5, 0.005, 2, 4),
        (".5", 0.5, 0.05, 1, 1),
        ("-.5", -0.5, 0.05, 1, 1),
        ("5.", 5.0, 0.5, 0, 1),
        ("+0.5", 0.5, 0.05, 1, 1),
        ("- 0.5", -0.5, 0.05, 1, 1),
        ("−0.5", -0.5, 0.05, 1, 1),
        ("–0.5", -0.5, 0.05, 1, 1),
        ("  0.5 ", 0.5, 0.05, 1, 1),
        ("≈ 0.88", 0.88, 0.005, 2, 2),
        ("~0.88", 0.88, 0.005, 2, 2),
        ("= 0.88", 0.88, 0.005, 2, 2),
        ("= −0.88", -0.88, 0.005, 2, 2),
        ("3.2e-4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2E−4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2e2", 320.0, 5.0, -1, 2),
        ("3e2", 300.0, 50.0, -2, 1),
        ("3.2 x 10^-4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2×10^-4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2 × 10^−4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2*10^(-4)", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2 * 10**-4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2 · 10^-4", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2 x 10^{-4}", 3.2e-4, 0.05e-4, 5, 2),
        ("3.2 × 10⁻⁴", 3.2e-4, 0.05e-4, 5, 2),
        ("50%", 0.5, 0.005, 2, 2),
        ("-12.5 %", -0.125, 0.0005, 3, 3),
    ],
)
def test_the_precision_is_the_one_written(
    text: str, value: float, half_ulp: float, decimals: int, sigfigs: int
) -> None:
    assert parse_number(text) == Numeral(value, half_ulp, decimals, sigfigs, exact=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2/3", 2 / 3), ("-2/3", -2 / 3), ("−1 / 8", -0.125), ("= 10/4", 2.5), ("1⁄2", 0.5), ("0/7", 0.0)],
)
def test_a_fraction_is_exact(text: str, value: float) -> None:
    assert parse_number(text) == Numeral(value, 0.0, None, EXACT_SIGFIGS, exact=True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "nothing is written"),
        ("nan", "`nan` is not a number"),
        ("-inf", "`-inf` is infinite; expected a finite number"),
        ("Infinity", "`Infinity` is infinite; expected a finite number"),
        ("1e400", "`1e400` is too large"),
        ("-2 x 10^999", "`-2 x 10^999` is too large"),
        ("1e99999999", "`1e99999999` is too large"),
        ("1e-99999999", "`1e-99999999` is too small"),
        ("1/0", "`1/0` divides by zero"),
        ("1_000", "`1_000` has an underscore in it; write the digits alone"),
        ("1,2,3", "`1,2,3` has several commas; write one number, without thousands separators"),
        ("1.2.3", "`1.2.3` has two points"),
        ("0.3O5", "`0.3O5` has a letter for a digit"),
        ("٣", "`٣` has digits other than 0 to 9"),
        ("0.٣", "`0.٣` has digits other than 0 to 9"),
        ("x²", "`x²` has digits other than 0 to 9"),
        ("1 2", "`1 2` is not a number"),
        ("1:30", "`1:30` is not a number"),
        ("yes", "`yes` is not a number"),
        ("0x10", "`0x10` is not a number"),
        ("--5", "`--5` is not a number"),
        (".", "`.` is not a number"),
        ("-", "`-` is not a number"),
        ("2 + 3", "`2 + 3` is not a number"),
        ("1.5/2", "`1.5/2` is not a number"),
        ("1e5.5", "`1e5.5` is not a number"),
        ("1" * 201, "`111111111111111111111111111111111111111…` is longer than 200 characters"),
        ("0.5\ufeff", "`0.5\ufeff` is not a number"),
    ],
)
def test_what_is_no_number_says_why(text: str, complaint: str) -> None:
    assert parse_number(text) is None
    assert explain_number(text) == complaint


@pytest.mark.parametrize("text", ["1" * 200, f"0.{'1' * 198}"])
def test_two_hundred_characters_are_read(text: str) -> None:
    found = parse_number(text)
    assert found is not None
    assert found.value == float(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,5", 1.5), ("1.5", 1.5), ("-,5", -0.5), ("1,234", 1.234), ("≈ 1,5 x 10^-3", 0.0015)],
)
def test_a_decimal_comma_where_it_is_allowed(text: str, value: float) -> None:
    found = parse_number(text, decimal_comma=True)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("text", ["1,234,5", "1,", "1,x", "1.23,5", "0.234,5", "1,2,3", "12,34,567"])
def test_thousands_are_never_guessed(text: str) -> None:
    assert parse_number(text, decimal_comma=True) is None
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1,234,567", "1234567"),
        ("12,345.67", "12345.67"),
        ("-1,234.0", "-1234.0"),
        ("≈ 1,234.50 x 10^-3", "1234.50 x 10^-3"),
        ("1,234,567.8%", "1234567.8%"),
        ("12,34,567.89", "1234567.89"),
    ],
)
@pytest.mark.parametrize("comma", [False, True])
def test_commas_that_can_only_stand_between_thousands_are_read(text: str, plain: str, comma: bool) -> None:
    assert parse_number(text, decimal_comma=comma) == parse_number(plain) is not None


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1.234,5", "1234.5"), ("1.234.567", "1234567"), ("-1.234.567,80", "-1234567.80")],
)
def test_points_between_thousands_are_read_where_commas_are_decimal(text: str, plain: str) -> None:
    assert parse_number(text, decimal_comma=True) == parse_number(plain) is not None
    assert parse_number(text) is None


ALLOW = "(an instructor may allow it with `decimal_comma: true`)"
SETTLE = "(an instructor may settle it: with `decimal_comma: true` it is"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0,399", f"has a decimal comma; write `0.399` {ALLOW}"),
        ("= −,5", f"has a decimal comma; write `−0.5` {ALLOW}"),
        ("1,5%", f"has a decimal comma; write `1.5%` {ALLOW}"),
        ("1234,567", f"has a decimal comma; write `1234.567` {ALLOW}"),
        ("1.234,5", f"has a decimal comma; write `1234.5` {ALLOW}"),
        ("5,0e-1", f"has a decimal comma; write `5.0e-1` {ALLOW}"),
        ("1,5 x 10^3", f"has a decimal comma; write `1.5 x 10^3` {ALLOW}"),
        ("1.234.567", f"has points between its digits; write `1234567` {ALLOW}"),
        ("3,145", f"can be 3145 or 3.145; write `3145` or `3.145` {SETTLE} 3.145)"),
        ("≈ -12,300", f"can be -12300 or -12.300; write `-12300` or `-12.300` {SETTLE} -12.300)"),
    ],
)
def test_a_decimal_comma_is_named_with_the_way_out(text: str, complaint: str) -> None:
    assert parse_number(text) is None
    assert explain_number(text) == f"`{text}` {complaint}"


def test_a_comma_counts_places_like_a_point() -> None:
    assert parse_number("0,20", decimal_comma=True) == parse_number("0.20")


@given(FLOATS)
def test_every_float_reads_back(value: float) -> None:
    found = parse_number(repr(value))
    assert found is not None
    assert found.value == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_precision_agrees_with_decimal(number: Decimal) -> None:
    found = parse_number(f"{number:f}")
    assert found is not None
    assert (found.value, found.decimals, found.half_ulp) == (float(number), 6, 5e-7)
    assert found.sigfigs == (len(number.as_tuple().digits) if number else 0)


@given(st.from_regex(r"[-+]?[0-9]{0,30}\.?[0-9]{0,30}", fullmatch=True))
def test_the_quick_way_and_the_general_way_agree(text: str) -> None:
    # A leading sign of equality sends the same digits the general way.
    assert parse_number(text) == parse_number(f"={text}")


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**40))
def test_a_fraction_is_correctly_rounded(over: int, under: int) -> None:
    found = parse_number(f"{over}/{under}")
    assert found is not None
    assert found.value == float(Fraction(over, under))


@given(st.text() | st.text(alphabet="0123456789.,+-−eExX*^()/% ≈=_⁻⁴٣[]"), st.booleans())
def test_any_text_is_read_or_explained(text: str, comma: bool) -> None:
    found = parse_number(text, decimal_comma=comma)
    assert explain_number(text, decimal_comma=comma)
    assert parse_yes_no(text) in {True, False, None}
    parse_list(text, decimal_comma=comma)
    if found is not None:
        assert math.isfinite(found.value)
        assert found.half_ulp >= 0
        assert found.sigfigs >= 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yes", True),
        ("Yes ", True),
        ("TRUE", True),
        ("y", True),
        ("no", False),
        ("False", False),
        ("n", False),
        ("No.", False),
        ("no, because q has no k", False),
        ("yes - it stands in z", True),
    ]
    + [(text, None) for text in ("ja", "nein", "", "1", "0", "yes no", "maybe", "not at all", "well, yes")],
)
def test_yes_and_no(text: str, said: bool | None) -> None:
    assert parse_yes_no(text) is said


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[0.1, 0.2]", ("0.1", "0.2")),
        (" [ −0.1 ] ", ("−0.1",)),
        ("[[1, 2], [3, 4]]", (("1", "2"), ("3", "4"))),
        ("[]", ()),
        ("[1, 2,]", ("1", "2")),
        ("[1, , 2]", ("1", "", "2")),
        ("[max(1, 2), W1[1,2]]", ("max(1, 2)", "W1[1,2]")),
        ("[[1, 2], 3]", (("1", "2"), "3")),
        ("[[[1]]]", None),
        ("[1][2]", None),
        ("[a] @ [b]", None),
        ("[1, 2", None),
        ("[1, 2)]", None),
        ("[[1, 2]", None),
        ("1, 2", None),
        ("[" * 5000 + "]" * 5000, None),
        ("[" + "1," * 20_000 + "1]", None),
    ],
)
def test_a_list_in_quotes(text: str, parts: object) -> None:
    assert parse_list(text) == parts


def test_a_list_with_decimal_commas_is_separated_by_semicolons() -> None:
    assert parse_list("[0,5; 0,25]", decimal_comma=True) == ("0,5", "0,25")
    assert parse_list("[0.5, 0.25]", decimal_comma=True) == ("0.5", "0.25")
    assert parse_list("[0.5; 0.25]") == ("0.5", "0.25")
    assert parse_list("[0,5; 0,25]") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234", 1234),
        ("1 234 567.89", 1234567.89),
        ("1'234.5", 1234.5),
        ("0.123 45", 0.12345),
        ("—0.5", -0.5),
        ("1.2 e 3", 1200),
    ],
)
def test_groups_of_three_digits_long_dashes_and_wide_powers(text: str, value: float) -> None:
    found = parse_number(text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("text", ["1 2 3", "12 34", "0.5 0.6", "0 1", "1 2345", "1'2'3"])
def test_other_spaces_part_numbers(text: str) -> None:
    assert parse_number(text) is None
