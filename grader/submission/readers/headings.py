"""Which problems a heading of running text means: by id, by title, or by the number that they go by.

Numbers stand in titles (`3.1 The logistic function`, `1a, 1c. Forward pass`), in ids (`q3`, `q3_1`), or are
the order of the spec. A number that several problems share, or that begins theirs, means all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from grader.submission.hints import Hints

Path: TypeAlias = tuple[str, ...]
"""A number taken apart: `3.1` is (3, 1), `1b` is (1, b)."""

WORD = r"question|problem|exercise|task|aufgabe|part|quest|prob|ex|q|p"
LIKE_PROBLEM = re.compile(rf"\W*(?:(?:{WORD})\b|\d|q\d)", re.IGNORECASE)
"""How the heading of some problem begins."""

CIRCLED = dict(zip("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", map(str, range(1, 21)), strict=True))
_SPACE = r"(?:\s|\\[,;:! ]|\\q?quad(?![a-zA-Z])|[*_>●•·])*+"
MARKER = re.compile(
    rf"""{_SPACE}(?:
    (?P<circle>[{"".join(CIRCLED)}]) | \\textcircled\s*\{{(?:\\small|\\footnotesize)?\s*(?P<ring>\d{{1,2}})\}}
    | (?:(?:{WORD})[\s.\#]*(?=\d))?
      \(?(?P<number>[1-9]\d?(?:\.[1-9]\d?)*)\s?(?P<letter>[a-h])?[.)\]:]+(?![\d=])
    | \(?(?P<alone>[a-z])\)(?=\s|[\ue000$]|\Z)
    ){_SPACE}""",
    re.VERBOSE | re.IGNORECASE,
)
"""What numbers a paragraph or an equation: `3.`, `b)`, `(2)`, `1c)`, `Q3:`, a number in a circle."""

_LABEL = r"(?:\d{1,2}(?:\.\d{1,2})*[a-z]?)(?![\w.]*\w)"
_TITLE = re.compile(
    rf"(?P<labels>{_LABEL}(?:\s*(?:,|&|/|and|und|to)\s*{_LABEL})*)(?P<end>[.:)\]]*)(?:\s+|$)", re.IGNORECASE
)
_ONE = re.compile(r"(\d+(?:\.\d+)*)([a-z]?)(?![a-z])", re.IGNORECASE)
_ID = re.compile(r"[a-z]*[ _.-]?(\d+(?:[._]\d+)*)([a-z]?)", re.IGNORECASE)
_IN_HEADING = re.compile(
    rf"\W*(?P<word>(?:{WORD})\b\W*)?(?P<number>\d+(?:[.]\d+)*)\s?\W?(?P<letter>[a-z]?)(?![\w])", re.IGNORECASE
)


class Named(NamedTuple):
    """The problems that a heading means, the number that it gives, and whether a word or a name says so."""

    problems: tuple[str, ...]
    path: Path = ()
    certain: bool = True


class Headings:
    """The names and numbers of an assignment's problems."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self._longest = sorted(hints.problems, key=lambda known: -len(known.id))
        titles = {known.id: title_labels(known.title or "") for known in hints.problems}
        ids = {known.id: _id_labels(known.id) for known in hints.problems}
        self._schemes = [scheme for scheme in (titles, ids) if any(scheme.values())]
        if not self._schemes:
            self._schemes = [{known.id: [(str(n),)] for n, known in enumerate(hints.problems, 1)}]

    def named(self, heading: str, *, line: bool = False) -> Named | None:
        """The problems that a heading means, or None.

        line: it is only a line of text, which must begin with an id or say `Question 3`.
        """
        if not self.hints.problems:
            name = heading.partition(":")[0].strip()
            return None if line or not name else Named((name,))
        for problem in self._longest:
            if heading == problem.id or heading.startswith(f"{problem.id}:"):
                return Named((problem.id,))
        numbered = _IN_HEADING.match(heading)
        if numbered is not None and not line:
            path = _path(numbered["number"], numbered["letter"])
            if found := self.exactly(path):
                return Named(found, path, bool(numbered["word"]))
        words = _words(heading)
        for problem in self._longest:
            titles = [] if line else [problem.title or "", _TITLE.sub("", problem.title or "", count=1)]
            if any(_within(_words(name), words, start=line) for name in (problem.id, *titles)):
                return Named((problem.id,))
        if numbered is None or (line and not numbered["word"]):
            return None
        path = _path(numbered["number"], numbered["letter"])
        found = self.numbered(path)
        return Named(found, path, bool(numbered["word"])) if found else None

    def marked(self, marker: re.Match[str], before: Path) -> Named | None:
        """The problems that a number in front of a paragraph means, after the number `before`."""
        if alone := marker["alone"]:
            stem = before[:-1] if before and before[-1].isalpha() else before
            path = (*stem, alone.casefold())
            found = self.exactly(path) if stem else ()
        else:
            written = CIRCLED.get(marker["circle"] or "") or marker["ring"] or marker["number"]
            path = _path(written, marker["letter"] or "")
            found = self.numbered(path)
        return Named(found, path, certain=False) if found else None

    def exactly(self, path: Path) -> tuple[str, ...]:
        """The problems that go by this very number, where they are numbered first of all."""
        return _where(self._schemes[0], lambda label: label == path)

    def numbered(self, path: Path) -> tuple[str, ...]:
        """The problems that go by this number, by one that it begins, or by one that begins it."""
        for scheme in self._schemes:
            found = (
                _where(scheme, lambda label: label == path)
                or _where(scheme, lambda label: label[: len(path)] == path)
                or _where(scheme, lambda label: path[: len(label)] == label)
            )
            if found:
                return found
        return self.numbered(path[:-1]) if len(path) > 1 else ()


def title_labels(title: str) -> list[Path]:
    """The numbers that a title begins with: `1a, 1c. Forward pass` has two, `2-2-1 net` none."""
    found = _TITLE.match(title)
    if found is None:
        return []
    labels = [_path(label[1], label[2]) for label in _ONE.finditer(found["labels"])]
    bare = len(labels) == 1 and len(labels[0]) == 1 and not found["end"]
    return [] if bare else labels


def _where(scheme: Mapping[str, list[Path]], fits: Callable[[Path], bool]) -> tuple[str, ...]:
    return tuple(problem for problem, labels in scheme.items() if any(map(fits, labels)))


def _id_labels(problem: str) -> list[Path]:
    found = _ID.fullmatch(problem)
    return [_path(found[1].replace("_", "."), found[2])] if found else []


def _path(number: str, letter: str) -> Path:
    parts = tuple(part.lstrip("0") or "0" for part in number.split("."))
    return (*parts, letter.casefold()) if letter else parts


def _words(text: str) -> list[str]:
    return re.sub(r"[\W_]+", " ", text.casefold()).split()


def _within(name: list[str], words: list[str], *, start: bool) -> bool:
    """Whether the words of a name stand together among the words (at their start)."""
    last = 0 if start else len(words) - len(name)
    return bool(name) and any(words[at : at + len(name)] == name for at in range(last + 1))
