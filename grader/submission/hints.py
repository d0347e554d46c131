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


MAX_UNKNOWN = 1_500
"""So often a text may ask for a name that a problem does not have; a long homework asks a hundred times."""


class Lookups:
    """What the names of one text mean, each looked up once, and strangers not without end."""

    def __init__(self, asks: Asks) -> None:
        self.asks = asks
        self.left = MAX_UNKNOWN
        self.found: dict[tuple[str, str], str | None] = {}

    def __call__(self, problem: str, key: str) -> str | None:
        """The question that a name means; None for every new name once there were too many strangers."""
        wanted = (problem, key)
        if wanted not in self.found:
            if self.left <= 0:
                return None
            self.found[wanted] = self.asks(problem, key)
            self.left -= self.found[wanted] is None
        return self.found[wanted]


@record
class Hints:
    """The names of an assignment's problems and questions.

    owners: a question's name, without white space -> the problem that asks it; None where several do.
    asks: finds a question by any spelling of its quantity; without it only names as in the spec are found.
    names: of each problem's questions, without white space.
    """

    problems: tuple[ProblemHint, ...] = ()
    owners: Mapping[str, str | None] = field(default_factory=dict)
    asks: Asks | None = None
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)

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
        found = None if self.asks is None else self.asks(problem, key)
        if found is not None or not (self.asks is None or self.exhausted):
            return found
        return squeezed(key) if squeezed(key) in self.names.get(problem, ()) else None

    def of_one_text(self) -> Hints:
        """The same, with a memory and a bound for the names of one text."""
        if self.asks is None:
            return self
        return Hints(self.problems, self.owners, Lookups(self.asks), self.names)

    @property
    def exhausted(self) -> bool:
        """Whether a text had more names than are looked up."""
        return isinstance(self.asks, Lookups) and self.asks.left <= 0

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
    names = {problem.id: frozenset(map(squeezed, problem.names)) for problem in known}
    return Hints(known, owners, asks, names)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())
