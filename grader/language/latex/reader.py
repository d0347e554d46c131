"""The reader of LaTeX formulas: its forms put together.

An equality is taken apart before (``grader.language.answer``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.latex import forms, names, sums
from grader.language.latex.grammar import Grammar, Reader
from grader.language.latex.products import Products
from grader.language.latex.scripts import scripted
from grader.language.latex.tokens import tokenize
from grader.language.parse import ANSWER, MAX_DEPTH, Limits
from grader.language.spelling import Spelling
from grader.language.tree import Expr, depth, substitute

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.language.scope import Scope
    from grader.language.tokens import Token

_FACTORS: dict[str, Callable[[Reader, Token], Expr]] = {
    "num": Reader.number,
    "(": Reader.group,
    "[": Reader.group,
    "{": Reader.group,
    "\\{": Reader.group,
    **dict.fromkeys(names.KINDS, names.factor),
    "frac": forms.fraction,
    "√": forms.root,
    "|": forms.bars,
    "‖": forms.bars,
    "(|": forms.bars,
    "(‖": forms.bars,
    "∑": sums.running,
    "∏": sums.running,
    "begin": forms.matrix,
    "∂": forms.slashed,
    "∇": forms.nabla,
}
_ARGUMENTS = {**_FACTORS, **dict.fromkeys(names.KINDS, names.bare)}
_GRAMMAR = Grammar(_FACTORS, _ARGUMENTS, scripted)


class LatexReader:
    """Reads formulas in one problem's names.

    Args:
        scope: the problem's names, sizes and habits.
        spelling: the same names as a table, where it is made already.
    """

    __slots__ = ("scope", "sized", "spelling")

    def __init__(self, scope: Scope, spelling: Spelling | None = None) -> None:
        self.scope = scope
        self.spelling = spelling or Spelling(scope)
        self.sized = any(shape != (1, 1) for shape in scope.shapes.values())

    def parse(self, text: str, limits: Limits = ANSWER) -> Expr:
        """The tree of one formula that is no chain of equalities.

        Raises:
            ExpressionError: where the text cannot be read, or is longer or deeper than the limits.
        """
        if len(text) > limits.length:
            message = f"the expression has {len(text)} characters; at most {limits.length} are read"
            raise ExpressionError(message, limits.length, len(text))
        return self.read(tokenize(text))

    def read(self, tokens: list[Token]) -> Expr:
        """The tree of one formula's tokens, closed by one of kind ``end`` (which is changed on the way)."""
        if len(tokens) == 1:
            at = tokens[0].start
            raise ExpressionError("there is no expression here", at, at, "write a number or a formula")
        reader = Reader(tokens, self.spelling, Products(self.scope, sized=self.sized), _GRAMMAR)
        expr = reader.sum()
        reader.finish()
        if reader.counts:
            expr = substitute(expr, {f"#{n}": Expr("num", (), float(k)) for n, k in reader.counts.items()})
        if len(tokens) > MAX_DEPTH and depth(expr) > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply", tokens[0].start, tokens[-1].end)
        return expr
