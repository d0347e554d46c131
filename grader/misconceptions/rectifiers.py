"""Wrong derivatives of ReLU and its leaky form, ``der.relu_*`` and ``der.leaky_*``: what is let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import ONE, Expr, add, call, mul, num, sub
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.slopes import in_products, in_slopes, no_slope

if TYPE_CHECKING:
    from grader.misconceptions.slopes import Slope
    from grader.misconceptions.view import View

_LEAK = 0.01

_RELU = """
given: {x: [0.5, -1.2], y: -1.5, W: [[0.8, 0.3], [0.6, -0.9]], b: [-0.4, 0.2], w: [0.4, -0.7], c: 0.2}
equations: [z = W @ x + b, a = relu(z), yhat = w @ a + c, L = 1/2*(yhat - y)^2]
"""
_LEAKY = _RELU.replace("a = relu(z)", '"a = leaky_relu(z, 0.1)"')


def _none(slope: Slope, view: View) -> list[Expr]:
    return [no_slope(slope, view)]


def _leaky_overwritten(slope: Slope, up: Expr, _: View) -> list[Expr]:
    leak = slope.args[1] if len(slope.args) > 1 else num(_LEAK)
    above = call("relu'", slope.argument)
    return [add(mul(up, above), mul(leak, sub(ONE, above)))]


RECTIFIERS: tuple[Misconception, ...] = (
    Misconception(
        "der.relu_all_pass",
        "ReLU lets every gradient through",
        "The gradient passes where a >= 0, and a is never negative.",
        "In {step} look at z, not at a: where z is negative the unit is off and hands no gradient back.",
        "da*(z > 0)",
        "da",
        in_slopes(_none, "relu"),
        Example(_RELU, "dL/dz[1]", 0.0, 0.2376),
        coincides=("all z > 0",),
        twins=("der.none_hidden",),
        source=(
            "https://github.com/iamtrask/Grokking-Deep-Learning/issues/56",
            "https://github.com/iamtrask/Grokking-Deep-Learning/pull/13",
        ),
    ),
    Misconception(
        "der.relu_mask_grad",
        "negative gradients zeroed at ReLU",
        "ReLU zeroes what is negative, so going back I zero the negative gradients.",
        "In {step} the sign of z decides, not the sign of the gradient: a unit that was on hands back"
        " negative gradients, too.",
        "da*(z > 0)",
        "da*(da > 0)",
        in_products(lambda _, up, __: [mul(up, call("step", up))], "relu"),
        Example(_RELU, "dL/dz[1]", 0.0, 0.2376),
        coincides=("da > 0 exactly where z > 0",),
        source=("https://github.com/exacity/deeplearningbook-chinese/issues/127",),
    ),
    Misconception(
        "der.relu_overwrite",
        "0 or 1 instead of the gradient at ReLU",
        "Going back through ReLU gives 1 where z > 0 and 0 elsewhere.",
        "In {step} the 0 or 1 of ReLU is a factor: multiply the gradient that arrives by it.",
        "da*(z > 0)",
        "(z > 0)",
        in_products(lambda s, _, __: [s.node], "relu"),
        Example(_RELU, "dL/dz[2]", -0.4158, 1.0),
        source=("https://github.com/haifengl/smile/issues/528",),
    ),
    Misconception(
        "der.relu_value",
        "ReLU's derivative taken for ReLU",
        "The derivative of ReLU is ReLU.",
        "In {step} you multiplied by the value of ReLU. Its slope is 1 wherever z is positive, however"
        " large z is.",
        "da*(z > 0)",
        "da*relu(z)",
        in_slopes(lambda s, _: [s.output], "relu"),
        Example(_RELU, "dL/dz[2]", -0.4158, -0.656964),
        coincides=("z = 1 or z < 0",),
    ),
    Misconception(
        "der.leaky_overwrite",
        "leaky ReLU's slope without the gradient",
        "Where z is negative the gradient of leaky ReLU is its small slope.",
        "In {step} the small slope is a factor, too: where z is negative multiply the gradient that"
        " arrives by it.",
        "da*(1 or s)",
        "da or s",
        in_products(_leaky_overwritten, "leaky_relu"),
        Example(_LEAKY, "dL/dz[1]", 0.023184, 0.1),
        coincides=("all z > 0",),
        source=("https://github.com/SilasMarvin/dnns-from-scratch-in-zig/issues/5",),
    ),
)
