"""A class's answers sorted by question, whatever keys they stand under; nothing is dropped silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.submission.model import Duplicate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.compare.match import Match, Matcher, Place
    from grader.submission.model import Given


_SHOWN = 6


class Collected:
    """Answers sorted by question.

    Args:
        matcher: finds the question of a key.
        questions, students: how many there are.
    """

    def __init__(self, matcher: Matcher, questions: int, students: int) -> None:
        self.matcher = matcher
        self.columns: list[list[Given | dict[Place, Given] | None]] = [
            [None] * students for _ in range(questions)
        ]
        self.keys: list[dict[int, str]] = [{} for _ in range(students)]
        self.notes: dict[int, list[str]] = {}
        self.layouts: dict[tuple[str, ...], tuple[list[int], dict[int, str]] | None] = {}

    def add(self, student: int, given: Mapping[str, Given]) -> None:
        """Sort one student's answers; most of a class use the same keys in the same order."""
        written = tuple(given)
        if written not in self.layouts:
            self.layouts[written] = self._layout(written)
        layout = self.layouts[written]
        if layout is None:
            self._one_by_one(student, given)
            return
        columns = self.columns
        for question, value in zip(layout[0], given.values(), strict=True):
            columns[question][student] = value
        self.keys[student] = layout[1]

    def _layout(self, written: tuple[str, ...]) -> tuple[list[int], dict[int, str]] | None:
        """The questions of these keys, where every key means a whole question of its own."""
        matches = [self.matcher.find(key) for key in written]
        questions = [m.question for m in matches if m is not None and m.place is None]
        if len(set(questions)) < len(written):
            return None
        return questions, dict(zip(questions, written, strict=True))

    def _one_by_one(self, student: int, given: Mapping[str, Given]) -> None:
        unknown = []
        for written, value in given.items():
            match = self.matcher.find(written)
            if match is None:
                unknown.append(written)
            elif match.place is None and self.columns[match.question][student] is None:
                self.columns[match.question][student] = value
                self.keys[student][match.question] = written
            else:
                self._further(student, written, value, match)
        if unknown:
            self._unknown(student, unknown)

    def _further(self, student: int, written: str, value: Given, match: Match) -> None:
        cell = self.columns[match.question]
        before = cell[student]
        first = self.keys[student].setdefault(match.question, written)
        if match.place is None or (before is not None and not isinstance(before, dict)):
            texts = (show_given(before), show_given(value))
            cell[student] = Duplicate(texts, (0, 0))
            self.note(student, f'"{first}" and "{written}" answer the same question')
        elif before is None:
            cell[student] = {match.place: value}
        elif match.place in before:
            before[match.place] = Duplicate((show_given(before[match.place]), show_given(value)), (0, 0))
            self.note(student, f'"{written}" is answered twice')
        else:
            before[match.place] = value

    def _unknown(self, student: int, names: list[str]) -> None:
        """One note for all names that no question has, however many there are."""
        problem = self.matcher.problem.id
        near = [self.matcher.nearest(name) for name in names[:_SHOWN]]
        asked = _few([f'"{question.id}"' for question in self.matcher.problem.questions])
        if len(names) == 1:
            hint = f'did you mean "{near[0]}"?' if near[0] else f"it asks {asked}"
            self.note(student, f'"{names[0]}" is not a question of {problem}; {hint}')
            return
        said = [
            f'"{name}" (did you mean "{close}"?)' if close else f'"{name}"'
            for name, close in zip(names, near, strict=False)
        ]
        more = f" and {len(names) - len(said)} more" if len(names) > len(said) else ""
        hint = "" if all(near) else f"; it asks {asked}"
        self.note(student, f"{len(names)} names are no questions of {problem}: {', '.join(said)}{more}{hint}")

    def note(self, student: int, text: str) -> None:
        """Keep something odd about a student's answers."""
        self.notes.setdefault(student, []).append(text)


def _few(texts: list[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


def show_given(given: object) -> str:
    """What was written, as text."""
    if isinstance(given, str):
        return given
    if isinstance(given, tuple):
        return "[" + ", ".join(show_given(g) for g in given) + "]"
    if isinstance(given, dict):
        return ", ".join(f"{show_given(v)}" for v in given.values())
    texts = getattr(given, "texts", None)
    return " and ".join(texts) if texts else ""
