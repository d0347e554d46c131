"""From a spec file to an `Assignment`, or to everything that is wrong with the file at once."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from grader.source import Issue, Mark, SpecError
from grader.spec.fields import entries, items, switch, text
from grader.spec.findings import Findings
from grader.spec.model import Assignment, Problem
from grader.spec.nodes import Sequence, compose, decode, shortened, split_lines
from grader.spec.problem import Outer, read_problem
from grader.spec.rules import read_rules
from grader.spec.settings import SETTINGS, Settings, read_settings, read_symbols

if TYPE_CHECKING:
    from grader.spec.fields import Entries
    from grader.spec.nodes import Node

ASSIGNMENT = ("title", "problems", "decimal_comma", *SETTINGS)
MAX_BYTES = 5_000_000


def load(path: str | Path) -> Assignment:
    """The assignment in a file.

    Raises:
        SpecError: with every error of the file.
        OSError: when it cannot be read.
    """
    return load_text(_read(path), str(path))


def load_text(written: str, path: str) -> Assignment:
    """The assignment in a text; `path` names it in messages and gives the assignment its id.

    Raises:
        SpecError: with every error of the text.
    """
    return inspect_text(written, path)[0]


def inspect(path: str | Path) -> tuple[Assignment, tuple[Issue, ...], tuple[str, ...]]:
    """The assignment in a file, the warnings about it, and its lines for their excerpts.

    Raises:
        SpecError: with every error and warning of the file.
        OSError: when it cannot be read.
    """
    return inspect_text(_read(path), str(path))


def inspect_text(written: str, path: str) -> tuple[Assignment, tuple[Issue, ...], tuple[str, ...]]:
    """As `inspect`, of a text."""
    written = written.removeprefix("\ufeff")
    lines = split_lines(written)
    root = compose(written, path)
    if root is None:
        hint = "write title: and problems:"
        raise SpecError([Issue(Mark(path, 1, 1), "the spec is empty", hint)], lines)
    found = Findings()
    assignment = _assignment(found, root, path)
    if found.failed:
        raise SpecError(found.issues, lines)
    return assignment, SpecError(found.issues).issues, tuple(lines)


def _read(path: str | Path) -> str:
    data = Path(path).read_bytes()
    if len(data) > MAX_BYTES:
        message = f"the spec has {len(data)} bytes, at most {MAX_BYTES} are read"
        raise SpecError([Issue(Mark(str(path), 1, 1), message)])
    return decode(data, str(path))


def _assignment(found: Findings, root: Node, path: str) -> Assignment:
    read = entries(found, root, "a spec", ASSIGNMENT)
    title = text(found, read["title"][1], "a title") if "title" in read else None
    comma = switch(found, read["decimal_comma"][1], "decimal_comma") if "decimal_comma" in read else False
    problems = _problems(found, root, read)
    return Assignment(PurePath(path).stem, title.text if title else None, path, problems, comma is True)


def _problems(found: Findings, root: Node, read: Entries) -> tuple[Problem, ...]:
    outer = Outer(
        read_settings(found, read, Settings()),
        tuple(symbol for _, symbol in read_symbols(found, read["symbols"][1])) if "symbols" in read else (),
        entries(found, read["aliases"][1], "aliases") if "aliases" in read else {},
        read_rules(found, read),
    )
    if "problems" not in read:
        if read:
            found.error(root, "the spec has no problems", "write problems: and under it - id: q1")
        return ()
    listed = items(found, read["problems"][1], "problems")
    if not listed and isinstance(read["problems"][1], Sequence):
        found.error(read["problems"][1], "the spec has no problems", "write a problem as - id: q1")
    problems: dict[str, Problem] = {}
    for node in listed:
        problem = read_problem(found, node, outer)
        if problem is None:
            continue
        if problem.id in problems and problem.id:
            first = problems[problem.id].mark.line
            message = f'two problems have the id "{shortened(problem.id)}", the first in line {first}'
            found.error(problem.mark, message)
        problems.setdefault(problem.id, problem)
    return tuple(problems.values())
