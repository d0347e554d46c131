"""YAML's own complaints in words that say what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.record import replace
from grader.source import Issue, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTE = 'put quotes around the text, as in "W1[1,2]"'


def explain(error: Any, path: str, lines: Sequence[str], deepest: int) -> Issue:  # noqa: ANN401 - a PyYAML error
    """One issue for a `yaml.MarkedYAMLError`: the place, what is wrong there, what helps.

    libyaml and the Python parser word the same trouble differently; the place and the character there decide.
    """
    problem, context = str(error.problem), str(error.context)
    at = _mark(error.problem_mark, path, lines)
    begin = _mark(error.context_mark, path, lines) if error.context_mark else at
    char = lines[at.line - 1][at.column - 1 : at.column]
    if "flow" in context and "level" not in context:
        return _flow(at, begin, char, lines)
    if "quoted scalar" in context:
        # The Python parser points behind the backslash, libyaml at it.
        backslash = at if char == "\\" else replace(at, column=max(1, at.column - 1))
        return _quoted(backslash, begin, problem)
    if "cannot start any token" in problem:
        return _start(at, char)
    if "mapping values are not allowed" in problem:
        return Issue(at, 'a ":" stands where no key can be', "put quotes around a text that holds a colon")
    if "nesting" in problem:
        return Issue(at, f"nested deeper than {deepest} levels")
    return _indentation(at, problem, context)


def _mark(mark: Any, path: str, lines: Sequence[str]) -> Mark:  # noqa: ANN401
    """The place, moved to the end of the last line with text where YAML points behind it."""
    line, column = mark.line, mark.column
    while line > 0 and (line >= len(lines) or not lines[line].strip()):
        line -= 1
        column = len(lines[line].rstrip())
    return Mark(path, line + 1, column + 1)


def _flow(at: Mark, begin: Mark, char: str, lines: Sequence[str]) -> Issue:
    opened = lines[begin.line - 1][begin.column - 1 : begin.column]
    closing = "}" if opened == "{" else "]"
    if not char:
        return Issue(begin, f'this "{opened}" is never closed', f'expected a "{closing}"')
    hint = _QUOTE if char in "[{,]}" else f'expected "," or "{closing}"'
    return Issue(at, f'unexpected "{char}" inside {opened} {closing}', hint)


def _quoted(at: Mark, begin: Mark, problem: str) -> Issue:
    if "escape" in problem or "hexdecimal" in problem:
        return Issue(
            at, 'unknown escape after "\\"', "use single quotes: a backslash stands for itself there"
        )
    return Issue(begin, "this quote is never closed")


def _start(at: Mark, char: str) -> Issue:
    if char == "\t":
        return Issue(at, "a tab indents this line, expected spaces", "replace the tab by spaces")
    return Issue(at, f'a value cannot begin with "{char}"', "put quotes around the text")


def _indentation(at: Mark, problem: str, context: str) -> Issue:
    if "block" in context:
        hint = "check the indentation, and quotes around texts that hold special characters"
        return Issue(at, "this does not fit the lines before it", hint)
    return Issue(at, f"not YAML: {problem}")
