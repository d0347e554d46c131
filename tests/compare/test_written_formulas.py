"""Answers in LaTeX, in Unicode and in chains of equalities, graded from end to end."""

import pytest

from grader.report.model import Answer, StudentReport
from grader.run.assignment import AssignmentGrader
from grader.spec import load_text
from grader.submission.model import Submission

SPEC = """
problems:
  - id: q3
    network:
      inputs: {x: 0.5}
      targets: {y: 1}
      layers:
        - {weights: {w1: 0.2}, bias: {b1: 0.1}, activation: sigmoid, pre: z1, out: a1}
        - {weights: {w2: 0.4}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    aliases: {err: "dL/dz2"}
    questions: [z1, a1, z2, yhat, dL/dyhat, dL/dw2, new(w2)]
  - id: q4
    network:
      inputs: {x: [0.5, 1]}
      targets: {y: [1]}
      layers:
        - {weights: [[0.2, 0.1], [0.4, -0.3]], bias: [0.1, 0], activation: sigmoid}
        - {weights: [[0.2, 0.1]], bias: [0.1], activation: sigmoid}
      loss: {L: half_squared_error}
    questions: [z1, a1, "dL/dW1[1,2]"]
"""
GRADER = AssignmentGrader(load_text(SPEC, "t.yaml"))


def graded(problem: str, answers: dict[str, str]) -> tuple[StudentReport, dict[str, Answer]]:
    report = GRADER.grade([Submission("s", "s.yaml", {problem: answers})])[0]
    return report, {a.asked.question: a for a in report.answers if a.asked.problem == problem}


@pytest.mark.parametrize(
    ("problem", "question", "key", "text"),
    [
        ("q3", "z1", "z_1", "z_1 = w_1 x + b_1 = .2(.5) + .1 = 0.2"),
        ("q3", "a1", "$a_1$", r"$\frac{1}{1+e^{-z_1}} = \frac{1}{1+e^{-0.2}} = 0.5498$"),
        ("q3", "z2", "z₂", "w_2 a_1 + b_2"),
        ("q3", "z2", "z2", r"$0.4199$"),
        ("q3", "yhat", r"\hat{y}", r"\boxed{0.6035}"),
        ("q3", "dL/dyhat", "∂L/∂ŷ", "−y/ŷ + (1−y)/(1−ŷ)"),
        ("q3", "dL/dw2", r"\frac{\partial L}{\partial w_2}", r"(\hat{y} - y) \cdot a_1"),
        ("q3", "dL/dw2", "dL/dw2", r"err \cdot a_1 = -0.218"),
        ("q3", "new(w2)", r"w_2(\text{new})", r".4 - .1(-0.2180) = \boxed{0.4218}"),
        ("q4", "z1", "z^{[1]}", r"W_1 x + b_1 = \begin{pmatrix} 0.3 \\ -0.1 \end{pmatrix}"),
        ("q4", "z1", "z1", r"\left[\begin{array}{c} 0.30 \\ -1 \times 10^{-1} \end{array}\right]"),
        ("q4", "z1", "z1", "z1 = [0.3, -0.1]"),
        ("q4", "a1", "a^{(1)}", r"$\sigma(W^{[1]} x + b^{[1]})$"),
        (
            "q4", "dL/dW1[1,2]", r"\frac{\partial L}{\partial w_{12}^{(1)}}",
            r"(\hat{y}-y)\hat{y}(1-\hat{y}) w_{11}^{(2)} a_1^{[1]}(1-a_1^{[1]})x_2",
        ),
    ],
)  # fmt: skip
def test_right_however_written(problem: str, question: str, key: str, text: str) -> None:
    report, answers = graded(problem, {key: text})
    assert answers[question].verdict == "correct", answers[question]
    assert report.notes == ()


@pytest.mark.parametrize(
    ("text", "verdict", "note"),
    [
        ("2(.5) + .1 = 0.2", "correct", 'z1: "2(.5) + .1" is 1.1, not 0.2'),
        ("w1*x + b2 = 0.2", "correct", 'z1: "w1*x + b2" is 0.3, not 0.2'),
        ("= 0.2 = 0.3", "wrong", 'z1: "0.2" is 0.2, not 0.3'),
        ("w1*x + b1 = 0.3", "wrong", None),  # may be the student's own w1: not for us to say
        ("qq = 0.2", "correct", None),
        ("0.1 + 0.1", "correct", None),
    ],
)
def test_a_disagreement_is_told_and_changes_no_verdict(text: str, verdict: str, note: str | None) -> None:
    report, answers = graded("q3", {"z1": text})
    assert (answers["z1"].verdict == "correct") == (verdict == "correct")
    assert report.notes == (() if note is None else (note,))


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        (r"-\frac{y}{\hat{q}} + 1", 'unknown name "qhat" at character 11 (did you mean "yhat"?)', (10, 17)),
        ("w1*x = ", "nothing follows the equals sign at character 6", (5, 6)),
        ("w1*x + ☺", '"☺" has no meaning in an expression at character 8', (7, 8)),
        ("w1*\x00", '"U+0000" has no meaning in an expression at character 4', (3, 4)),
    ],
)
def test_the_unreadable_is_told_with_its_place(text: str, reason: str, place: tuple[int, int]) -> None:
    _, answers = graded("q3", {"z1": text, "a1": "0.5498"})
    assert answers["a1"].verdict == "correct"
    assert answers["z1"].verdict == "unreadable"
    expected = "a number, a list or a formula in L, x, y, a1, b1, b2, w1, w2, ..."
    assert answers["z1"].reason == f"{reason}; expected {expected}"
    assert answers["z1"].trouble == place
