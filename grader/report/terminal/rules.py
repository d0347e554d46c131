"""Rules as students followed them, a line each: by name, with their numbers put in, and what that gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.language import Expr
from grader.language.render import render
from grader.report.model import Answer, Known, Value
from grader.report.numbers import value_text
from grader.report.terminal.words import STYLES, text

if TYPE_CHECKING:
    from rich.text import Text

LONGEST = 160
"""A longer rule stands by name only: longer matrices tell nobody anything."""


def both_rules(answer: Answer, whose: str) -> Iterator[tuple[str, Text]]:
    """The wrong rule, below it the right one; nothing where no wrong one was followed."""
    found = answer.compared
    if found is None or found.wrong is None:
        return
    wrong = _chain(found.quantity, found.wrong, found.known, found.instead)
    yield whose, text(wrong, STYLES["misconception"])
    yield "right", text(_chain(found.quantity, found.right, found.known, found.gives), STYLES["correct"])


def own_rule(answer: Answer) -> str | None:
    """`= 0.4 - 0.1*(-0.5) = 0.45`: the right step from the student's own numbers, where it is the answer."""
    found = answer.compared
    if answer.verdict != "follow_through" or found is None or not found.known or found.right.op == "name":
        return None
    gives = value_text(found.gives)
    return None if gives is None else f"= {_numbers(found.right, found.known)} = {gives}"


def _chain(quantity: str, rule: Expr, known: Sequence[Known], value: Value) -> str:
    """`z = rule = numbers = value`, without what repeats the part before it."""
    parts = [quantity, render(rule)]
    gives = value_text(value)
    numbers = _numbers(rule, known)
    for part in (numbers if gives is not None and len(numbers) <= LONGEST else None, gives):
        if part is not None and part != parts[-1]:
            parts.append(part)
    return " = ".join(parts)


def _numbers(rule: Expr, known: Sequence[Known]) -> str:
    texts = {k.quantity: told for k in known if (told := value_text(k.value)) is not None}
    return render(rule, lambda name: texts.get(name, name))
