"""Equations: split at `=`, parsed, put in order, sized; cycles and unknown names are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language import SPEC, Expr, Scope, check_names, parse, quantities
from grader.language.shapes import infer_shape
from grader.language.tree import substitute, walk
from grader.spec.draft import Line
from grader.spec.fields import items
from grader.spec.losses import written
from grader.spec.model import Equation
from grader.spec.names import QUERIES, is_name
from grader.spec.nodes import Scalar, what

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.spec.draft import Draft
    from grader.spec.findings import Findings
    from grader.spec.nodes import Node


def read_lines(found: Findings, node: Node, place: str) -> list[Line]:
    """The items of a list of equations, split into name and right-hand side."""
    lines = [split(found, item) for item in items(found, node, place)]
    return [line for line in lines if line is not None]


def split(found: Findings, node: Node) -> Line | None:
    """One `name = expression`."""
    if not isinstance(node, Scalar) or node.empty:
        hint = "an equation that holds a colon must be quoted" if not isinstance(node, Scalar) else None
        found.error(node, f"an equation is written name = expression, found {what(node)}", hint)
        return None
    left, sign, right = node.text.partition("=")
    name = left.strip()
    if not sign or not is_name(name):
        shown = f'"{name}" before the "="' if sign else what(node)
        found.error(node, f"an equation is written name = expression, found {shown}")
        return None
    if "=" in right:
        at = node.text.index("=", len(left) + 1)
        found.error(node.span(at, at + 1), 'an equation has one "="')
        return None
    start = len(left) - len(left.lstrip())
    return Line(name, right.strip(), node.span(start, start + len(name)), node, len(left) + 1)


def parse_line(draft: Draft, line: Line, scope: Scope) -> Expr | None:
    """The tree of a right-hand side whose names all exist."""
    lead = 0 if line.scalar is None else _lead(line)
    try:
        expr = parse(line.text, scope, SPEC)
        _refuse_queries(expr)
        if draft.complete:
            check_names(expr, scope)
    except ExpressionError as error:
        report(draft.found, line, error, lead)
        return None
    return expr


def report(found: Findings, line: Line, error: ExpressionError, lead: int | None = None) -> None:
    """An expression's error, at its own columns where the right-hand side was written by hand."""
    if line.scalar is None:
        found.error(line.mark, f"{line.name} = {line.text}: {error.message}", error.hint or None)
        return
    shift = _lead(line) if lead is None else lead
    start, end = error.start + shift, max(error.end, error.start + 1) + shift
    found.error(
        line.scalar.span(min(start, max(0, len(line.scalar.text) - 1)), end),
        error.message,
        error.hint or None,
    )


def _lead(line: Line) -> int:
    """The offset of the right-hand side in its scalar."""
    rest = line.scalar.text[line.offset :] if line.scalar else ""
    return line.offset + len(rest) - len(rest.lstrip())


def _refuse_queries(expr: Expr) -> None:
    for node in walk(expr):
        if node.op in QUERIES:
            what_it_is = "a derivative" if node.op == "d" else f'"{node.op}(...)"'
            message = f"{what_it_is} cannot stand in an equation"
            raise ExpressionError(message, node.start, node.end, "ask for it under questions")


def resolve(draft: Draft) -> tuple[Equation, ...]:
    """The draft's lines as equations, in the order written; fills `draft.shapes`.

    Equations that cannot be used are reported and left out, and what depends on them is not sized.
    """
    scope = Scope(draft.names, draft.settings.log_base)
    equations: list[Equation] = []
    lines: dict[str, Line] = {}
    for line in draft.lines:
        expr = parse_line(draft, line, scope)
        if expr is not None:
            equations.append(stated(draft, line, expr))
            lines[line.name] = line
    draft.shapes |= {name: symbol.shape for name, symbol in draft.outer.items()}
    for equation in in_order(draft.found, equations):
        if quantities(equation.expr) <= draft.shapes.keys():
            _size(draft, equation, lines[equation.name])
    return tuple(equations)


def stated(draft: Draft, line: Line, expr: Expr) -> Equation:
    """The equation, with names that `network:` implies (`yhat`) replaced by those that they stand for."""
    synonyms = draft.synonyms
    if not synonyms.keys() & quantities(expr):
        return Equation(line.name, expr, line.text, line.mark)
    expr = substitute(expr, synonyms)
    return Equation(line.name, expr, written(expr, draft.settings.log_base), line.mark)


def _size(draft: Draft, equation: Equation, line: Line) -> None:
    try:
        draft.shapes[equation.name] = infer_shape(equation.expr, draft.shapes, draft.settings.index_base)
    except ExpressionError as error:
        report(draft.found, line, error)


def in_order(found: Findings, equations: Sequence[Equation]) -> list[Equation]:
    """Each equation after those that it needs; a cycle is reported, and what needs it is left out."""
    waiting = {e.name: e for e in equations}
    needs = {e.name: quantities(e.expr) & waiting.keys() for e in equations}
    users: dict[str, list[str]] = {name: [] for name in waiting}
    for name, needed in needs.items():
        for other in needed:
            users[other].append(name)
    missing = {name: len(needed) for name, needed in needs.items()}
    ready = [name for name, count in missing.items() if count == 0]
    done: list[Equation] = []
    for name in ready:  # grows while it is walked
        done.append(waiting.pop(name))
        for user in users[name]:
            missing[user] -= 1
            if missing[user] == 0:
                ready.append(user)
    if waiting:
        _report_cycle(found, waiting, needs)
    return done


def _report_cycle(
    found: Findings, waiting: Mapping[str, Equation], needs: Mapping[str, frozenset[str]]
) -> None:
    path = [next(iter(waiting))]
    while (following := min(needs[path[-1]] & waiting.keys())) not in path:
        path.append(following)
    cycle = path[path.index(following) :]
    first = min(cycle, key=lambda name: (waiting[name].mark.line, waiting[name].mark.column))
    turn = cycle.index(first)
    names = [*cycle[turn:], *cycle[:turn], first]
    message = f'"{first}" depends on itself: {" needs ".join(names)}'
    found.error(waiting[first].mark, message, "write a recurrence out step by step: h1, h2, ...")
