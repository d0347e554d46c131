"""Which question, and which element of it, a student's key is for.

The id wins. Otherwise a key is read as a quantity in any usual spelling (``dL_dw2``, ``∂L/∂w2``,
``w2_new``, ``w2'``, ``W1[1][2]``) and compared with what is asked, aliases resolved.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from grader.compare.reader import answer_scope
from grader.engine.resolve import Resolver
from grader.errors import ExpressionError, nearest
from grader.language.parse import parse
from grader.language.render import render
from grader.language.shapes import NUMBER, resolve_index
from grader.language.tree import Expr, form, quantities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.derive import Plan
    from grader.language.answer import AnswerReader
    from grader.spec.model import Problem

Place = tuple[int, int]
_MAX_KEY = 200
_PRIMED = re.compile(
    r"^(?P<name>[^\W\d]\w*)(?P<index>\[[\d,\s]+\])?(?P<marks>['′’]+)(?P<after>\[[\d,\s]+\])?$"
)
_NEW = re.compile(
    r"^(?:new[_ ]+(?P<behind>[^\W\d]\w*?)|(?P<front>[^\W\d]\w*?)(?:[_ ]new|\s*\(new\)))"
    r"(?P<index>\[[\d,\s]+\])?$"
)
_UNDERSCORED = re.compile(r"^d(?P<of>[^\W_][\w\[\],]*?)_d(?P<wrt>[^\W\d]\w*)(?P<index>\[[\d,\s]+\])?$")


class Match(NamedTuple):
    """A question by its place in the problem, and the element, or None for the whole."""

    question: int
    place: Place | None


class Matcher:
    """Finds the question of a key; every spelling is worked out once a class."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.scope = answer_scope(problem)
        self.by_key: dict[str, Match | None] = {}
        self.by_quantity: dict[str, int] = {}
        self.by_form: dict[object, list[int]] = {}
        for i, question in enumerate(problem.questions):
            target = plan.targets.get(question.id)
            if target is not None:
                self.by_quantity.setdefault(render(target.expr), i)
                self.by_form.setdefault(form(target.expr), []).append(i)
        asked = [question.expr for question in problem.questions if question.expr is not None]
        self.tops = {
            str(expr.args[0].value) for expr in asked if expr.op == "d" and expr.args[0].op == "name"
        }
        self.shapes = [
            plan.targets[q.id].shape if q.id in plan.targets else NUMBER for q in problem.questions
        ]
        for i, question in enumerate(problem.questions):
            if question.ask:
                self.by_key[question.ask] = Match(i, None)
        for i, question in enumerate(problem.questions):
            self.by_key[question.id] = Match(i, None)

    def find(self, key: str) -> Match | None:
        """The question that a key means, or None when the problem asks no such thing."""
        try:
            return self.by_key[key]
        except KeyError:
            found = self.by_key[key] = self._search(key)
            return found

    def nearest(self, key: str) -> str | None:
        """The question id that is spelled most like a key, or that an everyday word means."""
        from grader.compare.worded import quantity_called

        found = nearest(key, [q.id for q in self.problem.questions])
        train = self.problem.train
        loss = train.minimize if train is not None else None
        called = quantity_called(key, loss or (next(iter(self.tops)) if len(self.tops) == 1 else None))
        match = self.find(called) if found is None and called is not None else None
        return found if match is None else self.problem.questions[match.question].id

    def _search(self, key: str) -> Match | None:
        squeezed = key.strip()
        if len(squeezed) > _MAX_KEY:
            return None
        found = self._ids_loosely(squeezed)
        if found is not None:
            return found
        return self._as_formula(squeezed) or self._as_words(squeezed)

    def _as_formula(self, key: str) -> Match | None:
        for text in _spellings(key):
            match = self._as_quantity(text)
            if match is not None:
                return match
        return self._as_written(key)

    def _as_words(self, key: str) -> Match | None:
        """``new w_1``, ``dW1``, ``dLdb1``."""
        from grader.compare.worded import meanings

        found = (self._as_formula(text) for text in meanings(key, self.tops, self.problem.shapes))
        return next((match for match in found if match is not None), None)

    def _as_written(self, key: str) -> Match | None:
        """A key in LaTeX or in another spelling: ``w₂``, ``w_{11}^{(2)}``."""
        if "=" in key:
            return None
        try:
            expr = self.answers.read(key)
            return self._quantity(Resolver(self.problem).resolve(expr)) if self._speaks_of_it(expr) else None
        except ExpressionError:
            return None

    @cached_property
    def answers(self) -> AnswerReader:
        """The reader of all styles; made for the first key that is not as in the spec."""
        from grader.language.answer import AnswerReader

        return AnswerReader(self.scope)

    def _speaks_of_it(self, expr: Expr) -> bool:
        """Whether all names are the problem's; finding the nearest to one that is not would take longest."""
        return quantities(expr) <= self.scope.names

    def _ids_loosely(self, key: str) -> Match | None:
        folded = "".join(key.split()).casefold()
        hits = [
            i
            for i, q in enumerate(self.problem.questions)
            if folded in ("".join(q.id.split()).casefold(), "".join(q.ask.split()).casefold())
        ]
        exact = [
            i for i in hits if "".join(self.problem.questions[i].id.split()) == "".join(key.split())
        ] or hits
        return Match(exact[0], None) if len(exact) == 1 and self._unlike_quantities(key, exact[0]) else None

    def _unlike_quantities(self, key: str, question: int) -> bool:
        """Letter case may differ in a label, never in a quantity: w and W are two things."""
        asked = self.problem.questions[question]
        same = "".join(key.split()) in ("".join(asked.id.split()), "".join(asked.ask.split()))
        return same or asked.kind in ("choice", "text") or " " in asked.id.strip()

    def _as_quantity(self, text: str) -> Match | None:
        try:
            expr = parse(text, self.scope)
            if self._speaks_of_it(expr):
                return self._quantity(Resolver(self.problem).resolve(expr))
        except ExpressionError:
            pass
        return self._element_of_label(text)

    def _quantity(self, expr: Expr) -> Match | None:
        whole = self.by_quantity.get(render(expr))
        if whole is None and (alike := self.by_form.get(form(expr), ())):
            whole = alike[0] if len(alike) == 1 else None
        if whole is not None:
            return Match(whole, None)
        return self._element(expr)

    def _element(self, expr: Expr) -> Match | None:
        if expr.op != "index":
            return None
        whole = self.by_quantity.get(render(expr.args[0]))
        if whole is None:
            return None
        return self._at(whole, expr)

    def _element_of_label(self, text: str) -> Match | None:
        """``w1 after one step[2]`` for a question whose id is a label."""
        match = re.match(r"^(?P<label>.+?)\s*(?P<index>\[\s*\d+\s*(?:,\s*\d+\s*)?\])$", text)
        if match is None:
            return None
        whole = self.by_key.get(match["label"])
        if whole is None or whole.place is not None:
            return None
        places = tuple(int(i) for i in re.findall(r"\d+", match["index"]) if len(i) < 7)
        return self._at(whole.question, Expr("index", (), places))

    def _at(self, question: int, expr: Expr) -> Match | None:
        try:
            return Match(question, resolve_index(expr, self.shapes[question], self.problem.index_base))
        except ExpressionError:
            return None


def _spellings(key: str) -> Iterator[str]:
    """The ways in which a key may be read as an expression, likeliest first."""
    text = key.replace("][", ",")
    yield text
    primed = _PRIMED.match(text)
    if primed:
        steps = len(primed["marks"])
        inner = primed["name"] + (primed["index"] or primed["after"] or "")
        yield f"new({inner},{steps})"
    new = _NEW.match(text)
    if new:
        yield f"new({new['behind'] or new['front']}{new['index'] or ''})"
    plain = text.replace("∂", "d").replace(" ", "")
    yield plain
    underscored = _UNDERSCORED.match(plain)
    if underscored:
        yield f"d{underscored['of']}/d{underscored['wrt']}{underscored['index'] or ''}"
        if underscored["wrt"].endswith("_new"):
            return
    if plain.endswith("_new") or plain.startswith("new_"):
        inner = plain.removesuffix("_new").removeprefix("new_")
        yield from (f"new({s})" for s in _spellings(inner) if "new" not in s)
