"""From what students handed in to what is read: the newest attempt, and in it the files that hold answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from grader.submission.found import Handed, Part, shown, suffix_of
from grader.submission.readers import PLAIN_TEXT, SUFFIXES
from grader.submission.sources.listing import Entry, Listing
from grader.submission.tree import shorten

EXPECTED = f"expected one of {', '.join(SUFFIXES)}"
_ABOUT = frozenset({"readme", "license", "licence", "changelog", "contributing"})


class Attempt(NamedTuple):
    """What one student handed in at one time.

    Attributes:
        student: the id to show where no class list knows better.
        keys: by what a class list may know the student, surest first.
        shown: its name in reports, without what names a person.
        entries: its files, each with the name to show.
        order: the newest attempt has the greatest; anything that compares.
        notes: what is to be said about it.
        certain: whether the platform knows the student.
    """

    student: str
    keys: tuple[str, ...]
    shown: str
    entries: tuple[tuple[Entry, str], ...]
    order: tuple[str | int, ...] = ()
    notes: tuple[str, ...] = ()
    certain: bool = True


def newest(attempts: Iterable[Attempt], listing: Listing) -> list[Handed]:
    """Of each student the newest attempt, which names the others."""
    by_student: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_student.setdefault(attempt.student, []).append(attempt)
    found = []
    for _, group in sorted(by_student.items()):
        group.sort(key=lambda attempt: (attempt.order, attempt.shown))
        last = group[-1]
        earlier = tuple(f"an earlier attempt was not read: {shown(attempt.shown)}" for attempt in group[:-1])
        notes = (*last.notes, *earlier)
        parts = _parts(last.entries, listing)
        found.append(Handed(shown(last.student), last.keys, shown(last.shown), parts, notes, last.certain))
    return found


def _parts(entries: Iterable[tuple[Entry, str]], listing: Listing) -> tuple[Part, ...]:
    """The files with answers; where there is none, what is there instead."""
    given = list(entries)
    wanted = set(with_answers([entry for entry, _ in given]))
    readable = [(entry, name) for entry, name in given if entry in wanted]
    sheets = [one for one in readable if not is_about(one[0].last)] or readable
    nested = tuple(
        Part(listing.path, "", "", f"{shown(name)}: an archive inside what was handed in; unpack it there")
        for entry, name in given
        if suffix_of(entry.last) == ".zip"
    )
    if sheets:
        return (*(listing.part(entry, name) for entry, name in sheets), *nested)
    if nested:
        return nested
    names = ", ".join(shorten(name) for _, name in given[:5])
    found = f"found {names}" if names else "found no file"
    return (Part(listing.path, "", "", f"{found}; {EXPECTED}"),)


def with_answers(entries: Iterable[Entry]) -> list[Entry]:
    """The files that can be read; plain text only where there is nothing else."""
    readable = [entry for entry in entries if suffix_of(entry.last) in SUFFIXES]
    return [entry for entry in readable if suffix_of(entry.last) != PLAIN_TEXT] or readable


def is_about(name: str) -> bool:
    """Whether a file is about others: it counts only where there is nothing else."""
    return name.partition(".")[0].casefold() in _ABOUT
