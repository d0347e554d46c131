"""What shows once a whole problem is read: names that nothing uses, values that are not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language import quantities
from grader.language.logs import steady
from grader.record import replace
from grader.spec.equations import in_order
from grader.spec.numbers import first_not_finite
from grader.spec.queries import used_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.source import Mark
    from grader.spec.aliases import Aliases
    from grader.spec.draft import Draft
    from grader.spec.model import Equation, Question, Train
    from grader.spec.queries import Graph


def used(
    equations: Sequence[Equation], train: Train | None, questions: Sequence[Question], aliases: Aliases
) -> frozenset[str]:
    """Every name that the problem speaks of."""
    names: set[str] = set()
    for equation in (*equations, *(train.update if train else ())):
        names |= quantities(equation.expr)
    for question in questions:
        if question.expr is not None:
            names |= used_names(question.expr, aliases.exprs)
    for expr in aliases.exprs.values():
        names |= quantities(expr)
    if train is not None:
        names |= {train.minimize or "", train.learning_rate or "", *train.parameters}
    return frozenset(names)


def warn_unused(draft: Draft, names: frozenset[str]) -> None:
    """A given or symbol that nothing speaks of is likely a slip of the pen, and harmless."""
    for name, (kind, mark) in draft.places.items():
        if name not in names and (name in draft.given or name in draft.symbols):
            draft.found.warn(mark, f'"{name}" is {kind} that nothing uses')


def warn_still(draft: Draft, train: Train | None, graph: Graph, place: Mark) -> None:
    """A parameter that the loss does not depend on never moves; that is likely an oversight."""
    if train is None or train.minimize is None:
        return
    for name in train.parameters:
        if not graph.reaches(train.minimize, name):
            message = f'{train.minimize} does not depend on the parameter "{name}"'
            draft.found.warn(draft.places[name][1] if name in draft.places else place, message)


def report_not_finite(draft: Draft, equations: Sequence[Equation]) -> None:
    """Refuse an equation whose value is infinite or not a number; those that hang on symbols are left out."""
    values = {name: value.matrix for name, value in {**draft.examples, **draft.given}.items()}
    known = set(values)
    closed: list[Equation] = []
    for equation in in_order(draft.found, equations):
        if quantities(equation.expr) <= known:
            known.add(equation.name)
            closed.append(equation)
    settings = draft.settings
    # What is infinite for the last digit only, as ln(yhat) of a saturated output, has a value all the same.
    rules = {equation.name: equation.expr for equation in closed}
    closed = [replace(equation, expr=steady(equation.expr, rules)[0]) for equation in closed]
    wrong = first_not_finite(closed, values, draft.shapes, settings.at_zero, settings.index_base)
    if wrong is not None:
        equation, value = wrong
        shown = "not a number" if value != value else "infinite"  # noqa: PLR0124 - nan differs from itself
        draft.found.error(equation.mark, f"{equation.name} = {equation.text} is {shown} with these values")
