"""Comma-separated text as cells with their places, and what kind of table it is by its first row.

Not here: what the columns mean for a submission (csv_reader.py) or for a class list (sources/roster.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from grader.submission.tree import UnreadableError

MAX_ROWS = 50_000
_DELIMITERS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=(.)\n")  # what Excel writes into a file to be sure of itself
_HARMLESS = re.compile(r"'(?=[=+\-@])")  # the apostrophe that keeps a spreadsheet from running a cell
_PATTERNS = {
    mark: re.compile(rf'(?:"((?:[^"]+|"")*+)"|([^{mark}\n]*+))({mark}|\n|\Z)') for mark in _DELIMITERS
}


class Cell(NamedTuple):
    """A text without its quotes, and where it begins."""

    text: str
    line: int
    column: int


Row: TypeAlias = list[Cell]


def rows(text: str) -> list[Row]:
    """The rows that are not blank. The mark between cells is the one that the first row has most of.

    Raises:
        UnreadableError: there are too many.
    """
    start = 0
    if named := _SEPARATOR_LINE.match(text):
        start = named.end()
    mark = named[1] if named and named[1] in _DELIMITERS else _delimiter(text[start : start + 20_000])
    found: list[Row] = []
    row: Row = []
    line, line_start = (2, start) if named else (1, 0)
    match = _PATTERNS[mark].match
    at = start
    while at <= len(text) and (cell := match(text, at)) is not None:
        quoted, plain, ending = cell.groups()
        content = plain if quoted is None else quoted.replace('""', '"')
        row.append(Cell(_HARMLESS.sub("", content.strip(), count=1), line, at - line_start + 1))
        if quoted is not None and (breaks := quoted.count("\n")):
            line += breaks
            line_start = text.rfind("\n", 0, cell.end() - len(ending)) + 1
        at = cell.end()
        if ending == mark:
            continue
        if any(given.text for given in row):
            found.append(row)
            if len(found) > MAX_ROWS:
                raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line)
        row = []
        line, line_start = line + 1, at
        if not ending:
            break
    return found


def _delimiter(text: str) -> str:
    """The mark that separates most cells of the first row; those in quotes do not count."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\n")).partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def folded(header: str) -> str:
    """A column's name as it is compared: lower case, single blanks, no `_`."""
    return " ".join(header.replace("_", " ").casefold().split())


_NO_ANSWERS = (
    ({"file", "score", "max score", "percent"}, "a gradebook of this program"),
    ({"sid", "lateness (h:m:s)"}, "a Gradescope list of marks"),
    ({"student", "id", "section"}, "a Canvas gradebook"),
    ({"identifier", "full name", "grade"}, "a Moodle grading worksheet"),
    ({"points awarded", "roster identifier"}, "a GitHub Classroom list of marks"),
    ({"identifier", "github username"}, "a GitHub Classroom roster"),
)
_ROSTER_ONLY = frozenset(
    {"id", "student", "student id", "name", "first name", "last name", "full name", "email", "username",
     "email address", "id number", "group", "section"}
)  # fmt: skip


def without_answers(header: Row) -> str | None:
    """What kind of table this first row begins, where it is one that holds no answers."""
    names = {folded(cell.text) for cell in header}
    for wanted, kind in _NO_ANSWERS:
        if wanted <= names:
            return kind
    return "a class list" if names and names <= _ROSTER_ONLY else None
