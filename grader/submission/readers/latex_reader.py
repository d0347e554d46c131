r"""LaTeX sources: answers in equations, in text and in tables, under `\section`s that name the problems.

Commands become blanks, a character for a character, so that every place stays what it was. No macro is
expanded and nothing is included: the text is read, not run.
"""

from __future__ import annotations

import re

from grader.submission.hints import NO_HINTS, Hints
from grader.submission.readers.prose import Prose
from grader.submission.readers.written import Written, content_of, tree
from grader.submission.shape import Content
from grader.submission.tree import Group, Scalar

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_BODY = re.compile(r"\\begin\s*\{document\}")
_END = re.compile(r"\\end\s*\{document\}")
_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
    "question": 2, "problem": 2, "exercise": 2, "task": 2,
}  # fmt: skip
_HEADING = re.compile(
    rf"\\(?P<command>{'|'.join(_LEVELS)})\*?\s*(?:\[[^\]\n]{{0,200}}\])?\s*\{{(?P<text>[^{{}}\n]{{0,300}})\}}"
)
_BLOCK = re.compile(
    r"\\begin\s*\{(?P<name>problem|question|exercise|task)\*?\}\s*(?:\[(?P<one>[^\]\n]{0,200})\]|\{(?P<two>[^{}\n]{0,200})\})"
)
_TABLE = re.compile(r"\\begin\s*\{(tabularx?|longtable|array)\}(?:\s*\{[^{}\n]{0,100}\}){0,2}")
_TABLE_END = re.compile(r"\\end\s*\{(tabularx?|longtable|array)\}")
_RULES = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|endhead|cline\s*\{[^{}\n]{0,50}\})")
_DRESS = re.compile(r"\\(textbf|textit|texttt|emph|textrm|underline)\s*\{([^{}$\n]{0,300})\}")
_BREAK = re.compile(r"(?<!\\)&|\\\\(?:\[[^\]\n]{0,20}\])?")
_ROW_END = re.compile(
    r"\\\\(?:\[[^\]\n]{0,20}\])?[ \t]*$|\\(?:noindent|newline|par|bigskip|medskip|smallskip)(?![a-z])"
)
_STUDENT = re.compile(
    r"(?:\\(?:student|author)\s*\{|[ \t]*student(?:[ _](?:id|number))?[ \t]*[:=])"
    r"[ \t]*([^{}\n]*?)[ \t]*(?:\}|\\\\|$)",
    re.IGNORECASE,
)
_HEADS = frozenset({"question", "quantity", "name", "key", "problem", "answer", "value", "result"})


def read(text: str, hints: Hints = NO_HINTS) -> Content:
    """The submission in the text.

    Raises:
        UnreadableError: it has no answers, or more than any submission.
    """
    return content_of(_written(text, hints))


def parse(text: str, hints: Hints = NO_HINTS) -> Group:
    """The text's tree with its places.

    Raises:
        UnreadableError: as for `read`.
    """
    return tree(_written(text, hints))


def _written(text: str, hints: Hints) -> Written:
    prose = Prose(_undressed(text), hints)
    tables = _tables(prose)
    start = 0
    for line in prose.text.split("\n"):
        end = start + len(line)
        if not any(left <= start < right for left, right in tables):
            _line(prose, start, end)
        start = end + 1
    prose.equations()
    return prose.finish()


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _undressed(text: str) -> str:
    """The text without comments, preamble and commands that only change how it looks."""
    text = _COMMENT.sub(_blank, text)
    body, end = _BODY.search(text), _END.search(text)
    head = text[: body.end()] if body else ""
    tail = text[end.start() :] if end else ""
    middle = text[len(head) : len(text) - len(tail)]
    blank = re.sub(r"[^\n]", " ", head), re.sub(r"[^\n]", " ", tail)
    return blank[0] + _DRESS.sub(_content, middle) + blank[1]


def _content(found: re.Match[str]) -> str:
    before = found.start(2) - found.start()
    return " " * before + found[2] + " "


def _line(prose: Prose, start: int, end: int) -> None:
    line = prose.text[start:end]
    heading = _HEADING.search(line)
    if heading:
        prose.heading(start, _LEVELS[heading["command"]], heading["text"])
        start += heading.end()
    elif block := _BLOCK.search(line):
        prose.heading(start, 2, block["one"] or block["two"] or "")
        start += block.end()
    elif student := _STUDENT.match(line):
        if prose.student is None and student[1]:
            prose.student = Scalar(student[1], *prose.places.of(start + student.start(1)))
        return
    stop = _ROW_END.search(prose.masked, start, end)
    while stop and stop.end() < end and not prose.text[start : stop.start()].strip():
        start = stop.end()
        stop = _ROW_END.search(prose.masked, start, end)
    if prose.masked[start : stop.start() if stop else end].strip():
        prose.line(start, stop.start() if stop else end)


def _tables(prose: Prose) -> list[tuple[int, int]]:
    """Tells the rows of every table outside of mathematics, and gives where the tables are."""
    found = []
    at = 0
    displays = [span for span in prose.spans if span.display]
    while opened := _TABLE.search(prose.text, at):
        closed = _TABLE_END.search(prose.text, opened.end())
        if closed is None:
            break
        at = closed.end()
        if not any(span.start <= opened.start() < span.end for span in displays):
            _table(prose, opened.end(), closed.start())
            found.append((opened.start(), closed.end()))
            prose.take(opened.start(), closed.end())
    return found


def _table(prose: Prose, start: int, end: int) -> None:
    rows: list[list[tuple[str, int]]] = [[]]
    at = start
    for mark in [*_BREAK.finditer(prose.text, start, end), None]:
        stop = mark.start() if mark else end
        raw = _RULES.sub(_blank, prose.text[at:stop])
        cell = raw.strip()
        rows[-1].append((cell, at + (raw.find(cell) if cell else 0)))
        at = mark.end() if mark else end
        if mark and mark[0] != "&":
            rows.append([])
    for row in rows:
        if len(row) > 1 and row[0][0].casefold() not in _HEADS:
            prose.named(_plain(row[0][0]), _plain(row[1][0]), row[1][1])


def _plain(cell: str) -> str:
    text = cell.replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").replace("\\#", "#")
    return text[1:-1].strip() if len(text) > 2 and text[0] == text[-1] == "$" else text
