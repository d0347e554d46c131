"""How wide and how plain a report is drawn, and the drawing itself."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.console import Console, RenderableType

from grader.record import record

NARROWEST = 40
WIDEST = 160
PIPED = 80

_ASCII = str.maketrans({"…": "...", "·": "-", "─": "-", "│": "|", "−": "-"})


@record
class Look:
    """What the place that a report is written to can show.

    Attributes:
        width: in columns.
        color: whether colours and bold type are wanted; without it there is not one escape code.
        encoding: what the text will be encoded in; outside UTF everything drawn is ASCII.
    """

    width: int = PIPED
    color: bool = False
    encoding: str = "utf-8"

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> Look:
        """The look for a stream: `COLUMNS`, `NO_COLOR`, `FORCE_COLOR` and `TERM` are respected."""
        return cls(_width(stream, environ), _color(stream, environ), stream.encoding or "utf-8")


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    columns = environ.get("COLUMNS", "")
    width = int(columns) if columns.isascii() and columns.isdigit() and len(columns) < 6 else 0
    if not width and stream.isatty():
        try:
            width = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            width = 0
    return min(max(width or PIPED, NARROWEST), WIDEST)


def _color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR") or environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return False
    return bool(environ.get("FORCE_COLOR")) or stream.isatty()


class _Page(io.StringIO):
    """A page of text that says what it will be encoded in, because rich picks its boxes by it."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


def draw(parts: Iterable[RenderableType], look: Look) -> str:
    """The parts one below the other; no line ends in blanks, and nothing depends on the environment."""
    page = _Page(look.encoding)
    console = Console(
        file=page,
        width=look.width,
        color_system="standard" if look.color else None,
        force_terminal=look.color,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    for part in parts:
        console.print(part)
    text = page.getvalue()
    if not look.color:
        text = "".join(line.rstrip() + "\n" for line in text.splitlines())
    if not look.encoding.lower().startswith("utf"):
        text = text.translate(_ASCII)
    return text
