"""Derivatives on random graphs against central differences, every element moved on its own."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import assume, given, settings

from grader.engine.derive import derive
from grader.language.functions import FUNCTIONS
from grader.spec.queries import needs_of
from tests.engine.graphs import Graph, graphs, written
from tests.engine.worked import Array, apart, problem, slopes, solved

if TYPE_CHECKING:
    import pytest

# What fourth-order differences with a step of 1e-3 give.
CLOSE = 1e-8


def reaching(graph: Graph, of: str) -> list[str]:
    """The givens on which a quantity depends."""
    needs = needs_of(problem(written(graph, ["L"])).equations)
    seen: set[str] = {of}
    waiting = [of]
    while waiting:
        fresh = needs.get(waiting.pop(), frozenset()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return sorted(seen & graph.given.keys())


def check(graph: Graph, of: str) -> None:
    """Every derivative of one quantity agrees with differences, unless a kink is near."""
    by = [g for g in reaching(graph, of) if 1 in graph.shapes[g] or graph.shapes[of] == (1, 1)]
    assume(by)
    plan = derive(problem(written(graph, [of, *(f"d{of}/d{g}" for g in by)])))
    values = solved(plan, {})
    assume(all(np.abs(v).max() < 1e3 for v in values.values()))
    for g in by:
        numeric = slopes(plan, of, g)
        # Two sizes of steps disagree where max, min, abs or relu turn near by: nothing to check.
        assume(apart(numeric, slopes(plan, of, g, 5e-4)) < CLOSE)
        shape = graph.shapes[of]
        expected = numeric.reshape(shape[0] * shape[1], -1)
        expected = expected.reshape(graph.shapes[g]) if shape == (1, 1) else expected
        assert apart(values[f"d{of}/d{g}"][:, :, 0, 0], expected) < CLOSE


@settings(max_examples=250)
@given(graphs())
def test_the_gradient_of_a_loss(graph: Graph) -> None:
    check(graph, "L")


@settings(max_examples=120)
@given(graphs())
def test_jacobians_of_vectors(graph: Graph) -> None:
    vectors = [n for n, s in graph.shapes.items() if n[0] == "q" and 1 in s and s != (1, 1)]
    assume(vectors)
    check(graph, vectors[-1])


@settings(max_examples=60)
@given(graphs())
def test_the_derivative_by_a_quantity_on_the_way(graph: Graph) -> None:
    """dL/dq by adding a given to q, which moves it alone."""
    middle = next(e.partition(" = ")[0] for e in graph.equations)
    assume(middle != "L" and any(middle in e.partition(" = ")[2] for e in graph.equations))
    first = graph.equations[0]
    rows, columns = graph.shapes[middle]
    graph.given["shift"] = [[0.0] * columns for _ in range(rows)]
    graph.shapes["shift"] = (rows, columns)
    graph.equations[0] = f"{middle} = ({first.partition(' = ')[2]}) + shift"
    assume("shift" in reaching(graph, "L"))
    plan = derive(problem(written(graph, ["L", f"dL/d{middle}"])))
    numeric = slopes(plan, "L", "shift")
    assume(apart(numeric, slopes(plan, "L", "shift", 5e-4)) < CLOSE)
    value: Array = solved(plan, {})[f"dL/d{middle}"][:, :, 0, 0]
    assert apart(value, numeric.reshape(rows, columns)) < CLOSE


def test_a_derivative_in_the_table_wrong_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests are tested: sigmoid' is planted 1.001 times too large."""
    right = FUNCTIONS["sigmoid'"]
    wrong = copy(right)
    object.__setattr__(wrong, "kernel", lambda x: 1.001 * right.kernel(x))

    def caught() -> bool:
        plan = derive(
            problem('given: {w: 0.3, x: 2}\nequations: ["L = sigmoid(w*x)"]\nquestions: [L, dL/dw]')
        )
        value = solved(plan, {})["dL/dw"][:, :, 0, 0]
        return apart(value, slopes(plan, "L", "w").reshape(1, 1)) > CLOSE

    assert not caught()
    monkeypatch.setitem(FUNCTIONS, "sigmoid'", wrong)
    assert caught()
