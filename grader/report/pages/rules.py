"""The rules of a problem's steps as MathML, with as many numbers as may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from grader.language import Expr
from grader.language.render_mathml import render_mathml
from grader.language.tree import num
from grader.report.model import Compared, SolvedProblem, Value
from grader.report.numbers import six, value_text
from grader.report.pages.reveal import Reveal

LARGEST = 12
"""Of a vector or matrix with more numbers the name stays in a rule."""

_STEP = ("The step", "The step, with your numbers")


class Way(NamedTuple):
    """A rule as it is shown: by name, with numbers put in, and what it gives."""

    heading: str
    rule: Markup
    numbers: Markup | None
    gives: str | None


class Rules:
    """The rules of one problem as MathML; each that the class shares is typeset once."""

    def __init__(self, problem: SolvedProblem, reveal: Reveal) -> None:
        self.reveal = reveal
        self.steps = {s.quantity: s for s in problem.steps}
        self.given: dict[str, Value] = dict(problem.given)
        self.made: dict[str, tuple[Way, ...]] = {}

    def step(self, quantity: str) -> tuple[Way, ...]:
        """The right rule of a step, with the right numbers where these may be shown."""
        if quantity not in self.made:
            self.made[quantity] = tuple(self._step(quantity))
        return self.made[quantity]

    def _step(self, quantity: str) -> Iterator[Way]:
        step = self.steps.get(quantity)
        if step is None or step.tree is None:
            return
        known = dict(self.given)
        if self.reveal.expected:
            known = {name: s.value for name, s in self.steps.items()} | known
        gives = value_text(step.value) if self.reveal.expected else None
        yield _way(_STEP[0], quantity, step.tree, known, gives)

    def compared(self, found: Compared) -> Iterator[Way]:
        """The right rule and the wrong one with the student's numbers."""
        known = {k.quantity: k.value for k in found.known if k.own or self.reveal.expected}
        shown = self.reveal.expected
        if found.wrong is not None:
            instead = value_text(found.instead) if shown else None
            yield _way("What your number fits", found.quantity, found.wrong, known, instead)
        heading = "The right step" if found.wrong is not None else _STEP[bool(found.known)]
        gives = value_text(found.gives) if shown else None
        yield _way(heading, found.quantity, found.right, known, gives)


def _way(heading: str, quantity: str, tree: Expr, known: Mapping[str, Value], gives: str | None) -> Way:
    trees = {name: put for name, value in known.items() if (put := _tree(value)) is not None}
    rule = render_mathml(tree, left=quantity)
    numbers = render_mathml(tree, trees.get)
    plain = render_mathml(tree, lambda _: None)
    return Way(heading, Markup(rule), Markup(numbers) if numbers != plain else None, gives)  # noqa: S704 - escaped there


def _tree(value: Value) -> Expr | None:
    """A value as a tree of numbers of six digits; None where it is none, or large."""
    if value is None or isinstance(value, str):
        return None
    if not isinstance(value, tuple):
        return num(float(six(value))) if abs(value) < float("inf") else None
    if _count(value) > LARGEST:
        return None
    parts = [_tree(part) for part in value]
    known = [part for part in parts if part is not None]
    return Expr("list", tuple(known)) if len(known) == len(parts) else None


def _count(value: Iterable[float | tuple[float, ...]]) -> int:
    return sum(len(part) if isinstance(part, tuple) else 1 for part in value)
