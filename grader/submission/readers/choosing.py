"""Which problem each statement of running text is for, and which statement of a question counts.

People calculate towards an answer (`a = f(z)`, later `= f(0.2)`, later `a = 0.55`), so that the last
statement counts, unless it only says again how a number was found. What several problems may ask is told,
never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from grader.submission.hints import Hints, squeezed
from grader.submission.readers.essays import Essays
from grader.submission.readers.items import Items
from grader.submission.readers.spans import Places
from grader.submission.readers.written import Statement, node
from grader.submission.tree import shorten

_NUMERAL = re.compile(r"[-+−]?[\d.,]+(?:e[-+]?\d+)?", re.IGNORECASE)
_COMMAND = re.compile(r"\\(?:begin|end)\s*\{[^{}]{0,20}\}|\\[a-zA-Z]+|(?<=\d)[eE](?=[-+]?\d)")
_DERIVATIVE = re.compile(r"\\frac\s*\{\s*(?:\\partial|d(?![a-zA-Z]))|\b[d∂]\w+\s*/\s*[d∂]\w+")
_APPLIED = re.compile(
    r"""\s*(?:\\(?:text|mathrm|operatorname)\s*\{[A-Za-z ]{1,20}\}|\\?[^\W\d_]{1,20})\s*(?:\\left)?\s*
    \(\s*(?P<number>[-+−]?(?:\d+\.?\d*|\.\d+))\s*(?:\\right)?\s*\)\s*""",
    re.VERBOSE,
)
_SHOWN = 6


class Kept(NamedTuple):
    """A statement with the problems whose heading it stands under, and where in the text it stands."""

    homes: tuple[str, ...]
    elsewhere: bool
    key: str
    text: str
    offset: int
    new: bool = False
    other: bool = False
    stepped: bool = False


class Choice:
    """Which problem each statement is for, and which statement of a question counts."""

    def __init__(self, hints: Hints, places: Places) -> None:
        self.hints = hints
        self.places = places
        self.symbolic = {problem.id: problem.symbolic for problem in self.hints.problems}
        self.final: dict[tuple[str, str], Kept] = {}
        self.foreign: list[tuple[str, Kept]] = []
        self.unclear: dict[tuple[str, ...], list[Kept]] = {}
        self.homeless: dict[tuple[str, ...], dict[str, Kept]] = {}
        self.notes: list[str] = []

    def add(self, kept: Kept) -> None:
        """One more statement, later than the others."""
        if kept.other:
            self._second(kept)
            return
        if kept.new or kept.stepped:
            kept = self._renamed(kept)
        asking = [home for home in kept.homes if self.hints.means(home, kept.key) is not None]
        if len(asking) == 1:
            self._put(asking[0], kept)
        elif asking:
            self.unclear.setdefault(tuple(asking), []).append(kept)
        else:
            self._stray(kept)

    def _second(self, kept: Kept) -> None:
        """`a = x or y`: the second answers another question about the same quantity, if there is one."""
        for problem in self.hints.problems:
            meant = self.hints.means(problem.id, kept.key) if problem.id in kept.homes else None
            for key in next((twins for twins in problem.twins if meant in twins), ()):
                if (problem.id, key) not in self.final:
                    self._put(problem.id, kept._replace(key=key))
                    return
        line = self.places.of(kept.offset)[0]
        self.notes.append(f"line {line}: `{shorten(kept.key)}` has two answers; the first was read")

    def _renamed(self, kept: Kept) -> Kept:
        later = f"{kept.key}'"
        for home in kept.homes:
            if self.hints.means(home, kept.key) is None and self.hints.means(home, later) is not None:
                if not kept.new:
                    line = self.places.of(kept.offset)[0]
                    self.notes.append(
                        f"line {line}: `{shorten(kept.key)}` was read as its value after the step"
                    )
                return kept._replace(key=later)
        return kept

    def _stray(self, kept: Kept) -> None:
        """A name that no problem of its heading asks, or that stands under no heading at all."""
        owners = [] if kept.elsewhere else [p for p in self.hints.asking(kept.key) if p not in kept.homes]
        if len(owners) == 1 and not kept.homes:
            self._put(owners[0], kept)
        elif len(owners) == 1 and kept.text.strip():
            self.foreign.append((owners[0], kept))
        elif len(kept.homes) == 1:
            self._put(kept.homes[0], kept)
        elif len(owners) > 1:
            self.unclear.setdefault(tuple(owners), []).append(kept)
        else:
            self._set_aside(kept)

    def _set_aside(self, kept: Kept) -> None:
        self.homeless.setdefault(kept.homes, {})[squeezed(kept.key)] = kept

    def _put(self, problem: str, kept: Kept) -> None:
        meant = self.hints.means(problem, kept.key)
        name = (problem, meant if meant is not None else squeezed(kept.key))
        before = self.final.get(name)
        if before is None:
            self.final[name] = kept
            return
        if not kept.text.strip():
            return
        first, second = (self.places.of(one.offset)[0] for one in (before, kept))
        if self._rank(problem, kept) < self._rank(problem, before):
            if meant is not None and first != second:
                self.notes.append(
                    f"`{shorten(kept.key)}` stands on lines {first} and {second}; what is worked out counts, "
                    f"on line {first}"
                )
            return
        del self.final[name]
        self.final[name] = kept
        numbers = {_number_text(one.text) for one in (before, kept)} - {""}
        if len(numbers) > 1 and meant is not None:
            self.notes.append(
                f"`{shorten(kept.key)}` stands on lines {first} and {second}; the last one counts"
            )

    def _rank(self, problem: str, kept: Kept) -> int:
        """2 for a number, 1 for a formula, 0 for a product of derivatives that are still to be worked out."""
        if not kept.text.strip():
            return -1
        last = kept.text.rpartition("=")[2]
        if len(_DERIVATIVE.findall(last)) > 1:
            return 0
        number = not any(letter.isalpha() for letter in _COMMAND.sub("", last))
        return 2 if number and not self.symbolic.get(problem) else 1

    def result(self, essays: Essays, items: Items) -> tuple[list[Statement], tuple[str, ...]]:
        """The statements that count, and the notes."""
        self._adopt()
        self._unapplied()
        taken = {name for name, kept in self.final.items() if kept.text.strip()}
        statements = [
            self._statement(problem, kept.key, kept.text, kept.offset)
            for (problem, _), kept in self.final.items()
        ]
        statements += [self._statement(*one) for one in self._nameless(items, taken)]
        answered, notes = essays.answers(taken)
        statements += [self._statement(*one) for one in answered]
        return statements, (*self.notes, *notes, *self._unread())

    def _nameless(self, items: Items, taken: set[tuple[str, str]]) -> list[tuple[str, str, str, int]]:
        """Values without names, where their order says which questions they answer."""
        read, left = items.answers(taken)
        for problem in dict.fromkeys(problem for problem, _, _ in read):
            self.notes.append(f"{problem}: values without names were read in the order of its questions")
        for problem, found in left:
            line = self.places.of(found[0].offset)[0]
            values = _names(item.value for item in found)
            what = f"nothing says which questions of {problem} these answer"
            self.notes.append(f"from line {line} on, {what}: {values} not read; write `name = value`")
        taken |= {(problem, key) for problem, key, _ in read}
        return [(problem, key, item.value, item.offset) for problem, key, item in read]

    def _unapplied(self) -> None:
        r"""`h_1 = \sigma(1.5) = 0.82` says what `z_1` is, too, where nothing else says a number for it."""
        for problem in self.hints.problems:
            for output, argument in problem.applied:
                name = (problem.id, self.hints.means(problem.id, argument) or "")
                said = self.final.get((problem.id, self.hints.means(problem.id, output) or ""))
                before = self.final.get(name)
                if said is None or not name[1] or (before and self._rank(problem.id, before) == 2):
                    continue
                inside = [_APPLIED.fullmatch(member) for member in said.text.split("=")]
                numbers = [found["number"] for found in inside if found]
                if numbers:
                    line = self.places.of(said.offset)[0]
                    self.notes.append(f"line {line}: `{argument}` was read from `{shorten(said.key)}`")
                    self.final[name] = said._replace(key=argument, text=numbers[-1])

    def _statement(self, problem: str, key: str, text: str, offset: int) -> Statement:
        place = self.places.of(offset)
        return Statement(problem, key, node(text, *place), *place)

    def _adopt(self) -> None:
        """Statements of a question that only another problem asks, where it has no answer of its own."""
        own = set(self.final)
        for problem, kept in self.foreign:
            name = (problem, self.hints.means(problem, kept.key) or squeezed(kept.key))
            if name in own:
                self._left(kept)
                continue
            if name not in self.final:
                where = f"line {self.places.of(kept.offset)[0]}: `{shorten(kept.key)}`"
                self.notes.append(f"{where} is asked by {problem} only, and was read as its answer")
            self._put(problem, kept)

    def _left(self, kept: Kept) -> None:
        if len(kept.homes) == 1:
            self._put(kept.homes[0], kept)
        else:
            self._set_aside(kept)

    def _unread(self) -> list[str]:
        notes = []
        for problems, kept in self.unclear.items():
            line = self.places.of(kept[0].offset)[0]
            notes.append(
                f"from line {line} on, {_names(one.key for one in kept)} may be for {' or '.join(problems)}: "
                "not read; put the number of the problem in front"
            )
        for problems, names in self.homeless.items():
            first = min(self.places.of(kept.offset)[0] for kept in names.values())
            said = _names(kept.key for kept in names.values())
            if problems:
                notes.append(f"{' or '.join(problems)}: no question is called {said}")
            else:
                notes.append(f"from line {first} on, under no heading that names a problem: {said} not read")
        return notes


def _names(keys: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(shorten(key) for key in keys))
    more = f" and {len(distinct) - _SHOWN} more" if len(distinct) > _SHOWN else ""
    return ", ".join(f"`{key}`" for key in distinct[:_SHOWN]) + more


def _number_text(text: str) -> str:
    """What a chain ends with, where that is a plain number."""
    end = text.rpartition("=")[2].strip()
    return end if _NUMERAL.fullmatch(end) else ""
