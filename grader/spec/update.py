"""`update:` and `state:`, a training rule of the course's own and where its states start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language import Scope, quantities
from grader.language.shapes import infer_shape, show_shape
from grader.spec.equations import parse_line, read_lines, report, stated
from grader.spec.fields import entries
from grader.spec.findings import known
from grader.spec.names import usable
from grader.spec.optimizers import RULE_NAMES
from grader.spec.values import read_value

if TYPE_CHECKING:
    from grader.spec.draft import Draft, Line
    from grader.spec.fields import Entries
    from grader.spec.model import Equation, Matrix
    from grader.spec.nodes import Node


def uses_gradient(update: tuple[Equation, ...]) -> bool:
    """Whether the rule speaks of g."""
    return any("g" in quantities(line.expr) for line in update)


def read_update(draft: Draft, read: Entries, parameters: tuple[str, ...]) -> tuple[Equation, ...]:
    """The lines of `update:`, each usable for every parameter; empty where there are none."""
    if "update" not in read:
        return ()
    node = read["update"][1]
    lines = [line for line in read_lines(draft.found, node, "update lines") if _is_target(draft, line)]
    first: dict[str, Line] = {}
    for line in lines:
        if line.name in first:
            message = f'"{line.name}" has two update lines, the first in line {first[line.name].mark.line}'
            draft.found.error(line.mark, message)
        first.setdefault(line.name, line)
    if "w" not in first:
        draft.found.error(
            node, 'no line of the update gives "w"', 'the parameter is called w: "w = w - eta*g"'
        )
    states = frozenset(first) - {"w"}
    scope = Scope(draft.names | states | frozenset(RULE_NAMES), draft.settings.log_base)
    return tuple(_equations(draft, list(first.values()), scope, states, parameters))


def _is_target(draft: Draft, line: Line) -> bool:
    if line.name in {"g", "t"}:
        meaning = "the gradient" if line.name == "g" else "the number of the step"
        draft.found.error(line.mark, f'"{line.name}" is {meaning} and cannot be set')
        return False
    if line.name == "w":
        return True
    if line.name in draft.names:
        message = f'"{line.name}" is a quantity of the problem and cannot be a state'
        draft.found.error(line.mark, message, "the parameter that moves is called w in an update")
        return False
    return usable(draft.found, line.mark, line.name)


def _equations(
    draft: Draft, lines: list[Line], scope: Scope, states: frozenset[str], parameters: tuple[str, ...]
) -> list[Equation]:
    done: list[Equation] = []
    for line in lines:
        expr = parse_line(draft, line, scope)
        if expr is None:
            continue
        done.append(stated(draft, line, expr))
        for parameter in parameters:
            if not _fits(draft, done[-1], line, parameter, states):
                break
    return done


def _fits(draft: Draft, equation: Equation, line: Line, parameter: str, states: frozenset[str]) -> bool:
    shape = draft.shapes.get(parameter) or draft.known_shape(parameter)
    if shape is None:
        return False
    shapes = draft.shapes | {"t": (1, 1)} | dict.fromkeys((*states, "w", "g"), shape)
    if not quantities(equation.expr) <= shapes.keys():
        return False
    try:
        size = infer_shape(equation.expr, shapes, draft.settings.index_base)
    except ExpressionError as error:
        report(draft.found, line, error)
        return False
    if size in {shape, (1, 1)}:
        return True
    message = f'for the parameter "{parameter}" this is {show_shape(size)}, expected {show_shape(shape)}'
    draft.found.error(line.mark, message)
    return False


def read_state(
    draft: Draft, read: Entries, states: tuple[str, ...], parameters: tuple[str, ...]
) -> dict[str, dict[str, Matrix]]:
    """`state: {v: {W1: 0.5}}`: where states start that do not start at 0; one number fills a state."""
    if "state" not in read:
        return {}
    starts: dict[str, dict[str, Matrix]] = {}
    for name, (key, node) in entries(draft.found, read["state"][1], "state").items():
        if name not in states:
            hint = known(name, states) if states else "this rule has no states"
            draft.found.error(key, f'unknown state "{name}"', hint)
            continue
        starts[name] = _starts(draft, name, node, parameters)
    return starts


def _starts(draft: Draft, state: str, node: Node, parameters: tuple[str, ...]) -> dict[str, Matrix]:
    starts: dict[str, Matrix] = {}
    for name, (key, value_node) in entries(draft.found, node, f'the state "{state}"').items():
        if name not in parameters:
            draft.found.error(key, f'"{name}" is no parameter', known(name, parameters))
            continue
        value = read_value(draft.found, value_node, f"state({state}, {name})")
        shape = draft.shapes.get(name)
        if value is None or shape is None:
            continue
        if value.shape == shape:
            starts[name] = value.matrix
        elif value.shape == (1, 1):
            starts[name] = ((value.matrix[0][0],) * shape[1],) * shape[0]
        else:
            message = f"{name} is {show_shape(shape)}, its state cannot be {show_shape(value.shape)}"
            draft.found.error(value_node, message)
    return starts
