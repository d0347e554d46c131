"""Every wrong rule on networks of every kind: it acts, changes something, and reads nothing too early."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from grader.engine.solve import Engine
from grader.engine.steps import Node
from grader.language.tree import key, quantities
from grader.misconceptions import CATALOGUE, Misconception, Variant
from tests.misconceptions.networks import NETWORKS, view_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.language.tree import Expr
    from grader.misconceptions.view import View

RULES = [m for m in CATALOGUE.values() if m.kind == "rule"]
STEPS = 2


def numbers(view: View, rules: Mapping[str, Expr] | None = None) -> NDArray[np.float64]:
    """Everything that is computed, to the parameters after two steps of training."""
    trained = any(s.phase == "update" for s in view.steps)
    nodes = [Node(s.name[1:], STEPS) if s.phase == "update" else Node(s.name) for s in view.steps]
    trace = Engine(view.plan, rules).solve(nodes, horizon=STEPS if trained else 0)
    return np.concatenate([trace.values[n].ravel() for n in nodes])


@cache
def seen(network: str) -> View:
    return view_of(NETWORKS[network])


@cache
def right(network: str) -> NDArray[np.float64]:
    return numbers(seen(network))


@cache
def variants(network: str, identifier: str) -> tuple[Variant, ...]:
    return tuple(CATALOGUE[identifier].variants(seen(network)))


def changes(network: str, variant: Variant) -> bool:
    wrong = numbers(seen(network), variant.rules)
    return not np.allclose(wrong, right(network), rtol=1e-9, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_networks_are_worked_out_in_full(network: str) -> None:
    assert np.isfinite(right(network)).all()
    assert {s.phase for s in seen(network).steps} == {"forward", "backward", "update"}


@pytest.mark.parametrize("entry", RULES, ids=lambda m: m.id)
def test_every_rule_changes_a_number_somewhere(entry: Misconception) -> None:
    assert any(changes(network, v) for network in NETWORKS for v in variants(network, entry.id))


@pytest.mark.parametrize("entry", RULES, ids=lambda m: m.id)
def test_a_wrong_rule_fits_in_its_place(entry: Misconception) -> None:
    """It is of the step's size, and reads only what is known by then."""
    for network in NETWORKS:
        view = seen(network)
        for variant in variants(network, entry.id):
            assert variant.id == entry.id
            assert set(variant.steps) == set(variant.rules)
            assert list(variant.steps) == sorted(variant.steps, key=view.position.__getitem__)
            for step, rule in variant.rules.items():
                at = view.position[step]
                assert all(view.position.get(n, -1) < at for n in quantities(rule)), (network, step, rule)
                assert view.sizes(rule) == view.shapes[step], (network, step, rule)


@pytest.mark.parametrize("entry", RULES, ids=lambda m: m.id)
def test_alternatives_are_different_rules(entry: Misconception) -> None:
    for network in NETWORKS:
        found = [tuple((n, key(r)) for n, r in v.rules.items()) for v in variants(network, entry.id)]
        assert len(found) == len(set(found)), network


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda m: m.id)
def test_twins_are_entries_of_the_catalogue(entry: Misconception) -> None:
    assert [t for t in entry.twins if t not in CATALOGUE] == []


# Where a rule is said to give the right numbers, on a problem that is so: the rules and the problem.
NO_BIAS = """
given: {x: [0.4, -0.7], y: 0.3, W: [[0.2, 0.5], [0.6, -0.1]], b: [0, 0], v: [0.3, 0.8]}
equations: [z = W @ x + b, a = sigmoid(z), yhat = v @ a, L = 1/2*(yhat - y)^2]
train: {minimize: L, parameters: [W, b, v]}
"""
SYMMETRIC = NO_BIAS.replace("[[0.2, 0.5], [0.6, -0.1]]", "[[0.2, 0.5], [0.5, -0.1]]")
ALL_ON = """
given: {x: [0.4, 0.7], y: 0.3, W: [[0.2, 0.5], [0.6, 0.1]], v: [0.3, 0.8]}
equations: [z = W @ x, a = relu(z), yhat = v @ a, L = 1/2*(yhat - y)^2]
train: {minimize: L, parameters: [W, v]}
"""
ZERO_INPUT = """
given: {x1: 0, x2: 0.7, y: 1, w1: 0.2, w2: 0.5, b: 0.3}
equations: [z = w1*x1 + w2*x2 + b, yhat = sigmoid(z), L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))]
train: {minimize: L, parameters: [w1, w2, b]}
"""
ONE_OUTPUT = """
given: {x: [0.4, 0.7], y: [0.3], W: [[0.2, 0.5]]}
equations: [yhat = W @ x, L = 1/2*sum((yhat - y)^2)]
train: {minimize: L, parameters: [W]}
"""
AT_ZERO = """
given: {x: 0.5, w: 0.4, b: -0.2, y: 1}
equations: [z = w*x + b, yhat = sigmoid(z), L = (yhat - y)^2]
train: {minimize: L, parameters: [w, b]}
"""
LINEAR = """
given: {x: 0.5, w: 0.4, b: -0.2, y: 2.2}
equations: [z = w*x + b, yhat = identity(z), L = 1/2*(yhat - y)^2]
train: {minimize: L, parameters: [w, b]}
"""
COINCIDING = (
    ("fwd.no_bias", NO_BIAS),
    ("fwd.minus_bias", NO_BIAS),
    ("fwd.bias_per_input", NO_BIAS),
    ("fwd.W_transposed", SYMMETRIC),
    ("fwd.z_for_a", ALL_ON),
    ("act.none", ALL_ON),
    ("act.exp_sign", AT_ZERO),
    ("act.base10", AT_ZERO),
    ("loss.drop_second", ZERO_INPUT),
    ("loss.second_sign", ZERO_INPUT),
    ("dy.bce_drop", ZERO_INPUT),
    ("dy.bce_second_sign", ZERO_INPUT),
    ("der.none_hidden", ALL_ON),
    ("der.relu_all_pass", ALL_ON),
)


@pytest.mark.parametrize(("identifier", "body"), COINCIDING)
def test_a_rule_gives_the_right_numbers_where_it_is_said_to(identifier: str, body: str) -> None:
    view = view_of(body)
    found = list(CATALOGUE[identifier].variants(view))
    assert found
    assert CATALOGUE[identifier].coincides
    gradients_of_steps = {"act.exp_sign", "act.base10"}
    for variant in found:
        wrong, base = numbers(view, variant.rules), numbers(view)
        if identifier in gradients_of_steps:
            assert wrong[1] == pytest.approx(base[1])
        else:
            assert wrong == pytest.approx(base)


def test_a_product_with_an_input_of_0_is_not_missed() -> None:
    view = view_of(ZERO_INPUT)
    first, second = list(CATALOGUE["fwd.drop_term"].variants(view))
    assert numbers(view, first.rules) == pytest.approx(numbers(view))
    assert numbers(view, second.rules) != pytest.approx(numbers(view))


@pytest.mark.parametrize(
    "identifier", ["loss.square_of_sum", "loss.wrong_n", "smx.skip_jacobian", "act.none"]
)
def test_what_cannot_act_yields_nothing(identifier: str) -> None:
    """One output has no sum and no mean; there is no softmax; the activation is the identity."""
    for body in (ONE_OUTPUT, LINEAR):
        for variant in CATALOGUE[identifier].variants(view_of(body)):
            assert numbers(view_of(body), variant.rules) == pytest.approx(numbers(view_of(body)))


def test_a_linear_output_has_no_slope_to_cancel() -> None:
    assert list(CATALOGUE["dy.se_with_ce"].variants(view_of(LINEAR))) == []


def test_the_loss_is_its_own_derivative_where_the_error_is_2() -> None:
    view = view_of(LINEAR.replace("y: 2.2", "y: -2.0"))
    (variant,) = CATALOGUE["dy.loss_as_error"].variants(view)
    assert numbers(view, variant.rules) == pytest.approx(numbers(view))


def test_the_diagonal_alone_is_right_at_the_target_and_0_elsewhere() -> None:
    view = seen("classes")
    at = [s.name for s in view.steps].index("dL/dz2")
    (variant,) = variants("classes", "smx.diag_only")
    first = sum(rows * columns for rows, columns in (s.shape for s in view.steps[:at]))
    wrong, base = (n[first : first + 3] for n in (numbers(view, variant.rules), right("classes")))
    assert wrong == pytest.approx([0, base[1], 0])
