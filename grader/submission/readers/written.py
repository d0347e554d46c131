"""From pieces of text to the tree of a submission, for formats that have no tree of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from grader.submission.model import Raw
from grader.submission.numerals import parse_list
from grader.submission.shape import Content, interpret
from grader.submission.tree import Group, Node, Scalar, Sequence, clean


class Statement(NamedTuple):
    """An answer under the name that it is for; `problem` is None where nothing says which."""

    problem: str | None
    key: str
    value: Node
    line: int
    column: int


def node(text: str, line: int, column: int) -> Node:
    """The text, or the list that it writes: `[0.1, 0.2]` is the same list in every format."""
    listed = parse_list(text) if text[:1] == "[" else None
    return Scalar(clean(text), line, column) if listed is None else _listed(listed, line, column)


def _listed(raw: Raw, line: int, column: int) -> Node:
    if isinstance(raw, str):
        return Scalar(clean(raw), line, column)
    return Sequence([_listed(item, line, column) for item in raw], line, column)


class Written(NamedTuple):
    """One student's answers as a reader found them."""

    student: Scalar | None
    statements: list[Statement]
    notes: tuple[str, ...] = ()


def content_of(written: Written) -> Content:
    """The submission that was written."""
    content = interpret(tree(written))
    return content._replace(notes=(*content.notes, *written.notes))


def tree(written: Written) -> Group:
    """The tree that YAML would have: `student:` and `answers:` with a group for each problem, in order."""
    problems: dict[str, Group] = {}
    entries: list[tuple[Scalar, Node]] = []
    for problem, key, value, line, column in written.statements:
        if problem is None:
            continue
        group = problems.get(problem)
        if group is None:
            group = problems[problem] = Group([], line, column)
            entries.append((Scalar(problem, line, column), group))
        group.entries.append((Scalar(clean(key), line, column), value))
    root = Group([(Scalar("answers", 1, 1), Group(entries, 1, 1))], 1, 1)
    student = written.student
    if student is not None:
        root.entries.insert(0, (Scalar("student", student.line, student.column), student))
    return root


def moved(statement: Statement, place: Callable[[int, int], tuple[int, int]]) -> Statement:
    """The statement with all its places replaced."""
    line, column = place(statement.line, statement.column)
    return statement._replace(value=_moved(statement.value, line, column), line=line, column=column)


def _moved(value: Node, line: int, column: int) -> Node:
    if isinstance(value, Scalar):
        return Scalar(value.text, line, column)
    if isinstance(value, Sequence):
        return Sequence([_moved(item, line, column) for item in value.items], line, column)
    return value
