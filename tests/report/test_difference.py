"""Two results files beside each other: what changed is told once, with the reason, in every format."""

import csv
import io
import json
from typing import Any

import pytest

from grader.record import replace
from grader.report import json_report
from grader.report.difference import Difference, compare, csv_difference, json_difference
from grader.report.model import Adjustment, Answer, ClassReport, StudentReport
from grader.report.refused import ReportRefusedError
from grader.report.results import load
from grader.report.terminal import Look
from grader.report.terminal.difference import render_difference
from tests.report.samples import DW2, HOSTILE, SIGN, SQUARED, TEXT, W2, Z1, classroom, hostile


def written(report: ClassReport) -> bytes:
    return "".join(json_report.render(report)).encode()


def changed(old: ClassReport, new: ClassReport) -> Difference:
    return compare(load(written(old)), load(written(new)))


def graded(*answers: Answer, student: str = "s1", more: float = 0.0) -> StudentReport:
    changes = (Adjustment(more, "why not"),) if more else ()
    score = sum(answer.score for answer in answers) + more
    return StudentReport(student, f"{student}.yaml", score, 4.0, answers, adjustments=changes)


def report(*students: StudentReport) -> ClassReport:
    return ClassReport("hw1", "Homework 1", 4.0, (Z1, DW2, W2), students)


BEFORE = (Answer(Z1, "correct", 1.0, "0.2"), Answer(DW2, "wrong", 0.0, "-0.5"))


def test_nothing_changed() -> None:
    """A run beside itself has no student in it."""
    found = changed(classroom(), classroom())
    assert found == Difference("hw1", "Homework 1", 3, None, ())
    assert render_difference(found, Look()) == "Homework 1 (hw1): 3 students, 0 totals changed\n"


@pytest.mark.parametrize(
    ("after", "reasons", "moved"),
    [
        (Answer(DW2, "correct", 2.0, "-0.218"), ("another answer",), True),
        (Answer(DW2, "slip", 1.0, "-0.5", diagnosis=SIGN), ("diagnosis none -> slip.sign",), True),
        (Answer(DW2, "wrong", 1.5, "-0.5", marked="his own way"), ("marked by hand: his own way",), True),
        (Answer(DW2, "imprecise", 0.0, "-0.5"), ("graded differently",), False),
        (
            Answer(DW2, "slip", 1.0, "0.5", diagnosis=SIGN),
            ("another answer", "diagnosis none -> slip.sign"),
            True,
        ),
    ],
)
def test_why_a_mark_changed(after: Answer, reasons: tuple[str, ...], moved: bool) -> None:
    """Whatever the files tell; where they tell nothing, the grading changed."""
    found = changed(report(graded(*BEFORE)), report(graded(BEFORE[0], after)))
    [student] = found.students
    [change] = student.changes
    assert (change.name, change.reasons, student.moved) == ("q3/dL/dw2", reasons, moved)
    assert found.spec is None


def test_another_diagnosis_for_the_same_points_is_told() -> None:
    """The total stays, the line stands there."""
    old = graded(Answer(DW2, "misconception", 1.0, "-0.5", diagnosis=SQUARED))
    new = graded(Answer(DW2, "slip", 1.0, "-0.5", diagnosis=SIGN))
    found = changed(report(old), report(new))
    assert found.moved == 0
    assert "misconception -> slip" in render_difference(found, Look(width=120))


def test_a_spec_that_changed_is_told_in_a_sentence() -> None:
    """Questions that came, went, or have other points or another answer."""
    dearer = replace(DW2, max_score=3.0)
    old = graded(Answer(Z1, "correct", 1.0, "0.2"), Answer(DW2, "correct", 2.0, "-0.218"))
    new = graded(Answer(dearer, "correct", 3.0, "-0.218"), Answer(W2, "missing", 0.0, None))
    found = changed(report(old), report(new))
    assert found.spec == (
        "the spec changed between the two runs: 1 question is new (q3/w2 after one step), "
        "1 question is gone (q3/z1), 1 question is changed (q3/dL/dw2)"
    )
    reasons = {change.name: change.reasons for change in found.students[0].changes}
    assert reasons == {
        "q3/dL/dw2": ("the question changed",),
        "q3/w2 after one step": ("a new question",),
        "q3/z1": ("the question is gone",),
    }


def test_who_is_in_one_run_only() -> None:
    """A student who came or went is told, without a line a question."""
    found = changed(report(graded(*BEFORE, student="a")), report(graded(*BEFORE, student="b")))
    assert [(s.student, s.old, s.new, s.changes) for s in found.students] == [
        ("a", 1.0, None, ()),
        ("b", None, 1.0, ()),
    ]
    assert "a  1 -> -  (only in the first run)" in render_difference(found, Look())


def test_an_adjustment_is_told() -> None:
    """A total that changed by hand."""
    found = changed(report(graded(*BEFORE)), report(graded(*BEFORE, more=-1.0)))
    assert render_difference(found, Look()).endswith("\ns1  1 -> 0  (adjusted by hand)\n")


def test_two_files_of_one_student_stay_apart() -> None:
    """They are told apart by their files."""
    twice = report(graded(*BEFORE), replace(graded(*BEFORE), file="again.yaml"))
    other = replace(
        twice, students=(twice.students[0], replace(graded(BEFORE[0]), file="again.yaml", score=1.0))
    )
    found = changed(twice, other)
    assert [student.file for student in found.students] == ["again.yaml"]


def test_different_assignments_are_refused() -> None:
    """With both names."""
    with pytest.raises(ReportRefusedError, match='different assignments, "hw1" and "hw2"'):
        changed(classroom(), replace(classroom(), assignment="hw2"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is not JSON (line 1)"),
        (b"{\n[", "it is not JSON (line 2)"),
        (b"\xff\xfe\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", 'expected "schema": "grade-results/1"'),
        (b'{"schema": "grade-solution/1"}', 'expected "schema": "grade-results/1"'),
        (b'{"schema": "grade-results/1", "students": 3}', "expected a list of objects as students"),
        (b'{"schema": "grade-results/1", "students": [], "assignment": 1}', "expected a text as assignment"),
        (written(classroom()).replace(b'"score": 7.0', b'"score": 1e999'), "a number as students[0].score"),
        (written(classroom()).replace(b'"score": 7.0', b'"score": NaN'), "a number as students[0].score"),
        (written(classroom()).replace(b'"score": 7.0', b'"score": ' + b"9" * 400), "as students[0].score"),
        (written(classroom()).replace(b'"verdict": "corr', b'"v": "'), "as students[0].answers[0].verdict"),
    ],
)
def test_what_is_no_results_file(data: bytes, message: str) -> None:
    """One sentence with the place."""
    with pytest.raises(ReportRefusedError) as refused:
        load(data)
    assert message in str(refused.value)


def test_the_table_has_a_row_a_change_and_one_a_total() -> None:
    """A total has no question."""
    new = report(graded(BEFORE[0], Answer(DW2, "slip", 1.0, "-0.5", diagnosis=SIGN)))
    rows = list(
        csv.reader(io.StringIO("".join(csv_difference.render(changed(report(graded(*BEFORE)), new)))))
    )
    assert rows[1] == [
        "s1", "s1.yaml", "q3", "dL/dw2", "wrong", "slip", "0", "1", "", "slip.sign",
        "diagnosis none -> slip.sign",
    ]  # fmt: skip
    assert rows[2] == ["s1", "s1.yaml", "", "", "", "", "1", "2", "", "", ""]


def test_the_json_has_both_sides() -> None:
    """Old and new, with what was given and expected."""
    new = report(graded(BEFORE[0], Answer(DW2, "correct", 2.0, "-0.218")))
    found: dict[str, Any] = json.loads("".join(json_difference.render(changed(report(graded(*BEFORE)), new))))
    assert (found["schema"], found["compared"], found["moved"]) == ("grade-diff/1", 1, 1)
    [answer] = found["students"][0]["answers"]
    assert (answer["old"]["given"], answer["new"]["given"]) == ("-0.5", "-0.218")
    assert answer["why"] == ["another answer"]


def test_a_text_marked_by_hand_is_a_change() -> None:
    """From pending to marked, for no points: the line stands there."""
    old, new = Answer(TEXT, "manual", 0.0, "flat"), Answer(TEXT, "manual", 0.0, "flat", marked="")
    found = changed(report(graded(old)), report(graded(new)))
    assert found.students[0].changes[0].reasons == ("marked by hand",)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_acts_nowhere(text: str) -> None:
    """No escape reaches a terminal, no formula a spreadsheet, no command a CI log."""
    old = hostile(text)
    new = replace(old, students=tuple(replace(student, score=0.0) for student in old.students[:1]))
    found = changed(old, new)
    assert found.students
    for line in render_difference(found, Look()).splitlines():
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
    for row in csv.reader(io.StringIO("".join(csv_difference.render(found)), newline="")):
        assert len(row) == 11
        assert not any(cell[:1] in set("=+@\t\r") for cell in row)
    text_written = "".join(json_difference.render(found))
    assert json.loads(text_written)["students"][0]["student"] == found.students[0].student
    assert text_written.isascii()
    assert "##[" not in text_written


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_fits(width: int) -> None:
    """No line is wider than the terminal."""
    old = classroom()
    new = replace(old, students=(replace(old.students[1], student="s03"), old.students[2]))
    for line in render_difference(changed(old, new), Look(width=width)).splitlines():
        assert len(line) <= width
