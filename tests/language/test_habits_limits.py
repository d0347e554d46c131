"""Answers in calculator style that are made to be deep or long: read or refused at once, at a place."""

from __future__ import annotations

import time

import pytest

from grader.errors import ExpressionError
from grader.language.answer import AnswerReader
from grader.language.scope import Scope


@pytest.mark.parametrize(
    "text",
    [
        "ln abs(" * 700,
        "ln abs(" * 500 + "x" + ")" * 500,
        "√abs(" * 900,
        "- " * 2_400,
        "-" + " " * 4_900,
        "(-" * 2_400,
    ],
    ids=lambda text: text[:8],
)
def test_depth_is_refused_in_no_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as refused:
        AnswerReader(Scope(frozenset({"x"}))).read(text)
    assert 0 <= refused.value.start <= refused.value.end <= len(text)
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize("text", ["--x", "-+x", "++x", "1---x", "2^--x", "——x", r"\frac{--x}{2}", "y = --x"])
def test_signs_that_may_be_a_dash_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="signs stand in a row"):
        AnswerReader(Scope(frozenset({"x", "y"}))).read(text)


@pytest.mark.parametrize("text", ["1--x", "1-+x", "+-x", "2*-x", "x^-1", "-(-x)", "1 - -x", "[-x, -1]"])
def test_one_sign_behind_an_operator_is_read(text: str) -> None:
    assert AnswerReader(Scope(frozenset({"x"}))).read(text)
