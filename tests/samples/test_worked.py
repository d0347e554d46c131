"""25 published worked examples, 610 values: right ones accepted, mistakes in print caught (worked.yaml)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.samples.grading import full, graded, table

WORKED: dict[str, dict[str, Any]] = table("worked.yaml")
VALUES = [(name, value) for name, example in WORKED.items() for value in example["values"]]


def entry(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """The answer, or the component of it, that a published value was graded as."""
    example = WORKED[name]
    answer = graded(example["spec"], example["answers"])["published"][value["problem"], value["question"]]
    if "index" not in value:
        return answer
    return next(part for part in answer["components"] if part["index"] == value["index"])


def label(row: tuple[str, dict[str, Any]]) -> str:
    """A readable test id."""
    return f"{row[0]}-{row[1]['published']}"


@pytest.mark.parametrize("row", VALUES, ids=label)
def test_every_published_value_gets_the_verdict_found_by_hand(row: tuple[str, dict[str, Any]]) -> None:
    name, value = row
    graded_as = entry(name, value)
    assert graded_as["given"] == value["given"]
    if value["status"] == "ok":
        assert graded_as["verdict"] == "correct", graded_as
    elif value["status"] == "rounding":
        assert full(graded_as), graded_as
    else:
        assert graded_as["verdict"] != "correct", graded_as


@pytest.mark.parametrize("row", VALUES, ids=label)
def test_the_engine_finds_the_value_computed_independently(row: tuple[str, dict[str, Any]]) -> None:
    name, value = row
    expected = float(entry(name, value)["expected"])
    assert math.isclose(expected, value["value"], rel_tol=1e-5, abs_tol=1e-12)


def test_no_value_is_missing() -> None:
    counts = [sum(value["status"] == status for _, value in VALUES) for status in ("ok", "rounding", "wrong")]
    assert counts == [548, 50, 12]
    assert len(WORKED) == 25


def test_what_cannot_be_expressed_is_listed() -> None:
    assert all(item["reason"] for item in table("worked_not_expressed.yaml"))


def test_a_slope_that_was_asked_and_is_wrong_is_charged_once() -> None:
    spec = WORKED["smaxx73_ex5"]["spec"]
    answers = graded(spec, "tests/samples/worked/made_up/smaxx73_ex5.yaml")["s01"]
    assert [question for (_, question), a in answers.items() if not full(a)] == ["sigmoid'(z2)"]
    assert answers["q1", "dL/dz2"]["verdict"] == "follow_through"
