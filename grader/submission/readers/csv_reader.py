"""Tables of answers: a row a student (wide), a row an answer (long), and what online forms export.

A student's later row counts: forms add the newest response at the end. Not here: cells (tables.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.submission.hints import NO_HINTS, Hints
from grader.submission.readers.tables import Cell, Row, folded, rows, without_answers
from grader.submission.readers.written import Statement, Written, node, tree
from grader.submission.shape import Content, interpret
from grader.submission.tree import Group, Scalar, UnreadableError, shorten

_QUESTION = frozenset({"question", "key", "quantity", "name of the question", "question id"})
_ANSWER = frozenset({"answer", "value", "response", "your answer"})
_PROBLEM = frozenset({"problem", "problem id", "exercise", "task"})
# By whom a row is, strongest first. Only a form's own `ID` counts its responses and names nobody.
_STUDENT = (
    ("student id", "student number", "sid", "id number", "your student id", "matriculation number"),
    ("student",),
    ("id", "user id"),
    ("username", "user name", "login"),
    ("email address", "email", "e-mail", "e-mail address"),
    ("name", "full name"),
)
_FORM = frozenset({"id", "start time", "completion time"})
_ASIDE = re.compile(
    r"timestamp|time|date|(start|completion|last modified) time|language|score|points|total points|group|"
    r"section|"
    r"quiz feedback|comments?|remarks?|first name|last name|(points|feedback) - .*|asked|hint|form|status"
)
_ENDING = re.compile(
    r"\s*(?:\(\s*\d+(?:\.\d+)?\s*(?:points?|pts?|marks?)\s*\)|\*|\(required\))\s*$", re.IGNORECASE
)
_BEHIND_PROBLEM = re.compile(r"\s*[/:.|–-]\s*|\s+")


class _Column(NamedTuple):
    """Which answers a column holds."""

    at: int
    problem: str | None
    key: str


class _Sheet(NamedTuple):
    """One student's rows as a tree, and what is to be said about them."""

    root: Group
    row: int
    notes: tuple[str, ...]


def read_class(text: str, hints: Hints = NO_HINTS) -> list[tuple[int, Content]]:
    """Every student's submission, each with the line where it begins, in their order.

    Raises:
        UnreadableError: it is no table of answers.
    """
    found = []
    for sheet in _sheets(text, hints):
        content = interpret(sheet.root)
        found.append((sheet.row, content._replace(notes=(*content.notes, *sheet.notes))))
    return found


def parse_class(text: str, hints: Hints = NO_HINTS) -> dict[int, Group]:
    """The trees of all students by the line where each begins.

    Raises:
        UnreadableError: as for `read_class`.
    """
    return {sheet.row: sheet.root for sheet in _sheets(text, hints)}


def _sheets(text: str, hints: Hints) -> list[_Sheet]:
    table = rows(text)
    if not table:
        raise UnreadableError("the table is empty; expected a row of names and then a row a student")
    header = table[0]
    if kind := without_answers(header):
        raise UnreadableError(f"found {kind}; expected a table with answers")
    names = [folded(cell.text) for cell in header]
    question, answer = _first(names, _QUESTION), _first(names, _ANSWER)
    if question is not None and answer is not None:
        return _long(table, names, (question, answer), hints)
    return _wide(table, names, hints)


def _first(names: list[str], wanted: frozenset[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in wanted), None)


def _cell(row: Row, at: int | None) -> Cell:
    return row[at] if at is not None and at < len(row) else Cell("", row[0].line, 1)


def _student_columns(names: list[str]) -> list[int]:
    """The columns that may say whose row it is, strongest first."""
    form = names[0] == "timestamp" or set(names) >= _FORM
    found = []
    for group in _STUDENT:
        if not (form and group[0] == "id"):
            found += [at for at, name in enumerate(names) if name in group]
    return found


def _long(table: list[Row], names: list[str], columns: tuple[int, int], hints: Hints) -> list[_Sheet]:
    """A row an answer; a row that names no student belongs to the one above."""
    by = _student_columns([name if at not in columns else "" for at, name in enumerate(names)])
    problem_at = _first(names, _PROBLEM)
    given: dict[str, tuple[Scalar | None, list[Statement]]] = {}
    current: Scalar | None = None
    for row in table[1:]:
        current = _whose(row, by) or current
        key, value = _cell(row, columns[0]), _cell(row, columns[1])
        problem = _cell(row, problem_at).text or hints.owner(key.text)
        statements = given.setdefault(current.text if current else "", (current, []))[1]
        statements.append(
            Statement(problem, key.text, node(value.text, value.line, value.column), value.line, value.column)
        )
    return [
        _Sheet(tree(Written(student, statements)), statements[0].line, _homeless(statements))
        for student, statements in given.values()
    ]


def _homeless(statements: list[Statement]) -> tuple[str, ...]:
    return tuple(
        f"line {statement.line}: `{shorten(statement.key)}` names no problem; it was not read"
        for statement in statements
        if statement.problem is None
    )


def _whose(row: Row, by: list[int]) -> Scalar | None:
    for at in by:
        cell = _cell(row, at)
        if cell.text and cell.text.casefold() != "anonymous":
            return Scalar(cell.text, cell.line, cell.column)
    return None


def _wide(table: list[Row], names: list[str], hints: Hints) -> list[_Sheet]:
    """A row a student."""
    by = _student_columns(names)
    columns, notes = _columns(table[0], names, by, hints)
    if not columns:
        found = ", ".join(f"`{shorten(cell.text)}`" for cell in table[0][:5])
        raise UnreadableError(f"found the columns {found}; expected a column for each question", 1)
    sheets: dict[str, _Sheet] = {}
    for number, row in enumerate(table[1:], start=1):
        student = _whose(row, by) or (Scalar(f"row {number}", row[0].line, 1) if len(table) > 2 else None)
        statements = [
            Statement(
                column.problem, column.key, node(cell.text, cell.line, cell.column), cell.line, cell.column
            )
            for column in columns
            for cell in [_cell(row, column.at)]
        ]
        sheet = _Sheet(tree(Written(student, statements)), row[0].line, notes)
        name = student.text if student else ""
        before = sheets.pop(name, None)
        if before is not None:
            note = f"answered again in line {sheet.row}; line {before.row} was not read"
            sheet = sheet._replace(notes=(*sheet.notes, *before.notes[len(notes) :], note))
        sheets[name] = sheet
    return list(sheets.values())


def _columns(
    header: Row, names: list[str], by: list[int], hints: Hints
) -> tuple[list[_Column], tuple[str, ...]]:
    """The columns with answers, and a note for each that belongs to no problem."""
    columns, notes = [], []
    aside = {at for group in _STUDENT for name in group for at, given in enumerate(names) if given == name}
    for at, cell in enumerate(header):
        asked = hints.knows(cell.text)
        if not cell.text or at in by or (not asked and (at in aside or _ASIDE.fullmatch(names[at]))):
            continue
        problem, key = _question(cell.text, hints)
        if problem is None:
            notes.append(f"the column `{shorten(cell.text)}` names no problem; it was not read")
        else:
            columns.append(_Column(at, problem, key))
    return columns, tuple(notes)


def _question(header: str, hints: Hints) -> tuple[str | None, str]:
    """The problem and the key that a column's name means: `q1/a1`, `q1: a1`, `a1 (2 points)`."""
    plain = _ENDING.sub("", header)
    named = [found for text in (header, plain) if (found := _behind_problem(text, hints))]
    for problem, key in named:
        if hints.knows(key):
            return problem, key
    if named:
        return named[-1]
    if not hints.problems:
        before, mark, key = header.partition("/")
        return (before, key) if mark else (None, header)
    text = header if hints.knows(header) else plain
    return hints.owner(text), text


def _behind_problem(text: str, hints: Hints) -> tuple[str, str] | None:
    """The problem that the text begins with, and what stands behind it."""
    for problem in sorted((known.id for known in hints.problems), key=len, reverse=True):
        rest = text.removeprefix(problem)
        between = _BEHIND_PROBLEM.match(rest)
        if rest != text and between and (key := rest[between.end() :].strip()):
            return problem, key
    return None
