"""Numbers, yes/no and quoted lists as people write them, read from text that keeps every digit.

Here is what `0.20`, `−0.5`, `3.2 x 10^-4`, `2/3`, `50%` and `≈ 0.88` mean, and how precisely each was
written. Not here: formulas (language/), and whether a number is right (compare/).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.submission.model import Raw
from grader.submission.separators import about_comma, plain_marks

MAX_LENGTH = 200
"""A longer numeral is refused: no one writes it by hand."""

MAX_EXPONENT = 9999
"""A larger power of ten is refused; far beyond what a double holds, in either direction."""

EXACT_SIGFIGS = 99
"""The significant digits of a fraction, which is exact: more than any tolerance asks for."""

LIST_DEPTH = 2
"""A list of lists is a matrix; nothing deeper is one."""

LIST_LENGTH = 20_000
"""A longer list in quotes is refused."""


class Numeral(NamedTuple):
    """A number and how precisely it was written.

    value: the double nearest to the text.
    half_ulp: half a unit of the last place written; 0 for a fraction.
    decimals: places behind the point; -2 for `3e2`, whose last place is the hundreds; None for a fraction.
    sigfigs: digits from the first that is not zero; 0 for `0` and `0.00`, EXACT_SIGFIGS for a fraction.
    exact: True for a fraction.
    """

    value: float
    half_ulp: float
    decimals: int | None
    sigfigs: int
    exact: bool


_HALF_ULP = tuple(float(f"5e-{places + 1}") for places in range(40))
_new = tuple.__new__

_MINUS = "−–—‐‑"  # what keyboards, word processors and web pages put where a minus is meant
_TO_ASCII = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻" + _MINUS, "0123456789+-" + "-" * len(_MINUS))
_ABOUT = r"(?:[≈~=≅≃∼]\s*){0,2}"
_SIGN = rf"(?P<sign>[-+{_MINUS}]?)\s*"
_EXPONENT = rf"[-+{_MINUS}]?\s*[0-9]{{1,9}}"
_DECIMAL = re.compile(
    rf"""{_ABOUT}{_SIGN}
    (?: (?P<whole>[0-9]+)(?:\.(?P<places>[0-9]*))? | \.(?P<only>[0-9]+) )
    (?: \s*[eE]\s*(?P<e>{_EXPONENT})
      | \s*[x×X*·⋅∙]\s*10\s*
        (?: (?:\^|\*\*)\s*
            (?: (?P<plain>{_EXPONENT})
              | \(\s*(?P<round>{_EXPONENT})\s*\)
              | {{\s*(?P<curly>{_EXPONENT})\s*}} )
          | (?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,9}}) )
    )?
    \s*(?P<percent>%)?""",
    re.VERBOSE,
)
_FORMULA = re.compile(r"[A-DF-WYZa-df-wyz_]")  # letters that no number has: one look tells most formulas
_FRACTION = re.compile(rf"{_ABOUT}{_SIGN}(?P<over>[0-9]+)\s*[/⁄∕]\s*(?P<under>[0-9]+)")


def parse_number(text: str, *, decimal_comma: bool = False) -> Numeral | None:
    """The number that the text is, or None when it is none (`explain_number` says why).

    A decimal comma is read, beside the point, only where the assignment allows it, and a lone comma is never
    guessed to stand between thousands; marks that can mean one thing only are read.
    """
    if text.isascii() and len(text) < 40:
        # The plain decimals that nearly every answer is; float() vouches for what lstrip takes off.
        whole, point, places = text.partition(".")
        whole = whole.lstrip("-0")
        if (places.isdigit() or not point) and (whole.isdigit() or not whole):
            decimals = len(places)
            sigfigs = len(whole) + decimals if whole else len(places.lstrip("0"))
            try:
                return _new(Numeral, (float(text), _HALF_ULP[decimals], decimals, sigfigs, False))
            except ValueError:
                pass
    return _read(text.strip(), decimal_comma=decimal_comma)


def explain_number(text: str, *, decimal_comma: bool = False) -> str:
    """Why the text is not read as a number, half a sentence that quotes it: "`1e400` is too large"."""
    text = text.strip()
    quoted = f"`{_shorten(text)}`"
    if not text:
        return "nothing is written"
    if parse_number(text, decimal_comma=decimal_comma) is not None:
        return f"{quoted} is a number"
    if len(text) > MAX_LENGTH:
        return f"{quoted} is longer than {MAX_LENGTH} characters"
    return f"{quoted} {_complaint(text)}"


def parse_yes_no(text: str) -> bool | None:
    """True for yes, y and true, False for no, n and false, in any case; None for anything else.

    A full stop may follow, or a reason after a comma, a semicolon, a colon or a dash: `no, q has no k`.
    """
    first = _AFTER_YES_NO.split(text.strip(), maxsplit=1)[0]
    return _YES_NO.get(first.strip().casefold())


def parse_list(text: str, *, decimal_comma: bool = False) -> Raw | None:
    """A list in quotes, `[0.1, 0.2]` or `[[1, 2], [3, 4]]`, as a tuple of texts; None when it is none.

    A list that holds `;` is separated by it: `[0.5; 0.25]`, and `[0,5; 0,25]` with decimal commas; without
    them that may be two rows as well, and is none.
    """
    text = text.strip()
    if not text.startswith("[") or not text.endswith("]") or len(text) > LIST_LENGTH:
        return None
    separator = ";" if ";" in text else ","
    if separator == ";" and "," in text and not decimal_comma:
        return None
    return _list(text, separator, LIST_DEPTH)


def parse_tuple(text: str, *, decimal_comma: bool = False) -> Raw | None:
    """The same in parentheses, `(14, 32)` or `(14, 32)^T`, where it can be no number in parentheses."""
    text = _TURNED.sub("", text.strip())
    if not text.startswith("(") or not text.endswith(")"):
        return None
    if decimal_comma and parse_number(text[1:-1], decimal_comma=True) is not None:
        return None
    listed = parse_list(f"[{text[1:-1]}]", decimal_comma=decimal_comma)
    return listed if listed is not None and len(listed) > 1 else None


_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
# What may follow the word: a full stop, or a reason behind a comma, a semicolon, a colon or a dash.
_AFTER_YES_NO = re.compile(r"[.,;:]| [-–—] ")


def _read(text: str, *, decimal_comma: bool) -> Numeral | None:
    """Everything that is not a plain decimal, without white space around it."""
    if len(text) > MAX_LENGTH or _FORMULA.search(text):
        return None
    text = plain_marks(text, decimal_comma=decimal_comma)
    if found := _DECIMAL.fullmatch(text):
        return _decimal(found)
    if found := _FRACTION.fullmatch(text):
        return _fraction(found)
    return None


def _decimal(found: re.Match[str]) -> Numeral | None:
    whole = found["whole"] or ""
    places = found["places"] or found["only"] or ""
    exponent = _exponent(found)
    if abs(exponent) > MAX_EXPONENT:
        return None
    decimals = len(places) - exponent
    value = float(f"{whole}.{places}e{exponent}")
    if value == float("inf"):
        return None
    sigfigs = len((whole + places).lstrip("0"))
    return Numeral(_signed(value, found), float(f"5e{-decimals - 1}"), decimals, sigfigs, exact=False)


def _exponent(found: re.Match[str]) -> int:
    """The power of ten that the digits are multiplied by, the percent sign included."""
    written = found["e"] or found["plain"] or found["round"] or found["curly"] or found["raised"] or "0"
    exponent = int("".join(written.translate(_TO_ASCII).split()))
    return exponent - 2 if found["percent"] else exponent


def _fraction(found: re.Match[str]) -> Numeral | None:
    try:
        value = int(found["over"]) / int(found["under"])  # one whole number by another: correctly rounded
    except (ZeroDivisionError, OverflowError):
        return None
    return Numeral(_signed(value, found), 0.0, None, EXACT_SIGFIGS, exact=True)


def _signed(value: float, found: re.Match[str]) -> float:
    return value if found["sign"] in {"", "+"} else -value


_COMPLAINTS = (  # the first that matches
    (re.compile(r"[-+−]?\s*nan", re.IGNORECASE), "is not a number"),
    (re.compile(r"[-+−]?\s*(?:inf|infinity|∞)", re.IGNORECASE), "is infinite; expected a finite number"),
    (re.compile(r"[-+−]?(?=[.,oOlI]*[0-9])[.,0-9]*[oOlI][.,0-9oOlI]*"), "has a letter for a digit"),
    (re.compile(r".*[0-9],[0-9].*"), "has several commas; write one number, without thousands separators"),
    (re.compile(r".*[0-9]_[0-9].*"), "has an underscore in it; write the digits alone"),
    (re.compile(r"[-+−]?[0-9]*\.[0-9]*\..*"), "has two points"),
)


def _complaint(text: str) -> str:
    if found := _DECIMAL.fullmatch(text):
        return "is too large" if _exponent(found) > -MAX_EXPONENT else "is too small"
    if found := _FRACTION.fullmatch(text):
        return "is too large" if int(found["under"]) else "divides by zero"
    if any(char.isdigit() and not char.isascii() for char in text):
        return "has digits other than 0 to 9"
    said = next((said for pattern, said in _COMPLAINTS if pattern.fullmatch(text)), None)
    return about_comma(text) or said or "is not a number"


def _list(text: str, separator: str, depth: int) -> Raw | None:
    """A text from `[` to `]` taken apart; None when the brackets do not belong together or nest too deep."""
    parts = _split(text[1:-1], separator)
    if parts is None:
        return None
    items: list[Raw] = []
    for part in parts:
        item = _item(part.strip(), separator, depth)
        if item is None:
            return None
        items.append(item)
    return tuple(items)


def _item(part: str, separator: str, depth: int) -> Raw | None:
    if not part.startswith("["):
        return part
    return _list(part, separator, depth - 1) if depth > 1 and part.endswith("]") else None


_TURNED = re.compile(r"(?:\s*\^\s*T|ᵀ)$")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_BRACKETS = re.compile(r"[][(){},;]")


def _split(text: str, separator: str) -> list[str] | None:
    """The parts between separators that stand in no brackets; None when a bracket has no partner.

    A separator behind the last part is forgiven, as YAML does.
    """
    opened: list[str] = []
    parts: list[str] = []
    start = 0
    for found in _BRACKETS.finditer(text):
        char = found[0]
        if char in _CLOSES:
            if not opened or opened.pop() != _CLOSES[char]:
                return None
        elif char == separator and not opened:
            parts.append(text[start : found.start()])
            start = found.end()
        elif char not in ",;":
            opened.append(char)
    if opened:
        return None
    return parts if not text[start:].strip() else [*parts, text[start:]]


def _shorten(text: str, width: int = 40) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
