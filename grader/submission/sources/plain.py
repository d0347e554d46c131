"""A plain folder: `<student>.yaml` and the like, `<student>/answers.*`, and tables of a whole class."""

from __future__ import annotations

import os
from collections.abc import Iterator

from grader.submission import readers
from grader.submission.archive import Archives
from grader.submission.encoding import decode_table, read_bytes
from grader.submission.found import File, Handed, Part, shown, suffix_of
from grader.submission.readers import PLAIN_TEXT, SUFFIXES, TABLES
from grader.submission.readers.tables import rows, without_answers
from grader.submission.sources.attempts import Attempt, is_about, newest, with_answers
from grader.submission.sources.listing import Archive, Entry, Listing
from grader.submission.tree import UnreadableError

TITLE = "a plain folder"


def find(listing: Listing) -> tuple[list[File], list[str]]:
    """The submissions, and the names of what is none.

    A folder is a student's where it holds `answers.*`; where nothing else is a submission, also where it
    holds one file that can be read.
    """
    files: list[File] = []
    folders: list[Entry] = []
    ignored: list[str] = []
    texts: list[Entry] = []
    on_disk = not isinstance(listing, Archive)
    for entry in listing.entries():
        suffix = suffix_of(entry.name)
        if (
            suffix not in SUFFIXES
            or is_about(entry.last)
            or (suffix in TABLES and _no_answers(listing, entry))
        ):
            if entry.folder:
                folders.append(entry)
            else:
                ignored.append(shown(entry.name))
        elif suffix == PLAIN_TEXT and not entry.folder:
            texts.append(entry)
        else:
            files.append(_file(listing, entry, on_disk=on_disk))
    if files:
        ignored += [shown(entry.name) for entry in texts]
    else:
        files = [_file(listing, entry, on_disk=on_disk) for entry in texts]
    students = list(_students(listing, folders, alone=not files))
    ignored += [
        shown(folder.name) for folder in folders if folder.name not in {one.student for one in students}
    ]
    files += [File(listing.path, listing.path, handed) for handed in newest(students, listing)]
    return files, ignored


def _file(listing: Listing, entry: Entry, *, on_disk: bool) -> File:
    if on_disk and not entry.trouble:
        return File(f"{listing.path}{os.sep}{entry.name}", listing.path)
    return File(listing.path, listing.path, _single(listing, entry))


def _single(listing: Listing, entry: Entry) -> Handed:
    """A file whose name is all that is known about it."""
    stem = shown(entry.last[: len(entry.last) - len(suffix_of(entry.last))])
    if entry.folder:
        trouble = "found a folder; expected a file with answers"
        return Handed(stem, (stem,), shown(entry.name), (Part(listing.path, "", "", trouble),), certain=False)
    part = listing.part(entry, entry.name)
    part = part._replace(shown="") if part.trouble else part
    return Handed(stem, (stem,), shown(entry.name), (part,), certain=False)


def _students(listing: Listing, folders: list[Entry], *, alone: bool) -> Iterator[Attempt]:
    for folder in folders:
        inside = [entry for entry in listing.entries(folder.name) if not entry.folder]
        given = with_answers([entry for entry in inside if not is_about(entry.last)])
        named = [entry for entry in given if entry.last.startswith("answers.")]
        if named or (alone and len(given) == 1):
            entries = tuple((entry, entry.name) for entry in named or given)
            name = entries[0][1] if len(entries) == 1 else folder.name
            yield Attempt(folder.last, (folder.last,), name, entries, certain=False)


def _no_answers(listing: Listing, entry: Entry) -> bool:
    """Whether a table is a gradebook or a class list; one that cannot be read may be anything."""
    if entry.folder or entry.trouble:
        return False
    part = listing.part(entry, entry.name)
    limit = readers.limit(suffix_of(entry.name))
    try:
        with Archives() as archives:
            data = (
                archives.read(part.path, part.member, limit) if part.member else read_bytes(part.path, limit)
            )
        table = rows(decode_table(data)[0][:20_000])
    except UnreadableError:
        return False
    return bool(table) and without_answers(table[0]) is not None
