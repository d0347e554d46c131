"""Grades a sample with the program as a user runs it: one process, JSON on standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "samples"

Answers = dict[tuple[str, str], dict[str, Any]]


def table(name: str) -> Any:
    """The content of a YAML table of this folder."""
    return yaml.safe_load((SAMPLES / name).read_text(encoding="utf-8"))


@cache
def graded(spec: str, answers: str) -> dict[str, Answers]:
    """student → (problem, question) → the entry of the results file, for paths relative to the root.

    Raises AssertionError when the program does not end with status 0, with all that it said.
    """
    command = [sys.executable, "-m", "grader", "run", spec, answers, "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command[1:])}\n{done.stderr}"
    results = json.loads(done.stdout)
    return {
        student["student"]: {(a["problem"], a["question"]): a for a in student["answers"]}
        for student in results["students"]
    }


def full(entry: dict[str, Any]) -> bool:
    """Whether an answer, or a component of one, got all its points (sums of shares are rounded)."""
    return bool(abs(entry["score"] - entry["max_score"]) < 1e-9)
