"""Wrong derivatives of activations: ``der.*``. They range over every activation of the function table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.differentiate import slope_from_output
from grader.language.functions import FUNCTIONS
from grader.language.shapes import infer_shape
from grader.language.tree import ONE, Expr, add, mul, name, neg, num, power, quantities, sub
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.slopes import error, in_products, in_slopes, no_slope

if TYPE_CHECKING:
    from grader.misconceptions.slopes import Slope
    from grader.misconceptions.view import View

TWO = num(2)

_SIGMOID = """
given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2}
equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1 + b2, yhat = sigmoid(z2), L = 1/2*(yhat - y)^2]
"""
_TANH = """
given: {x: 0.5, y: 0.3, w1: 0.8, b1: 0.3, w2: 0.4, b2: 0.2}
equations: [z1 = w1*x + b1, a1 = tanh(z1), yhat = w2*a1 + b2, L = 1/2*(yhat - y)^2]
"""


def _of_output(slope: Slope, _: View) -> list[Expr]:
    return [slope.node._replace(args=(slope.output, *slope.args[1:]))]


def _from_argument(slope: Slope, _: View) -> list[Expr]:
    """The formula in terms of a, with z put in."""
    wrong = slope_from_output(slope.function, slope.argument, slope.args[1:])
    return [] if wrong is None or not quantities(wrong) else [wrong]


def _none(slope: Slope, view: View) -> list[Expr]:
    return [no_slope(slope, view)]


def _is_output(slope: Slope, _: View) -> list[Expr]:
    return [] if slope.function in ("exp", "relu") else [slope.output]


def _error_form(slope: Slope, up: Expr, view: View) -> list[Expr]:
    held = str(slope.output.value) if slope.output.op == "name" else ""
    if not slope.last or up != name(view.gradient(held)):
        return []
    e = error(held, view)
    wrong = None if e is None else slope_from_output(slope.function, e, slope.args[1:])
    return [] if wrong is None or not quantities(wrong) else [wrong]


def _other_layer(slope: Slope, view: View) -> list[Expr]:
    """The slopes of all activations in other layers that fit into this one's place."""
    base = view.problem.index_base
    size = infer_shape(slope.argument, view.shapes, base)
    own = _level(slope.argument, view)
    found = []
    for activation in view.activations.values():
        fits = infer_shape(activation.argument, view.shapes, base) == size
        differentiable = activation.function + "'" in FUNCTIONS and activation.function != "softmax"
        if fits and differentiable and _level(activation.argument, view) != own:
            rule = view.by_name[activation.name].rule
            if rule.op == "call":
                found.append(Expr("call", rule.args, activation.function + "'"))
    return found


def _level(expr: Expr, view: View) -> int:
    return max((view.links.level.get(n, 0) for n in quantities(expr)), default=0)


def _sign_lost(slope: Slope, _: View) -> list[Expr]:
    """The slope turned round; for the sigmoid also with the sign inside it turned."""
    inside = [mul(slope.output, add(ONE, slope.output))] if slope.function == "sigmoid" else []
    return [neg(slope.node), *inside]


def _squared(slope: Slope, _: View) -> list[Expr]:
    return [power(slope.node, TWO)] if slope.function != "relu" else []


DERIVATIVES: tuple[Misconception, ...] = (
    Misconception(
        "der.double",
        "activation applied twice in its derivative",
        "In f'(z) I put a = f(z), so I compute f'(a).",
        "In {step} the slope is taken at a, which is f(z) already: take f'(z), for the sigmoid a(1 - a).",
        "da*f'(z)",
        "da*f'(a)",
        in_slopes(lambda s, v: _of_output(s, v) if s.function != "tanh" else [], smooth=True, softmax=True),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.0906286),
        twins=("der.tanh_double",),
        source=(
            "https://ai.stackexchange.com/questions/38824/single-layer-perceptron-backpropagation-how-to-compute-affect-of-the-net-value",
            "https://github.com/dwhitena/gophernet/issues/6",
            "https://github.com/infostreams/neural-network/issues/1",
            "https://github.com/tsoding/nn.h/issues/18",
            "https://github.com/benoitfragit/libBrain/issues/78",
            "https://thearchivebase.com/question/im-creating-a-neural-network-using-the-backpropagation-technique-for-learning-i-understand-we/",
        ),
    ),
    Misconception(
        "der.z_form",
        "z put into the formula for a",
        "The derivative of the sigmoid is z(1 - z).",
        "In {step} the factor a(1 - a) wants the activation, the number behind the sigmoid, and got the"
        " number in front of it.",
        "da*a*(1 - a)",
        "da*z*(1 - z)",
        in_slopes(lambda s, v: _from_argument(s, v) if s.function != "tanh" else [], smooth=True),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.0965911),
        twins=("der.tanh_z",),
    ),
    Misconception(
        "der.none_out",
        "slope left out at the output",
        "At the output dL/dz is dL/dyhat: the error goes in as it is.",
        "In {step} the way from yhat back to z is missing: the loss reaches z through the output's"
        " activation, so its slope is a factor.",
        "dyhat*f'(z)",
        "dyhat",
        in_slopes(lambda s, v: _none(s, v) if s.last else []),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.396533),
        coincides=("the output has no activation",),
        twins=("dy.se_with_ce",),
        source=(
            "https://github.com/jiexunsee/Neural-Network-with-Python/issues/1",
            "https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3",
        ),
    ),
    Misconception(
        "der.none_hidden",
        "slope left out at a hidden layer",
        "In a hidden layer dL/dz is dL/da.",
        "In {step} you stopped at the activation. One more factor leads from a back to z, the slope of the"
        " activation there.",
        "da*f'(z)",
        "da",
        in_slopes(lambda s, v: [] if s.last else _none(s, v)),
        Example(_SIGMOID, "dL/dz1", -0.00939455, -0.0379552),
        coincides=("ReLU with z > 0",),
        twins=("der.relu_all_pass",),
        source=(
            "https://github.com/iamtrask/Grokking-Deep-Learning/issues/50",
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/88",
            "https://github.com/ujjwalkarn/Machine-Learning-Tutorials/pull/16",
        ),
    ),
    Misconception(
        "der.is_a",
        "derivative taken for the function itself",
        "The derivative of the sigmoid is the sigmoid.",
        "In {step} the slope is only half written: a(1 - a) has a second factor, which makes it small"
        " where the sigmoid is flat.",
        "da*a*(1 - a)",
        "da*a",
        in_slopes(_is_output),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.239295),
        source=("seen in a student's answer",),
    ),
    Misconception(
        "der.minus",
        "derivative with the wrong sign",
        "The quotient rule gives me a minus, f' = -a(1 - a), or a plus inside, a(1 + a).",
        "A sign in the slope in {step} is wrong: the two minus signs of the quotient rule cancel, and for the"
        " sigmoid a(1 - a) is left.",
        "da*f'(z)",
        "-da*f'(z)",
        in_slopes(_sign_lost),
        Example(_SIGMOID, "dL/dz2", -0.0948881, 0.0948881),
        twins=("dy.sign",),
        source=("https://extraproxies.com/missing-sign-in-derivative-of-sigmoid-function/",),
    ),
    Misconception(
        "der.tanh_on_sigmoid",
        "tanh's derivative for a sigmoid",
        "The derivative of the activation is 1 - a^2, which is (1 - a)(1 + a).",
        "In {step} the neuron is a sigmoid, and 1 - a^2 is how tanh rises. Look which activation this"
        " layer has, then take a(1 - a).",
        "da*a*(1 - a)",
        "da*(1 - a^2)",
        in_slopes(lambda s, _: [sub(ONE, power(s.output, TWO))], "sigmoid"),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.252126),
        source=("seen in a student's answer", "https://github.com/Jeraldy/deeplearning"),
    ),
    Misconception(
        "der.sigmoid_on_tanh",
        "the sigmoid's derivative for tanh",
        "The derivative of the activation is a(1 - a).",
        "In {step} the neuron is a tanh, and a(1 - a) is how the sigmoid rises. Look which activation this"
        " layer has, then take 1 - a^2.",
        "da*(1 - a^2)",
        "da*a*(1 - a)",
        in_slopes(lambda s, _: [mul(s.output, sub(ONE, s.output))], "tanh"),
        Example(_TANH, "dL/dz1", 0.035989, 0.0135571),
        source=("https://github.com/jeffheaton/encog-dotnet-core/issues/124",),
    ),
    Misconception(
        "der.tanh_z",
        "z put into 1 - a^2",
        "The derivative of tanh is 1 - z^2.",
        "In {step} square the activation tanh(z), not z: 1 - a^2 is never below 0, and yours may be.",
        "da*(1 - a^2)",
        "da*(1 - z^2)",
        in_slopes(_from_argument, "tanh"),
        Example(_TANH, "dL/dz1", 0.035989, 0.0289164),
        coincides=("z = 0",),
        source=("https://github.com/lazyprogrammer/facial-expression-recognition/issues/2",),
    ),
    Misconception(
        "der.tanh_double",
        "tanh applied twice in its derivative",
        "tanh' is 1 - tanh^2, so I compute 1 - tanh(a)^2.",
        "In {step} tanh was applied already when a was computed: square a as it is and take it from 1.",
        "da*(1 - a^2)",
        "da*(1 - tanh(a)^2)",
        in_slopes(_of_output, "tanh"),
        Example(_TANH, "dL/dz1", 0.035989, 0.0401563),
        coincides=("z = 0",),
        twins=("der.double",),
        source=(
            "https://github.com/davidrmiller/neural2d/issues/40",
            "https://github.com/infostreams/neural-network/issues/1",
        ),
    ),
    Misconception(
        "der.tanh_formula",
        "tanh's derivative misremembered",
        "The derivative of tanh is 1 + tanh^2, as for tan.",
        "In {step} check the formula at z = 0 and far out: tanh rises with slope 1 and flattens to 0, so"
        " its slope is 1 - a^2.",
        "da*(1 - a^2)",
        "da*(1 + a^2)",
        in_slopes(lambda s, _: [add(ONE, power(s.output, TWO)), neg(power(s.output, TWO))], "tanh"),
        Example(_TANH, "dL/dz1", 0.035989, 0.0774087),
        coincides=("z = 0",),
        source=(
            "https://github.com/scutan90/DeepLearning-500-questions/issues/544",
            "https://github.com/nicodjimenez/lstm/issues/41",
        ),
    ),
    Misconception(
        "der.err_form",
        "error put into a(1 - a)",
        "dL/dz at the output is e(1 - e), where e is the error.",
        "In {step} two things were mixed: the error is one factor, the slope yhat(1 - yhat) is the other.",
        "(yhat - y)*yhat*(1 - yhat)",
        "(yhat - y)*(1 - (yhat - y))",
        in_products(_error_form, "sigmoid", "tanh"),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.553771),
        source=(
            "https://datascience.stackexchange.com/questions/20139/gradients-for-bias-terms-in-backpropagation",
        ),
    ),
    Misconception(
        "der.other_layer",
        "another layer's slope",
        "The slope of the output goes into the hidden layer, too.",
        "In {step} the slope belongs to another layer. Each layer brings its own: build it from the z or a"
        " of the neuron you are passing through.",
        "da*f'(z)",
        "da*f'(z of another layer)",
        in_slopes(_other_layer),
        Example(_SIGMOID, "dL/dz1", -0.00939455, -0.00908248, ("dL/dz1",)),
        source=("https://github.com/unda-ml/unda/issues/1",),
    ),
    Misconception(
        "der.squared",
        "derivative multiplied in twice",
        "Both the delta and the chain rule bring f', so I multiply by it twice.",
        "The slope stands in {step} twice: each activation on the path contributes f'(z) once.",
        "da*f'(z)",
        "da*f'(z)^2",
        in_slopes(_squared),
        Example(_SIGMOID, "dL/dz2", -0.0948881, -0.0227062),
    ),
)
