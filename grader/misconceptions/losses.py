"""Wrong losses: ``loss.*``. Told apart by structure: logarithms of a prediction, or a square of an error."""

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
from grader.misconceptions.model import Example, Misconception
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

_BCE = """
given: {y: 0, z: 0.4}
equations: [yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
"""
_SOFT = """
given: {y: 0.3, z: 0.4}
equations: [yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
"""
_HALF = """
given: {y: 1.5, z: 0.4}
equations: [yhat = tanh(z), L = 1/2*(yhat - y)^2]
"""
_TWO_OUTPUTS = """
given: {y: [1.5, -0.5], z: [0.4, 0.9]}
equations: [yhat = tanh(z), L = 1/2*sum((yhat - y)^2)]
"""
_MEAN = """
given: {y: [1.5, -0.5], z: [0.4, 0.9]}
equations: [yhat = tanh(z), L = mean((yhat - y)^2)]
"""


def _in_loss(wrong: Wrong) -> Rewrite:
    """Change the loss and the steps that only it is made of."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase == "forward" and step.name in view.loss_steps and takes(step.rule, view):
            yield from wrong(step.rule, view)

    return rewrite


def _no_minus(rule: Expr, view: View) -> Iterator[Expr]:
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


def _other_log(function: str) -> Wrong:
    def wrong(rule: Expr, view: View) -> Iterator[Expr]:
        yield transform(rule, lambda n: n._replace(value=function) if is_log(n) and takes(n, view) else None)

    return wrong


def _second_terms(change: Callable[[Expr], Sequence[Expr]]) -> Wrong:
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


def _swap_roles(rule: Expr, view: View) -> Iterator[Expr]:
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


def _no_half(rule: Expr, view: View) -> Iterator[Expr]:
    def doubled(term: Expr) -> Expr:
        has = _is_square(term, view) and factors(term, view).half
        return mul(TWO, term) if has else term

    yield add(*[doubled(t) for t in terms(rule)])


def _is_square(term: Expr, view: View) -> bool:
    return any(is_error_square(n, view) for n in walk(unfolded(term, view)))


def _not_squared(rule: Expr, view: View) -> Iterator[Expr]:
    def visit(node: Expr) -> Expr | None:
        if not is_error_square(node, view):
            return None
        base = squared(node) or node
        plain = base if base.op == "call" and base.value == "norm" else call("abs", base)
        return plain if view.sizes(node) == view.sizes(base) else call("sum", plain)

    yield transform(rule, visit)


def _square_of_sum(rule: Expr, view: View) -> Iterator[Expr]:
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


def _wrong_n(rule: Expr, view: View) -> Iterator[Expr]:
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


def _squared_for_cross_entropy(rule: Expr, view: View) -> Iterator[Expr]:
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


LOSSES: tuple[Misconception, ...] = (
    Misconception(
        "loss.no_minus",
        "cross-entropy without its minus sign",
        "The loss is the sum of logarithms.",
        "{step} needs the minus sign in front: logarithms of probabilities are negative, a loss is not.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        _in_loss(_no_minus),
        Example(_BCE, "L", 0.913015, -0.913015),
        source=(
            "https://github.com/cs231n/cs231n.github.io/pull/244",
            "https://github.com/zhufengx/SRN_multilabel/issues/7",
        ),
    ),
    Misconception(
        "loss.log10",
        "logarithm to base ten",
        "log means the logarithm to base ten.",
        "In {step} the logarithm is the natural one: your value is 0.4343 times the right one.",
        "ln",
        "log10",
        _in_loss(_other_log("log10")),
        Example(_BCE, "L", 0.913015, 0.3965175),
    ),
    Misconception(
        "loss.log2",
        "logarithm to base two",
        "Information is measured in bits, so log is to base two.",
        "In {step} the logarithm is the natural one: your value is 1.4427 times the right one.",
        "ln",
        "log2",
        _in_loss(_other_log("log2")),
        Example(_BCE, "L", 0.913015, 1.317203),
    ),
    Misconception(
        "loss.drop_second",
        "(1 - y) term left out",
        "The loss is -y ln(yhat).",
        "In {step} the term with 1 - y is missing: for y = 0 it is all there is.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "-y*ln(yhat)",
        _in_loss(_second_terms(lambda _: ())),
        Example(_SOFT, "L", 0.793015, 0.1539046),
        coincides=("y = 1",),
    ),
    Misconception(
        "loss.second_sign",
        "sign of the (1 - y) term",
        "Only the first term has the minus.",
        "In {step} both terms stand behind the minus sign.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "-y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        _in_loss(_second_terms(lambda t: (neg(t),))),
        Example(_BCE, "L", 0.913015, -0.913015),
        coincides=("y = 1",),
        twins=("loss.no_minus",),
        source=("https://github.com/eriklindernoren/ML-From-Scratch/issues/16",),
    ),
    Misconception(
        "loss.swap_roles",
        "prediction and target exchanged",
        "The logarithm is taken of the target.",
        "In {step} the logarithm is of the prediction, and the target is the factor in front.",
        "-y*ln(yhat)",
        "-yhat*ln(y)",
        _in_loss(_swap_roles),
        Example(_SOFT, "L", 0.793015, 0.8639417),
        source=(
            "https://github.com/CamDavidsonPilon/Probabilistic-Programming-and-Bayesian-Methods-for-Hackers/pull/438",
        ),
    ),
    Misconception(
        "loss.no_half",
        "factor 1/2 forgotten",
        "Squared error is the square of the error.",
        "{step} has the factor 1/2 in front in this exercise.",
        "1/2*(yhat - y)^2",
        "(yhat - y)^2",
        _in_loss(_no_half),
        Example(_HALF, "L", 0.627257, 1.254514),
        source=("https://github.com/mnielsen/neural-networks-and-deep-learning/pull/79",),
    ),
    Misconception(
        "loss.not_squared",
        "error not squared",
        "The loss is the distance to the target.",
        "In {step} the error is squared.",
        "1/2*(yhat - y)^2",
        "1/2*abs(yhat - y)",
        _in_loss(_not_squared),
        Example(_HALF, "L", 0.627257, 0.560026),
        coincides=("the error is 1 or -1",),
    ),
    Misconception(
        "loss.square_of_sum",
        "square of the sum",
        "Add the errors up, then square.",
        "In {step} each error is squared first, and then they are added.",
        "sum(e^2)",
        "sum(e)^2",
        _in_loss(_square_of_sum),
        Example(_TWO_OUTPUTS, "L", 1.366947, 0.00463173),
        coincides=("one output",),
    ),
    Misconception(
        "loss.wrong_n",
        "mean over the wrong count",
        "The mean is the sum here.",
        "Check what {step} is a mean over, and divide by that count.",
        "mean(e^2)",
        "sum(e^2)",
        _in_loss(_wrong_n),
        Example(_MEAN, "L", 1.366947, 2.733895),
        coincides=("one output",),
        source=(
            "https://github.com/aimacode/aima-python/pull/845",
            "https://github.com/udacity/sdc-issue-reports/issues/97",
            "https://github.com/acids-ircam/creative_ml/pull/6",
        ),
    ),
    Misconception(
        "loss.se_for_bce",
        "squared error in place of cross-entropy",
        "The loss is always the squared error.",
        "{step} is a cross-entropy in this exercise.",
        "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "1/2*(yhat - y)^2",
        _in_loss(_squared_for_cross_entropy),
        Example(_BCE, "L", 0.913015, 0.1792135),
    ),
)
