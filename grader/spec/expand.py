"""`grade expand`: an assignment as YAML in the general form, which loads as the same assignment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.language import format_number
from grader.record import names
from grader.spec.model import DEFAULT_TOLERANCE, Credit, Tolerance
from grader.spec.optimizers import OPTIMIZERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.spec.model import Assignment, Matrix, Problem, Question, Symbol, Train, Written

WIDTH = 100
_DEFAULT_CREDIT = Credit()


class Flow(str):
    """A text that is YAML already."""

    __slots__ = ()


Tree = Flow | str | list["Tree"] | dict[str, "Tree"]


def expand(assignment: Assignment) -> str:
    """The YAML text of the assignment: givens, equations and training, and no `network:`."""
    top: dict[str, Tree] = {}
    if assignment.title is not None:
        top["title"] = assignment.title
    if assignment.decimal_comma:
        top["decimal_comma"] = Flow("true")
    top["problems"] = [_problem(problem) for problem in assignment.problems]
    return "\n".join(_block(top)) + "\n"


def _problem(problem: Problem) -> dict[str, Tree]:
    out: dict[str, Tree] = {"id": problem.id}
    if problem.title is not None:
        out["title"] = problem.title
    out |= _settings(problem)
    if problem.given_text:
        out["given"] = {name: _value(written) for name, written in problem.given_text.items()}
    if problem.symbols:
        out["symbols"] = _symbols(problem.symbols)
    if problem.equations:
        out["equations"] = [f"{e.name} = {e.text}" for e in problem.equations]
    if problem.train is not None:
        out["train"] = _train(problem.train)
    if problem.alias_text:
        out["aliases"] = dict(problem.alias_text)
    if problem.misconceptions:
        out["misconceptions"] = [dict(rule.fields) for rule in problem.misconceptions]
    out["questions"] = [_question(question) for question in problem.questions]
    return out


def _settings(problem: Problem) -> dict[str, Tree]:
    out: dict[str, Tree] = {}
    if problem.index_base != 1:
        out["index_base"] = Flow(str(problem.index_base))
    if problem.log_base != "e":
        out["log"] = Flow(str(problem.log_base))
    if problem.at_zero:
        out["at_zero"] = _flow({name: _number(value) for name, value in problem.at_zero.items()})
    return out


def _train(train: Train) -> dict[str, Tree]:
    out: dict[str, Tree] = {}
    if train.minimize is not None:
        out["minimize"] = train.minimize
    if train.learning_rate is not None:
        out["learning_rate"] = train.learning_rate
    out["parameters"] = Flow(f"[{', '.join(train.parameters)}]")
    if train.update:
        out["update"] = [f"{line.name} = {line.text}" for line in train.update]
    elif train.optimizer.name != "sgd":
        constants = train.optimizer.constants
        usual = constants == OPTIMIZERS[train.optimizer.name].constants
        named = _flow({name: _number(value) for name, value in constants.items()})
        out["optimizer"] = train.optimizer.name if usual else _flow({train.optimizer.name: named})
    if train.state:
        out["state"] = {name: _values(starts) for name, starts in train.state.items()}
    if train.examples:
        out["examples"] = [_values(example) for example in train.examples]
    return out


def _question(question: Question) -> Tree:
    out: dict[str, Tree] = {}
    if question.ask:
        out["ask"] = question.ask
    if question.id != question.ask:
        out["id"] = question.id
    if question.title is not None:
        out["title"] = question.title
    if question.points != 1:
        out["points"] = _number(question.points)
    if question.tolerance != DEFAULT_TOLERANCE:
        out["tolerance"] = _flow(_tolerance(question.tolerance))
    if question.credit != _DEFAULT_CREDIT:
        out["credit"] = _flow(_changed(question.credit, _DEFAULT_CREDIT))
    if question.kind == "choice":
        options = Flow(f"[{', '.join(_scalar(option, flow=True) for option in question.options)}]")
        out["choice"] = {"options": options, "answer": question.answer or ""}
    if question.kind == "text":
        out["text"] = {"rubric": question.rubric} if question.rubric else Flow("")
    return question.ask if list(out) == ["ask"] else out


def _tolerance(tolerance: Tolerance) -> dict[str, Flow]:
    return _changed(tolerance, Tolerance())


def _changed(setting: Tolerance | Credit, usual: Tolerance | Credit) -> dict[str, Flow]:
    """The fields that differ from the usual ones."""
    pairs = [(name, getattr(setting, name), getattr(usual, name)) for name in names(setting)]
    return {name: _plain(value) for name, value, default in pairs if value != default}


def _plain(value: float | bool) -> Flow:  # noqa: FBT001 - a field's value, whatever its type
    return Flow("on" if value else "off") if isinstance(value, bool) else _number(value)


def _number(value: float) -> Flow:
    return Flow(format_number(value))


def _symbols(symbols: Mapping[str, Symbol]) -> Tree:
    if all(not symbol.ranged and symbol.shape == (1, 1) for symbol in symbols.values()):
        return _items(symbols)
    return {name: _symbol(symbol) for name, symbol in symbols.items()}


def _symbol(symbol: Symbol) -> Flow:
    sides = f"[{format_number(symbol.low)}, {format_number(symbol.high)}]"
    if symbol.shape == (1, 1):
        return Flow(sides if symbol.ranged else "null")
    rows, columns = symbol.shape
    shape = f"shape: [{rows}]" if columns == 1 else f"shape: [{rows}, {columns}]"
    return Flow(f"{{{shape}, range: {sides}}}" if symbol.ranged else f"{{{shape}}}")


def _values(values: Mapping[str, Matrix]) -> Flow:
    return _flow({name: _matrix(matrix) for name, matrix in values.items()})


def _matrix(matrix: Matrix) -> Flow:
    rows = [[_number(v) for v in row] for row in matrix]
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    if len(rows[0]) == 1:
        return _items(row[0] for row in rows)
    return _items(_items(row) for row in rows)


def _value(written: Written) -> Flow:
    if isinstance(written, str):
        return Flow(_scalar(written, flow=True))
    return _items(_value(item) for item in written)


def _items(parts: Iterable[str]) -> Flow:
    return Flow(f"[{', '.join(parts)}]")


def _flow(pairs: Mapping[str, Flow]) -> Flow:
    return Flow("{" + ", ".join(f"{_scalar(key, flow=True)}: {value}" for key, value in pairs.items()) + "}")


def _block(tree: dict[str, Tree]) -> list[str]:
    """A mapping, a line an entry; what is nested is indented by two."""
    lines: list[str] = []
    for key, value in tree.items():
        name = _scalar(key)
        if isinstance(value, Flow | str):
            lines.append(f"{name}: {_text(value)}".rstrip())
        elif isinstance(value, dict):
            lines.extend(_nested(name, value))
        else:
            lines.append(f"{name}:")
            lines.extend(line for item in value for line in _item(item))
    return lines


def _nested(name: str, value: dict[str, Tree]) -> list[str]:
    """On one line where everything in it is short."""
    if all(isinstance(inner, str) for inner in value.values()):
        flat = _flow(
            {key: Flow(_text(inner, flow=True)) for key, inner in value.items() if isinstance(inner, str)}
        )
        if len(name) + len(flat) < WIDTH:
            return [f"{name}: {flat}"]
    return [f"{name}:", *("  " + line for line in _block(value))]


def _item(item: Tree) -> list[str]:
    if isinstance(item, str):
        return [f"  - {_text(item)}"]
    inner = _block(item) if isinstance(item, dict) else []
    return [("  - " if count == 0 else "    ") + line for count, line in enumerate(inner)]


def _text(value: str, *, flow: bool = False) -> str:
    return str(value) if isinstance(value, Flow) else _scalar(value, flow=flow)


def _scalar(text: str, *, flow: bool = False) -> str:
    """The text as a YAML scalar: plain where that reads the same, otherwise in double quotes."""
    plain = text.strip() == text and text.isprintable() and text not in _NOTHING
    begins_plain = text[:1].isalnum() or (text[:1] in "-(+." and text[1:2].isalnum())
    safe = ": " not in text and " #" not in text and text[-1:] != ":"
    if plain and begins_plain and safe and not (flow and set(text) & set(",[]{}")):
        return text
    return json.dumps(text, ensure_ascii=False)


_NOTHING = frozenset({"", "null", "~"})
