"""A Canvas gradebook export: the assignment's column is filled, as the importer of Canvas reads it.

canvas-lms, lib/gradebook_importer.rb: `Student` and `ID` come first, `Section` ends what is about students,
an assignment is `Title (id)`, and a column marked `(read only)` is not imported. Comments cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.report.gradebooks.fill import Filled, Layout, fill
from grader.report.gradebooks.table import Table, read
from grader.report.model import ClassReport
from grader.report.refused import ReportRefusedError
from grader.report.safe import terminal

_ASSIGNMENT = re.compile(r"(?P<title>.*)\s\((?P<id>\d+)\)", re.DOTALL)
_KEYS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_OWN = re.compile(r"(Unposted )?(Current|Final|Override) (Score|Points|Grade|Status)")
_NAMED = 6


class _Header(NamedTuple):
    keys: tuple[int, ...]
    names: tuple[int, ...]
    columns: tuple[int, ...]


def render(report: ClassReport, data: bytes, column: str | None = None, *, force: bool = False) -> Filled:
    """The export with the scores filled in.

    Args:
        report: the class.
        data: the instructor's export.
        column: the assignment's column, by its header, its title or its number; found by the assignment's
            own title or id where it is None.
        force: whether other marks that stand there already may be replaced.

    Raises:
        ReportRefusedError: it is no such export, has no such column, or cannot be filled.
    """
    table = read(data)
    header = _header(table.header())
    students = tuple(row for row in range(1, len(table.rows)) if _is_student(table, row))
    chosen = _chosen(table.header(), header.columns, column, report)
    possible = _possible(table, chosen)
    if "read only" in possible.casefold():
        raise ReportRefusedError(f'the column "{terminal(table.header()[chosen])}" is read only in Canvas')

    def kept(row: int) -> str | None:
        return "excused" if table.cell(row, chosen).upper() == "EX" else None

    layout = Layout(students, header.keys, header.names, chosen, possible, kept)
    return fill(report, table, layout, force=force)


def _header(names: Sequence[str]) -> _Header:
    """Which columns say what, by the rules of the importer."""
    split = [name.casefold() for name in names[:3]] == ["lastname", "firstname", "id"]
    whole = len(names) > 1 and "Student" in names[0] and "ID" in names[1]
    sections = [at for at, name in enumerate(names) if "Section" in name]
    if not (split or whole) or not sections:
        raise ReportRefusedError(
            "is no gradebook of Canvas: expected Student, ID, ..., Section and assignments in its first line"
        )
    start = sections[0] + 1
    keys = tuple(names.index(name) for name in _KEYS if name in names[:start])
    columns = tuple(at for at in range(start, len(names)) if names[at] and not _OWN.fullmatch(names[at]))
    return _Header(keys, (0,) if whole else (), columns)


def _is_student(table: Table, row: int) -> bool:
    return "Points Possible" not in table.cell(row, 0) and any(table.cell(row, at) for at in (0, 1, 2))


def _possible(table: Table, column: int) -> str:
    rows = [row for row in range(1, len(table.rows)) if "Points Possible" in table.cell(row, 0)]
    return table.cell(rows[0], column) if rows else ""


def _chosen(names: Sequence[str], columns: Sequence[int], column: str | None, report: ClassReport) -> int:
    wanted = [report.title, report.assignment] if column is None else [column]
    for text in wanted:
        found = [at for at in columns if text.casefold() in _spellings(names[at])]
        if len(found) == 1:
            return found[0]
    some = ", ".join(f'"{terminal(names[at], 60)}"' for at in columns[:_NAMED]) or "none"
    more = f" and {len(columns) - _NAMED} more" if len(columns) > _NAMED else ""
    raise ReportRefusedError(
        f'has no column of its own for "{terminal(wanted[0])}"; name one with --column: {some}{more}'
    )


def _spellings(header: str) -> set[str]:
    """A column by its header, its title and its number."""
    found = _ASSIGNMENT.fullmatch(header)
    parts = {header, found["title"], found["id"]} if found else {header}
    return {part.casefold() for part in parts}
