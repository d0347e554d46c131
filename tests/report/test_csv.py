"""The gradebook."""

import csv
import io
import re

import pytest

from grader.report import csv_report
from grader.report.model import Answer, ClassReport, StudentReport
from tests.report.samples import HOSTILE, QUESTIONS, Z1, classroom, hostile


def rows(report: ClassReport) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_report.render(report)), newline="")))


def test_a_row_a_student_a_column_a_question() -> None:
    """The columns stand in the documented order; what the instructor still has to mark is empty."""
    header, right, mixed, unreadable = rows(classroom())
    assert header == [
        "student", "file", "score", "max_score", "percent",
        *(f"{asked.problem}/{asked.question}" for asked in QUESTIONS),
        "status", "errors",
    ]  # fmt: skip
    assert right == ["s03", "s03.yaml", "7", "8", "87.5", "1", "2", "1", "1", "1", "1", "", "manual", ""]
    assert mixed[2:12] == ["2.8", "8", "35", "0.3", "1", "1", "0.5", "0", "0", ""]
    assert unreadable[-2:] == ["unreadable", "not UTF-8: byte 0xff in line 3"]


def test_a_graded_student_says_so() -> None:
    """Without manual questions the status is `graded`."""
    student = StudentReport("s", "s.yaml", 1.0, 1.0, (Answer(Z1, "correct", 1.0, "0.2"),))
    assert rows(ClassReport("a", "A", 1.0, (Z1,), (student,)))[1][-2:] == ["graded", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_formula_and_stays_in_its_cell(text: str) -> None:
    """No cell starts as a formula, no row is broken, no line starts as a workflow command."""
    report = hostile(text)
    written = "".join(csv_report.render(report))
    found = rows(report)
    assert written.count("\n") == len(found) == 3
    assert {len(row) for row in found} == {len(found[0])}
    for row in found:
        for cell in row:
            assert cell.isprintable()
            assert not re.match(r"[=+@\t\r-]", cell)
    for line in written.splitlines():
        assert not line.lstrip().startswith("::")


@pytest.mark.parametrize(
    ("student", "cell"), [("-0.5", "-0.5"), ("+1e3", "+1e3"), ("-x", "'-x"), ("007", "007")]
)
def test_a_number_is_no_formula(student: str, cell: str) -> None:
    """A cell that is a number stays as it is."""
    report = ClassReport("a", "A", 1.0, (), (StudentReport(student, "f", 0.0, 1.0, ()),))
    assert rows(report)[1][0] == cell
