"""The command with the real grading behind it, in its own process: bad files, and always the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SPEC = """\
title: Quiz
problems:
  - id: q
    given: {x: 2, w: 0.25}
    equations: [z = w*x, a = sigmoid(z)]
    questions: [z, {ask: a, points: 2}, {ask: da/dw, points: 2}]
"""
RIGHT = "student: s1\nanswers:\n  q: {z: 0.5, a: 0.6225, da/dw: 0.47}\n"
QUESTIONS = 3


def grade(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **variables}
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False, timeout=60)


def results(folder: Path, *arguments: str) -> dict[str, Any]:
    """The results of the class by student."""
    done = grade("run", "quiz.yaml", "class", "--json", "-", *arguments, cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    return {student["student"]: student for student in json.loads(done.stdout)["students"]}


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """A folder with a spec and a class with one right submission."""
    (tmp_path / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "s1.yaml").write_text(RIGHT, encoding="utf-8")
    return tmp_path


BAD = {
    "not UTF-8": b"answers:\n  q: {z: \xff}\n",
    "not YAML": b"answers: [\n",
    "empty": b"",
    "a list": b"- 1\n- 2\n",
    "a number": b"42\n",
    "deep": b"answers: " + b"[" * 10_000,
    "aliases": b"a: &a [1]\nb: &b [*a, *a]\nanswers: {q: {z: *b}}\n",
    "a tag": b'answers: !!python/object/apply:os.system ["touch hacked"]\n',
    "large": b"answers:\n" + b"# padding\n" * 5_000_000,
    "NUL": b"\x00" * 1000,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_file_stops_nobody(quiz: Path, content: bytes) -> None:
    """Every question is unreadable, the reason is told, and the others are graded."""
    (quiz / "class" / "bad.yaml").write_bytes(content)
    found = results(quiz)
    assert found["s1"]["score"] == 5.0
    assert found["bad"]["errors"]
    assert [answer["verdict"] for answer in found["bad"]["answers"]] == ["unreadable"] * QUESTIONS
    assert not (quiz / "hacked").exists()


def test_what_is_no_file_stops_nobody(quiz: Path) -> None:
    """A folder, a link to nothing and a pipe are students whose file could not be read."""
    (quiz / "class" / "folder.yaml").mkdir()
    (quiz / "class" / "link.yaml").symlink_to("nowhere")
    os.mkfifo(quiz / "class" / "pipe.yaml")
    found = results(quiz)
    assert found["s1"]["score"] == 5.0
    for name in ("folder", "link", "pipe"):
        assert found[name]["errors"]


@pytest.mark.parametrize(
    "given", ["nan", "inf", "1e400", "9^9^9^9", "9**9**9**9", "(" * 5000, "1/0", "-" * 9000 + "1"]
)
def test_hostile_numbers(quiz: Path, given: str) -> None:
    """Unreadable or wrong, and never a fault of ours."""
    (quiz / "class" / "s2.json").write_text(json.dumps({"answers": {"q": {"z": given}}}), encoding="utf-8")
    answer = results(quiz)["s2"]["answers"][0]
    assert answer["verdict"] in {"unreadable", "wrong"}
    assert answer["given"] == given


def test_every_report_tells_the_reason(quiz: Path) -> None:
    """Terminal, JSON, CSV, JUnit, and the exit status where it is asked for."""
    (quiz / "class" / "bad.yaml").write_bytes(BAD["not UTF-8"])
    options = ("--json", "r.json", "--csv", "r.csv", "--junit", "r.xml", "--strict")
    done = grade("run", "quiz.yaml", "class", *options, cwd=quiz)
    assert done.returncode == 1
    assert b"bad.yaml" in done.stderr
    for text in (done.stdout, *((quiz / name).read_bytes() for name in ("r.json", "r.csv", "r.xml"))):
        assert b"UTF-8" in text


def test_the_same_bytes(quiz: Path) -> None:
    """Whatever the order of the folder and the number of jobs."""
    for number in reversed(range(600)):
        text = RIGHT.replace("s1", f"s{number}").replace("0.5,", f"{number / 1000},")
        (quiz / "class" / f"s{number}.yaml").write_text(text, encoding="utf-8")
    options = ("--json", "r.json", "--csv", "r.csv", "--junit", "r.xml")
    written = []
    for jobs in ("1", "3"):
        assert grade("run", "quiz.yaml", "class", "--jobs", jobs, *options, cwd=quiz).returncode == 0
        written.append([(quiz / name).read_bytes() for name in options[1::2]])
    renamed = quiz / "again"
    renamed.mkdir()
    for path in sorted((quiz / "class").iterdir()):
        (renamed / path.name).write_bytes(path.read_bytes())
    assert grade("run", "quiz.yaml", "again", *options, cwd=quiz).returncode == 0
    written.append([(quiz / name).read_bytes() for name in options[1::2]])
    assert written[0] == written[1] == written[2]


def test_show_tells_the_step(quiz: Path) -> None:
    """Written, expected, verdict, rule, numbers, and the student's own numbers."""
    text = "answers:\n  q: {z: 0.7, a: 0.6682, da/dw: 9}\n"
    (quiz / "class" / "s2.yaml").write_text(text, encoding="utf-8")
    done = grade("show", "quiz.yaml", "class/s2.yaml", cwd=quiz)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    for part in (
        "s2: Quiz (quiz)",
        "z, 0 of 1 point: wrong",
        "written   0.7",
        "expected  0.5",
        "rule      z = w*x",
        "numbers   = 0.25*2",
        "a, 2 of 2 points: follow_through",
        "yours     = sigmoid(0.7) = 0.668188",
        "da/dw, 0 of 2 points: wrong",
    ):
        assert part in shown


LAYERS = """\
problems:
  - id: net
    network:
      inputs: {x: [0.5, -1]}
      targets: {y: 1}
      layers: [{weights: [[0.2, 0.1]], activation: sigmoid}]
      loss: {L: half_squared_error}
    questions: [z1, L]
"""


@pytest.mark.parametrize(
    ("options", "columns", "is_drawn"),
    [
        ((), "80", True),
        ((), "40", False),
        (("--network",), "40", True),
        (("--no-network",), "80", False),
    ],
)
def test_show_draws_the_network(
    options: tuple[str, ...], columns: str, is_drawn: bool, tmp_path: Path
) -> None:
    """Where it fits, unless it is wanted anyhow or not at all; the mistake stands in it."""
    (tmp_path / "net.yaml").write_text(LAYERS, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("answers: {net: {z1: 3, L: 0.25}}\n", encoding="utf-8")
    done = grade("show", "net.yaml", "s.yaml", *options, cwd=tmp_path, COLUMNS=columns)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert ("W1 ->" in shown) is is_drawn
    assert ("! made here: z1" in shown) is is_drawn
    assert "z1, 0 of 1 point: wrong" in shown


def test_a_formula_is_no_network(quiz: Path) -> None:
    """Nothing is drawn of a single product unless it is wanted."""
    for options, drawn in (((), False), (("--network",), True)):
        shown = grade("show", "quiz.yaml", "class/s1.yaml", *options, cwd=quiz).stdout.decode()
        assert ("╭" in shown) is drawn


def test_a_sheet_is_a_submission(quiz: Path) -> None:
    """A blank sheet, handed in as it is, has every question missing; filled in, it is graded."""
    sheet = grade("sheet", "quiz.yaml", cwd=quiz).stdout
    (quiz / "class" / "blank.yaml").write_bytes(sheet)
    filled = sheet.replace(b"student:", b"student: filled").replace(b"z: #", b"z: 0.50 #")
    (quiz / "class" / "f.yaml").write_bytes(filled)
    found = results(quiz)
    assert [answer["verdict"] for answer in found["blank"]["answers"]] == ["missing"] * QUESTIONS
    assert found["blank"]["errors"] == []
    assert found["filled"]["answers"][0]["verdict"] == "correct"


def test_no_submission_is_a_mistake(quiz: Path) -> None:
    """An empty folder is not a graded class."""
    (quiz / "empty").mkdir()
    done = grade("run", "quiz.yaml", "empty", "--json", "r.json", cwd=quiz)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"grade: empty: no submission")
    assert not (quiz / "r.json").exists()


def test_folders_that_do_not_match_are_told(quiz: Path) -> None:
    """A spec without submissions, and submissions without a spec."""
    for name in ("specs", "all", "all/quiz", "all/other"):
        (quiz / name).mkdir()
    (quiz / "specs" / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    (quiz / "specs" / "lonely.yaml").write_text(SPEC, encoding="utf-8")
    (quiz / "all" / "quiz" / "s1.yaml").write_text(RIGHT, encoding="utf-8")
    done = grade("run", "specs", "all", cwd=quiz)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "grade: lonely: no submissions in all/lonely",
        "grade: all/other: no spec of this name in specs; not graded",
    ]


def test_files_that_are_no_submissions_are_told(quiz: Path) -> None:
    """A student who hands in the wrong kind of file is not dropped silently."""
    (quiz / "class" / "s9.txt").touch()
    done = grade("run", "quiz.yaml", "class", cwd=quiz)
    assert b"s9.txt\n    not graded; a submission is named *.yaml" in done.stdout


def test_no_name_is_a_workflow_command(quiz: Path) -> None:
    """Files, folders and students can be called anything; no line of either stream starts as a command."""
    evil = "x\n::error::y"
    for name in ("specs", "all", "all/quiz", f"all/{evil}"):
        (quiz / name).mkdir()
    (quiz / "specs" / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    student = json.dumps(
        {"student": "::warning::s", "answers": {"q": {evil: evil, "z": evil}, evil: {"z": 1}}}
    )
    (quiz / "all" / "quiz" / f"{evil}.json").write_text(student, encoding="utf-8")
    (quiz / "all" / "quiz" / f"{evil}.txt").touch()
    (quiz / f"{evil}.yaml").write_text("problems: []\n", encoding="utf-8")
    runs = [
        grade("run", "specs", "all", "--fail-under", "100", cwd=quiz),
        grade("run", "specs/quiz.yaml", "all/quiz", "--csv", "-", cwd=quiz),
        grade("show", "specs/quiz.yaml", f"all/quiz/{evil}.json", cwd=quiz),
        grade("check", ".", cwd=quiz),
    ]
    assert [done.returncode for done in runs] == [1, 0, 0, 2]
    for done in runs:
        for line in (done.stdout + done.stderr).decode().splitlines():
            assert not line.lstrip().startswith("::"), line
            assert line.isprintable()
