"""Wrong derivatives of activations: ``der.*``. They range over every activation of the function table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import ONE, Expr, call, key, mul, name, neg, power, sub, transform
from grader.language.tree import num as number
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.view import is_slope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Slope = Callable[[str, Expr, Expr | None], Expr | None]

_SIGMOID_NEURON = """
given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, yhat = sigmoid(z2), L = 1/2*(yhat - y)^2]
"""


def slopes(wrong: Slope, *functions: str) -> Rewrite:
    """Replace every f'(u) in a gradient: ``wrong`` gets f, u and the quantity that holds f(u), if any."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        if step.phase != "backward":
            return

        def change(node: Expr) -> Expr | None:
            if node.op != "call" or not is_slope(str(node.value)):
                return None
            function = str(node.value)[:-1]
            if functions and function not in functions:
                return None
            held = view.output_of.get(key(Expr("call", node.args, function)))
            return wrong(function, node.args[0], None if held is None else name(held))

        yield transform(step.rule, change)

    return rewrite


def _of_output(function: str, _: Expr, a: Expr | None) -> Expr | None:
    return None if a is None else call(function + "'", a)


DERIVATIVES: tuple[Misconception, ...] = (
    Misconception(
        "der.double",
        "activation applied twice in its derivative",
        "In f'(z) I put a = f(z), so I compute f'(a).",
        "In {step} the slope is taken at a, which is f(z) already: take f'(z), for the sigmoid a(1 - a).",
        "da*f'(z)",
        "da*f'(a)",
        slopes(_of_output),
        Example(_SIGMOID_NEURON, "dL/dz2", -0.0948899, -0.0900962),
        source=("https://github.com/mnielsen/neural-networks-and-deep-learning/issues/77",),
    ),
    Misconception(
        "der.minus",
        "derivative with the wrong sign",
        "The quotient rule gives me a minus: f' = -a(1 - a).",
        "The slope in {step} has the wrong sign: the two minus signs of the quotient rule cancel.",
        "da*f'(z)",
        "-da*f'(z)",
        slopes(lambda f, u, _: neg(call(f + "'", u))),
        twins=("dy.sign",),
    ),
    Misconception(
        "der.squared",
        "derivative multiplied in twice",
        "Both the delta and the chain rule bring f', so I multiply by it twice.",
        "The slope stands in {step} twice: each activation on the path contributes f'(z) once.",
        "da*f'(z)",
        "da*f'(z)^2",
        slopes(lambda f, u, _: power(call(f + "'", u), number(2))),
    ),
    Misconception(
        "der.z_form",
        "z(1 - z) for the sigmoid's derivative",
        "The derivative of the sigmoid is z(1 - z).",
        "In {step} put the activation into a(1 - a), not the pre-activation z.",
        "da*a*(1 - a)",
        "da*z*(1 - z)",
        slopes(lambda _, u, __: mul(u, sub(ONE, u)), "sigmoid"),
    ),
)
