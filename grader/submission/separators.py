"""The marks inside numbers: between groups of digits, and in front of the decimals.

Here is which commas, points, spaces and apostrophes can mean one thing only, and what is said of those that
can mean two. Not here: the numbers themselves (numerals.py).
"""

from __future__ import annotations

import re

_GROUP = "[ '’\u00a0\u2009\u202f]"  # what sets off three digits and can be nothing else
_GROUPED = re.compile(
    rf"(?=.*[0-9]{_GROUP}[0-9])[^0-9]*[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}})*"
    rf"(?:[.,](?:[0-9]{{3}}{_GROUP})*[0-9]*)?(?:[eE×x·*%].*)?"
)
_GAP = re.compile(rf"(?<=[0-9]){_GROUP}(?=[0-9]{{3}}(?![0-9])|[0-9]{{1,2}}(?![0-9]))")
_COMMA = re.compile(r"([0-9]),(?=[0-9])|^(\D{0,9}),(?=[0-9])")
_POWER = r"(?P<power>\s*(?:[eE×x·*%].*)?)"
_TWO_GROUPS = {
    mark: re.compile(rf"(?P<before>[^0-9]*)(?P<whole>[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}}){{2,}}){_POWER}")
    for mark in (",", r"\.")
}
_BOTH_MARKS = {
    point: re.compile(
        rf"(?P<before>[^0-9]*)(?P<whole>[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+"
        rf"|[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}){point}(?P<places>[0-9]+){_POWER}"
    )
    for mark, point in ((",", r"\."), (r"\.", ","))
}
"""Groups of three, or of two with three at the end as in India, and decimals behind the other mark."""

_THIN_COMMA = re.compile(r"(?<=[0-9]),\\!\s*(?=[0-9]{3}(?![0-9]))")
"""How LaTeX sets a comma between thousands, and nothing else."""

_SIGN = r"(?P<sign>[-+−–]?)\s*"
_LONE = re.compile(rf"{_SIGN}(?P<whole>[0-9]*),(?P<places>[0-9]+)(?P<behind>\s*(?:%|[eE×x·*].*)?)")
_ALLOWED = "with `decimal_comma: true`"
_THOUSANDS_ALSO = re.compile(r"[1-9][0-9]{0,2}")


def plain_marks(text: str, *, decimal_comma: bool = False) -> str:
    """A number without marks between its groups of digits, and with a point in front of its decimals.

    What can be read in two ways is left as it is, and so is what is no number: ``3,145`` without
    ``decimal_comma``, ``1,2,3``.
    """
    if _GROUPED.fullmatch(text):
        text = _GAP.sub("", text)
    if "," not in text and text.count(".") < 2:
        return text
    if found := _grouped(text, decimal_comma=decimal_comma):
        whole = re.sub("[.,]", "", found["whole"])
        places = found.groupdict().get("places")
        return f"{found['before']}{whole}{f'.{places}' if places else ''}{found['power']}"
    if decimal_comma and text.count(",") == 1 and "." not in text:
        return _COMMA.sub(r"\g<1>\g<2>.", text)
    return text


def in_typed_marks(text: str) -> str:
    r"""A number in LaTeX with its commas as they are typed: ``32,\! 349`` is 32349, ``0{,}5`` is 0,5."""
    text = _THIN_COMMA.sub("", text.replace("{,}", ","))
    return text.replace("$", "").replace("\\(", "").replace("\\)", "").strip()


def _grouped(text: str, *, decimal_comma: bool) -> re.Match[str] | None:
    """A number with two groups or more, or with groups and decimals; commas behind points only if allowed."""
    patterns = [_TWO_GROUPS[","], _BOTH_MARKS[r"\."]]
    if decimal_comma:
        patterns += [_TWO_GROUPS[r"\."], _BOTH_MARKS[","]]
    return next((found for pattern in patterns if (found := pattern.fullmatch(text))), None)


def about_comma(text: str) -> str | None:
    """What is wrong with the comma of a number, or its points, and how to write it; None where nothing is.

    Half a sentence: "has a decimal comma; write `0.399` with a point (...)".
    """
    text = text.lstrip("≈~=≅≃∼ ")
    if _BOTH_MARKS[","].fullmatch(text):
        return _decimal_comma(text.replace(".", "").replace(",", "."))
    if _TWO_GROUPS[r"\."].fullmatch(text):
        plain = text.replace(".", "")
        return f"has points between its digits; write `{plain}` (an instructor may allow it {_ALLOWED})"
    found = _LONE.fullmatch(text)
    if found is None:
        return None
    sign, whole, places, behind = found.groups()
    written = f"{sign}{whole or 0}.{places}{behind}"
    if len(places) != 3 or not _THOUSANDS_ALSO.fullmatch(whole):
        return _decimal_comma(written)
    other = f"{sign}{whole}{places}{behind}"
    return (
        f"can be {other} or {written}; write `{other}` or `{written}`"
        f" (an instructor may settle it: {_ALLOWED} it is {written})"
    )


def _decimal_comma(written: str) -> str:
    return f"has a decimal comma; write `{written}` (an instructor may allow it {_ALLOWED})"
