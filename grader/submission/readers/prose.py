"""Running text as a submission: headings that name problems, and `name = value` wherever it stands.

A format finds headings, lines, equations and tables and tells them to a `Prose` in any order; here they are
put in order. Which problem they belong to, and which statement of a name counts, is in sorting.py.
"""

from __future__ import annotations

import re

from grader.submission.hints import Hints
from grader.submission.readers.headings import MARKER, Headings
from grader.submission.readers.items import value_in
from grader.submission.readers.mathtext import equations
from grader.submission.readers.sorting import ITEM, LINE, MARK, TALK, UPDATE, Said, sort
from grader.submission.readers.spans import Places, Span, masked, spans
from grader.submission.readers.textlines import MASK, Found, answers
from grader.submission.readers.written import Written
from grader.submission.shape import MAX_NOTES
from grader.submission.tree import MAX_NODES, Scalar, UnreadableError

NOTHING = "found no answer; expected lines such as `a1 = 0.5`, under headings that name the problems"

TOO_MANY = "more names than any homework has; not all of them were looked up"

_KEY_NOISE = re.compile(
    r"""\$|\\q?quad(?![a-zA-Z])|\\(?:bullet|displaystyle)(?![a-zA-Z])|\\[,;:!]|[•●]|\*\*
    |\\textcircled\s*\{[^{}]{0,12}\}""",
    re.VERBOSE,
)
_UPDATES = re.compile(
    r"\b(?:updat(?:e|es|ed|ing)|gradient descent|new (?:weights?|bias(?:es)?|parameters?|values?)"
    r"|after (?:one|1|the|a|this) (?:\w+ )?(?:step|update|iteration))\b",
    re.IGNORECASE,
)
_LINE_HEADING = 80
_COUNTER = re.compile(r"\(?\d{1,2}(?:\.\d{1,2})*[a-h]?[.)\]]\s+(?=\S)")
_FRESH = re.compile(r"(?<!\w)(?:new|updated)[ \t]+(?:value[ \t]+of[ \t]+)?\Z", re.IGNORECASE)
_NEAR = 30
_CONDITION = re.compile(r"\\text\s*\{\s*(?:at|for|if|when|where|let|since|with|as|given)\b", re.IGNORECASE)


class Prose:
    """What has been found in one text so far."""

    def __init__(self, text: str, hints: Hints) -> None:
        self.text = text
        self.hints = hints = hints.of_one_text()
        self.spans = spans(text)
        self.masked = masked(text, self.spans, MASK)
        self.places = Places(text)
        self.headings = Headings(hints)
        self.student: Scalar | None = None
        self._said: list[Said] = []
        self._taken: list[tuple[int, int]] = []

    def heading(self, offset: int, level: int, text: str) -> None:
        """A heading; 1 is the highest level."""
        self._said.append(Said(offset, level, text, "", offset))
        if _UPDATES.search(text):
            self._said.append(Said(offset, UPDATE, "", text, offset))

    def named(self, key: str, text: str, offset: int, problem: str | None = None) -> None:
        """An answer whose name and text stand apart, in a table."""
        self._add(Said(offset, 0, key, text, offset, problem=problem))

    def line(self, start: int, end: int) -> None:
        """A line of text: its answers, the heading that it is, or the words that it says."""
        text = self.text[start:end]
        marker = self._marker(start, end)
        if _UPDATES.search(text):
            self._add(Said(start, UPDATE, "", text, start))
        found = answers(self.masked[start:end], text, self.hints)
        if not found and text.strip():
            if len(text) <= _LINE_HEADING and self.headings.named(text, line=True):
                self.heading(start, LINE, text)
            elif words := self.text[marker:end].strip():
                self._words(words, marker, numbered=marker > start)
        for answer in found:
            self._answer(start, answer)

    def _words(self, words: str, offset: int, *, numbered: bool) -> None:
        """Words that name no question: a value behind a number or a letter, or something said."""
        value = value_in(words) if numbered else None
        if value is None:
            self._add(Said(offset, TALK, "", words, offset))
        else:
            self._add(Said(offset, ITEM, "", value, self.text.index(value, offset)))

    def _marker(self, start: int, end: int) -> int:
        """Takes the number that a paragraph or an equation begins with; where the rest begins."""
        marker = MARKER.match(self.masked, start, end) if self.masked[start:end].strip() else None
        if marker is None:
            return start
        self._add(Said(start, MARK, marker[0], "", start, marker=marker))
        return marker.end()

    def _answer(self, start: int, found: Found) -> None:
        key, value = found.key, _inner(found.value)
        self._taken.append((start + found.start, start + found.end))
        self._add(
            Said(start + found.start, 0, key if found.exact else _key(key), value, start + found.value_start)
        )

    def _add(self, said: Said) -> None:
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
        if span.display and (marker := MARKER.match(self.text, span.inner_start, span.inner_end)):
            self._add(Said(span.inner_start, MARK, marker[0], "", span.inner_start, marker=marker))
        fresh = _FRESH.search(self.text, max(span.start - _NEAR, 0), span.start)
        for piece in equations(self.text, span.inner_start, span.inner_end):
            if _CONDITION.match(piece.key) or not (piece.value or span.display):
                continue
            key = _key(piece.key)
            if fresh and key:
                key, fresh = f"new {key}", None
            if not piece.value and not self.hints.asking(key):
                key = ""  # a step of some calculation, no question that the next line answers
            self._add(
                Said(piece.start, 0, key, piece.value, piece.value_start, piece.column, other=piece.other)
            )

    def finish(self) -> Written:
        """The submission, and what is to be said about it.

        Raises:
            UnreadableError: there is no answer in it, not even a blank one.
        """
        statements, notes = sort(
            sorted(self._said, key=lambda found: found.offset), self.headings, self.places
        )
        if not statements:
            raise UnreadableError(NOTHING)
        if self.hints.exhausted:
            notes = (TOO_MANY, *notes)
        return Written(self.student, statements, notes[: MAX_NOTES + 1])


def _key(key: str) -> str:
    """The name as written, without what only sets it apart from the text around it."""
    text = key.replace("\\_", "_").replace("\\*", "*") if "$" not in key else key
    return _COUNTER.sub("", _KEY_NOISE.sub(" ", text).strip(" \t\n:~"))


def _inner(value: str) -> str:
    """A value that is one piece of mathematics, without its dollar signs."""
    if len(value) > 2 and value[0] == value[-1] == "$" and "$" not in value[1:-1]:
        return value[1:-1].strip()
    return value
