"""Any YAML as a tree of texts, from PyYAML's events, in words for students where it goes wrong.

Tags, anchors and aliases are refused: a text is an answer, not a program. Events rather than PyYAML's own
tree, because that is built by recursion, which deep nesting would exhaust.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml

from grader.submission.tree import (
    YAML_NOTHING,
    Budget,
    Group,
    Node,
    Scalar,
    Sequence,
    UnreadableError,
    clean,
    shorten,
)

QUOTE = "put it in quotes"

# The parser written in C, where PyYAML has been built with it.
_LOADER: type[yaml.CBaseLoader | yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parse(text: str) -> Node | None:
    """The text's tree, None for an empty one.

    Raises:
        UnreadableError: it is no YAML, or uses what is refused.
    """
    try:
        return _build(_events(text))
    except yaml.MarkedYAMLError as error:
        raise _translated(error, text) from None
    except yaml.YAMLError as error:
        raise UnreadableError(f"not YAML: {shorten(str(error), 100)}") from None


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
    return events


class _Tree:
    """A tree that grows node by node."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._budget = Budget()
        self._open: list[Sequence | Group] = []
        self._names: list[Scalar | None] = []  # of each open group, the name that waits for its value

    def start(self, node: Sequence | Group) -> None:
        self.add(node)
        self._open.append(node)
        self._names.append(None)

    def end(self) -> None:
        self._open.pop()
        self._names.pop()

    def add(self, node: Node) -> None:
        self._budget.spend(len(self._open) + (not isinstance(node, Scalar)), node.line)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        name = self._names[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif name is not None:
            parent.entries.append((name, node))
            self._names[-1] = None
        elif isinstance(node, Scalar):
            self._names[-1] = node
        else:
            message = f"found a list or a group as a name; if it is meant, {QUOTE}"
            raise UnreadableError(message, node.line, node.column)


def _build(events: Iterable[yaml.Event]) -> Node | None:
    tree = _Tree()
    for event in events:
        match event:
            case yaml.ScalarEvent():
                tree.add(_scalar(event))
            case yaml.SequenceStartEvent():
                tree.start(Sequence([], *_refuse_extras(event)))
            case yaml.MappingStartEvent():
                tree.start(Group([], *_refuse_extras(event)))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                tree.end()
            case yaml.AliasEvent():
                message = (
                    f"found an alias (`*{shorten(event.anchor or '')}`); if it is part of a formula, {QUOTE}"
                )
                raise UnreadableError(message, *_place(event))
            case yaml.DocumentStartEvent() if tree.root is not None:
                raise UnreadableError(
                    "found a second document; expected one student a file", _place(event)[0]
                )
    return tree.root


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    place = _refuse_extras(event)
    text = event.value
    if not event.style:
        text = "" if text in YAML_NOTHING else text
    elif event.style == '"':
        text = clean(text)
    elif event.style in "|>":
        text = text.rstrip("\n")
    return Scalar(text, *place)


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> tuple[int, int]:
    """The event's place, if it has neither anchor nor tag."""
    if event.anchor is None and event.tag is None:
        return _place(event)
    tag = (event.tag or "").replace("tag:yaml.org,2002:", "!!")
    extra = f"a tag (`{shorten(tag)}`)" if tag else f"an anchor (`&{shorten(event.anchor or '')}`)"
    raise UnreadableError(f"found {extra}; if it is part of an answer, {QUOTE}", *_place(event))


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


_INDENT = "something that is no `name: answer`; check indentation, quotes and brackets"
_ADVICE = (  # what PyYAML's two parsers say, and what a student can do about it
    (
        "mapping values are not allowed",
        "a `: ` that does not belong here; check the indentation, and put text with a colon in quotes",
    ),
    ("sequence entries are not allowed", "a `- ` inside a line; write a minus right before its number"),
    ("could not find expected ':'", "a line that is no `name: answer`"),
    ("maximum nesting depth", "lists nested too deep"),
    ("unknown escape character", "a backslash in double quotes; use single quotes"),
    ("tab character", "a tab; indent with spaces"),
    ("did not find expected key", _INDENT),
    ("expected <block end>", _INDENT),
    ("scanning an alias", f"a `*` at the start of an answer; {QUOTE}"),
    ("scanning an anchor", f"a `&` at the start of an answer; {QUOTE}"),
    ("a tag", f"a `!` at the start of an answer; {QUOTE}"),
)


_UNCLOSED = (  # told where it begins: the parser notices at the end of the file
    ("',' or ']'", "a list that is not closed by `]`"),
    ("',' or '}'", "a group that is not closed by `}`"),
    ("unexpected end of stream", "a quote that is not closed"),
)


def _translated(error: yaml.MarkedYAMLError, text: str) -> UnreadableError:
    """The parser's complaint in a student's words, at its place."""
    said = f"{error.context or ''} {error.problem or ''}".strip()
    unclosed = _first(_UNCLOSED, said)
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if "cannot start any token" in said:
        return UnreadableError(_no_token(text, line, column), line, column)
    found = unclosed or _first(_ADVICE, said)
    return UnreadableError(f"found {found}" if found else f"not YAML ({shorten(said, 120)})", line, column)


def _first(table: Iterable[tuple[str, str]], said: str) -> str | None:
    return next((advice for words, advice in table if words in said), None)


def _no_token(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    char = lines[line - 1][column - 1 : column] if 0 < line <= len(lines) else ""
    if char == "\t":
        return "found a tab; indent with spaces"
    return f"found `{char}` at the start of an answer; {QUOTE}"
