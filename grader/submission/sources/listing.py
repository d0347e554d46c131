"""What lies in a folder or in an archive, in one form: entries by name, whichever it is.

Links that lead out of a folder, and links to folders, are told and never followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from grader.submission import archive
from grader.submission.found import Part, shown

MAX_DEPTH = 8
MAX_FILES = 2_000
"""Files of one student that are looked at: a repository may hold many, an answer is near its top."""

_JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "node_modules"})


class Entry(NamedTuple):
    """A file or folder: its name below the listing's top, with `/`, and why it must not be read, if so."""

    name: str
    folder: bool = False
    trouble: str = ""

    @property
    def last(self) -> str:
        """The last part of its name."""
        return self.name.rpartition("/")[2]


class Listing(Protocol):
    """Entries below one folder."""

    label: str
    path: str

    def entries(self, inside: str = "") -> list[Entry]:
        """What lies directly in a folder, by name; nothing hidden, and nothing that systems leave behind."""

    def part(self, entry: Entry, name: str) -> Part:
        """The entry as a file to be read, shown under another name."""

    def has(self, name: str) -> bool:
        """Whether there is something of this name, hidden or not."""

    def below(self, top: str) -> Listing:
        """The listing that begins at a folder in this one."""


def files(listing: Listing, inside: str) -> list[Entry]:
    """The files in a folder and in the folders below it."""
    return list(_walk(listing, inside, MAX_DEPTH))[:MAX_FILES]


def _walk(listing: Listing, inside: str, depth: int) -> Iterator[Entry]:
    for entry in listing.entries(inside):
        if not entry.folder:
            yield entry
        elif depth:
            yield from _walk(listing, entry.name, depth - 1)


def _hidden(name: str) -> bool:
    return name[0] in ".~" or name in _JUNK


class Folder:
    """A folder on disk."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.label = Path(os.path.realpath(path)).name
        self._top = os.path.realpath(path)
        self._seen: dict[str, list[Entry]] = {}  # every platform looks at the same folder

    def entries(self, inside: str = "") -> list[Entry]:
        """What lies directly in a folder."""
        found = self._seen.get(inside)
        if found is None:
            found = self._seen[inside] = sorted(self._scan(inside))
        return found

    def _scan(self, inside: str) -> Iterator[Entry]:
        place = f"{self.path}{os.sep}{inside}" if inside else self.path
        prefix = f"{inside}/" if inside else ""
        with os.scandir(place) as scan:
            for entry in scan:
                name = entry.name
                if _hidden(name):
                    continue
                if entry.is_symlink():
                    yield Entry(prefix + name, folder=False, trouble=self._link(entry))
                else:
                    yield Entry(prefix + name, entry.is_dir(follow_symlinks=False))

    def _link(self, entry: os.DirEntry[str]) -> str:
        """Why a link must not be followed; empty where it leads to something in the same folder."""
        target = os.path.realpath(entry.path)
        if target != self._top and not target.startswith(self._top + os.sep):
            return "found a link that leads out of the folder; expected a file"
        return "found a link to a folder; expected a file" if Path(target).is_dir() else ""

    def part(self, entry: Entry, name: str) -> Part:
        """The entry as a file to be read."""
        return Part(f"{self.path}{os.sep}{entry.name.replace('/', os.sep)}", shown(name), "", entry.trouble)

    def has(self, name: str) -> bool:
        """Whether there is something of this name."""
        return Path(self.path, name).exists()

    def below(self, top: str) -> Folder:
        """The listing that begins at a folder in this one; links are still measured against the whole."""
        folder = Folder(f"{self.path}{os.sep}{top}")
        folder._top = self._top
        return folder


class Archive:
    """A zip archive; the names of its members become folders."""

    def __init__(self, path: str, top: str = "", tree: dict[str, list[Entry]] | None = None) -> None:
        """Reads the list of members.

        Raises:
            UnreadableError: it is no archive, or holds too much.
        """
        self.path = path
        self.label = top.rpartition("/")[2] or Path(path).stem
        self._prefix = f"{top}/" if top else ""
        self._tree = _tree(archive.members(path)) if tree is None else tree

    def entries(self, inside: str = "") -> list[Entry]:
        """What lies directly in a folder."""
        found = self._tree.get((self._prefix + inside).rstrip("/"), [])
        start = len(self._prefix)
        return [
            entry._replace(name=entry.name[start:])
            for entry in found
            if entry.trouble or not _hidden(entry.last)
        ]

    def part(self, entry: Entry, name: str) -> Part:
        """The entry as a file to be read."""
        return Part(self.path, shown(name), self._prefix + entry.name, entry.trouble)

    def has(self, name: str) -> bool:
        """Whether there is something of this name."""
        folder, _, last = (self._prefix + name).rpartition("/")
        return any(entry.last == last for entry in self._tree.get(folder, []))

    def below(self, top: str) -> Archive:
        """The listing that begins at a folder in this one."""
        return Archive(self.path, self._prefix + top, self._tree)


def _tree(members: list[archive.Member]) -> dict[str, list[Entry]]:
    """The entries of each folder. A name that is no path inside the archive is a file at its top."""
    tree: dict[str, dict[str, Entry]] = {"": {}}
    for name, trouble in members:
        parts = [name] if archive.misleading(name) else name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            tree.setdefault(folder.rpartition("/")[0], {}).setdefault(folder, Entry(folder, folder=True))
        tree.setdefault("/".join(parts[:-1]), {})[name] = Entry(name, trouble=trouble)
    return {folder: sorted(entries.values()) for folder, entries in tree.items()}
