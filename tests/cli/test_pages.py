"""`grade run --html`: whole or not at all, into nobody else's folder."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Grade
from tests.cli.test_grading import ROOT, grade, quiz

__all__ = ["quiz"]  # the fixture

RUN = ("run", "quiz.yaml", "class", "--quiet", "--html", "pages")


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_page_for_each_student_and_one_for_the_class(quiz: Path) -> None:
    """A second run gives the same bytes; one who is no longer there has no page any more."""
    students = {f"students/{path.stem}.html" for path in (quiz / "class").iterdir()}
    done = grade(*RUN, cwd=quiz)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    before = _tree(quiz / "pages")
    assert set(before) == {"class.html"} | students
    assert grade(*RUN, "--jobs", "2", cwd=quiz).returncode == 0
    assert _tree(quiz / "pages") == before
    (quiz / "class" / "s9.yaml").write_text("answers: {}\n", encoding="utf-8")
    grade(*RUN, cwd=quiz)
    assert "students/s9.html" in _tree(quiz / "pages")
    (quiz / "class" / "s9.yaml").unlink()
    grade(*RUN, cwd=quiz)
    assert _tree(quiz / "pages") == before


def test_reveal_acts_on_the_pages(quiz: Path) -> None:
    """The words of platforms mean the same here."""
    read = quiz / "pages" / "students" / "s1.html"
    shown = {}
    for level in ("none", "marks", "all", "answers"):
        assert grade(*RUN, "--reveal", level, cwd=quiz).returncode == 0
        shown[level] = read.read_text(encoding="utf-8")
    assert shown["none"] == shown["marks"]
    assert shown["all"] == shown["answers"]
    assert "Right is" in shown["all"]
    assert "Right is" not in shown["none"]


def test_another_folder_is_left_alone(quiz: Path) -> None:
    """Refused before grading with what is in the way; with --force it stays beside the pages."""
    (quiz / "pages" / "students").mkdir(parents=True)
    (quiz / "pages" / "students" / "mine.html").write_text("mine", encoding="utf-8")
    done = grade(*RUN, cwd=quiz)
    assert done.returncode == 2
    assert b"holds students/mine.html, which is no page of grade" in done.stderr
    assert _tree(quiz / "pages") == {"students/mine.html": b"mine"}
    assert grade(*RUN, "--force", cwd=quiz).returncode == 0
    assert _tree(quiz / "pages")["students/mine.html"] == b"mine"
    assert "class.html" in _tree(quiz / "pages")


@pytest.mark.parametrize("target", ["", "-", "quiz.yaml", "class", "class/pages", "quiz.yaml/pages"])
def test_a_target_is_refused_before_grading(quiz: Path, target: str) -> None:
    """One sentence, and everything as it was."""
    before = _tree(quiz)
    done = grade("run", "quiz.yaml", "class", "--html", target, cwd=quiz)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"grade: --html ")
    assert done.stderr.count(b"\n") == 1
    assert _tree(quiz) == before


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_nothing(quiz: Path, exists: bool) -> None:
    """No folder, or the old pages as they were."""
    if exists:
        grade(*RUN, cwd=quiz)
    before = _tree(quiz)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    limited = f"ulimit -f 4; exec {sys.executable} -m grader {' '.join(RUN)}"
    done = subprocess.run(
        ["bash", "-c", limited], cwd=quiz, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grade: --html pages: cannot be written: File too large\n"
    assert _tree(quiz) == before
    assert (quiz / "pages").exists() == exists


def test_a_folder_of_specs_has_a_folder_an_assignment(quiz: Path) -> None:
    """Each with its own class; what is no assignment is told."""
    (quiz / "specs").mkdir()
    (quiz / "specs" / "class.yaml").write_bytes((quiz / "quiz.yaml").read_bytes())
    run = ("run", "specs", ".", "--quiet", "--html", "../pages")
    assert grade(*run, cwd=quiz).returncode == 0
    assert set(_tree(quiz.parent / "pages")) >= {"class/class.html", "class/students/s1.html"}
    assert grade(*run, cwd=quiz).returncode == 0
    (quiz.parent / "pages" / "notes.txt").touch()
    assert b"holds notes.txt" in grade(*run, cwd=quiz).stderr


def test_without_jinja2_one_sentence_says_what_to_do(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is graded."""
    found = importlib.util.find_spec
    monkeypatch.setattr("grader.cli.pages.find_spec", lambda n: None if n == "jinja2" else found(n))
    (course / "broken.yaml").touch()
    result = grade("run", "broken.yaml", "submissions/hw1", "--html", "out")
    assert result.status == 2
    assert result.err == (
        "grade: --html needs Jinja2, which is not installed; pip install 'handgrade[html]'\n"
    )
