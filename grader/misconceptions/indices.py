"""Indices exchanged, ``idx.*``, and what symbols hide, ``sym.*``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.language.shapes import NUMBER
from grader.language.tree import Expr, name, neg, substitute, transform, transpose
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import brought_forward
from grader.misconceptions.slopes import in_slopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.slopes import Slope
    from grader.misconceptions.view import View

_TWO_INDICES = re.compile(r"^(.*?)_?(\d)[_,]?(\d)$")

_WRITTEN_OUT = """
given: {x1: 0.5, x2: -1.2, y: 0.3, w11: 0.8, w12: 0.3, w21: 0.6, w22: -0.9, v1: 0.4, v2: -0.7}
equations: [z1 = w11*x1 + w12*x2, z2 = w21*x1 + w22*x2, a1 = tanh(z1), a2 = tanh(z2),
            yhat = v1*a1 + v2*a2, L = 1/2*(yhat - y)^2]
"""
_HIDDEN = """
given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, yhat = sigmoid(z2), L = 1/2*(yhat - y)^2]
"""


def exchanged(view: View) -> dict[str, str]:
    """Weights that are numbers -> the weight with the two indices exchanged.

    By their names, w12 and w21; where names tell nothing, by their places in a layer written out.
    """
    numbers = {link.parameter for link in view.links.all if view.shapes[link.parameter] == NUMBER}
    found = {}
    for own in numbers:
        match = _TWO_INDICES.match(own)
        other = (
            own[: match.start(2)] + match[3] + own[match.end(2) : match.start(3)] + match[2] if match else own
        )
        if other in numbers and other != own:
            found[own] = other
    if found or any(_TWO_INDICES.match(n) for n in numbers):
        return found
    for link in view.links.all:
        partner = view.links.partner(link)
        if partner is not None and partner.is_scalar:
            found[link.parameter] = partner.parameter
    return {n: other for n, other in found.items() if found.get(other) == n}


def square_weights(view: View) -> set[str]:
    """Weight matrices with as many rows as columns."""
    weights = {link.parameter for link in view.links.all}
    return {n for n in weights if view.shapes[n][0] == view.shapes[n][1] > 1}


def _swapped(step: Step, view: View) -> Iterator[Expr]:
    if step.phase == "update" or step.name in view.loss_steps:
        return
    pairs, square = exchanged(view), square_weights(view)
    by = view.by(step)
    rule = step.rule
    if by in pairs:
        other = view.by_name.get(view.gradient(pairs[by]))
        if other is None:
            return
        rule = other.rule
    put = {n: name(other) for n, other in pairs.items()} | {n: transpose(name(n)) for n in square}
    rule = _straight(substitute(rule, put))
    if by in square:
        rule = _straight(transpose(rule))
    yield brought_forward(step, rule, view)


def _straight(rule: Expr) -> Expr:
    """Two transposes in a row left out, and elements of transposes taken from the matrix itself."""

    def change(node: Expr) -> Expr | None:
        if node.op == "T" and node.args[0].op == "T":
            return _straight(node.args[0].args[0])
        if node.op == "index" and node.args[0].op == "T" and isinstance(node.value, tuple):
            return node._replace(
                args=(node.args[0].args[0],), value=(int(node.value[-1]), int(node.value[0]))
            )
        return None

    return transform(rule, change)


def _without_bias(slope: Slope, view: View) -> list[Expr]:
    """The slope taken where the bias has no say."""
    argument = slope.argument
    linear = view.linears.get(str(argument.value)) if argument.op == "name" else None
    if linear is None or linear.bias is None:
        return []
    bias = linear.bias.expr if linear.bias.negative else neg(linear.bias.expr)
    return [slope.node._replace(args=(Expr("sum", (argument, bias)), *slope.args[1:]))]


INDICES: tuple[Misconception, ...] = (
    Misconception(
        "idx.swap",
        "indices exchanged",
        "w_12 leads from neuron 1 to neuron 2 (where the course has it the other way round).",
        "In {step} the two indices of a weight were read in the other order. Check with one arrow of the"
        " drawing which comes first here, from or to.",
        "w_ji",
        "w_ij",
        _swapped,
        Example(_WRITTEN_OUT, "yhat", -0.600674, -0.713608),
        coincides=("W is symmetric",),
        twins=("fwd.W_transposed", "chain.W_not_T", "dW.transposed"),
        source=(
            "seen in a student's answer",
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/9",
        ),
    ),
    Misconception(
        "idx.wx_swapped",
        "input times weight instead of weight times input",
        "The order of w and x does not matter.",
        "In {step} the factors stand in the other order; the value is the same. Write the weight first, as"
        " the course does.",
        "W @ x + b",
        "x^T @ W^T + b",
        None,
        kind="convention",
        coincides=("always",),
        source=("https://github.com/udacity/sdc-issue-reports/issues/709",),
    ),
    Misconception(
        "sym.hidden_dependence",
        "dependence through z overlooked",
        "The expression has no b in it, so it does not depend on b.",
        "In {step} the bias is inside z. Write z out once: whatever moves z moves f'(z) with it.",
        "f'(z)",
        "f'(z - b)",
        in_slopes(_without_bias),
        Example(_HIDDEN, "dL/dz2", -0.0948881, -0.097944),
        coincides=("b = 0",),
        source=("seen in a student's answer",),
    ),
)
