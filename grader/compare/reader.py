"""Formulas of a class in the names of one problem: read, and taken apart at their equals signs."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from grader.compare.commas import comma_trouble, with_points
from grader.errors import ExpressionError
from grader.language.functions import ACTIVATIONS
from grader.language.letters import PLAIN_WIDTH
from grader.language.scope import Scope, check_names
from grader.language.shapes import NUMBER
from grader.language.tree import quantities, walk

if TYPE_CHECKING:
    from grader.compare.formulas import PlainFormulas
    from grader.engine.steps import Target
    from grader.language.answer import AnswerReader, Member
    from grader.language.tree import Expr
    from grader.spec.model import Problem
    from grader.submission.model import Raw

# Value, half a unit of the last place, decimals, significant digits, whether it is a number.
Cell = tuple[float, float, int, int, bool]
_MORE = re.compile(r"[=≈≅≃≡→⇒⟹⟶≔∴\\${}]|->")
_SPACING = re.compile(r"(?<!\\)\\[,;:!> ()\[\]]|[~$]|\\(?:q?quad|boxed|left|right)(?![a-zA-Z])")
_SHOWN_NAMES = 8


def answer_scope(problem: Problem) -> Scope:
    """The names of a problem as its students' formulas may use them."""
    shapes = dict(problem.shapes)
    for name, expr in problem.aliases.items():
        if expr.op == "index":
            shapes[name] = NUMBER
        elif expr.op == "name" and expr.value in problem.shapes:
            shapes[name] = problem.shapes[str(expr.value)]
    used = {
        str(node.value)
        for e in problem.equations
        for node in walk(e.expr)
        if node.op == "call" and node.value in ACTIVATIONS and node.value not in ("exp", "identity", "step")
    }
    scope = Scope(
        frozenset(problem.shapes) | frozenset(problem.aliases),
        problem.log_base,
        shapes,
        problem.index_base,
        used.pop() if len(used) == 1 else None,
        _parts(problem),
    )
    if not problem.phrases:
        return scope
    from grader.language.phrases import with_phrases

    return with_phrases(scope, problem.phrases)


def _parts(problem: Problem) -> dict[str, frozenset[str]]:
    """What each computed letter is computed from, at whatever remove."""
    rules = {e.name: quantities(e.expr) for e in problem.equations}
    rules |= {name: quantities(expr) for name, expr in problem.aliases.items()}
    return {name: _all_parts(name, rules) for name in rules if len(name) == 1}


def _all_parts(name: str, rules: dict[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    open_ = [name]
    while open_:
        for part in rules.get(open_.pop(), ()):
            if part not in found:
                found.add(part)
                open_.append(part)
    return frozenset(found)


def has_more(text: str) -> bool:
    """Whether an answer is LaTeX or a chain of equalities, and so needs a closer look."""
    return _MORE.search(text) is not None


class FormulaReader:
    """Reads expressions in a problem's names, and remembers numbers; equal texts once.

    A formula in plain numbers is ``numbered`` in the batch, any other has a target, an error in its sizes, or
    None where the engine has to resolve it.

    Args:
        scope: the problem's names.
        plain: makes formulas ready to be evaluated.
    """

    def __init__(self, scope: Scope, plain: PlainFormulas, *, decimal_comma: bool = False) -> None:
        self.scope = scope
        self.plain = plain
        self.decimal_comma = decimal_comma
        self.numbered: dict[str, int] = {}
        self.targets: dict[str, Target | ExpressionError | None] = {}
        self.numbers: dict[str, Cell] = {}
        self.seen: dict[str, Expr | str] = {}
        self.troubles: dict[str, tuple[int, int]] = {}
        self.chains: dict[str, tuple[Member, ...] | str] = {}

    @cached_property
    def answers(self) -> AnswerReader:
        """The reader of all styles; made for the first formula, since most classes write numbers only."""
        from grader.language.answer import AnswerReader

        return AnswerReader(self.scope)

    def read(self, text: str) -> Expr | str:
        """The tree, or the reason why there is none."""
        found = self.seen.get(text)
        if found is None:
            found = self.seen[text] = self._read(text)
        return found

    def _read(self, text: str) -> Expr | str:
        try:
            expr = self._tree(text)
            number = self.plain.number(expr)
            if number is not None:
                self.numbered[text] = number
                return expr
            target = self.targets[text] = self.plain.target(expr)
            if target is None:
                check_names(expr, self.scope)
        except ExpressionError as error:
            return self.refused(text, error)
        return expr

    def _tree(self, text: str) -> Expr:
        members = self.chains.get(text)
        text = self._plain(text)
        return (
            self.answers.member(text, members[-1]) if isinstance(members, tuple) else self.answers.read(text)
        )

    def _plain(self, text: str) -> str:
        """The same formula, character by character, in plain brackets and with points for decimals."""
        if not text.isascii():
            text = text.translate(PLAIN_WIDTH)
        return with_points(text) if self.decimal_comma and "," in text else text

    def refused(self, text: str, error: ExpressionError) -> str:
        """Why a text cannot be read, where, and what was expected; the place is remembered."""
        self.troubles[text] = (error.start, error.end)
        if not self.decimal_comma and (said := comma_trouble(text, error.start)):
            return said
        return f"{explain(text, error)}; expected {self.expected}"

    @cached_property
    def expected(self) -> str:
        """What an answer may be, in words."""
        names = sorted(self.scope.names, key=lambda n: (len(n), n))
        shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
        return f"a number, a list or a formula in {shown}" if names else "a number or a list"

    def chain(self, text: str) -> tuple[Member, ...] | str:
        """The members of an answer's equalities, or the reason why they cannot be told apart."""
        found = self.chains.get(text)
        if found is None:
            try:
                found = self.answers.chain(self._plain(text))
            except ExpressionError as error:
                found = self.refused(text, error)
            self.chains[text] = found
        return found

    def listed(self, text: str, members: tuple[Member, ...]) -> Raw | None:
        """The texts of the elements if the last member is a vector or matrix in LaTeX."""
        from grader.language.answer import cells

        return cells(self._plain(text), members[-1])


def last_text(text: str, members: tuple[Member, ...]) -> str:
    """The last member as it would be typed if it is a number: without LaTeX around it."""
    written = text[members[-1].start : members[-1].end]
    if "\\" in written or "{" in written or "$" in written:
        written = written.replace("\\times", "×").replace("\\cdot", "·").replace("\\%", "%")
        written = _SPACING.sub("", written).strip()
        while written[:1] == "{" and written[-1:] == "}":
            written = written[1:-1].strip()
    return written


def explain(text: str, error: ExpressionError) -> str:
    """One sentence that says what is wrong with an expression, and where."""
    hint = f" ({error.hint})" if error.hint else ""
    where = f" at character {error.start + 1}" if len(text) > 1 else ""
    return f"{error.message}{where}{hint}"
