"""What is rendered is read back as the same tree."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.language import FUNCTIONS, SPEC, Expr, Scope, format_number, parse, render
from grader.language.tree import add, call, div, key, matmul, mul, name, neg, num, power, sub, transpose

NAMES = ("x", "y", "w1", "W1", "a", "yhat", "L", "dw", "theta_1", "é")
SCOPE = Scope(frozenset(NAMES))

numbers = st.one_of(
    st.integers(0, 10_000).map(float),
    st.floats(min_value=0, max_value=1e300, allow_subnormal=True),
    st.sampled_from([0.1, 1e-9, 1e15, 1e16, 1e22, 5e-324, 123456.789]),
).map(num)
quantities = st.sampled_from(NAMES).map(name)
indices = st.lists(st.integers(0, 30), min_size=1, max_size=2).map(tuple)
elements = st.one_of(quantities, st.builds(lambda q, i: Expr("index", (q,), i), quantities, indices))
leaves = st.one_of(
    numbers,
    quantities,
    st.sampled_from([Expr("const", (), "e"), Expr("const", (), "pi")]),
    st.builds(lambda a, b: Expr("d", (a, b)), elements, elements),
    st.builds(
        lambda p, n, k: Expr("state", (p,), (n, k)), elements, st.sampled_from("vms"), st.integers(1, 9)
    ),
)
FORMS = [
    *((f, 1) for f in ("sigmoid", "tanh'", "relu''", "ln", "norm", "softmax", "abs",
    "Phi") if f in FUNCTIONS),
    ("dot", 2), ("leaky_relu", 2), ("max", 3), ("concat", 2), ("elu'", 2),
]  # fmt: skip


def calls(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """A function of the right number of arguments."""
    return st.sampled_from(FORMS).flatmap(
        lambda form: st.lists(parts, min_size=form[1], max_size=form[1]).map(
            lambda args: call(form[0], *args)
        )
    )


def larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Trees one level deeper, of the shapes that the parser makes."""
    pair = st.tuples(parts, parts)
    return st.one_of(
        st.lists(parts, min_size=2, max_size=4).map(lambda terms: Expr("sum", tuple(terms))),
        parts.map(lambda x: Expr("neg", (x,))),
        parts.map(lambda x: Expr("T", (x,))),
        st.sampled_from(["mul", "div", "matmul"]).flatmap(lambda op: pair.map(lambda p: Expr(op, p))),
        pair.filter(lambda p: not _large(p[1])).map(lambda p: Expr("pow", p)),
        calls(parts),
        st.lists(parts, min_size=1, max_size=3).map(lambda items: Expr("list", tuple(items))),
        st.builds(lambda x, i: Expr("index", (x,), i), parts, indices),
        st.builds(lambda x, k: Expr("new", (x,), (k,)), parts, st.integers(1, 12)),
    )


def _large(exponent: Expr) -> bool:
    inner = exponent.args[0] if exponent.op == "neg" else exponent
    return inner.op == "num" and isinstance(inner.value, float) and inner.value > 10_000


trees = st.recursive(leaves, larger, max_leaves=14)


@given(trees)
@example(Expr("pow", (Expr("neg", (num(2),)), num(2))))
@example(Expr("neg", (Expr("neg", (name("x"),)),)))
@example(Expr("sum", (Expr("sum", (name("x"), name("y"))), Expr("neg", (Expr("neg", (num(1),)),)))))
@example(Expr("mul", (name("x"), Expr("neg", (name("y"),)))))
@example(Expr("pow", (name("x"), Expr("pow", (name("y"), num(2))))))
@example(Expr("div", (name("L"), name("dw"))))
def test_a_rendered_tree_is_read_back_equal(tree: Expr) -> None:
    text = render(tree)
    assert key(parse(text, SCOPE, SPEC)) == key(tree), text


@pytest.mark.parametrize("text", [
    "2y", "3(x + 1)", "(x + 2)(x + 3)", "(x + 2)y", "a(1 - a)", "w1 x", "1/2x", "2x^2", "x^T y", "2dw",
    "2(a)(y)",
    "-2^2", "2^3^2", "2*-3", "x^-1", "dL/dw1", "W1[1,2]^2", "(W1 @ x)[2]", "[x, y]^T", "new(x, 3) x",
])  # fmt: skip
def test_what_people_write_is_echoed_so_that_it_means_the_same(text: str) -> None:
    tree = parse(text, SCOPE)
    assert key(parse(render(tree), SCOPE)) == key(tree)


@pytest.mark.parametrize(("tree", "text"), [
    (mul(name("x"), sub(num(1), name("x"))), "x*(1 - x)"),
    (neg(div(name("y"), name("a"))), "-y/a"),
    (matmul(transpose(name("W1")), name("x")), "W1^T @ x"),
    (add(power(name("x"), num(2)), neg(num(1))), "x^2 - 1"),
    (call("sigmoid'", add(name("x"), name("y"))), "sigmoid'(x + y)"),
    (mul(num(0.5), name("x")), "0.5*x"),
    (div(name("x"), mul(name("y"), name("a"))), "x/(y*a)"),
])  # fmt: skip
def test_rules_read_as_a_textbook_writes_them(tree: Expr, text: str) -> None:
    assert render(tree) == text


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value(value: float) -> None:
    text = format_number(value)
    assert float(text) == value
    assert parse(text).value == value


def test_numbers_may_stand_for_names() -> None:
    tree = parse("w1*x - y^2", SCOPE)
    shown = render(tree, {"w1": "0.2", "x": "-0.5", "y": "-3"}.__getitem__)
    assert shown == "0.2*(-0.5) - (-3)^2"
    assert math.isclose(0.2 * -0.5 - 9, float(eval(shown.replace("^", "**"))))
