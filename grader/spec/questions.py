"""`questions:`: what is asked, parsed and checked against the problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language import SPEC, Expr, Scope, check_names, parse
from grader.record import record, replace
from grader.spec.fields import at_least, entries, items, text
from grader.spec.model import Question
from grader.spec.nodes import Mapping, Scalar, Sequence, shortened, what
from grader.spec.queries import check_query
from grader.spec.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from grader.spec.draft import Draft
    from grader.spec.fields import Entries
    from grader.spec.model import Kind
    from grader.spec.nodes import Node
    from grader.spec.queries import Graph

QUESTION = ("ask", "id", "title", "points", "tolerance", "credit", "choice", "text")


def parsed(
    draft: Draft, written: Scalar, scope: Scope, graph: Graph, aliases: Table[str, Expr]
) -> Expr | None:
    """The tree of a quantity or an expression that a spec names; None, and reported, where it has none."""
    try:
        expr = parse(written.text, scope, SPEC)
        if draft.complete:
            check_names(expr, scope)
            check_query(expr, graph, aliases)
    except ExpressionError as error:
        draft.found.expression(written, error)
        return None
    return expr


def read_questions(draft: Draft, node: Node, aliases: Table[str, Expr], graph: Graph) -> tuple[Question, ...]:
    """The questions in order; those with errors are left out."""
    scope = Scope(draft.names | aliases.keys(), draft.settings.log_base)
    listed = items(draft.found, node, "questions")
    if isinstance(node, Sequence) and not listed:
        draft.found.error(node, "the problem has no questions", "write what is asked, as in - dL/dw1")
    reader = _Reader(draft, scope, graph, aliases)
    questions: dict[str, Question] = {}
    for item in listed:
        question = reader.read(item)
        if question is None:
            continue
        if question.id in questions:
            first = questions[question.id].mark.line
            message = f'two questions have the id "{shortened(question.id)}", the first in line {first}'
            draft.found.error(question.mark, message, "give one of them an id of its own")
        questions.setdefault(question.id, question)
    return tuple(questions.values())


@record
class _Reader:
    draft: Draft
    scope: Scope
    graph: Graph
    aliases: Table[str, Expr]

    def read(self, node: Node) -> Question | None:
        """One question: a quantity, or a mapping."""
        if isinstance(node, Scalar):
            written = text(self.draft.found, node, "a quantity")
            return None if written is None else self._value(written, {}, written)
        if not isinstance(node, Mapping):
            self.draft.found.error(node, f"a question is a quantity or a mapping, found {what(node)}")
            return None
        read = entries(self.draft.found, node, "a question", QUESTION)
        kinds = [key for key in ("choice", "text") if key in read]
        if len(kinds) == 2:
            self.draft.found.error(read["text"][0], 'a question has "choice" or "text", found both')
            return None
        if kinds:
            return self._wording(node, read, kinds[0])
        if "ask" not in read:
            hint = "write ask: dL/dw1, choice: {...} or text: {...}"
            self.draft.found.error(node, "the question asks nothing", hint)
            return None
        written = text(self.draft.found, read["ask"][1], "a quantity to ask for")
        return None if written is None else self._value(written, read, node)

    def _value(self, written: Scalar, read: Entries, node: Node) -> Question | None:
        expr = parsed(self.draft, written, self.scope, self.graph, self.aliases)
        ask = written.text.strip()
        question = self._made(node, read, ask)
        if expr is None:
            return None
        kind: Kind = "depends" if expr.op == "depends" else "value"
        mark = question.mark if "id" in read else written.mark
        return replace(question, kind=kind, ask=ask, expr=expr, mark=mark)

    def _wording(self, node: Node, read: Entries, kind: str) -> Question | None:
        found = self.draft.found
        wording = text(found, read["ask"][1], "the question's wording") if "ask" in read else None
        title = text(found, read["title"][1], "a title") if "title" in read else None
        label = wording or title
        if "id" not in read and label is None:
            found.error(node, f"a {kind} question needs an id")
            return None
        question = self._made(node, read, label.text.strip() if label else "")
        ask = wording.text.strip() if wording else ""
        if kind == "text":
            return replace(question, kind="text", ask=ask, rubric=self._rubric(read["text"][1]))
        options, answer = self._choice(read["choice"][1])
        return replace(question, kind="choice", ask=ask, options=options, answer=answer)

    def _rubric(self, node: Node) -> str | None:
        if isinstance(node, Scalar) and node.empty:
            return None
        read = entries(self.draft.found, node, "text", ("rubric",))
        rubric = text(self.draft.found, read["rubric"][1], "a rubric") if "rubric" in read else None
        return rubric.text if rubric else None

    def _choice(self, node: Node) -> tuple[tuple[str, ...], str | None]:
        found = self.draft.found
        read = entries(found, node, "choice", ("options", "answer"))
        for key in ("options", "answer"):
            if key not in read and isinstance(node, Mapping):
                found.error(node, f'the choice has no "{key}"', "write {options: [a, b], answer: a}")
        options: list[str] = []
        for item in items(found, read["options"][1], "options") if "options" in read else ():
            option = text(found, item, "an option")
            if option and option.text in options:
                found.error(item, f'the option "{shortened(option.text)}" stands twice')
            elif option:
                options.append(option.text)
        if "options" in read and len(options) < 2 and isinstance(read["options"][1], Sequence):
            found.error(read["options"][1], f"a choice has at least two options, found {len(options)}")
        answer = text(found, read["answer"][1], "an answer") if "answer" in read else None
        if answer and options and answer.text not in options:
            hint = "the options are: " + ", ".join(shortened(option) for option in options)
            found.error(answer, f'the answer "{shortened(answer.text)}" is not among the options', hint)
        return tuple(options), answer.text if answer else None

    def _made(self, node: Node, read: Entries, default_id: str) -> Question:
        """What every kind has: id, title, points, tolerance, credit."""
        found = self.draft.found
        settings = read_settings(found, read, self.draft.settings)
        label = text(found, read["id"][1], "an id") if "id" in read else None
        title = text(found, read["title"][1], "a title") if "title" in read else None
        points = at_least(found, read["points"][1], "points", 0, 1e6) if "points" in read else 1.0
        return Question(
            id=label.text.strip() if label else default_id,
            kind="value",
            ask="",
            expr=None,
            points=1.0 if points is None else points,
            tolerance=settings.tolerance,
            credit=settings.credit,
            title=title.text if title else None,
            options=(),
            answer=None,
            rubric=None,
            mark=label.mark if label else node.mark,
        )
