"""Reading a file of marks by hand, YAML or CSV, every fault with its place.

Both are lists of the same entries: `student`, `question`, `points` or `adjust`, `reason`. What they mean for
a class is marks.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import did_you_mean
from grader.run.marks import Entry, Marks
from grader.source import Issue, Mark, SpecError
from grader.spec.nodes import Mapping, Scalar, Sequence, compose, decode, split_lines, what
from grader.submission.encoding import decode_table, read_bytes
from grader.submission.readers.tables import folded, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = ("student", "question", "points", "adjust", "reason")
MAX_BYTES = 20_000_000

_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)")
_COMMA = re.compile(r"[-+−]?\d+,\d+")

Fields = dict[str, tuple[str, Mark]]
Found = list[tuple[Mark, Fields]]


def load(path: str) -> Marks:
    """The marks in a file; `.csv` is a table, anything else YAML.

    Raises:
        SpecError: with everything that is wrong with it.
        UnreadableError: it cannot be opened, or a table is no text.
    """
    data = read_bytes(path, MAX_BYTES)
    issues: list[Issue] = []
    if Path(path).suffix.lower() == ".csv":
        text, _ = decode_table(data)
        found = list(_table(text, path, issues))
    else:
        text = decode(data, path)
        found = list(_list(text, path, issues))
    entries = tuple(entry for mark, fields in found if (entry := _entry(mark, fields, issues)) is not None)
    lines = split_lines(text)
    if issues:
        raise SpecError(issues, lines)
    return Marks(entries, tuple(lines))


def _list(text: str, path: str, issues: list[Issue]) -> Iterator[tuple[Mark, Fields]]:
    """The entries of a YAML list."""
    root = compose(text, path)
    if root is None:
        return
    if not isinstance(root, Sequence):
        expected = "expected a list of `- {student: ..., question: ..., points: ...}`"
        issues.append(Issue(root.mark, f"{expected}, found {what(root)}"))
        return
    for item in root.items:
        if not isinstance(item, Mapping):
            issues.append(Issue(item.mark, f"expected {{student: ...}}, found {what(item)}"))
            continue
        fields: Fields = {}
        for key, value in item.entries:
            if _is_key(key.text, key.mark, fields, issues) and isinstance(value, Scalar):
                if not value.empty:
                    fields[key.text] = (value.text.strip(), value.mark)
            elif not isinstance(value, Scalar):
                issues.append(Issue(value.mark, f"expected a text or a number, found {what(value)}"))
        yield item.mark, fields


def _is_key(name: str, mark: Mark, fields: Fields, issues: list[Issue]) -> bool:
    if name not in KEYS:
        hint = did_you_mean(name, KEYS) or f"expected {', '.join(KEYS)}"
        issues.append(Issue(mark, f'unknown key "{name}"', hint))
        return False
    if name in fields:
        issues.append(Issue(mark, f'"{name}" stands here twice'))
        return False
    return True


def _table(text: str, path: str, issues: list[Issue]) -> Iterator[tuple[Mark, Fields]]:
    """The rows of a table whose first one names the columns."""
    table = rows(text)
    if not table:
        return
    seen: Fields = {}
    names = []
    for cell in table[0]:
        name = folded(cell.text)
        mark = Mark(path, cell.line, cell.column, max(len(cell.text), 1))
        names.append(name if name and _is_key(name, mark, seen, issues) else None)
        seen[name] = (cell.text, mark)
    if issues:
        return
    for row in table[1:]:
        fields = {
            name: (cell.text, Mark(path, cell.line, cell.column, max(len(cell.text), 1)))
            for name, cell in zip(names, row, strict=False)
            if name is not None and cell.text
        }
        yield Mark(path, row[0].line, row[0].column), fields


def _entry(mark: Mark, fields: Fields, issues: list[Issue]) -> Entry | None:
    """One entry, or None where something is missing, which is told."""
    before = len(issues)
    if "student" not in fields:
        issues.append(Issue(mark, "expected the student whom this is about", "add student:"))
    if ("points" in fields) == ("adjust" in fields):
        found = "both" if "points" in fields else "neither"
        issues.append(Issue(mark, f"expected either points or adjust, found {found}"))
    if "points" in fields and "question" not in fields:
        issues.append(Issue(mark, "expected the question that has these points", "a total takes adjust:"))
    if "adjust" in fields and "reason" not in fields:
        issues.append(Issue(mark, "expected a reason beside adjust", "add reason:"))
    points = _number(fields.get("points"), issues, least=0.0)
    adjust = _number(fields.get("adjust"), issues, least=None)
    if len(issues) > before:
        return None
    reason = fields["reason"][0] if "reason" in fields else ""
    return Entry(fields["student"], fields.get("question"), points, adjust, reason)


def _number(
    given: tuple[str, Mark] | None, issues: list[Issue], *, least: float | None
) -> tuple[float, Mark] | None:
    if given is None:
        return None
    text, mark = given
    if not _NUMBER.fullmatch(text) or len(text) > 20:
        hint = "write 0.5 with a point" if _COMMA.fullmatch(text) else None
        issues.append(Issue(mark, f'expected a number of points, found "{text[:40]}"', hint))
        return None
    value = float(text.replace("−", "-"))
    if least is not None and value < least:
        issues.append(
            Issue(mark, f"expected no less than 0 points, found {text}", "adjust: takes points off")
        )
    return value, mark
