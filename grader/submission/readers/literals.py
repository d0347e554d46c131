"""`answers = {...}` in Python source as a tree of texts. The source is parsed and looked at, never run.

A number, a formula or a name is the text between its borders, so that `0.20` stays `0.20` and `1/3` is a
third. Not here: notebooks (notebook_reader.py).
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from grader.submission.tree import Budget, Group, Node, Scalar, Sequence, UnreadableError, clean

MAX_CELL = 200_000
_MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
_ESCAPE = re.compile(r"""\\(?:([\\'"])|(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))""")
_STRING = re.compile(r"""(?P<raw>[rR]?)(?P<quote>\"\"\"|'''|"|')(?P<text>.*)(?P=quote)""", re.DOTALL)
_WORDS = {"True": "true", "False": "false", "None": ""}
_ARRAYS = frozenset({"array", "asarray", "matrix", "list", "tuple"})

Place: TypeAlias = Callable[[int, int], tuple[int, int]]
"""Line from 1 and column from 0 in the source -> line and column in the file."""


class Assigned(NamedTuple):
    """`name = value`, or `name["q1"]["a1"] = value` with the keys on its way."""

    name: str
    keys: tuple[Scalar, ...]
    value: Node


def assignments(source: str, names: frozenset[str], place: Place) -> list[Assigned]:
    """What is assigned to these names, in order.

    Raises:
        UnreadableError: it is no Python, or nested too deep.
    """
    if len(source) > MAX_CELL:
        raise UnreadableError(f"a code cell has {len(source):,} characters; expected at most {MAX_CELL:,}")
    source = _MAGIC.sub(lambda line: " " * len(line[0]), source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a backslash in a text is LaTeX, and nothing to warn of
            module = ast.parse(source)
    except SyntaxError as error:
        line, column = place(
            min(max(error.lineno or 1, 1), source.count("\n") + 1), max((error.offset or 1) - 1, 0)
        )
        raise UnreadableError(f"the code is no Python: {error.msg}", line, column) from None
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("the code is no Python, or nested too deep", *place(1, 0)) from None
    return list(_Walk(source, place).assignments(module, names))


class _Walk:
    """The way through one cell's statements."""

    def __init__(self, source: str, place: Place) -> None:
        self._lines = source.split("\n")
        self._place = place
        self._budget = Budget()

    def assignments(self, module: ast.Module, names: frozenset[str]) -> Iterator[Assigned]:
        for statement in module.body:
            match statement:
                case (
                    ast.Assign(targets=[target], value=value)
                    | ast.AnnAssign(target=target, value=ast.expr() as value)
                ):
                    keys: list[Scalar] = []
                    while isinstance(target, ast.Subscript):
                        keys.insert(0, self._name(target.slice))
                        target = target.value
                    if isinstance(target, ast.Name) and target.id in names:
                        yield Assigned(target.id, tuple(keys), self._node(value, 1))

    def _node(self, value: ast.expr, depth: int) -> Node:
        line, column = self._at(value)
        self._budget.spend(depth, line)
        match value:
            case ast.Dict(keys=keys, values=values):
                entries = [
                    (self._name(key), self._node(item, depth + 1))
                    for key, item in zip(keys, values, strict=True)
                    if key is not None
                ]
                return Group(entries, line, column)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return Sequence([self._node(item, depth + 1) for item in items], line, column)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[inner, *_]) if (
                name in _ARRAYS
            ):
                return self._node(inner, depth)
        return Scalar(self._text(value), line, column)

    def _name(self, key: ast.expr) -> Scalar:
        return Scalar(self._text(key), *self._at(key))

    def _text(self, value: ast.expr) -> str:
        """A text without its quotes; of anything else what is written."""
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return clean(self._unquoted(value))
        segment = self._segment(value)
        return _WORDS.get(segment, segment)

    def _unquoted(self, value: ast.Constant) -> str:
        r"""The text between the quotes. `\f` is the beginning of `\\frac`, and no form feed."""
        found = _STRING.fullmatch(self._segment(value))
        if found is None or found["quote"] in found["text"].replace("\\\\", "").replace(
            "\\" + found["quote"], ""
        ):
            return str(value.value)
        return found["text"] if found["raw"] else _ESCAPE.sub(_unescaped, found["text"])

    def _segment(self, value: ast.expr) -> str:
        """The source of an expression; columns of Python's trees count bytes."""
        first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
        lines = [line.encode() for line in self._lines[first : last + 1]]
        lines[-1] = lines[-1][: value.end_col_offset]
        lines[0] = lines[0][value.col_offset :]
        return b"\n".join(lines).decode(errors="replace")

    def _at(self, value: ast.expr) -> tuple[int, int]:
        before = self._lines[value.lineno - 1].encode()[: value.col_offset]
        return self._place(value.lineno, len(before.decode(errors="replace")))


def _unescaped(found: re.Match[str]) -> str:
    return found[1] or chr(min(int(found[2][1:], 16), 0x10FFFF))
