"""From files to submissions: whatever is in a file, it becomes one, or many where a table holds a class.

Not here: which files there are (sources/), what a format looks like (readers/), and two files of one student,
which only the whole class shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from grader.record import record, replace
from grader.submission import readers, shape
from grader.submission.archive import Archives
from grader.submission.encoding import decode, decode_table, read_bytes, read_text
from grader.submission.found import File, Handed, Part, shown, suffix_of
from grader.submission.hints import NO_HINTS, Hints
from grader.submission.model import Duplicate, Given, Raw, Refused, Submission
from grader.submission.readers import PROSE, TABLES
from grader.submission.shape import Content
from grader.submission.sources.roster import Roster
from grader.submission.tree import UnreadableError, shorten


class Setting(NamedTuple):
    """How submissions are read.

    Attributes:
        hints: the names that questions have.
        roster: the class list that ids come from.
        id_pattern: finds the id in the name of a file or folder.
    """

    hints: Hints = NO_HINTS
    roster: Roster | None = None
    id_pattern: re.Pattern[str] | None = None


PLAIN = Setting()


def read(
    path: str | os.PathLike[str], root: str | os.PathLike[str] = "", hints: Hints = NO_HINTS
) -> Submission:
    """The submission in one student's file. What is wrong with the file is in it too: nothing is raised.

    root: the folder that the shown name is relative to; without it the path's last part is shown.
    """
    path = os.fspath(path)
    name = shown(_name(path, os.fspath(root)))
    suffix = suffix_of(path)
    try:
        if suffix in PROSE or suffix in TABLES:
            content = _content(Part(path, name), hints, None)
            place = Located((Part(path, name),), hints)
            prose = suffix in PROSE
            student = content.student or _stem(path)
            return Submission(student, name, content.answers, (), content.notes, path, place, prose)
        content = readers.reader(suffix).read(read_text(path))
    except UnreadableError as error:
        return Submission(_stem(path), name, {}, (str(error),), (), path)
    return Submission(content.student or _stem(path), name, content.answers, (), content.notes, path, locate)


def read_all(files: Iterable[File], setting: Setting = PLAIN) -> list[Submission]:
    """Every submission in the files, in their order; a table of a class holds many."""
    found: list[Submission] = []
    ordinary = setting.roster is None and setting.id_pattern is None
    with Archives() as archives:
        for file in files:
            path, root, handed = file
            if handed is not None:
                found += _handed(path, handed, setting, archives)
            elif suffix_of(path) in TABLES:
                part = Part(path, shown(_name(path, root)))
                found += _class(part, _stem(path), setting, archives)
            elif ordinary:
                found.append(read(path, root, setting.hints))
            else:
                submission = read(path, root, setting.hints)
                found.append(
                    _identified(submission, (submission.student, _stem(path)), submission.file, setting)
                )
    return found


def locate(path: str, problem: str, key: str) -> tuple[int, int] | None:
    """Line and column, from 1, of an answer in a file; None where there is none."""
    try:
        return shape.find(readers.reader(suffix_of(path)).parse(read_text(path)), problem, key)
    except UnreadableError:
        return None


@record
class Located:
    """Finds answers again in the files of an attempt, or in a row of a table."""

    parts: tuple[Part, ...]
    hints: Hints
    row: int | None = None

    def __call__(self, _path: str, problem: str, key: str) -> tuple[int, int] | None:
        """Line and column, from 1, of an answer; None where there is none."""
        with Archives() as archives:
            for part in self.parts:
                try:
                    place = self._in(part, archives, problem, key)
                except UnreadableError:
                    continue
                if place is not None:
                    return place
        return None

    def _in(self, part: Part, archives: Archives, problem: str, key: str) -> tuple[int, int] | None:
        suffix = suffix_of(part.member or part.path)
        reader = readers.reader(suffix)
        text, _ = _text(part, suffix, archives)
        if suffix not in TABLES:
            return shape.find(reader.parse(text, self.hints), problem, key)
        trees = reader.parse_class(text, self.hints)
        rows = list(trees) if self.row is None else [self.row]
        return next((place for row in rows if (place := shape.find(trees.get(row), problem, key))), None)


def _text(part: Part, suffix: str, archives: Archives | None) -> tuple[str, bool]:
    """A file's text, and whether it was in an old encoding."""
    if part.trouble:
        raise UnreadableError(part.trouble)
    limit = readers.limit(suffix)
    if part.member and archives is not None:
        data = archives.read(part.path, part.member, limit)
    else:
        data = read_bytes(part.path, limit)
    return decode_table(data) if suffix in TABLES else (decode(data), False)


def _content(part: Part, hints: Hints, archives: Archives | None) -> Content:
    """One student's answers in a file."""
    if part.trouble:
        raise UnreadableError(part.trouble)
    suffix = suffix_of(part.member or part.path)
    reader = readers.reader(suffix)
    text, _ = _text(part, suffix, archives)
    if suffix not in TABLES:
        content: Content = reader.read(text, hints)
        return content
    rows: list[tuple[int, Content]] = reader.read_class(text, hints)
    if len(rows) != 1:
        raise UnreadableError(f"the table holds {len(rows)} students; expected one")
    return rows[0][1]


def _class(part: Part, stem: str, setting: Setting, archives: Archives) -> list[Submission]:
    """The submissions in a table: a student whom no row names is named by the file."""
    suffix = suffix_of(part.member or part.path)
    try:
        text, old = _text(part, suffix, archives)
        rows: list[tuple[int, Content]] = readers.reader(suffix).read_class(text, setting.hints)
    except UnreadableError as error:
        return [Submission(stem, part.shown, {}, (str(error),))]
    encoding = ("the file is not UTF-8; it was read as Windows-1252",) if old else ()
    found = []
    for row, content in rows:
        place = Located((part,), setting.hints, row)
        student = content.student or stem
        notes = (*content.notes, *encoding)
        submission = Submission(student, part.shown, content.answers, (), notes, part.path, place)
        by_file = setting if content.student is None else setting._replace(id_pattern=None)
        found.append(_identified(submission, (student,), part.shown, by_file))
    return found


def _handed(path: str, handed: Handed, setting: Setting, archives: Archives) -> list[Submission]:
    """What a platform takes for one student's attempt; a table that lies there by itself may hold a class."""
    parts = handed.parts
    if not handed.certain and len(parts) == 1 and suffix_of(parts[0].member or parts[0].path) in TABLES:
        return _class(parts[0], handed.student, setting, archives)
    contents: list[tuple[bool, Content]] = []
    troubles = []
    for part in parts:
        try:
            prose = suffix_of(part.member or part.path) in PROSE
            contents.append((prose, _content(part, setting.hints, archives)))
        except UnreadableError as error:
            troubles.append(f"{part.shown}: {error}" if part.shown else str(error))
    named = next((content.student for _, content in contents if content.student), None)
    student = handed.student if handed.certain else named or handed.student
    submission = Submission(
        student,
        handed.shown,
        _joined(contents),
        () if contents else tuple(troubles),
        (
            *handed.notes,
            *(note for _, content in contents for note in content.notes),
            *(troubles if contents else ()),
        ),
        path,
        Located(parts, setting.hints),
        prose=any(prose for prose, _ in contents),
    )
    keys = handed.keys if handed.certain else (student, *handed.keys)
    return [_identified(submission, keys, handed.shown, setting, named if handed.certain else None)]


def _joined(contents: list[tuple[bool, Content]]) -> Mapping[str, Mapping[str, Given]]:
    """The answers of all files of an attempt; a sheet's count before those in running text."""
    if len(contents) == 1:
        return contents[0][1].answers
    joined: dict[str, dict[str, Given]] = {}
    sheets: set[tuple[str, str]] = set()
    for prose, content in sorted(contents, key=lambda one: one[0]):
        for problem, answers in content.answers.items():
            into = joined.setdefault(problem, {})
            for key, given in answers.items():
                before = into.get(key)
                if before is None:
                    into[key] = given
                elif before != given and not (prose and (problem, key) in sheets):
                    into[key] = Duplicate((_quoted(before), _quoted(given)), (0, 0))
        if not prose:
            sheets.update((problem, key) for problem, answers in content.answers.items() for key in answers)
    return joined


def _quoted(given: Given) -> str:
    if isinstance(given, Refused):
        return given.reason
    return shorten(_written(given))


def _written(raw: Raw) -> str:
    return raw if isinstance(raw, str) else f"[{', '.join(map(_written, raw))}]"


def _identified(
    submission: Submission, keys: tuple[str, ...], name: str, setting: Setting, named: str | None = None
) -> Submission:
    """The submission under the id that its file's name, or the class list, gives it.

    keys: by what the class list may know the student.
    named: what the file says where the platform knows better.
    """
    notes = submission.notes
    if setting.id_pattern is not None:
        found = _id_in(setting.id_pattern, name)
        if found is None:
            notes = (*notes, "--id-regex finds no id in its name")
        else:
            submission = replace(submission, student=found)
            keys = (found,)
    roster = setting.roster
    if roster is not None:
        student = roster.find(keys)
        if student is None:
            notes = (*notes, "not in the class list")
        else:
            known = next((key for key in keys if key != student and key in submission.file), None)
            file = submission.file if known is None else submission.file.replace(known, student)
            submission = replace(submission, student=student, file=file)
        other = roster.find((named,)) if named else None
        if other is not None and other != submission.student:
            notes = (*notes, f'the file itself names the student "{other}"')
    return submission if notes is submission.notes else replace(submission, notes=notes)


def _id_in(pattern: re.Pattern[str], name: str) -> str | None:
    """What the group `id`, the first group or the whole pattern finds in a name."""
    found = pattern.search(name)
    if found is None:
        return None
    group: str | int = "id" if "id" in pattern.groupindex else min(pattern.groups, 1)
    return shape.student_name(found[group] or "")


# A path is handled as text below: a `Path` would cost a tenth of the time that reading a file may take.


def _stem(path: str) -> str:
    name = os.path.split(path)[1]
    return shown(name[: len(name) - len(suffix_of(name))])


def _name(path: str, root: str) -> str:
    """The path below its folder, with `/` on every system."""
    below = path[len(root) :]
    if root and path.startswith(root) and (root.endswith(os.sep) or below.startswith(os.sep)):
        return below.replace(os.sep, "/").lstrip("/")
    return os.path.split(path)[1]
