"""What an assignment tells the readers of submissions, and what it takes from running text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.functions import ACTIVATIONS
from grader.record import record
from grader.submission.hints import ProblemHint, hints_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.compare.match import Matcher
    from grader.spec.model import Assignment, Problem
    from grader.submission.hints import Hints
    from grader.submission.model import Given

ABSENT = "handed nothing in"


def hints(assignment: Assignment, matchers: Iterable[Matcher] = ()) -> Hints:
    """The names of an assignment's problems and questions.

    Args:
        assignment: whose names are told.
        matchers: of its problems, which know every spelling.
    """
    known = {matcher.problem.id: matcher for matcher in matchers}
    return hints_of(map(_hint, assignment.problems), Spellings(known) if known else None)


def _hint(problem: Problem) -> ProblemHint:
    return ProblemHint(
        problem.id,
        problem.title,
        (
            *_names(problem),
            *problem.aliases,
            *problem.phrases,
        ),
        tuple((one.id, one.title) for one in problem.questions if one.kind == "text"),
        tuple(one.id for one in problem.questions if one.kind == "depends"),
        bool(problem.symbols),
        tuple(_applied(problem)),
        tuple(_twins(problem)),
        tuple(one.id for one in problem.questions),
    )


def _twins(problem: Problem) -> Iterator[tuple[str, ...]]:
    """Questions about one and the same quantity."""
    asked: dict[str, list[str]] = {}
    for question in problem.questions:
        if question.expr is not None:
            asked.setdefault(question.ask, []).append(question.id)
    yield from (tuple(ids) for ids in asked.values() if len(ids) > 1)


def _applied(problem: Problem) -> Iterator[tuple[str, str]]:
    """Outputs of activations with their pre-activations, where both have a name."""
    for equation in problem.equations:
        expr = equation.expr
        if expr.op == "call" and expr.value in ACTIVATIONS and expr.args[0].op == "name":
            yield equation.name, str(expr.args[0].value)


def _names(problem: Problem) -> Iterator[str]:
    yield from (name for one in problem.questions for name in (one.id, one.ask) if name)


@record
class Spellings:
    """Finds the question of a name in any spelling; what readers may ask of an assignment."""

    matchers: Mapping[str, Matcher]

    def __call__(self, problem: str, key: str) -> str | None:
        """The id of the question that a name means, with the element where it means one."""
        matcher = self.matchers.get(problem)
        match = matcher.find(key) if matcher else None
        if matcher is None or match is None:
            return None
        question = matcher.problem.questions[match.question].id
        return question if match.place is None else f"{question}[{match.place[0]},{match.place[1]}]"


def unplaced(answers: Mapping[str, Given], matcher: Matcher) -> list[str]:
    """The names in running text that no question has."""
    return [key for key in answers if matcher.find(key) is None]


def settled(answers: Mapping[str, Given], matcher: Matcher) -> dict[str, Given]:
    """The answers that running text gives to the questions of a problem.

    Text has names of its own that are no question, and states a quantity again when it is worked out: under
    whichever spelling, the last statement counts.
    """
    last: dict[tuple[int, object], str] = {}
    for key in answers:
        match = matcher.find(key)
        if match is None:
            continue
        if match.place is None:  # the whole replaces the elements that stood before it
            last = {target: name for target, name in last.items() if target[0] != match.question}
        elif (match.question, None) in last:
            continue
        last[match.question, match.place] = key
    return {key: answers[key] for key in last.values()}
