"""Results for learning platforms, read by the rules that the platforms publish."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from grader.record import replace
from grader.report.model import Adjustment, Answer, ClassReport, Component
from grader.report.platforms import classroom as github_classroom
from grader.report.platforms import github, gradescope, prairielearn
from grader.report.platforms.words import REVEALS, Reveal
from grader.report.refused import ReportRefusedError
from tests.report.samples import HOSTILE, TEXT, Z1, classroom, hostile

MIB = 1024 * 1024
RIGHT, MIXED, UNREADABLE = 0, 1, 2
WRITERS = (gradescope.render, prairielearn.render, github_classroom.render)


def one(number: int) -> ClassReport:
    """A report with one student of the sample class."""
    report = classroom()
    return replace(report, students=(report.students[number],))


def loaded(chunks: Iterator[str]) -> dict[str, Any]:
    """The JSON, which must have no NaN, no key twice, and nothing that is not ASCII."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in items}) == len(items)
        return dict(items)

    def constant(name: str) -> None:
        raise AssertionError(name)

    text = "".join(chunks)
    assert text.isascii()
    found = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    assert isinstance(found, dict)
    return found


def check_gradescope(result: dict[str, Any]) -> None:
    """The rules of gradescope-autograders.readthedocs.io/en/latest/specs."""
    assert set(result) <= {
        "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
        "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
    }  # fmt: skip
    visibilities = {"hidden", "after_due_date", "after_published", "visible"}
    formats = {"text", "html", "simple_format", "md", "ansi"}
    assert math.isfinite(result["score"])
    assert {result["visibility"], result["stdout_visibility"]} <= visibilities
    assert {result[key] for key in ("output_format", "test_output_format", "test_name_format")} <= formats
    for test in result["tests"]:
        assert set(test) <= {
            "score", "max_score", "status", "name", "name_format", "number", "output", "output_format",
            "tags", "visibility", "extra_data",
        }  # fmt: skip
        assert test.get("status", "passed") in {"passed", "failed"}
        assert all(isinstance(test[key], str) for key in ("name", "number", "output"))
        assert all(isinstance(tag, str) for tag in test["tags"])
        assert ("score" in test) == ("status" in test)


def check_prairielearn(result: dict[str, Any]) -> None:
    """The rules of docs.prairielearn.com/externalGrading and of the code that reads the file."""
    if not result["gradable"]:
        assert all(isinstance(text, str) and text for text in result["format_errors"])
        return
    assert 0 <= result["score"] <= 1
    for test in result["tests"]:
        assert all(isinstance(test[key], float) for key in ("points", "max_points"))
        assert all(isinstance(test[key], str) for key in ("name", "message"))


def check_classroom(result: dict[str, Any]) -> None:
    """What classroom-resources/autograding-grading-reporter reads."""
    assert result["version"] == 1
    assert result["status"] in {"pass", "fail", "error"}
    for test in result["tests"]:
        assert test["status"] in {"pass", "fail", "error"}
        assert isinstance(test["line_no"], int)
        assert all(isinstance(test[key], str) for key in ("name", "message", "test_code", "filename"))


def test_gradescope_has_a_test_a_question() -> None:
    """The score at the top is the report's, the tests are numbered by problem, and partial credit is kept."""
    result = loaded(gradescope.render(one(MIXED)))
    check_gradescope(result)
    tests = result["tests"]
    assert result["score"] == 2.8
    assert [test["number"] for test in tests] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4"]
    assert [test.get("score") for test in tests] == [0.3, 1.0, 1.0, 0.5, 0.0, 0.0, None]
    assert [test.get("status") for test in tests] == ["failed", "failed", "passed", *["failed"] * 3, None]
    assert tests[1]["tags"] == ["q3", "misconception", "local.activation_not_derived"]
    assert "**mistake** The activation stands" in tests[1]["output"]
    assert result["tests"][1]["extra_data"]["diagnosis"] == "local.activation_not_derived"


@pytest.mark.parametrize("visibility", gradescope.VISIBILITIES)
def test_gradescope_is_seen_when_it_is_asked_to(visibility: gradescope.Visibility) -> None:
    """The visibility stands at the top, where it holds for every test, and what is printed stays hidden."""
    result = loaded(gradescope.render(one(RIGHT), "feedback", visibility))
    assert (result["visibility"], result["stdout_visibility"]) == (visibility, "hidden")
    assert not any("visibility" in test for test in result["tests"])


def test_an_unreadable_file_is_a_result_too() -> None:
    """Gradescope and Classroom give 0 and say why; PrairieLearn takes no attempt for it."""
    found = loaded(gradescope.render(one(UNREADABLE)))
    check_gradescope(found)
    assert found["score"] == 0.0
    assert "not UTF-8" in found["output"]
    assert loaded(github_classroom.render(one(UNREADABLE)))["status"] == "error"
    assert loaded(prairielearn.render(one(UNREADABLE))) == {
        "gradable": False,
        "format_errors": ["not UTF-8: byte 0xff in line 3"],
    }


def test_prairielearn_takes_no_attempt_for_what_it_cannot_read() -> None:
    """One unreadable answer makes the submission one that is not graded, with the reason."""
    result = loaded(prairielearn.render(one(MIXED)))
    assert result == {"gradable": False, "format_errors": ['q4/unit: unknown name "b"; did you mean "b1"?']}


def test_prairielearn_has_a_score_from_0_to_1() -> None:
    """Also where an adjustment leads beyond the maximum; a question without a mark is 0 of 0."""
    report = one(RIGHT)
    result = loaded(prairielearn.render(report))
    check_prairielearn(result)
    assert result["score"] == 0.875
    assert (result["tests"][-1]["points"], result["tests"][-1]["max_points"]) == (0.0, 0.0)
    more = replace(report.students[0], score=9.0, adjustments=(Adjustment(2.0, "a fine proof"),))
    result = loaded(prairielearn.render(replace(report, students=(more,))))
    assert result["score"] == 1.0
    assert "+2 points: a fine proof" in result["message"]


def test_classroom_adds_up_the_tests() -> None:
    """The sum of the tests is the score: a wrong answer never has the full one."""
    result = loaded(github_classroom.render(one(MIXED)))
    check_classroom(result)
    assert sum(test["score"] for test in result["tests"]) == pytest.approx(2.8)
    assert (result["status"], result["max_score"]) == ("fail", 8)
    assert [test["status"] for test in result["tests"]] == [
        "fail", "fail", "pass", "fail", "fail", "error", "fail",
    ]  # fmt: skip
    assert result["tests"][5]["line_no"] == 11


@pytest.mark.parametrize("render", WRITERS)
@pytest.mark.parametrize("reveal", REVEALS)
def test_answers_are_told_only_when_asked(render: Any, reveal: Reveal) -> None:
    """`expected` is in `answers` alone, and the diagnosis in everything but `marks`."""
    students = one(MIXED).students
    answers = tuple(answer for answer in students[0].answers if answer.verdict != "unreadable")
    text = "".join(render(replace(one(MIXED), students=(replace(students[0], answers=answers),)), reveal))
    assert ("-0.217994" in text) == (reveal == "answers")
    assert ("You multiplied by" in text) == (reveal != "marks")


@pytest.mark.parametrize("render", WRITERS)
def test_several_submissions_have_no_place_in_it(render: Any) -> None:
    """Three students, or none, are refused with how many there are."""
    with pytest.raises(ReportRefusedError, match="of one submission, and 3 were found"):
        list(render(classroom()))


def harmless(text: str) -> ClassReport:
    report = hostile(text)
    return replace(report, students=report.students[:1])


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("render", "check"),
    list(zip(WRITERS, (check_gradescope, check_prairielearn, check_classroom), strict=True)),
)
def test_hostile_text_is_data(render: Any, check: Any, text: str) -> None:
    """The file keeps to its format and its size, and no line of it is a command of a CI log."""
    written = "".join(render(harmless(text)))
    check(loaded(iter([written])))
    assert len(written) < MIB
    assert "##[" not in written
    assert not any(line.lstrip().startswith("::") for line in written.splitlines())
    assert "\0" not in json.dumps(json.loads(written), ensure_ascii=False).encode().decode()


def test_prairielearn_stays_below_its_limit() -> None:
    """A file beyond 1 MiB is thrown away: what is too long is told shortly."""
    component = Component(hostile("x").questions[1].elements[0], "wrong", 0.0, "y" * 600, None)
    asked = replace(Z1, elements=hostile("x").questions[1].elements)
    answer = Answer(asked, "wrong", 0.0, "z" * 600, reason="r" * 600, components=(component,) * 12)
    student = replace(one(RIGHT).students[0], answers=(answer,) * 700)
    written = "".join(prairielearn.render(replace(one(RIGHT), students=(student,))))
    assert len(written) < MIB
    assert json.loads(written)["gradable"] is True


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def annotations(report: ClassReport) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner takes them apart and unescapes them."""
    found = []
    for line in "".join(github.commands([report], lambda _, student: f"sub/{student.file}")).splitlines():
        command = COMMAND.fullmatch(line)
        assert command is not None, line
        properties = dict(part.split("=", 1) for part in command[2].split(","))
        found.append((command[1], properties, command[3].replace("%25", "%")))
    return found


def test_an_annotation_a_submission() -> None:
    """An error for a file, a warning for an answer that could not be read; who is all right has none."""
    found = annotations(classroom())
    assert [(kind, properties["file"]) for kind, properties, _ in found] == [
        ("error", "sub/s21.yaml"),
        ("warning", "sub/s17.yaml"),
    ]
    assert found[1][1] == {"file": "sub/s17.yaml", "line": "11", "title": "hw1 s17"}
    assert found[0][2] == "0 of 8 points; not UTF-8: byte 0xff in line 3"


def test_no_more_annotations_than_are_shown() -> None:
    """Ten of a kind, the worst first: GitHub drops the others without a word."""
    report = classroom()
    bad = [replace(report.students[UNREADABLE], student=f"s{n}", file=f"s{n}.yaml") for n in range(25)]
    some = [replace(report.students[MIXED], student=f"t{n:02}", score=float(n) / 10) for n in range(25)]
    found = annotations(replace(report, students=(*bad, *reversed(some))))
    assert [kind for kind, _, _ in found] == ["error"] * 10 + ["warning"] * 10
    assert [properties["title"] for _, properties, _ in found[10:]] == [f"hw1 t{n:02}" for n in range(10)]


@pytest.mark.parametrize("text", [*HOSTILE, "a,line=1::%0A::error::x", "%0A::add-mask::1"])
def test_nobody_writes_a_command(text: str) -> None:
    """A student's text stays within the one command that is about the submission."""
    report = hostile(text)
    written = "".join(github.commands([report], lambda _, student: student.file))
    lines = written.split("\n")[:-1]
    assert len(lines) == len(report.students)
    for line in lines:
        command = COMMAND.fullmatch(line)
        assert command is not None
        assert {part.partition("=")[0] for part in command[2].split(",")} <= {"file", "line", "title"}
        assert re.sub("%25|%3A|%2C", "", line).count("%") == 0
        assert line.isprintable()
        assert "##[" not in line


@pytest.mark.parametrize("text", [*HOSTILE, "a | b", "\\|", "[x](http://a)", "`", "$x$ @user #1 :tada:"])
def test_a_summary_shows_text_and_obeys_none(text: str) -> None:
    """The tables keep their rows and columns, and no cell holds Markdown, HTML, a link or a mention."""
    ours = github.summary([harmless("harmless")]).splitlines()
    lines = github.summary([harmless(text)]).splitlines()
    assert len(lines) == len(ours)
    assert [line.count("|") for line in lines] == [line.count("|") for line in ours]
    for line in lines:
        left = re.sub(r"&#\d+;", "", line)
        assert not re.search(
            r"[`<>$@\\*\[\]_~{}]|&|\S#|:\w|www\.", left.removeprefix("## ").replace("---:", "")
        )


def test_a_summary_names_students_and_mistakes() -> None:
    """Each student's score, each question's verdicts and its most frequent mistake."""
    summary = github.summary([classroom()])
    assert "## Homework 1 (hw1): 3 students, 8 points" in summary
    assert "| s17 | 2.8 | 35 % |" in summary
    assert "| q3/dL/dw2 | 2 | 1 correct, 1 misconception, 1 unreadable | 1 The activation stands" in summary


def test_a_summary_stays_below_its_limit() -> None:
    """Whole rows up to the limit, and a word about the rest; also where other steps wrote much already."""
    report = classroom()
    large = replace(report, students=report.students * 10_000)
    for room in (github.SUMMARY, 5_000):
        summary = github.summary([large], room)
        assert room - 500 < len(summary.encode()) <= room
        assert summary.endswith("|\n\nCut short; the results file has all of it.\n")
    assert github.summary([large], 0) == ""


def test_a_text_marked_by_hand_has_its_score() -> None:
    """An unmarked one has no score in Gradescope; a marked one has its own, and the reason."""
    report = one(RIGHT)
    marked = Answer(TEXT, "manual", 0.5, "flat", marked="half of it")
    student = replace(report.students[0], answers=(*report.students[0].answers[:-1], marked))
    test = loaded(gradescope.render(replace(report, students=(student,))))["tests"][-1]
    assert (test["score"], test["status"]) == (0.5, "failed")
    assert "**marked by hand** half of it" in test["output"]
