"""JUnit XML as CI systems read it."""

from xml.etree import ElementTree as ET

import pytest

from grader.report import junit_report
from grader.report.model import ClassReport
from tests.report.samples import HOSTILE, QUESTIONS, classroom, hostile, unreadable


def rendered(report: ClassReport) -> str:
    return "".join(junit_report.render(report))


def test_a_suite_a_student_a_case_a_question() -> None:
    """Right answers pass, wrong ones fail, unreadable ones are errors, blank and manual ones are skipped."""
    root = ET.fromstring(rendered(classroom()))
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["hw1.s03", "hw1.s17", "hw1.s21"]
    right, mixed, nothing = ([_outcome(case) for case in suite.iter("testcase")] for suite in root)
    assert right == ["passed"] * 6 + ["skipped"]
    assert mixed == ["failure", "failure", "passed", "skipped", "failure", "error", "skipped"]
    assert nothing == ["error"] * 7
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == (
        "21",
        "3",
        "8",
        "3",
    )


def _outcome(case: ET.Element) -> str:
    return case[0].tag if len(case) else "passed"


def test_the_text_of_a_failure_tells_everything() -> None:
    """GitLab shows the element's text and nothing else."""
    root = ET.fromstring(rendered(classroom()))
    text = root[1].findall("testcase")[1][0].text or ""
    for part in ("misconception, 1 of 2 points", "written: -0.5", "expected: -0.217994", "You multiplied by"):
        assert part in text


def test_cases_are_told_apart() -> None:
    """Readers drop a second case of the same classname and name, also where a student handed in twice."""
    twice = (unreadable("s1", "s1.yaml", "empty"), unreadable("s1", "more/s1.yaml", "empty"))
    report = ClassReport("hw1", "Homework 1", 8.0, QUESTIONS, twice)
    keys = [
        (case.get("classname"), case.get("name")) for case in ET.fromstring(rendered(report)).iter("testcase")
    ]
    assert len(set(keys)) == len(keys) == 14


def test_cases_are_told_apart_whatever_the_names() -> None:
    """The same file name in two folders, and a student who is called as another one and a file are."""
    names = (
        ("s1", "s1.yaml"),
        ("s1", "s1.yaml"),
        ("s1 (s1.yaml)", "a.yaml"),
        ("s\x01", "b"),
        ("s\\x01", "c"),
    )
    students = tuple(unreadable(student, file, "empty") for student, file in names)
    root = ET.fromstring(rendered(ClassReport("hw1", "Homework 1", 8.0, QUESTIONS, students)))
    suites = [suite.get("name") for suite in root]
    keys = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(suites)) == len(suites) == 5
    assert len(set(keys)) == len(keys) == 35


def test_no_clock() -> None:
    """Nothing in it depends on when it was written."""
    text = rendered(classroom())
    assert "timestamp" not in text
    assert 'time="0"' in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    """The file parses, has the same elements as for harmless text, and no line is a workflow command."""
    written = rendered(hostile(text))
    tags = [element.tag for element in ET.fromstring(written.encode()).iter()]
    assert tags == [element.tag for element in ET.fromstring(rendered(hostile("harmless"))).iter()]
    for line in written.splitlines():
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
