"""From a file to its text: bounded, never waiting, and in words for students where it is no text.

Not here: what the text means.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from grader.submission.tree import MAX_BYTES, UnreadableError

# A FIFO without a writer would wait for ever: it is opened without waiting and then refused.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)
_TROUBLE = {
    errno.EACCES: "there is no permission to read it",
    errno.EPERM: "there is no permission to read it",
    errno.ELOOP: "found a link that leads back to itself; expected a file",
    errno.ENXIO: "found no regular file; expected a file with answers",
}


def read_text(path: str) -> str:
    r"""The text of a regular file, its lines ended by `\n`.

    Raises:
        UnreadableError: it cannot be opened, is too large, no regular file, or no text in UTF-8.
    """
    return decode(read_bytes(path))


def read_bytes(path: str, limit: int = MAX_BYTES) -> bytes:
    """What a regular file holds, if that is no more than the limit.

    Raises:
        UnreadableError: it cannot be opened, is too large, or no regular file.
    """
    try:
        return _read(path, limit)
    except OSError as error:
        raise UnreadableError(_trouble(path, error)) from None


def decode_table(data: bytes) -> tuple[str, bool]:
    """The text of a table, and whether it was in Windows-1252, which office programs still write.

    Raises:
        UnreadableError: it is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(data.decode("utf-16", errors="replace").encode()), False
    try:
        data.decode()
    except UnicodeDecodeError:
        return decode(data.decode("cp1252", errors="replace").encode()), True
    return decode(data), False


def decode(data: bytes) -> str:
    r"""UTF-8 as text, with or without a byte order mark, its lines ended by `\n`.

    Raises:
        UnreadableError: it is in another encoding, or holds control characters.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(*_no_utf8(data, error.start)) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    # Nearly every file is printable, which is the quicker question.
    if not text.replace("\n", " ").isprintable() and (found := _CONTROL.search(text)):
        raise UnreadableError(*_control(data, text, found.start()))
    return text


def _read(path: str, limit: int) -> bytes:
    handle = os.open(path, _FLAGS)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(_no_file(status.st_mode))
        if status.st_size > limit:
            raise UnreadableError(too_large(status.st_size, limit))
        return _bytes(handle, status.st_size, limit)
    finally:
        os.close(handle)


def _bytes(handle: int, size: int, limit: int) -> bytes:
    """What the file holds now, which may be more than the size that it had a moment ago."""
    data = os.read(handle, size + 1)
    while more := len(data) > size and os.read(handle, limit):
        data += more
        if len(data) > limit:
            raise UnreadableError(too_large(len(data), limit))
    return data


def _no_file(mode: int) -> str:
    kind = next((kind for matches, kind in _KINDS if matches(mode)), "a device")
    return f"found {kind}; expected a file with answers"


def too_large(size: int, limit: int) -> str:
    """What is said of a file that is refused for its size."""
    return f"the file has {size:,} bytes; expected at most {limit:,}"


def _trouble(path: str, error: OSError) -> str:
    if Path(path).is_dir():  # some systems refuse to open a folder
        return "found a folder; expected a file with answers"
    if error.errno == errno.ENOENT:
        return (
            "found a link to nothing; expected a file" if Path(path).is_symlink() else "the file is not there"
        )
    return _TROUBLE.get(error.errno or 0) or f"it cannot be opened: {error.strerror}"


def _no_utf8(data: bytes, at: int) -> tuple[str, int]:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return f"the file is in {name}; save it as UTF-8", 0
    line = data.count(b"\n", 0, at) + 1
    return f"found the byte 0x{data[at]:02X}, which is not UTF-8; save the file as UTF-8 text", line


def _control(data: bytes, text: str, at: int) -> tuple[str, int, int]:
    if len(data) > 3 and 0 in (data[:2] + data[2:4]) and data[:4].count(0) < 4:
        return "the file looks like UTF-16 or UTF-32; save it as UTF-8", 0, 0
    line = text.count("\n", 0, at) + 1
    message = f"found the control character U+{ord(text[at]):04X}; expected plain text"
    return message, line, at - text.rfind("\n", 0, at)
