"""The worked solution in text and in JSON."""

import json

from grader.report import solution as writer
from grader.report.model import Solution
from tests.report.golden_file import compare
from tests.report.samples import solution


def test_json_is_in_the_documented_form() -> None:
    """Numbers are numbers, vectors lists, and what is undefined is null."""
    text = "".join(writer.render_json(solution()))
    parsed = json.loads(text)
    assert list(parsed) == ["schema", "problems"]
    problem = parsed["problems"][0]
    assert list(problem) == ["id", "steps", "questions"]
    assert problem["steps"][0] == {"quantity": "z1", "phase": "forward", "rule": "w1*x + b1", "value": 0.2}
    assert problem["steps"][4]["value"] == [[0.1, 0.2], [0.3, 0.0]]
    assert problem["questions"][1] == {"id": "w2 after one step", "ask": "new(w2)", "expected": 0.4217994}
    assert [asked["expected"] for asked in problem["questions"][2:]] == [[1.0, None], "no", None]
    assert "NaN" not in text


def test_nothing_to_solve() -> None:
    """An assignment without problems is an empty list."""
    assert json.loads("".join(writer.render_json(Solution("a", "A", ()))))["problems"] == []


def test_golden_text() -> None:
    """The text looks as it did."""
    compare("solution.txt", writer.render_text(solution(), 60))


def test_text_fits() -> None:
    """Long rules are wrapped behind their equals sign."""
    assert max(map(len, writer.render_text(solution(), 40).splitlines())) <= 40
