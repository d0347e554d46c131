"""Zip archives, read in place: nothing is unpacked to disk, and nothing is read beyond what is asked for.

A name that leads out of the archive, a link, a secret or a bomb is refused by its name; the rest is read.
"""

from __future__ import annotations

import stat
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from grader.submission.encoding import too_large
from grader.submission.tree import UnreadableError

if TYPE_CHECKING:
    import zipfile

MAX_MEMBERS = 50_000
MAX_DIRECTORY = 20_000_000
"""Bytes of an archive's list of members; python would read any size of it at once."""

MAX_RATIO = 100
"""Answers shrink to a fifth. What shrinks to less than a hundredth, and is not small, is made to harm."""

_SMALL = 100_000
_END = b"PK\x05\x06"
_END_LENGTH = 22


class Member(NamedTuple):
    """A file in an archive: its name with `/` between folders, and why it must not be read, if so."""

    name: str
    trouble: str = ""


def members(path: str) -> list[Member]:
    """The files in an archive, by name.

    Raises:
        UnreadableError: it is no archive, or holds too much.
    """
    with _opened(path) as archive:
        infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise UnreadableError(f"the archive holds {len(infos):,} files; expected at most {MAX_MEMBERS:,}")
    found: dict[str, Member] = {}
    for info in infos:
        name = info.orig_filename.split("\0")[0] if "\0" in info.orig_filename else info.orig_filename
        if info.is_dir() and not misleading(name):
            continue
        trouble = _trouble(info) or ("it stands in the archive twice" if name in found else "")
        found[name] = Member(name, trouble)
    return sorted(found.values())


def misleading(name: str) -> str:
    """Why a name is not that of something in the archive; empty where it is."""
    if "\\" in name or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "its name is no path inside the archive"
    parts = name.rstrip("/").split("/")
    if ".." in parts:
        return "its name leads out of the archive"
    return "its name is no path inside the archive" if "" in parts or "." in parts else ""


def _trouble(info: zipfile.ZipInfo) -> str:
    if "\0" in info.orig_filename:
        return "its name holds a NUL character"
    if outside := misleading(info.orig_filename):
        return outside
    if stat.S_ISLNK(info.external_attr >> 16):
        return "found a link in an archive; expected a file"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"it would unpack to {info.file_size // max(info.compress_size, 1):,} times its size"
    return ""


class Archives:
    """Reads members; the archive of the last one stays open until the end of the `with`."""

    def __init__(self) -> None:
        self._path = ""
        self._open: zipfile.ZipFile | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes what is open."""
        if self._open is not None:
            self._open.close()

    def read(self, path: str, name: str, limit: int) -> bytes:
        """What a member holds, if that is no more than the limit, whatever the archive says about its size.

        Raises:
            UnreadableError: it cannot be read.
        """
        import zipfile  # a class without an archive should not wait for it
        import zlib

        if self._open is None or self._path != path:
            if self._open is not None:
                self._open.close()
            self._open, self._path = _opened(path), path
        try:
            info = self._open.getinfo(name)
            if info.file_size > limit:
                raise UnreadableError(too_large(info.file_size, limit))
            with self._open.open(info) as file:
                data = file.read(limit + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, ValueError):
            raise UnreadableError("it cannot be unpacked: the archive is damaged") from None
        except NotImplementedError:
            raise UnreadableError("it is packed in a way that is not known here") from None
        if len(data) > limit:
            raise UnreadableError(too_large(len(data), limit))
        return data


def _opened(path: str) -> zipfile.ZipFile:
    import zipfile

    try:
        if _directory_size(path) > MAX_DIRECTORY:
            raise UnreadableError(f"its list of files is longer than {MAX_DIRECTORY:,} bytes")
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError):
        raise UnreadableError("the archive is damaged, or no zip file") from None


def _directory_size(path: str) -> int:
    """Bytes of the list of members, as the end of the archive tells."""
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _END_LENGTH - 65_536, 0))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_LENGTH > len(tail):
        raise ValueError
    return int.from_bytes(tail[at + 12 : at + 16], "little")
