"""Networks expand to the formulas of their conventions: checked in numbers against numpy, and as text."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.language.program import Program
from grader.spec import SpecError, load_text
from grader.spec.equations import in_order
from grader.spec.findings import Findings
from grader.spec.model import Problem

Array = NDArray[np.float64]

W = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]])  # row i: the weights into unit i
X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]])  # column j: example j
B = np.array([[0.05], [-0.1]])
Y = np.array([[1.0, 0.0], [0.0, 1.0]])


def values(problem: Problem) -> dict[str, Array]:
    """Every quantity of a problem, computed from its equations."""
    program = Program(problem.shapes, problem.at_zero, problem.index_base)
    for equation in in_order(Findings(), problem.equations):
        program.bind(equation.name, equation.expr)
    linked = program.link(bounds=False)
    slots = linked.start(
        {
            program.slots[name]: np.array(value)[:, :, None, None]
            for name, value in problem.given.items()
            if name in program.slots
        }
    )
    linked.run(slots)
    return {name: np.asarray(slots[slot])[:, :, 0, 0] for name, slot in program.slots.items()}


def network(text: str) -> Problem:
    """The problem of a network's lines."""
    lines = "\n".join("      " + line for line in text.strip().splitlines())
    return load_text(
        f"problems:\n  - id: q\n    network:\n{lines}\n    questions: [yhat]\n", "t.yaml"
    ).problems[0]


@pytest.mark.parametrize("orientation", ["rows", "columns"])
@pytest.mark.parametrize("examples", ["rows", "columns"])
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_each_layout_computes_the_same_network(orientation: str, examples: str, activation: str) -> None:
    weights = W if orientation == "rows" else W.T
    inputs, targets = (X, Y) if examples == "columns" else (X.T, Y.T)
    problem = network(f"""
inputs: {inputs.tolist()}
targets: {targets.tolist()}
orientation: {orientation}
examples: {examples}
layers:
  - {{weights: {weights.tolist()}, bias: {B[:, 0].tolist()}, activation: {activation}}}
loss: cross_entropy
reduction: mean
""")
    found = values(problem)

    z = W @ X + B
    out = 1 / (1 + np.exp(-z)) if activation == "sigmoid" else np.exp(z) / np.exp(z).sum(axis=0)
    turned = out if examples == "columns" else out.T
    assert np.allclose(found["yhat"], turned)
    assert np.allclose(found["L"], -(Y * np.log(out)).sum() / 2)
    assert problem.shapes["yhat"] == turned.shape


@pytest.mark.parametrize(
    ("inputs", "weights", "more", "right"),
    [
        ("2", "3", "", "W1*x"),
        ("2", "[[3]]", "", "W1*x"),
        ("2", "[3, 4]", "", "W1 @ x"),
        ("[1, 2]", "[3, 4]", "", "W1 @ x"),
        ("[1, 2]", "[[3, 4]]", "", "W1 @ x"),
        ("[1, 2]", "[3, 4]", "orientation: columns", "W1^T @ x"),
        ("[[1, 2, 3]]", "2", "", "W1*x"),
        ("[[1, 2, 3]]", "[2, 4]", "", "W1 @ x"),
        ("[[1, 2, 3], [4, 5, 6]]", "[2, 4]", "", "W1^T @ x"),
        ("[[1, 2, 3], [4, 5, 6]]", "[1, 2, 3]", "examples: rows", "x @ W1"),
        ("[1, 2, 3]", "[[4]]", "examples: rows", "W1*x"),
        ("[1, 2, 3]", "[[4], [5]]", "examples: rows", "x @ W1^T"),
        ("[[1, 2, 3]]", "[[4, 5, 6], [7, 8, 9]]", "examples: rows", "x @ W1^T"),
        ("[[1, 2]]", "[[1, 2, 3], [4, 5, 6]]", "examples: rows\norientation: columns", "x @ W1"),
    ],
)
def test_the_product_of_each_size(inputs: str, weights: str, more: str, right: str) -> None:
    problem = network(f"inputs: {inputs}\n{more}\nlayers: [{{weights: {weights}}}]")

    assert problem.equations[0].text == right
    assert problem.shapes["z1"] == problem.shapes["yhat"]


@pytest.mark.parametrize(
    ("inputs", "bias", "more", "right"),
    [
        ("[1, 2]", "[1, 1]", "", "W1 @ x + b1"),
        ("[1, 2]", "0.5", "", "W1 @ x + b1"),
        ("[[1, 2]]", "[1, 1]", "examples: rows", "x @ W1^T + b1^T"),
        ("[[1, 2]]", "0.5", "examples: rows", "x @ W1^T + b1"),
    ],
)
def test_the_bias_reaches_every_example(inputs: str, bias: str, more: str, right: str) -> None:
    problem = network(f"inputs: {inputs}\n{more}\nlayers: [{{weights: [[1, 2], [3, 4]], bias: {bias}}}]")

    assert problem.equations[0].text == right


def test_softmax_with_examples_in_rows_is_taken_along_each_row() -> None:
    problem = network(
        "inputs: [[1, 2]]\nexamples: rows\nlayers: [{weights: [[1, 2], [3, 4]], activation: softmax}]"
    )

    assert problem.equations[1].text == "softmax(z1^T)^T"
    assert math.isclose(float(values(problem)["yhat"].sum()), 1)


def test_a_weight_matrix_that_does_not_fit_is_told_with_both_sizes() -> None:
    with pytest.raises(SpecError, match="W1 is a 2 by 3 matrix and takes 3 inputs, but x is a vector of 2"):
        network("inputs: [1, 2]\nlayers: [{weights: [[1, 2, 3], [4, 5, 6]]}]")
