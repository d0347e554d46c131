"""Exit statuses and streams: 0 graded, 1 not good enough, 2 the caller's mistake, 3 ours."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Grade

SPEC = "specs/hw1.yaml"
CLASS = "submissions/hw1"


@pytest.mark.usefixtures("course")
class TestGraded:
    """Whatever the marks, a graded class is status 0 or 1."""

    def test_whatever_the_marks(self, grade: Grade) -> None:
        """Wrong and unreadable submissions are no failure by themselves."""
        result = grade("run", SPEC, CLASS)
        assert (result.status, result.err) == (0, "")
        assert "Homework 1 (hw1): 3 students" in result.out

    @pytest.mark.parametrize(("threshold", "status"), [("0", 0), ("36", 1), ("35", 1), ("100", 1)])
    def test_fail_under(self, grade: Grade, threshold: str, status: int) -> None:
        """Somebody below the threshold is told on standard error."""
        result = grade("run", SPEC, CLASS, "--fail-under", threshold)
        assert result.status == status
        assert ("s21 (0 %)" in result.err) == bool(status)
        assert "s17" in result.out

    @pytest.mark.parametrize(("threshold", "status"), [("87.5", 0), ("87.6", 1)])
    def test_the_threshold_itself_is_enough(self, grade: Grade, threshold: str, status: int) -> None:
        """87.5 % is not below 87.5."""
        assert grade("run", SPEC, f"{CLASS}/s03.yaml", "--fail-under", threshold).status == status

    def test_strict(self, grade: Grade) -> None:
        """An unreadable file is status 1 when asked for, and its name is told."""
        result = grade("run", SPEC, CLASS, "--strict", "--quiet")
        assert (result.status, result.out) == (1, "")
        assert result.err == "grade: could not be read: s21.yaml\n"
        assert grade("run", SPEC, f"{CLASS}/s17.yaml", "--strict").status == 0

    def test_quiet(self, grade: Grade) -> None:
        """Nothing at all is printed."""
        assert grade("run", SPEC, CLASS, "--quiet") == (0, "", "")


@pytest.mark.usefixtures("course")
class TestRefused:
    """What is the caller's mistake is told on standard error, nothing is graded, and nothing is written."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ("run",),
            ("run", SPEC),
            ("run", "nowhere.yaml", CLASS),
            ("run", SPEC, "nowhere"),
            ("run", SPEC, CLASS, "--colour"),
            ("run", SPEC, CLASS, "--jobs", "0"),
            ("run", SPEC, CLASS, "--fail-under", "101"),
            ("run", SPEC, CLASS, "--fail-under", "nan"),
            ("run", "specs", SPEC),
            ("run", "specs", CLASS, CLASS),
            ("run", "specs", CLASS, "--json", "-"),
            ("show", SPEC, CLASS),
            ("explode",),
            (),
        ],
    )
    def test_usage(self, grade: Grade, arguments: tuple[str, ...]) -> None:
        """Status 2, and standard output stays empty."""
        result = grade(*arguments)
        assert result.status == 2
        assert result.out == ""
        assert result.err

    def test_a_bad_spec(self, grade: Grade, course: Path) -> None:
        """Its errors stand there as they are, and no file appears."""
        bad = course / "specs" / "bad.yaml"
        bad.write_text("probelms: []\n", encoding="utf-8")
        result = grade("run", "specs/bad.yaml", CLASS, "--json", "out.json")
        assert result.status == 2
        assert result.out == ""
        assert result.err.startswith('specs/bad.yaml:2:3: error: unknown key "probelms"')
        assert not (course / "out.json").exists()


@pytest.mark.usefixtures("course")
class TestFault:
    """What is a fault of ours is one sentence, and a traceback for those who want one."""

    @pytest.fixture(autouse=True)
    def _broken(self, course: Path) -> None:
        (course / "broken.yaml").touch()

    def test_one_sentence(self, grade: Grade) -> None:
        """Status 3, one line, nothing in it acts on the terminal."""
        result = grade("run", "broken.yaml", CLASS)
        assert (result.status, result.out) == (3, "")
        assert result.err.count("\n") == 1
        assert r"ZeroDivisionError: two lines\nof \x1b[31mtext" in result.err

    def test_a_traceback_when_asked_for(self, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
        """GRADE_DEBUG shows where it happened."""
        monkeypatch.setenv("GRADE_DEBUG", "1")
        result = grade("run", "broken.yaml", CLASS)
        assert result.status == 3
        assert "Traceback" in result.err


def test_ctrl_c_ends_quietly(grade: Grade, course: Path) -> None:
    """What a shell reports for an interrupted program, and no word."""
    (course / "interrupted.yaml").touch()
    assert grade("run", "interrupted.yaml", CLASS) == (130, "", "")


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("more", [(), ("--quiet",), ("--csv", "grades.csv")])
def test_json_on_standard_output_is_alone(grade: Grade, more: tuple[str, ...]) -> None:
    """With `--json -` the output is one JSON document."""
    result = grade("run", SPEC, CLASS, "--json", "-", *more)
    assert (result.status, result.err) == (0, "")
    assert json.loads(result.out)["assignment"] == "hw1"


@pytest.mark.usefixtures("course")
def test_one_report_only_on_standard_output(grade: Grade) -> None:
    """Two reports cannot share it."""
    result = grade("run", SPEC, CLASS, "--json", "-", "--csv", "-")
    assert (result.status, result.out) == (2, "")


@pytest.mark.usefixtures("course")
def test_show(grade: Grade) -> None:
    """One student's report."""
    result = grade("show", SPEC, f"{CLASS}/s17.yaml")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("s17: Homework 1 (hw1)\n")
    assert "s03" not in result.out


@pytest.mark.usefixtures("course")
def test_show_without_a_submission(grade: Grade) -> None:
    """The networks of the spec; there is nothing to show without both."""
    assert grade("show", SPEC).status == 0
    refused = grade("show", SPEC, "--no-network")
    assert (refused.status, refused.out) == (2, "")
    assert "expected a submission" in refused.err


@pytest.mark.usefixtures("course")
def test_solve(grade: Grade) -> None:
    """As text on standard output, or as JSON where it is asked for."""
    assert "Backward" in grade("solve", SPEC).out
    assert json.loads(grade("solve", SPEC, "--json", "-").out)["schema"] == "grade-solution/1"
    assert grade("solve", SPEC, "--json", "solution.json") == (0, "", "")
    assert json.loads(Path("solution.json").read_text(encoding="utf-8"))["schema"] == "grade-solution/1"


@pytest.mark.usefixtures("course")
def test_sheet(grade: Grade) -> None:
    """A blank sheet."""
    result = grade("sheet", SPEC)
    assert (result.status, result.err) == (0, "")
    assert "    z1: # a number, 1 point\n" in result.out
