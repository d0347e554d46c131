"""The workflow files: they parse, they ask for no rights, and their shell steps do what they promise.

The steps of the grading job are taken from the file itself and run as the runner runs them, in bash, with the
program from this tree. What the log would make the runner do is read by the runner's own rules.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.wheels import repacked

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GRADE = ROOT / ".github" / "workflows" / "grade.yml"
MIB = 1024 * 1024

# Text that a student may write, aimed at the runner's log and at the summary's Markdown.
HOSTILE = (
    "::error::pwned",
    "::add-mask::a",
    "::set-env name=PATH::/tmp",
    "##[error]pwned",
    "::stop-commands::mine",
    "::mine::",
    "```",
    "``````` ` ``",
    "</details><script>alert(1)</script>",
    "$(touch pwned) `touch pwned` ${{ secrets.GITHUB_TOKEN }}",
)


class Run(NamedTuple):
    """What one run of the job left behind."""

    status: Mapping[str, int]
    log: str
    summary: str
    folder: Path


def _load(path: Path) -> dict[str, Any]:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(workflow, dict)
    return workflow


def _steps(workflow: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def _program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def run_job(folder: Path, grade: str) -> Run:
    """Run every shell step but the installation in the folder, `grade` being the given shell text."""
    programs = folder / "programs"
    _program(programs, "grade", grade)
    _program(programs, "python", f'exec "{sys.executable}" "$@"')
    return _run_steps(folder, programs, {}, but="Install")


def _run_steps(folder: Path, programs: Path, more: Mapping[str, str], but: str = "") -> Run:
    """Run the shell steps one after the other, as the runner does, with these programs before all others."""
    workflow = _load(GRADE)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **workflow["jobs"]["grade"].get("env", {}),
        **more,
    }
    status, log = {}, ""
    for step in _steps(workflow):
        if "run" in step and step["name"] != but:
            (folder / "step.sh").write_text(step["run"], encoding="utf-8")
            command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(folder / "step.sh")]
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.stderr == ""
            status[step["name"]] = done.returncode
            log += done.stdout
    summary = folder / "summary.md"
    return Run(status, log, summary.read_text(encoding="utf-8") if summary.exists() else "", folder)


def commands_obeyed(log: str) -> list[str]:
    """The commands in a log that the runner would carry out: those outside a stop-commands stretch."""
    obeyed, token = [], None
    for line in log.splitlines():
        command = re.match(r"\s*(?:::|.*##\[)(\S[^:\]]*)(?:::|\])(.*)", line)
        if command is None:
            continue
        name, rest = command.groups()
        if token is not None:
            token = None if name == token else token
        elif name == "stop-commands":
            token = rest.strip()
        else:
            obeyed.append(line)
    return obeyed


def fenced(summary: str) -> str:
    """The summary with its one fenced block taken out, by the rule of CommonMark: the rest is Markdown."""
    outside: list[str] = []
    fence = ""
    for line in summary.splitlines():
        run = re.match(r" {0,3}(`{3,})\s*(\w*)\s*$", line)
        if fence:
            fence = "" if run and not run[2] and len(run[1]) >= len(fence) else fence
        elif run:
            fence = run[1]
        else:
            outside.append(line)
    assert fence == ""
    return "\n".join(outside)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_asks_for_no_rights(path: Path) -> None:
    """Every workflow may only read, runs on nothing privileged, and leaves no token behind."""
    workflow = _load(path)

    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
    assert set(workflow["on"]) <= {"push", "pull_request"}
    checkouts = [step for step in _steps(workflow) if step.get("uses", "").startswith("actions/checkout")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_reaches_the_shell(path: Path) -> None:
    """No shell step holds an expression: what it would put in would be read as shell text."""
    assert [step["run"] for step in _steps(_load(path)) if "${{" in step.get("run", "")] == []


def test_the_checks_run_what_we_run() -> None:
    """The ci workflow runs .ci/run, which is executable."""
    steps = _steps(_load(ROOT / ".github" / "workflows" / "ci.yml"))

    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_results_are_kept_whatever_happens() -> None:
    """The results are uploaded and summarised even when the grading step fails."""
    late = _steps(_load(GRADE))[-2:]

    assert [step["if"] for step in late] == ["${{ !cancelled() }}"] * 2
    assert late[-1]["with"]["path"] == "out/"


def test_the_job_grades_the_samples(tmp_path: Path) -> None:
    """The job, run on this repository, leaves JSON, CSV and JUnit for every sample and a summary."""
    for folder in ("specs", "submissions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    names = {path.stem for path in (ROOT / "specs").glob("*.yaml")}

    run = run_job(tmp_path, f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m grader "$@"')

    assert run.status == {"Grade": 0, "Summarise": 0}
    assert names
    for kind, suffix in (("json", ".json"), ("csv", ".csv"), ("junit", ".xml")):
        assert {path.name for path in (tmp_path / "out" / kind).iterdir()} == {
            name + suffix for name in names
        }
    assert fenced(run.summary).split() == ["##", "Marks"]
    assert commands_obeyed(run.log) == []


def test_the_whole_job_from_a_clone(tmp_path: Path) -> None:
    """Every step from the first: the package is built and installed, then grades; no network is asked."""
    clone = tmp_path / "clone"
    for name in ("grader", "specs", "submissions"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, clone / name)
    repacked(tmp_path / "wheels", "hatchling")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }

    run = _run_steps(clone, tmp_path / "env" / "bin", offline)

    assert run.status == {"Install": 0, "Grade": 0, "Summarise": 0}, run.log
    assert {path.stem for path in (clone / "out" / "csv").iterdir()} == {
        path.stem for path in (ROOT / "specs").glob("*.yaml")
    }
    assert "Assignment 2.1" in run.summary
    assert commands_obeyed(run.log) == []


def test_student_text_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    """Answers, students and file names full of commands reach log and summary as mere text."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "submissions" / "hw").mkdir(parents=True)
    spec = "problems: [{id: p, given: {x: 2}, equations: [y = x + 1], questions: [y]}]\n"
    (tmp_path / "specs" / "hw.yaml").write_text(spec, encoding="utf-8")
    for number, text in enumerate(HOSTILE):
        answer = f"student: {number} {text!r}\nanswers:\n  p:\n    y: {text!r}\n    {text!r}: 1\n"
        (tmp_path / "submissions" / "hw" / f"s{number}.yaml").write_text(answer, encoding="utf-8")
    (tmp_path / "submissions" / "hw" / "::error::x\n::error::y.yaml").write_text(
        "- ::error::list\n", encoding="utf-8"
    )

    run = run_job(tmp_path, f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m grader "$@"')

    assert run.status == {"Grade": 0, "Summarise": 0}
    assert "pwned" in run.log
    assert commands_obeyed(run.log) == []
    assert fenced(run.summary).split() == ["##", "Marks"]
    assert not (tmp_path / "pwned").exists()


def test_the_marks_hold_whatever_the_program_prints(tmp_path: Path) -> None:
    """Even raw commands on both streams, without a last line end and with a failure, are never obeyed."""
    (tmp_path / "raw.txt").write_text("\n".join(HOSTILE), encoding="utf-8")

    run = run_job(tmp_path, f'cat "{tmp_path}/raw.txt"; cat "{tmp_path}/raw.txt" >&2; exit 1')

    assert run.status == {"Grade": 1, "Summarise": 0}
    assert commands_obeyed(run.log) == []
    assert fenced(run.summary).split() == ["##", "Marks"]
    assert all(text in run.summary for text in HOSTILE)


def test_the_reader_of_logs_sees_commands() -> None:
    """The test's own reading of a log: a command outside the marks, or after a guessed token, is seen."""
    assert commands_obeyed("::error::a\n::stop-commands::t\n::error::b\n::x::\n::t::\n##[error]c\n") == [
        "::error::a",
        "##[error]c",
    ]


@pytest.mark.parametrize("line", ["x" * 99, "`" * 400_000, "` " * 200_000, "é" * 30])
def test_a_summary_stays_below_its_limit(tmp_path: Path, line: str) -> None:
    """A report of several MiB gives a summary below 1 MiB, cut at a line, that says so."""
    (tmp_path / "big.txt").write_text((line + "\n") * (4 * MIB // len(line)), encoding="utf-8")

    run = run_job(tmp_path, f'cat "{tmp_path}/big.txt"')

    assert run.status == {"Grade": 0, "Summarise": 0}
    assert len(run.summary.encode()) < MIB
    assert fenced(run.summary).split("\n")[-1].startswith("Cut short")


def test_nothing_graded_leaves_no_summary(tmp_path: Path) -> None:
    """A spec at fault fails the job with its message in the log, and the summary step has nothing to say."""
    run = run_job(tmp_path, "echo 'specs/hw.yaml:1:1: error' >&2; exit 2")

    assert run.status == {"Grade": 2, "Summarise": 0}
    assert "specs/hw.yaml:1:1: error" in run.log
    assert run.summary == ""
