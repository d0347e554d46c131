"""nbgrader: `submitted/<student>/<assignment>/`, or the exchange's `<user>+<assignment>+<time>+<random>/`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing, files
from grader.submission.tree import UnreadableError, shorten

TITLE = "a folder of nbgrader"

# nbgrader/exchange/default/submit.py; a user name may hold `+`.
_EXCHANGE = re.compile(
    r"(?P<user>.+?)\+(?P<hw>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \w+)"
    r"(?:\+[A-Za-z0-9_-]{12})?"
)
_STAMP = "timestamp.txt"


def matches(listing: Listing) -> bool:
    """Whether there is a `submitted` folder, folders with a time stamp, or names of the exchange."""
    top = listing.entries()
    folders = [entry for entry in top if entry.folder]
    if any(entry.last == "submitted" for entry in folders) or any(
        _EXCHANGE.fullmatch(entry.last) for entry in folders
    ):
        return True
    return any(
        listing.has(f"{inner.name}/{_STAMP}")
        for entry in folders[:5]
        for inner in listing.entries(entry.name)
    )


def attempts(listing: Listing, assignment: str) -> Iterator[Attempt]:
    """What each student submitted for the assignment.

    Raises:
        UnreadableError: there are several assignments, and none has the spec's name.
    """
    found = list(_exchange(listing)) or list(_submitted(listing))
    names = sorted({name for name, _ in found})
    if len(names) > 1 and assignment not in names:
        listed = ", ".join(map(shorten, names[:5]))
        raise UnreadableError(
            f"holds the assignments {listed}; expected one, or one named {shorten(assignment)} as the spec"
        )
    wanted = assignment if assignment in names else (names or [""])[0]
    yield from (attempt for name, attempt in found if name == wanted)


def _exchange(listing: Listing) -> Iterator[tuple[str, Attempt]]:
    for entry in listing.entries():
        if entry.folder and (found := _EXCHANGE.fullmatch(entry.last)):
            yield found["hw"], _attempt(listing, entry, found["user"], (found["time"],))


def _submitted(listing: Listing) -> Iterator[tuple[str, Attempt]]:
    top = "submitted" if any(entry.last == "submitted" for entry in listing.entries()) else ""
    for student in listing.entries(top):
        for folder in listing.entries(student.name) if student.folder else ():
            if folder.folder:
                yield folder.last, _attempt(listing, folder, student.last, ())


def _attempt(listing: Listing, folder: Entry, student: str, order: tuple[str, ...]) -> Attempt:
    given = tuple((entry, entry.name) for entry in files(listing, folder.name) if entry.last != _STAMP)
    return Attempt(student, (student,), given[0][1] if len(given) == 1 else folder.name, given, order)
