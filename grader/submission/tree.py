"""What a YAML or JSON file holds, with places: the common ground between the formats and `shape`.

Not here: what the parts mean for a submission (shape.py).
"""

from __future__ import annotations

import re
from typing import TypeAlias

from grader.record import record
from grader.source import printable

MAX_BYTES = 1_000_000
"""A larger file is refused unread: an answer sheet has a few kilobytes."""

MAX_DEPTH = 20
"""A file nested deeper is refused; an answer sheet with matrices has five levels."""

MAX_NODES = 50_000
"""A file with more names and values is refused."""

CERTAIN_LENGTH = 50_000
"""No text up to this length has more than MAX_NODES names and values: no need to count."""


YAML_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""What YAML 1.1 reads as no value where it stands without quotes."""


class UnreadableError(Exception):
    """A file that cannot be read; the message says where, what was found and what was expected."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        place = f"line {line}, column {column}: " if column else f"line {line}: " if line else ""
        super().__init__(place + message)


@record
class Scalar:
    """A text as written, without quotes; empty for YAML's nothing and JSON's null."""

    text: str
    line: int
    column: int


@record
class Sequence:
    """A list."""

    items: list[Node]
    line: int
    column: int


@record
class Group:
    """A mapping with its entries in order, a name that stands there twice included."""

    entries: list[tuple[Scalar, Node]]
    line: int
    column: int


Node: TypeAlias = Scalar | Sequence | Group


class Budget:
    """Counts nodes and levels while a tree is built.

    Raises:
        UnreadableError: from `spend`, when there are too many.
    """

    def __init__(self) -> None:
        self.left = MAX_NODES

    def spend(self, depth: int, line: int) -> None:
        """One more node, inside `depth` lists and groups that are still open."""
        self.left -= 1
        if self.left < 0:
            raise UnreadableError(
                f"more than {MAX_NODES} names and values; expected one student's answers", line
            )
        if depth > MAX_DEPTH:
            raise UnreadableError(f"lists nested more than {MAX_DEPTH} deep; expected a matrix at most", line)


def describe(node: Node) -> str:
    """A few words for a sentence that says what was found."""
    match node:
        case Scalar(text=text):
            return f"`{shorten(text)}`" if text.strip() else "nothing"
        case Sequence():
            return "a list"
    return "a group of `name: value`"


def shorten(text: str, width: int = 40) -> str:
    """The text on one line, cut where it is long, fit to be quoted in a sentence."""
    flat = printable(" ".join(text[: 4 * width].split()))
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text with every character that no report can hold, which only an escape can write, as U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)
