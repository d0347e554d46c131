"""Whatever style a tree is written in, it is read back as the same tree."""

from hypothesis import example, given
from hypothesis import strategies as st

from grader.language import Expr, Scope, render
from grader.language.answer import AnswerReader
from grader.language.latex import LatexReader
from grader.language.render_latex import render_latex
from grader.language.render_unicode import render_unicode
from grader.language.tree import call, key, name, num
from tests.language.test_render import NAMES, trees

SIZES = {"x": (3, 1), "W1": (2, 3), "y": (3, 1), "a": (1, 1), "w1": (1, 1), "yhat": (2, 1), "L": (1, 1)}
SCOPES = (
    Scope(frozenset(NAMES)),
    Scope(frozenset(NAMES), shapes=SIZES),
    Scope(frozenset({*NAMES, "x1", "x_1", "eta"})),
)
scopes = st.sampled_from(SCOPES)


@given(trees, scopes)
@example(Expr("pow", (name("x"), name("x_1"))), SCOPES[2])
@example(Expr("matmul", (Expr("T", (name("x"),)), name("y"))), SCOPES[1])
@example(Expr("mul", (name("x"), name("y"))), SCOPES[1])
@example(Expr("list", (Expr("list", (num(1),)), Expr("list", (num(2),)))), SCOPES[0])
@example(Expr("index", (call("norm", name("x")),), (1,)), SCOPES[0])
def test_latex_is_read_back_equal(tree: Expr, scope: Scope) -> None:
    text = render_latex(tree, scope)
    assert key(LatexReader(scope).parse(text)) == key(tree), text
    assert key(AnswerReader(scope).read(f"${text}$")) == key(tree), text


@given(trees, scopes)
@example(Expr("pow", (name("x"), Expr("pow", (num(2), num(3))))), SCOPES[0])
def test_unicode_and_plain_text_are_read_back_equal(tree: Expr, scope: Scope) -> None:
    read = AnswerReader(scope).read
    for text in (render(tree), render_unicode(tree, scope)):
        assert key(read(text)) == key(tree), text


def test_it_looks_as_people_write_it() -> None:
    scope = Scope(frozenset({"y", "yhat", "w1", "z", "eta", "L"}))
    tree = AnswerReader(scope).read("-eta*dL/dw1 + (y - yhat)^2*sigmoid'(z)/sqrt(w1)")
    assert render_unicode(tree, scope) == "−η·∂L/∂w₁ + (y − y\u0302)²·σ′(z)/√(w₁)"
    assert render_latex(tree, scope) == (
        r"-\eta \cdot \frac{\partial L}{\partial w_{1}} + "
        r"\frac{\left(y - \hat{y}\right)^{2} \cdot \sigma'\left(z\right)}{\sqrt{w_{1}}}"
    )
