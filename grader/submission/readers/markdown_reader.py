"""Markdown: answers as `name = value` in text and mathematics, and as tables, under headings of problems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.submission.hints import NO_HINTS, Hints
from grader.submission.readers.prose import Prose
from grader.submission.readers.written import Written, content_of, tree
from grader.submission.shape import Content
from grader.submission.tree import Group, Scalar

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+([^\n]*)")
_BOLD = re.compile(r"\s*(?:\*\*|__)([^*_\n]{1,100})(?:\*\*|__)[ \t]*:?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(?:```+|~~~+)[^`\n]*")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_STUDENT = re.compile(
    r"[ \t>*_#|-]*student(?:[ _](?:id|number))?[*_]*[ \t]*[:=][*_]*[ \t]*([^\n]*?)[*_ \t]*", re.IGNORECASE
)
_BORDER = re.compile(r"(?<!\\)\|")
_KEYS = frozenset({"question", "quantity", "name", "key"})
_ANSWERS = frozenset({"answer", "value", "result", "your answer"})
_PROBLEMS = frozenset({"problem", "exercise", "task"})


def read(text: str, hints: Hints = NO_HINTS) -> Content:
    """The submission in the text.

    Raises:
        UnreadableError: it is empty, or has more names and values than any submission.
    """
    return content_of(written(text, hints))


def parse(text: str, hints: Hints = NO_HINTS) -> Group:
    """The text's tree with its places.

    Raises:
        UnreadableError: as for `read`.
    """
    return tree(written(text, hints))


def written(text: str, hints: Hints) -> Written:
    """The answers, before they become a tree."""
    prose = Prose(without_comments(text), hints)
    lines = list(_lines(prose.text))
    at = 0
    while at < len(lines):
        at = _block(prose, lines, at)
    prose.equations()
    return prose.finish()


def without_comments(text: str) -> str:
    """The text with blanks in place of what stands between `<!--` and `-->`, line ends kept."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts += [text[at:start], re.sub(r"[^\n]", " ", text[start : end + 3])]
        at = end + 3
    return "".join([*parts, text[at:]])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _block(prose: Prose, lines: list[tuple[int, int]], at: int) -> int:
    """Tells what begins in a line, and gives the number of the line behind it."""
    start, end = lines[at]
    line = prose.text[start:end]
    following = prose.text[slice(*lines[at + 1])] if at + 1 < len(lines) else ""
    if "|" in line and "-" in following and _RULE.fullmatch(following):
        return _table(prose, lines, at)
    if heading := _HEADING.fullmatch(line):
        prose.heading(start, len(heading[1]), heading[2].strip("# \t"))
    elif line.strip() and "=" not in line and following and _UNDERLINE.fullmatch(following):
        prose.heading(start, 1 if "=" in following else 2, line)
        return at + 2
    elif bold := _BOLD.fullmatch(line):
        prose.heading(start, 7, bold[1])
    elif student := _STUDENT.fullmatch(line):
        if prose.student is None and student[1]:
            prose.student = Scalar(student[1], *prose.places.of(start + student.start(1)))
    elif not _FENCE.fullmatch(line) and prose.masked[start:end].strip():
        prose.line(start, end)
    return at + 1


def _table(prose: Prose, lines: list[tuple[int, int]], at: int) -> int:
    """A table: a row a question, or a column a question where its heads name questions."""
    header = [text for text, _ in _cells(prose, *lines[at])]
    names = [name.casefold() for name in header]
    wide = [column for column, name in enumerate(header) if name and prose.hints.asking(name)]
    key = next((column for column, name in enumerate(names) if name in _KEYS), None)
    answer = next((column for column, name in enumerate(names) if name in _ANSWERS), None)
    problem = next((column for column, name in enumerate(names) if name in _PROBLEMS), None)
    body, bar = at + 2, "|" if prose.text[slice(*lines[at])].lstrip().startswith("|") else ""
    while (
        body < len(lines) and "|" in (row := prose.text[slice(*lines[body])]) and row.lstrip().startswith(bar)
    ):
        cells = _cells(prose, *lines[body])
        prose.take(*lines[body])
        if wide and key is None:
            for column in wide:
                if column < len(cells):
                    prose.named(header[column], *cells[column])
        else:
            _row(prose, cells, (key or 0, (key or 0) + 1 if answer is None else answer, problem))
        body += 1
    return body


def _row(prose: Prose, cells: list[tuple[str, int]], columns: tuple[int, int, int | None]) -> None:
    key, answer, problem = columns
    if max(key, answer) >= len(cells):
        return
    where = cells[problem][0] if problem is not None and problem < len(cells) else None
    prose.named(cells[key][0], *cells[answer], problem=where or None)


def _cells(prose: Prose, start: int, end: int) -> list[tuple[str, int]]:
    r"""The cells of a row, with the offset of each; `\|` is a bar that separates nothing."""
    line = prose.masked[start:end].rstrip()
    borders = [found.start() for found in _BORDER.finditer(line)]
    left = 0
    if line.lstrip().startswith("|"):
        left, borders = borders[0] + 1, borders[1:]
    if not borders or borders[-1] != len(line) - 1:
        borders.append(len(line))
    cells = []
    for right in borders:
        text = prose.text[start + left : start + right]
        offset = start + left + len(text) - len(text.lstrip())
        cells.append((_plain(text.strip()), offset))
        left = right + 1
    return cells


def _plain(cell: str) -> str:
    text = cell.replace("\\|", "|")
    for mark in ("**", "`", "$"):
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            text = text.removeprefix(mark).removesuffix(mark).strip()
    return text
