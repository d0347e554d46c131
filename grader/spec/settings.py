"""What an assignment, problem or question sets: tolerance, credit, indices, logarithms, kinks, symbols."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.language.functions import KINKS
from grader.record import field, names, record, replace
from grader.spec.fields import at_least, entries, items, number, one_of, switch, whole
from grader.spec.model import DEFAULT_TOLERANCE, Credit, LogBase, Symbol, Tolerance
from grader.spec.names import usable
from grader.spec.nodes import Mapping, Scalar, Sequence, what

if TYPE_CHECKING:
    from grader.spec.fields import Entries
    from grader.spec.findings import Findings
    from grader.spec.nodes import Node

SETTINGS = ("symbols", "aliases", "index_base", "log", "at_zero", "tolerance", "credit", "misconceptions")
"""The keys that an assignment and a problem share."""

MAX_SIDE = 1000
_BOUNDS = ("abs", "rel", "decimals", "sigfigs")
_TOLERANCE = (*_BOUNDS, "rounding", "min_sigfigs")
_CREDIT = names(Credit)
_LOGS: dict[str, LogBase] = {"e": "e", "10": 10, "2": 2}


@record
class Settings:
    """What holds at one level, the outer levels' settings included."""

    tolerance: Tolerance = DEFAULT_TOLERANCE
    credit: Credit = field(default_factory=Credit)
    index_base: int = 1
    log_base: LogBase = "e"
    at_zero: dict[str, float] = field(default_factory=dict)


def read_settings(found: Findings, read: Entries, outer: Settings) -> Settings:
    """The settings among a level's entries; what it does not set is the outer level's.

    A tolerance or a credit replaces the outer one whole: what the nearer one leaves out is the default.
    """
    settings = outer
    if "tolerance" in read:
        settings = replace(settings, tolerance=_tolerance(found, read["tolerance"][1]))
    if "credit" in read:
        settings = replace(settings, credit=_credit(found, read["credit"][1]))
    if "index_base" in read:
        base = one_of(found, read["index_base"][1], "index_base", {"0": 0, "1": 1})
        settings = replace(settings, index_base=1 if base is None else base)
    if "log" in read:
        log = one_of(found, read["log"][1], "log", _LOGS)
        settings = replace(settings, log_base=log or "e")
    if "at_zero" in read:
        settings = replace(settings, at_zero=outer.at_zero | _at_zero(found, read["at_zero"][1]))
    return settings


def _tolerance(found: Findings, node: Node) -> Tolerance:
    if isinstance(node, Scalar):
        hint = "write {abs: 0.01}, {rel: 0.01}, {decimals: 3} or {sigfigs: 3}"
        found.error(node, f"a tolerance says of what kind it is, found {what(node)}", hint)
        return DEFAULT_TOLERANCE
    read = entries(found, node, "a tolerance", _TOLERANCE)
    value = {key: at_least(found, read[key][1], key, 0) for key in ("abs", "rel") if key in read}
    places = {key: whole(found, read[key][1], key, low, 15) for key, low in _PLACES.items() if key in read}
    rounding = switch(found, read["rounding"][1], "rounding") if "rounding" in read else True
    if not any(key in read for key in _BOUNDS):
        value = {"rel": DEFAULT_TOLERANCE.rel}
    return Tolerance(
        abs=value.get("abs"),
        rel=value.get("rel"),
        decimals=places.get("decimals"),
        sigfigs=places.get("sigfigs"),
        rounding=rounding is not False,
        min_sigfigs=places.get("min_sigfigs") or Tolerance().min_sigfigs,
    )


_PLACES = {"decimals": 0, "sigfigs": 1, "min_sigfigs": 1}


def _credit(found: Findings, node: Node) -> Credit:
    read = entries(found, node, "a credit", _CREDIT)
    given = {key: at_least(found, value, key, 0, 1) for key, (_, value) in read.items()}
    return Credit(**{key: value for key, value in given.items() if value is not None})


def _at_zero(found: Findings, node: Node) -> dict[str, float]:
    read = entries(found, node, "at_zero", tuple(KINKS))
    given = {key: number(found, value, key) for key, (_, value) in read.items()}
    return {key: value for key, value in given.items() if value is not None}


def read_symbols(found: Findings, node: Node) -> list[tuple[Scalar, Symbol]]:
    """The names without values: a list of them, or a mapping with ranges and shapes."""
    if isinstance(node, Mapping):
        read = entries(found, node, "symbols")
        pairs = [(key, _symbol(found, key.text, value)) for key, value in read.values()]
    else:
        listed = [item for item in items(found, node, "symbols") if _is_text(found, item)]
        pairs = [(item, Symbol(item.text)) for item in listed if isinstance(item, Scalar)]
    return [(key, symbol) for key, symbol in pairs if usable(found, key, key.text)]


def _is_text(found: Findings, node: Node) -> bool:
    if isinstance(node, Scalar):
        return True
    found.error(
        node, f"a symbol is a name, found {what(node)}", "with a range or a shape, symbols are a mapping"
    )
    return False


def _symbol(found: Findings, name: str, node: Node) -> Symbol:
    if isinstance(node, Scalar) and node.empty:
        return Symbol(name)
    if isinstance(node, Sequence):
        return _ranged(found, Symbol(name), node)
    if not isinstance(node, Mapping):
        hint = "write [low, high], or {shape: [3]}"
        found.error(node, f'the symbol "{name}" has a range or a shape, found {what(node)}', hint)
        return Symbol(name)
    read = entries(found, node, f'the symbol "{name}"', ("shape", "range"))
    symbol = _ranged(found, Symbol(name), read["range"][1]) if "range" in read else Symbol(name)
    return replace(symbol, shape=_shape(found, read["shape"][1])) if "shape" in read else symbol


def _ranged(found: Findings, symbol: Symbol, node: Node) -> Symbol:
    sides = items(found, node, "two numbers, low and high")
    if not sides:
        return symbol
    if len(sides) != 2:
        found.error(node, f"a range is [low, high], found a list of {len(sides)}")
        return symbol
    low, high = (number(found, side, "a range's end") for side in sides)
    if low is None or high is None:
        return symbol
    if not low < high or math.isinf(high - low):
        found.error(node, f"a range goes from low to high, found [{low:g}, {high:g}]")
        return symbol
    return replace(symbol, low=low, high=high, ranged=True)


def _shape(found: Findings, node: Node) -> tuple[int, int]:
    sides = items(found, node, "one or two sizes")
    read = [whole(found, side, "a size", 1, MAX_SIDE) for side in sides]
    if len(sides) not in {1, 2} and isinstance(node, Sequence):
        hint = "[3] is a vector, [3, 5] a matrix of 3 rows and 5 columns"
        found.error(node, f"a shape has one or two sizes, found {len(sides)}", hint)
    sizes = [size for size in read if size is not None]
    if len(sizes) not in {1, 2}:
        return (1, 1)
    return (sizes[0], sizes[1] if len(sizes) == 2 else 1)
