"""One answer in running text, written in many ways: each is found under its question, none is made up."""

from pathlib import Path

import pytest

from grader.report.model import StudentReport
from grader.run import grade_assignment
from grader.run.loading import load_spec

SPEC = """
problems:
  - id: q1
    title: "1. One unit"
    network:
      inputs: {x: 0.5}
      targets: {y: 1}
      layers:
        - {weights: {w1: 0.2}, bias: {b1: 0.1}, activation: sigmoid, pre: z1, out: a1}
        - {weights: {w2: 0.4}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: half_squared_error}
      learning_rate: 0.1
    questions: [z1, a1, dL/dw2, dL/db2, {ask: new(w2), id: w2 after one step}, new(b2)]
  - id: q2
    title: "2. Two units"
    given: {W: [[1, 2], [3, 4]], v: [5, 6]}
    equations: [u = W @ v, s = sum(u)]
    questions: [{ask: W @ v, id: W v}, s]
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "hw.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def graded(spec: Path, text: str, name: str = "s1.md") -> StudentReport:
    path = spec.parent / name
    path.write_text(text, encoding="utf-8")
    (student,) = grade_assignment(load_spec(str(spec)), [path]).students
    return student


def answered(report: StudentReport) -> dict[str, str]:
    return {one.asked.question: one.given for one in report.answers if one.given}


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("a1", ["a1 = 0.55", "a_1: 0.55", "$a_1$: 0.55", "a₁ → 0.55", "(b) a₁ ≈ 0.55", "- **a_1**: 0.55",
                "$a_1 = 0.55$", r"\(a_1 = 0.55\)", r"$$a^{(1)} = \sigma(z_1) = 0.55$$",
                "| $a_1$ |\n|---|\n| 0.55 |", "| what | value |\n|---|---|\n| a₁ | 0.55 |",
                "We get a_1 = 0.55.", "so $a_1$ = 0.55,",
                "\\[\n\\begin{align}\na_1 &= \\sigma(z_1) \\\\\n&= 0.55\n\\end{align}\n\\]"]),
        ("dL/dw2", ["∂L/∂w₂: 0.55", "dLdw2 = 0.55", "dL_dw2 -> 0.55", r"$\nabla_{w_2} L = 0.55$",
                    r"$\frac{\mathrm{d} L}{\mathrm{d} w_2} = 0.55$", r"$\partial L/\partial w_2 = 0.55$",
                    r"$$\Rightarrow \boxed{\frac{\partial L}{\partial w_2} = 0.55}$$"]),
        ("w2 after one step", ["new w2 = 0.55", "new w_2: 0.55", "w2_new = 0.55", "w_2' = 0.55", "w₂ ← 0.55",
                               r"$w_2 \leftarrow w_2 - 0.1 \cdot 3 = 0.55$", "updated value of w2 = 0.55",
                               r"$w_2^{\text{new}} = 0.55$", r"$w_2(\text{new}) = 0.55$",
                               "the new $w_2 = 0.55$", r"$w_2 = w_2 - 0.1 \cdot 3 = 0.55$",
                               "After one step: w2 = 0.55", "Updated weights:\n\nw2 = 0.55",
                               "## Update\n$w_2 = 0.55$", "z, and new w2 = 0.55"]),
    ],
)  # fmt: skip
def test_the_ways_to_write_an_answer(spec: Path, question: str, lines: list[str]) -> None:
    found = {}
    for line in lines:
        given = answered(graded(spec, f"# Question 1\n\n{line}\n"))
        assert set(given) == {question}, line
        found[line] = given[question].rpartition("=")[2].strip(" .$")
    assert found == dict.fromkeys(lines, "0.55")


@pytest.mark.parametrize(
    "line",
    [
        "W v = [17, 39]",
        "$W v = (17, 39)$",
        r"$\mathbf{W}\mathbf{v} = [17, 39]^T$",
        r"$$Wv = \begin{pmatrix} 17 \\ 39 \end{pmatrix}$$",
        "W@v: [17, 39]",
    ],
)
def test_vectors_and_products(spec: Path, line: str) -> None:
    report = graded(spec, f"## 2. Two units\n{line}\n")
    (one,) = (one for one in report.answers if one.given)
    assert (one.asked.question, one.verdict) == ("W v", "correct")


def test_values_without_names_in_the_order_of_the_questions(spec: Path) -> None:
    report = graded(spec, "Question 2\n\na) [17, 39]\n\nb) $56$\n")
    assert answered(report) == {"W v": "[17, 39]", "s": "56"}
    assert report.notes == ("q2: values without names were read in the order of its questions",)
    assert report.score == 2


@pytest.mark.parametrize("text", ["a) 56\n", "a) 17\nc) 56\n", "b) 17\na) 56\n", "a) 1\nb) 2\nc) 3\n"])
def test_values_whose_question_is_not_certain_are_told(spec: Path, text: str) -> None:
    report = graded(spec, f"# Question 2\n{text}\n# Question 1\na1 = 0.5\n")
    assert answered(report) == {"a1": "0.5"}
    (note,) = report.notes
    assert note.startswith("from line 2 on, nothing says which questions of q2 these answer: `")
    assert note.endswith("not read; write `name = value`")


def test_a_parameter_restated_before_its_step_is_no_answer(spec: Path) -> None:
    report = graded(spec, "# Question 1\nw2 = 0.4, b2 = 0.2\na1 = 0.5\n\nUpdate\n\nb2 = 0.3\n")
    assert answered(report) == {"a1": "0.5", "new(b2)": "0.3"}
    assert "line 7: `b2` was read as its value after the step" in report.notes
    assert 'q1: no question is called "w2", "b2"' in report.notes


def test_plain_text_is_read_like_markdown(spec: Path) -> None:
    report = graded(spec, "1) a_1 = 0.55\n\n2) s = 56\n", "s2.txt")
    assert (report.student, answered(report)) == ("s2", {"a1": "0.55", "s": "56"})
