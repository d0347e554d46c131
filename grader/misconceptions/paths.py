"""Wrong sums over several ways to the loss: ``paths.*``."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from grader.language.tree import Expr, add, div, key, mul, num, transform, transpose, walk
from grader.misconceptions.chain import TWO_OUTPUTS
from grader.misconceptions.model import Example, Misconception
from grader.misconceptions.parts import element, gradients_in, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.links import Link
    from grader.misconceptions.model import Rewrite, Variants
    from grader.misconceptions.view import View

_MOST_PATHS = 6


def _paths(step: Step, view: View) -> tuple[list[Expr], list[list[Expr]]]:
    """The terms of a gradient that lead nowhere further, and the others by the quantity they lead through."""
    rest: list[Expr] = []
    groups: dict[frozenset[str], list[Expr]] = {}
    if view.by(step) is None:
        return rest, []
    for term in terms(step.rule):
        through = gradients_in(term, view)
        if through:
            groups.setdefault(through, []).append(term)
        else:
            rest.append(term)
    return rest, list(groups.values())


def _of_shared(rewrite: Rewrite) -> Variants:
    """The rewrite at each parameter that several steps share, alone: it is no neuron with several ways on."""

    def variants(view: View) -> Iterator[dict[str, Expr]]:
        for step in view.steps:
            if view.by(step) in view.parameters:
                yield from ({step.name: rule} for rule in rewrite(step, view))

    return variants


def _of_neurons(rewrite: Rewrite) -> Rewrite:
    """The rewrite at everything but parameters."""
    return lambda step, view: iter(()) if view.by(step) in view.parameters else rewrite(step, view)


def _fans_out(step: Step, view: View) -> list[Link]:
    """The links by which a layer reaches several units, in a gradient written with matrices."""
    cores = view.links.by_input_core
    found = [cores[key(n)] for n in walk(step.rule) if n.op == "matmul" and key(n) in cores]
    return [link for link in found if link.units > 1]


def _one_path(step: Step, view: View) -> Iterator[Expr]:
    rest, groups = _paths(step, view)
    if len(groups) > 1:
        for group in groups[:_MOST_PATHS]:
            yield add(*rest, *group)
    for link in _fans_out(step, view):
        for j in range(min(link.units, _MOST_PATHS)):
            yield _put(step.rule, link, path(link, j, view))


def path(link: Link, j: int, view: View) -> Expr:
    """What one unit sends back to all inputs."""
    base = view.problem.index_base
    if link.examples > 1:
        return link.input_gradient(link.unit(link.weight, j), link.unit(link.delta, j))
    places = [(j, i) if link.form == "columns" else (i, j) for i in range(link.fan_in)]
    weights = Expr("list", tuple(element(link.weight, place, base) for place in places))
    delta = element(link.delta, (j, 0) if link.form == "columns" else (0, j), base, view.shapes[link.total])
    return mul(transpose(weights) if link.form == "rows" else weights, delta)


def _mean_of_paths(step: Step, view: View) -> Iterator[Expr]:
    rest, groups = _paths(step, view)
    if len(groups) > 1:
        yield add(*rest, div(add(*[t for g in groups for t in g]), num(len(groups))))
    for link in _fans_out(step, view):
        yield _put(step.rule, link, div(link.input_core, num(link.units)))


def _product_of_paths(step: Step, view: View) -> Iterator[Expr]:
    rest, groups = _paths(step, view)
    if len(groups) > 1:
        yield add(*rest, reduce(mul, [add(*g) for g in groups]))
    for link in _fans_out(step, view):
        if link.units <= _MOST_PATHS:
            yield _put(step.rule, link, reduce(mul, [path(link, j, view) for j in range(link.units)]))


def _twice(step: Step, view: View) -> Iterator[Expr]:
    rest, groups = _paths(step, view)
    if len(groups) > 1:
        yield add(*rest, mul(num(2), add(*[t for g in groups for t in g])))
    for link in _fans_out(step, view):
        yield _put(step.rule, link, mul(num(2), link.input_core))


def _put(rule: Expr, link: Link, wrong: Expr) -> Expr:
    core = key(link.input_core)
    return transform(rule, lambda node: wrong if key(node) == core else None)


PATHS: tuple[Misconception, ...] = (
    Misconception(
        "paths.only_one",
        "only one path counted",
        "I follow one way from the neuron to the loss.",
        "In {step} there are several ways to the loss. Draw the arrows that leave the neuron and add what"
        " comes back along each.",
        "w1*dL/dz1 + w2*dL/dz2",
        "w1*dL/dz1",
        _of_neurons(_one_path),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.333303),
        together=_of_shared(_one_path),
        coincides=("one output",),
        source=("https://github.com/callummcdougall/ARENA_2.0/pull/18",),
    ),
    Misconception(
        "paths.mean",
        "paths averaged",
        "What comes back along the paths is averaged.",
        "In {step} each path changes the loss on its own, so what they give is added up; there is no"
        " number of paths to divide by.",
        "w1*dL/dz1 + w2*dL/dz2",
        "(w1*dL/dz1 + w2*dL/dz2)/2",
        _of_neurons(_mean_of_paths),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.136998),
        together=_of_shared(_mean_of_paths),
        twins=("loss.wrong_n",),
    ),
    Misconception(
        "paths.product",
        "paths multiplied",
        "The chain rule multiplies everything between the neuron and the loss.",
        "In {step} multiply along each way, then add the ways: a product over the outputs is no derivative.",
        "w1*dL/dz1 + w2*dL/dz2",
        "w1*dL/dz1*w2*dL/dz2",
        _of_neurons(_product_of_paths),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.0197675),
        together=_of_shared(_product_of_paths),
    ),
    Misconception(
        "paths.double",
        "shared neuron counted twice",
        "The neuron is used twice, so its gradient counts twice.",
        "In {step} the sum over the paths holds all there is already; a neuron that is shared passes it on"
        " once.",
        "w1*dL/dz1 + w2*dL/dz2",
        "2*(w1*dL/dz1 + w2*dL/dz2)",
        _of_neurons(_twice),
        Example(TWO_OUTPUTS, "dL/da1[1]", -0.273996, -0.547991),
        together=_of_shared(_twice),
        twins=("dy.extra_two",),
        source=("https://github.com/sebgao/cTensor/issues/5",),
    ),
)
