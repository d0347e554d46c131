"""Whole homeworks as they are handed in, damage and all: every answer is found.

The documents in `documents/` are written for these tests, in the manner of transcribed homework: no headings,
titles or ids, two columns of equations under each other, labels that are wrong, names of the course's own.
"""

from pathlib import Path

import pytest

from grader.report.model import Answer, StudentReport
from grader.run import grade_assignment

FOLDER = Path(__file__).parent / "documents"
SPECS = Path(__file__).parents[2] / "specs"
TEXT = "…"
SOFTPLUS = r"\frac{1}{1 + e^{-\mathbf{z}_2}}"

# What each answer ends with; TEXT is an answer in words.
ANSWERS: dict[str, dict[str, dict[str, str]]] = {
    "homework2.md": {
        "q1": {
            "z1[1]": "2", "a1[1]": "0.881", "z1[2]": "0.5", "a1[2]": "0.622", "p": "0.282",
            "dp/dz2": "e^{z_1^{(2)}}", "dJ/dp": "p - y", "dJ/dW2[1,1]": "-0.248442y + 0.070060644",
            "dJ/dW1[1,1]": "-0.01250582 + 0.04434689y",
        },
    },
    "assignment21.txt": {
        "q1": {"y": "w_{31}(w_{11}x_1 + w_{12}x_2 + b_1) + w_{32}(w_{21}x_1 + w_{22}x_2 + b_2) + b_3"},
        "q2": {
            "y multiplied out": "w_{22}w_{32}x_2 + w_{32}b_2 + b_3",
            "collapsed w1": "w_{11}w_{31} + w_{12}w_{32}",
            "collapsed w2": "w_{12}w_{31} + w_{21}w_{32}",
            "collapsed b": "w_{11}b_1 + w_{12}b_2 + b_3",
        },
        "q3": {
            "zh1": "1.5", "h1": "0.9176", "zh2": "5.5", "h2": "0.9959", "zj": "0.4047", "y": "0.5998",
            "L": "0.08008", "dL/dy": "-0.4002", "dL/dzj": "-0.09606", "dL/dh1": "-0.04803",
            "dL/dh2": "-0.09606", "dL/dzh1": "0.00716", "dL/dzh2": "0.000392", "dL/dwj1": "-0.07854",
            "dL/dwj2": "-0.09567", "dL/dwj3": "0.09606", "dL/dw11": "0", "dL/dw12": "0.00716",
            "dL/db1": "0.02448", "dL/dw21": "0", "dL/dw22": "0.000392", "dL/db2": "0.00098",
            "new(wj1)": "2.00784", "new(wj2)": "1.009567", "new(wj3)": "0.9904", "new(w11)": "2",
            "new(w12)": "-1.500716", "new(b1)": "2.998", "new(w21)": "2", "new(w22)": "2.9499",
            "new(b2)": "2.4999",
        },
        "q5": {
            "derivative in z": r"\frac{e^{-z}}{(1+e^{-z})^2}",
            "derivative in s": r"(1-\sigma(z))(1+\sigma(z))",
            "vanishing gradient": TEXT,
        },
        "q5b": {},
        "q6": {"tanh in the hidden units": TEXT, "tanh in the output unit": TEXT},
        "q7": {
            "h1": "1.5", "h2": "5.5", "zj": "5.25", "y": "0.9948", "dL/dzj": "-0.4002",
            "dL/dzh1": "-0.0001345", "dL/dzh2": "-0.000392", "dL/dwj1": "-0.09606", "dL/dwj2": "-0.07854",
            "dL/dw11": "-0.04803", "dL/dw12": "-0.09567", "dL/dw21": "-0.02448", "dL/dw22": "0",
            "dL/db1": "0", "dL/db2": "0", "relu against vanishing gradients": TEXT,
        },
    },
    "question2.md": {
        "q1": {
            "dz2/dw2": r"\mathbf{a}_1", "dz2/db2": "1",
            "dyhat/dw2": r"\mathbf{a}_1 \frac{\partial \hat{y}}{\partial \mathbf{z}_2} \text{ by (2.1.1)}",
            "dyhat/db2": r"\frac{\partial \hat{y}}{\partial \mathbf{z}_2} \text{ by (2.1.2)}",
        },
        "q2": {
            "dyhat/dz2": SOFTPLUS,
            "dyhat/dw2": r"\frac{\mathbf{a}_1}{1 + e^{-\mathbf{z}_2}}",
            "dyhat/db2": SOFTPLUS,
        },
        "q3": {
            "dyhat/dx": r"\frac{\mathbf{w}_1 \mathbf{w}_2}{(1 + e^{-\mathbf{z}_2})(1 + e^{-\mathbf{z}_1})}",
            "depends(dyhat/dx, b2)": "No",
        },
        "q4": {
            "dyhat/dz2": r"\hat{y}(1 - \hat{y})", "dz2/da1": r"\mathbf{w}_2",
            "da1/dz1": r"\mathbf{a}_1(1 - \mathbf{a}_1)", "dz1/dw1": r"\mathbf{x}",
            "dyhat/dw1": r"\mathbf{a}_1 \mathbf{w}_2 \mathbf{x} \hat{y}(1 - \mathbf{a}_1)(1 - \hat{y})",
        },
    },
    "assignment1.md": {
        "q1": {
            "a": "9, -2, 5", "yhat": "36", "error": "4", "J": "16", "dJ/db1(2)": "8", "dJ/dw21(2)": "-16",
            "dJ/db2(1)": "8", "dJ/dw13(1)": "16", "b2(1) after one step": "-16",
            "w13(1) after one step": "-29", "training and test set": TEXT,
        },
        "q1b": {"a": "9, 0, 5", "yhat": "38"},
        "q2": {
            "df/dx1": r"\cos(x_1 e^{x_2}) e^{x_2} + 2(x_1 + x_2^2)",
            "df/dx2": r"x_1 e^{x_2} \cos(x_1 e^{x_2}) + 4x_2 (x_1 + x_2^2)",
        },
        "q3_1": {"df/dz": r"\left[ f(z) (1-f(z)) \right]"},
        "q3_2": {"df/dw": "x f(w) (1-f(w))"},
        "q3_3": {"dJ/dw": r"\frac{w^T x^{(i)} - y^{(i)}}{|w^T x^{(i)} - y^{(i)}|} \right]"},
        "q3_4": {"dJ/dw": r"[x^{(i)} \cdot (w^T x^{(i)} - y^{(i)})] + 2\lambda \sum_{j=1}^n w_j"},
        "q3_5": {"dJ/dw": r"(1-y^{(i)}) x^{(i)} \left( \frac{1}{1 + e^{-w^T x^{(i)}}} \right) \right]"},
        "q3_6": {"df/dw": r"x \text{sech}^2(w^T x)"},
    },
    "homework1.md": {
        "q1": {"neuron": TEXT, "weights": TEXT, "activation": TEXT, "bias": TEXT},
        "q2": {"z1": "0.49, -0.06, -0.22", "a1": "0.49, 0, 0"},
        "q3": {
            "z1": "0.2", "a1": "0.5498", "z2": "0.4199", "yhat": "0.6035",
            "dL/dyhat": r"-\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}}",
            "dL/dw2": "-0.2180", "dL/db2": "-0.3965", "dL/dw1": "-0.0196", "dL/db1": "-0.0393",
            "w2 after one step": "0.4218", "w1 after one step": "0.202", "b2 after one step": "0.2397",
            "b1 after one step": "0.1039",
        },
    },
}  # fmt: skip


def report(name: str) -> StudentReport:
    (student,) = grade_assignment(SPECS / f"{Path(name).stem}.yaml", [FOLDER / name]).students
    return student


def is_given(answer: Answer) -> bool:
    return answer.verdict != "missing"


def ending(answer: Answer, expected: str) -> str:
    """What an answer ends with, as long as what is expected; TEXT for words."""
    if answer.verdict == "manual" and answer.asked.kind == "text":
        return TEXT if answer.given else ""
    if answer.components:
        said = [(part.given or "").rpartition("=")[2].strip() for part in answer.components]
        if any(said):
            return ", ".join(said)
    given = answer.given or ""
    if expected.strip("0123456789.-"):
        return given[-len(expected) :]
    return given.rpartition("=")[2].replace(r"\boxed{", "").strip(" }")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_of_a_document_is_found(name: str) -> None:
    """Each as it was written and under its question."""
    wanted = {(problem, key): text for problem, asked in ANSWERS[name].items() for key, text in asked.items()}
    answers = {(one.asked.problem, one.asked.question): one for one in report(name).answers}
    found = {key: ending(one, wanted.get(key, "")) for key, one in answers.items() if is_given(one)}
    assert found == wanted
    assert {one.verdict for one in answers.values()} & {"unreadable"} == set()


def test_what_is_not_said_by_name_is_missing() -> None:
    """Three slopes in one sentence, and a product inside a sum: nothing says which question they answer."""
    missing = {
        (name, one.asked.question) for name in ANSWERS for one in report(name).answers if not is_given(one)
    }
    assert missing == {
        ("assignment21.txt", "dh1/dzh1"),
        ("assignment21.txt", "dh2/dzh2"),
        ("assignment21.txt", "dy/dzj"),
        ("homework1.md", "W1^T x"),
    }


def test_what_was_read_in_an_unusual_way_is_told() -> None:
    """Arguments taken from chains, a number that outlives its formula, words shown twice, steps left over."""
    notes = report("assignment21.txt").notes
    assert "line 37: `zh1` was read from `h_1`" in notes
    assert "`L` stands on lines 49 and 53; what is worked out counts, on line 49" in notes
    assert "q6: the same paragraphs are shown for 2 questions" in notes
    assert any(note.startswith("q7: no question is called") and r"\bar{w}_{b3}" in note for note in notes)
