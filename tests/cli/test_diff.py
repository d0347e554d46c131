"""`grade diff` in its own process: files, status, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.cli.test_grading import RIGHT, SPEC, grade, quiz

__all__ = ["quiz"]  # the fixture


@pytest.fixture
def runs(quiz: Path) -> Path:
    """Two runs, between which one answer was handed in anew."""
    grade("run", "quiz.yaml", "class", "--quiet", "--json", "old.json", cwd=quiz)
    (quiz / "class" / "s1.yaml").write_text(RIGHT.replace("0.47", "9"), encoding="utf-8")
    grade("run", "quiz.yaml", "class", "--quiet", "--json", "new.json", cwd=quiz)
    return quiz


def test_a_changed_mark_is_told(runs: Path) -> None:
    """Status 0 whatever changed, 1 with --strict where a total did."""
    done = grade("diff", "old.json", "new.json", cwd=runs)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        "Quiz (quiz): 1 student, 1 total changed",
        "",
        "s1  5 -> 3",
        "  q/da/dw  correct -> wrong  2 -> 0  another answer",
    ]
    assert grade("diff", "old.json", "new.json", "--strict", "--quiet", cwd=runs).returncode == 1
    assert grade("diff", "old.json", "old.json", "--strict", cwd=runs).returncode == 0


def test_files_and_standard_output(runs: Path) -> None:
    """`-` is data and nothing else."""
    done = grade("diff", "old.json", "new.json", "--json", "-", "--csv", "d.csv", cwd=runs)
    assert json.loads(done.stdout)["moved"] == 1
    assert (runs / "d.csv").read_text(encoding="utf-8").startswith("student,file,problem,question,")


def test_the_spec_changed(runs: Path) -> None:
    """In one sentence, with the question."""
    (runs / "quiz.yaml").write_text(SPEC.replace("w: 0.25", "w: 0.5"), encoding="utf-8")
    grade("run", "quiz.yaml", "class", "--quiet", "--json", "new.json", cwd=runs)
    out = grade("diff", "old.json", "new.json", cwd=runs).stdout.decode()
    assert "the spec changed between the two runs: 3 questions are changed" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("quiz.yaml", "new.json"), "grade: quiz.yaml is no results file: it is not JSON"),
        (("old.json", "missing.json"), "does not exist"),
        (("old.json", "new.json", "--csv", "no/d.csv"), "the folder"),
        (("old.json", "new.json", "--csv", "old.json"), "would overwrite"),
        (("old.json", "other.json"), 'different assignments, "quiz" and "other"'),
    ],
)
def test_what_is_refused(runs: Path, arguments: tuple[str, ...], message: str) -> None:
    """Status 2, nothing on standard output, nothing written."""
    (runs / "other.json").write_bytes((runs / "new.json").read_bytes().replace(b'"quiz"', b'"other"'))
    done = grade("diff", *arguments, cwd=runs)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert not (runs / "d.csv").exists()
