"""What can be read in two ways, how it is read, and why: the table that users are shown.

Each row is a test: the text, in the names of ``SCOPE``, is read as the second column says.
"""

from __future__ import annotations

from typing import NamedTuple

from grader.language.scope import Scope

_NUMBERS = ("x", "y", "z", "f", "a", "b", "p", "w1", "w2", "x1", "x2", "z1", "a1", "eta", "yhat", "e1", "L")
_SIZES = {
    **dict.fromkeys(_NUMBERS, (1, 1)),
    "W1": (2, 3), "v": (3, 1), "c": (3, 1), "u": (2, 1), "X": (3, 4), "Y": (1, 4),
}  # fmt: skip
SCOPE = Scope(
    frozenset(_SIZES), shapes=_SIZES, activation="tanh", parts={"p": frozenset({"x"}), "L": frozenset({"w1"})}
)


class Ambiguity(NamedTuple):
    """A text that can be read in two ways, how it is read (None: refused), and the rule."""

    text: str
    read_as: str | None
    rule: str


AMBIGUITIES = (
    Ambiguity("1/2x", "1/2*x", "a product without a sign binds as tightly as * and /, from the left"),
    Ambiguity("-x^2", "-x^2", "a power binds tighter than the sign in front"),
    Ambiguity("1 - -x", "1 - (-x)", "one sign may follow an operator"),
    Ambiguity("--x", None, "two signs are refused: they may also be a dash"),
    Ambiguity("x^y^2", "x^y^2", "powers group to the right"),
    Ambiguity(
        "sin x cos y",
        "sin(x)*cos(y)",
        "without parentheses a function takes the numbers and names behind it, up to a sign, a "
        "parenthesis or another function",
    ),
    Ambiguity("sin 2x(1 - x)", "sin(2*x)*(1 - x)", "the parenthesis behind it is a factor of its own"),
    Ambiguity(r"\ln x (1 - x)", "ln(x)*(1 - x)", "a parenthesis ends the argument"),
    Ambiguity("ln abs(x) x", "ln(abs(x))*x", "a function with parentheses is the whole argument"),
    Ambiguity("tanh^2(x)", "tanh(x)^2", "a power of a function is the power of its value"),
    Ambiguity(r"\tanh^{-1} x", None, "a negative power of a function is refused: it may be the inverse"),
    Ambiguity("f(a + b)", "f*(a + b)", "a name of the problem in front of a parenthesis is a factor"),
    Ambiguity("p(x)", "p", "but not where the letter is computed from just that name: it is the quantity"),
    Ambiguity("g(z)", "tanh(z)", "f, g, h or phi, not a name of the problem, is its only activation"),
    Ambiguity(r"\sigma(z)", "sigmoid(z)", "sigma is always the sigmoid"),
    Ambiguity("x_2 + x2", "x2 + x2", "separators in a name make no difference where one quantity fits"),
    Ambiguity(
        r"w_{12}^{(1)}", "W1[1,2]", "a superscript in brackets is the layer; subscripts are row, column"
    ),
    Ambiguity(
        r"\tanh(v[2])", "tanh(v[2])", "a bracket close behind a vector or matrix holds an index, in LaTeX too"
    ),
    Ambiguity(r"x^{(2)}", "x2", "never a power; a power is written without brackets"),
    Ambiguity("x^(2)", "x^2", "in calculator style parentheses only group"),
    Ambiguity(r"Y^{(3)}", "Y[3]", "of a batch it is the example, a column of the matrix"),
    Ambiguity("e^z1", "e^z1", "e is Euler's number unless the problem has a name e"),
    Ambiguity(r"xyz", "xyz", "in calculator style letters side by side are one name (which must exist)"),
    Ambiguity(r"{xyz}", "x*y*z", "in LaTeX they are a product, unless the problem has that name"),
    Ambiguity(
        "W_1 v", "W1*v", "without a backslash, a brace or a dollar it is calculator style: elementwise"
    ),
    Ambiguity(r"$W_1 v$", "W1 @ v", "in LaTeX side by side is the matrix product where rows meet columns"),
    Ambiguity(r"$v (1 - v)$", "v*(1 - v)", "and elementwise otherwise"),
    Ambiguity(r"c \cdot v", "c @ v", "a dot between two vectors that are bare names is the dot product"),
    Ambiguity(r"c^T", "c^T", "a T above is the transpose unless the problem has a name T"),
    Ambiguity("w1'", "new(w1)", "a prime behind a quantity is its value after the training step"),
    Ambiguity("tanh'(z)", "tanh'(z)", "behind a function it is the derivative"),
    Ambiguity(r"\|c\|", "norm(c)", "double bars are the Euclidean norm; _1 below them is the sum of sizes"),
    Ambiguity(r"\sum_{i} c_i", "c[1] + c[2] + c[3]", "a sum runs as far as there are quantities"),
    Ambiguity(r"\sum_{i=1}^{2} x_i + b", "(x1 + x2) + b", "and ends at a plus or minus sign"),
    Ambiguity(
        "L = 0.5*2 = 1", "1", "of equalities the last member answers, the others are checked for agreement"
    ),
    Ambiguity("2½", None, "a whole number beside a fraction is refused"),
)
