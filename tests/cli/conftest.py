"""The command in this process, with hand-made grading behind it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import grader
from grader.cli import main
from tests.cli import fake


class Result(NamedTuple):
    """What the command left: its exit status and both streams."""

    status: int
    out: str
    err: str


Grade = Callable[..., Result]


def names(folder: Path) -> set[str]:
    """The names of what is in the folder."""
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def grade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Grade:
    """Runs `grade` with the arguments."""
    stand_in = fake.module()
    monkeypatch.setitem(sys.modules, "grader.run", stand_in)
    monkeypatch.setattr(grader, "run", stand_in, raising=False)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "GRADE_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Result(left.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two specs and two folders of submissions, and the process in it."""
    for name in ("hw1", "hw2"):
        (tmp_path / "specs").mkdir(exist_ok=True)
        (tmp_path / "specs" / f"{name}.yaml").write_text("title: a spec\n", encoding="utf-8")
        folder = tmp_path / "submissions" / name
        folder.mkdir(parents=True)
        for student in ("s03", "s17", "s21"):
            (folder / f"{student}.yaml").write_text("answers: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
