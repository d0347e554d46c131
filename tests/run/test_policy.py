"""The page of `grade explain answers` says what the program does."""

import json
from pathlib import Path

import pytest

from grader.run import grade_assignment
from grader.run.policy import POLICY, Row, spec_of

ROWS = [(section, row) for section, rows in POLICY.items() for row in rows]


@pytest.mark.parametrize(("section", "row"), ROWS, ids=[f"{row.question}: {row.answer}" for _, row in ROWS])
def test_a_row_holds(section: str, row: Row, tmp_path: Path) -> None:
    """The answer is given the verdict that the table states."""
    (tmp_path / "hw.yaml").write_text(spec_of(section), encoding="utf-8")
    answers = {"q": {row.question: row.answer}}
    (tmp_path / "s.json").write_text(json.dumps({"answers": answers}), encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s.json"])
    verdicts = {a.asked.question: a.verdict for a in report.students[0].answers}
    assert verdicts[row.question] == row.verdict
