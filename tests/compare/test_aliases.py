"""Aliases as students write: names and formulas that are keys of answers, and stand in answers."""

import pytest

from grader.compare.match import Match, Matcher
from grader.engine.derive import derive
from grader.report.model import Answer
from grader.run.assignment import AssignmentGrader
from grader.spec import load_text
from grader.spec.expand import expand
from grader.submission.model import Submission

SPEC = r"""
aliases:
  '\frac{\partial E}{\partial w_{jk}}': "dJ/dW2[1,1]"
  '\delta_1': dJ/dz1[1]
  'g₂': dJ/db2
  '\bar{h}_1': dJ/da1[1]
  'h_1': "a1[1]"
  'w_{kj}^{new}': "new(W2[1,1])"
  'W_1 x + c_1': z1
  '\phi(s)': a1
problems:
  - id: q
    network:
      inputs: {x: [1, 2]}
      targets: {y: 1}
      layers:
        - {weights: {W1: [[0.1, 0.2], [0.3, 0.4]]}, bias: {b1: [0, 0.1]}, activation: tanh, pre: z1, out: a1}
        - {weights: {W2: [[0.5, -0.5]]}, bias: {b2: 0.2}, pre: z2, out: o}
      loss: {J: half_squared_error}
      learning_rate: {eta: 0.1}
    questions:
      - z1
      - a1
      - {ask: "dJ/dW2[1,1]", id: first gradient}
      - "dJ/dz1[1]"
      - dJ/db2
      - "dJ/da1[1]"
      - {ask: "new(W2[1,1])", id: first weight}
      - {ask: dJ/db2 + dJ/db2, id: twice}
  - id: other
    symbols: [h, E]
    questions: [h + E]
"""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    problem = load_text(SPEC, "t.yaml").problems[0]
    return Matcher(problem, derive(problem))


def found(matcher: Matcher, key: str) -> str | None:
    match: Match | None = matcher.find(key)
    return None if match is None else matcher.problem.questions[match.question].id


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("first gradient", [r"\frac{\partial E}{\partial w_{jk}}", "∂E/∂w_{jk}", "dE/dw_jk",
                            r"\partial E / \partial w_{jk}", r"\dfrac{dE}{dw_{jk}}"]),
        ("dJ/dz1[1]", [r"\delta_1", "δ₁", "delta_1", "delta1", r"\mathbf{\delta}_{1}"]),
        ("dJ/db2", ["g₂", "g_2", "g2", "g_{2}"]),
        ("dJ/da1[1]", [r"\bar{h}_1", "hbar_1", r"\bar h_{1}", "h̄₁"]),
        ("a1", ["h_1", "h₁", r"\phi(s)", r"\phi \left( s \right)"]),
        ("first weight", ["w_{kj}^{new}", r"w_{kj}^{\text{new}}", "w_{kj}'", "new w_{kj}"]),
        ("z1", ["W_1 x + c_1", r"\mathbf{W}_1 \mathbf{x} + c_{1}"]),
    ],
)  # fmt: skip
def test_an_alias_is_found_in_every_spelling(matcher: Matcher, question: str, keys: list[str]) -> None:
    assert {key: found(matcher, key) for key in keys} == dict.fromkeys(keys, question)


@pytest.mark.parametrize(
    "key", [r"\frac{\partial E}{\partial w_{kj}}", "E", "w_{jk}", r"\delta_2", "phi", "c_1", "dE"]
)
def test_what_no_alias_says_stays_unknown(matcher: Matcher, key: str) -> None:
    assert found(matcher, key) is None


def answer(key: str, text: str) -> Answer:
    grader = AssignmentGrader(load_text(SPEC, "t.yaml"))
    report = grader.grade([Submission("s", "s.yaml", {"q": {key: text}})])[0]
    return next(one for one in report.answers if one.asked.question == key)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (r"2 g_2", "2*g₂"),
        (r"g_2 + \frac{\partial J}{\partial b_2}", "g₂ + dJ/db2"),
        (r"2\frac{\partial E}{\partial w_{jk}} / \phi(s)_1", None),
        (r"\frac{2}{h_1} \frac{\partial E}{\partial w_{jk}}", "2/h_1*dJ/dW2[1,1]"),
    ],
)
def test_formulas_use_aliases(text: str, read_as: str | None) -> None:
    """dJ/dW2[1,1] is dJ/db2 times the first hidden value."""
    given = answer("twice", text)
    if read_as is not None:
        assert given.read_as == read_as
    assert given.verdict == "correct"


def test_a_part_of_an_alias_is_no_quantity() -> None:
    given = answer("twice", r"2 w_{jk}")
    assert given.verdict == "unreadable"
    assert given.reason is not None
    assert given.reason.startswith('unknown name "w_jk" at character 3')


def test_aliases_serve_the_problems_that_have_their_quantities() -> None:
    """Where a problem has none of what they stand for, its own names mean what they mean."""
    first, other = load_text(SPEC, "t.yaml").problems
    assert len(first.aliases) + len(first.phrases) == 9  # and yhat, which the network implies
    assert (dict(other.aliases), dict(other.phrases)) == ({}, {})


def test_the_expansion_keeps_them_as_they_are_written() -> None:
    text = expand(load_text(SPEC, "t.yaml"))
    again = load_text(text, "t.yaml").problems[0]
    assert r"\frac{\partial E}{\partial w_{jk}}" in again.phrases
    assert set(again.aliases) >= {"delta_1", "g₂", "hbar_1", "h_1"}
