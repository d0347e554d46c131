"""Blackboard: `<assignment>_<user>_attempt_<time>_<file>`, and one `.txt` about each attempt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing

TITLE = "a Blackboard export"

_NAME = re.compile(
    r"(?P<hw>.+)_(?P<user>[^_]+)_attempt_(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<about>\.txt))"
)


def matches(listing: Listing) -> bool:
    """Whether any file has such a name."""
    return any(not entry.folder and _NAME.fullmatch(entry.last) for entry in listing.entries())


def attempts(listing: Listing, _assignment: str) -> Iterator[Attempt]:
    """The attempts of each user."""
    given: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for entry in listing.entries():
        found = _NAME.fullmatch(entry.last)
        if found and not entry.folder:
            files = given.setdefault((found["user"], found["time"]), [])
            if found["file"]:
                files.append((entry, f"{found['user']}_{found['time']}_{found['file']}"))
    for (user, time), files in given.items():
        shown = files[0][1] if len(files) == 1 else f"{user}_{time}"
        yield Attempt(user, (user,), shown, tuple(files), (time,))
