"""Where something stands in a file, and how an instructor is told about it.

A :class:`Mark` is a place, an :class:`Issue` a sentence about a place, :func:`render_issues` the text that is
printed. Nothing here knows YAML, the expression language or the terminal; every other room may import it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 20
"""How many issues of a file are printed; the rest is only counted."""

WIDTH = 96
"""How many characters of a source line an excerpt shows: the line may be a megabyte."""


@record
class Mark:
    """A stretch of a line: `line` and `column` count characters from 1, `length` is at least 1."""

    path: str
    line: int
    column: int
    length: int = 1


@record
class Issue:
    """One fact about a place: what was found and what was expected (`message`), and one `hint` at most."""

    mark: Mark
    message: str
    hint: str | None = None
    severity: str = "error"


class SpecError(Exception):
    """A spec that cannot be used.

    Attributes:
        issues: everything that is wrong with it, sorted by place.
        lines: the file's lines, for the excerpts.
    """

    def __init__(self, issues: Iterable[Issue], lines: Sequence[str] = ()) -> None:
        self.issues = tuple(sorted(issues, key=_place))
        self.lines = tuple(lines)
        super().__init__(self.issues, self.lines)

    def __str__(self) -> str:
        """Every issue with its excerpt, ready to be printed."""
        return render_issues(self.issues, self.lines)


def _place(issue: Issue) -> tuple[str, int, int]:
    return (issue.mark.path, issue.mark.line, issue.mark.column)


def render_issues(issues: Sequence[Issue], lines: Sequence[str] = ()) -> str:
    """The issues one below the other, sorted by place, at most :data:`SHOWN` of them.

    Args:
        issues: of one file.
        lines: that file's lines; without them there are no excerpts.
    """
    ordered = sorted(issues, key=_place)
    parts = [render_issue(issue, lines) for issue in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        parts.append(f"... and {len(ordered) - SHOWN} more")
    return "\n".join(parts)


def render_issue(issue: Issue, lines: Sequence[str] = ()) -> str:
    """`path:line:col: error: message`, the source line with carets, and the hint."""
    mark = issue.mark
    place = f"{printable(mark.path)}:{mark.line}:{mark.column}"
    parts = [f"{place}: {issue.severity}: {printable(issue.message)}"]
    if 1 <= mark.line <= len(lines) and lines[mark.line - 1].strip():
        parts.append(excerpt(mark, lines[mark.line - 1]))
    if issue.hint:
        parts.append(f"  hint: {printable(issue.hint)}")
    return "\n".join(parts)


def excerpt(mark: Mark, line: str) -> str:
    """Two lines: the source line behind its number, and carets below the stretch that is meant."""
    start = mark.column - 1
    first = max(0, start - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[first : first + WIDTH]
    # A tab is one character of the file and is shown as one, so that the carets stay below their text.
    text = printable(shown.replace("\t", " ")).rstrip()
    before = sum(_cells(char) for char in shown[: start - first])
    under = sum(_cells(char) for char in shown[start - first : start - first + mark.length])
    number = f"{mark.line:5d}"
    return f"{number} | {text}\n{' ' * len(number)} | {' ' * before}{'^' * max(1, under)}"


def printable(text: str) -> str:
    """The text with every character that could move the cursor or reverse the line replaced by `?`."""
    return "".join(
        "?" if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else char for char in text
    )


def _cells(char: str) -> int:
    """How many columns of a terminal the character takes: 0 for a combining mark, 2 for a wide one."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
