"""Which question a student's key is for."""

import pytest

from grader.compare.match import Match, Matcher
from tests.compare.classroom import grader

NET = """
network:
  inputs: {x: [0.35, 0.9]}
  targets: {y: 1}
  layers:
    - {weights: {W1: [[0.1, 0.8], [0.4, 0.6]]}, bias: {b1: [0.1, 0.2]}, activation: sigmoid, pre: z1, out: a1}
    - {weights: {w2: [[0.3, 0.9]]}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
  loss: {L: binary_cross_entropy}
  learning_rate: {eta: 0.1}
  optimizer: momentum
aliases: {w11: "W1[1,1]"}
questions:
  - z1
  - dL/db2
  - new(b2)
  - new(b2, 2)
  - dL/dW1
  - new(W1)
  - {ask: "dL/dz1[2]", id: delta of unit 2}
  - {ask: new(w2), id: w2 after one step}
  - state(v, b2)
  - dL/dw11
  - b2 * z2
"""
SCALAR = """
given: {w: 0.5, W: 0.25, x: 2}
equations: [z = w*x + W]
questions: [z, dz/dw, {ask: dz/dW, id: Big}, {ask: z^2, id: W}]
"""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return grader(NET).matcher


def find(matcher: Matcher, key: str) -> tuple[str, tuple[int, int] | None] | None:
    found: Match | None = matcher.find(key)
    return None if found is None else (matcher.problem.questions[found.question].id, found.place)


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("z1", ["z1", " z1 ", "z1\t"]),
        ("dL/db2", ["dL/db2", "dL_db2", "∂L/∂b2", "∂L_∂b2", "dL / db2", "∂L / ∂b2"]),
        ("new(b2)", ["new(b2)", "b2_new", "new_b2", "new b2", "b2 new", "b2 (new)", "b2'", "b2′", "b2’"]),
        ("new(b2, 2)", ["new(b2, 2)", "new(b2,2)", "b2''", "b2′′", "new(new(b2))"]),
        ("dL/dW1", ["dL/dW1", "dL_dW1", "∂L/∂W1"]),
        ("new(W1)", ["W1_new", "W1'", "new W1"]),
        (
            "new(b2)",
            [
                r"\text{new } b_2",
                r"\text{new b2}",
                "updated b_2",
                "b_2 after one step",
                r"b_2 \leftarrow",
                "new value of b2",
                "b_2^+",
                r"b_2^{\text{new}}",
            ],
        ),
        ("dL/db2", ["dLdb2", r"\nabla_{b_2} L", r"\nabla_{b_2}", "grad b_2", r"\frac{\delta L}{\delta b_2}"]),
        ("delta of unit 2", ["delta of unit 2", "Delta of Unit 2", "deltaofunit2", "dL/dz1[2]", "∂L/∂z1[2]"]),
        ("w2 after one step", ["w2 after one step", "W2 after one step", "new(w2)", "w2'", "w2_new"]),
        ("state(v, b2)", ["state(v, b2)", "state(v,b2)", "state(v, b2, 1)"]),
        ("dL/dw11", ["dL/dw11", "dL/dW1[1,1]", "dL_dw11", "∂L/∂w11", "dL/dW1[1][1]"]),
        ("b2 * z2", ["b2 * z2", "b2*z2"]),
    ],
)
def test_every_usual_spelling_of_a_question(matcher: Matcher, question: str, keys: list[str]) -> None:
    """The id, what is asked, and the ways in which people write derivatives and new values."""
    assert {key: find(matcher, key) for key in keys} == dict.fromkeys(keys, (question, None))


@pytest.mark.parametrize(
    ("key", "question", "place"),
    [
        ("z1[1]", "z1", (0, 0)),
        ("z1[2]", "z1", (1, 0)),
        ("dL/dW1[2,1]", "dL/dW1", (1, 0)),
        ("dL/dW1[2][1]", "dL/dW1", (1, 0)),
        ("dL_dW1[1,2]", "dL/dW1", (0, 1)),
        ("∂L/∂W1[1,2]", "dL/dW1", (0, 1)),
        ("new(W1[1,2])", "new(W1)", (0, 1)),
        ("new(W1)[1,2]", "new(W1)", (0, 1)),
        ("W1[1,2]_new", "new(W1)", (0, 1)),
        ("W1_new[1,2]", "new(W1)", (0, 1)),
        ("W1[1,2]'", "new(W1)", (0, 1)),
        ("W1'[1,2]", "new(W1)", (0, 1)),
        ("new(w11)", "new(W1)", (0, 0)),
        ("w2 after one step[2]", "w2 after one step", (0, 1)),
        ("new(w2)[2]", "w2 after one step", (0, 1)),
    ],
)
def test_an_element_may_be_answered_on_its_own(
    matcher: Matcher, key: str, question: str, place: tuple[int, int]
) -> None:
    """Elements of what is asked, in every spelling of the whole."""
    assert find(matcher, key) == (question, place)


@pytest.mark.parametrize(
    "key",
    ["z2", "z3", "w11", "dL/db1", "new(b1)", "b1'", "b2'''", "z1[3]", "z1[0]", "z1[1,2]", "W1",
     "dL/dW1[3,1]", "dz1", "L", "new(L)", "dL", "db2", "dL/dz1[1]", "state(m, b2)", "state(v, b2, 2)", "",
     " ", "z1 z1",
     "delta of unit", "delta of unit 3", "after one step", "-dL/db2", "2*z1", "9" * 300, "z1[", "((((",
     "nan", "new()", "new(new", "b2*z1"],
)  # fmt: skip
def test_what_is_not_asked_matches_nothing(matcher: Matcher, key: str) -> None:
    """Near misses are nobody's question: they are told, with the nearest id, and never guessed."""
    assert find(matcher, key) is None


def test_an_id_wins_over_a_quantity_and_letter_case_counts() -> None:
    """A question called W is meant by W, whatever the quantity W is; w and W are two things."""
    matcher = grader(SCALAR).matcher

    assert find(matcher, "W") == ("W", None)
    assert find(matcher, "dz/dW") == ("Big", None)
    assert find(matcher, "dz/dw") == ("dz/dw", None)
    assert find(matcher, "dz_dW") == ("Big", None)
    assert find(matcher, "big") is None
    assert find(matcher, "DZ/DW") is None


def test_indices_count_from_the_problems_base() -> None:
    """Where a problem counts from 0, so do the students."""
    matcher = grader("given: {v: [1, 2, 3]}\nindex_base: 0\nequations: [u = 2*v]\nquestions: [u]").matcher

    assert find(matcher, "u[0]") == ("u", (0, 0))
    assert find(matcher, "u[2]") == ("u", (2, 0))
    assert find(matcher, "u[3]") is None


def test_the_nearest_question_is_named(matcher: Matcher) -> None:
    """Whoever misspells a key is told which one there is."""
    assert matcher.nearest("dL/db3") == "dL/db2"
