"""A large class in several processes; results come back in the order of the files: nothing depends on it."""

from __future__ import annotations

import io
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from grader.report.model import Asked, Element, StudentReport
from grader.submission import files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.submission.found import File
    from grader.submission.model import Submission

CHUNK = 250


class Grader(Protocol):
    """What a process needs of an assignment's grader, which imports this module and not the reverse."""

    asked: list[Asked]

    def grade(self, submissions: Sequence[Submission]) -> list[StudentReport]:
        """One report a submission, in their order."""


_worker: tuple[Grader, files.Setting] | None = None


def grade_in_parallel(
    grader: Grader,
    setting: files.Setting,
    found: Sequence[File],
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> list[StudentReport]:
    """Grade files in ``jobs`` processes."""
    chunks = [found[i : i + CHUNK] for i in range(0, len(found), CHUNK)]
    students: list[StudentReport] = []
    done = 0
    with ProcessPoolExecutor(min(jobs, len(chunks)), initializer=_start, initargs=(grader, setting)) as pool:
        for packed in pool.map(_grade, chunks):
            students += _unpack(packed, grader)
            done = min(done + CHUNK, len(found))
            if progress is not None:
                progress(done, len(found))
    return students


def _start(grader: Grader, setting: files.Setting) -> None:
    global _worker  # noqa: PLW0603 - a process has one grader, made once
    _worker = grader, setting


def _grade(chunk: Sequence[File]) -> bytes:
    if _worker is None:
        raise RuntimeError
    grader, setting = _worker
    reports = grader.grade(files.read_all(chunk, setting))
    buffer = io.BytesIO()
    _Pickler(buffer, grader).dump(reports)
    return buffer.getvalue()


def _unpack(packed: bytes, grader: Grader) -> list[StudentReport]:
    return list(_Unpickler(io.BytesIO(packed), grader).load())


class _Pickler(pickle.Pickler):
    """Sends what the whole class shares by number, so that it stays one object."""

    def __init__(self, file: io.BytesIO, grader: Grader) -> None:
        super().__init__(file, protocol=5)
        self.numbers = {id(shared): i for i, shared in enumerate(_shared(grader))}

    def persistent_id(self, obj: Any) -> int | None:  # noqa: ANN401 - pickle's own signature
        """The number of a shared object."""
        return self.numbers.get(id(obj)) if isinstance(obj, Asked | Element) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, grader: Grader) -> None:
        super().__init__(file)
        self.objects = _shared(grader)

    def persistent_load(self, pid: int) -> Asked | Element:
        """The shared object of a number."""
        return self.objects[pid]


def _shared(grader: Grader) -> list[Asked | Element]:
    shared: list[Asked | Element] = []
    for asked in grader.asked:
        shared.append(asked)
        shared.extend(asked.elements)
    return shared
