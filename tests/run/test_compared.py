"""Beside an answer that is not simply right stands the step that decides, by both rules, in own numbers."""

from pathlib import Path

import pytest

from grader.language import render
from grader.report.model import Answer, Compared, Known
from grader.run import grade_assignment
from tests.run.test_own import SPEC

ANSWERS = """\
answers:
  q: {z1: 0.2, a1: 0.5498, z2: 0.4199, dL/dw2: 0.2180, dL/db2: 0.3965, new(w2): 0.3782}
  v: {s: "[-1, -1]", r: "[5, 5]", "t[1]": 10}
"""


@pytest.fixture
def graded(tmp_path: Path) -> dict[str, Answer]:
    """A student whose loss has the wrong slope, and who goes on rightly."""
    (tmp_path / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "s1.yaml").write_text(ANSWERS, encoding="utf-8")
    report = grade_assignment(tmp_path / "quiz.yaml", [tmp_path / "s1.yaml"], worked=True)
    return {answer.asked.question: answer for answer in report.students[0].answers}


def _compared(answer: Answer) -> Compared:
    assert answer.compared is not None
    return answer.compared


def test_a_wrong_rule_stands_beside_the_right_one(graded: dict[str, Answer]) -> None:
    """At the step of the mistake, with what both give."""
    found = _compared(graded["dL/db2"])
    assert graded["dL/db2"].verdict == "misconception"
    assert found.quantity == "dL/dyhat"
    assert found.wrong is not None
    assert render(found.right) != render(found.wrong)
    assert isinstance(found.gives, float)
    assert isinstance(found.instead, float)
    assert found.gives == pytest.approx(-found.instead, rel=1e-3)


def test_numbers_are_known_as_own_or_worked_out(graded: dict[str, Answer]) -> None:
    """Written and given numbers are the student's own; what was not asked follows from them."""
    known = {k.quantity: k for k in _compared(graded["dL/db2"]).known}
    assert known["y"] == Known("y", 1.0, own=True)
    assert not known["yhat"].own
    after = {k.quantity: k for k in _compared(graded["new(w2)"]).known}
    assert after["dL/dw2"] == Known("dL/dw2", 0.218, own=True)


def test_without_a_wrong_rule_only_the_right_one(graded: dict[str, Answer]) -> None:
    """A wrong vector with no diagnosis: the step that it comes from, and what it gives."""
    found = _compared(graded["r"])
    assert (found.quantity, found.wrong, found.instead) == ("r", None, None)
    assert found.gives == (0.0, 0.0)


def test_right_answers_need_none(graded: dict[str, Answer]) -> None:
    """Nothing is worked out for them."""
    assert graded["z1"].compared is None
