"""What a reader may know of an assignment: its names. In running text only they tell what an answer is.

Not here: anything with a value. A reader never sees what is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from grader.record import field, record


class ProblemHint(NamedTuple):
    """A problem's id and title, and its questions by every name that the spec gives them."""

    id: str
    title: str | None = None
    names: tuple[str, ...] = ()


@record
class Hints:
    """The names of an assignment's problems and questions.

    owners: a question's name, without white space -> the problem that asks it; None where several do.
    """

    problems: tuple[ProblemHint, ...] = ()
    owners: Mapping[str, str | None] = field(default_factory=dict)

    def owner(self, key: str) -> str | None:
        """The one problem that asks a question of this name; the only problem there is answers for any."""
        if len(self.problems) == 1:
            return self.problems[0].id
        return self.owners.get(squeezed(key))

    def knows(self, key: str) -> bool:
        """Whether any problem asks a question of this name."""
        return squeezed(key) in self.owners


NO_HINTS = Hints()


def hints_of(problems: Iterable[ProblemHint]) -> Hints:
    """The hints of these problems."""
    known = tuple(problems)
    owners: dict[str, str | None] = {}
    for problem in known:
        for name in {squeezed(name) for name in problem.names}:
            owners[name] = None if name in owners else problem.id
    return Hints(known, owners)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())
