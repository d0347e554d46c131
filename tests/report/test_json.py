"""The results file: what the hand-made text holds is what plain dictionaries hold."""

import json
import math
from typing import Any

import pytest

from grader.report import json_report
from grader.report.model import Answer, Asked, ClassReport, Component, Diagnosis, StudentReport
from tests.report.samples import DW2, HOSTILE, Z1, classroom, hostile


def rendered(report: ClassReport) -> str:
    return "".join(json_report.render(report))


def plain(report: ClassReport) -> dict[str, Any]:
    """The straightforward dictionary."""
    return {
        "schema": "grade-results/1",
        "assignment": report.assignment,
        "title": report.title,
        "max_score": round(report.max_score, 6),
        "students": [_student(student) for student in report.students],
    }


def _student(student: StudentReport) -> dict[str, Any]:
    return {
        "student": student.student,
        "file": student.file,
        "score": round(student.score, 6),
        "max_score": round(student.max_score, 6),
        "errors": [*student.errors, *student.notes],
        "answers": [_answer(answer) for answer in student.answers],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {
        "problem": answer.asked.problem,
        "question": answer.asked.question,
        "ask": answer.asked.ask,
        "verdict": answer.verdict,
        "score": round(answer.score, 6),
        "max_score": round(answer.asked.max_score, 6),
        "given": answer.given,
        "expected": answer.asked.expected,
        "diagnosis": _diagnosis(answer.diagnosis),
        "alternatives": [_diagnosis(other) for other in answer.alternatives],
        "reason": answer.reason,
        "read_as": answer.read_as,
    }
    if answer.components:
        found["components"] = [_component(part) for part in answer.components]
    return found


def _component(part: Component) -> dict[str, Any]:
    return {
        "index": part.element.index,
        "given": part.given,
        "expected": part.element.expected,
        "verdict": part.verdict,
        "reason": part.reason,
        "score": round(part.score, 6),
        "max_score": round(part.element.max_score, 6),
        "diagnosis": _diagnosis(part.diagnosis),
        "alternatives": [_diagnosis(other) for other in part.alternatives],
    }


def _diagnosis(found: Diagnosis | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "id": found.id,
        "step": found.step,
        "title": found.title,
        "feedback": found.feedback,
        "confidence": found.confidence,
        "explains": list(found.explains),
    }


@pytest.mark.parametrize("report", [classroom(), *map(hostile, HOSTILE)])
def test_the_text_is_the_plain_dictionary(report: ClassReport) -> None:
    """Parsing gives the same objects, and the keys come in the same order."""
    parsed = json.loads(rendered(report))
    assert parsed == plain(report)
    assert json.dumps(parsed) == json.dumps(plain(report))


def test_a_student_is_a_line() -> None:
    """A changed mark changes one line, and no line starts with what a student wrote."""
    lines = rendered(classroom()).splitlines()
    assert len(lines) == 2 + 3
    assert [line[:14] for line in lines[2:]] == ['  {"student": '] * 3


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_printable_ascii(text: str) -> None:
    """No control code, override or workflow command survives as itself."""
    for line in rendered(hostile(text)).splitlines():
        assert line.isascii()
        assert line.isprintable()
        assert "##[" not in line
        assert not line.lstrip().startswith("::")


def test_scores_are_rounded_and_never_nan() -> None:
    """0.1 + 0.2 is 0.3, -0.0 is 0.0, and what is no number is null."""
    scores = (0.1 + 0.2, -0.0, 2 / 3, math.nan, math.inf)
    answers = tuple(Answer(Z1, "correct", score, "1") for score in scores)
    report = ClassReport("a", "A", 1.0, (Z1,) * 5, (StudentReport("s", "s.yaml", 0.1 + 0.2, 1.0, answers),))
    text = rendered(report)
    assert [answer["score"] for answer in json.loads(text)["students"][0]["answers"]] == [
        0.3,
        0.0,
        0.666667,
        None,
        None,
    ]
    assert "NaN" not in text
    assert "Infinity" not in text
    assert "-0.0" not in text.replace("-0.217994", "")


def test_the_example_of_the_documentation() -> None:
    """Keys come in the documented order; `reason` and `read_as` follow."""
    found = Diagnosis("...", "...", "dL/dz2", "...", 0.97, ("dL/dw2", "w2 after one step"))
    answer = Answer(DW2, "misconception", 1.0, "-0.5", diagnosis=found)
    report = ClassReport(
        "hw1", "Homework 1", 5.0, (DW2,), (StudentReport("s17", "s17.yaml", 4.0, 5.0, (answer,)),)
    )
    assert rendered(report) == (
        '{"schema": "grade-results/1", "assignment": "hw1", "title": "Homework 1", "max_score": 5.0,\n'
        ' "students": [\n'
        '  {"student": "s17", "file": "s17.yaml", "score": 4.0, "max_score": 5.0, "errors": [], "answers": ['
        '{"problem": "q3", "question": "dL/dw2", "ask": "dL/dw2", "verdict": "misconception", '
        '"score": 1.0, "max_score": 2.0, "given": "-0.5", "expected": "-0.217994", '
        '"diagnosis": {"id": "...", "step": "dL/dz2", "title": "...", "feedback": "...", '
        '"confidence": 0.97, "explains": ["dL/dw2", "w2 after one step"]}, "alternatives": [], '
        '"reason": null, "read_as": null}]}]}\n'
    )


def test_no_students() -> None:
    """An empty class is an empty list."""
    assert json.loads(rendered(ClassReport("a", "A", 0.0, (), ())))["students"] == []


def test_two_questions_alike_are_told_apart() -> None:
    """What is rendered once a question is rendered for each question."""
    twins = tuple(Asked(problem, "z", "z", 1.0, "0") for problem in ("q1", "q2"))
    answers = tuple(Answer(asked, "wrong", 0.0, "1") for asked in twins)
    report = ClassReport("a", "A", 2.0, twins, (StudentReport("s", "s", 0.0, 2.0, answers),))
    found = json.loads(rendered(report))["students"][0]["answers"]
    assert [answer["problem"] for answer in found] == ["q1", "q2"]
