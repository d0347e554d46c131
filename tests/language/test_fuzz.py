"""Any answer is read or refused at a place inside it, at once: a few thousand of what `make fuzz` runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.formulas import LIMIT, LONG, PIECES, check, run, time_of
from tests.language.problems import reader


def test_mutated_answers() -> None:
    read, _, _ = run(4_000, seed=7)
    assert read > 100


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.integers(0, 5))
def test_pieces_in_any_order(text: str, problem: int) -> None:
    check(text, reader(problem))


@given(st.text(max_size=60), st.sampled_from(["", "$", "\\", "x = "]))
def test_any_text(text: str, front: str) -> None:
    check(front + text, reader(4))


@pytest.mark.parametrize("text", LONG, ids=lambda text: repr(text[:12]))
def test_long_texts_cost_no_time(text: str) -> None:
    # Five times the limit of `make fuzz`: the tests run beside other things.
    assert time_of(text, reader(5)) < 5 * LIMIT
