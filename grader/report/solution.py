"""The worked solution, as `grade-solution/1` and plain text, which reads the same in a file and on paper."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from grader.report.model import Solution, SolvedProblem, SolvedStep, Value
from grader.report.numbers import json_value, six
from grader.report.safe import terminal

_PHASES = {"forward": "Forward", "backward": "Backward", "update": "Update"}


def render_json(solution: Solution) -> Iterator[str]:
    """The file, a chunk a step and a question."""
    yield '{"schema": "grade-solution/1", "problems": ['
    between = "\n  "
    for problem in solution.problems:
        yield f'{between}{{"id": {json.dumps(problem.id)}, "steps": ['
        yield from _listed(
            f'{{"quantity": {json.dumps(step.quantity)}, "phase": {json.dumps(step.phase)}, '
            f'"rule": {json.dumps(step.rule)}, "value": {_json(step.value)}}}'
            for step in problem.steps
        )
        yield '],\n   "questions": ['
        yield from _listed(
            f'{{"id": {json.dumps(asked.id)}, "ask": {json.dumps(asked.ask)}, '
            f'"expected": {_json(asked.expected)}}}'
            for asked in problem.questions
        )
        yield "]}"
        between = ",\n  "
    yield "]}\n"


def _listed(items: Iterator[str]) -> Iterator[str]:
    between = "\n     "
    for item in items:
        yield between + item
        between = ",\n     "


def _json(value: Value) -> str:
    if value is None or isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json_value(value)


def render_text(solution: Solution, width: int = 80) -> str:
    """Given values, each step with its rule, its numbers and its value, then the answers."""
    lines = [*_wrapped("", f"{solution.title} ({solution.assignment})", width), ""]
    for problem in solution.problems:
        lines += _problem(problem, width)
    return "\n".join(lines)


def _problem(problem: SolvedProblem, width: int) -> Iterator[str]:
    yield from _wrapped("", f"{problem.id}  {problem.title}" if problem.title else problem.id, width)
    if problem.given:
        yield "\n  Given"
        yield from _aligned([(name, [_text(value)]) for name, value in problem.given], " = ", width)
    for phase, steps in groupby(problem.steps, key=lambda step: step.phase):
        yield f"\n  {_PHASES.get(phase, phase)}"
        for step in steps:
            yield from _aligned([(step.quantity, list(_ways(step)))], " = ", width)
    if problem.questions:
        yield "\n  Answers"
        yield from _aligned([(asked.id, [_text(asked.expected)]) for asked in problem.questions], "  ", width)
    yield ""


def _ways(step: SolvedStep) -> Iterator[str]:
    """The rule by name, with numbers, and the value; what repeats the line before is left out."""
    said = ""
    for way in (step.rule, step.numbers, _text(step.value)):
        if way is not None and way not in {said, ""}:
            said = way
            yield way


def _aligned(rows: Sequence[tuple[str, Sequence[str]]], sign: str, width: int) -> Iterator[str]:
    """Names on the left, their texts wrapped to the width and aligned behind `sign`."""
    left = max(len(terminal(name)) for name, _ in rows)
    for name, texts in rows:
        start = f"    {terminal(name):<{left}}"
        for text in texts:
            yield from _wrapped(start + sign, text, width)
            start = " " * len(start)


def _wrapped(start: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        terminal(text, 100_000),
        max(width, len(start) + 20),
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
        break_long_words=False,
    ) or [start.rstrip()]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return six(value) if math.isfinite(value) else "undefined"
