"""Blank answer sheets: the submission that a student fills in, every question there and unanswered.

One file a format; each is read back by the reader of its format, whatever the questions are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from grader.report.model import Asked

Sheet: TypeAlias = Callable[[str, str, Iterable[Asked]], Iterator[str]]
"""(title, assignment, questions) -> the sheet, in chunks."""

FORMATS = ("yaml", "md", "csv", "ipynb")


def sheet(format_name: str) -> Sheet:
    """The function that writes sheets in one of FORMATS."""
    if format_name == "md":
        from grader.report.sheets import markdown_sheet

        return markdown_sheet.render
    if format_name == "csv":
        from grader.report.sheets import csv_sheet

        return csv_sheet.render
    if format_name == "ipynb":
        from grader.report.sheets import notebook_sheet

        return notebook_sheet.render
    from grader.report.sheets import yaml_sheet

    return yaml_sheet.render
