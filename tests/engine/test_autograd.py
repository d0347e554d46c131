"""Gradients against HIPS autograd in float64, of networks written out a second time in numpy."""

from __future__ import annotations

import math
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.extend import defvjp, primitive
from numpy.typing import NDArray

from tests.engine.reference import QUANTITIES, Net, loss, nets, start
from tests.engine.worked import answers, apart

Array = NDArray[np.float64]
CLOSE = 1e-11


@primitive  # type: ignore[untyped-decorator]
def erf(x: Array) -> Array:
    """The error function, which autograd has only with scipy."""
    return np.vectorize(math.erf)(x)  # type: ignore[no-any-return]


defvjp(erf, lambda _, x: lambda g: g * 2 / math.sqrt(math.pi) * anp.exp(-(x**2)))


def by_autograd(net: Net, values: dict[str, Array]) -> dict[str, Array]:
    """The gradients by every quantity."""

    def of(part: dict[str, Any]) -> Any:
        return loss(net, anp, erf, {**values, **{n: part[n] for n in QUANTITIES}})

    gradients: dict[str, Array] = grad(of)({n: values[n] for n in QUANTITIES})
    return gradients


def named(net: Net) -> str:
    """A test's name."""
    parts = (net.hidden, net.last, net.loss, net.count, net.orientation, net.examples, net.reduction)
    return "-".join(map(str, parts)) + "".join(net.penalty.split())


@pytest.mark.parametrize("net", nets(), ids=named)
def test_every_gradient_agrees_with_autograd(net: Net) -> None:
    asked = answers(net.text(("L", *(f"dL/d{n}" for n in QUANTITIES))))
    values = start(net)
    assert abs(asked["L"].item() - loss(net, anp, erf, values)) < CLOSE
    for name, gradient in by_autograd(net, values).items():
        assert apart(asked[f"dL/d{name}"], net.as_shown(name, gradient)) < CLOSE, name


def test_a_gradient_wrong_by_a_thousandth_is_noticed() -> None:
    net = Net("tanh", "sigmoid", "binary_cross_entropy")
    asked = answers(net.text(("dL/dW1",)))["dL/dW1"]
    right = by_autograd(net, start(net))["W1"]
    assert apart(asked, right) < CLOSE
    assert apart(asked * 1.001, right) > 1e-5
