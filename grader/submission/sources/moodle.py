"""Moodle: `<Full Name>_<number>_assignsubmission_file…`, as folders or as files, and its grading worksheet.

The number is the participant's in this assignment. A worksheet that lies there tells who that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.submission.archive import Archives
from grader.submission.encoding import decode_table, read_bytes
from grader.submission.found import suffix_of
from grader.submission.readers.tables import rows
from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing, files
from grader.submission.sources.roster import MAX_BYTES, Roster, roster_of
from grader.submission.tree import UnreadableError

TITLE = "a Moodle export"

# moodle, mod/assign/classes/downloader.php, writes these names; before 4.1 a folder's ends with `_`.
_FOLDER = re.compile(r"(?P<name>[^_]+)_(?P<pid>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?")
_FLAT = re.compile(r"(?P<name>[^_]+)_(?P<pid>\d+)_assignsubmission_(?P<plugin>[a-z]+)_(?P<file>.+)")


def matches(listing: Listing) -> bool:
    """Whether any folder, or file, has such a name."""
    return any((_FOLDER if entry.folder else _FLAT).fullmatch(entry.last) for entry in listing.entries())


def attempts(listing: Listing, _assignment: str) -> Iterator[Attempt]:
    """One attempt a participant, with the files of all plugins."""
    people: dict[str, tuple[str, list[tuple[Entry, str]]]] = {}
    top = listing.entries()
    for entry in top:
        found = (_FOLDER if entry.folder else _FLAT).fullmatch(entry.last)
        if not found:
            continue
        given = people.setdefault(found["pid"], (found["name"], []))[1]
        if entry.folder:
            given += [
                (file, f"{found['pid']}/{file.name[len(entry.name) + 1 :]}")
                for file in files(listing, entry.name)
            ]
        else:
            given.append((entry, f"{found['pid']}/{found['file']}"))
    worksheet = _worksheet(listing, top)
    for pid, (name, given) in people.items():
        known = worksheet.find((pid,)) if worksheet else None
        shown = given[0][1] if len(given) == 1 else pid
        yield Attempt(
            known or pid, tuple(filter(None, (known, pid, f"Participant {pid}", name))), shown, tuple(given)
        )


def _worksheet(listing: Listing, top: list[Entry]) -> Roster | None:
    """The grading worksheet that lies beside the submissions."""
    for entry in top:
        if entry.folder or entry.trouble or suffix_of(entry.last) != ".csv" or _FLAT.fullmatch(entry.last):
            continue
        part = listing.part(entry, entry.last)
        try:
            with Archives() as archives:
                data = (
                    archives.read(part.path, part.member, MAX_BYTES)
                    if part.member
                    else read_bytes(part.path, MAX_BYTES)
                )
            roster = roster_of(rows(decode_table(data)[0]))
        except UnreadableError:
            continue
        if any(key.isdigit() for key in roster.keys):
            return roster
    return None
