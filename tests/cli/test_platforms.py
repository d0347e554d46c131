"""`grade run` for platforms, with the real grading behind it: files whole or not at all, and status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_grading import RIGHT, ROOT, grade, quiz

__all__ = ["quiz"]  # the fixture

WRONG = "student: s2\nanswers:\n  q: {z: 0.5, a: 0.911, da/dw: '::error::x'}\n"
EXPORT = (
    "Student,ID,SIS User ID,Section,Quiz (77)\r\n    Points Possible,,,,5\r\nA,901,s1,X,\r\nB,902,s2,X,\r\n"
)


@pytest.fixture
def two(quiz: Path) -> Path:
    """A class of two: one right, one with an answer that cannot be read."""
    (quiz / "class" / "s2.yaml").write_text(WRONG, encoding="utf-8")
    (quiz / "export.csv").write_bytes(EXPORT.encode())
    return quiz


def test_results_of_one_submission(two: Path) -> None:
    """The three formats have the score that the results file has."""
    names = ("gradescope", "prairielearn", "classroom")
    options = [part for name in names for part in (f"--{name}", f"{name}.json")]
    done = grade("run", "quiz.yaml", "class/s1.yaml", "--quiet", *options, "--json", "r.json", cwd=two)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    scope, lab, room = (json.loads((two / f"{name}.json").read_bytes()) for name in names)
    assert json.loads((two / "r.json").read_bytes())["students"][0]["score"] == scope["score"] == 5.0
    assert lab["score"] == 1.0
    assert sum(test["score"] for test in room["tests"]) == room["max_score"] == 5


def test_a_wrong_answer_is_no_failure(two: Path) -> None:
    """PrairieLearn reads the file only where the status is 0; `--reveal answers` shows the worked step."""
    (two / "class" / "s2.yaml").write_text(WRONG.replace("'::error::x'", "9"), encoding="utf-8")
    done = grade("run", "quiz.yaml", "class/s2.yaml", "--prairielearn", "-", "--reveal", "answers", cwd=two)
    assert (done.returncode, done.stderr) == (0, b"")
    assert 0 < json.loads(done.stdout)["score"] < 1
    assert "rule: da/dw = " in done.stdout.decode()


def test_a_class_has_no_place_in_one_result(two: Path) -> None:
    """Refused in one sentence, and no file is written, not even those that could be."""
    done = grade("run", "quiz.yaml", "class", "--gradescope", "g.json", "--csv", "g.csv", cwd=two)
    assert (done.returncode, done.stdout) == (2, b"")
    message = "holds the result of one submission, and 2 were found; name one of them"
    assert done.stderr.decode() == f"grade: --gradescope g.json: {message}\n"
    assert not (two / "g.json").exists()
    assert not (two / "g.csv").exists()


def test_an_export_is_filled_in_place(two: Path) -> None:
    """The cells of the graded are filled; a second run changes nothing, another mark is not replaced."""
    run = ("run", "quiz.yaml", "class", "--quiet", "--canvas", "export.csv")
    done = grade(*run, cwd=two)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    filled = (two / "export.csv").read_bytes()
    assert filled == EXPORT.replace("s1,X,", "s1,X,5").replace("s2,X,", "s2,X,1").encode()
    assert grade(*run, cwd=two).returncode == 0
    assert (two / "export.csv").read_bytes() == filled
    (two / "class" / "s1.yaml").write_text(RIGHT.replace("0.5", "7"), encoding="utf-8")
    refused = grade(*run, cwd=two)
    assert refused.returncode == 2
    assert b"line 3 already has something else" in refused.stderr
    assert (two / "export.csv").read_bytes() == filled
    assert grade(*run, "--force", cwd=two).returncode == 0
    assert (two / "export.csv").read_bytes() != filled


def test_marks_are_scaled_to_the_points_of_the_column(two: Path) -> None:
    """With a line on standard error that says so; the results file keeps the assignment's own points."""
    (two / "export.csv").write_bytes(EXPORT.replace(",,,,5", ",,,,50").encode())
    run = ("run", "quiz.yaml", "class", "--quiet", "--canvas", "export.csv", "--json", "r.json")
    done = grade(*run, cwd=two)
    assert (done.returncode, done.stdout) == (0, b"")
    scaled = 'scores are scaled from 5 to 50 points, which the column "Quiz (77)" is out of'
    assert done.stderr.decode() == f"grade: --canvas export.csv: {scaled}\n"
    assert b"s1,X,50" in (two / "export.csv").read_bytes()
    assert json.loads((two / "r.json").read_bytes())["max_score"] == 5.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "is no gradebook of Canvas"),
        (EXPORT.replace("902,s2", "901,s2"), "lines 3 and 4 have the same ID"),
        (EXPORT.replace("Quiz (77)", "Other (77)"), 'name one with --column: "Other (77)"'),
    ],
)
def test_an_export_that_is_none(two: Path, content: str, message: str) -> None:
    """One sentence with the file, which stays as it was."""
    (two / "export.csv").write_bytes(content.encode())
    done = grade("run", "quiz.yaml", "class", "--quiet", "--canvas", "export.csv", "--csv", "o.csv", cwd=two)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("grade: --canvas export.csv: ")
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert (two / "export.csv").read_bytes() == content.encode()
    assert not (two / "o.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--gradescope", "x/y.json"), "the folder"),
        (("--gradescope", "class"), "is a folder"),
        (("--gradescope", "class/s9.json"), "stands among what is to be graded"),
        (("--gradescope", "o.json", "--prairielearn", "o.json"), "another option names it too"),
        (("--canvas", "export.csv", "--csv", "export.csv"), "another option names it too"),
        (("--canvas", "quiz.yaml"), "would overwrite what is to be graded"),
        (("--canvas", "nothing.csv"), "does not exist"),
    ],
)
def test_a_target_is_looked_at_before_grading(two: Path, arguments: tuple[str, ...], message: str) -> None:
    """Status 2 and a sentence."""
    done = grade("run", "quiz.yaml", "class", *arguments, cwd=two)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()


def test_a_full_disk_leaves_the_export(two: Path) -> None:
    """What cannot be written whole is not written: the export stays, and nothing lies beside it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    limited = f"ulimit -f 0; exec {sys.executable} -m grader run quiz.yaml class --quiet --canvas export.csv"
    done = subprocess.run(
        ["bash", "-c", limited], cwd=two, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grade: export.csv: cannot be written: File too large\n"
    assert (two / "export.csv").read_bytes() == EXPORT.encode()
    assert {path.name for path in two.iterdir()} == {"class", "export.csv", "quiz.yaml"}


def test_an_export_that_does_not_fit_leaves_the_other_files(two: Path) -> None:
    """The gradebook in CSV fits under the limit of this process, the export does not: neither appears."""
    note = "n" * 2_000
    export = EXPORT + f'"{note}",903,s3,Sec 1,\n'
    (two / "export.csv").write_bytes(export.encode())
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    options = "--quiet --csv o.csv --canvas export.csv"
    limited = f"ulimit -f 1; exec {sys.executable} -m grader run quiz.yaml class {options}"
    done = subprocess.run(
        ["bash", "-c", limited], cwd=two, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grade: export.csv: cannot be written: File too large\n"
    assert (two / "export.csv").read_bytes() == export.encode()
    assert {path.name for path in two.iterdir()} == {"class", "export.csv", "quiz.yaml"}


def test_a_folder_of_specs_has_no_such_file(two: Path) -> None:
    """These formats are about one assignment."""
    (two / "specs").mkdir()
    (two / "specs" / "class.yaml").write_bytes((two / "quiz.yaml").read_bytes())
    done = grade("run", "specs", ".", "--canvas", "export.csv", cwd=two)
    assert done.returncode == 2
    assert b"--canvas: is about one assignment; name one spec" in done.stderr


def test_annotations_and_a_summary(two: Path) -> None:
    """Annotations name the file in the repository; the summary is added to what stands there already."""
    (two / "summary.md").write_text("before\n", encoding="utf-8")
    done = grade(
        "run", "quiz.yaml", "class", "--quiet", "--github", cwd=two, GITHUB_STEP_SUMMARY="summary.md"
    )
    assert done.returncode == 0
    assert done.stdout.decode() == (
        "::warning file=class/s2.yaml,line=3,title=quiz s2::1 of 5 points: q/a wrong, q/da/dw unreadable\n"
    )
    summary = (two / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n## Quiz (quiz): 2 students, 5 points\n")


def test_annotations_stay_out_of_data(two: Path) -> None:
    """Where standard output is a file of data, they go to standard error."""
    done = grade("run", "quiz.yaml", "class", "--github", "--json", "-", cwd=two)
    assert len(json.loads(done.stdout)["students"]) == 2
    assert done.stderr.startswith(b"::warning file=class/s2.yaml,line=3,")
