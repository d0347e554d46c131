"""Submissions in folders: which files there are, and a file as a `Submission` whatever is in it.

A reader is one file here: a module with `read(text) -> Content` and `parse(text) -> tree`, and its suffixes
in `_reader`. Not here: two files of one student, which only the whole class shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from grader.submission import shape
from grader.submission.encoding import read_text
from grader.submission.model import Submission
from grader.submission.tree import UnreadableError

SUFFIXES = (".yaml", ".yml", ".json")


class File(NamedTuple):
    """A file to be read, and the folder that its name is relative to."""

    path: str
    root: str


class Found(NamedTuple):
    """The submissions in some folders, by name, and the names of what else lay there."""

    files: tuple[File, ...]
    ignored: tuple[str, ...]


def find_files(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """Every submission in the folders and every file that is named itself, sorted by name, each once.

    A folder is not searched below its first level. What is named `*.yaml`, `*.yml` or `*.json` counts, even
    where it turns out to be no file; hidden names do not, and anything else is told in `ignored`.

    Raises:
        OSError: a path does not exist or a folder cannot be listed.
    """
    files: dict[str, File] = {}
    ignored: set[str] = set()
    for given in paths:
        path = os.fspath(given)
        if not Path(path).is_dir():
            files.setdefault(*_named_itself(path))
            continue
        place = str(Path(path).resolve())
        for entry in os.scandir(path):
            name = entry.name
            if _suffix(name) in SUFFIXES and not name.startswith("."):
                files.setdefault(f"{place}{os.sep}{name}", File(entry.path, path))
            elif not name.startswith("."):
                ignored.add(_shown(name))
    ordered = sorted(files.items(), key=lambda item: (_last_part(item[1].path), item[0]))
    return Found(tuple(file for _, file in ordered), tuple(sorted(ignored)))


def read(path: str | os.PathLike[str], root: str | os.PathLike[str] = "") -> Submission:
    """The submission in a file. What is wrong with the file is in it too: nothing is raised.

    root: the folder that the shown name is relative to; without it the path's last part is shown.
    """
    path = os.fspath(path)
    name = _shown(_name(path, os.fspath(root)))
    try:
        content = _reader(path).read(read_text(path))
    except UnreadableError as error:
        return Submission(_stem(path), name, {}, (str(error),), (), path, locate)
    return Submission(content.student or _stem(path), name, content.answers, (), content.notes, path, locate)


def read_folder(*paths: str | os.PathLike[str]) -> list[Submission]:
    """Every submission that `find_files` finds, by student and then by file."""
    submissions = [read(file.path, file.root) for file in find_files(paths).files]
    return sorted(submissions, key=lambda submission: (submission.student, submission.file))


def locate(path: str, problem: str, key: str) -> tuple[int, int] | None:
    """Line and column, from 1, of an answer in a file; None where there is none."""
    try:
        return shape.find(_reader(path).parse(read_text(path)), problem, key)
    except UnreadableError:
        return None


def _reader(path: str) -> ModuleType:
    """The module that reads files with this suffix; imported when the first one is met."""
    suffix = _suffix(path)
    if suffix in {".yaml", ".yml"}:
        from grader.submission import yaml_reader

        return yaml_reader
    if suffix == ".json":
        from grader.submission import json_reader

        return json_reader
    raise UnreadableError(f"found a file named `*{suffix}`; expected one of {', '.join(SUFFIXES)}")


def _named_itself(path: str) -> tuple[str, File]:
    """Where the file really lies, and the file; FileNotFoundError when there is nothing, not even a link."""
    Path(path).lstat()
    folder, name = os.path.split(path)
    return f"{Path(folder).resolve()}{os.sep}{name}", File(path, folder)


# A path is handled as text below: a `Path` would cost a tenth of the time that reading a file may take.


def _last_part(path: str) -> str:
    return os.path.split(path)[1]


def _stem(path: str) -> str:
    name = _last_part(path)
    return _shown(name[: len(name) - len(_suffix(name))])


def _suffix(path: str) -> str:
    """The ending in lower case, from its point on; empty where there is none, as in `.hidden`."""
    before, point, ending = _last_part(path).rpartition(".")
    return point + ending.lower() if before else ""


def _name(path: str, root: str) -> str:
    """The path below its folder, with `/` on every system."""
    below = path[len(root) :]
    if root and path.startswith(root) and (root.endswith(os.sep) or below.startswith(os.sep)):
        return below.replace(os.sep, "/").lstrip("/")
    return _last_part(path)


def _shown(name: str) -> str:
    """The name as text that every report can hold: file systems allow names that are none."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else "\ufffd" for char in name)
