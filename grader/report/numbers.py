"""How a number is printed, the same in every report. Text only: nothing is measured or judged here."""

from __future__ import annotations

import math

from grader.report.model import Value


def score(value: float) -> str:
    """A score for people: at most six decimals and no trailing zeros, `0.3` for 0.1 + 0.2, `5` for 5.0."""
    return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".")


def points(value: float) -> str:
    """A score with its unit: `1 point`, `2.5 points`."""
    text = score(value)
    return f"{text} point" if text == "1" else f"{text} points"


def out_of(earned: float, maximum: float) -> str:
    """`1 of 2 points`."""
    return f"{score(earned)} of {points(maximum)}"


def json_score(value: float) -> str:
    """A score as a JSON number of at most six decimals; null where it is no finite number."""
    return repr(round(value, 6) + 0.0) if math.isfinite(value) else "null"


def json_value(value: float) -> str:
    """A computed value as a JSON number: fifteen significant digits, so 0.3 for 0.1 + 0.2; else null."""
    return repr(float(f"{value:.15g}") + 0.0) if math.isfinite(value) else "null"


def percent(value: float) -> str:
    """A percentage for people: at most one decimal. 100 % only when nothing is missing."""
    rounded = round(value, 1)
    if rounded == 100.0 and value < 100.0:
        rounded = 99.9
    return f"{rounded:g} %"


def six(value: float) -> str:
    """A computed value for people: six significant digits."""
    return f"{value + 0.0:.6g}"


def value_text(value: Value) -> str | None:
    """A number, vector or matrix for people, six significant digits each; a formula as it is."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, tuple):
        return six(value) if math.isfinite(value) else "undefined"
    return "[" + ", ".join(value_text(part) or "" for part in value) + "]"
