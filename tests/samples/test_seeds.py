"""Five transcribed student homeworks: every verdict agrees with the one found by hand (seeds.yaml)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.samples.grading import Answers, full, graded, table

SEEDS: dict[str, list[dict[str, Any]]] = table("seeds.yaml")
ROWS = [(assignment, row) for assignment, rows in SEEDS.items() for row in rows]
CLASSES = {
    "full": {"right", "right_ft", "rounding", "symbolic_right", "label", "transcription", "unclear"},
    "not_correct": {"wrong", "symbolic_wrong", "transcription"},
    "unchecked": {"label", "transcription", "not_gradeable"},
}
EXPLAINED = {"transcription", "unclear", "label", "not_gradeable"}
# The one mistake of each made-up submission s03; all that follows from it is right.
CARRIED = {
    "homework2": ("q1", "z1[2]"),
    "assignment21": ("q3", "dL/dy"),
    "question2": ("q4", "da1/dz1"),
    "assignment1": ("q1", "a"),
    "homework1": ("q3", "z2"),
}


def results(assignment: str) -> dict[str, Answers]:
    """The results of one assignment's folder."""
    return graded(f"specs/{assignment}.yaml", f"submissions/{assignment}")


def name(row: tuple[str, dict[str, Any]]) -> str:
    """A readable test id."""
    return f"{row[0]}-{row[1]['problem']}-{row[1]['question'] or row[1]['part']}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_table_says_what_holds_of_each_class(row: tuple[str, dict[str, Any]]) -> None:
    entry = row[1]
    assert entry["class"] in CLASSES[entry["holds"]]
    assert entry.get("why") or entry["class"] not in EXPLAINED


@pytest.mark.parametrize("row", [r for r in ROWS if r[1]["question"]], ids=name)
def test_every_answer_gets_the_verdict_found_by_hand(row: tuple[str, dict[str, Any]]) -> None:
    assignment, expected = row
    answer = results(assignment)["s01"][expected["problem"], expected["question"]]
    assert answer["given"] == expected["given"]
    if expected["holds"] == "full":
        assert full(answer), answer
    elif expected["holds"] == "not_correct":
        assert answer["verdict"] != "correct", answer
        # A rule that was charged already is not charged again, and its verdict says so.
        assert answer["score"] < answer["max_score"] or answer["verdict"] == "misconception", answer


@pytest.mark.parametrize("assignment", SEEDS)
def test_the_table_has_every_answer(assignment: str) -> None:
    listed = {(row["problem"], row["question"]) for row in SEEDS[assignment]}
    answered = {
        key
        for key, answer in results(assignment)["s01"].items()
        if answer["given"] is not None and answer["verdict"] != "manual"
    }
    assert answered == {key for key in listed if key[1] is not None}


def test_the_misread_digit_harms_nothing_after_it() -> None:
    answers = results("assignment21")["s01"]
    after = ["zj", "y", "L", "dL/dy", "dL/dzj", "dL/dh1", "dL/dh2", "dL/dwj1", "dL/dwj2"]
    assert answers["q3", "h1"]["verdict"] == "slip"
    assert not full(answers["q3", "h1"])
    assert [question for question in after if not full(answers["q3", question])] == []


@pytest.mark.parametrize("assignment", SEEDS)
def test_all_right_with_rounding_on_the_way_gets_full_marks(assignment: str) -> None:
    answers = results(assignment)["s02"].values()
    given = [a for a in answers if a["given"] is not None and a["verdict"] != "manual"]
    assert [a for a in given if not full(a)] == []
    assert all(a["verdict"] in {"missing", "manual"} for a in answers if a not in given)


@pytest.mark.parametrize("assignment", SEEDS)
def test_one_mistake_carried_on_is_charged_once(assignment: str) -> None:
    answers = results(assignment)["s03"]
    given = {key: a for key, a in answers.items() if a["given"] is not None}
    assert [key for key, a in given.items() if not full(a)] == [CARRIED[assignment]]
    assert "follow_through" in {a["verdict"] for a in given.values()}
