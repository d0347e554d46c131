"""A wrong rule stands beside the right one, with the student's own numbers in both."""

from pathlib import Path

import pytest

from grader.language import render
from grader.report.model import Answer, Compared, Diagnosis
from grader.report.terminal.rules import both_rules
from grader.run import grade_assignment

SPEC = """
problems:
  - id: q
    given: {x1: 0.37, x2: -0.82, y: 1, w11: 0.43, w12: -0.61, w21: 0.72, w22: 0.27, b1: 0.14, b2: -0.35,
            v1: 0.58, v2: -0.93, c: 0.22, eta: 0.3}
    equations: [z1 = w11*x1 + w12*x2 + b1, z2 = w21*x1 + w22*x2 + b2, a1 = sigmoid(z1), a2 = sigmoid(z2),
                u = v1*a1 + v2*a2 + c, yhat = sigmoid(u), L = 1/2*(yhat - y)^2]
    train: {minimize: L, learning_rate: eta, parameters: [w11, w12, w21, w22, b1, b2, v1, v2, c]}
    questions: [ASKED]
"""
ASKED = "yhat, dL/du, dL/dv1, dL/dz1, new(w11), new(c)"
# The activation for its slope, in both layers; then, with right gradients, uphill.
ANSWERS = {
    "yhat": "0.5561",
    "dL/du": "-0.2469",
    "dL/dv1": "-0.1703",
    "dL/dz1": "-0.09878",
    "new(w11)": "0.4410",
    "new(c)": "0.1459",
}


def answers(
    tmp_path: Path, written: dict[str, str], asked: str = ASKED, *, worked: bool = True
) -> dict[str, Answer]:
    """One student's answers, graded."""
    (tmp_path / "hw.yaml").write_text(SPEC.replace("ASKED", asked), encoding="utf-8")
    lines = "\n".join(f"    {question}: {given}" for question, given in written.items())
    (tmp_path / "s1.yaml").write_text(f"answers:\n  q:\n{lines}\n", encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s1.yaml"], worked=worked)
    return {a.asked.question: a for a in report.students[0].answers}


def diagnosis(answer: Answer) -> Diagnosis:
    """The answer's diagnosis, which must be there."""
    assert answer.diagnosis is not None
    return answer.diagnosis


def both(answer: Answer) -> Compared:
    """Both rules, which must be there."""
    assert answer.compared is not None
    assert answer.compared.wrong is not None
    return answer.compared


def lines(answer: Answer) -> list[str]:
    """The two lines in the terminal."""
    return [told.plain for _, told in both_rules(answer, "yours")]


def test_both_rules_at_the_step_of_each_answer(tmp_path: Path) -> None:
    """A rule followed in two layers is shown at either, with the values that the student had there."""
    got = answers(tmp_path, ANSWERS)
    assert lines(got["dL/du"]) == [
        "dL/du = dL/dyhat*yhat = (-0.4439)*0.5561 = -0.246853",
        "dL/du = dL/dyhat*sigmoid'(u) = (-0.4439)*sigmoid'(0.225466) = -0.109577",
    ]
    hidden = diagnosis(got["dL/dz1"])
    assert hidden.step == "dL/dz1"
    assert "dL/dz1" in hidden.feedback
    assert render(both(got["dL/dz1"]).wrong or both(got["dL/dz1"]).right) == "dL/da1*a1"
    assert both(got["dL/dz1"]).instead == pytest.approx(-0.0987843, abs=1e-7)
    assert set(hidden.explains) == {"dL/du", "dL/dz1"}


def test_a_repetition_says_so(tmp_path: Path) -> None:
    """The first is charged, the second is not; another mistake is."""
    got = answers(tmp_path, ANSWERS)
    assert [diagnosis(got[q]).repeated for q in ("dL/du", "dL/dz1", "new(c)")] == [False, True, False]
    assert [got[q].score for q in ("dL/du", "dL/dz1", "new(c)")] == [0.5, 1.0, 0.5]


def test_new_values_have_their_names(tmp_path: Path) -> None:
    """An updated parameter is `new(c)`, and its rule speaks of `c`."""
    wrong, right = lines(answers(tmp_path, ANSWERS)["new(c)"])
    assert wrong == "new(c) = c + eta*dL/dc = 0.22 + 0.3*(-0.2469) = 0.14593"
    assert right.startswith("new(c) = c - eta*dL/dc = ")


def test_what_nobody_wrote_is_worked_out_under_the_wrong_rule(tmp_path: Path) -> None:
    """With gradients unasked the numbers shown still lead to what was written."""
    # The activation for its slope in both layers, nothing in between asked.
    written = {"new(w11)": "0.44096", "new(w12)": "-0.63429", "new(v1)": "0.63108", "new(c)": "0.29406"}
    got = answers(tmp_path, written, ", ".join(written))
    assert diagnosis(got["new(w11)"]).id == "der.is_a"
    assert both(got["new(w11)"]).quantity == "dL/du"
    assert both(got["new(w11)"]).instead == pytest.approx(-0.24685, abs=1e-4)


def test_only_where_it_is_shown(tmp_path: Path) -> None:
    """Grading without worked steps does not spend time on it."""
    got = answers(tmp_path, ANSWERS, worked=False)
    assert got["dL/du"].compared is None


def test_a_slip_has_no_rule(tmp_path: Path) -> None:
    """A digit misread is no rule."""
    got = answers(tmp_path, ANSWERS | {"dL/dv1": "-0.1073"})
    assert got["dL/dv1"].verdict == "slip"
    assert diagnosis(got["dL/dv1"]).id == "slip.transpose_digits"
    assert got["dL/dv1"].compared is not None
    assert got["dL/dv1"].compared.wrong is None


def test_a_formula_in_symbols_beside_numbers(tmp_path: Path) -> None:
    """Where one answer depends on a symbol and another does not, both rules are shown for either."""
    spec = """
problems:
  - id: q
    symbols: [t]
    given: {w: 0.4, x: 1.5}
    equations: [z = w*x, y = sigmoid(z), L = 1/2*(y - t)^2]
    questions: ['y', 'dL/dy', 'dL/dz']
"""
    (tmp_path / "hw.yaml").write_text(spec, encoding="utf-8")
    written = '{"answers": {"q": {"y": "0.6457", "dL/dy": "t - 0.6457", "dL/dz": "(t - 0.6457)*0.2288"}}}'
    (tmp_path / "s1.json").write_text(written, encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s1.json"], worked=True)
    wrong = report.students[0].answers[1]
    assert diagnosis(wrong).id == "dy.sign"
    assert lines(wrong) == ["dL/dy = -y + t", "dL/dy = y - t"]
