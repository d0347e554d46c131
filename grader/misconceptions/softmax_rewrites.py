"""How softmax is changed into a wrong one, forward and backward, written as a function or as powers of e."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.language.differentiate import backward
from grader.language.shapes import NUMBER
from grader.language.tree import (
    ONE,
    ZERO,
    Expr,
    add,
    call,
    div,
    key,
    mul,
    name,
    neg,
    num,
    quantities,
    sub,
    substitute,
    transform,
    transpose,
    walk,
)
from grader.misconceptions.objective import is_cross_entropy, is_log, loss_rule, mean_over, target_of
from grader.misconceptions.parts import exchanged
from grader.misconceptions.roles import exponent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Forward = Callable[[Expr, Sequence[Expr], View], Expr | None]
    Backward = Callable[["Head", Expr, View], Iterator[Expr]]


_LOGITS = "#logits"
_MOST_ROUNDS = 3


class Head(NamedTuple):
    """A softmax, or one element of a softmax written out.

    Args:
        output: the quantity that holds it.
        logits: what it is taken of.
        through: what the engine writes for the gradient by the logits; None where it is written out.
        outputs: all elements of a softmax written out, in order; otherwise the output alone.
    """

    output: str
    logits: Expr
    through: Expr | None
    outputs: tuple[str, ...]

    @property
    def s(self) -> Expr:
        """The output."""
        return name(self.output)

    def up(self, view: View) -> Expr:
        """dL/ds; 0 where the loss takes no notice of this element."""
        gradient = view.gradient(self.output)
        return name(gradient) if gradient in view.by_name else ZERO


def _heads(view: View) -> list[Head]:
    found = [
        Head(a.name, a.argument, _through(a.name, a.argument, view), (a.name,))
        for a in view.activations.values()
        if a.function == "softmax"
    ]
    written = _written(view)
    for output, (logits, total) in written.items():
        together = tuple(n for n, (_, other) in written.items() if key(other) == key(total))
        found.append(Head(output, logits, None, together))
    return found


def _through(output: str, logits: Expr, view: View) -> Expr | None:
    """What the engine writes for the gradient by the logits."""
    up = view.gradient(output)
    if up not in view.by_name:
        return None
    own = key(logits)
    rule = transform(view.by_name[output].rule, lambda n: name(_LOGITS) if key(n) == own else None)
    shapes = {**view.shapes, _LOGITS: view.sizes(logits)}
    parts = backward(rule, name(up), frozenset({_LOGITS}), shapes, view.problem.index_base)
    return substitute(add(*parts.get(_LOGITS, [])), {_LOGITS: logits})


def _written(view: View) -> dict[str, tuple[Expr, Expr]]:
    """The outputs of softmaxes written out: the exponent of each, and the sum below."""
    found = {}
    for step in view.steps:
        rule = _with_powers(step.rule, view) if step.phase == "forward" else step.rule
        if rule.op != "div" or (u := exponent_of(rule.args[0])) is None:
            continue
        below = rule.args[1]
        powers = below.args if below.op == "sum" else below.args[:1] if below.value == "sum" else ()
        exponents = [exponent_of(p) for p in powers]
        if None not in exponents and key(u) in [key(e) for e in exponents if e is not None]:
            found[step.name] = (u, below)
    return found


def _with_powers(rule: Expr, view: View) -> Expr:
    """A quotient with the steps that hold powers of e, and their sum, worked in."""
    for _ in range(_MOST_ROUNDS):
        rules = {n: view.by_name[n].rule for n in quantities(rule) if n in view.by_name}
        held = {n: r for n, r in rules.items() if _is_power(r, view) or _adds_powers(r, view)}
        if rule.op != "div" or not held:
            break
        rule = substitute(rule, held)
    return rule


def _is_power(expr: Expr, view: View) -> bool:
    """Whether an expression is a power of e, or a step that holds one."""
    step = view.by_name.get(str(expr.value)) if expr.op == "name" else None
    return exponent_of(expr if step is None else step.rule) is not None


def _adds_powers(rule: Expr, view: View) -> bool:
    is_sum = rule.op == "sum" or (rule.op == "call" and rule.value == "sum")
    return is_sum and all(_is_power(a, view) for a in rule.args)


def going_forward(wrong: Forward) -> Rewrite:
    """Replace each softmax: ``wrong`` gets the logits and, where it is written out, all logits."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase != "forward":
            return
        written = _written(view).get(step.name)
        if written is not None:
            logits, below = written
            powers = below.args if below.op == "sum" else below.args[:1]
            rule = wrong(logits, [e for p in powers if (e := exponent_of(p)) is not None], view)
            if rule is not None:
                yield rule
        else:
            yield transform(
                step.rule,
                lambda n: wrong(n.args[0], (), view) if n.op == "call" and n.value == "softmax" else None,
            )

    return rewrite


def no_exp(q: Expr, listed: Sequence[Expr], view: View) -> Expr:
    """Shares of the logits themselves, without exponentials."""
    if listed and view.sizes(q) == NUMBER:
        return div(q, add(*listed))
    return div(q, call("sum" if 1 in view.sizes(q) else "sum_rows", q))


def wrong_axis(q: Expr, _: Sequence[Expr], view: View) -> Expr | None:
    """Softmax along the other axis of a batch."""
    return transpose(call("softmax", transpose(q))) if 1 not in view.sizes(q) else None


def going_back(wrong: Backward) -> Rewrite:
    """Replace what goes back through a softmax: ``wrong`` gets the softmax and the right rule."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase != "backward":
            return
        by = view.by(step)
        for head in _heads(view):
            if by is not None and key(head.logits) == key(name(by)):
                yield from wrong(head, step.rule, view)
            elif head.through is not None and head.logits.op != "name":
                for rule in wrong(head, head.through, view):
                    yield exchanged(step.rule, [key(head.through)], rule)

    return rewrite


def diagonal(head: Head, _: Expr, view: View) -> Iterator[Expr]:
    """Only the diagonal of softmax's Jacobian, s(1 - s)."""
    yield mul(head.up(view), mul(head.s, sub(ONE, head.s)))


def one_minus(head: Head, _: Expr, view: View) -> Iterator[Expr]:
    """1 - s in place of the Jacobian."""
    yield mul(head.up(view), sub(ONE, head.s))


def extra(head: Head, right: Expr, view: View) -> Iterator[Expr]:
    """A slope s(1 - s) on top of the short form s - t."""
    if _has_entropy(head, view):
        yield mul(right, mul(head.s, sub(ONE, head.s)))


def skipped(head: Head, _: Expr, view: View) -> Iterator[Expr]:
    """dL/ds handed on; and plainly s - t, where the loss has no 1/2."""
    if _has_entropy(head, view):
        return
    up = head.up(view)
    yield up
    target = target_of(head.output, view)
    if target is not None and up.op == "name":
        plain = div(sub(head.s, target), num(mean_over(head.output, view)))
        if key(plain) != key(view.by_name[str(up.value)].rule):
            yield plain


def _has_entropy(head: Head, view: View) -> bool:
    return any(is_cross_entropy(view, s) for s in head.outputs)


def sign(_: Head, right: Expr, __: View) -> Iterator[Expr]:
    """The right rule turned round."""
    yield neg(right)


def target_index(head: Head, _: Expr, view: View) -> Iterator[Expr]:
    """s - t with another class taken for the target: the next one, and the one before."""
    if not _has_entropy(head, view):
        return
    count = mean_over(next(s for s in head.outputs if is_cross_entropy(view, s)), view)
    targets = [_shifted(head, by, view) for by in (-1, 1)]
    found = {key(t): t for t in targets if t is not None}
    for target in found.values():
        yield div(sub(head.s, target), num(count))


def _shifted(head: Head, by: int, view: View) -> Expr | None:
    """The target of the class ``by`` places further."""
    if head.through is None and view.shapes[head.output] == NUMBER:
        listed = _targets(head, view)
        return listed[(head.outputs.index(head.output) + by) % len(listed)] if listed else None
    target = target_of(head.output, view)
    return None if target is None else rolled(target, by, _in_rows(head, view), view)


def _targets(head: Head, view: View) -> list[Expr]:
    """The targets of a softmax written out; where the loss takes one logarithm, 1 for its class, else 0."""
    named = [target_of(s, view) for s in head.outputs]
    if None not in named:
        return [t for t in named if t is not None]
    whole = loss_rule(view)
    logged = (
        {n.args[0].value for n in walk(whole) if is_log(n) and n.args[0].op == "name"}
        if whole is not None
        else {}
    )
    picked = [s in logged for s in head.outputs]
    return [ONE if p else ZERO for p in picked] if picked.count(True) == 1 else []


def _in_rows(head: Head, view: View) -> bool:
    """Whether the classes stand beside each other."""
    rule = view.by_name[head.output].rule
    rows, columns = view.shapes[head.output]
    return rule.op == "T" if 1 not in (rows, columns) else rows == 1


def rolled(target: Expr, by: int, in_rows: bool, view: View) -> Expr:  # noqa: FBT001 - two ways to lie
    """Targets with the classes moved on in a circle."""
    rows, columns = view.sizes(target)
    classes = columns if in_rows else rows
    if target.op == "place" and isinstance(target.value, tuple):
        i, j = (int(v) for v in target.value)
        return target._replace(value=(i, (j - by) % classes) if in_rows else ((i - by) % classes, j))
    if 1 in (rows, columns):
        base = view.problem.index_base
        places = [(i + by) % classes + base for i in range(classes)]
        items = tuple(Expr("index", (target,), (base, p) if in_rows else (p,)) for p in places)
        return transpose(Expr("list", items)) if in_rows else Expr("list", items)
    turned = transpose(target) if in_rows else target
    cut = by % classes
    moved = call("concat", Expr("part", (turned,), (cut, classes - cut)), Expr("part", (turned,), (0, cut)))
    return transpose(moved) if in_rows else moved


def other_target(view: View) -> Iterator[Mapping[str, Expr]]:
    """The other class in everything that looks at the target, the loss itself as well."""
    for head in _heads(view):
        target = target_of(head.output, view)
        if target is None or not _has_entropy(head, view):
            continue
        if target.op != "name" or (head.through is None and len(head.outputs) > 1):
            continue
        other = {str(target.value): rolled(target, -1, _in_rows(head, view), view)}
        steps = [s for s in view.steps if str(target.value) in quantities(s.rule)]
        yield {s.name: substitute(s.rule, other) for s in steps}
