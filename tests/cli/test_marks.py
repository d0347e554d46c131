"""`--marks` in its own process: merged after every grading, refused before anything is written."""

import json
from pathlib import Path

import pytest

from tests.cli.test_grading import RIGHT, SPEC, grade, quiz

__all__ = ["quiz"]  # the fixture

TEXT = SPEC.replace("points: 2}]", 'points: 2}, {text: {rubric: "flat"}, id: why, points: 2}]')
CHEAPER = TEXT.replace("ask: a, points: 2", "ask: a, points: 1")
ANSWERS = RIGHT.replace("z: 0.5", "why: It is flat, z: 0.5")


@pytest.fixture
def course(quiz: Path) -> Path:
    """A spec with a text question, a class of one, and a mark for it."""
    (quiz / "quiz.yaml").write_text(TEXT, encoding="utf-8")
    (quiz / "class" / "s1.yaml").write_text(ANSWERS, encoding="utf-8")
    (quiz / "marks.yaml").write_text("- {student: s1, question: why, points: 1.5}\n", encoding="utf-8")
    return quiz


def test_a_mark_survives_a_regrade(course: Path) -> None:
    """The same file, given again, gives the same mark, whatever else changed."""
    run = ("run", "quiz.yaml", "class", "--json", "-", "--marks", "marks.yaml")
    assert json.loads(grade(*run, cwd=course).stdout)["students"][0]["score"] == 6.5
    (course / "quiz.yaml").write_text(CHEAPER, encoding="utf-8")
    student = json.loads(grade(*run, cwd=course).stdout)["students"][0]
    assert student["score"] == 5.5
    assert student["answers"][-1]["marked"] == ""
    assert (
        b"why, 1.5 of 2 points: manual (marked by hand)"
        in grade("show", "quiz.yaml", "class/s1.yaml", "--marks", "marks.yaml", cwd=course).stdout
    )


def test_a_gradebook_waits_for_marks(course: Path) -> None:
    """Without the marks the cell stays as it is; with them it is filled."""
    export = b"Student,ID,Section,Quiz (77)\nA,s1,X,\n"
    (course / "export.csv").write_bytes(export)
    run = ("run", "quiz.yaml", "class", "--quiet", "--canvas", "export.csv")
    done = grade(*run, cwd=course)
    assert b"left as they were, still to be marked by hand: s1\n" in done.stderr
    assert (course / "export.csv").read_bytes() == export
    assert grade(*run, "--marks", "marks.yaml", cwd=course).stderr == b""
    assert (course / "export.csv").read_bytes() == export.replace(b"s1,X,", b"s1,X,6.5")


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ("- {student: s1, question: wyh, points: 1}\n", 'marks.yaml:1:27: error: no question "wyh"'),
        ("- {student: s1, question: why, points: 3}\n", "3 points for a question of 2 points"),
        ("- [\n", "marks.yaml:"),
        ("\x00", "marks.yaml:1:1: error: "),
    ],
)
def test_a_bad_file_of_marks_writes_nothing(course: Path, marks: str, message: str) -> None:
    """Status 2, the place, and no report."""
    (course / "marks.yaml").write_text(marks, encoding="utf-8")
    done = grade("run", "quiz.yaml", "class", "--marks", "marks.yaml", "--json", "r.json", cwd=course)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert not (course / "r.json").exists()


def test_marks_are_about_one_assignment(course: Path) -> None:
    """A folder of specs is refused."""
    (course / "specs").mkdir()
    done = grade("run", "specs", "class", "--marks", "marks.yaml", cwd=course)
    assert done.returncode == 2
    assert done.stderr == b"grade: --marks: is about one assignment; name one spec\n"
