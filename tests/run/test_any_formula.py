"""Formulas that nobody would write, in the names of the sample problems: none of them stops a run."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from grader.run import grade_assignment
from grader.run.loading import load_spec
from grader.spec.model import Problem

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
FUNCTIONS = ("sigmoid", "tanh", "exp", "ln", "sqrt", "sum", "softmax", "relu", "T", "norm", "abs")
PLAIN = ("0", "1", "-1", "1e300", "0.123", "[]", "[0.1,0.2]", "nan", "[[1]]", "1/0")


class Scribbler:
    """Writes formulas over a problem's names, derivatives and later values."""

    def __init__(self, problem: Problem, rng: random.Random) -> None:
        self.rng = rng
        self.names = [*problem.shapes, "y", "x", "z"]
        self.asked = [q.id for q in problem.questions]

    def answer(self) -> str:
        """A formula mostly, or a plain value."""
        return self.formula(0) if self.rng.random() < 0.75 else self.rng.choice(PLAIN)

    def formula(self, depth: int) -> str:
        """A formula of at most five levels."""
        draw = self.rng.random()
        name = self.rng.choice(self.names)
        if depth > 3 or draw < 0.35:
            return self.rng.choice([*self.names, *self.asked, "0.5", "2", "1e5", "[1,2]", "[[1,0],[0,1]]"])
        if draw < 0.75:
            sign = self.rng.choice("+-*/@^")
            return f"{self.formula(depth + 1)} {sign} {self.formula(depth + 1)}"
        if draw < 0.85:
            return f"{self.rng.choice(FUNCTIONS)}({self.formula(depth + 1)})"
        if draw < 0.9:
            return f"d{name}/d{self.rng.choice(self.names)}"
        return {0: f"new({name})", 1: f"{name}[1]", 2: f"({self.formula(depth + 1)})^T"}[int(draw * 100) % 3]


@pytest.mark.parametrize("spec", SPECS, ids=[path.stem for path in SPECS])
def test_no_formula_stops_a_run(spec: Path, tmp_path: Path) -> None:
    """Each answer gets a verdict, whatever it says."""
    rng = random.Random(spec.stem)
    problems = load_spec(spec).problems
    for number in range(6):
        answers = {
            p.id: {q.id: scribbler.answer() for q in p.questions}
            for p in problems
            for scribbler in [Scribbler(p, rng)]
        }
        (tmp_path / f"s{number}.json").write_text(json.dumps({"answers": answers}), encoding="utf-8")
        report = grade_assignment(spec, [tmp_path / f"s{number}.json"], worked=True)
        assert all(answer.verdict for answer in report.students[0].answers)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("x^T @ W^T", "correct"),
        ("z + dx/ds", "unreadable"),
        ("ds/dz @ x", "unreadable"),
        ("new(z)", "unreadable"),
        ("dz/dx @ x", "correct"),
    ],
)
def test_rows_and_what_does_not_exist(answer: str, verdict: str, tmp_path: Path) -> None:
    """A row for a column is the same vector; a derivative along no path is no value."""
    spec = (
        "problems:\n  - {id: q, given: {W: [[1, 2], [3, 4]], x: [0.5, 2], s: [1, 2]}, questions: [z],\n"
        "     equations: [z = W@x, L = sum(z)], train: {minimize: L, parameters: [W]}}\n"
    )
    (tmp_path / "hw.yaml").write_text(spec, encoding="utf-8")
    (tmp_path / "s.json").write_text(json.dumps({"answers": {"q": {"z": answer}}}), encoding="utf-8")
    report = grade_assignment(tmp_path / "hw.yaml", [tmp_path / "s.json"])
    assert report.students[0].answers[0].verdict == verdict
