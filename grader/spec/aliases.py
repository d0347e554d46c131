r"""`aliases:`: names of the course's own, and how its students write them.

A key is a name (`wj1`), a name as it is written in mathematics (`\bar{w}_{j1}`, `δ₁`), or a formula
(`\frac{\partial E}{\partial w_{jk}}`). It may not hide what answers mean by it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language import SPEC, Scope, check_names, parse, render
from grader.language.letters import spelled_out
from grader.language.spelling import take_apart
from grader.language.tree import form, substitute
from grader.record import field, record
from grader.spec.fields import text
from grader.spec.names import is_name
from grader.spec.nodes import Scalar, shortened
from grader.spec.questions import parsed

if TYPE_CHECKING:
    from grader.language import Expr
    from grader.spec.draft import Draft
    from grader.spec.fields import Entries
    from grader.spec.nodes import Node
    from grader.spec.queries import Graph


@record
class Aliases:
    """Names for quantities beside their own.

    Attributes:
        exprs: name -> what it stands for.
        texts: every key as written -> what it stands for, as written.
        phrases: formula as written -> what it stands for.
    """

    exprs: dict[str, Expr] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, Expr] = field(default_factory=dict)


def read_aliases(draft: Draft, levels: tuple[Entries, ...], graph: Graph) -> Aliases:
    """The aliases of a problem: its own, the assignment's where they make sense, and what `network:` implies.

    Args:
        draft: the problem, its equations resolved.
        levels: the entries of the assignment's `aliases:` and of the problem's.
        graph: what depends on what.
    """
    outer, own = levels
    reader = _Reader(draft, graph)
    for key, node in own.values():
        reader.own(key, node)
    for key, node in outer.values():
        reader.shared(key, node)
    aliases = reader.aliases
    for name, meant in draft.synonyms.items():
        if name not in aliases.exprs:
            aliases.exprs[name], aliases.texts[name] = meant, render(meant)
    return aliases


class _Reader:
    def __init__(self, draft: Draft, graph: Graph) -> None:
        self.draft = draft
        self.graph = graph
        self.aliases = Aliases()
        self.scope = Scope(draft.names, draft.settings.log_base, draft.shapes, draft.settings.index_base)
        self.spelled = {_folded(name): name for name in sorted(draft.places)}
        self.written: dict[object, Scalar] = {}

    def own(self, key: Scalar, node: Node) -> None:
        """An alias of the problem; what is wrong with it is reported."""
        written = text(self.draft.found, node, "a quantity or an expression")
        expr = None
        if written is not None:
            expr = parsed(self.draft, written, self.scope, self.graph, self.draft.synonyms)
        try:
            name, tree = self._key(key)
        except ExpressionError as error:
            self.draft.found.expression(key, error)
            return
        if name is None:
            self._phrase(key, tree, expr, written)
        elif self._new_name(name, key, expr) and expr is not None and written is not None:
            self._named(name, key, expr, written.text)

    def shared(self, key: Scalar, node: Node) -> None:
        """An alias of the assignment: one list may serve problems that have only some of the quantities."""
        expr = self._quietly(node)
        try:
            name, tree = self._key(key)
        except ExpressionError as error:
            self.draft.found.expression(key, error)
            return
        if expr is None or not isinstance(node, Scalar):
            return
        if name is None:
            if form(tree) not in self.written and self._hidden(key, expr) is None:
                self._keep_phrase(key, tree, expr, node.text)
        elif name not in self.draft.places and _folded(name) not in self.spelled:
            self._named(name, key, expr, node.text)

    def _named(self, name: str, key: Scalar, expr: Expr, written: str) -> None:
        self.aliases.exprs[name] = substitute(expr, self.draft.synonyms)
        self.aliases.texts[key.text] = written
        self.spelled.setdefault(_folded(name), name)

    def _key(self, key: Scalar) -> tuple[str | None, Expr]:
        """The name that a key is, or None, and its tree if it is a formula."""
        if is_name(key.text):
            return key.text, _NO_TREE
        from grader.language.phrases import plain_name, read_phrase

        name = plain_name(key.text)
        return (name, _NO_TREE) if name is not None else (None, read_phrase(key.text, self.scope)[0])

    def _new_name(self, name: str, key: Scalar, expr: Expr | None) -> bool:
        """Introduces a name; False where it is another spelling of one that means something already."""
        same = self.spelled.get(_folded(name))
        if same is None or (same == name and is_name(key.text)):
            return self.draft.define(name, key, "an alias")
        kind, mark = self.draft.places[same]
        meant = self.aliases.exprs.get(same)
        harmless = expr is not None and (
            (expr.op == "name" and expr.value == same) or (meant is not None and form(meant) == form(expr))
        )
        if not harmless:
            message = f'"{shortened(key.text)}" is another spelling of "{same}", {kind} in line {mark.line}'
            self.draft.found.error(key, message, "an alias cannot stand for something else")
        return False

    def _phrase(self, key: Scalar, tree: Expr, expr: Expr | None, written: Scalar | None) -> None:
        """A formula that stands for a quantity, unless it means something already."""
        before = self.written.get(form(tree))
        hidden = self._hidden(key, expr)
        if before is not None:
            message = f'"{shortened(key.text)}" is the alias in line {before.mark.line} in another spelling'
            self.draft.found.error(key, message, "give one of them")
        elif hidden is not None:
            message = f'"{shortened(key.text)}" means {hidden} already'
            self.draft.found.error(key, message, "an alias cannot stand for something else")
        elif expr is not None and written is not None:
            self._keep_phrase(key, tree, expr, written.text)

    def _keep_phrase(self, key: Scalar, tree: Expr, expr: Expr, written: str) -> None:
        self.written[form(tree)] = key
        self.aliases.phrases[key.text] = substitute(expr, self.draft.synonyms)
        self.aliases.texts[key.text] = written

    def _hidden(self, key: Scalar, expr: Expr | None) -> str | None:
        """The other quantity, derivative or value after a step that a formula means without the alias."""
        from grader.language.phrases import read_phrase

        tree, strangers = read_phrase(key.text, self.scope)
        asks = tree.op in ("d", "new", "index", "name")
        if strangers or not asks or expr is None or form(tree) == form(expr):
            return None
        if tree.op == "new" and not self.graph.parameters:
            return None
        return render(tree)

    def _quietly(self, node: Node) -> Expr | None:
        try:
            expr = parse(node.text if isinstance(node, Scalar) else "", self.scope, SPEC)
            check_names(expr, self.scope)
        except ExpressionError:
            return None
        return expr


_NO_TREE = parse("0")


def _folded(name: str) -> tuple[str, tuple[str, ...], int]:
    """A name's letters and digits: two names that share them are one name to whoever reads an answer."""
    return take_apart(spelled_out(name))
