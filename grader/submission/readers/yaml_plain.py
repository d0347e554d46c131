"""The plain answer sheet, which nearly every YAML submission is, read without a YAML parser.

Plain means: groups by indentation, `name: value` on one line, values that are plain, in quotes without
escapes, or a list of numbers, and comments. `read` answers None for anything else, and wherever it is not
certain; yaml_reader.py then asks yaml_events.py. The tests hold the two equal.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from grader.submission.model import Given, Raw
from grader.submission.shape import Content, student_name
from grader.submission.tree import CERTAIN_LENGTH, YAML_NOTHING

_NAME = r"""(?:[\w(∂]|-(?=[\w(]))[^:#\n]{0,199} | "[^"\\\n]{0,199}" | '[^'\n]{0,199}'"""
_VALUE = r"""(?:[^\s\[\]{},#&*!|>'"%@`?:-]|-(?=\S))(?:[^:#\n]*[^:#\n ])?
           | "[^"\\\n]*" | '[^'\n]*' | \[[-+.0-9eE/,\ \[\]]*\]"""
_LINE = re.compile(
    rf"""^(?: [ ]*(?:\#.*)?
        | ([ ]*)({_NAME}):(?:[ ]+({_VALUE}))?[ ]*(?:[ ]\#.*)? )$""",
    re.MULTILINE | re.VERBOSE,
)
_NUMBER = r"[-+]?[0-9.][-+.0-9eE/]*"
_NUMBERS = rf"\[ *{_NUMBER}(?: *, *{_NUMBER})* *\]"
_IS_VECTOR = re.compile(_NUMBERS).fullmatch
_IS_MATRIX = re.compile(rf"\[ *{_NUMBERS}(?: *, *{_NUMBERS})* *\]").fullmatch
_ROWS = re.compile(r"\[([^\[\]]+)\]").findall

_NEEDS_LOOK = frozenset("\"'[~nN")

_Row: TypeAlias = tuple[str, str, str]  # indentation, name, value


class _DoubtfulError(Exception):
    """Something that PyYAML should decide."""


def read(text: str) -> Content | None:
    """The submission in a plain sheet, without notes; None when it is not certain to be one."""
    # A character that is not printable may be a tab, a line break of YAML's or an error: not for us.
    if len(text) > CERTAIN_LENGTH or not text.replace("\n", " ").isprintable():
        return None
    rows: list[_Row] = _LINE.findall(text)
    if len(rows) != text.count("\n") + 1:
        return None  # some line did not match
    rows = [row for row in rows if row[1]]
    rows.append(("", "", ""))  # ends every loop below
    try:
        return _sheet(rows)
    except _DoubtfulError:
        return None


def _sheet(rows: list[_Row]) -> Content:
    student: str | None = None
    answers: dict[str, dict[str, Given]] | None = None
    at = 0
    while at < len(rows) - 1:
        indent, name, value = rows[at]
        at += 1
        if name == "student" and not indent and student is None:
            student = _student(value)
        elif name == "answers" and not indent and not value and answers is None:
            answers, at = _answers(rows, at)
        else:
            raise _DoubtfulError
    if answers is None:
        raise _DoubtfulError
    return Content(student, answers)


def _student(value: str) -> str:
    text = _value(value) if value else ""
    name = student_name(text) if isinstance(text, str) else None
    if name is None:
        raise _DoubtfulError
    return name


def _answers(rows: list[_Row], at: int) -> tuple[dict[str, dict[str, Given]], int]:
    """The problems from row `at` on, and the first row behind them."""
    outer = rows[at][0]
    answers: dict[str, dict[str, Given]] = {}
    while outer and rows[at][0] == outer:
        _, name, value = rows[at]
        name = _name(name)
        if value or name in answers:
            raise _DoubtfulError
        answers[name], at = _problem(rows, at + 1, outer)
    if rows[at][0] or not answers:
        raise _DoubtfulError
    return answers, at


def _problem(rows: list[_Row], at: int, outer: str) -> tuple[dict[str, Given], int]:
    """The answers from row `at` on, which are indented deeper than `outer`, and the first row behind them."""
    given: dict[str, Given] = {}
    inner = rows[at][0]
    if len(inner) <= len(outer):
        return given, at
    indent, name, value = rows[at]
    while indent == inner:
        if value:
            name = _name(name)
            if name in given:
                raise _DoubtfulError
            if value[0] not in _NEEDS_LOOK:
                given[name] = value
            elif found := _value(value):
                given[name] = found
        at += 1
        indent, name, value = rows[at]
    return given, at


def _name(text: str) -> str:
    if text[0] in "\"'":
        return text[1:-1]
    text = text.rstrip()
    if text in YAML_NOTHING:
        raise _DoubtfulError
    return text


def _value(text: str) -> Raw:
    """A value in quotes, a list or a plain text; empty when it is blank."""
    if text[0] == "[":
        return _list(text)
    if text[0] not in "\"'":
        return "" if text in YAML_NOTHING else text
    text = text[1:-1]
    return text if text.strip() else ""


def _list(text: str) -> Raw:
    if _IS_VECTOR(text):
        return tuple(text[1:-1].replace(" ", "").split(","))
    if _IS_MATRIX(text):
        return tuple(tuple(row.replace(" ", "").split(",")) for row in _ROWS(text))
    raise _DoubtfulError
