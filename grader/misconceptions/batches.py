"""Wrong ways of adding up and averaging over a batch: ``batch.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import Expr, add, div, key, mul, name, num, quantities
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import scale_of, terms, value_of
from grader.misconceptions.products import in_bias_gradients, in_weight_gradients
from grader.misconceptions.weights import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.links import Link
    from grader.misconceptions.roles import Linear
    from grader.misconceptions.view import View

MEAN = BATCH.replace("L = 1/2*sum((P - Y)^2)", "L = mean((P - Y)^2)")
_TWO_OUTPUTS = """
given: {X: [[0.5, -1.0, 0.8]], Y: [[0.2, 0.6, -0.1], [0.4, -0.3, 0.5]], W: [[0.4], [-0.6]], b: [0.1, 0.2],
        V: [[0.7, -0.2], [0.3, 0.9]], c: [0.1, -0.1]}
equations: [Z = W @ X + b, A = tanh(Z), P = V @ A + c, L = 1/2*sum((P - Y)^2)/3]
"""


def count(step: Step, view: View) -> tuple[int, int]:
    """How many examples, and how many outputs, a gradient is divided by where the mean comes in; or 1."""
    by = view.by(step)
    if by is None or by in view.parameters:
        return 1, 1
    for loss in view.loss_steps:
        rule = view.by_name[loss].rule
        if by not in quantities(rule):
            continue
        scale = scale_of(rule, lambda node: node.op == "name" and node.value == by, view)
        divisors = [] if scale is None else [value_of(e, view) for e in scale.below]
        examples, entries = view.examples, _entries(by, view)
        if examples == 1 and by in view.loss_steps:
            examples = entries = _listed(rule, by)
        if entries > examples > 1 and entries in divisors:
            return examples, entries // examples
        if examples > 1 and examples in divisors:
            return examples, 1
    return 1, 1


def _entries(quantity: str, view: View) -> int:
    rows, columns = view.shapes[quantity]
    return rows * columns


def _listed(rule: Expr, loss: str) -> int:
    """How many losses of single examples a sum lists, of which one is given."""
    if rule.op == "sum" and all(t.op == "name" for t in rule.args):
        return len(rule.args) if loss in quantities(rule) else 1
    return max((_listed(part, loss) for part in rule.args), default=1)


def _no_mean(step: Step, view: View) -> Iterator[Expr]:
    examples, outputs = count(step, view)
    if examples > 1:
        yield mul(num(examples), step.rule)
    if outputs > 1:
        yield mul(num(examples * outputs), step.rule)


def _wrong_count(step: Step, view: View) -> Iterator[Expr]:
    """Entries for examples, or examples for entries."""
    examples, outputs = count(step, view)
    if outputs > 1:
        yield mul(num(outputs), step.rule)
    elif examples > 1:
        others = _entries(view.by(step) or "", view) // examples
        if others > 1:
            yield div(step.rule, num(others))


def _averaged(view: View) -> bool:
    return any(count(step, view)[0] > 1 for step in view.steps if step.phase == "backward")


def _weight_averaged(link: Link, view: View) -> list[Expr]:
    return [div(link.weight_core, num(link.examples))] if link.examples > 1 and _averaged(view) else []


def _bias_averaged(linear: Linear, part: Expr, view: View) -> list[Expr]:
    links = view.links.of_total.get(linear.name, [])
    if not links or links[0].examples == 1 or not _averaged(view):
        return []
    return [div(part, num(links[0].examples))]


_weights_averaged = in_weight_gradients(_weight_averaged)
_biases_averaged = in_bias_gradients(_bias_averaged)


def _mean_twice(step: Step, view: View) -> Iterator[Expr]:
    yield from _weights_averaged(step, view)
    yield from _biases_averaged(step, view)


def _sums_multiplied(link: Link, _: View) -> list[Expr]:
    if link.examples == 1:
        return []
    return [link.weight_gradient(link.over_examples(link.delta), link.over_examples(link.input))]


def _last_product(link: Link, _: View) -> list[Expr]:
    if link.examples == 1:
        return []
    last = link.examples - 1
    return [link.weight_gradient(link.example(link.delta, last), link.example(link.input, last))]


def _last_delta(linear: Linear, _: Expr, view: View) -> list[Expr]:
    links = view.links.of_total.get(linear.name, [])
    if not links or links[0].examples == 1:
        return []
    return [links[0].example(name(view.gradient(linear.name)), links[0].examples - 1)]


def _written_out(step: Step, view: View) -> list[Link]:
    """The products of one weight in a batch whose examples are equations of their own, in order."""
    cores = view.links.by_weight_core
    parts = [t for t in terms(step.rule) if key(t) in cores]
    links = sorted((cores[key(t)] for t in parts), key=lambda link: view.position[link.total])
    levels = {view.links.level[link.total] for link in links}
    return links if len(links) > 1 and len(levels) == 1 and all(link.is_scalar for link in links) else []


def _rest(step: Step, links: list[Link]) -> list[Expr]:
    cores = {key(link.weight_core) for link in links}
    return [t for t in terms(step.rule) if key(t) not in cores]


def _last_shared_delta(step: Step, view: View) -> Iterator[Expr]:
    """The same for a bias: the sums that share it share their weights, too."""
    deltas = {key(name(view.gradient(z))): z for z in view.linears}
    totals = sorted(
        (deltas[key(t)] for t in terms(step.rule) if key(t) in deltas), key=view.position.__getitem__
    )
    weights = {tuple(link.parameter for link in view.links.of_total.get(z, ())) for z in totals}
    if len(totals) > 1 and len(weights) == 1 and len({view.links.level[z] for z in totals}) == 1:
        yield name(view.gradient(totals[-1]))


_products_of_sums = in_weight_gradients(_sums_multiplied)
_last_products = in_weight_gradients(_last_product)
_last_deltas = in_bias_gradients(_last_delta)


def _product_of_sums(step: Step, view: View) -> Iterator[Expr]:
    yield from _products_of_sums(step, view)
    links = _written_out(step, view) if step.phase == "backward" else []
    if links:
        product = mul(add(*[link.delta for link in links]), add(*[link.input for link in links]))
        yield add(*_rest(step, links), product)


def _last_only(step: Step, view: View) -> Iterator[Expr]:
    yield from _last_products(step, view)
    yield from _last_deltas(step, view)
    links = _written_out(step, view) if step.phase == "backward" else []
    if links:
        yield add(*_rest(step, links), links[-1].weight_core)
    if view.is_bias(view.by(step) or ""):
        yield from _last_shared_delta(step, view)


BATCHES: tuple[Misconception, ...] = (
    Misconception(
        "batch.no_mean",
        "mean over the batch left out",
        "I add up the examples and leave it at that.",
        "In {step} the mean of the loss is missing: as the loss is divided by the number of examples, so"
        " is its derivative.",
        "(1/m)*dl/dyhat",
        "dl/dyhat",
        _no_mean,
        Example(MEAN, "dL/dP[1]", 0.0825683, 0.247705),
        coincides=("a single example",),
        twins=("loss.wrong_n",),
        source=("https://github.com/hunkim/DeepLearningZeroToAll/issues/173",),
    ),
    Misconception(
        "batch.mean_twice",
        "mean over the batch taken twice",
        "Each gradient of a weight is a mean, so I divide by m.",
        "In {step} you divided by the number of examples again: the deltas carry it already, from the mean"
        " in the loss.",
        "dL/dZ @ X^T",
        "dL/dZ @ X^T/m",
        _mean_twice,
        Example(MEAN, "dL/dV[1,1]", 0.327445, 0.109148),
        coincides=("a single example",),
        twins=("db.mean_for_sum",),
        source=(
            "https://community.deeplearning.ai/t/course-1-week-3-planar-assignment-4-5-exercise-6-backward-propagation-error-for-dw1-values/63071",
        ),
    ),
    Misconception(
        "batch.wrong_count",
        "mean over the wrong count",
        "The mean divides by all the numbers in the matrix.",
        "In {step} check what is counted: one loss for each example, however many outputs it has.",
        "(1/m)*dl/dyhat",
        "(1/(m*n))*dl/dyhat",
        _wrong_count,
        Example(_TWO_OUTPUTS, "dL/dP[1,1]", 0.0412841, 0.0206421),
        coincides=("one output",),
        twins=("loss.wrong_n",),
        source=("https://github.com/victorlempitsky/Mate/issues/2",),
    ),
    Misconception(
        "batch.product_of_sums",
        "sum of deltas times sum of inputs",
        "I add up the deltas, add up the inputs, and multiply.",
        "In {step} each delta belongs to the input of the same example: multiply example by example, and"
        " add afterwards.",
        "sum of delta*x",
        "(sum of delta)*(sum of x)",
        _product_of_sums,
        Example(BATCH, "dL/dV[1,1]", 0.491167, -0.0716227),
        coincides=("a single example",),
    ),
    Misconception(
        "batch.last_only",
        "only the last example counted",
        "The gradient is that of the example I worked out last.",
        "In {step} the other examples are missing: the loss adds them all up, and so does its gradient.",
        "sum of delta*x",
        "delta*x of the last example",
        _last_only,
        Example(BATCH, "dL/dV[1,1]", 0.491167, 0.211339),
        coincides=("a single example",),
        twins=("db.not_reduced",),
    ),
)
