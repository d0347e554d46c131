"""The questions of an assignment as reports need them: what is asked and expected, and the step behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.points import sample
from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.language.render import render
from grader.language.shapes import NUMBER
from grader.language.tree import quantities
from grader.report.model import Asked, Element, Worked
from grader.run import values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.engine.derive import Plan
    from grader.spec.model import Problem, Question


def index_text(place: tuple[int, int], shape: tuple[int, int], base: int) -> str:
    """``2`` in a vector, ``1,3`` in a matrix."""
    if shape[1] == 1:
        return str(place[0] + base)
    return f"{place[0] + base},{place[1] + base}"


def asked_of(problem: Problem, result: ProblemResult, *, worked: bool) -> list[Asked]:
    """The problem's questions, with the worked step if wanted."""
    steps = _worked(result.plan) if worked else {}
    return [_asked(problem, q, result, steps.get(q.id)) for q in problem.questions]


def _asked(problem: Problem, question: Question, result: ProblemResult, worked: Worked | None) -> Asked:
    shape = None
    elements: tuple[Element, ...] = ()
    expected: str | None = question.answer
    if question.kind == "depends":
        expected = "yes" if result.decided[question.id] else "no"
    elif question.kind == "value":
        target = result.plan.targets[question.id]
        shape = target.shape
        reference = result.reference[question.id]
        if values.is_constant(reference):
            matrix = reference[:, :, 0, 0]
            expected = values.array_text(matrix)
            elements = _elements(matrix, shape, question.points, problem.index_base)
        else:
            expected = values.formula_text(result.plan, target)
            elements = _elements(None, shape, question.points, problem.index_base, expected)
    return Asked(
        problem.id,
        question.id,
        question.ask,
        question.points,
        expected,
        question.kind,
        shape,
        question.options,
        question.title,
        problem.title,
        question.rubric,
        elements,
        worked,
    )


def _elements(
    matrix: NDArray[np.float64] | None,
    shape: tuple[int, int],
    points: float,
    base: int,
    formula: str = "",
) -> tuple[Element, ...]:
    if shape == NUMBER:
        return ()
    share = points / (shape[0] * shape[1])
    out = []
    for i in range(shape[0]):
        for j in range(shape[1]):
            index = index_text((i, j), shape, base)
            expected = f"({formula})[{index}]" if matrix is None else values.number_text(float(matrix[i, j]))
            out.append(Element(index, expected, share))
    return tuple(out)


def _worked(plan: Plan) -> dict[str, Worked]:
    """The step behind each question, with the reference numbers put in."""
    wanted: dict[str, Node] = {i: t.shown for i, t in plan.targets.items() if t.shown is not None}
    rules = {i: values.rule_of(plan, node) for i, node in wanted.items()}
    needed = {
        i: [values.timed_node(plan, n, rule[2]) for n in sorted(quantities(rule[0]))]
        for i, rule in rules.items()
        if rule
    }
    engine = Engine(plan)
    nodes = [n for listed in needed.values() for n in listed]
    trace = engine.solve(nodes, horizon=plan.horizon, inputs=sample(plan.problem, engine) or {})
    texts = {
        names.timed(n.name, n.time): values.array_text(v[:, :, 0, 0])
        for n, v in trace.values.items()
        if values.is_constant(v)
    }
    out = {}
    for i, found in rules.items():
        if found is None:
            continue
        rule, phase, time = found
        shown = values.timed_rule(plan, rule, time)
        numbers = values.with_numbers(shown, texts) if quantities(shown) & texts.keys() else None
        node = wanted[i]
        out[i] = Worked(names.timed(node.name, node.time), phase, render(shown), numbers)
    return out
