"""How far a long run is, on standard error, and only where someone is watching it."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self

QUIET = 0.5
"""Seconds before anything is shown: a short run leaves no trace."""

EVERY = 0.1


class Progress:
    """Called with (done, total) while grading; draws one line over and over, and takes it away at the end."""

    def __init__(self, *, wanted: bool) -> None:
        self._shown = (
            wanted and sys.stderr.isatty() and os.environ.get("TERM", "") not in {"dumb", "unknown", ""}
        )
        self._next = time.monotonic() + QUIET
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Draws the line when it is time."""
        if not self._shown or (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY
        self._draw(f"graded {done} of {total}")

    def _draw(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(line))

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes the line away."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
