r"""A table as the bytes of a file, of which single cells are replaced: all others stay as they were.

The csv module forgets which cells were quoted, how lines ended and what the encoding was; platforms compare
what they get back with what they gave out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.report.refused import ReportRefusedError

_MARKS = ",;\t"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CELLS = {
    mark: re.compile(rf'("(?:[^"]|"")*+"|[^{mark}\r\n"][^{mark}\r\n]*+|)({mark}|\r\n|\r|\n|\Z)')
    for mark in _MARKS
}


class Cell(NamedTuple):
    """A cell: its text without quotes, the line it begins in, and where its characters stand in the file."""

    text: str
    line: int
    start: int
    end: int
    quoted: bool


class Table(NamedTuple):
    """A file: its text, its rows, the mark between its cells, its encoding and its byte order mark."""

    text: str
    rows: tuple[tuple[Cell, ...], ...]
    mark: str
    encoding: str
    bom: bytes

    def cell(self, row: int, column: int) -> str:
        """The text of a cell, empty where the row is too short to have it."""
        cells = self.rows[row]
        return cells[column].text.strip() if column < len(cells) else ""

    def line(self, row: int) -> int:
        """The line of the file that a row begins in, from 1."""
        return self.rows[row][0].line

    def header(self) -> list[str]:
        """The first row."""
        return [cell.text.strip() for cell in self.rows[0]] if self.rows else []


def read(data: bytes) -> Table:
    """The table in a file.

    Raises:
        ReportRefusedError: it is no text in UTF-8, UTF-16 or Windows-1252, or its quotes do not match.
    """
    bom, encoding = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), (b"", ""))
    text, encoding = _decoded(data[len(bom) :], encoding)
    first = re.sub(r'"[^"]*"', "", text[:20_000]).splitlines()[:1]
    mark = max(_MARKS, key=first[0].count) if first else ","
    return Table(text, tuple(_rows(text, mark)), mark, encoding, bom)


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise ReportRefusedError("is no table: expected CSV in UTF-8, UTF-16 or Windows-1252")


def _rows(text: str, mark: str) -> list[tuple[Cell, ...]]:
    """The rows that hold something."""
    found: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    at, line = 0, 1
    match = _CELLS[mark].match
    while at < len(text) or row:
        cell = match(text, at)
        if cell is None:
            raise ReportRefusedError(f"line {line}: a quotation mark within a cell; expected CSV")
        raw, ending = cell.groups()
        quoted = raw.startswith('"')
        plain = raw[1:-1].replace('""', '"') if quoted else raw
        row.append(Cell(plain, line, at, at + len(raw), quoted))
        line += len(re.findall(r"\r\n|\r|\n", raw)) + (ending not in {mark, ""})
        at = cell.end()
        if ending != mark:
            if any(one.text for one in row):
                found.append(tuple(row))
            row = []
    return found


def filled(table: Table, changes: Mapping[tuple[int, int], str]) -> bytes:
    """The file with some cells replaced, by (row, column); the bytes of all others are the same.

    Raises:
        ReportRefusedError: a text that the file's encoding does not have.
    """
    parts, at = [], 0
    for (number, column), text in sorted(changes.items()):
        row = table.rows[number]
        cell = row[column] if column < len(row) else None
        start = cell.start if cell else row[-1].end
        parts.append(table.text[at:start])
        # A row that is too short gets the marks that it lacks.
        parts.append("" if cell else table.mark * (column - len(row) + 1))
        parts.append(_written(text, table.mark, quoted=bool(cell and cell.quoted)))
        at = cell.end if cell else start
    parts.append(table.text[at:])
    try:
        return table.bom + "".join(parts).encode(table.encoding)
    except UnicodeEncodeError as error:
        raise ReportRefusedError(
            f"its encoding {table.encoding} has no {error.object[error.start]!a}"
        ) from None


def _written(text: str, mark: str, *, quoted: bool) -> str:
    if quoted or any(char in text for char in (mark, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def index(table: Table, columns: Sequence[int], rows: Sequence[int]) -> list[dict[str, int]]:
    """For each column that identifies students: its texts, in small letters, and the rows they stand in.

    Raises:
        ReportRefusedError: one of them stands there twice, so that nobody can tell whose row it is.
    """
    found: list[dict[str, int]] = []
    for column in columns:
        own: dict[str, int] = {}
        for row in rows:
            key = table.cell(row, column).casefold()
            if key and key in own:
                name = table.header()[column]
                lines = f"lines {table.line(own[key])} and {table.line(row)}"
                raise ReportRefusedError(f"{lines} have the same {name}, so nobody can tell whose row it is")
            if key:
                own[key] = row
        found.append(own)
    return found
