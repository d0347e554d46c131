"""The blank sheet in YAML: an answer goes between its name and the comment about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from grader.report.model import Asked
from grader.report.numbers import points
from grader.report.sheets.words import comment, hint

_PLAIN = re.compile(r"(?:[^\W\d_]|∂)[\w∂./^'()+*=,[\]-]*(?: [\w∂./^'()+*=,[\]-]+)*")
"""Keys that every YAML reader takes as they stand: a letter first, no colon, no hash, single blanks."""

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What readers of YAML 1.1 take for something else than text."""

_ESCAPE = re.compile(r'[\x00-\x1f\x7f-\xa0"\\]|[^\x20-\x7e]')
_SIMPLE_KEY = 900
"""YAML allows a key on one line 1024 characters."""


def render(title: str, assignment: str, questions: Iterable[Asked]) -> Iterator[str]:
    """The sheet, a chunk a line. A comment beside each question says what is asked, its form, its points."""
    asked = list(questions)
    total = points(sum(question.max_score for question in asked))
    yield f"# {comment(title)} ({comment(assignment)}), {total}\n"
    yield "student:\nanswers:\n"
    for problem, group in groupby(asked, key=lambda question: question.problem):
        first, *rest = group
        heading = f" # {comment(first.problem_title)}" if first.problem_title else ""
        yield f"{_key(problem, '  ')}{heading}\n"
        for question in (first, *rest):
            yield f"{_key(question.question, '    ')} # {hint(question)}\n"


def _key(text: str, indent: str) -> str:
    """A mapping key with its colon, quoted where YAML needs it, spelled out where too long for one line."""
    plain = _PLAIN.fullmatch(text) is not None and text.isprintable() and text.lower() not in _WORDS
    written = text if plain else '"' + _ESCAPE.sub(_escaped, text) + '"'
    return f"{indent}{written}:" if len(written) < _SIMPLE_KEY else f"{indent}? {written}\n{indent}:"


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08x}"
