"""MathML of a tree says the same as the tree: taken apart again, it reads back equal."""

from xml.etree import ElementTree as ET

from hypothesis import example, given
from hypothesis import strategies as st

from grader.language import Expr, Scope, render
from grader.language.answer import AnswerReader
from grader.language.render_mathml import quantity, render_mathml
from grader.language.tree import call, key, name, num

NAMES = ("x", "y", "w1", "a", "yhat", "L", "eta")
SIGNS = {"−": "-", "·": "*", "⊤": "T", "′": "'", "σ": "sigmoid", "η": "eta", "^": "hat"}
READ = AnswerReader(Scope(frozenset(NAMES))).read


def _larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    pair = st.tuples(parts, parts)
    return st.one_of(
        st.lists(parts, min_size=2, max_size=4).map(lambda terms: Expr("sum", tuple(terms))),
        parts.map(lambda x: Expr("neg", (x,))),
        parts.map(lambda x: Expr("T", (x,))),
        st.sampled_from(["mul", "div", "matmul", "pow"]).flatmap(lambda op: pair.map(lambda p: Expr(op, p))),
        st.sampled_from(["sqrt", "sigmoid", "tanh'", "ln"]).flatmap(
            lambda f: parts.map(lambda x: call(f, x))
        ),
        st.lists(leaves, min_size=1, max_size=3).map(lambda items: Expr("list", tuple(items))),
        pair.map(lambda p: Expr("list", (Expr("list", (num(1), num(2))), Expr("list", p)))),
    )


leaves = st.one_of(
    st.integers(0, 999).map(num),
    st.sampled_from([0.25, 12.5]).map(num),
    st.sampled_from(NAMES).map(name),
    st.builds(lambda of, wrt: Expr("d", (name(of), name(wrt))), *[st.sampled_from(NAMES)] * 2),
)
trees = st.recursive(leaves, _larger, max_leaves=12)


def _plain(element: ET.Element) -> str:
    """What the marks say, in the language of answers."""
    parts = [_plain(child) for child in element]
    match element.tag:
        case "mfrac":
            derivative = all(part.startswith("∂") for part in parts)
            return "/".join(part.replace("∂", "d") if derivative else f"({part})" for part in parts)
        case "msup":
            return parts[0] + parts[1] if set(parts[1]) == {"'"} else f"{parts[0]}^{_exponent(parts[1])}"
        case "msub":
            return f"{parts[0]}{parts[1]}" if element[0].tag == "mi" else f"{parts[0]}[{parts[1]}]"
        case "msqrt":
            return f"sqrt({''.join(parts)})"
        case "mtable":
            return ",".join(parts)
        case "mtr":
            return parts[0] if len(parts) == 1 else f"[{','.join(parts)}]"
        case "mi" if element.get("mathvariant"):
            return (element.text or "").replace("/", "")
    text = "".join(SIGNS.get(c, c) for c in element.text or "")
    return text + "".join(parts)


def _exponent(text: str) -> str:
    return text if text == "T" else f"({text})"


@given(trees)
@example(Expr("pow", (name("x"), Expr("neg", (num(2),)))))
@example(Expr("T", (Expr("matmul", (name("x"), name("y"))),)))
@example(Expr("div", (num(1), Expr("div", (name("x"), name("y"))))))
@example(call("sigmoid'", name("x")))
def test_what_is_typeset_is_the_tree(tree: Expr) -> None:
    """No parenthesis, sign or part is lost on the way to a browser."""
    text = _plain(ET.fromstring(render_mathml(tree)))
    assert key(READ(text)) == key(READ(render(tree))), text


def test_numbers_in_place_of_names() -> None:
    """A negative number is in parentheses where its name needed none."""
    tree = Expr("sum", (name("y"), Expr("neg", (Expr("mul", (name("eta"), name("dL/dw1"))),))))
    put = {"eta": num(0.1), "dL/dw1": num(-0.5)}
    text = "".join(ET.fromstring(render_mathml(tree, put.get)).itertext())
    assert text == "y−0.1·(−0.5)"


def test_names_as_people_write_them() -> None:
    """Indices below, Greek letters, hats, derivatives as fractions; a name that is markup stays text."""
    assert quantity("w1") == "<msub><mi>w</mi><mn>1</mn></msub>"
    assert quantity("eta") == "<mi>η</mi>"
    assert "".join(ET.fromstring(quantity("dL/dW1[1,2]")).itertext()) == "∂L∂W11,2"
    assert "<b" not in quantity("<b>x</b>")
    assert quantity("new(w2,3)").count("<mo>,</mo>") == 1
