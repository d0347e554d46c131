"""Commas in answers: decimals where the assignment says so, thousands where they can be nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import yaml

from grader.compare.commas import comma_trouble, with_points
from grader.run.assignment import AssignmentGrader
from grader.spec import load_text
from grader.submission.model import Submission

if TYPE_CHECKING:
    from grader.report.model import Answer


def judged(rule: str, answer: str, *, decimal_comma: bool = False) -> Answer:
    """The answer to the question of what ``rule`` gives, in x."""
    problem = {"id": "q", "symbols": ["x"], "equations": [f"key = {rule}"], "questions": ["key"]}
    spec = yaml.safe_dump({"decimal_comma": decimal_comma, "problems": [problem]}, sort_keys=False)
    (report,) = AssignmentGrader(load_text(spec, "s.yaml")).grade(
        [Submission("s", "s.yaml", {"q": {"key": answer}})]
    )
    return report.answers[0]


@pytest.mark.parametrize(
    "answer",
    ["0,5*x", "0,5x", "0.5x", "$0{,}5x$", r"\frac{0,5}{1}x", "0,25x + 0,25x = 0,5x", "exp(0,0)*0,5x"],
)
def test_a_formula_has_decimal_commas_where_the_assignment_does(answer: str) -> None:
    assert judged("0.5*x", answer, decimal_comma=True).verdict == "correct"
    if "," in answer:
        assert judged("0.5*x", answer).verdict == "unreadable"


@pytest.mark.parametrize("answer", ["[0,5*x; 1,5]", r"\begin{pmatrix}0,5x\\1,5\end{pmatrix}"])
def test_elements_have_decimal_commas_too(answer: str) -> None:
    assert judged("[0.5*x, 1.5]", answer, decimal_comma=True).verdict == "correct"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("max(0,5)", "max(0,5)"),
        ("max((0,5), 1)", "max((0.5), 1)"),
        ("W[1,2]*0,5", "W[1,2]*0.5"),
        ("W_{1,2}", "W_{1,2}"),
        (")0,5", ")0.5"),
        ("2{,}5x", "2.5  x"),
        ("a, b", "a, b"),
    ],
)
def test_a_comma_that_separates_stays(text: str, read: str) -> None:
    assert with_points(text) == read


@pytest.mark.parametrize("answer", ["0,5*x", "x/2 = x*0,5", "$0{,}5x$", "(0,5)x"])
def test_a_comma_in_a_formula_is_told_with_its_number(answer: str) -> None:
    reason = judged("0.5*x", answer).reason or ""
    quoted = "0{,}5" if "{" in answer else "0,5"
    assert reason.startswith(f"`{quoted}` has a decimal comma; write `0.5`")
    assert "`decimal_comma: true`" in reason


def test_a_comma_that_can_be_both_is_told_with_both() -> None:
    reason = judged("0.5*x", "3,145x").reason or ""
    assert reason.startswith("`3,145` can be 3145 or 3.145; write `3145` or `3.145`")


@pytest.mark.parametrize("answer", ["12,345.5", "$12,345.5$", r"12,\! 345.5", "12{,}345.5", "x = 12,345.5"])
def test_thousands_are_read_in_latex_too(answer: str) -> None:
    assert judged("12345.5", answer).verdict == "correct"


@pytest.mark.parametrize("answer", ["32, 349", r"$\boxed{32, 349}$", "32,349", "32{,}349"])
def test_what_can_be_a_list_is_no_number(answer: str) -> None:
    assert judged("32349", answer).verdict == "unreadable"


@pytest.mark.parametrize("answer", ["0.5, 1.5", "1,234.5", "x = 0.5, 1.5"])
def test_a_list_without_brackets_is_told_so(answer: str) -> None:
    assert "has no brackets; write a list as" in (judged("[0.5, 1.5]", answer).reason or "")


@pytest.mark.parametrize(
    "answer", ["(0.5, 1.5)", "(1/2,1.5)", "x = (0.5, 1.5)", "$(0.5, 1.5)$", "(0.5, 1.5)^T"]
)
def test_a_list_may_stand_in_parentheses(answer: str) -> None:
    assert judged("[0.5, 1.5]", answer).verdict == "correct"


def test_parentheses_around_decimal_commas() -> None:
    """A number in parentheses stays one."""
    assert judged("[0.5, 1.5]", "(0,5; 1,5)", decimal_comma=True).verdict == "correct"
    assert judged("1.5", "(1,5)", decimal_comma=True).verdict == "correct"
    assert judged("1.5", "(1,5)").verdict == "unreadable"
    assert judged("[1, 5]", "(1,5)").verdict == "correct"


@pytest.mark.parametrize("answer", ["[0.5; 1.5]", "(0.5; 1.5)"])
def test_semicolons_separate_as_well(answer: str) -> None:
    for comma in (False, True):
        assert judged("[0.5, 1.5]", answer, decimal_comma=comma).verdict == "correct"
    assert judged("[0.5, 1.5]", answer.replace(".", ",")).verdict == "unreadable"


def test_a_list_where_a_number_is_asked_has_the_wrong_size() -> None:
    found = judged("0.5", "(0.5, 1.5)")
    assert (found.verdict, found.reason) == ("wrong", "a number was asked, this is a list of 2")


@pytest.mark.parametrize("text", ["a" * 10_000, "1" * 10_000, "(" * 10_000, "1," * 5_000, "  (" * 3_000])
def test_long_texts_are_quick(text: str) -> None:
    start = time.process_time()
    with_points(text)
    comma_trouble(text, 1)
    assert time.process_time() - start < 0.05
