"""action.yml, and the job that README shows: run step by step in bash, as the runner runs them."""

import json
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

from tests.test_documentation import BLOCKS
from tests.test_workflows import HOSTILE, commands_obeyed

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
ANNOTATION = re.compile(r"::(error|warning|notice) (?:file=submissions/[^:]*,)?title=[^:]*::[^\n]*")


class Run(NamedTuple):
    """What the step left: its status, its log, its outputs, the summary, and the folder."""

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str


def run_action(folder: Path, **given: str) -> Run:
    """Run the grading step with these inputs; what is not given has the default that action.yml says."""
    programs = folder / "programs"
    programs.mkdir()
    for name, text in (("grade", '-m grader "$@"'), ("python", '"$@"')):
        (programs / name).write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" {text}\n')
        (programs / name).chmod(0o755)
    inputs = {name: spec["default"] for name, spec in ACTION["inputs"].items()} | given
    [step] = [step for step in STEPS if step.get("id") == "grade"]
    variables = {name: _filled(str(value), inputs) for name, value in step["env"].items()}
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output.txt"),
        **variables,
    }
    (folder / "step.sh").write_text(step["run"], encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(folder / "step.sh")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    lines = (folder / "output.txt").read_text(encoding="utf-8").splitlines()
    summary = folder / "summary.md"
    return Run(
        done.returncode,
        done.stdout,
        dict(line.split("=", 1) for line in lines),
        summary.read_text(encoding="utf-8") if summary.exists() else "",
    )


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], text)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with one spec and two submissions, one right and one wrong."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "submissions" / "hw").mkdir(parents=True)
    spec = "problems: [{id: p, given: {x: 2}, equations: [y = x + 1], questions: [y]}]\n"
    (tmp_path / "specs" / "hw.yaml").write_text(spec, encoding="utf-8")
    for student, value in (("a", "3"), ("b", "77")):
        text = f"answers: {{p: {{y: {value}}}}}\n"
        (tmp_path / "submissions" / "hw" / f"{student}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_step_grades(course: Path) -> None:
    """Three formats in the folder that the output names, an annotation at the file, a summary."""
    run = run_action(course)
    assert (run.status, run.outputs) == (0, {"results": "grade-results", "status": "0"})
    assert commands_obeyed(run.log) == [
        "::notice file=submissions/hw/b.yaml,title=hw b::0 of 1 point: p/y wrong"
    ]
    assert {str(path.relative_to(course / "grade-results")) for path in course.glob("grade-results/*/*")} == {
        "json/hw.json", "csv/hw.csv", "junit/hw.xml",
    }  # fmt: skip
    assert "| b | 0 | 0 % | 1 wrong |" in run.summary


def test_every_input_reaches_the_program(course: Path) -> None:
    """One spec, marks, a class list and a threshold: somebody is below, and the results are there."""
    (course / "marks.yaml").write_text("- {student: b, question: y, points: 0.5, reason: units}\n")
    (course / "class.csv").write_text("id\na\nb\nc\n")
    run = run_action(
        course,
        specs="specs/hw.yaml",
        submissions="submissions/hw",
        marks="marks.yaml",
        **{"roster": "class.csv", "fail-under": "60", "from": "plain", "results": "out", "strict": "true"},
    )
    assert (run.status, run.outputs) == (1, {"results": "out", "status": "1"})
    assert "grade: below 60 %: b (50 %), c (0 %)" in run.log
    scores = json.loads((course / "out" / "results.json").read_bytes())["students"]
    assert [student["score"] for student in scores] == [1.0, 0.5, 0.0]
    assert {path.name for path in (course / "out").iterdir()} == {"results.json", "grades.csv", "junit.xml"}


def test_a_fault_of_a_spec_fails_the_step(course: Path) -> None:
    """Its message is in the log, the status is an output."""
    (course / "specs" / "hw.yaml").write_text("problems: []\nprobelms: 1\n", encoding="utf-8")
    run = run_action(course)
    assert (run.status, run.outputs["status"], run.summary) == (2, "2", "")
    assert "specs/hw.yaml:" in run.log


def test_students_write_no_command(course: Path) -> None:
    """Answers, names and file names full of commands: the runner obeys the annotations alone."""
    for number, text in enumerate(HOSTILE):
        answer = f"student: {number} {text!r}\nanswers:\n  p:\n    y: {text!r}\n    {text!r}: 1\n"
        (course / "submissions" / "hw" / f"s{number}.yaml").write_text(answer, encoding="utf-8")
    (course / "submissions" / "hw" / "::error::x\n::error::y.yaml").write_text("- 1\n", encoding="utf-8")
    run = run_action(course)
    assert run.status == 0
    obeyed = commands_obeyed(run.log)
    assert len(obeyed) == 12  # ten warnings are shown, the file that could not be read, and b
    assert [line for line in obeyed if not ANNOTATION.fullmatch(line)] == []
    assert not (course / "pwned").exists()
    assert set(run.outputs) == {"results", "status"}


def test_no_expression_reaches_the_shell() -> None:
    """Inputs arrive as variables: what stands in a script would be read as shell text."""
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_outputs_are_those_of_the_step() -> None:
    """Each output names the step that sets it."""
    assert {spec["value"] for spec in ACTION["outputs"].values()} == {
        "${{ steps.grade.outputs.results }}",
        "${{ steps.grade.outputs.status }}",
    }


def test_readme_uses_what_there_is(course: Path) -> None:
    """The job of README passes inputs that the action has, asks for no rights, and runs."""
    [block] = [block for block in BLOCKS if block.file == ".github/workflows/marks.yml"]
    workflow = yaml.safe_load(block.text)
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["grade"]["steps"]
    [used] = [step for step in steps if step.get("id") == "grade"]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert steps[-1]["with"]["path"] == "${{ steps.grade.outputs.results }}"
    shutil.rmtree(course / "submissions" / "hw")
    shutil.copytree(ROOT / "submissions" / "homework1", course / "submissions" / "homework1")
    (course / "specs" / "hw.yaml").unlink()
    shutil.copy2(ROOT / "specs" / "homework1.yaml", course / "specs")
    assert run_action(course, **{name: str(value) for name, value in used["with"].items()}).status in {0, 1}
