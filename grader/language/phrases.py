r"""Aliases as students write them: ``\bar{w}_{j1}``, ``\frac{\partial E}{\partial w_{jk}}``, ``w_1'``.

A name with accents and subscripts becomes a name of the language (``wbar_j1``), which every spelling finds. A
formula stays a tree; wherever an answer has the same tree, in whatever notation, the quantity stands for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.answer import AnswerReader
from grader.language.scope import Scope, check_names
from grader.language.tree import form, names_in
from grader.record import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language.tree import Expr

_MOST_NAMES = 20
_NOWHERE = Scope()


def plain_name(text: str) -> str | None:
    r"""The name for one as people write it (``\delta_1`` is ``delta_1``); None for a formula.

    Raises:
        ExpressionError: where it is neither a name nor a formula.
    """
    tree, _ = read_phrase(text, _NOWHERE)
    if not names_in(tree):
        message = "expected a name or a formula with a name in it"
        raise ExpressionError(message, 0, len(text), r'such as "h_1" or "\\frac{\\partial E}{\\partial w_1}"')
    return str(tree.value) if tree.op == "name" else None


def read_phrase(text: str, scope: Scope) -> tuple[Expr, frozenset[str]]:
    """A formula with names of its own: its tree, and the names in it that the scope does not have.

    Raises:
        ExpressionError: where it cannot be read.
    """
    strangers: frozenset[str] = frozenset()
    while True:
        wider = replace(scope, names=scope.names | strangers)
        try:
            tree = _tree(text, wider)
            check_names(tree, wider)
        except ExpressionError as error:
            if not error.name or error.name in wider.names or len(strangers) >= _MOST_NAMES:
                raise
            strangers |= {error.name}
        else:
            return tree, strangers


def _tree(text: str, scope: Scope) -> Expr:
    reader = AnswerReader(scope)
    members = reader.chain(text)
    if len(members) > 1:
        message = "an alias is a name or a formula, no equation"
        raise ExpressionError(message, members[1].start, members[1].end)
    return reader.member(text, members[0])


def with_phrases(scope: Scope, phrases: Mapping[str, Expr]) -> Scope:
    """The scope in which these formulas stand for quantities."""
    forms = {}
    strangers: frozenset[str] = frozenset()
    for text, meant in phrases.items():
        tree, further = read_phrase(text, scope)
        forms[form(tree)] = meant
        strangers |= further
    return replace(scope, phrases=forms, strangers=strangers)
