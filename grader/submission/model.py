"""A submission as read from a file: the answers exactly as written, and what was wrong with the file.

Not here: reading files (files.py and one module a format), reading numbers (numerals.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from grader.record import record

Raw: TypeAlias = "str | tuple[Raw, ...]"
"""A scalar's text exactly as written, without its quotes, or a list of them (a list of lists is a matrix)."""


@record
class Duplicate:
    """An answer that the student gave more than once, so that no one can tell which is meant."""

    texts: tuple[str, ...]
    lines: tuple[int, ...]

    @property
    def reason(self) -> str:
        """A sentence for the student: `answered twice: 0.2 (line 4) and 0.3 (line 9)`."""
        times = "twice" if len(self.lines) == 2 else f"{len(self.lines)} times"
        given = zip(self.texts, self.lines, strict=True)
        places = [f"{text} (line {line})" if line else text for text, line in given]
        return f"answered {times}: {', '.join(places[:-1])} and {places[-1]}"


@record
class Misplaced:
    """Something that is no answer where an answer was expected: a group of `name: value`."""

    found: str
    lines: tuple[int, ...]

    @property
    def reason(self) -> str:
        """A sentence for the student that says what was found, where, and what was expected."""
        return f"line {self.lines[0]}: {self.found}; expected a number, a list, an expression or text"


Refused: TypeAlias = Duplicate | Misplaced
"""An answer that cannot be read, whatever the question; `.reason` says why, `.lines` where."""

Given: TypeAlias = "Raw | Refused"
"""What stands under a key. `isinstance(given, Refused)` tells the two apart."""


Locator: TypeAlias = Callable[[str, str, str], tuple[int, int] | None]
"""(path, problem, key) -> line and column; reads the file again."""


def nowhere(path: str, problem: str, key: str) -> tuple[int, int] | None:  # noqa: ARG001 - a Locator
    """The locator of a submission that comes from no file."""
    return None


@record
class Submission:
    """One student's file.

    answers: problem id -> key as written -> what was given; a key left blank is not in it.
    errors: why the file could not be read at all (answers is then empty), a sentence each.
    notes: what was odd but did not prevent reading it.
    file: the name to show, relative to the folder that was given; path: where to read it again.
    prose: the answers stand in running text, so that a name that is no question is no mistake, and of two
        names for one question the later counts.
    """

    student: str
    file: str
    answers: Mapping[str, Mapping[str, Given]]
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    path: str = ""
    locator: Locator = nowhere
    prose: bool = False

    @property
    def unreadable(self) -> bool:
        """True when nothing in the file could be read."""
        return bool(self.errors)

    def locate(self, problem: str, key: str) -> tuple[int, int] | None:
        """Line and column, from 1, where the answer stands; None if it cannot be found (any more).

        The file is read again, so that a submission whose positions nobody asks for costs nothing.
        """
        return self.locator(self.path, problem, key)
