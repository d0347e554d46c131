"""From a problem to its worked solution: forward, backward and update steps, and what is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.backward import Derivation
from grader.engine.resolve import Resolver
from grader.engine.steps import Node, Step, Target
from grader.engine.update import can_update, update_steps
from grader.errors import ExpressionError
from grader.language.render import render
from grader.language.shapes import NUMBER, infer_shape, resolve_index
from grader.language.tree import Expr, key, name, quantities, rename, transform, walk
from grader.record import record, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.language.shapes import Shape
    from grader.spec.model import Problem, Question


@record
class Plan:
    """A problem's worked solution before any number is computed.

    Args:
        problem: what it was derived from.
        steps: in the order of working: forward, backward, update; base names.
        shapes: sizes of all base names.
        targets: what each numbered question asks, by question id.
        extra: further expressions asked for (answers written as formulas), in the order given;
            None where one cannot be resolved.
        horizon: the number of training steps that the targets need.
    """

    problem: Problem
    steps: tuple[Step, ...]
    shapes: Mapping[str, Shape]
    targets: Mapping[str, Target]
    extra: tuple[Target | ExpressionError, ...]
    horizon: int


def derive(problem: Problem, extra: Iterable[Expr] = (), *, whole: bool = False) -> Plan:
    """Derive the worked solution that a problem's questions need.

    Args:
        problem: a loaded problem.
        extra: further expressions whose values are wanted, in the names of the problem.
        whole: include the backward pass and the update even if no question needs them.

    Raises:
        ExpressionError: for a question that asks what does not exist (the spec's loader finds it first).
    """
    resolver = Resolver(problem)
    asked = {q.id: resolver.resolve(q.expr) for q in problem.questions if q.kind == "value" and q.expr}
    shapes: dict[str, Shape] = dict(problem.shapes)
    shapes[names.STEP_NUMBER] = NUMBER
    others = [_try_resolve(resolver, e) for e in extra]
    horizon = max((n.time for n in resolver.nodes.values()), default=0)
    wanted = dict(resolver.wanted)
    train = problem.train
    if train and train.minimize and (whole or horizon):
        wanted |= {(train.minimize, p): None for p in train.parameters}
    derivation = Derivation(problem, shapes)
    steps = derivation.forward() + derivation.derive(wanted)
    known = {step.name for step in steps} | problem.shapes.keys()
    steps = _with_local_derivatives(steps, asked.values(), resolver.nodes)
    steps = _with_asked_expressions(steps, asked.values(), resolver.nodes, shapes, problem)
    if horizon or (whole and can_update(problem)):
        steps += update_steps(problem, shapes)
    targets = {i: _target(e, resolver.nodes, shapes, steps, problem) for i, e in asked.items()}
    targets = _through_copies(targets, steps)
    extras = tuple(
        e
        if isinstance(e, ExpressionError)
        else _checked_target(e, resolver.nodes, shapes, steps, problem, known)
        for e in others
    )
    return Plan(problem, tuple(steps), shapes, targets, extras, horizon)


def resolve_question(problem: Problem, question: Question) -> Target:
    """What one question asks, derived alone."""
    plan = derive(problem, () if question.expr is None else (question.expr,))
    target = plan.extra[0]
    if isinstance(target, ExpressionError):
        raise target
    return target


def _try_resolve(resolver: Resolver, expr: Expr) -> Expr | ExpressionError:
    try:
        return resolver.resolve(expr)
    except ExpressionError as error:
        return error


def _checked_target(
    expr: Expr,
    nodes: Mapping[str, Node],
    shapes: Mapping[str, Shape],
    steps: list[Step],
    problem: Problem,
    known: set[str],
) -> Target | ExpressionError:
    for node in _nodes_of(expr, nodes):
        if not names.is_state(node.name) and node.name not in known:
            return ExpressionError(
                f'"{node.name}" does not exist in this problem: there is no path', expr.start
            )
    try:
        return _target(expr, nodes, shapes, steps, problem)
    except ExpressionError as error:
        return error


def _nodes_of(expr: Expr, nodes: Mapping[str, Node]) -> tuple[Node, ...]:
    return tuple(nodes[n] for n in sorted(quantities(expr)))


def _target(
    expr: Expr,
    nodes: Mapping[str, Node],
    shapes: Mapping[str, Shape],
    steps: list[Step],
    problem: Problem,
) -> Target:
    used = _nodes_of(expr, nodes)
    for node in used:
        if node.name not in shapes:
            message = f'"{node.name}" does not exist: nothing connects the two'
            raise ExpressionError(message, expr.start, expr.end)
    sizes = {names.timed(n.name, n.time): shapes[n.name] for n in used}
    shape = infer_shape(expr, sizes, problem.index_base)
    inner = expr.args[0] if expr.op == "index" else expr
    if inner.op == "name":
        node = nodes[str(inner.value)]
        place = None
        if expr.op == "index" and shapes[node.name] != NUMBER:
            place = resolve_index(expr, shapes[node.name], problem.index_base)
        return Target(expr, shape, node, node, place, used)
    base, time = _base_expression(expr, nodes, problem)
    text = render(base) if base is not None else ""
    if base is not None and any(step.name == text for step in steps):
        node = Node(text, time)
        return Target(expr, shape, node, node, None, used)
    return Target(expr, shape, None, None, None, used)


def _through_copies(targets: dict[str, Target], steps: list[Step]) -> dict[str, Target]:
    """Move each target back along steps that only pass a value on, up to one that is asked itself.

    Whoever was not asked for dL/dz2 shows it by what he writes for dL/db2.
    """
    copies = {s.name: str(s.rule.value) for s in steps if s.rule.op == "name" and s.phase != "update"}
    named = {s.name for s in steps}
    asked = {t.node for t in targets.values()}

    def origin(node: Node) -> Node:
        source = Node(copies[node.name], node.time) if node.name in copies else None
        return node if source is None or source in asked or source.name not in named else origin(source)

    return {i: replace(t, node=origin(t.node)) if t.node else t for i, t in targets.items()}


def _base_expression(expr: Expr, nodes: Mapping[str, Node], problem: Problem) -> tuple[Expr | None, int]:
    """The expression over base names and its time, where all its quantities have the same."""
    used = _nodes_of(expr, nodes)
    times = {n.time for n in used if names.moves(n.name, problem)}
    if len(times) > 1 or not used or any(names.is_state(n.name) for n in used):
        return None, 0
    return rename(expr, lambda n: nodes[n].name), (times.pop() if times else 0)


def _with_asked_expressions(
    steps: list[Step],
    asked: Iterable[Expr],
    nodes: Mapping[str, Node],
    shapes: dict[str, Shape],
    problem: Problem,
) -> list[Step]:
    """Make a step of each asked expression, and let the steps behind it use it.

    A student who was asked for ``sigmoid'(z1)`` goes on with what he wrote for it.
    """
    for expr in asked:
        base, _ = _base_expression(expr, nodes, problem)
        inner = base.args[0] if base is not None and base.op == "index" else base
        if base is None or inner is None or inner.op in ("name", "num") or render(base) in shapes:
            continue
        own = render(base)
        needs = quantities(base)
        if not needs <= shapes.keys():
            continue
        shapes[own] = infer_shape(base, shapes, problem.index_base)
        slopes = {(n.value, key(n.args[0])) for n in walk(base) if n.op == "call"}
        at = max(
            (i + 1 for i, step in enumerate(steps) if step.name in needs or _slope_of(step) in slopes),
            default=0,
        )
        phase = steps[at - 1].phase if at else "forward"
        steps = [*steps[:at], Step(own, phase, base, shapes[own]), *_using(steps[at:], base, own)]
    return steps


def _slope_of(step: Step) -> tuple[str, object] | None:
    """The call that is the derivative of an activation step: it may also be taken from the activation."""
    return (f"{step.rule.value}'", key(step.rule.args[0])) if step.rule.op == "call" else None


def _with_local_derivatives(
    steps: list[Step], asked: Iterable[Expr], nodes: Mapping[str, Node]
) -> list[Step]:
    """Let the chain rule go through an asked local derivative (da1/dz1 = sigmoid'(z1)) instead of past it."""
    names_asked = {nodes[str(e.value)].name for e in asked if e.op == "name" and str(e.value) in nodes}
    forward = {s.name for s in steps if s.phase == "forward"}
    computed = {s.name for s in steps}
    for step in [s for s in steps if s.name in names_asked and s.phase == "backward" and s.rule.op == "call"]:
        if not quantities(step.rule) & computed <= forward:
            continue
        others = [s for s in steps if s.name != step.name]
        first = next((i for i, s in enumerate(others) if s.phase == "backward"), len(others))
        steps = [*others[:first], step, *_using(others[first:], step.rule, step.name)]
    return steps


def _using(steps: list[Step], expr: Expr, own: str) -> list[Step]:
    wanted = key(expr)

    def swap(node: Expr) -> Expr | None:
        return name(own) if node.op == expr.op and key(node) == wanted else None

    return [Step(s.name, s.phase, transform(s.rule, swap), s.shape, s.stable) for s in steps]
