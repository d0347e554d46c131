"""JSON submissions: numbers keep their digits, and a name that stands twice is seen.

A sheet without oddities goes through the standard library's decoder. Anything else, and every question about
places, goes through json_scanner.py, which knows lines and words its complaints for students.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from grader.submission.hints import NO_HINTS, Hints
from grader.submission.model import Given, Raw
from grader.submission.readers import json_scanner
from grader.submission.shape import Content, interpret, student_name
from grader.submission.tree import CERTAIN_LENGTH, Node

_Value: TypeAlias = "str | bool | list[_Value] | dict[str, _Value] | None"

_ODD_ESCAPE = re.compile(r"\\(?:[bf]|u(?:00[0-189]|007[fF]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")
"""Escapes of characters that `tree.clean` may replace."""


class _DoubtfulError(Exception):
    """Something that the scanner should decide."""


def read(text: str, _hints: Hints = NO_HINTS) -> Content:
    """The submission in the text.

    Raises:
        UnreadableError: it is no JSON, or has not the shape of a submission.
    """
    return _read_plain(text) or interpret(parse(text))


def parse(text: str, _hints: Hints = NO_HINTS) -> Node | None:
    """The text's tree with its places, None for an empty one.

    Raises:
        UnreadableError: it is no JSON, or nested too deep.
    """
    return json_scanner.parse(text)


def _read_plain(text: str) -> Content | None:
    """The submission in a sheet without oddities, without notes; None when it is not certain to be one."""
    if len(text) > CERTAIN_LENGTH or ("\\" in text and _ODD_ESCAPE.search(text)):
        return None
    try:
        return _sheet(_DECODER.decode(text))
    except (_DoubtfulError, ValueError, RecursionError):
        return None


def _group(entries: list[tuple[str, _Value]]) -> dict[str, _Value]:
    group = dict(entries)
    if len(group) != len(entries):
        raise _DoubtfulError
    return group


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_group)


def _sheet(root: _Value) -> Content:
    if not isinstance(root, dict) or not root.keys() <= {"student", "answers"}:
        raise _DoubtfulError
    student, answers = root.get("student"), root.get("answers")
    if not isinstance(answers, dict) or not answers:
        raise _DoubtfulError
    return Content(_student(student), {problem: _problem(given) for problem, given in answers.items()})


def _student(value: _Value) -> str | None:
    if value is None:
        return None
    name = student_name(value) if isinstance(value, str) else None
    if name is None:
        raise _DoubtfulError
    return name


def _problem(group: _Value) -> dict[str, Given]:
    if not isinstance(group, dict):
        raise _DoubtfulError
    if set(map(type, group.values())) <= {str} and all(map(str.strip, group.values())):  # type: ignore[arg-type]
        return group  # type: ignore[return-value]
    given: dict[str, Given] = {}
    for name, value in group.items():
        if isinstance(value, str):
            if value and not value.isspace():
                given[name] = value
        elif value is not None:
            given[name] = _raw(value, depth=4)
    return given


def _raw(value: _Value, depth: int) -> Raw:
    """A value inside `depth` levels, its own included where it is a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth <= 6:
        return tuple([_raw(item, depth + 1) for item in value])
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _DoubtfulError
