"""What the parts of a file mean: `student:`, `answers:`, problems, questions. The same for every format.

Not here: the formats, and whether the problem has such a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from grader.errors import nearest
from grader.submission.model import Duplicate, Given, Misplaced, Raw
from grader.submission.tree import Group, Node, Scalar, Sequence, UnreadableError, describe, shorten

EXPECTED = "expected `student:` and `answers:` with a group for each problem"
MAX_STUDENT = 100
MAX_NOTES = 20

Entries: TypeAlias = list[tuple[Scalar, Node]]


class Content(NamedTuple):
    """What a reader found; `student` is None where the file does not say."""

    student: str | None
    answers: Mapping[str, Mapping[str, Given]]
    notes: tuple[str, ...] = ()


def interpret(root: Node | None) -> Content:
    """The submission that a file's tree holds.

    Raises:
        UnreadableError: it has no answers where they are expected.
    """
    if root is None or (isinstance(root, Scalar) and not root.text.strip()):
        raise UnreadableError(f"the file is empty; {EXPECTED}")
    if not isinstance(root, Group):
        raise UnreadableError(f"found {describe(root)}; {EXPECTED}", root.line)
    notes: list[str] = []
    named = _by_name(root.entries)
    student = _student(named.pop("student", []), notes)
    if "answers" not in named:
        raise UnreadableError(_no_answers(root))
    answers = _answers(named.pop("answers"), notes)
    notes += [
        f"line {name.line}: `{shorten(name.text)}` is not a known name; it was not read"
        for entries in named.values()
        for name, _ in entries
    ]
    return Content(student, answers, _few(notes))


def find(root: Node | None, problem: str, key: str) -> tuple[int, int] | None:
    """Line and column, from 1, of the first value that is not blank under the problem and key."""
    nodes = [] if root is None else [root]
    for step in ("answers", problem, key):
        groups = [node for node in nodes if isinstance(node, Group)]
        nodes = [value for group in groups for name, value in group.entries if name.text == step]
    return next(((node.line, node.column) for node in nodes if not _blank(node)), None)


def student_name(text: str) -> str | None:
    """The name on one line; None when it is blank, too long or no name to be printed."""
    name = " ".join(text.split())
    return name if name and len(name) <= MAX_STUDENT and name.isprintable() else None


def _by_name(entries: Iterable[tuple[Scalar, Node]]) -> dict[str, Entries]:
    named: dict[str, Entries] = {}
    for name, node in entries:
        named.setdefault(name.text, []).append((name, node))
    return named


def _student(entries: Entries, notes: list[str]) -> str | None:
    """The last `student:` that names someone: a file that names two is told which one counts."""
    student = None
    for name, node in entries:
        if _blank(node):
            continue
        found = student_name(node.text) if isinstance(node, Scalar) else None
        if found is None:
            notes.append(f"line {name.line}: found {describe(node)} as `student`; expected a name or number")
        elif student is not None:
            notes.append(f"line {name.line}: `student` stands here again; the last one counts")
        student = found or student
    return student


def _no_answers(root: Group) -> str:
    names = [name.text for name, _ in root.entries]
    if close := nearest("answers", names):
        line = root.entries[names.index(close)][0].line
        return f"line {line}: found `{shorten(close)}`; expected `answers`"
    found = ", ".join(f"`{shorten(name)}`" for name in names[:5]) or "nothing"
    return f"found {found} at the top level, but no `answers`; {EXPECTED}"


def _answers(entries: Entries, notes: list[str]) -> dict[str, dict[str, Given]]:
    """Problem by problem; a problem, or `answers:` itself, that stands there twice is joined."""
    problems: Entries = []
    for name, node in entries:
        if isinstance(node, Group):
            problems += node.entries
        elif not _blank(node):
            message = f"found {describe(node)} as `answers`; expected a group for each problem"
            raise UnreadableError(message, name.line)
    if not problems:
        notes.append("`answers` is empty")
    _look_for_strays(problems, notes)
    return {
        problem: _problem(problem, parts, notes)
        for problem, parts in _by_name(problems).items()
        if any(isinstance(node, Group) or _blank(node) for _, node in parts)
    }


def _look_for_strays(problems: Entries, notes: list[str]) -> None:
    """Answers outside any problem: nothing can be read when all are, a note each when only some are."""
    strays = [(name, node) for name, node in problems if not isinstance(node, Group) and not _blank(node)]
    if strays and not any(isinstance(node, Group) for _, node in problems):
        name, node = strays[0]
        found = f"found {describe(node)} for `{shorten(name.text)}` directly under `answers`"
        message = f"{found}; expected the id of the problem there and its answers indented below it"
        raise UnreadableError(message, name.line)
    notes += [
        f"line {name.line}: `{shorten(name.text)}` stands outside a problem; it was not read"
        for name, _ in strays
    ]


def _problem(problem: str, parts: Entries, notes: list[str]) -> dict[str, Given]:
    groups = [(name.line, node) for name, node in parts if isinstance(node, Group)]
    if len(groups) > 1:
        lines = " and ".join(str(line) for line, _ in groups)
        notes.append(f"`{shorten(problem)}` stands there on lines {lines}; its answers were joined")
    split = {id(node): name for _, group in groups for node, name in _split_numbers(group)}
    questions = _by_name(entry for _, group in groups for entry in group.entries)
    given = {key: _given(entries, split) for key, entries in questions.items()}
    return {key: answer for key, answer in given.items() if answer is not None}


def _split_numbers(group: Group) -> Iterator[tuple[Scalar, Scalar]]:
    """The answers whose comma began the next name: ``{a: 0,2}`` has the answer 0 and the name 2."""
    for (_, before), (name, after) in pairwise(group.entries):
        if (
            isinstance(before, Scalar)
            and before.text[-1:].isdigit()
            and name.text.isdigit()
            and _blank(after)
        ):
            behind = (before.line, before.column + len(before.text) + 1)
            if (name.line, name.column) == behind:
                yield before, name


def _given(entries: Entries, split: Mapping[int, Scalar]) -> Given | None:
    """The answer under one key; None when it is blank."""
    written = [(name.line, node) for name, node in entries if not _blank(node)]
    if not written:
        return None
    if len(written) > 1:
        return Duplicate(tuple(_quote(node) for _, node in written), tuple(line for line, _ in written))
    line, node = written[0]
    if isinstance(node, Scalar) and id(node) in split:
        number = f"{node.text},{split[id(node)].text}"
        told = f"found `{shorten(number)}`, whose comma ends the answer within braces"
        return Misplaced(f"{told} (write `{shorten(number.replace(',', '.'))}`)", (line,))
    found = _misplaced(node)
    return _raw(node) if found is None else Misplaced(f"found {describe(found)}", (found.line or line,))


def _misplaced(node: Node) -> Group | None:
    """The first group inside an answer, where there should be none."""
    if isinstance(node, Sequence):
        return next((found for item in node.items if (found := _misplaced(item))), None)
    return node if isinstance(node, Group) else None


def _raw(node: Node) -> Raw:
    if isinstance(node, Scalar):
        return node.text
    return tuple(_raw(item) for item in node.items) if isinstance(node, Sequence) else ""


def _quote(node: Node) -> str:
    """The answer as a report quotes it: `0.2`, `[1, 2]`."""
    if isinstance(node, Sequence):
        return shorten(f"[{', '.join(_quote(item) for item in node.items[:20])}]")
    return shorten(node.text) if isinstance(node, Scalar) else describe(node)


def _blank(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text.strip()


def _few(notes: list[str]) -> tuple[str, ...]:
    if len(notes) <= MAX_NOTES:
        return tuple(notes)
    return (*notes[:MAX_NOTES], f"and {len(notes) - MAX_NOTES} more notes")
