"""Answers in words: paragraphs under the heading of a problem, or behind the name of a question.

`Bias: a constant …` answers the question that is called so; what else is said in a problem's section is shown
for the questions in words that nothing else answers, because only a person can tell what it is about. A
paragraph that begins with yes or no answers the one question that asks for it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.submission.hints import Hints, ProblemHint

_LABEL = re.compile(r"\W*(?P<label>[^~:–—\n]{1,80}?)[*_\s]*(?:[~:–—]|\s-\s)\s*(?P<rest>.*)", re.DOTALL)
_DECIDED = re.compile(r"\W*(?P<said>yes|no)\b(?!\s*[=:])", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_PLURAL = re.compile(r"(?<=[sxz])es$|(?<=[^saiu])s$")
_FEWEST = 5
"""A paragraph of fewer words leads from one formula to the next."""


class Answered(NamedTuple):
    """A question answered in words, and where the answer begins."""

    problem: str
    key: str
    text: str
    offset: int


class Essays:
    """The paragraphs of a text by problem."""

    def __init__(self, hints: Hints) -> None:
        self.asked: dict[str, ProblemHint] = {
            problem.id: problem for problem in hints.problems if problem.texts or problem.decisions
        }
        self.named: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self.loose: dict[str, list[tuple[str, int]]] = {}
        self.decided: dict[str, list[tuple[str, int]]] = {}
        self._open: tuple[str, str] | None = None

    def section(self) -> None:
        """Another problem begins."""
        self._open = None

    def heading(self, homes: tuple[str, ...], text: str) -> None:
        """A heading, which may name a question."""
        self._open = self._called(homes, text)

    def words(self, homes: tuple[str, ...], text: str, offset: int) -> None:
        """A line of text under the heading of these problems."""
        homes = tuple(home for home in homes if home in self.asked)
        if not homes:
            return
        for home in homes:
            said = _DECIDED.match(text)
            if said and self.asked[home].decisions:
                self.decided.setdefault(home, []).append((said["said"], offset + said.start("said")))
        label = _LABEL.match(text)
        called = self._called(homes, label["label"]) if label else None
        if called is not None and label is not None:
            self._open = called
            if label["rest"].strip():
                self.named.setdefault(called, []).append((label["rest"], offset + label.start("rest")))
        elif self._open is not None:
            self.named.setdefault(self._open, []).append((text, offset))
        elif _is_paragraph(text):
            for home in homes:
                self.loose.setdefault(home, []).append((text, offset))

    def _called(self, homes: tuple[str, ...], text: str) -> tuple[str, str] | None:
        """The question in words that goes by this name."""
        said = _folded(text)
        known = [(home, *one) for home in homes if home in self.asked for one in self.asked[home].texts]
        for fits in (str.__eq__, str.startswith):
            found = [
                (home, key)
                for home, key, title in known
                if said and any(name and fits(said, name) for name in (_folded(key), _folded(title or "")))
            ]
            if len(found) == 1:
                return found[0]
        return None

    def answers(self, taken: set[tuple[str, str]]) -> tuple[list[Answered], list[str]]:
        """What was said in words, for the questions that nothing else answers; and notes.

        Args:
            taken: (problem, question) that are answered.
        """
        found, notes = [], []
        for problem, asked in self.asked.items():
            open_ = [key for key, _ in asked.texts if (problem, key) not in taken]
            named = [key for key in open_ if (problem, key) in self.named]
            found += [_joined(problem, key, self.named[problem, key]) for key in named]
            rest = [key for key in open_ if key not in named]
            if rest and problem in self.loose:
                found += [_joined(problem, key, self.loose[problem]) for key in rest]
                if len(rest) > 1:
                    notes.append(f"{problem}: the same paragraphs are shown for {len(rest)} questions")
            decisions = [key for key in asked.decisions if (problem, key) not in taken]
            if len(decisions) == 1 and problem in self.decided:
                found += [Answered(problem, decisions[0], *self.decided[problem][-1])]
        return found, notes


def _joined(problem: str, key: str, lines: list[tuple[str, int]]) -> Answered:
    return Answered(problem, key, " ".join(" ".join(text.split()) for text, _ in lines), lines[0][1])


def _is_paragraph(text: str) -> bool:
    return len(_WORDS.findall(text)) >= _FEWEST and not text.rstrip().endswith(":")


def _folded(text: str) -> str:
    """A name in lower case without marks, and without the ending of a plural."""
    words = re.sub(r"[\W_]+", " ", text.casefold()).split()
    return " ".join(_PLURAL.sub("", word) for word in words)
