"""What is found before anything is read: files, and what a platform says about who handed them in.

Not here: finding (sources/) and reading (files.py).
"""

from __future__ import annotations

import os
from typing import NamedTuple


class Part(NamedTuple):
    """One file of a student's attempt.

    Attributes:
        path: the file, or the archive that it lies in.
        shown: its name in reports, without what names a person.
        member: its name inside the archive; empty for a file on disk.
        trouble: why it must not be read; empty where it may.
    """

    path: str
    shown: str
    member: str = ""
    trouble: str = ""


class Handed(NamedTuple):
    """One student's newest attempt, as a platform tells it.

    Attributes:
        student: the id to show where no class list knows better.
        keys: by what a class list may know the student, surest first.
        shown: the name to show for the attempt.
        parts: the files to be read.
        notes: what is to be said about it.
        certain: whether the platform knows the student, so that what a file says about it does not count.
    """

    student: str
    keys: tuple[str, ...]
    shown: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    certain: bool = True


class File(NamedTuple):
    """A file to be read, the folder that its name is relative to, and what a platform says about it."""

    path: str
    root: str
    handed: Handed | None = None


class Found(NamedTuple):
    """The submissions in some places, by name; what else lay there; and what each place turned out to be."""

    files: tuple[File, ...]
    ignored: tuple[str, ...]
    sources: tuple[str, ...] = ()


def shown(name: str) -> str:
    """The name as text that every report can hold: file systems allow names that are none."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def suffix_of(path: str) -> str:
    """The ending in lower case, from its point on; empty where there is none, as in `.hidden`."""
    last = max(path.rfind("/"), path.rfind(os.sep)) + 1
    before, point, ending = path[last:].rpartition(".")
    return point + ending.lower() if before else ""
