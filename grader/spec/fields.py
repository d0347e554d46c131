"""Nodes read as what a place asks for: a mapping with these keys, a list, a text, a number, yes or no.

Each function reports what does not fit and gives None (or what could be read), so that its caller goes on.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeVar

from grader.errors import ExpressionError
from grader.language import SPEC, Scope, parse
from grader.language.tree import walk
from grader.spec.findings import known
from grader.spec.names import QUERIES
from grader.spec.nodes import Mapping, Scalar, Sequence, shortened, what
from grader.spec.numbers import constant

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.spec.findings import Findings
    from grader.spec.model import Matrix
    from grader.spec.nodes import Node

Choice = TypeVar("Choice")
Entries = dict[str, tuple[Scalar, "Node"]]

_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def entries(found: Findings, node: Node, place: str, keys: Collection[str] | None = None) -> Entries:
    """A mapping's entries by key; a key that is not among `keys`, or stands twice, is reported.

    Args:
        found: takes the issues.
        node: should be a mapping.
        place: what it is, as in "a problem".
        keys: those that exist; None where the keys are names of the instructor's own.
    """
    if not isinstance(node, Mapping):
        found.error(node, f"{place} is a mapping (key: value), found {what(node)}")
        return {}
    read: Entries = {}
    for key, value in node.entries:
        if key.text in read:
            first = read[key.text][0].mark.line
            found.error(key, f'"{key.text}" stands twice in {place}, first in line {first}')
        elif keys is not None and key.text not in keys:
            found.error(key, f'unexpected key "{shortened(key.text)}" in {place}', known(key.text, keys))
        else:
            read[key.text] = (key, value)
    return read


def items(found: Findings, node: Node, place: str) -> tuple[Node, ...]:
    """A list's items; `place` says what should be a list, as in "questions"."""
    if isinstance(node, Sequence):
        return node.items
    found.error(node, f"expected a list of {place}, found {what(node)}")
    return ()


def text(found: Findings, node: Node, place: str) -> Scalar | None:
    """A text that is not empty."""
    if isinstance(node, Scalar) and not node.empty and node.text.strip():
        return node
    found.error(node, f"expected {place}, found {what(node)}")
    return None


def switch(found: Findings, node: Node, place: str) -> bool | None:
    """Yes or no."""
    value = SWITCH.get(node.text.lower()) if isinstance(node, Scalar) else None
    if value is None:
        found.error(node, f"{place} is true or false, found {what(node)}")
    return value


def one_of(found: Findings, node: Node, place: str, choices: dict[str, Choice]) -> Choice | None:
    """One of a few words."""
    if isinstance(node, Scalar) and node.text in choices:
        return choices[node.text]
    wrong = node.text if isinstance(node, Scalar) else ""
    found.error(
        node, f"{place} is one of {', '.join(choices)}, found {what(node)}", known(wrong, choices) or None
    )
    return None


def number(found: Findings, node: Node, place: str) -> float | None:
    """A number, written as one or as an expression without names (`1/3`)."""
    matrix = constant_matrix(found, node, place)
    if matrix is None:
        return None
    if len(matrix) * len(matrix[0]) != 1:
        found.error(node, f"{place} is one number, found {what(node)}")
        return None
    return matrix[0][0]


def constant_matrix(found: Findings, node: Node, place: str) -> Matrix | None:
    """A scalar's value, finite: a number, or an expression without names, which may be a list (`[1, 2]`)."""
    if not isinstance(node, Scalar) or node.empty:
        found.error(node, f"{place} is a number, found {what(node)}")
        return None
    if not _DECIMAL.fullmatch(node.text):
        return _expression(found, node, place)
    value = float(node.text)
    if math.isinf(value):
        found.error(node, f"{place} is too large for a number: {what(node)}")
        return None
    return ((value,),)


def _expression(found: Findings, node: Scalar, place: str) -> Matrix | None:
    if _COMMA.fullmatch(node.text):
        hint = f"a spec writes a decimal point: {node.text.replace(',', '.')}"
        found.error(node, f"{place} is a number, found {what(node)}", hint)
        return None
    try:
        expr = parse(node.text, Scope(), SPEC)
        if any(part.op in {"name", *QUERIES} for part in walk(expr)):
            found.error(node, f"{place} is a number, found {what(node)}")
            return None
        matrix = constant(expr)
    except ExpressionError as error:
        found.error(
            node.span(error.start, error.end), f"{place} is a number: {error.message}", error.hint or None
        )
        return None
    if not all(math.isfinite(value) for row in matrix for value in row):
        found.error(node, f"{place} has no finite value: {what(node)}")
        return None
    return matrix


def at_least(found: Findings, node: Node, place: str, low: float, high: float = math.inf) -> float | None:
    """A number within bounds."""
    value = number(found, node, place)
    if value is None or low <= value <= high:
        return value
    bounds = f"at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
    found.error(node, f"{place} is {bounds}, found {what(node)}")
    return None


def whole(found: Findings, node: Node, place: str, low: int, high: int) -> int | None:
    """A whole number within bounds."""
    if isinstance(node, Scalar) and re.fullmatch("[0-9]{1,6}", node.text) and low <= int(node.text) <= high:
        return int(node.text)
    found.error(node, f"{place} is a whole number from {low} to {high}, found {what(node)}")
    return None
