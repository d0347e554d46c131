"""Wrong training steps: ``upd.*``, for weights and biases alike, and ``opt.*``, the optimizers' lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import (
    ONE,
    Expr,
    mul,
    name,
    neg,
    num,
    power,
    quantities,
)
from grader.misconceptions.chain import CHAIN_NETWORK
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.update_rewrites import (
    delta_for_gradient,
    in_step,
    kept,
    other_momentum,
    rate,
    rate_twice,
    step_only,
    uncorrected,
    without_power,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    StepTerm = Callable[[Expr, str], Expr]

MOMENTUM = CHAIN_NETWORK.replace(
    "train: {", 'train: {update: ["v = 0.9*v + eta*g", "w = w - v"], state: {v: {w2: 0.3}}, '
)
ADAM = CHAIN_NETWORK.replace("train: {", "train: {optimizer: adam, ")
_SMOOTHED = CHAIN_NETWORK.replace(
    "train: {", 'train: {update: ["v = 0.9*v + (1 - 0.9)*g", "w = w - eta*v"], state: {v: {w2: 0.3}}, '
)


UPDATES: tuple[Misconception, ...] = (
    Misconception(
        "upd.plus",
        "gradient added in the update",
        "The new weight is the old one plus eta times the gradient.",
        "In {step} you went uphill: the gradient points to where the loss grows, and training goes the"
        " other way.",
        "w - eta*g",
        "w + eta*g",
        in_step(lambda t, _: neg(t)),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.373914),
        twins=("dy.sign",),
        source=(
            "https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/66",
            "https://github.com/udacity/deep-learning/issues/285",
            "https://jamesmccaffrey.wordpress.com/2017/07/03/neural-network-error-output-minus-target-or-target-minus-output/",
        ),
    ),
    Misconception(
        "upd.no_eta",
        "learning rate left out",
        "The new weight is the old one minus the gradient.",
        "In {step} the whole gradient was taken off. The learning rate says how much of it a step goes.",
        "w - eta*g",
        "w - g",
        rate(lambda _: ONE),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.452173),
        coincides=("eta = 1",),
        twins=("dy.extra_two",),
    ),
    Misconception(
        "upd.step_only",
        "only the step written",
        "The new weight is -eta times the gradient.",
        "In {step} stands how far the weight moves. Where it arrives is the old weight plus that.",
        "w - eta*g",
        "-eta*g",
        step_only,
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.0260863),
        coincides=("w = 0",),
    ),
    Misconception(
        "upd.times_w",
        "step scaled by the weight",
        "The weight changes by eta times the gradient times the weight.",
        "In {step} the weight came in as a factor of its own step: a step is learning rate times gradient,"
        " so a weight near 0 can still move.",
        "w - eta*g",
        "w - eta*w*g",
        in_step(lambda t, w: mul(t, name(w)) if w not in quantities(t) else t),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.410435),
        coincides=("w = 1",),
        source=("https://huggingface.co/datasets/nvidia/Nemotron-CC-Math-v1",),
    ),
    Misconception(
        "upd.delta_for_grad",
        "delta instead of the gradient in the update",
        "The weight changes by eta times delta.",
        "In {step} the step was made with dL/dz. A weight's own gradient is that times its input.",
        "w - eta*dL/dz*x",
        "w - eta*dL/dz",
        delta_for_gradient,
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.447444),
        coincides=("the input is 1",),
        twins=("dW.no_input",),
        source=(
            "http://stackoverflow.com/questions/12558517/questions-about-the-backpropogation-algorithm/12567043",
        ),
    ),
    Misconception(
        "upd.eta_twice",
        "learning rate used twice",
        "Delta has eta in it, and the step is eta times the gradient.",
        "In {step} the learning rate shrinks the step twice. Keep it out of the gradients and use it in"
        " the update alone.",
        "w - eta*g",
        "w - eta^2*g",
        rate(lambda rate: power(rate, num(2))),
        Example(CHAIN_NETWORK, "new(w2)", 0.426086, 0.413043),
        coincides=("eta = 1",),
    ),
    Misconception(
        "upd.bias_kept",
        "bias not updated",
        "Training changes the weights; the biases stay.",
        "In {step} the bias is still the old one. It has a gradient, too, and is moved by the same rule as"
        " the weights.",
        "b - eta*g",
        "b",
        kept,
        Example(CHAIN_NETWORK, "new(b2)", 0.247444, 0.2),
        coincides=("delta = 0",),
        twins=("db.zero",),
        source=("https://github.com/mattm/simple-neural-network/pull/10",),
    ),
    Misconception(
        "upd.wrong_start",
        "step taken from another weight",
        "I took the value of the weight beside it.",
        "In {step} the step is right, but it starts from another weight's value: look up the old value of"
        " this one.",
        "w - eta*g",
        "another w - eta*g",
        None,
        kind="slip",
        coincides=("both weights are equal",),
        source=("seen in a student's answer",),
    ),
    Misconception(
        "opt.adam_no_correction",
        "Adam without bias correction",
        "The step is m/sqrt(v).",
        "In {step} the two averages went in as they are. They start at 0 and are too small at first, so"
        " divide each by 1 - beta^t.",
        "m/(1 - beta1^t)",
        "m",
        uncorrected,
        Example(ADAM, "new(w2)", 0.9, 1.98113),
        coincides=("t is large",),
        source=("https://github.com/BVLC/caffe/issues/4224", "https://github.com/oxiglade/mlx-rs/issues/301"),
    ),
    Misconception(
        "opt.adam_no_power",
        "Adam's correction without the power",
        "The correction divides by 1 - beta.",
        "In {step} count the steps: in step t the correction divides by 1 - beta^t, which comes nearer to"
        " 1 from step to step.",
        "m/(1 - beta1^t)",
        "m/(1 - beta1)",
        without_power,
        Example(ADAM, "new(w2, 2)", 1.36084, 1.5193),
        coincides=("t = 1",),
        source=(
            "https://github.com/eriklindernoren/ML-From-Scratch/issues/35",
            "https://github.com/ufal/npfl114/pull/79",
        ),
    ),
    Misconception(
        "opt.momentum_no_1mb",
        "momentum with or without the factor 1 - beta",
        "Momentum is beta*v + g in one book and beta*v + (1 - beta)*g in another.",
        "In {step} the other usual form of momentum was used; this course's rule decides whether the"
        " gradient is multiplied by 1 - beta.",
        "beta*v + (1 - beta)*g",
        "beta*v + g",
        other_momentum,
        Example(_SMOOTHED, "new(w2)", 0.267609, 0.291086),
        kind="convention",
        source=("https://github.com/mbadry1/DeepLearning.ai-Summary/issues/171",),
    ),
    Misconception(
        "opt.momentum_lr_twice",
        "velocity scaled by the learning rate again",
        "Every step has eta in front, so it is eta times the velocity.",
        "In {step} the learning rate came in a second time: look at both lines of the rule and keep it"
        " where the rule has it.",
        "w - v",
        "w - eta*v",
        rate_twice,
        Example(MOMENTUM, "new(w2)", 0.156086, 0.278043),
        coincides=("eta = 1",),
        source=("https://github.com/BRML/climin/issues/29",),
    ),
)
