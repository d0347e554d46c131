"""Wrong activations: ``act.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import ONE, Expr, add, call, div, key, neg, num, power, transform, walk
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.roles import activation_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.model import Rewrite
    from grader.misconceptions.view import View

    Wrong = Callable[[Expr, Expr], Expr | None]

_NEURON = """
given: {x: 0.5, w: 0.8, b: 0.4}
equations: [z = w*x + b, a = sigmoid(z)]
"""
_E = Expr("const", (), "e")


def _in_activations(wrong: Wrong, *functions: str) -> Rewrite:
    """Replace f(z): ``wrong`` gets z and f(z). Without functions named, every activation but the identity."""

    def put(function: str, z: Expr, whole: Expr) -> Expr | None:
        applies = function in functions if functions else function != "identity"
        return wrong(z, whole) if applies else None

    def inside(node: Expr) -> Expr | None:
        """e^u and steps stand in rules for other reasons, too."""
        applied = activation_in(node) if node.op != "T" else None
        return None if applied is None or applied[0] in ("exp", "step") else put(*applied, node)

    def rewrite(step: Step, view: View) -> Iterator[Expr]:
        activation = view.activations.get(step.name)
        if activation is not None:
            rule = put(activation.function, activation.argument, step.rule)
            if rule is not None:
                yield rule
        elif step.phase == "forward":
            yield transform(step.rule, inside)

    return rewrite


def _logistic(base: Expr, exponent: Expr) -> Expr:
    return div(ONE, add(ONE, power(base, exponent)))


def _twice(z: Expr, whole: Expr) -> Expr | None:
    """f(f(z)), where that is another number."""
    if any(n.op == "call" and n.value in ("relu", "step") for n in walk(whole)):
        return None
    own = key(z)
    return transform(whole, lambda node: whole if key(node) == own else None)


ACTIVATIONS: tuple[Misconception, ...] = (
    Misconception(
        "act.none",
        "activation forgotten",
        "The weighted sum is the neuron's output.",
        "{step} still needs its activation: put the weighted sum into f.",
        "f(z)",
        "z",
        _in_activations(lambda z, _: z),
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
        _in_activations(lambda z, _: call("sigmoid", neg(z)), "sigmoid"),
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
        _in_activations(lambda z, _: div(ONE, power(add(ONE, _E), neg(z))), "sigmoid"),
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
        _in_activations(lambda z, _: call("tanh", z), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 0.664037),
    ),
    Misconception(
        "act.relu_for_sigmoid",
        "ReLU in place of the sigmoid",
        "Hidden units use ReLU.",
        "{step} uses the sigmoid; you took ReLU.",
        "sigmoid(z)",
        "relu(z)",
        _in_activations(lambda z, _: call("relu", z), "sigmoid"),
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
        _in_activations(lambda z, _: _logistic(num(10), neg(z)), "sigmoid"),
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
        _in_activations(_twice),
        Example(_NEURON, "a", 0.689974, 0.665961),
    ),
    Misconception(
        "act.step",
        "hard threshold",
        "A neuron fires or does not: 1 or 0.",
        "{step} is a sigmoid: its value lies strictly between 0 and 1.",
        "sigmoid(z)",
        "step(z)",
        _in_activations(lambda z, _: call("step", z), "sigmoid"),
        Example(_NEURON, "a", 0.689974, 1.0),
    ),
)
