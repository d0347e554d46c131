"""Where submissions arrive: plain folders, and the exports of learning platforms, on disk or in a zip.

A platform is one file with `TITLE`, `matches(listing)` and `attempts(listing, assignment)`, and its line in
`_module`; Gradescope is known by its METADATA alone. Not here: reading what is found.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from grader.submission.found import File, Found, Handed, suffix_of
from grader.submission.sources import blackboard, canvas, github, moodle, nbgrader, plain
from grader.submission.sources.attempts import newest
from grader.submission.sources.listing import Archive, Folder, Listing
from grader.submission.tree import UnreadableError, shorten

PLAIN = "plain"
PLATFORMS = ("gradescope", "moodle", "blackboard", "nbgrader", "canvas", "github")
"""In the order in which they are tried: the surest signs first."""

NAMES = (PLAIN, *PLATFORMS)
METADATA = "submission_metadata.yml"
"""Only a Gradescope export has it: no need to load PyYAML in order to see that it is not there."""

_DEEPER = 3  # folders that hold nothing but one folder, as unpacking leaves them


def find(paths: Iterable[str | os.PathLike[str]], source: str | None = None, assignment: str = "") -> Found:
    """Every submission in the places, sorted by name, each once.

    Args:
        paths: folders, zip archives, and files that are submissions themselves.
        source: one of NAMES, where it is not to be found out.
        assignment: the assignment's id, for platforms that keep several in one place.

    Raises:
        OSError: a path does not exist or a folder cannot be listed.
        UnreadableError: an archive, or what a platform says about it, cannot be read; the message names it.
    """
    files: dict[tuple[str, str], File] = {}
    ignored: set[str] = set()
    told = []
    places = _Places()
    for given in paths:
        path = os.fspath(given)
        try:
            listing = _listing(path)
            found = [_named_itself(path)] if listing is None else None
            if listing is not None:
                found, more, sentence = _in(listing, source, assignment)
                ignored.update(more)
                told += [f"{path}: {sentence}"] if sentence else []
        except UnreadableError as error:
            raise UnreadableError(f"{path}: {error}") from None
        for file in found or ():
            files.setdefault(places.of(file), file)
    ordered = sorted([(_last_part(file), place, file) for place, file in files.items()])
    return Found(tuple([file for _, _, file in ordered]), tuple(sorted(ignored)), tuple(told))


def _listing(path: str) -> Listing | None:
    """What lies at the path; None where it is one submission."""
    if Path(path).is_dir():
        return Folder(path.rstrip(os.sep) or path)
    return Archive(path) if suffix_of(path) == ".zip" and Path(path).is_file() else None


def _in(listing: Listing, source: str | None, assignment: str) -> tuple[list[File], list[str], str]:
    """The submissions in one place, what else lies there, and what kind of place it is, if not plain."""
    name, listing = _detected(listing) if source is None else (source, _innermost(listing, source))
    if name == PLAIN:
        files, ignored = plain.find(listing)
        return files, ignored, ""
    platform = _module(name)
    handed = newest(platform.attempts(listing, assignment), listing)
    students = "1 student" if len(handed) == 1 else f"{len(handed)} students"
    files = [File(listing.path, listing.path, one) for one in handed]
    return files, [], f"{platform.TITLE}, {students}"


def _detected(listing: Listing) -> tuple[str, Listing]:
    """The first platform that this looks like, and where it begins."""
    for level in _levels(listing):
        for name in PLATFORMS:
            if _matches(name, level):
                return name, level
        if any(not entry.folder for entry in level.entries()):
            break
    return PLAIN, _innermost(listing, PLAIN)


def _innermost(listing: Listing, name: str) -> Listing:
    """Where a platform's files begin; an archive's one folder is what it is about."""
    if name == PLAIN:
        return list(_levels(listing))[-1] if isinstance(listing, Archive) else listing
    return next((level for level in _levels(listing) if _matches(name, level)), listing)


def _levels(listing: Listing) -> Iterable[Listing]:
    """The place, and the one folder in it, and the one folder in that."""
    yield listing
    for _ in range(_DEEPER):
        entries = listing.entries()
        if len(entries) != 1 or not entries[0].folder:
            return
        listing = listing.below(entries[0].name)
        yield listing


def _matches(name: str, listing: Listing) -> bool:
    if name == "gradescope":
        return any(entry.name == METADATA for entry in listing.entries())
    found: bool = _module(name).matches(listing)
    return found


def _module(name: str) -> ModuleType:
    """A platform's file; only one of them needs PyYAML."""
    if name == "gradescope":
        from grader.submission.sources import gradescope_yaml

        return gradescope_yaml
    known = {
        "moodle": moodle,
        "blackboard": blackboard,
        "nbgrader": nbgrader,
        "canvas": canvas,
        "github": github,
    }
    if name not in known:
        raise UnreadableError(f"`{shorten(name)}` is no platform; expected one of {', '.join(NAMES)}")
    return known[name]


def _named_itself(path: str) -> File:
    """The file; FileNotFoundError when there is nothing, not even a link."""
    Path(path).lstat()
    return File(path, os.path.split(path)[0])


class _Places:
    """What makes two files the same, whichever way they are named."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}  # of folders: finding out takes longer than reading a file may

    def of(self, file: File) -> tuple[str, str]:
        if file.handed is not None:
            return self._resolved(file.path), f"{file.handed.student}\n{file.handed.shown}"
        folder, name = os.path.split(file.path)
        return self._resolved(folder) + os.sep + name, ""

    def _resolved(self, path: str) -> str:
        found = self._real.get(path)
        if found is None:
            found = self._real[path] = os.path.realpath(path)
        return found


def _last_part(file: File) -> str:
    handed: Handed | None = file.handed
    return os.path.split(file.path)[1] if handed is None else handed.shown
