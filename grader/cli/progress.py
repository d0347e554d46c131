"""How far a long run is, on standard error, and only where someone is watching it."""

from __future__ import annotations

import math
import os
import sys
import time
from shutil import get_terminal_size
from types import TracebackType
from typing import Self

QUIET = 0.5
"""Seconds before anything is shown: a short run leaves no trace."""

EVERY = 0.1

BAR = 20
"""Columns of the bar."""


def line(done: int, total: int, seconds: float, width: int) -> str:
    """How far a run is: `graded 50 of 200 [#####---------------] 25 a second, 6 s left`.

    Args:
        done: how many are graded.
        total: how many there are.
        seconds: since the run began.
        width: of the terminal; what does not fit is left out, the bar first.
    """
    counted = f"graded {done} of {total}"
    filled = BAR * done // total if total else BAR
    bar = f" [{'#' * filled}{'-' * (BAR - filled)}]"
    rate = done / seconds if seconds > 0 else 0.0
    more = f" {rate:.0f} a second, {_time((total - done) / rate)} left" if rate else ""
    for text in (counted + bar + more, counted + more, counted):
        if len(text) < width:
            return text
    return counted[: max(width - 1, 0)]


def _time(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h`: rounded up, since an early end is the better surprise."""
    if seconds < 100:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{math.ceil(minutes / 60)} h"


class Progress:
    """Called with (done, total) while grading; draws one line over and over, and takes it away at the end."""

    def __init__(self, *, wanted: bool) -> None:
        self._shown = (
            wanted and sys.stderr.isatty() and os.environ.get("TERM", "") not in {"dumb", "unknown", ""}
        )
        self._start = time.monotonic()
        self._next = self._start + QUIET
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Draws the line when it is time."""
        if not self._shown or (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY
        width = get_terminal_size((80, 24)).columns
        self._draw(line(done, total, now - self._start, width))

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
