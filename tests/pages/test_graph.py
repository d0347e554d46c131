"""The drawing of a network: which units there are, what joins them, and where they stand."""

from pathlib import Path

import pytest

from grader.report.model import SolvedProblem
from grader.report.network.graph import Graph, Part, graph_of
from grader.report.pages.layout import layout
from grader.run import solve_assignment


def _problem(folder: Path, body: str) -> SolvedProblem:
    path = folder / "spec.yaml"
    path.write_text("problems:\n  - id: p\n" + body, encoding="utf-8")
    return solve_assignment(str(path)).problems[0]


def _edges(graph: Graph) -> set[tuple[Part, Part, Part | None]]:
    """(first part of the start, first part of the end, weight)."""
    return {(graph.units[e.start].parts[0], graph.units[e.end].parts[0], e.weight) for e in graph.edges}


SPECS = sorted((Path(__file__).parent.parent.parent / "specs").glob("*.yaml"))

COLUMNS = """\
    network:
      inputs: {x: [1, 2]}
      orientation: columns
      layers:
        - {weights: {W: [[1, 2, 3], [4, 5, 6]]}, bias: {b: [1, 2, 3]}, activation: relu, pre: z, out: a}
    questions: [a]
"""


def test_a_weight_stands_on_the_edge_that_it_belongs_to(tmp_path: Path) -> None:
    """With weights in columns, W[j,i] leads from input j to unit i; z and a are one unit with its bias."""
    graph = graph_of(_problem(tmp_path, COLUMNS))
    assert [unit.layer for unit in graph.units] == [0, 0, 1, 1, 1]
    assert graph.units[3].parts == (Part("z", (1, 0)), Part("a", (1, 0)))
    assert graph.units[3].biases == (Part("b", (1, 0)),)
    assert _edges(graph) == {
        (Part("x", (j, 0)), Part("z", (i, 0)), Part("W", (j, i))) for i in range(3) for j in range(2)
    }


RECURRENT = """\
    given: {x1: 1, x2: 2, w: 0.8, u: 0.3, t: 0.4, eta: 0.1}
    equations: [h1 = tanh(w*x1), h2 = tanh(w*x2 + u*h1), L = 0.5*(h2 - t)^2]
    train: {minimize: L, learning_rate: eta, parameters: [w, u]}
    questions: [L, dL/du]
"""


def test_equations_are_a_step_graph(tmp_path: Path) -> None:
    """One weight on two edges; an input stands just before what takes it."""
    problem = _problem(tmp_path, RECURRENT)
    graph = graph_of(problem)
    assert _edges(graph) == {
        (Part("x1"), Part("h1"), Part("w")),
        (Part("x2"), Part("h2"), Part("w")),
        (Part("h1"), Part("h2"), Part("u")),
        (Part("h2"), Part("L"), None),
        (Part("t"), Part("L"), None),
    }
    assert {u.parts[0].quantity: u.layer for u in graph.units} == {
        "x1": 0, "h1": 1, "x2": 1, "h2": 2, "t": 2, "L": 3,
    }  # fmt: skip


def test_a_batch_is_a_box_with_one_edge(tmp_path: Path) -> None:
    """A unit for each example would be no drawing of the network."""
    body = COLUMNS.replace("x: [1, 2]", "x: [[1, 2], [3, 4]]").replace("bias: {b: [1, 2, 3]}, ", "")
    graph = graph_of(_problem(tmp_path, body))
    assert [unit.box for unit in graph.units] == [True, True]
    assert _edges(graph) == {(Part("x"), Part("z"), Part("W"))}


def test_a_parameter_that_is_no_factor_of_a_sum_is_drawn_itself(tmp_path: Path) -> None:
    """It would be seen nowhere otherwise."""
    body = "    given: {w: 2, x: 3}\n    equations: [f = x*exp(w)]\n    questions: [f, df/dw]\n"
    graph = graph_of(_problem(tmp_path, body))
    assert {unit.parts[0].quantity for unit in graph.units} == {"w", "x", "f"}


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_no_two_units_of_a_sample_stand_in_one_place(spec: Path) -> None:
    """All of them within the drawing, and edges lead forward."""
    for problem in solve_assignment(str(spec)).problems:
        graph = graph_of(problem)
        placed = layout(graph)
        assert len(set(placed.centres)) == len(graph.units)
        assert all(0 < x < placed.width and 0 < y < placed.height for x, y in placed.centres)
        assert all(graph.units[e.start].layer < graph.units[e.end].layer for e in graph.edges)
