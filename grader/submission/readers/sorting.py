"""Statements of running text in order, each with the problems whose heading it stands under.

A line that begins with an equals sign goes on with the one before; a heading, a line or a number in front
says which problem follows. Which statement of a question counts is in choosing.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from grader.submission.hints import squeezed
from grader.submission.readers.choosing import Choice, Kept
from grader.submission.readers.essays import Essays
from grader.submission.readers.headings import LIKE_PROBLEM, Headings, Named, Path
from grader.submission.readers.items import Item, Items
from grader.submission.readers.spans import Places
from grader.submission.readers.written import Statement

LINE, MARK, TALK, ITEM, UPDATE = 9, 10, -1, -2, -3
"""Levels of what is no heading by its layout.

A line that names a problem; a number in front; words; a value without a name; word of new parameters.
"""

_ASKS = re.compile(r"^\s*\?\s*=\s*")


class Said(NamedTuple):
    """Something at an offset: a heading (level above 0), an equation's piece, an answer in a line, words."""

    offset: int
    level: int
    key: str
    value: str
    value_offset: int
    column: int = 0
    problem: str | None = None
    marker: re.Match[str] | None = None
    other: bool = False  # behind an "or": a second answer


def sort(said: Iterable[Said], headings: Headings, places: Places) -> tuple[list[Statement], tuple[str, ...]]:
    """The statement that counts of every name, in order, and what is to be said about the others.

    Args:
        said: what the text says, in its order.
        headings: the names and numbers of problems.
        places: of offsets in the text.
    """
    sections = _Sections(headings)
    for one in said:
        sections.take(one)
    choice = Choice(headings.hints, places)
    for kept in sections.kept:
        choice.add(kept)
    return choice.result(sections.essays, sections.items)


class _Sections:
    """Goes through a text and knows which problems its present heading means."""

    def __init__(self, headings: Headings) -> None:
        self.headings = headings
        self.under: tuple[str, ...] | None = (
            None  # by the last heading; then bare numbers only narrow it down
        )
        self.problems: tuple[str, ...] = ()
        self.path: Path = ()
        self.level = 0
        self.worded = False
        self.elsewhere = False  # under the heading of a problem that the assignment does not have
        self.kept: list[Kept] = []
        self.row: dict[int, int] = {}
        self.updated: set[tuple[tuple[str, ...], str]] = set()
        self.essays = Essays(headings.hints)
        self.items = Items(headings.hints)
        self.mark = ""
        self.stepped = False

    def take(self, said: Said) -> None:
        """The next thing that the text says."""
        if said.level == TALK:
            self.essays.words(self.homes(), said.value, said.offset)
        elif said.level == MARK:
            self._marked(said)
        elif said.level == ITEM:
            self.items.add(self.homes(), Item(self.mark, said.value, said.value_offset))
        elif said.level == UPDATE:
            self.stepped = True
        elif said.level:
            self._heading(said)
        else:
            self._statement(said)

    def homes(self) -> tuple[str, ...]:
        """The problems that what stands here may belong to."""
        known = self.headings.hints.problems
        return (known[0].id,) if len(known) == 1 else self.problems

    def _marked(self, said: Said) -> None:
        if said.marker is None:
            return
        named = self.headings.marked(said.marker, self.path)
        self.mark = (said.marker["alone"] or said.marker["letter"] or said.marker["number"] or "").casefold()
        if named is None or (self.under is not None and not self._narrows(named)):
            return
        self._enter(named, MARK)
        self.mark = said.marker["alone"] or said.marker["letter"] or ""

    def _narrows(self, named: Named) -> bool:
        return set(named.problems) < set(self.under or ())

    def _heading(self, said: Said) -> None:
        named = self.headings.named(said.key, line=said.level == LINE)
        below = self.worded and said.level > self.level
        if named is not None and (named.certain or not below or self._narrows(named)):
            self.under = named.problems
            self._enter(named, said.level)
        elif said.level <= self.level and LIKE_PROBLEM.match(said.key):
            self.problems = self.under = ()
            self.elsewhere = len(self.headings.hints.problems) > 1
        self.essays.heading(self.homes(), said.key)
        self.row = {}
        self.stepped = False

    def _enter(self, named: Named, level: int) -> None:
        if level == MARK and self.row and named.problems == self.problems:
            self.path = named.path
            return
        self.problems, self.path, self.elsewhere = named.problems, named.path, False
        self.level, self.worded = (self.level if level == MARK else level), named.certain
        self.row = {}
        self.stepped = False
        self.essays.section()

    def _statement(self, said: Said) -> None:
        value = _ASKS.sub("", said.value)
        value = "" if value == "?" else value
        if said.other:
            if self.row:
                before = self.kept[max(self.row.values())]
                self.kept.append(before._replace(text=value, offset=said.value_offset, other=True))
            return
        if not said.key:
            self._go_on(said.column, value)
            return
        homes = (said.problem,) if said.problem else self.homes()
        if said.column == 0:
            self.row = {}
        self.row[said.column] = len(self.kept)
        kept = Kept(homes, self.elsewhere, said.key, value, said.value_offset, stepped=self.stepped)
        self.kept.append(kept._replace(new=self._is_new(homes, said.key, value)))

    def _is_new(self, homes: tuple[str, ...], key: str, value: str) -> bool:
        """Whether `b = b - 0.1*g` said that from here on `b` is the parameter after its step."""
        name = squeezed(key)
        if re.match(rf"{re.escape(name)}[-+−]", squeezed(value)):
            self.updated.add((homes, name))
        return (homes, name) in self.updated

    def _go_on(self, column: int, value: str) -> None:
        if not value:
            self.row = {}
        elif self.row:
            at = self.row.get(column, len(self.kept) - 1)
            before = self.kept[at]
            self.kept[at] = before._replace(text=f"{before.text} = {value}" if before.text else value)
