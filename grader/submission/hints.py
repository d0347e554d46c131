"""What a reader may know of an assignment: its names. In running text only they tell what an answer is.

Not here: anything with a value. A reader never sees what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from grader.record import field, record

Asks: TypeAlias = Callable[[str, str], str | None]
"""(problem, name as written) -> the question that it means, or the element of one; None for none."""


class ProblemHint(NamedTuple):
    """A problem's id and title, and its questions by every name that the spec gives them.

    Attributes:
        texts: the questions answered in words, each with its title.
        decisions: the questions answered by yes or no.
        symbolic: whether an answer may be a formula, so that a number is no better than one.
        applied: outputs of activations, each with what the activation is applied to.
        twins: questions about one and the same quantity.
        questions: the ids of all questions, in order.
    """

    id: str
    title: str | None = None
    names: tuple[str, ...] = ()
    texts: tuple[tuple[str, str | None], ...] = ()
    decisions: tuple[str, ...] = ()
    symbolic: bool = False
    applied: tuple[tuple[str, str], ...] = ()
    twins: tuple[tuple[str, ...], ...] = ()
    questions: tuple[str, ...] = ()


@record
class Hints:
    """The names of an assignment's problems and questions.

    owners: a question's name, without white space -> the problem that asks it; None where several do.
    asks: finds a question by any spelling of its quantity; without it only names as in the spec are found.
    """

    problems: tuple[ProblemHint, ...] = ()
    owners: Mapping[str, str | None] = field(default_factory=dict)
    asks: Asks | None = None

    def owner(self, key: str) -> str | None:
        """The one problem that asks a question of this name; the only problem there is answers for any."""
        if len(self.problems) == 1:
            return self.problems[0].id
        found = self.owners.get(squeezed(key))
        if found is None and self.asks is not None:
            asking = self.asking(key)
            return asking[0] if len(asking) == 1 else None
        return found

    def knows(self, key: str) -> bool:
        """Whether any problem asks a question of this name."""
        return squeezed(key) in self.owners

    def means(self, problem: str, key: str) -> str | None:
        """The question of a problem that a name means, in whatever spelling."""
        if self.asks is not None:
            return self.asks(problem, key)
        names = {squeezed(name) for known in self.problems if known.id == problem for name in known.names}
        return squeezed(key) if squeezed(key) in names else None

    def asking(self, key: str) -> list[str]:
        """The problems that ask a question of this name, in whatever spelling."""
        return [problem.id for problem in self.problems if self.means(problem.id, key) is not None]


NO_HINTS = Hints()


def hints_of(problems: Iterable[ProblemHint], asks: Asks | None = None) -> Hints:
    """The hints of these problems."""
    known = tuple(problems)
    owners: dict[str, str | None] = {}
    for problem in known:
        for name in {squeezed(name) for name in problem.names}:
            owners[name] = None if name in owners else problem.id
    return Hints(known, owners, asks)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())
