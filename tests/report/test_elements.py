"""Which elements are worked out from which, read off the rules."""

from pathlib import Path

import pytest

from grader.report.network.elements import Element, Elements
from grader.run import solve_assignment

ROOT = Path(__file__).parent.parent.parent
SPEC = """\
problems:
  - id: p
    network:
      inputs: {x: [1, 2]}
      targets: {y: [0.3, 0.4]}
      layers:
        - {weights: {W: [[1, 2], [3, 4], [5, 6]]}, bias: {b: [1, 2, 3]}, activation: tanh, pre: z, out: a}
        - {weights: {V: [[1, 2, 3], [4, 5, 6]]}, activation: softmax, pre: u, out: p}
      loss: {L: cross_entropy}
      learning_rate: {eta: 0.1}
    questions: [L, "new(W)", "new(L)"]
"""


@pytest.fixture
def elements(tmp_path: Path) -> Elements:
    """Of two layers, the second a softmax."""
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return Elements(solve_assignment(str(tmp_path / "spec.yaml")).problems[0])


@pytest.mark.parametrize(
    ("origin", "reached", "unreached"),
    [
        (Element("z", (1, 0)), {"a[2]", "u", "p", "L", "dL/dz", "new(W)"}, {"a", "z"}),
        (
            Element("dL/dz", (1, 0)),
            {"dL/dW[2,1]", "dL/dW[2,2]", "dL/db[2]", "new(W[2,1])"},
            {"dL/dW", "dL/da"},
        ),
        (Element("dL/dW", (0, 1)), {"new(W[1,2])", "new(L)"}, {"new(W)", "new(W[1,1])", "dL/db[1]"}),
        (Element("u", (0, 0)), {"p", "L", "dL/dV"}, {"u", "a"}),
        (Element("new(W)", (2, 0)), {"new(z[3])", "new(L)"}, {"new(z)", "new(W)", "new(V)"}),
    ],
)
def test_what_is_worked_out_from_an_element(
    origin: Element, reached: set[str], unreached: set[str], elements: Elements
) -> None:
    """A row by the products, one unit by the activation, everything by the softmax."""
    found = set(elements.named(elements.after([origin])))
    assert reached <= found
    assert not unreached & found


def test_what_an_element_is_worked_out_from(elements: Elements) -> None:
    """A gradient of weights hangs on the delta of its row."""
    assert elements.behind(Element("dL/dW", (1, 0)), "dL/dz") == [Element("dL/dz", (1, 0))]
    assert len(elements.behind(Element("L", (0, 0)), "z")) == 3


def test_an_index_as_it_is_written(elements: Elements) -> None:
    """Of vectors and matrices; what the quantity does not have is all of it."""
    assert elements.at("W", "3,2") == [Element("W", (2, 1))]
    assert elements.at("b", "2") == [Element("b", (1, 0))]
    assert len(elements.at("b", "9")) == 3
    assert elements.at("nothing", "1") == []


@pytest.mark.parametrize("spec", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sample_can_be_followed(spec: Path) -> None:
    """What is worked out from an element exists, and comes later."""
    for problem in solve_assignment(str(spec)).problems:
        own = Elements(problem)
        order = {step.quantity: number for number, step in enumerate(problem.steps)}
        for step in problem.steps:
            for element in own.of(step.quantity)[:4]:
                after = own.after([element])
                assert all(order[e.quantity] > order[step.quantity] for e in after)
                assert all(e in own.of(e.quantity) for e in after)
