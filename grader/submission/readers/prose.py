"""Running text as a submission: headings that name problems, and `name = value` wherever it stands.

A format finds headings, lines, equations and tables and tells them to a `Prose` in any order; here they are
put in order and sorted by problem. People calculate towards an answer (`a = f(z)`, later `= f(0.2)`, later
`a = 0.55`), so that the last statement of a name counts, and a line that begins with an equals sign goes on
with the one before.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.submission.hints import Hints, squeezed
from grader.submission.readers.mathtext import equations
from grader.submission.readers.spans import Places, Span, masked, spans
from grader.submission.readers.textlines import MASK, Found, answers
from grader.submission.readers.written import Statement, Written, node
from grader.submission.shape import MAX_NOTES
from grader.submission.tree import MAX_NODES, Scalar, UnreadableError, shorten

NOTHING = "found no answer; expected lines such as `a1 = 0.5`, under headings that name the problems"

_WORD = r"question|problem|exercise|task|aufgabe|part|quest|prob|ex|q|p"
_NUMBERED = re.compile(rf"\W*(?:(?:{_WORD})\b\W*)?(\d+(?:[.]\d+)*)\s?\W?([a-z]?)(?![\w])", re.IGNORECASE)
_LIKE_PROBLEM = re.compile(rf"\W*(?:(?:{_WORD})\b|\d|q\d)", re.IGNORECASE)
_NUMBER_IN_ID = re.compile(r"[a-z]*[ _.-]?(\d+(?:[.]\d+)*)([a-z]?)", re.IGNORECASE)
_ASKS = re.compile(r"^\s*\?\s*=\s*")
_NUMERAL = re.compile(r"[-+−]?[\d.,]+(?:e[-+]?\d+)?", re.IGNORECASE)
_KEY_NOISE = re.compile(r"\$|\\q?quad(?![a-zA-Z])|\\(?:bullet|displaystyle)(?![a-zA-Z])|\\[,;:!]|[•●]|\*\*")
_LINE_HEADING = 80
_COUNTER = re.compile(r"\(?\d{1,2}(?:\.\d{1,2})*[.)]\s+(?=\S)")
_CONDITION = re.compile(r"\\text\s*\{\s*(?:at|for|if|when|where|let|since|with|as|given)\b", re.IGNORECASE)


class _Said(NamedTuple):
    """Something at an offset: a heading (level above 0), an equation's piece, or an answer in a line."""

    offset: int
    level: int
    key: str
    value: str
    value_offset: int
    column: int = 0
    problem: str | None = None


class _Kept(NamedTuple):
    problem: str | None
    key: str
    text: str
    offset: int


class Prose:
    """What has been found in one text so far."""

    def __init__(self, text: str, hints: Hints) -> None:
        self.text = text
        self.hints = hints
        self.spans = spans(text)
        self.masked = masked(text, self.spans, MASK)
        self.places = Places(text)
        self.student: Scalar | None = None
        self._said: list[_Said] = []
        self._taken: list[tuple[int, int]] = []

    def heading(self, offset: int, level: int, text: str) -> None:
        """A heading; 1 is the highest level."""
        self._said.append(_Said(offset, level, text, "", offset))

    def named(self, key: str, text: str, offset: int, problem: str | None = None) -> None:
        """An answer whose name and text stand apart, in a table."""
        self._add(_Said(offset, 0, key, text, offset, problem=problem))

    def line(self, start: int, end: int) -> None:
        """A line of text: its answers, or the heading that it is."""
        text = self.text[start:end]
        found = answers(self.masked[start:end], text, self.hints)
        if not found and text.strip() and len(text) <= _LINE_HEADING and self.problem_of(text, line=True):
            self.heading(start, 9, text)
        for answer in found:
            self._answer(start, answer)

    def _answer(self, start: int, found: Found) -> None:
        key, value = found.key, _inner(found.value)
        self._taken.append((start + found.start, start + found.end))
        self._add(
            _Said(start + found.start, 0, key if found.exact else _key(key), value, start + found.value_start)
        )

    def _add(self, said: _Said) -> None:
        if len(self._said) >= MAX_NODES:
            raise UnreadableError(f"more than {MAX_NODES} names and values; expected one student's answers")
        self._said.append(said)

    def equations(self) -> None:
        """Every equation of the mathematics that no answer in a line, or a table, has taken."""
        taken = sorted(self._taken)
        at = 0
        for span in self.spans:
            while at < len(taken) and taken[at][1] <= span.start:
                at += 1
            if at == len(taken) or span.end <= taken[at][0]:
                self._pieces(span)

    def take(self, start: int, end: int) -> None:
        """Mathematics between these offsets is part of something else."""
        self._taken.append((start, end))

    def _pieces(self, span: Span) -> None:
        for piece in equations(self.text, span.inner_start, span.inner_end):
            if _CONDITION.match(piece.key) or not (piece.value or span.display):
                continue
            self._add(_Said(piece.start, 0, _key(piece.key), piece.value, piece.value_start, piece.column))

    def problem_of(self, heading: str, *, line: bool = False) -> str | None:
        """The problem that a heading names by its id, its title or its number.

        line: the heading is only a line of text, which must begin with the id or say `Question 3`.
        """
        if not self.hints.problems:
            return None if line else heading.partition(":")[0].strip() or None
        for problem in sorted(self.hints.problems, key=lambda known: -len(known.id)):
            if heading == problem.id or heading.startswith(f"{problem.id}:"):
                return problem.id
        words = _words(heading)
        for problem in sorted(self.hints.problems, key=lambda known: -len(known.id)):
            names = [_words(problem.id)] if line else [_words(problem.id), _words(problem.title or "")]
            if any(name and _within(name, words, start=line) for name in names):
                return problem.id
        numbered = _NUMBERED.match(heading)
        if numbered is None or (line and not re.match(rf"\W*(?:{_WORD})\b", heading, re.IGNORECASE)):
            return None
        wanted = (numbered[1], numbered[2].casefold())
        hits = [problem.id for problem in self.hints.problems if _number(problem.id) == wanted]
        return hits[0] if len(hits) == 1 else None

    def finish(self) -> Written:
        """The submission, and what is to be said about it.

        Raises:
            UnreadableError: there is no answer in it, not even a blank one.
        """
        kept = _Sorted(self)
        for said in sorted(self._said, key=lambda found: found.offset):
            if said.level:
                kept.heading(said)
            else:
                kept.statement(said)
        statements, notes = kept.last(self.places)
        if not statements:
            raise UnreadableError(NOTHING)
        return Written(self.student, statements, notes[: MAX_NOTES + 1])


class _Sorted:
    """Statements by the problem whose heading they stand under."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self.problem: str | None = None
        self.level = 0
        self.elsewhere = False  # under the heading of a problem that the assignment does not have
        self.kept: list[_Kept] = []
        self.row: dict[int, int] = {}

    def heading(self, said: _Said) -> None:
        named = self.prose.problem_of(said.key, line=said.level == 9)
        if named is not None:
            self.problem, self.level, self.elsewhere = named, said.level, False
        elif said.level <= self.level and _LIKE_PROBLEM.match(said.key):
            self.problem = None
            self.elsewhere = len(self.prose.hints.problems) > 1
        self.row = {}

    def statement(self, said: _Said) -> None:
        value = _ASKS.sub("", said.value)
        value = "" if value == "?" else value
        if not said.key:
            self._go_on(said.column, value)
            return
        problem = said.problem or self.problem
        if problem is None and not self.elsewhere:
            problem = self.prose.hints.owner(said.key)
        if said.column == 0:
            self.row = {}
        self.row[said.column] = len(self.kept)
        self.kept.append(_Kept(problem, said.key, value, said.value_offset))

    def _go_on(self, column: int, value: str) -> None:
        if not value:
            self.row = {}
        elif self.row:
            at = self.row.get(column, len(self.kept) - 1)
            before = self.kept[at]
            self.kept[at] = before._replace(text=f"{before.text} = {value}" if before.text else value)

    def last(self, places: Places) -> tuple[list[Statement], tuple[str, ...]]:
        """The last statement of every name, and notes where an earlier one was another number."""
        final: dict[tuple[str | None, str], _Kept] = {}
        notes = []
        for kept in self.kept:
            name = (kept.problem, squeezed(kept.key))
            if name in final and not kept.text.strip():
                continue
            before = final.pop(name, None)
            numbers = {_number_text(one.text) for one in (before, kept) if one is not None} - {""}
            if before and len(numbers) > 1 and self.prose.hints.knows(kept.key):
                first, second = (places.of(one.offset)[0] for one in (before, kept))
                notes.append(
                    f"`{shorten(kept.key)}` stands on lines {first} and {second}; the last one counts"
                )
            final[name] = kept
        homeless = [kept for kept in final.values() if kept.problem is None]
        if homeless:
            first = places.of(homeless[0].offset)[0]
            notes.append(
                f"from line {first} on, under no heading that names a problem: {len(homeless)} not read"
            )
        return [
            Statement(kept.problem, kept.key, node(kept.text, *place), *place)
            for kept in final.values()
            for place in [places.of(kept.offset)]
        ], tuple(notes)


def _number_text(text: str) -> str:
    """What a chain ends with, where that is a plain number."""
    end = text.rpartition("=")[2].strip()
    return end if _NUMERAL.fullmatch(end) else ""


def _key(key: str) -> str:
    """The name as written, without what only sets it apart from the text around it."""
    text = key.replace("\\_", "_").replace("\\*", "*") if "$" not in key else key
    return _COUNTER.sub("", _KEY_NOISE.sub(" ", text).strip(" \t\n:~"))


def _inner(value: str) -> str:
    """A value that is one piece of mathematics, without its dollar signs."""
    if len(value) > 2 and value[0] == value[-1] == "$" and "$" not in value[1:-1]:
        return value[1:-1].strip()
    return value


def _words(text: str) -> list[str]:
    return re.sub(r"[\W_]+", " ", text.casefold()).split()


def _within(name: list[str], words: list[str], *, start: bool) -> bool:
    """Whether the words of a name stand together among the words (at their start)."""
    last = 0 if start else len(words) - len(name)
    return any(words[at : at + len(name)] == name for at in range(last + 1))


def _number(problem: str) -> tuple[str, str] | None:
    found = _NUMBER_IN_ID.fullmatch(problem)
    return (found[1], found[2].casefold()) if found else None
