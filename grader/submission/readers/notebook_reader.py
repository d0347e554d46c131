"""Jupyter notebooks: Markdown cells as Markdown, `answers = {...}` in code cells as data. Nothing is run.

What stands in code counts before what stands in text. Lines and columns are those of the file, where each
line of a cell is a line of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from grader.submission.hints import NO_HINTS, Hints, squeezed
from grader.submission.readers import literals, markdown_reader
from grader.submission.readers.literals import Assigned
from grader.submission.readers.prose import NOTHING
from grader.submission.readers.spans import Places
from grader.submission.readers.written import Statement, Written, content_of, moved, tree
from grader.submission.shape import Content
from grader.submission.tree import Group, Node, Scalar, UnreadableError

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]')
_SOURCE_LINE = re.compile(r"((?:[^\\]|\\[^n])*+)(\\n|\Z)")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)|[^\\]")
_MENTIONS = re.compile(r"\b(?:answers|student)\b")
_NAMES = frozenset({"answers", "student"})


class _Line(NamedTuple):
    """A line of a cell: its text, where its text begins in the file, and how it is written there."""

    text: str
    line: int
    column: int
    raw: str

    def at(self, column: int) -> tuple[int, int]:
        """The place in the file of a column from 0: what JSON escapes takes more characters there."""
        ends = [found.end() for found in _ESCAPE.finditer(self.raw)]
        return self.line, self.column + (ends[min(column, len(ends)) - 1] if column and ends else 0)


class _Cell(NamedTuple):
    kind: str
    lines: list[_Line]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def read(text: str, hints: Hints = NO_HINTS) -> Content:
    """The submission in the text.

    Raises:
        UnreadableError: it is no notebook, or has no answers.
    """
    return content_of(_written(text, hints))


def parse(text: str, hints: Hints = NO_HINTS) -> Group:
    """The text's tree with its places.

    Raises:
        UnreadableError: as for `read`.
    """
    return tree(_written(text, hints))


def _written(text: str, hints: Hints) -> Written:
    cells = _cells(text)
    code = _from_code((cell for cell in cells if cell.kind == "code"), hints)
    lines = [line for cell in cells if cell.kind == "markdown" for line in (*cell.lines, _Line("", 1, 1, ""))]
    try:
        prose = markdown_reader.written("\n".join(line.text for line in lines), hints)
    except UnreadableError:
        if not code.statements:
            raise UnreadableError(code.notes[0] if code.notes else NOTHING) from None
        return code

    def place(line: int, column: int) -> tuple[int, int]:
        return lines[line - 1].at(column - 1)

    in_code = {_name(statement) for statement in code.statements if _given(statement)}
    text_only = [moved(statement, place) for statement in prose.statements if _name(statement) not in in_code]
    student = prose.student and Scalar(prose.student.text, *place(prose.student.line, prose.student.column))
    return Written(
        code.student or student, [*text_only, *filter(_given, code.statements)], (*code.notes, *prose.notes)
    )


def _name(statement: Statement) -> tuple[str | None, str]:
    return statement.problem, squeezed(statement.key)


def _given(statement: Statement) -> bool:
    return not (isinstance(statement.value, Scalar) and not statement.value.text.strip())


def _from_code(cells: Iterable[_Cell], hints: Hints) -> Written:
    student: Scalar | None = None
    statements: list[Statement] = []
    notes = []
    for cell in cells:
        source = cell.text
        if not _MENTIONS.search(source):
            continue
        try:
            assigned = literals.assignments(source, _NAMES, _place_in(cell))
        except UnreadableError as error:
            notes.append(str(error))
            continue
        for one in assigned:
            if one.name == "answers":
                new = list(_statements(one, hints))
                again = {_name(statement) for statement in new}
                statements = [before for before in statements if _name(before) not in again] + new
            elif isinstance(one.value, Scalar) and one.value.text.strip():
                student = one.value
    homeless = [statement for statement in statements if statement.problem is None]
    if homeless:
        notes.append(
            f"line {homeless[0].line}: {len(homeless)} answers stand outside a problem; they were not read"
        )
    return Written(student, statements, tuple(notes))


def _place_in(cell: _Cell) -> literals.Place:
    return lambda line, column: cell.lines[line - 1].at(column)


def _statements(one: Assigned, hints: Hints) -> Iterable[Statement]:
    """What an assignment answers: a later one replaces an earlier one, as it would in Python."""
    node: Node = one.value
    for key in reversed(one.keys):
        node = Group([(key, node)], key.line, key.column)
    for name, value in node.entries if isinstance(node, Group) else ():
        if not isinstance(value, Group):
            yield Statement(hints.owner(name.text), name.text, value, value.line, value.column)
            continue
        for key, answer in value.entries:
            yield Statement(name.text, key.text, answer, answer.line, answer.column)


def _cells(text: str) -> list[_Cell]:
    """The cells with the places of their lines.

    Raises:
        UnreadableError: it is no JSON, or no notebook.
    """
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("found no JSON; expected a notebook as Jupyter saves it") from None
    given = root.get("cells") if isinstance(root, dict) else None
    if not isinstance(given, list):
        raise UnreadableError("found no `cells`; expected a notebook as Jupyter saves it, in format 4")
    kinds = [str(cell.get("cell_type")) if isinstance(cell, dict) else "" for cell in given]
    sources = _sources(text)
    return [_Cell(kind, lines) for kind, lines in zip(kinds, sources, strict=False)]


def _sources(text: str) -> list[list[_Line]]:
    """The lines of every cell's `source`, found by walking over the brackets and texts of the JSON."""
    places = Places(text)
    found: list[list[_Line]] = []
    depth, names, ended = 0, ["", "", "", ""], True
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            if depth == 3 and names[1] == '"cells"':
                found.append([])
                ended = True
        elif first in "]}":
            depth -= 1
        elif depth in {1, 3} and text[token.end() : token.end() + 40].lstrip()[:1] == ":":
            names[depth] = token[0]
        elif found and names[1] == '"cells"' and names[3] == '"source"' and depth in {3, 4}:
            ended = _extend(found[-1], token[0][1:-1], places.of(token.start() + 1), ended=ended)
    return found


def _extend(lines: list[_Line], raw: str, place: tuple[int, int], *, ended: bool) -> bool:
    """Adds the lines of one JSON text, the first to the last line unless that has ended; tells if it has."""
    line, column = place
    for found in _SOURCE_LINE.finditer(raw):
        if found[0]:
            piece = _Line(json.loads(f'"{found[1]}"').rstrip("\r"), line, column + found.start(), found[1])
            if ended:
                lines.append(piece)
            else:
                before = lines[-1]
                lines[-1] = before._replace(text=before.text + piece.text, raw=before.raw + piece.raw)
            ended = bool(found[2])
    return ended
