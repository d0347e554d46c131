"""The parts of a loss, told by structure: squares of errors, logarithms of predictions, halves and means.

A loss may be one equation or several (an error, a loss for each output, a penalty): what stands in the steps
that only the loss is made of is looked through.
"""

from __future__ import annotations

from math import isclose, prod
from typing import TYPE_CHECKING, NamedTuple

from grader.language.functions import LOGS
from grader.language.shapes import resolve_index
from grader.language.tree import ONE, Expr, call, is_num, key, num, quantities, substitute, transform, walk
from grader.misconceptions.parts import scale_of, terms, value_of
from grader.misconceptions.slopes import error

if TYPE_CHECKING:
    from grader.misconceptions.view import View

_TWO = 2.0
_HALF = 0.5


class Factors(NamedTuple):
    """What a loss's squares or logarithms are divided by.

    Args:
        half: whether there is a 1/2.
        over: the number that a mean divides by; 1 without one.
        sure: False where a 2 may be a half or a mean over two.
    """

    half: bool
    over: float
    sure: bool = True


def squared(node: Expr) -> Expr | None:
    """x of x^2, x*x, dot(x, x) or x^T @ x; of ``norm(x)^2`` the norm."""
    if node.op == "pow" and is_num(node.args[1], _TWO):
        return node.args[0]
    product = node.op in ("mul", "matmul") or (node.op == "call" and node.value == "dot")
    if not product:
        return None
    a, b = node.args
    a = a.args[0] if node.op == "matmul" and a.op == "T" else a
    return b if key(a) == key(b) and not is_num(b, 0.0) else None


def is_log(node: Expr) -> bool:
    """Whether a node is a logarithm."""
    return node.op == "call" and node.value in LOGS.values()


def is_rest(node: Expr) -> bool:
    """Whether a node is 1 minus something."""
    return node.op == "sum" and len(node.args) == 2 and is_num(node.args[0], 1.0) and node.args[1].op == "neg"


def unfolded(rule: Expr, view: View) -> Expr:
    """A rule with the loss's own steps worked in."""
    while inner := quantities(rule) & view.loss_steps:
        rule = substitute(rule, {n: view.by_name[n].rule for n in inner})
    return rule


def loss_rule(view: View) -> Expr | None:
    """The loss in terms of predictions and givens alone."""
    step = view.by_name.get(view.loss or "")
    return None if step is None else unfolded(step.rule, view)


def takes(expr: Expr, view: View, *predictions: str) -> bool:
    """Whether one of these predictions (or any) goes into an expression."""
    return not quantities(unfolded(expr, view)).isdisjoint(predictions or view.predictions)


def is_error_square(node: Expr, view: View) -> bool:
    """Whether a node is the square of something with a prediction in it."""
    base = squared(node)
    return base is not None and takes(base, view)


def is_cross_entropy_term(term: Expr, view: View, *predictions: str) -> bool:
    """Whether predictions go into a term through logarithms only."""
    whole = unfolded(term, view)
    outside = transform(whole, lambda n: ONE if is_log(n) else None)
    return takes(whole, view, *predictions) and quantities(outside).isdisjoint(view.predictions)


def is_cross_entropy(view: View, *predictions: str) -> bool:
    """Whether a prediction (or any) goes into the loss as in a cross-entropy."""
    whole = loss_rule(view)
    return whole is not None and any(is_cross_entropy_term(t, view, *predictions) for t in terms(whole))


def is_squared(view: View, *predictions: str) -> bool:
    """Whether the loss squares something with this prediction (or any) in it."""
    whole = loss_rule(view)
    nodes = () if whole is None else walk(whole)
    return any((base := squared(n)) is not None and takes(base, view, *predictions) for n in nodes)


def counts(view: View) -> tuple[int, ...]:
    """What a mean may run over: the examples, the outputs of one, both together; each above 1, once."""
    sizes = [view.shapes[p] for p in view.predictions]
    total = sum(rows * columns for rows, columns in sizes)
    examples = view.examples if total % max(view.examples, 1) == 0 else 1
    return tuple(dict.fromkeys(n for n in (examples, total // max(examples, 1), total) if n > 1))


def factors(term: Expr, view: View, *predictions: str) -> Factors:
    """The half and the mean in front of the first of these predictions (or any) in a term of the loss.

    ``1/2*x`` is a half; in ``x/2`` the 2 may count examples or outputs.
    """
    inner = view.loss_steps - {view.loss}
    wanted = {*predictions} or {*view.predictions, *inner}
    scale = scale_of(transform(term, _plain), lambda n: n.op == "name" and n.value in wanted, view)
    if scale is None:
        return Factors(half=False, over=1)
    known = counts(view)
    named = [v for e in scale.below if e.op == "name" and (v := value_of(e, view)) in known]
    named += [prod(view.sizes(n.args[0])) for n in walk(term) if _is_mean(n) and quantities(n) & wanted]
    above, below = (
        [float(str(e.value)) for e in side if e.op == "num"] for side in (scale.above, scale.below)
    )
    number = prod(below) / (prod(above) or 1.0)
    over = named[0] if named else None
    if _HALF in above:
        return Factors(half=True, over=_told(number * _HALF, over, known).over)
    return _told(number, over, known)


def _is_mean(node: Expr) -> bool:
    return node.op == "call" and node.value == "mean"


def _plain(node: Expr) -> Expr | None:
    """1/2 as one number, and means as sums."""
    if node.op == "div" and is_num(node.args[0], 1.0) and is_num(node.args[1], _TWO):
        return num(_HALF)
    return call("sum", transform(node.args[0], _plain)) if _is_mean(node) else None


def _told(number: float, named: float | None, known: tuple[int, ...]) -> Factors:
    """What a divisor is made of."""
    if isclose(number, _TWO) and (named or 2 not in known):
        return Factors(half=True, over=named or 1)
    if isclose(number, _TWO):
        return Factors(half=True, over=2, sure=False)
    if named is None:
        for n in known:
            if isclose(number, n):
                return Factors(half=False, over=n)
            if isclose(number, 2 * n):
                return Factors(half=True, over=n)
    return Factors(half=False, over=named or 1)


def mean_over(prediction: str, view: View) -> float:
    """What the loss divides by on the way to a prediction; 1 where it only adds up."""
    whole = loss_rule(view)
    found = Factors(half=False, over=1) if whole is None else factors(whole, view, prediction)
    if found.sure:
        return found.over
    return 1 if is_squared(view, prediction) else found.over


def target_of(prediction: str, view: View) -> Expr | None:
    """The target of a prediction: by name, or the class that the loss picks, as in ``-ln(p[2])``."""
    together = error(prediction, view)
    if together is not None:
        return together.args[1].args[0]
    whole = loss_rule(view)
    picked = (
        [n.args[0] for n in walk(whole) if is_log(n) and n.args[0].op == "index"] if whole is not None else []
    )
    own = [n for n in picked if quantities(n) == {prediction} and n.args[0].op == "name"]
    if len(own) != 1:
        return None
    place = resolve_index(own[0], view.shapes[prediction], view.problem.index_base)
    return Expr("place", (ONE, own[0].args[0]), place)
