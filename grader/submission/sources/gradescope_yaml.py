"""Gradescope: `submission_<id>/…` beside `submission_metadata.yml`, which names one submitter or a group.

The metadata hold every score and comment as well, in a hundred times the space: they are read event by event,
and only the submitters and the time are kept. Ruby wrote them, so that a name begins with a colon.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from grader.record import field, mutable
from grader.submission.archive import Archives
from grader.submission.encoding import decode, read_bytes
from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing, files
from grader.submission.tree import UnreadableError, clean

TITLE = "a Gradescope export"

_METADATA = "submission_metadata.yml"
_MAX_BYTES = 200_000_000
_LOADER: type[yaml.CBaseLoader | yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PERSON = 4  # the depth of a submitter: root, submission, list of submitters, person


@mutable
class _Submission:
    """What the metadata say about one submission."""

    people: list[dict[str, str]] = field(default_factory=list)
    time: str = ""


def attempts(listing: Listing, _assignment: str) -> Iterator[Attempt]:
    """The submissions of every submitter: each member of a group gets the group's.

    Raises:
        UnreadableError: the metadata cannot be read.
    """
    top = listing.entries()
    known = _metadata(listing, top)
    folders = {
        entry.last: entry for entry in top if entry.last.startswith("submission_") and entry.last != _METADATA
    }
    for name in sorted({*known, *folders}):
        entry = folders.get(name) or next((other for other in top if other.last == name), None)
        told = known.get(name, _Submission())
        if entry is None:
            given: tuple[tuple[Entry, str], ...] = ()
        elif entry.folder:
            given = tuple((file, file.name) for file in files(listing, entry.name))
        else:
            given = ((entry, entry.name),)
        shown = given[0][1] if len(given) == 1 else name
        if not told.people:
            notes = ("the metadata name no submitter",)
            yield Attempt(name, (name,), shown, given, (told.time,), notes)
        for person in told.people:
            keys = tuple(filter(None, (person.get(key, "") for key in (":sid", ":email", ":name"))))
            student = person.get(":sid") or person.get(":email") or name
            yield Attempt(student, keys or (name,), shown, given, (told.time,))


def _metadata(listing: Listing, top: list[Entry]) -> dict[str, _Submission]:
    entry = next((entry for entry in top if entry.last == _METADATA), None)
    if entry is None:
        return {}
    part = listing.part(entry, _METADATA)
    try:
        with Archives() as archives:
            data = (
                archives.read(part.path, part.member, _MAX_BYTES)
                if part.member
                else read_bytes(part.path, _MAX_BYTES)
            )
        return _read(decode(data))
    except (UnreadableError, yaml.YAMLError) as error:
        raise UnreadableError(f"{_METADATA}: {' '.join(str(error).split())}") from None


def _read(text: str) -> dict[str, _Submission]:
    """Submitters and time of each submission."""
    found: dict[str, _Submission] = {}
    path: list[str | None] = []  # of each open mapping the key that waits for its value; a list has `-`
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.MappingStartEvent):
            path.append(None)
            if len(path) == _PERSON and path[1] == ":submitters" and path[0] is not None:
                found[path[0]].people.append({})
        elif isinstance(event, yaml.SequenceStartEvent):
            path.append("-")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            path.pop()
            _done(path)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            text = clean(event.value) if isinstance(event, yaml.ScalarEvent) else ""
            if path and path[-1] is None:
                path[-1] = text
                if len(path) == 1:
                    found.setdefault(text, _Submission())
            else:
                _value(found, path, text)
                _done(path)
    return found


def _done(path: list[str | None]) -> None:
    if path and path[-1] != "-":
        path[-1] = None


def _value(found: dict[str, _Submission], path: list[str | None], text: str) -> None:
    if len(path) < 2 or path[0] is None:
        return
    submission = found[path[0]]
    if len(path) == 2 and path[1] == ":created_at":
        submission.time = text
    elif len(path) == _PERSON and path[1] == ":submitters" and submission.people:
        submission.people[-1][path[3] or ""] = text.strip() if text not in {"~", "null"} else ""
