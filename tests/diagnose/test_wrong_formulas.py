"""Wrong formulas are named for what they say, whatever stands beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.run import grade_assignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.report.model import Answer

SPEC = """
problems:
  - id: q1
    given:
      {x: [0.5, -0.2], t: 1, eta: 0.5, b2: 0.2, W2: [[0.6, -0.5]], b1: [0.1, -0.1],
       W1: [[0.1, 0.4], [-0.3, 0.2]]}
    equations:
      - z1 = W1 @ x + b1
      - a1 = sigmoid(z1)
      - z2 = W2 @ a1 + b2
      - yhat = sigmoid(z2)
      - L = -(t*ln(yhat) + (1 - t)*ln(1 - yhat))
    train: {minimize: L, learning_rate: eta, parameters: [W1, b1, W2, b2]}
    questions:
      [z1, a1, z2, yhat, dL/dz2, "dL/dW2[1,1]", "dL/dz1[1]", dL/dz1, "dL/dW1[1,1]", "dL/dW1[1,2]",
       "new(W1[1,2])", new(b2)]
"""
FORWARD: dict[str, object] = {
    "z1": ["0.07", "-0.29"],
    "a1": ["0.5175", "0.4280"],
    "z2": "0.2965",
    "yhat": "0.574",
}
# In the student's answers beside the formula: nothing, the right forward pass, and wrong numbers besides.
BESIDE: tuple[dict[str, object], ...] = (
    {},
    FORWARD,
    {**FORWARD, "yhat": "0.474", "new(b2)": "7.77"},
)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def _answers(spec: Path, answers: dict[str, object]) -> dict[str, Answer]:
    path = spec.with_name("s.json")
    path.write_text(json.dumps({"student": "s", "answers": {"q1": answers}}), encoding="utf-8")
    report = grade_assignment(spec, [path])
    return {a.asked.question: a for a in report.students[0].answers}


def _named(answer: Answer) -> set[str]:
    return {d.id for d in (answer.diagnosis, *answer.alternatives) if d is not None}


@pytest.mark.parametrize("beside", BESIDE, ids=["alone", "right numbers", "wrong numbers"])
@pytest.mark.parametrize(
    ("question", "formula", "expected"),
    [
        ("dL/dz2", "(t - yhat)", "dy.sign"),
        ("dL/dz1[1]", "W2[1,1]*(yhat - t)", "der.none_hidden"),
        ("dL/dz1[1]", "W2[1,1]*(yhat - t)*a1[1]*(1 + a1[1])", "der.minus"),
        ("dL/dz1[1]", "W2[1,1]*(yhat - t)*(1 - a1[1])*(1 + a1[1])", "der.tanh_on_sigmoid"),
        ("dL/dz1", "W2^T*(yhat - t)*a1", "der.is_a"),
        ("dL/dW2[1,1]", "(yhat - t)*z1[1]", "dW.z_for_a"),
    ],
)
def test_a_formula_gets_its_name_whatever_stands_beside_it(
    spec: Path, beside: dict[str, object], question: str, formula: str, expected: str
) -> None:
    answer = _answers(spec, {**beside, question: formula})[question]
    assert answer.verdict == "misconception"
    assert expected in _named(answer)


def test_an_edit_that_no_rule_explains_is_found_beside_other_answers(spec: Path) -> None:
    answer = _answers(spec, {**FORWARD, "dL/dW1[1,1]": "dL/dz1[1]*x[2]", "dL/dz2": "yhat - x[1]"})["dL/dz2"]
    assert answer.verdict in {"slip", "wrong"}
    assert "dy.sign" not in _named(answer)


def test_a_formula_that_no_rule_gives_stays_without_a_name(spec: Path) -> None:
    answer = _answers(spec, {**FORWARD, "dL/dz2": "yhat^3 + 5*t*b2"})["dL/dz2"]
    assert answer.verdict == "wrong"
    assert not _named(answer)


def test_every_rule_that_gives_a_formula_is_named(spec: Path) -> None:
    """y - yhat alone may be a loss derivative turned round or a slope with a minus."""
    alone = _answers(spec, {"dL/dz2": "t - yhat"})["dL/dz2"]
    assert {"dy.sign", "der.minus"} <= _named(alone)


def test_a_right_element_refutes_a_rule_that_would_have_changed_it(spec: Path) -> None:
    """One lost sign in a gradient whose other element is right is a slip, not a belief about slopes."""
    written = {**FORWARD, "yhat": "0.5736", "dL/dz2": "-0.4264"}
    answers = _answers(spec, {**written, "dL/dW1[1,1]": "-0.03194", "dL/dW1[1,2]": "-0.01278"})
    assert answers["dL/dW1[1,1]"].verdict == "correct"
    assert answers["dL/dW1[1,2]"].verdict == "slip"
    assert _named(answers["dL/dW1[1,2]"]) == {"slip.sign"}


def test_a_right_value_is_not_passed_over_for_an_older_wrong_one(spec: Path) -> None:
    """The gradient written is right, so a weight that went uphill does not follow from the older sign."""
    written = {**FORWARD, "yhat": "0.5736", "dL/dz2": "0.4264", "dL/dW1[1,2]": "0.01278"}
    answers = _answers(spec, {**written, "new(W1[1,2])": "0.4064"})
    assert answers["dL/dW1[1,2]"].verdict == "correct"
    assert answers["new(W1[1,2])"].verdict != "follow_through"
    follows = _answers(spec, {**written, "dL/dW1[1,2]": "-0.01278", "new(W1[1,2])": "0.4064"})
    assert follows["new(W1[1,2])"].verdict == "follow_through"
