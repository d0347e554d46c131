"""Any JSON as a tree of texts with places, in words for students where it goes wrong.

It accepts what the standard library's decoder accepts, keeps a name that stands twice, and does not recurse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError, JSONDecoder

from grader.submission.tree import (
    Budget,
    Group,
    Node,
    Scalar,
    Sequence,
    UnreadableError,
    clean,
    shorten,
)

_SPACE = re.compile(r"[ \t\n]*")
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|-?Infinity|NaN|true|false|null")
_WORD = re.compile(r'[^\s,\[\]{}:"]+|"[^"\n]{0,40}"?|.', re.DOTALL)
_DECODER = JSONDecoder()
_QUOTED = "in double quotes"
_VALUE = f"a number, a list, or text {_QUOTED}"
_NAME = f"a name {_QUOTED}"


def parse(text: str) -> Node | None:
    """The text's tree, None for an empty one.

    Raises:
        UnreadableError: it is no JSON, or nested too deep.
    """
    scanner = _Scanner(text)
    if not scanner.peek():
        return None
    return scanner.document()


class _Scanner:
    """A place in the text, and the lists and groups that are open there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._budget = Budget()
        self._open: list[Sequence | Group] = []

    def document(self) -> Node:
        """The one value that the text is."""
        root = self._value()
        while self._open:
            parent = self._open[-1]
            if isinstance(parent, Sequence):
                self._item(parent)
            else:
                self._entry(parent)
        if self.peek():
            raise self._expected(
                "nothing behind the last bracket" if not isinstance(root, Scalar) else "an object"
            )
        return root

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _item(self, parent: Sequence) -> None:
        if self._closed("]", first=not parent.items):
            return
        parent.items.append(self._value())

    def _entry(self, parent: Group) -> None:
        if self._closed("}", first=not parent.entries):
            return
        if self.peek() != '"':
            raise self._expected(_NAME)
        name = self._string()
        if self.peek() != ":":
            raise self._expected(f"`:` and the answer behind `{shorten(name.text)}`")
        self._at += 1
        parent.entries.append((name, self._value()))

    def _closed(self, bracket: str, *, first: bool) -> bool:
        """Steps over the bracket that ends what is innermost, or over the comma before its next part."""
        char = self.peek()
        if char == bracket:
            self._at += 1
            self._open.pop()
            return True
        if not first:
            if char != ",":
                raise self._expected(f"`,` or `{bracket}`")
            self._at += 1
        return False

    def _value(self) -> Node:
        """The next value; a list or a group is opened, and `document` fills it."""
        char = self.peek()
        if char == '"':
            return self._string()
        line, column = self._place()
        if char not in {"[", "{"} or not char:
            return self._literal(line, column)
        self._at += 1
        node = Sequence([], line, column) if char == "[" else Group([], line, column)
        self._open.append(node)
        self._budget.spend(len(self._open), line)
        return node

    def _string(self) -> Scalar:
        line, column = self._place()
        self._budget.spend(len(self._open), line)
        try:
            text, self._at = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError:
            message = (
                "found a text that is not closed, or holds what must be escaped (`\\` is written `\\\\`)"
            )
            raise UnreadableError(message, line, column) from None
        return Scalar(clean(text), line, column)

    def _literal(self, line: int, column: int) -> Scalar:
        self._budget.spend(len(self._open), line)
        found = _LITERAL.match(self._text, self._at)
        # `010` and `1/3` begin like numbers: what follows must end the value.
        if found is None or self._word(found.end()).strip(" \t\n,]}"):
            raise self._expected(_VALUE)
        self._at = found.end()
        return Scalar("" if found[0] == "null" else found[0], line, column)

    def _word(self, at: int) -> str:
        found = _WORD.match(self._text, at)
        return found[0] if found else ""

    def _place(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._at)
        return line, self._at - self._lines[line - 1] + 1

    def _expected(self, what: str) -> UnreadableError:
        word = self._word(self._at)
        found = f"`{shorten(word)}`" if word else "the end of the file"
        return UnreadableError(f"found {found}; expected {what}", *self._place())
