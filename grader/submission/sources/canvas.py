"""Canvas: one folder of files named `<name>_<LATE>_<user>_<attachment>_<file>`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing

TITLE = "a Canvas export"

# canvas-lms, lib/content_zipper.rb, writes these names.
_NAME = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_)\w+?)_)?(?:(?P<late>LATE)_)?(?:(?P<uid>\d+)|anon_(?P<anon>[A-Za-z0-9]+))_"
    r"(?:(?P<att>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)"
)
_AGAIN = re.compile(r"-(\d{1,3})(?=\.[^.]+$)")  # a file handed in again under the same name: hw1-2.yaml


def matches(listing: Listing) -> bool:
    """Whether most files have such names."""
    names = [entry.last for entry in listing.entries() if not entry.folder]
    fitting = sum(1 for name in names if _NAME.fullmatch(name))
    return fitting > len(names) / 2


def attempts(listing: Listing, _assignment: str) -> Iterator[Attempt]:
    """One attempt a student, with the newest of files that were handed in again."""
    by_student: dict[str, list[tuple[Entry, re.Match[str]]]] = {}
    for entry in listing.entries():
        found = _NAME.fullmatch(entry.last)
        if found and not entry.folder:
            by_student.setdefault(found["uid"] or f"anon_{found['anon']}", []).append((entry, found))
    for student, given in by_student.items():
        yield _attempt(student, given)


def _attempt(student: str, given: list[tuple[Entry, re.Match[str]]]) -> Attempt:
    newest: dict[str, tuple[Entry, str]] = {}
    notes = []
    for entry, found in sorted(given, key=lambda one: _order(one[1])):
        file = found["file"] or f"{found['kind']}.html"
        base = _AGAIN.sub("", file)
        if base in newest:
            notes.append(f"an earlier attempt was not read: {newest[base][1]}")
        newest[base] = (entry, "_".join(filter(None, (student, found["att"], file))))
    if any(found["late"] for _, found in given):
        notes.append("handed in late")
    name = next((found["name"] for _, found in given if found["name"]), None)
    files = tuple(newest.values())
    shown = files[0][1] if len(files) == 1 else student
    return Attempt(student, tuple(filter(None, (student, name))), shown, files, notes=tuple(notes))


def _order(found: re.Match[str]) -> tuple[int, int]:
    again = _AGAIN.search(found["file"] or "")
    return int(again[1]) if again else 0, int(found["att"] or 0)
