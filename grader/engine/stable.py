"""Cross-entropy of saturated outputs: other rules with the same value, where the textbook's own overflow.

With ``yhat = sigmoid(z)`` far out, ``yhat`` is 0 or 1, ``ln(yhat)`` or ``ln(1 - yhat)`` is infinite, and
the chain ``dL/dyhat * sigmoid'(z)`` is infinity times 0; next to 1 the difference ``1 - yhat`` has lost its
digits. So each ``ln`` of an output is looked through: ``d ln(yhat)/dz = 1 - yhat`` and ``d ln(1 - yhat)/dz =
-yhat``, which together are the well-known ``yhat - y``, whatever sums, means and factors stand around them;
for softmax likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine.steps import Stable
from grader.language.differentiate import backward
from grader.language.functions import COLUMNS, ROWS
from grader.language.logs import NEAR_ONE, squashing, steady, with_logs
from grader.language.program import Program
from grader.language.tree import (
    ONE,
    Expr,
    add,
    call,
    mul,
    name,
    sub,
    substitute,
    transform,
    transpose,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from grader.engine.steps import Step
    from grader.language.shapes import Shape

    Array = NDArray[np.float64]

# Stand for ln(yhat) and ln(1 - yhat) while a rule is differentiated by them.
_LOG, _LOG_REST = "#ln", "#ln1"


def stable_value(rule: Expr, rules: Mapping[str, Expr]) -> Stable | None:
    """The rule with logarithms of outputs computed from ``z``, or None where it has none such."""
    changed, outputs = steady(rule, rules)
    return Stable(changed, outputs) if outputs else None


def stable_quotients(rule: Expr, output: str) -> Stable:
    """The derivative by an output: infinities stay, but 0/0 counts 0 (a target of 0 takes no part)."""

    def change(node: Expr) -> Expr | None:
        if node.op != "div":
            return None
        above, below = (transform(a, change) for a in node.args)
        return Expr("div", (above, call("#one_if_zero", below, above)))

    return Stable(transform(rule, change), (output,))


def slope_through_logs(
    output: str,
    rule: Expr,
    users: Mapping[str, tuple[Expr, Expr]],
    shapes: Mapping[str, Shape],
    base: int,
) -> tuple[Expr, Expr]:
    """The derivative by the argument of an output through its logarithms, and by the output through all else.

    Args:
        output: the quantity that squashes.
        rule: its rule, ``sigmoid(u)`` or ``softmax(u)``, or that transposed.
        users: of each equation that uses it, the rule and the derivative of what is differentiated by it.
        shapes: sizes of all quantities.
        base: the smallest index.
    """
    squash = squashing(rule) or rule
    size = shapes[output]
    known = {**shapes, _LOG: size, _LOG_REST: size}
    rest = name(_LOG_REST) if squash.value == "sigmoid" else None
    alike = {_LOG: name(output), _LOG_REST: name(output)}
    log: list[Expr] = []
    log_rest: list[Expr] = []
    other: list[Expr] = []
    for text, up in users.values():
        through = with_logs(text, output, name(_LOG), rest, keep=False)
        found = backward(through, up, frozenset({output, _LOG, _LOG_REST}), known, base)
        log += found.get(_LOG, [])
        log_rest += found.get(_LOG_REST, [])
        other += found.get(output, [])
    # The stand-ins were differentiated by; where a rule asks for their size, the output has it too.
    by_log, by_rest, by_output = (substitute(add(*terms), alike) for terms in (log, log_rest, other))
    out = name(output)
    if rule.op == "T":
        out, by_log, by_rest = transpose(out), transpose(by_log), transpose(by_rest)
    if squash.value == "sigmoid":
        by_argument = sub(mul(by_log, sub(ONE, out)), mul(by_rest, out))
    else:
        rows = size[1] if rule.op == "T" else size[0]
        total = call("sum_columns" if rows == 1 else "sum_rows", by_log)
        by_argument = sub(by_log, mul(out, total))
    return by_argument, by_output


def guard(program: Program, step: Step) -> None:
    """Let a compiled step take its stable rule where its own has failed."""
    stable = step.stable
    if stable is None:
        return
    inner = Program(program.shapes, program.at_zero, program.base)
    result = inner.compile(stable.rule)
    used = tuple(inner.slots)
    count = len(stable.outputs)
    alike = all(program.shapes[n] == step.shape for n in stable.outputs)

    def make(*, bounds: bool) -> Callable[..., Array]:
        linked = inner.link(bounds=bounds)

        def guarded(plain: Array, *values: Array) -> Array:
            if all(output.max() <= 1 - NEAR_ONE for output in values[:count]) and np.isfinite(plain).all():
                return plain
            slots = linked.start({inner.slots[n]: v for n, v in zip(used, values[count:], strict=True)})
            linked.run(slots)
            near = np.zeros_like(plain, dtype=bool)
            for output in values[:count]:
                close = output > 1 - NEAR_ONE
                near = near | (close if alike else close.any(axis=(ROWS, COLUMNS), keepdims=True))
            return _mended(plain, np.asarray(slots[result]), near, bounds=bounds)

        return guarded

    sources = [program.slot(n) for n in (step.name, *stable.outputs, *used)]
    program.slots[step.name] = program.apply(make, tuple(sources), step.shape)


def _mended(plain: Array, stable: Array, near: NDArray[np.bool_], *, bounds: bool) -> Array:
    """The plain values, with the stable ones where those are not finite or ``near`` says so."""
    if not bounds:
        return np.where(near | ~np.isfinite(plain), stable, plain)
    failed = ~np.isfinite(plain).all(axis=0) | near.any(axis=0)
    middle = np.where(near[0] | ~np.isfinite(plain[0]), stable[0], plain[0])
    # A value that was good stays: what honest rounding allows then reaches from it to the stable bounds.
    low = np.where(failed, np.minimum(stable[-2:][0], middle), plain[-2:][0])
    high = np.where(failed, np.maximum(stable[-1], middle), plain[-1])
    return np.stack(np.broadcast_arrays(middle, low, high))
