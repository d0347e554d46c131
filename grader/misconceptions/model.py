"""What a misconception is: a wrong rule put in place of a step's right one, with the words for it.

An entry knows nothing of students and never sees an answer. It looks at a worked solution and says where
it could act and what the rules then are; what follows from that is computed by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.language.tree import key
from grader.record import record

if TYPE_CHECKING:
    from grader.engine.steps import Step
    from grader.language.tree import Expr
    from grader.misconceptions.view import View

Kind = Literal["rule", "slip", "convention"]
PLAUSIBLE = ("plausible",)


class Variant(NamedTuple):
    """One misconception at one place, or at all its places at once.

    Args:
        id: the misconception's.
        steps: the base names of the steps whose rules it replaces, in the order of working.
        rules: base name -> the wrong rule, over base names.
        tied: whether it acts at every place where it can.
    """

    id: str
    steps: tuple[str, ...]
    rules: Mapping[str, Expr]
    tied: bool


class Example(NamedTuple):
    """A small exercise with the right and the wrong number of one quantity, worked out as a test.

    Args:
        spec: a problem in YAML, without its questions.
        ask: the quantity.
        right, wrong: its values, to the digits written.
        steps: the steps at which the wrong rule acts; all where empty.
    """

    spec: str
    ask: str
    right: float
    wrong: float
    steps: tuple[str, ...] = ()


Rewrite = Callable[["Step", "View"], Iterator["Expr"]]
Variants = Callable[["View"], Iterator[Mapping[str, "Expr"]]]


@record
class Misconception:
    """An entry of the catalogue.

    Args:
        id: stable, ``family.name``.
        title: what it is called in a report.
        belief: what the student believes, in the first person.
        feedback: one or two sentences for the student; ``{step}`` is the quantity where it was made.
        right, wrong: the rule and the wrong one, for ``grade explain``.
        rewrite: the wrong rules of one step, usually one or none; each alternative is a variant of its own.
        together: wrong rules of several steps at once, where a step alone cannot say it; or None.
        kind: a ``convention`` is never charged; a ``slip`` is a one-off.
        coincides: when it gives the right numbers.
        twins: ids that often give the same numbers.
        source: where it was seen.
        example: one exercise with its numbers.
    """

    id: str
    title: str
    belief: str
    feedback: str
    right: str
    wrong: str
    rewrite: Rewrite | None
    example: Example | None = None
    together: Variants | None = None
    kind: Kind = "rule"
    coincides: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    source: tuple[str, ...] = PLAUSIBLE

    def variants(self, view: View) -> Iterator[Variant]:
        """Where it can act in a worked solution: everywhere at once, and at each single step."""
        if self.together is not None:
            for together in self.together(view):
                yield _variant(self.id, together, view, tied=True)
        if self.rewrite is None:
            return
        found = [(step.name, tuple(self._wrong_rules(step, view))) for step in view.steps]
        sites = [(name, wrong) for name, wrong in found if wrong]
        if len(sites) > 1:
            for i in range(max(len(wrong) for _, wrong in sites)):
                everywhere = {name: wrong[min(i, len(wrong) - 1)] for name, wrong in sites}
                yield _variant(self.id, everywhere, view, tied=True)
        for name, wrong in sites:
            for rule in wrong:
                yield _variant(self.id, {name: rule}, view, tied=len(sites) == 1)

    def _wrong_rules(self, step: Step, view: View) -> Iterator[Expr]:
        if self.rewrite is None:
            return
        for rule in self.rewrite(step, view):
            if key(rule) != key(step.rule) and view.fits(step, rule):
                yield rule


def _variant(identifier: str, rules: Mapping[str, Expr], view: View, *, tied: bool) -> Variant:
    order = tuple(step.name for step in view.steps if step.name in rules)
    return Variant(identifier, order, rules, tied)
