"""YAML as a tree of raw text and places: nothing is guessed, so `010`, `1e-3`, `1:30` and `yes` stay text.

The tree is built from PyYAML's events, without recursion: nesting, and the size that aliases blow a file
up to, are bounded while it is built. What keys and values mean is `fields.py` and its neighbours.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, Literal

import yaml

from grader.record import field, mutable, record
from grader.source import Issue, Mark, SpecError
from grader.spec.syntax import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 40
MAX_NODES = 200_000
"""Of a file with its aliases written out; the largest homework spec has some thousands."""

_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# What YAML's own reader refuses, without saying in which line.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<!^)\ufeff")
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


Style = Literal["plain", "quoted", "block"]


@record
class Scalar:
    """A text, quotes removed.

    Attributes:
        text: as written; a block scalar's lines joined as YAML says.
        mark: where it stands, from the opening quote on.
        style: `plain`, `quoted` or `block`.
        inner: the column where `text` begins when it stands in the line letter by letter, otherwise None.
    """

    text: str
    mark: Mark
    style: Style = "plain"
    inner: int | None = None
    size: int = 1

    @property
    def empty(self) -> bool:
        """Whether nothing was written (`key:`, `~` or `null`)."""
        return self.style == "plain" and self.text in {"", "~", "null"}

    def span(self, start: int, end: int) -> Mark:
        """The place of a part of the text, given by offsets; the whole scalar where letters were escaped."""
        if self.inner is None or start > len(self.text):
            return self.mark
        return Mark(self.mark.path, self.mark.line, self.inner + start, max(1, end - start))


@record
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark
    size: int


@record
class Mapping:
    """Keys and values in the order written; a key may stand there twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    mark: Mark
    size: int


Node = Scalar | Sequence | Mapping


def what(node: Node) -> str:
    """The node in words, for "expected a list, found ..."."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    return "nothing" if node.empty else f'"{shortened(node.text)}"'


def shortened(text: str) -> str:
    """The text cut to what a message can hold."""
    return text if len(text) <= 40 else text[:37] + "..."


def split_lines(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return _BREAKS.split(text)


def decode(data: bytes, path: str) -> str:
    """The text of a file.

    Raises:
        SpecError: when it is not UTF-8, at the first byte that is not.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        issue = Issue(Mark(path, 1, 1), "the file is UTF-16, expected UTF-8", "save it as UTF-8")
        raise SpecError([issue])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = split_lines(data[: error.start].decode("utf-8-sig", "replace"))
        mark = Mark(path, len(before), len(before[-1]) + 1)
        byte = f"byte 0x{data[error.start]:02x}"
        lines = split_lines(data.decode("utf-8", "replace"))
        raise SpecError([Issue(mark, f"{byte} is not UTF-8", "save the file as UTF-8")], lines) from None


def compose(text: str, path: str) -> Node | None:
    """The tree of a text, None when it holds nothing but comments.

    Raises:
        SpecError: when it is not YAML, or uses more of it than specs need (tags, several documents, nesting
            beyond MAX_DEPTH, aliases that blow up).
    """
    lines = split_lines(text)
    builder = _Builder(path, lines)
    try:
        _refuse_unprintable(builder, text)
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise SpecError([explain(error, path, lines, MAX_DEPTH)], lines) from None
    except _Refused as refused:
        raise SpecError([refused.issue], lines) from None
    return builder.root


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        self.issue = Issue(mark, message, hint)


def _refuse_unprintable(builder: _Builder, text: str) -> None:
    found = _UNPRINTABLE.search(text)
    if found:
        before = split_lines(text[: found.start()])
        mark = Mark(builder.path, len(before), len(before[-1]) + 1)
        raise _Refused(mark, f"the character U+{ord(found.group()):04X} cannot stand in a spec")


@mutable
class _Open:
    """A list or mapping whose end has not come yet."""

    event: Any
    mark: Mark
    children: list[Node] = field(default_factory=list)
    size: int = 1


@mutable
class _Builder:
    """Takes events one by one; `root` is the tree once the last has come."""

    path: str
    lines: list[str]
    root: Node | None = None
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    documents: int = 0

    def take(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events have no common type
        """Build on with one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _mark(self, event: Any) -> Mark:  # noqa: ANN401
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else self._rest(start)
        return Mark(self.path, start.line + 1, start.column + 1, max(1, length))

    def _rest(self, start: Any) -> int:  # noqa: ANN401
        return len(self.lines[start.line].rstrip()) - start.column if start.line < len(self.lines) else 1

    def _document(self, event: Any) -> None:  # noqa: ANN401
        self.documents += 1
        if self.documents > 1:
            raise _Refused(self._mark(event), "a second document begins here, expected only one")

    def _refuse_tag(self, event: Any) -> None:  # noqa: ANN401
        if event.tag is not None and event.tag != "!":
            hint = "leave the tag out: numbers and texts are read as they are written"
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise _Refused(self._mark(event), f'unexpected tag "{tag}"', hint)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401
        mark, text, end = self._mark(event), event.value, event.end_mark
        if event.style in {"|", ">"}:
            return Scalar(text, Mark(self.path, mark.line, mark.column), "block")
        quote = 1 if event.style else 0
        style: Style = "quoted" if quote else "plain"
        # Counted from the end, since an anchor may stand in front of the text.
        inner = end.column - quote - len(text)
        one_line = event.start_mark.line == end.line < len(self.lines)
        if not one_line or inner < 0 or self.lines[end.line][inner : inner + len(text)] != text:
            return Scalar(text, mark, style)
        begin = inner + 1 - quote
        return Scalar(
            text, Mark(self.path, mark.line, begin, max(1, len(text) + 2 * quote)), style, inner + 1
        )

    def _open(self, event: Any) -> None:  # noqa: ANN401
        self._refuse_tag(event)
        mark = Mark(self.path, event.start_mark.line + 1, event.start_mark.column + 1)
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused(mark, f"nested deeper than {MAX_DEPTH} levels")
        self.stack.append(_Open(event, mark))

    def _close(self) -> None:
        done = self.stack.pop()
        children = tuple(done.children)
        if isinstance(done.event, yaml.SequenceStartEvent):
            self._add(Sequence(children, done.mark, done.size), done.event.anchor)
            return
        entries = tuple(self._entries(children))
        self._add(Mapping(entries, done.mark, done.size), done.event.anchor)

    def _entries(self, children: tuple[Node, ...]) -> Iterator[tuple[Scalar, Node]]:
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                hint = 'inside { } a name with [ ] or a comma must be quoted, as in {"W1[1,2]": ...}'
                raise _Refused(key.mark, f"expected a name as the key, found {what(key)}", hint)
            yield key, value

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        mark = self._mark(event)
        if event.anchor not in self.anchors:
            raise _Refused(mark, f'no anchor "&{event.anchor}" stands before this alias')
        self._add(self.anchors[event.anchor], None, mark)

    def _add(self, node: Node, anchor: str | None, mark: Mark | None = None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.children.append(node)
        # An alias counts as often as it is used: ten lines of aliases can stand for a billion values.
        parent.size += node.size
        if parent.size > MAX_NODES:
            raise _Refused(mark or node.mark, f"more than {MAX_NODES} values, aliases written out")
