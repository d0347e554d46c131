"""Logarithms of outputs: ``ln(yhat)`` and ``ln(1 - yhat)`` where ``yhat`` is a sigmoid's or a softmax's.

Far out ``yhat`` is 0 or 1 to the last digit, and its logarithm infinite, while in terms of ``z`` it is an
ordinary number. These rules say where the logarithms stand in an expression, and compute them from ``z``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from grader.language.tree import Expr, call, div, is_num, neg, num, quantities, transform, transpose

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOGS = {"ln": 1.0, "log2": math.log(2), "log10": math.log(10)}
# Nearer to 1 than this, what is left of 1 - yhat has fewer than nine digits.
NEAR_ONE = 1e-7


def squashing(rule: Expr) -> Expr | None:
    """The call if a quantity is the direct output of a sigmoid or a softmax, maybe transposed, or None."""
    call_ = rule.args[0] if rule.op == "T" else rule
    return call_ if call_.op == "call" and call_.value in ("sigmoid", "softmax") else None


def steady(rule: Expr, rules: Mapping[str, Expr]) -> tuple[Expr, tuple[str, ...]]:
    """The rule with the logarithms of outputs taken from ``z`` where the output is 0 or 1.

    Args:
        rule: of a loss, or of any other equation.
        rules: of all quantities that are computed.

    Returns:
        The rule, and the outputs whose logarithms it takes.
    """
    found: list[str] = []
    for output in sorted(quantities(rule) & rules.keys()):
        squash = squashing(rules[output])
        if squash is None:
            continue
        log, rest = _logs_of(squash, turned=rules[output].op == "T")
        changed = with_logs(rule, output, log, rest, keep=True)
        if changed != rule:
            rule = changed
            found.append(output)
    return rule, tuple(found)


def _logs_of(squash: Expr, *, turned: bool) -> tuple[Expr, Expr | None]:
    """ln of a sigmoid's or softmax's output, and of 1 minus it, in terms of its argument."""
    u = transpose(squash.args[0]) if turned else squash.args[0]
    if squash.value == "sigmoid":
        return neg(call("softplus", neg(u))), neg(call("softplus", u))
    log = call("#log_softmax", squash.args[0])
    return transpose(log) if turned else log, None


def with_logs(rule: Expr, output: str, log: Expr, rest: Expr | None, *, keep: bool) -> Expr:
    """The rule with ``ln(output)`` and ``ln(1 - output)`` replaced, to whatever base.

    Args:
        rule: over base names.
        output: the name of the output.
        log: stands for the natural logarithm of the output, and is of its size.
        rest: stands for that of 1 minus the output, or None to leave it.
        keep: whether to replace them only where their argument is no longer good.
    """

    def change(node: Expr) -> Expr | None:
        if node.op != "call" or node.value not in _LOGS:
            return None
        whole, is_rest = _output_in(node.args[0], output)
        new = rest if is_rest else log
        if whole is None or new is None:
            return None
        if whole.op == "index":
            new = whole._replace(args=(new,))
        if keep:
            new = call("#ln_or", node.args[0], new, num(NEAR_ONE if is_rest else 0.0))
        return new if node.value == "ln" else div(new, num(_LOGS[str(node.value)]))

    return transform(rule, change)


def _output_in(argument: Expr, output: str) -> tuple[Expr | None, bool]:
    """The output, or the element of it, in ``yhat`` or ``1 - yhat``, and whether it is the latter."""
    is_rest = False
    if argument.op == "sum" and len(argument.args) == 2:
        one, other = sorted(argument.args, key=lambda part: part.op == "neg")
        if not is_num(one, 1.0) or other.op != "neg":
            return None, False
        argument, is_rest = other.args[0], True
    inner = argument.args[0] if argument.op == "index" else argument
    return (argument if inner.op == "name" and inner.value == output else None), is_rest
