"""GitHub Classroom: `gh classroom clone student-repos` makes `<slug>-submissions/<slug>-<username>/`."""

from __future__ import annotations

from collections.abc import Iterator

from grader.submission.found import suffix_of
from grader.submission.sources.attempts import Attempt
from grader.submission.sources.listing import Entry, Listing, files

TITLE = "clones of GitHub Classroom"

_OF_TOOLS = frozenset({"package.json", "package-lock.json", "tsconfig.json", "environment.yml", "mkdocs.yml"})


def matches(listing: Listing) -> bool:
    """Whether the folder's name, or a repository in it, says so."""
    folders = [entry for entry in listing.entries() if entry.folder]
    if not folders:
        return False
    slug = listing.label.removesuffix("-submissions")
    named = slug != listing.label and all(
        entry.last.startswith(f"{slug}-") and entry.last != listing.label for entry in folders
    )
    return named or all(listing.has(f"{entry.name}/.git") for entry in folders)


def attempts(listing: Listing, _assignment: str) -> Iterator[Attempt]:
    """One attempt a repository; the user name is what follows the assignment's name."""
    folders = [entry for entry in listing.entries() if entry.folder]
    slug = _slug(listing.label, [entry.last for entry in folders])
    for folder in folders:
        user = folder.last.removeprefix(slug)
        given = tuple((entry, entry.name) for entry in _answers(files(listing, folder.name)))
        yield Attempt(user, (user,), given[0][1] if len(given) == 1 else folder.last, given)


def _slug(label: str, names: list[str]) -> str:
    """What the names of all repositories begin with, up to a hyphen."""
    slug = label.removesuffix("-submissions")
    if slug != label and all(name.startswith(f"{slug}-") for name in names):
        return f"{slug}-"
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), 0)
    return first[: first.rfind("-", 0, same) + 1]


def _answers(found: list[Entry]) -> list[Entry]:
    """The files that may be answers: those called `answers`, where there are any."""
    kept = [entry for entry in found if entry.last not in _OF_TOOLS]
    return [entry for entry in kept if entry.last.startswith("answers.") and suffix_of(entry.last)] or kept
