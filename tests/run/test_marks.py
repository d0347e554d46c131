"""Marks by hand: what they do to a class, and every fault of the file with its place."""

from pathlib import Path

import pytest

from grader.report import csv_report, json_report, junit_report
from grader.report.model import ClassReport
from grader.report.results import load as load_results
from grader.run.marks import merge
from grader.run.marks_file import load
from grader.source import SpecError
from tests.report.samples import classroom

YAML = """\
- {student: s03, question: q4/why, points: 0.5, reason: half of it}
- {student: s17, question: why, points: 1}
- {student: s17, question: q3/dL/dw2, points: 2, reason: his own convention}
- student: s17
  question: q3/z1
  adjust: +0.5
  reason: written in the margin
- {student: s17, adjust: −1, reason: a day late}
- {student: s21, question: q3/z1, points: 1, reason: read from the scan}
"""
CSV = """\
student;question;points;adjust;reason
s03;q4/why;0.5;;half of it
s17;why;1;;
s17;q3/dL/dw2;2;;his own convention
s17;q3/z1;;+0.5;written in the margin
s17;;;-1;a day late
s21;q3/z1;1;;read from the scan
"""


def merged(folder: Path, text: str, name: str = "marks.yaml") -> ClassReport:
    """The sample class with the marks of a file."""
    (folder / name).write_text(text, encoding="utf-8")
    return merge(classroom(), load(str(folder / name)))


@pytest.mark.parametrize(("name", "text"), [("marks.yaml", YAML), ("marks.csv", CSV)])
def test_marks_are_in_the_report(tmp_path: Path, name: str, text: str) -> None:
    """Points take the place of a score, adjustments are added, the totals follow."""
    first, second, third = merged(tmp_path, text, name).students
    assert (first.answers[-1].score, first.answers[-1].marked, first.score) == (0.5, "half of it", 7.5)
    assert (second.answers[-1].score, second.answers[-1].marked) == (1.0, "")
    assert (second.answers[1].score, second.answers[1].verdict) == (2.0, "misconception")
    assert second.answers[0].score == pytest.approx(0.8)
    assert second.answers[0].marked == "+0.5: written in the margin"
    assert [(change.points, change.reason) for change in second.adjustments] == [(-1.0, "a day late")]
    assert second.score == pytest.approx(0.8 + 2 + 1 + 0.5 + 1 - 1)
    assert (third.score, third.unreadable) == (1.0, True)
    assert not first.pending
    assert not second.pending
    assert third.answers[1].marked is None


def test_every_report_has_them(tmp_path: Path) -> None:
    """JSON, CSV and JUnit; and a results file with them reads back."""
    report = merged(tmp_path, YAML)
    table = "".join(csv_report.render(report)).splitlines()
    assert table[0].endswith(",q4/why,status,errors,adjustment,reason")
    assert table[1] == "s03,s03.yaml,7.5,8,93.75,1,2,1,1,1,1,0.5,graded,,,"
    assert table[2].endswith(",-1,a day late")
    found = load_results("".join(json_report.render(report)).encode())
    assert found.students[1].adjusted == -1.0
    assert [answer.marked for answer in found.students[1].answers] == [
        "+0.5: written in the margin", "his own convention", None, None, None, None, "",
    ]  # fmt: skip
    xml = "".join(junit_report.render(report))
    assert "marked by hand: half of it" in xml
    assert "adjusted by -1: a day late" in xml


def test_nothing_falls_below_zero(tmp_path: Path) -> None:
    """Neither a question nor the total; an adjustment may lead beyond the maximum."""
    text = """\
- {student: s17, question: q3/z1, adjust: -5, reason: none}
- {student: s17, adjust: -50, reason: copied}
- {student: s03, adjust: 2.5, reason: a proof}
"""
    first, second, _ = merged(tmp_path, text).students
    assert (second.answers[0].score, second.score) == (0.0, 0.0)
    assert (first.score, first.max_score) == (9.5, 8.0)


def test_points_come_before_what_is_added_to_them(tmp_path: Path) -> None:
    """Whatever stands first in the file."""
    text = """\
- {student: s03, question: why, adjust: 0.25, reason: well put}
- {student: s03, question: why, points: 1}
"""
    assert merged(tmp_path, text).students[0].answers[-1].score == 1.25


def test_of_one_submission_the_others_are_left_aside(tmp_path: Path) -> None:
    """A class's file serves for one student too."""
    (tmp_path / "marks.yaml").write_text(YAML, encoding="utf-8")
    whole = classroom()
    alone = ClassReport("hw1", "Homework 1", 8.0, whole.questions, whole.students[:1])
    assert merge(alone, load(str(tmp_path / "marks.yaml"))).students[0].score == 7.5


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    """Nothing, a comment, or a first line alone."""
    assert merged(tmp_path, "# none yet\n") == classroom()
    assert merged(tmp_path, "student,points\n", "marks.csv") == classroom()


FAULTS = [
    ("- {student: s177, question: why, points: 1}", '1:13: error: no submission of a student "s177"', "s17"),
    ("- {student: s17, question: wy, points: 1}", '1:28: error: no question "wy"', 'did you mean "why"?'),
    ("- {student: s17, question: why, points: 1.5}", "1:41: error: 1.5 points for a question", "adjust"),
    ("- {student: s17, question: q3/z1, points: 1}", "1:43: error: ", "expected a reason beside points"),
    ("- {student: s17, adjust: 1}", "1:3: error: expected a reason beside adjust", "add reason:"),
    ("- {student: s17, question: why}", "1:3: error: expected either points or adjust, found neither", ""),
    ("- {student: s17, points: 1}", "1:3: error: expected the question that has these points", "adjust:"),
    ("- {question: why, points: 1}", "1:3: error: expected the student", ""),
    ("- {student: s17, question: why, points: -1}", "1:41: error: expected no less than 0", "adjust: takes"),
    ("- {student: s17, question: why, points: 0,5}", "1:43: error: unknown key", ""),
    ('- {student: s17, question: why, points: "0,5"}', "1:41: error: expected a number", "with a point"),
    ("- {student: s17, question: why, points: .nan}", "1:41: error: expected a number of points", ""),
    ("- {student: s17, question: why, points: 1e999}", "1:41: error: expected a number of points", ""),
    ("- {student: s17, question: why, pionts: 1}", '1:33: error: unknown key "pionts"', 'mean "points"?'),
    ("- {student: s17, student: s03, adjust: 1, reason: x}", '1:18: error: "student" stands here twice', ""),
    ("- {student: [s17], adjust: 1, reason: x}", "1:13: error: expected a text or a number", ""),
    ("s17: {why: 1}", "1:1: error: expected a list", "found a mapping"),
    ("- s17", '1:3: error: expected {student: ...}, found "s17"', ""),
    ("- {student: s17", "error: ", "1 | - {student: s17"),
    (
        "- {student: s17, question: why, points: 1}\n- {student: s17, question: q4/why, points: 0}",
        "2:44: error: this question has points already, in line 1",
        "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "more"), FAULTS)
def test_a_fault_has_its_place(tmp_path: Path, text: str, message: str, more: str) -> None:
    """File, line and column, what was found, and the nearest right name."""
    with pytest.raises(SpecError) as refused:
        merged(tmp_path, text + "\n")
    told = str(refused.value)
    assert told.startswith(str(tmp_path / "marks.yaml") + ":")
    assert message in told
    assert more in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,question,mark\ns17,why,1\n", '1:18: error: unknown key "mark"'),
        ("student,question,points\ns17,wyh,1\n", '2:5: error: no question "wyh"'),
        ("student,question,points\n\ns17,why,2\n", "3:9: error: 2 points for a question of 1 point"),
        ("student,question,points\n,why,1\n", "2:1: error: expected the student"),
    ],
)
def test_a_fault_of_a_table_has_its_place(tmp_path: Path, text: str, message: str) -> None:
    """The same in CSV."""
    with pytest.raises(SpecError) as refused:
        merged(tmp_path, text, "marks.csv")
    assert f"marks.csv:{message}" in str(refused.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Not one after the other."""
    text = "- {student: x, question: why, points: 1}\n- {student: s17, question: nn, points: 1}\n"
    with pytest.raises(SpecError) as refused:
        merged(tmp_path, text)
    assert len(refused.value.issues) == 2


def test_a_question_of_two_problems_needs_its_problem(tmp_path: Path) -> None:
    """Its id alone does not say which."""
    whole = classroom()
    twin = whole.questions[0].__class__("q9", "z1", "z1", 1.0, "0")
    report = ClassReport("hw1", "Homework 1", 9.0, (*whole.questions, twin), whole.students)
    (tmp_path / "m.yaml").write_text(
        "- {student: s17, question: z1, adjust: 1, reason: x}\n", encoding="utf-8"
    )
    with pytest.raises(SpecError, match='several problems have a question "z1"'):
        merge(report, load(str(tmp_path / "m.yaml")))
