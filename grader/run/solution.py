"""``grade solve``: every step of the worked solution with its rule and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.depends import depends
from grader.engine.derive import derive
from grader.engine.points import sample
from grader.engine.solve import Engine, matrix
from grader.engine.steps import Node
from grader.engine.targets import evaluate_targets
from grader.language.render import render
from grader.language.tree import quantities
from grader.report.model import Solution, SolvedProblem, SolvedQuestion, SolvedStep, Value
from grader.run import values
from grader.run.loading import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.derive import Plan
    from grader.engine.solve import Trace
    from grader.language.tree import Expr
    from grader.spec.model import Problem

# Of a long training run the first steps are printed in full, then only what the questions ask.
_FULL_STEPS = 10


def solve_assignment(spec: str) -> Solution:
    """The worked solution of a spec.

    Raises:
        SpecError: with everything that is wrong with the spec.
        OSError: when it cannot be read.
    """
    assignment = load_spec(spec)
    problems = tuple(_solved(p) for p in assignment.problems)
    return Solution(assignment.id, assignment.title or assignment.id, problems)


def _solved(problem: Problem) -> SolvedProblem:
    plan = derive(problem, whole=True)
    engine = Engine(plan)
    inputs = sample(problem, engine) or {}
    listed = list(_listed(plan))
    nodes = [n for _, _, _, n in listed]
    needed = [values.timed_node(plan, n, time) for _, rule, time, _ in listed for n in quantities(rule)]
    targets = list(plan.targets.values())
    wanted = nodes + needed + [n for t in targets for n in (*t.nodes, *([t.node] if t.node else []))]
    horizon = max(plan.horizon, max((n.time for n in nodes), default=0))
    trace = engine.solve(wanted, horizon=horizon, inputs=inputs)
    texts = {
        names.timed(n.name, n.time): values.array_text(v[:, :, 0, 0])
        for n, v in trace.values.items()
        if values.is_constant(v)
    }
    steps = []
    for phase, rule, time, node in listed:
        shown = values.timed_rule(plan, rule, time)
        value = trace.values[node]
        known = values.is_constant(value)
        numbers = values.with_numbers(shown, texts) if quantities(shown) and known else None
        steps.append(
            SolvedStep(
                names.timed(node.name, node.time),
                phase,
                render(shown),
                values.array_value(value[:, :, 0, 0]) if known else None,
                numbers,
                shown,
            )
        )
    return SolvedProblem(
        problem.id,
        problem.title,
        tuple(_given(problem)),
        tuple(steps),
        tuple(_questions(problem, plan, trace)),
        _parameters(plan),
        dict(plan.shapes),
        problem.index_base,
    )


def _listed(plan: Plan) -> Iterator[tuple[str, Expr, int, Node]]:
    """(phase, rule, training step, node) of every step to print, in the order of working."""
    asked = {n for t in plan.targets.values() for n in (*t.nodes, t.shown) if n is not None}
    has_update = any(s.phase == "update" for s in plan.steps)
    last = max(plan.horizon, 1 if has_update else 0)
    for time in range(last + 1):
        for step in plan.steps:
            node = values.timed_node(plan, step.name, time)
            if step.phase == "update" and time == last:
                continue
            if (
                (time > 0 and step.phase != "update")
                and node not in asked
                and not _leads(plan, node, asked, last)
            ):
                continue
            if time >= _FULL_STEPS and node not in asked:
                continue
            yield step.phase, step.rule, time, node


def _leads(plan: Plan, node: Node, asked: set[Node], last: int) -> bool:
    """Whether a later step needs this one: between training steps it does, in the last only what is asked."""
    if node.time < last:
        return True
    reached = {n.name for n in asked if n.time == node.time}
    for step in reversed(plan.steps):
        if step.phase != "update" and step.name in reached:
            reached |= quantities(step.rule)
    return node.name in reached


def _parameters(plan: Plan) -> tuple[str, ...]:
    """What training moves; without training, what looks like it in the weighted sums."""
    if plan.problem.train is not None:
        return plan.problem.train.parameters
    from grader.misconceptions.view import View

    return tuple(sorted(n for n in View(plan).parameters if n[0] in "wWb"))


def _given(problem: Problem) -> Iterator[tuple[str, Value]]:
    for name, value in problem.given.items():
        yield name, values.array_value(matrix(value)[:, :, 0, 0])


def _questions(problem: Problem, plan: Plan, trace: Trace) -> Iterator[SolvedQuestion]:
    for question in problem.questions:
        expected: Value = question.answer
        if question.kind == "value":
            target = plan.targets[question.id]
            value = evaluate_targets(plan, [target], trace)[0]
            known = values.is_constant(value)
            expected = values.array_value(value[:, :, 0, 0]) if known else values.formula_text(plan, target)
        elif question.kind == "depends" and question.expr is not None:
            expected = "yes" if depends(problem, question.expr) else "no"
        yield SolvedQuestion(question.id, question.ask, expected)
