"""What is asked about files before anything is graded; together.py writes them."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from grader.cli.failures import Refused

STANDARD_OUTPUT = "-"
READ_AS_SUBMISSIONS = (".yaml", ".yml", ".json", ".md", ".markdown", ".tex", ".ipynb", ".txt")
"""What would be graded next time; a gradebook in CSV is known by its first line and left alone."""


def resolved(path: str | Path) -> Path:
    """The path without symbolic links; a circle of links stays as it is, and fails where it is used."""
    return Path(os.path.realpath(path))


def check_file(option: str, path: str, inputs: Sequence[str]) -> None:
    """Refuses a target that cannot be written, or that is among what is to be graded."""
    if path == STANDARD_OUTPUT:
        return
    if not path or Path(path).is_dir():
        raise Refused(f"grade: {option} {path}: is a folder; expected a file")
    _spare(option, path, resolved(path), inputs)
    if not is_special(Path(path)):
        _try(option, path, resolved(path).parent)


def check_replaced(option: str, path: str, inputs: Sequence[str]) -> None:
    """Refuses a file that is to be filled in place and cannot be, or that is itself what is to be graded."""
    if any(resolved(path) == resolved(source) for source in inputs):
        raise Refused(f"grade: {option} {path}: would overwrite what is to be graded")
    _try(option, path, resolved(path).parent)


def check_folder(option: str, path: str, inputs: Sequence[str]) -> None:
    """Refuses a folder that cannot be made or written to, or that is among what is to be graded."""
    if path == STANDARD_OUTPUT:
        raise Refused(f"grade: {option} -: with a folder of specs the option names a folder")
    _spare(option, path, resolved(path) / "any.json", inputs)
    folder = resolved(path)
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise Refused(f"grade: {option} {path}: {folder} is a file; expected a folder")
    _try(option, path, folder)


def _spare(option: str, path: str, target: Path, inputs: Sequence[str]) -> None:
    for source in map(resolved, inputs):
        if target == source:
            raise Refused(f"grade: {option} {path}: would overwrite what is to be graded")
        among = source in target.parents and source.is_dir()
        if among and (target.exists() or target.suffix.lower() in READ_AS_SUBMISSIONS):
            raise Refused(f"grade: {option} {path}: stands among what is to be graded; choose another folder")


def _try(option: str, path: str, folder: Path) -> None:
    """Makes a file there and takes it away again: permissions alone do not tell (root, read-only disks)."""
    probe = beside(folder / "grade")
    try:
        os.close(open_new(probe))
        probe.unlink()
    except OSError as error:
        reason = error.strerror if folder.exists() else f"the folder {folder} does not exist"
        raise Refused(f"grade: {option} {path}: cannot be written: {reason}") from error


def beside(path: Path, number: int = 0) -> Path:
    """A name in the same folder, so that the rename stays on one disk; hidden, and never too long."""
    return path.with_name(f".{path.name[:50]}.{os.getpid()}.{number}.tmp")


def open_new(path: Path) -> int:
    """A descriptor of a new file with the permissions that any new file of this user gets."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)


def is_special(path: Path) -> bool:
    """Whether it exists and is no regular file: renaming a file over `/dev/null` would replace the device."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
