"""A class list: who is in the class, and which id stands for a number, a name or an address.

Not here: finding the file that a student handed in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from grader.record import record
from grader.submission.encoding import decode_table, read_bytes
from grader.submission.readers.tables import Cell, Row, folded, rows
from grader.submission.shape import student_name
from grader.submission.tree import UnreadableError, shorten

MAX_BYTES = 20_000_000

# The first of these columns that a row has something in is the student's id.
_IDS = (
    "id", "student id", "student number", "sid", "id number", "orgdefinedid", "matriculation number",
    "student", "username", "user name", "sis login id", "login id", "github username", "email",
    "email address", "e-mail",
)  # fmt: skip
_KEYS = frozenset({*_IDS, "sis user id", "integration id", "github id", "identifier", "roster identifier"})
_NAMES = ("name", "full name", "student name")
_SORTABLE = {"student", "id", "section"}  # a Canvas gradebook, where `Student` is a name
_PARTICIPANT = re.compile(r"\D+ (\d+)")


@record
class Roster:
    """A class list.

    ids: everyone, sorted; keys: numbers, addresses and user names -> id; names: names without blanks and
        marks -> id, None where several people have it.
    """

    ids: tuple[str, ...]
    keys: Mapping[str, str]
    names: Mapping[str, str | None]

    def find(self, keys: Iterable[str | None]) -> str | None:
        """The id of the student whom these describe, the surest first; None where nobody fits."""
        given = [key for key in keys if key]
        for key in given:
            if (found := self.keys.get(key.casefold().strip())) is not None:
                return found
        return next((found for key in given if (found := self.names.get(_letters(key))) is not None), None)

    def absent(self, present: Collection[str]) -> list[str]:
        """The ids of those who are not among the present."""
        return [student for student in self.ids if student not in present]


def load(path: str) -> Roster:
    """The class list in a CSV file.

    Raises:
        UnreadableError: it is no class list, or one id stands there twice.
        OSError: never; what the disk refuses is an UnreadableError as well.
    """
    text, _ = decode_table(read_bytes(path, MAX_BYTES))
    return roster_of(rows(text))


def roster_of(table: list[Row]) -> Roster:
    """The class list in a table whose first row names the columns.

    Raises:
        UnreadableError: it has no column that says who it is, a row without an id, or an id twice.
    """
    header = [folded(cell.text) for cell in table[0]] if table else []
    if header:
        header[0] = header[0].removeprefix("\ufeff")
    columns = _Columns(header)
    if not columns.ids and not columns.names:
        raise UnreadableError(
            "found no column `id`, `student`, `name`, `email` or `username` in its first line"
        )
    seen: dict[str, int] = {}
    keys: dict[str, str] = {}
    names: dict[str, str | None] = {}
    for row in table[1:]:
        if columns.is_no_student(row):
            continue
        student = columns.student(row)
        if student is None:
            raise UnreadableError("a row without an id", row[0].line)
        if student in seen:
            raise UnreadableError(
                f'the id "{shorten(student)}" stands there already, in line {seen[student]}', row[0].line
            )
        seen[student] = row[0].line
        for key in columns.all_keys(row):
            keys.setdefault(key.casefold(), student)
        for name in columns.all_names(row):
            names[name] = student if names.get(name, student) == student else None
    keys |= {student.casefold(): student for student in seen}
    return Roster(tuple(sorted(seen)), keys, names)


class _Columns:
    """Which columns say what."""

    def __init__(self, header: list[str]) -> None:
        sortable = set(header) >= _SORTABLE
        self._canvas = sortable
        self._at = {name: at for at, name in reversed(list(enumerate(header)))}
        self.ids = [
            self._at[name] for name in _IDS if name in self._at and not (sortable and name == "student")
        ]
        self.keys = [
            at for name, at in self._at.items() if name in _KEYS and not (sortable and name == "student")
        ]
        self.names = [self._at[name] for name in _NAMES if name in self._at]
        self.names += [self._at["student"]] if sortable else []

    def is_no_student(self, row: Row) -> bool:
        """The row of a gradebook that holds the points one can get."""
        return self._canvas and "points possible" in row[0].text.casefold()

    def student(self, row: Row) -> str | None:
        """The id in a row: of its columns the first that is not blank, else an identifier, else a name."""
        more = [self._at[name] for name in ("identifier", "roster identifier") if name in self._at]
        for at in (*self.ids, *more, *self.names):
            if name := student_name(_text(row, at)):
                return name
        return None

    def all_keys(self, row: Row) -> Iterable[str]:
        for at in self.keys:
            if text := _text(row, at):
                yield text
                if participant := _PARTICIPANT.fullmatch(text):
                    yield participant[1]

    def all_names(self, row: Row) -> Iterable[str]:
        """A name in the orders that platforms write it in, letters only."""
        parts = [_text(row, self._at[name]) for name in ("first name", "last name") if name in self._at]
        for text in [*(_text(row, at) for at in self.names), " ".join(parts)]:
            last, comma, first = text.partition(",")
            words = text.split()
            orders = (
                {text, f"{first} {last}"}
                if comma
                else {text, *([f"{words[-1]} {' '.join(words[:-1])}"] if words else [])}
            )
            yield from filter(None, map(_letters, orders))


def _text(row: Row, at: int) -> str:
    return row[at].text if at < len(row) else Cell("", 0, 0).text


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
