"""Any text at all: read or refused with ExpressionError, at a place inside it, at once."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import ExpressionError
from grader.language import SPEC, Expr, Scope, check_names, parse, render
from grader.language.evaluate import evaluate
from grader.language.shapes import infer_shape
from grader.language.tree import key

SIZES = {"x": (3, 1), "W": (2, 3), "a": (1, 1), "y": (1, 1), "L": (1, 1)}
SCOPE = Scope(frozenset(SIZES))
PIECES = [
    *"+-*/^@()[],'", "**", " ", "\n", ".", "1", "0", "2.5", "1e9", "1e-400", "e", "pi", "x", "W", "a",
    "y", "^T", "dL/da",
    "d", "new(", "state(", "depends(", "sigmoid(", "sigmoid'(", "softmax(", "max(", "log(", "[1]",
    "[1,2]", "−", "∂", "σ",
    "\x00", "é", "٣", "½", "²", "🙂", "\u202e", "_", "nan", "inf", "True", "lambda", "__import__('os')",
]  # fmt: skip
LONG = [
    "(" * 5_000, "[" * 5_000, "-" * 4_999 + "1", "2^" * 2_499 + "2", "a " * 2_499 + "a", "1+" * 2_499 + "1",
    "1/" * 2_499 + "1", "sigmoid(" * 600 + "a" + ")" * 200, "a" * 5_000, "9" * 5_000, "9" * 4_990 + "e9",
    "'" * 5_000,
    "x[1]" * 1_250, "[1" + ",1" * 2_498 + "]", "[[1],[2]]," * 500, "max(" + "a," * 2_497 + "a)",
    "d" * 2_500 + "/d" * 1_250,
    "dL/da" * 1_000, "new(" * 1_250, "." * 5_000, "1e" * 2_500, "(a)" * 1_666, "a^T" * 1_666,
    "∂" * 5_000, "\t" * 5_000,
    "(((a+" * 19 + "a" + ")))" * 19, "a-(" * 59 + "a" + ")" * 59, "e" * 4_999 + "(", "(a+a)" * 1_000,
    "0." * 2_500,
    "unknown" * 700, "9^" * 40 + "9",
]  # fmt: skip


def read(text: str) -> Expr | None:
    """The tree, or None where the text is refused as it should be."""
    try:
        expr = parse(text, SCOPE)
        check_names(expr, SCOPE)
        if not any(node_op in {"d", "new", "state", "depends"} for node_op in _ops(expr)):
            infer_shape(expr, SIZES)
    except ExpressionError as error:
        refused = error
    else:
        return expr
    assert 0 <= refused.start <= len(text)
    assert refused.start <= refused.end <= len(text) + 1
    assert refused.message
    return None


def _ops(expr: Expr) -> set[str]:
    return {expr.op}.union(*(_ops(a) for a in expr.args))


@given(st.text(max_size=40))
@example("1e400")
@example("²")
@example("x[999999999999999999999]")
@example("ſ")
@example("\ud800")
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_is_read_can_be_rendered_and_evaluated(text: str) -> None:
    expr = read(text)
    if expr is None:
        return
    assert key(parse(render(expr), SCOPE, SPEC)) == key(expr)
    if _ops(expr) & {"d", "new", "state", "depends"}:
        return
    values = {n: np.full((*s, 1, 1), 0.5) for n, s in SIZES.items()}
    with np.errstate(all="ignore"):
        out = evaluate(expr, values, {})
    shape = infer_shape(expr, SIZES)
    assert out.shape[:2] in {shape, (1, 1)}


@pytest.mark.parametrize("text", LONG, ids=lambda t: t[:8].strip())
def test_five_thousand_characters_take_no_time(text: str) -> None:
    best = min(_timed(text[:5_000]) for _ in range(3))
    assert best < 0.05, f"{best * 1000:.0f} ms"


def _timed(text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start


def test_more_than_the_limit_is_refused_before_it_is_looked_at() -> None:
    text = "(" * 10_000_000
    start = time.process_time()
    with pytest.raises(ExpressionError, match="at most 5000 are read"):
        parse(text, SCOPE)
    assert time.process_time() - start < 0.01


@pytest.mark.parametrize(
    "text", ["9^9^9^9", "9^9^9^9^9", "exp(exp(exp(9)))", "1/0", "0/0", "ln(-1)", "(-1)^0.5", "0^-1"]
)
def test_what_has_no_finite_value_is_a_value_at_once(text: str) -> None:
    """Python's own integers would compute 9^9^9 for hours."""
    start = time.process_time()
    with np.errstate(all="ignore"):
        out = evaluate(parse(text, SCOPE), {}, {})
    assert time.process_time() - start < 0.05
    assert not np.isfinite(out).any()
