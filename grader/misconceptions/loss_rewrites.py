"""How a loss is changed into a wrong one: its logarithms, its halves, its squares and its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.shapes import NUMBER
from grader.language.tree import (
    ONE,
    Expr,
    add,
    call,
    div,
    key,
    mul,
    name,
    neg,
    num,
    power,
    quantities,
    sub,
    substitute,
    transform,
    walk,
)
from grader.misconceptions.objective import (
    counts,
    factors,
    is_cross_entropy_term,
    is_error_square,
    is_log,
    is_rest,
    squared,
    takes,
    target_of,
    unfolded,
)
from grader.misconceptions.parts import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[[Expr, View], Iterator[Expr]]


TWO = num(2)


def in_loss(wrong: Wrong) -> Rewrite:
    """Change the loss and the steps that only it is made of."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase == "forward" and step.name in view.loss_steps and takes(step.rule, view):
            yield from wrong(step.rule, view)

    return rewrite


def no_minus(rule: Expr, view: View) -> Iterator[Expr]:
    """The signs of the terms with logarithms turned, where these are written with a minus."""
    yield add(*[neg(t) if _is_entropy(t, view) and _sign(t, view) < 0 else t for t in terms(rule)])


def _is_entropy(term: Expr, view: View) -> bool:
    return is_cross_entropy_term(term, view) and any(is_log(n) for n in walk(unfolded(term, view)))


def _sign(node: Expr, view: View) -> int:
    """-1 where a minus stands in front of the logarithms, 1 where none does, 0 without any."""
    if is_log(node) or (node.op == "name" and node.value in view.loss_steps):
        return int(takes(node, view))
    signs = [_sign(a, view) for a in node.args]
    found = next((s for s in signs if s), 0)
    if node.op in ("mul", "div") and any(
        a.op == "neg" and not s for a, s in zip(node.args, signs, strict=True)
    ):
        return -found
    return -found if node.op == "neg" else found


def other_log(function: str) -> Wrong:
    """Another logarithm in place of the natural one."""

    def wrong(rule: Expr, view: View) -> Iterator[Expr]:
        yield transform(rule, lambda n: n._replace(value=function) if is_log(n) and takes(n, view) else None)

    return wrong


def second_terms(change: Callable[[Expr], Sequence[Expr]]) -> Wrong:
    """Change the terms with ln(1 - yhat) only, wherever they are added to such with ln(yhat)."""

    def wrong(rule: Expr, view: View) -> Iterator[Expr]:
        def visit(node: Expr) -> Expr | None:
            if node.op != "sum":
                return None
            kinds = [_logs_of_rest(t, view) for t in node.args]
            if True not in kinds or False not in kinds:
                return None
            return add(
                *[e for t, kind in zip(node.args, kinds, strict=True) for e in (change(t) if kind else (t,))]
            )

        yield transform(rule, visit)

    return wrong


def _logs_of_rest(term: Expr, view: View) -> bool | None:
    """Whether all logarithms in a term are of 1 minus a prediction; None where it has none."""
    found = [is_rest(n.args[0]) for n in walk(unfolded(term, view)) if is_log(n) and takes(n, view)]
    return all(found) if found else None


def swap_roles(rule: Expr, view: View) -> Iterator[Expr]:
    """In each product of a target and a logarithm the two names exchanged; where that has a value."""

    def visit(node: Expr) -> Expr | None:
        if node.op != "mul" or not any(is_log(n) for n in walk(node)):
            return None
        pair = [quantities(node) & {*side} for side in (view.predictions, view.targets)]
        if [len(side) for side in pair] != [1, 1]:
            return None
        (p,), (t,) = pair
        rest = any(is_log(n) and is_rest(n.args[0]) for n in walk(rule))
        if view.shapes[p] != view.shapes[t] or not _has_log(t, view, rest=rest):
            return None
        return substitute(node, {p: name(t), t: name(p)})

    yield transform(rule, visit)


def _has_log(target: str, view: View, *, rest: bool) -> bool:
    """Whether a target, and 1 minus it, have logarithms; a 0 or 1 has not."""
    given = view.problem.given.get(target, ())
    return all(v > 0 and (v < 1 or not rest) for row in given for v in row)


def no_half(rule: Expr, view: View) -> Iterator[Expr]:
    """The half in front of a squared error left out."""

    def doubled(term: Expr) -> Expr:
        has = _is_square(term, view) and factors(term, view).half
        return mul(TWO, term) if has else term

    yield add(*[doubled(t) for t in terms(rule)])


def _is_square(term: Expr, view: View) -> bool:
    return any(is_error_square(n, view) for n in walk(unfolded(term, view)))


def not_squared(rule: Expr, view: View) -> Iterator[Expr]:
    """The error as it is, or its size, in place of its square."""

    def visit(node: Expr) -> Expr | None:
        if not is_error_square(node, view):
            return None
        base = squared(node) or node
        plain = base if base.op == "call" and base.value == "norm" else call("abs", base)
        return plain if view.sizes(node) == view.sizes(base) else call("sum", plain)

    yield transform(rule, visit)


def square_of_sum(rule: Expr, view: View) -> Iterator[Expr]:
    """The errors added up before they are squared."""

    def visit(node: Expr) -> Expr | None:
        if node.op == "call" and node.value in ("sum", "mean") and is_error_square(node.args[0], view):
            base = squared(node.args[0]) or node
            square = power(call("sum", base), TWO)
            rows, columns = view.sizes(base)
            return square if node.value == "sum" else div(square, num(rows * columns))
        if is_error_square(node, view) and view.sizes(squared(node) or node) != view.sizes(node):
            return power(call("sum", squared(node) or node), TWO)
        return _square_of_listed(node, view) if node.op == "sum" else None

    yield transform(rule, visit)


def _square_of_listed(node: Expr, view: View) -> Expr | None:
    """c*e1^2 + c*e2^2, also by name, put together to c*(e1 + e2)^2."""
    whole = [_scaled_square(unfolded(t, view), view) for t in node.args]
    if len({None if found is None else key(found[0]) for found in whole}) != 1 or None in whole:
        return None
    bases = [found[1] for found in whole if found is not None]
    front = next(found[0] for found in whole if found is not None)
    return mul(front, power(add(*bases), TWO))


def _scaled_square(term: Expr, view: View) -> tuple[Expr, Expr] | None:
    if is_error_square(term, view):
        base = squared(term) or term
        return (ONE, base) if view.sizes(base) == NUMBER else None
    if term.op == "mul":
        inner = _scaled_square(term.args[1], view)
        return None if inner is None or takes(term.args[0], view) else (mul(term.args[0], inner[0]), inner[1])
    return None


def wrong_n(rule: Expr, view: View) -> Iterator[Expr]:
    """The mean left out, over another count, or put in where the loss only adds up."""
    data = [t for t in terms(rule) if takes(t, view)]
    rest = [t for t in terms(rule) if not takes(t, view)]
    right = factors(data[0], view).over
    averaged = right > 1 or any(factors(view.by_name[n].rule, view).over > 1 for n in view.loss_steps)
    is_whole = rule == view.by_name[view.loss or ""].rule
    for n in (1, *counts(view)):
        if n != right and (right > 1 or (is_whole and not averaged)):
            yield add(*[_over(t, right, n) for t in data], *rest)


def _over(term: Expr, right: float, wrong: float) -> Expr:
    """A term divided by another count."""
    ratio = right / wrong
    return mul(num(ratio), term) if ratio >= 1 else div(term, num(wrong / right))


def _as_sum(node: Expr) -> Expr | None:
    return node._replace(value="sum") if node.op == "call" and node.value == "mean" else None


def squared_for_cross_entropy(rule: Expr, view: View) -> Iterator[Expr]:
    """With and without a half; the mean stays."""
    data = [t for t in terms(rule) if _is_entropy(t, view) and any(is_log(n) for n in walk(t))]
    predictions = [p for p in view.predictions if any(p in quantities(t) for t in data)]
    pairs = [(p, target_of(p, view)) for p in predictions]
    errors = [power(sub(name(p), t), TWO) for p, t in pairs if t is not None]
    if not errors or len(errors) < len(pairs):
        return
    rest = [t for t in terms(rule) if all(t is not d for d in data)]
    total = add(*[e if view.sizes(e) == NUMBER else call("sum", e) for e in errors])
    mean = div(total, num(factors(data[0], view).over))
    square = neg(mean) if _sign(data[0], view) > 0 else mean
    yield add(mul(num(0.5), square), *rest)
    yield add(square, *rest)
