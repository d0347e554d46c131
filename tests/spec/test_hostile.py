"""No text makes the loader fail in any way but a `SpecError`, and none keeps it busy."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.source import SpecError, render_issues
from grader.spec import load_text, nodes
from grader.spec.nodes import Scalar, compose, decode

SOME = (
    "problems", "id", "given", "network", "inputs", "layers", "weights", "equations", "questions", "ask",
    "train", "symbols", "aliases", "examples", "update", "choice", "tolerance", ":", ": ", "\n", "\n  ",
    "\n  - ", "- ", "[", "]", "{", "}", ",", "1", "x", "x = 1", "dL/dx", "'", '"', "&a", "*a", "#", "|",
    ">", "?", "!", "%", "\t", "é",
)  # fmt: skip
VALID = (Path(__file__).parent.parent.parent / "specs" / "homework1.yaml").read_text(encoding="utf-8")


def refused_or_read(text: str) -> None:
    """Loads the text; when it is refused, every place is in it, and the message can be printed."""
    refused: SpecError | None = None
    try:
        load_text(text, "t.yaml")
    except SpecError as error:
        refused = error
    if refused is not None:
        lines = len(nodes.split_lines(text))
        assert str(refused).startswith("t.yaml:")
        assert all(1 <= i.mark.line <= lines and i.mark.column >= 1 for i in refused.issues)


@given(st.lists(st.sampled_from(SOME), max_size=40).map("".join))
def test_pieces_of_yaml(text: str) -> None:
    refused_or_read(text)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    refused_or_read(text)


@given(st.integers(0, len(VALID) - 1), st.integers(1, 12), st.sampled_from(("", *SOME)))
def test_a_good_spec_with_a_hole_in_it(start: int, length: int, filling: str) -> None:
    refused_or_read(VALID[:start] + filling + VALID[start + length :])


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        with pytest.raises(SpecError):
            decode(data, "t.yaml")
    else:
        assert isinstance(decode(data, "t.yaml"), str)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " * 100_000,
        "x: " + "(" * 50_000,
        "problems: [{id: a, given: {x: '" + "(" * 100_000 + "'}, questions: [x]}]",
        "problems: [{id: a, symbols: [x], questions: ['" + "-" * 100_000 + "x']}]",
        "problems: [{id: a, symbols: [x], questions: ['" + "x+" * 50_000 + "x']}]",
        "a: &a [" + "x, " * 1000 + "]\nb: [" + "*a, " * 1000 + "]",
        "problems:\n" + "- {id: a}\n" * 5000,
        "problems: [{id: a, symbols: {x: {shape: [1000, 1000]}}, questions: [x]}]",
    ],
    ids=range(9),
)
def test_huge_and_deep_texts_are_refused_soon(text: str) -> None:
    begin = time.perf_counter()

    refused_or_read(text)

    assert time.perf_counter() - begin < 10


def test_a_long_chain_of_equations_needs_no_recursion() -> None:
    lines = "".join(f"      - a{i} = a{i - 1} + 1\n" for i in range(2000, 0, -1))

    problem = load_text(
        f"problems:\n  - id: q\n    given: {{a0: 1}}\n    equations:\n{lines}    questions: [da2000/da0]\n",
        "t.yaml",
    ).problems[0]

    assert len(problem.equations) == 2000


@pytest.mark.parametrize(
    ("text", "offset", "column"),
    [
        ("abc", 1, 2),
        ("'abc'", 1, 3),
        ('"abc"', 1, 3),
        ("&name abc", 1, 8),
        ("&name 'abc'", 1, 9),
        ("'a''c'", 1, 1),
        ('"a\\tc"', 1, 1),
        ("|\n abc", 1, 1),
    ],
)
def test_columns_point_into_the_text_unless_letters_are_escaped(text: str, offset: int, column: int) -> None:
    node = compose(text, "t.yaml")

    assert isinstance(node, Scalar)
    assert node.span(offset, offset + 1).column == column


def test_what_is_printed_cannot_move_the_cursor() -> None:
    with pytest.raises(SpecError) as caught:
        load_text('"\\x1b[31m\\u202Ekey": 1\n', "t.yaml")

    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert render_issues(caught.value.issues).count("\n") == 1
