"""Wrong activations: ``act.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import ONE, Expr, add, call, div, neg, num, power
from grader.misconceptions.model import Example, Misconception

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[[str, Expr], Expr | None]

_NEURON = """
given: {x: 0.5, w: 0.8, b: 0.4}
equations: [z = w*x + b, a = sigmoid(z)]
"""
_E = Expr("const", (), "e")


def _in_activations(wrong: Wrong, *functions: str) -> Rewrite:
    """Replace f(z): ``wrong`` gets f and z. Without functions named, every activation but the identity."""

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        activation = view.activations.get(step.name)
        if activation is None or activation.function == "identity":
            return
        if functions and activation.function not in functions:
            return
        rule = wrong(activation.function, activation.argument)
        if rule is not None:
            yield rule

    return rewrite


def _logistic(base: Expr, exponent: Expr) -> Expr:
    return div(ONE, add(ONE, power(base, exponent)))


ACTIVATIONS: tuple[Misconception, ...] = (
    Misconception(
        "act.none",
        "activation forgotten",
        "The weighted sum is the neuron's output.",
        "{step} still needs its activation: put the weighted sum into f.",
        "f(z)",
        "z",
        _in_activations(lambda _, z: z),
        Example(_NEURON, "a", 0.689974, 0.8),
        coincides=("ReLU with z > 0",),
        twins=("act.relu_for_sigmoid", "fwd.z_for_a"),
        source=("https://github.com/ml4a/ml4a-demos/issues/1",),
    ),
    Misconception(
        "act.exp_sign",
        "sign of the exponent",
        "The sigmoid is 1/(1 + e^z).",
        "Look at the exponent in {step}: the sigmoid is 1/(1 + e^-z), and it grows with z.",
        "1/(1 + e^-z)",
        "1/(1 + e^z)",
        _in_activations(lambda _, z: call("sigmoid", neg(z)), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 0.310026),
        coincides=("z = 0",),
    ),
    Misconception(
        "act.misparenthesised",
        "1 + e raised together",
        "The power belongs to 1 + e.",
        "In {step} only e is raised to -z; the 1 is added afterwards.",
        "1/(1 + e^-z)",
        "1/(1 + e)^-z",
        _in_activations(lambda _, z: div(ONE, power(add(ONE, _E), neg(z))), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 2.859393),
        source=("https://extraproxies.com/missing-sign-in-derivative-of-sigmoid-function/",),
    ),
    Misconception(
        "act.tanh_for_sigmoid",
        "tanh in place of the sigmoid",
        "The squashing function is tanh.",
        "{step} uses the sigmoid, which stays between 0 and 1; you took tanh.",
        "sigmoid(z)",
        "tanh(z)",
        _in_activations(lambda _, z: call("tanh", z), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 0.664037),
    ),
    Misconception(
        "act.relu_for_sigmoid",
        "ReLU in place of the sigmoid",
        "Hidden units use ReLU.",
        "{step} uses the sigmoid; you took ReLU.",
        "sigmoid(z)",
        "relu(z)",
        _in_activations(lambda _, z: call("relu", z), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 0.8),
        twins=("act.none",),
    ),
    Misconception(
        "act.base10",
        "power of ten instead of e",
        "exp on the calculator is a power of ten.",
        "In {step} the base is e = 2.718..., not 10.",
        "1/(1 + e^-z)",
        "1/(1 + 10^-z)",
        _in_activations(lambda _, z: _logistic(num(10), neg(z)), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 0.863193),
        coincides=("z = 0",),
    ),
    Misconception(
        "act.twice",
        "activation applied twice",
        "The output of the layer goes through f again.",
        "In {step} the activation is applied once: f(z) is the result.",
        "f(z)",
        "f(f(z))",
        _in_activations(
            lambda f, z: None if f in ("relu", "step", "softmax") else call(f, call(f, z)),
        ),
        Example(_NEURON, "a", 0.689974, 0.665961),
    ),
    Misconception(
        "act.step",
        "hard threshold",
        "A neuron fires or does not: 1 or 0.",
        "{step} is a sigmoid: its value lies strictly between 0 and 1.",
        "sigmoid(z)",
        "step(z)",
        _in_activations(lambda _, z: call("step", z), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 1.0),
    ),
)
