"""What reads how: every sentence of the contract's paragraph on the expression language, as values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.language import FUNCTIONS, Expr, Scope, parse, render
from grader.language.evaluate import evaluate
from grader.language.shapes import infer_shape

NAMES = {
    "x": [[3.0]], "y": [[-2.0]], "a": [[0.25]], "xy": [[11.0]], "w1": [[5.0]], "x1": [[7.0]],
    "h": [[1.0], [2.0]],
    "v": [[1.0], [-2.0], [4.0]], "u": [[0.5], [3.0], [-1.0]], "M": [[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]],
    "N": [[0.5, -1.0], [2.0, 0.0], [1.0, 1.0]], "S": [[2.0, 0.0], [1.0, 3.0]], "one": [[9.0]],
}  # fmt: skip
SCOPE = Scope(frozenset(NAMES))


def value(text: str, scope: Scope = SCOPE, base: int = 1) -> list[list[float]]:
    """An expression's value in the names above."""
    arrays = {n: np.array(v)[:, :, None, None] for n, v in NAMES.items()}
    expr = parse(text, scope)
    shape = infer_shape(expr, {n: (len(v), len(v[0])) for n, v in NAMES.items()}, base)
    out = np.broadcast_to(evaluate(expr, arrays, {}, base)[:, :, 0, 0], shape)
    return [[float(number) for number in row] for row in out]


def tree(text: str, *names: str) -> str:
    """The tree as nested words, to see how a text was read."""

    def shown(node: Expr) -> str:
        head = node.op if node.op in {"mul", "div", "matmul", "sum", "neg", "pow", "T", "list"} else ""
        inner = " ".join(shown(a) for a in node.args)
        return f"{head}({inner})" if head else render(node)

    return shown(parse(text, Scope(frozenset(names))))


NUMBERS = {
    # power binds tighter than unary minus and groups to the right
    "-2^2": -4.0, "2^3^2": 512.0, "(-2)^2": 4.0, "2**3": 8.0, "-x^2": -9.0, "2^-1": 0.5, "2^-x^2": 2**-9.0,
    # from left to right, and a sign may follow an operator
    "8/4*2": 4.0, "8/4/2": 1.0, "10 - 3 - 2": 5.0, "2*-3": -6.0, "x^-1": 1 / 3, "2--3": 5.0,
    "2+-3": -1.0, "--2": 2.0,
    "+2": 2.0, "-+-2": 2.0, "2/-4": -0.5, "1 - -2^2": 5.0,
    # a product needs no sign where it is plain
    "2y": -4.0, "3(x+1)": 12.0, "(x+2)(x+3)": 30.0, "(x+2)y": -10.0, "a(1-a)": 0.1875, "w1 x1": 35.0,
    "xy": 11.0,
    "2x^2": 18.0, "2(x)^2": 18.0, "x(2)": 6.0, "(2)(3)(4)": 24.0, "2 x y": -12.0, "2pi": 2 * math.pi,
    "2e": 2 * math.e,
    "2sin(0)": 0.0, "x sqrt(4)": 6.0, "2[1, 2] @ [3, 4]": None,
    # and binds as tightly as *
    "1/2x": 1.5, "6/2(1+2)": 9.0, "2x/2y": -6.0, "-2x": -6.0, "x^2y": -18.0,
    # numbers
    "1e3": 1000.0, "1.5e-2": 0.015, ".5": 0.5, "2.": 2.0, "1E2": 100.0, "0.1": 0.1,
    # constants, and other spellings of signs
    "e": math.e, "pi": math.pi, "π": math.pi, "e^2": math.e**2, "2·3": 6.0, "2×3": 6.0, "2−3": -1.0,
    "2⋅x": 6.0,
    # functions
    "sigma(0)": 0.5, "σ(0)": 0.5, "sigmoid(0)": 0.5, "sigmoid'(0)": 0.25, "σ'(0)": 0.25, "tanh'(0)": 1.0,
    "tanh''(0)": None, "ln(e)": 1.0, "log(e)": 1.0, "log2(8)": 3.0, "log10(1000)": 3.0, "sqrt(9)": 3.0,
    "abs(-3)": 3.0,
    "sign(-3)": -1.0, "exp(0)": 1.0, "cosh(0)": 1.0, "sech(0)": 1.0, "relu(-1)": 0.0, "relu'(0)": 0.0,
    "step(0)": 1.0,
    "leaky_relu(-1)": -0.01, "leaky_relu(-1, 0.1)": -0.1, "leaky_relu'(-1, 0.1)": 0.1,
    "elu(-1)": math.exp(-1) - 1,
    "gelu(0)": 0.0, "silu(0)": 0.0, "softplus(0)": math.log(2), "identity(7)": 7.0,
    "sum(v)": 3.0, "mean(v)": 1.0, "sum(M)": 9.0, "mean(M)": 1.5, "norm(v)": math.sqrt(21), "dot(v, u)": -9.5,
    "max(v)": 4.0, "min(v)": -2.0, "max(M)": 5.0, "max(x, y)": 3.0, "min(x, y, 1)": -2.0, "max(2)": 2.0,
    # vector @ vector is the dot product, a one-element vector is its number
    "v @ u": -9.5, "v^T @ u": -9.5, "x @ x": 9.0, "[4] * x": 12.0, "one[1]": 9.0, "one[1,1]": 9.0,
    # elements of whatever expression
    "M[2,3]": -6.0, "v[2]": -2.0, "softmax([0, 0])[1]": 0.5, "(v + u)[3]": 3.0, "[1, 2, 3][2]": 2.0,
    "(v^T)[2]": -2.0,
}  # fmt: skip


@pytest.mark.parametrize("text", [t for t, v in NUMBERS.items() if v is not None])
def test_a_text_has_the_number_that_the_contract_gives_it(text: str) -> None:
    assert value(text) == [[pytest.approx(NUMBERS[text], rel=1e-15, abs=1e-300)]]


MATRICES = {
    "v + u": [[1.5], [1.0], [3.0]],
    "2*v": [[2.0], [-4.0], [8.0]],
    "v*u": [[0.5], [-6.0], [-4.0]],
    "v^2": [[1.0], [4.0], [16.0]],
    "v/2 - 1": [[-0.5], [-2.0], [1.0]],
    "v^T": [[1.0, -2.0, 4.0]],
    "v⊤": [[1.0, -2.0, 4.0]],
    "M^T^T": NAMES["M"],
    "h @ v^T": [[1.0, -2.0, 4.0], [2.0, -4.0, 8.0]],
    "outer(h, v)": [[1.0, -2.0, 4.0], [2.0, -4.0, 8.0]],
    "M @ v": [[9.0], [-30.0]],
    "M @ N": [[7.5, 2.0], [6.0, -10.0]],
    "M^T @ h": [[9.0], [12.0], [-9.0]],
    "h^T @ M": [[9.0, 12.0, -9.0]],
    "M + h": [[2.0, 3.0, 4.0], [6.0, 7.0, -4.0]],
    "M + v^T": [[2.0, 0.0, 7.0], [5.0, 3.0, -2.0]],
    "h + M": [[2.0, 3.0, 4.0], [6.0, 7.0, -4.0]],
    "h*M": [[1.0, 2.0, 3.0], [8.0, 10.0, -12.0]],
    "S @ S": [[4.0, 0.0], [5.0, 9.0]],
    "S*S": [[4.0, 0.0], [1.0, 9.0]],
    "concat(h, v)": [[1.0], [2.0], [1.0], [-2.0], [4.0]],
    "[x, y]": [[3.0], [-2.0]],
    "[[x, y], [1, 2]]": [[3.0, -2.0], [1.0, 2.0]],
    "[x, y]^T": [[3.0, -2.0]],
    "max(v, u)": [[1.0], [3.0], [4.0]],
    "max(0, v)": [[1.0], [0.0], [4.0]],
    "softmax([0, 0])": [[0.5], [0.5]],
    "softmax([[0, 0], [0, 0]])": [[0.5, 0.5], [0.5, 0.5]],
    "sign(v)": [[1.0], [-1.0], [1.0]],
}


@pytest.mark.parametrize("text", MATRICES)
def test_vectors_and_matrices(text: str) -> None:
    assert np.array(value(text)) == pytest.approx(np.array(MATRICES[text]), rel=1e-15)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a/b*c", "mul(div(a b) c)"),
        ("1/2x", "mul(div(1 2) x)"),
        ("w1 x1", "mul(w1 x1)"),
        ("a(1-a)", "mul(a sum(1 neg(a)))"),
        ("-x^2", "neg(pow(x 2))"),
        ("x^2^3", "pow(x pow(2 3))"),
        ("x^-1", "pow(x neg(1))"),
        ("d @ x^T", "matmul(d T(x))"),
        ("a @ b*c", "mul(matmul(a b) c)"),
        ("(a b)^T c", "mul(T(mul(a b)) c)"),
        ("x^T^2", "pow(T(x) 2)"),
        ("a - b + c", "sum(a neg(b) c)"),
        ("a - (b + c)", "sum(a neg(sum(b c)))"),
        ("dL/dw2", "dL/dw2"),
        ("dL/dW1[1,2]", "dL/dW1[1,2]"),
        ("da1[2]/dx", "da1[2]/dx"),
        ("∂L/∂w2", "dL/dw2"),
        ("-dL/dz2", "neg(dL/dz2)"),
        ("2dL/dx", "mul(2 dL/dx)"),
        ("dL/dW1[1,1] / dL/dW2[1,1]", "div(dL/dW1[1,1] dL/dW2[1,1])"),
        ("new(w)", "new(w)"),
        ("new(w, 3) - w", "sum(new(w, 3) neg(w))"),
        ("new(dL/dw)", "new(dL/dw)"),
        ("state(v, W1)", "state(v, W1)"),
        ("state(m, w, 2)", "state(m, w, 2)"),
        ("depends(dyhat/dx, b2)", "depends(dyhat/dx, b2)"),
    ],
)
def test_a_text_groups_as_the_contract_says(text: str, read: str) -> None:
    assert tree(text, "a", "b", "c", "d", "x", "w", "w1", "x1", "b2", "W1") == read


@pytest.mark.parametrize("text", ["dL/dw", "d*x", "e", "pi", "T", "a(2)", "x^T", "sum", "new(x)", "sigma(x)"])
def test_a_name_that_the_problem_gives_comes_first(text: str) -> None:
    """A given may be called e, pi, d, T or sigma, and is a quantity then."""
    names = frozenset({"dL", "dw", "d", "x", "e", "pi", "T", "a", "sum", "new", "sigma"})
    expr = parse(text, Scope(names))
    leaves = {str(n.value) for n in _leaves(expr)}
    assert leaves <= names | {"2.0"}
    assert expr.op in {"name", "mul", "div", "pow"}


def test_logarithms_have_the_base_of_the_problem() -> None:
    assert value("ln(100)", Scope(SCOPE.names, 10)) == [[pytest.approx(2.0)]]
    assert value("log(8)", Scope(SCOPE.names, 2)) == [[pytest.approx(3.0)]]
    assert value("log10(100) + log2(8)", Scope(SCOPE.names, 2)) == [[pytest.approx(5.0)]]


def test_indices_from_0_where_the_problem_says_so() -> None:
    assert value("M[1,2]", base=0) == [[-6.0]]
    assert value("v[0]", base=0) == [[1.0]]


def test_every_function_is_read_by_its_name() -> None:
    for name, entry in FUNCTIONS.items():
        if name[0] == "#" or name in {"softmax'", "max'", "min'"}:
            continue
        args = ", ".join(["x"] * entry.arity[0])
        assert parse(f"{name}({args})", SCOPE).value == name


def test_positions_are_those_of_the_text() -> None:
    text = "  2 * (w1 + x1)"
    expr = parse(text, SCOPE)
    spans = {text[n.start : n.end] for n in _nodes(expr)}
    assert spans == {"2 * (w1 + x1)", "2", "(w1 + x1)", "w1", "x1"}


def _nodes(expr: Expr) -> list[Expr]:
    return [expr, *(n for a in expr.args for n in _nodes(a))]


def _leaves(expr: Expr) -> list[Expr]:
    return [n for n in _nodes(expr) if not n.args]
