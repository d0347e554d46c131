"""Where follow-through applied, the report shows the step with the student's own numbers."""

from pathlib import Path

import pytest

from grader.report.model import Answer
from grader.report.terminal.rules import own_rule
from grader.run import grade_assignment

SPEC = """\
title: Quiz
problems:
  - id: q
    network:
      inputs: {x: 0.5}
      targets: {y: 1}
      layers:
        - {weights: {w1: 0.2}, bias: {b1: 0.1}, activation: sigmoid, pre: z1, out: a1}
        - {weights: {w2: 0.4}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    questions: [z1, a1, z2, dL/dw2, dL/db2, new(w2)]
  - id: v
    given: {W: [[1, 2], [3, 4]], u: [1, -1]}
    equations: [s = W @ u, r = relu(s), t = 2*r]
    questions: [s, r, "t[1]"]
"""


@pytest.fixture
def graded(tmp_path: Path) -> dict[tuple[str, str], Answer]:
    """A student who is wrong at z2 and at s, and goes on rightly."""
    (tmp_path / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "s1.yaml").write_text(
        "answers:\n"
        "  q: {z1: 0.2, a1: 0.5498, z2: 0.2199, dL/dw2: -0.2448, dL/db2: -0.4452, new(w2): 0.42448}\n"
        '  v: {s: "[2, -1]", r: "[2, 0]", "t[1]": 4}\n',
        encoding="utf-8",
    )
    report = grade_assignment(tmp_path / "quiz.yaml", [tmp_path / "s1.yaml"], worked=True)
    return {(answer.asked.problem, answer.asked.question): answer for answer in report.students[0].answers}


def test_numbers_of_the_student(graded: dict[tuple[str, str], Answer]) -> None:
    """What was written stands in the rule, and what was not written follows from it."""
    assert graded["q", "new(w2)"].verdict == "follow_through"
    assert own_rule(graded["q", "new(w2)"]) == "= 0.4 - 0.1*(-0.2448) = 0.42448"
    assert own_rule(graded["q", "dL/dw2"]) == "= (-0.4452)*0.5498 = -0.244771"


def test_vectors(graded: dict[tuple[str, str], Answer]) -> None:
    """A vector is put in whole, and of what it gives the element that is asked."""
    assert own_rule(graded["v", "r"]) == "= relu([2, -1]) = [2, 0]"
    assert own_rule(graded["v", "t[1]"]) == "= (2*[2, 0])[1] = 4"


def test_only_where_it_explains_something(graded: dict[tuple[str, str], Answer]) -> None:
    """Not beside right or wrong answers, nor for a step that only passes a value on."""
    assert own_rule(graded["q", "z1"]) is None
    assert own_rule(graded["q", "z2"]) is None
    assert graded["q", "dL/db2"].verdict == "follow_through"
    assert own_rule(graded["q", "dL/db2"]) is None


def test_only_where_it_is_shown(tmp_path: Path, graded: dict[tuple[str, str], Answer]) -> None:
    """A run for other programs does not work it out."""
    assert graded
    report = grade_assignment(tmp_path / "quiz.yaml", [tmp_path / "s1.yaml"])
    assert all(
        answer.compared is None and answer.asked.worked is None for answer in report.students[0].answers
    )


def test_a_formula_in_a_symbol_where_a_number_belongs(tmp_path: Path) -> None:
    """It is wrong, and stops nobody's grading; one without a value is not left undecided."""
    spec = "problems:\n  - {id: q, symbols: [m], equations: [u = 2], questions: [u]}\n"
    (tmp_path / "hw.yaml").write_text(spec, encoding="utf-8")
    for student, given in (("s1", "5m"), ("s2", "1/0"), ("s3", "2")):
        (tmp_path / f"{student}.yaml").write_text(f"answers: {{q: {{u: '{given}'}}}}\n", encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", sorted(tmp_path.glob("s?.yaml")))
    assert [s.answers[0].verdict for s in report.students] == ["wrong", "unreadable", "correct"]


def test_a_wrong_formula_that_names_a_derivative(tmp_path: Path) -> None:
    """The names in it are exchanged for others in search of a slip; that must stop nobody's grading."""
    spec = (
        "problems:\n  - {id: q, symbols: [t], given: {w: 0.5, x: 2}, questions: [dL/dw],\n"
        "     equations: [z = w*x, y = sigmoid(z), L = 1/2*(y - t)^2]}\n"
    )
    (tmp_path / "hw.yaml").write_text(spec, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("answers: {q: {dL/dw: dL/dy*dy/dz*x*w*t}}\n", encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s.yaml"])
    assert report.students[0].answers[0].verdict in ("wrong", "misconception", "slip")


def test_names_in_running_text_that_no_question_has(tmp_path: Path) -> None:
    """They are told, first ones by name: an answer under a misspelt name would be lost otherwise."""
    spec = "problems:\n  - {id: q, given: {w: 0.5, x: 2}, equations: [z = w*x, a = z^2], questions: [z, a]}\n"
    (tmp_path / "hw.yaml").write_text(spec, encoding="utf-8")
    lines = ["# q", "z = 1", *(f"foo{n} = {n}" for n in range(8))]
    (tmp_path / "s.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s.md"])
    student = report.students[0]
    assert [a.verdict for a in student.answers] == ["correct", "missing"]
    named = ", ".join(f'"foo{n}"' for n in range(6))
    assert student.notes == (f"q: no question is called {named} and 2 more",)
