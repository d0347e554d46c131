"""LaTeX as students write it is read right: a table of forms, five students' formulas, the ambiguous."""

import re
from pathlib import Path

import pytest

from grader.errors import ExpressionError
from grader.language import names_in, render
from grader.language.ambiguities import AMBIGUITIES, SCOPE, Ambiguity
from grader.language.answer import AnswerReader
from tests.language.problems import reader, scope

NET = AnswerReader(
    scope(
        "L w x1 x2 w1 w2 b a1 z z1 z2 y yhat eta lambda theta w2_11 w1_11 z1_1 z2_1 p s",
        {
            "x": (3, 1),
            "v": (3, 1),
            "W1": (2, 3),
            "W2": (1, 2),
            "b1": (2, 1),
            "c": (2, 1),
            "X": (3, 4),
            "Y": (1, 4),
        },
        activation="tanh",
    )
)
TABLE = {
    r"\frac{\partial L}{\partial w_{11}^{(2)}}": "dL/dw2_11",
    r"\sigma(z_1)(1-\sigma(z_1))": "sigmoid(z1)*(1 - sigmoid(z1))",
    r"-3 \cdot 0.881 (1-0.881)": "-3*0.881*(1 - 0.881)",
    r"a^{[1]} (1 - a^{[1]})": "a1*(1 - a1)",
    r"\hat{y}": "yhat",
    r"\tfrac12": "1/2",
    r"e^{-z}": "e^-z",
    r"\tanh^2 z": "tanh(z)^2",
    r"\text{ReLU}(z)": "relu(z)",
    r"v^\top x": "v^T @ x",
    r"\|v\|_2^2": "norm(v)^2",
    r"v \odot x": "v*x",
    r"\sum_{i=1}^{m} y^{(i)} X^{(i)}": (
        "Y[1]*(X @ [1, 0, 0, 0]) + Y[2]*(X @ [0, 1, 0, 0]) + "
        "Y[3]*(X @ [0, 0, 1, 0]) + Y[4]*(X @ [0, 0, 0, 1])"
    ),
    r"\begin{pmatrix}0.49\\0\end{pmatrix}": "[0.49, 0]",
    r"w_{11}^{(2)}": "w2_11",
    r"b_2^{[1]}": "b1[2]",
    r"W^{(1)}_{21}": "W1[2,1]",
    r"\tfrac12 (y - \hat{y})^2": "1/2*(y - yhat)^2",
    r"2 \times 10^{-3}": "2*10^-3",
    r"\frac{1}{1+e^{-z_1}}": "1/(1 + e^-z1)",
    r"\frac{dL}{dw}": "dL/dw",
    r"\partial L/\partial w": "dL/dw",
    r"\left[-\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}} \right] \cdot \hat{y}(1-\hat{y})": (
        "(-y/yhat + (1 - y)/(1 - yhat))*yhat*(1 - yhat)"
    ),
    r"\sin z \cos z": "sin(z)*cos(z)",
    r"\sqrt{z} + \sqrt[3]{z}": "sqrt(z) + z^(1/3)",
    r"\ln \hat y + \log_2 y - \log_{10}(y)": "ln(yhat) + log2(y) - log10(y)",
    r"\mathrm{sigmoid}(z) \operatorname{ReLU}'(z)": "sigmoid(z)*relu'(z)",
    r"\mathbf{W}_1 \mathbf x + \bm{b}_1": "W1 @ x + b1",
    r"\lVert v \rVert + |z|": "norm(v) + abs(z)",
    r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix} \begin{smallmatrix}1\\1\end{smallmatrix}": (
        "[[1, 2], [3, 4]] @ [1, 1]"
    ),
    r"\sigma^\prime(z) + \tanh'(z)": "sigmoid'(z) + tanh'(z)",
    r"\begin{aligned} z &= w x_1 + b \\ &= 3 \end{aligned}": "3",
    r"$w_1\,x_1 \; + \! b$ % a remark": "w1*x1 + b",
    r"\(\eta \lambda \theta\)": "eta*lambda*theta",
    r"\max\{0, z\}": "max(0, z)",
    r"w_{\text{new}} - w'": "new(w) - new(w)",
    r"\exp(-z) \, f(z)": "exp(-z)*tanh(z)",
    r"$(x_1 + x_2) W_2 c$": "(x1 + x2)*W2 @ c",
    r"\boxed{\hat{y} = 0.5}": "0.5",
    r"50\%": "0.5",
}
UNICODE = {
    "x₁·w₁": "x1*w1",
    "x₁·w₁₁⁽²⁾": "x1*w2_11",
    "σ′(z)": "sigmoid'(z)",
    "½(y−ŷ)²": "1/2*(y - yhat)^2",
    "½(y−y\u0302)²": "1/2*(y - yhat)^2",
    "2 × 10⁻³": "2*10^-3",
    "2 × 10⁻³ · z": "2*10^-3*z",
    "√2 + √(z)": "sqrt(2) + sqrt(z)",
    "π²": "pi^2",
    "z⁻¹": "z^-1",
    "∂L/∂w₂": "dL/dw2",
    "∂ŷ/∂z": "dyhat/dz",
    "η·λ·θ": "eta*lambda*theta",
    "xᵀ@v": "x^T @ v",
    "|z| + ‖v‖": "abs(z) + norm(v)",
    "sin² z + cos z²": "sin(z)^2 + cos(z^2)",
    "w1′": "new(w1)",
    "≈ 0.5": "0.5",
    "w_1 x_1 + W_1[1,2]": "w1*x1 + W1[1,2]",
}
FORMULAS = [
    line.split("\t")
    for line in (Path(__file__).parent / "student_formulas.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("text", TABLE)
def test_the_table(text: str) -> None:
    assert render(NET.read(text)) == TABLE[text]


@pytest.mark.parametrize("text", UNICODE)
def test_unicode_habits(text: str) -> None:
    assert render(NET.read(text)) == UNICODE[text]


@pytest.mark.parametrize(("problem", "text", "expected"), FORMULAS)
def test_formulas_that_five_students_wrote(problem: str, text: str, expected: str) -> None:
    assert render(reader(int(problem)).read(f"${text}$")) == expected


@pytest.mark.parametrize("row", AMBIGUITIES, ids=lambda row: row.text)
def test_what_is_ambiguous_is_read_by_its_rule(row: Ambiguity) -> None:
    read = AnswerReader(SCOPE).read
    if row.read_as is None:
        with pytest.raises(ExpressionError):
            read(row.text)
    else:
        assert render(read(row.text)) == row.read_as


@pytest.mark.parametrize("text", [*TABLE, *UNICODE])
def test_places_are_in_the_students_own_text(text: str) -> None:
    for node in names_in(NET.read(text)):
        assert 0 <= node.start < node.end <= len(text)
        assert text[node.start : node.end].strip()


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        ("w2_11 w1_11", "w_{11}^{(2)}", "w2_11"),
        ("w11_2 w11_1", "w_{11}^{(2)}", "w11_2"),
        ("w211", "w_{11}^{(2)}", "w211"),
        ("w112 w211 w111", "w_{11}^{(2)}", None),
        ("w121 w211", "w_{21}^{(1)}", None),
        ("z1_1 z1_2 z2_1", "z_2^{(1)}", None),
        ("z1_1 z1_2 z2_1 w1_11", "z_2^{(1)}", "z1_2"),
        ("wj1", "w_{j1}", "wj1"),
        ("y_hat", r"\hat{y}", "y_hat"),
        ("y_hat2", r"\hat{y}_2", "y_hat2"),
        ("lam", r"\lambda", "lam"),
        ("λ", r"\lambda", "λ"),
        ("w W", "w_{12}", None),
    ],
)
def test_names_are_found_by_their_usual_spellings(names: str, text: str, expected: str | None) -> None:
    read = AnswerReader(scope(names)).read
    if expected is None:
        with pytest.raises(ExpressionError):
            read(text)
    else:
        assert render(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        (r"\frac{1}{2", '"{" is never closed', "{2"),
        (r"z + \foo", '"\\foo" has no meaning', r"\foo"),
        (r"\frac{q}{2}", 'unknown name "q"', "q"),
        (r"x^{(9)}", "no layer or example 9", "x^"),
        (r"z + ", "something is missing", "+"),
        (r"{z} 2", "a sign is missing", "2"),
        (r"\tanh^{-1} z", "can mean two things", r"\tanh"),
        (r"z = 1 \text{ or } 2", "two answers", r"\text"),
        (r"z_1 = 3, z_2 = 4", "a second formula", "z_2"),
        (r"\frac{\partial^2 L}{\partial w^2}", "derivatives of derivatives", r"\partial"),
        (r"\sum_{i=1}^{m} 2", "the sum has no end", r"\sum"),
        (r"y^{(1)} + \dots + y^{(4)}", "dots stand for", r"\dots"),
        ("z = ", "nothing follows", "="),
        ("2½", "side by side", "½"),
    ],
)
def test_errors_say_where(text: str, message: str, at: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(message)) as caught:
        NET.read(text)
    assert text[caught.value.start :].startswith(at)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("= 0.5(0.8176) + 1(0.9959) - 1 = 0.4047", ["0.5(0.8176) + 1(0.9959) - 1", "0.4047"]),
        ("dL/dw = (p - y) a = -0.2", ["dL/dw", "(p - y) a", "-0.2"]),
        (r"L = \frac{1}{2} (1 - 0.5998)^2 = 0.08008", ["L", r"\frac{1}{2} (1 - 0.5998)^2", "0.08008"]),
        (r"\sigma(z) \Rightarrow 0.5", [r"\sigma(z)", "0.5"]),
        ("≈ 0.88", ["0.88"]),
        (r"dL/dw = ? = 3", ["dL/dw", "3"]),
    ],
)
def test_a_chain_is_answered_by_its_last_member(text: str, members: list[str]) -> None:
    assert [text[m.start : m.end] for m in NET.chain(text)] == members


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (r"\frac{\partial L}{\partial v[2]}", "dL/dv[2]"),
        (r"\frac{\partial L}{\partial v}[2]", "dL/dv[2]"),
        (r"\partial L/\partial W_1[1,2]", "dL/dW1[1,2]"),
        (r"2 \cdot v[3]", "2*v[3]"),
        (r"a \cdot [2]", "a*2"),
        (r"\left(v\right)[2]", "v*2"),
    ],
)
def test_a_bracket_close_behind_a_vector_or_matrix_is_an_index(text: str, tree: str) -> None:
    """Behind a number, or not close, it groups as it always does."""
    assert render(AnswerReader(SCOPE).read(text)) == tree
