"""Every gradient against JAX in float64: `make oracle`, too heavy for every run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.reference import QUANTITIES, Net, loss, nets, start
from tests.engine.worked import answers, apart

pytestmark = pytest.mark.oracle


def by_jax(net: Net) -> dict[str, Any]:
    """The gradients by every quantity."""
    import jax  # an extra that only this test has

    jax.config.update("jax_enable_x64", True)
    values = start(net)

    def of(part: dict[str, Any]) -> Any:
        return loss(net, jax.numpy, jax.scipy.special.erf, {**values, **part})

    gradients: dict[str, Any] = jax.grad(of)({n: values[n] for n in QUANTITIES})
    return gradients


@pytest.mark.parametrize("net", nets(), ids=str)
def test_every_gradient_agrees_with_jax(net: Net) -> None:
    asked = answers(net.text(tuple(f"dL/d{n}" for n in QUANTITIES)))
    for name, gradient in by_jax(net).items():
        assert apart(asked[f"dL/d{name}"], net.as_shown(name, np.asarray(gradient))) < 1e-11, name
