"""Outputs that appear together: each is complete beside its place before the first is put there."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from grader.cli.failures import Refused, describe
from grader.cli.files import STANDARD_OUTPUT, beside, is_special, open_new, resolved


class Together:
    """Outputs that are all put in place or none: a full disk before `put` leaves every file as it was.

    Args:
        leaving: what takes away, at its end, what is not in place by then.
    """

    def __init__(self, leaving: ExitStack) -> None:
        self.leaving = leaving
        self._streams: list[Callable[[], None]] = []
        self._puts: list[Callable[[], None]] = []

    def write(self, path: str, chunks: Iterable[str]) -> None:
        """Text as UTF-8; otherwise as `write_bytes`."""
        self.write_bytes(path, (chunk.encode() for chunk in chunks))

    def write_bytes(self, path: str, encoded: Iterable[bytes]) -> None:
        """Bytes for standard output, which is `-`, or for a file.

        A device or a pipe is written to as it is; a symbolic link stays one; a file keeps its permissions.

        Raises:
            Refused: when the disk refuses.
        """
        if path == STANDARD_OUTPUT:
            self._streams.append(partial(_print, encoded))
        elif is_special(Path(path)):
            self._streams.append(partial(_send, path, encoded))
        else:
            with _refusing(path):
                self._stage(path, resolved(path), encoded)

    def _stage(self, path: str, target: Path, encoded: Iterable[bytes]) -> None:
        temporary = beside(target, len(self._puts))
        descriptor = open_new(temporary)
        self.leaving.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(encoded)
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        self._puts.append(partial(_replace, path, temporary, target))

    def make_folder(self, path: Path) -> None:
        """A folder with those above it; those of them that stay empty are taken away again."""
        for folder in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
            folder.mkdir(exist_ok=True)
            self.leaving.callback(_take_away, folder)

    def later(self, put: Callable[[], None]) -> None:
        """Something else that is complete, by what puts it in place."""
        self._puts.append(put)

    def put(self) -> None:
        """Everything where it belongs; streams first, since they can still fail.

        Raises:
            Refused: when the disk refuses.
        """
        for put in (*self._streams, *self._puts):
            put()


@contextmanager
def together() -> Iterator[Together]:
    """A block at whose end nothing is left but what was put in place."""
    with ExitStack() as leaving:
        yield Together(leaving)


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"grade: {path}: cannot be written: {describe(error)}") from error


def _print(encoded: Iterable[bytes]) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.writelines(encoded)
    sys.stdout.buffer.flush()


def _send(path: str, encoded: Iterable[bytes]) -> None:
    with _refusing(path), Path(path).open("wb") as device:
        device.writelines(encoded)


def _replace(path: str, temporary: Path, target: Path) -> None:
    with _refusing(path):
        temporary.replace(target)


def _take_away(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def write(path: str, chunks: Iterable[str]) -> None:
    """Writes one text as UTF-8: to standard output for `-`, else to a file that appears when it is complete.

    Raises:
        Refused: when the disk refuses; nothing is left behind then.
    """
    with together() as one:
        one.write(path, chunks)
        one.put()


def write_bytes(path: str, encoded: Iterable[bytes]) -> None:
    """The same with bytes.

    Raises:
        Refused: when the disk refuses; nothing is left behind then.
    """
    with together() as one:
        one.write_bytes(path, encoded)
        one.put()
