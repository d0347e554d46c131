"""The formats that a submission may have, one file a format, and which suffix belongs to which.

A reader of one student's file is a module with `read(text, hints) -> Content` and `parse(text, hints)`, the
text as a tree with its places. A reader of a whole class's file gives lists of these, `read_class` and
`parse_class`. Readers keep every digit, raise UnreadableError, and know of the assignment only its names.
"""

from __future__ import annotations

from types import ModuleType

from grader.submission.tree import MAX_BYTES, UnreadableError

TABLES = (".csv", ".tsv")
"""Files that may hold a whole class."""

PLAIN_TEXT = ".txt"
"""Read as Markdown; it counts only where nothing else is a submission, since any note may be called so."""

PROSE = (".md", ".markdown", ".tex", ".ipynb", PLAIN_TEXT)
"""Files in which answers stand among other text."""

SUFFIXES = (".yaml", ".yml", ".json", *TABLES, *PROSE)

_LIMITS = {".ipynb": 20_000_000, ".csv": 20_000_000, ".tsv": 20_000_000}
"""Notebooks hold pictures, tables a class; any other answer sheet has a few kilobytes."""


def limit(suffix: str) -> int:
    """The largest file of this kind that is read, in bytes."""
    return _LIMITS.get(suffix, MAX_BYTES)


def reader(suffix: str) -> ModuleType:
    """The module that reads files with this suffix; imported when the first one is met."""
    if suffix in {".yaml", ".yml"}:
        from grader.submission.readers import yaml_reader

        return yaml_reader
    if suffix == ".json":
        from grader.submission.readers import json_reader

        return json_reader
    if suffix in TABLES:
        from grader.submission.readers import csv_reader

        return csv_reader
    if suffix in PROSE:
        return _prose(suffix)
    raise UnreadableError(f"found a file named `*{suffix}`; expected one of {', '.join(SUFFIXES)}")


def _prose(suffix: str) -> ModuleType:
    if suffix == ".tex":
        from grader.submission.readers import latex_reader

        return latex_reader
    if suffix == ".ipynb":
        from grader.submission.readers import notebook_reader

        return notebook_reader
    from grader.submission.readers import markdown_reader

    return markdown_reader
