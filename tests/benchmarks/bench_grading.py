"""Two thousand submissions of 25 numbers graded to JSON: against what reading the files alone takes.

Answers are rounded to four digits; one student in twenty has one number wrong, which is then diagnosed.
Grading runs in one process. What a class costs in which nearly everybody made mistakes is measured by
``bench_diagnosis``.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from grader.report import json_report
from grader.run import grade_assignment, solve_assignment

if TYPE_CHECKING:
    from collections.abc import Callable

STUDENTS = 2_000
SPEC = """
problems:
  - id: q1
    given: {x1: 0.35, x2: 0.9, y: 0.5, w11: 0.1, w12: 0.8, w21: 0.4, w22: 0.6, v1: 0.3, v2: 0.9, b1: 0.12,
            b2: -0.21, c: 0.07, eta: 0.5}
    equations:
      - z1 = w11*x1 + w12*x2 + b1
      - z2 = w21*x1 + w22*x2 + b2
      - a1 = sigmoid(z1)
      - a2 = sigmoid(z2)
      - u = v1*a1 + v2*a2 + c
      - yhat = sigmoid(u)
      - L = 1/2*(yhat - y)^2
    train: {minimize: L, learning_rate: eta, parameters: [w11, w12, w21, w22, v1, v2, b1, b2, c]}
    questions: [z1, z2, a1, a2, u, yhat, L, dL/dyhat, dL/du, dL/dv1, dL/dv2, dL/dc, dL/da1, dL/da2, dL/dz1,
                dL/dz2, dL/dw11, dL/dw12, dL/dw21, dL/dw22, new(v1), new(v2), new(w11), new(w12), new(w21)]
"""


def main() -> None:
    """Print the times and ratios for both formats."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        spec = root / "bench.yaml"
        spec.write_text(SPEC)
        expected = {q.id: q.expected for q in solve_assignment(str(spec)).problems[0].questions}
        assert len(expected) == 25
        for suffix, write, parse, target in (
            (".yaml", _yaml, lambda b: yaml.load(b, Loader=yaml.CBaseLoader), 2.5),
            (".json", _json, json.loads, 6.0),
        ):
            answers = root / suffix[1:]
            answers.mkdir()
            rng = random.Random(7)
            for student in range(STUDENTS):
                values = {q: f"{float(str(v)):.4g}" for q, v in expected.items()}
                if rng.random() < 1 / 20:
                    question = rng.choice(list(values))
                    values[question] = _spoiled(float(values[question]), rng)
                (answers / f"s{student:05}{suffix}").write_text(write(f"s{student}", values))
            _report(suffix, spec, answers, parse, target)


def _report(suffix: str, spec: Path, answers: Path, parse: Callable[[bytes], object], target: float) -> None:
    out = answers.parent / "out.json"
    ratios, ours, theirs = [], [], []
    for _ in range(5):
        theirs.append(_timed(lambda: [parse(p.read_bytes()) for p in sorted(answers.iterdir())]))
        ours.append(_timed(lambda: _grade(spec, answers, out)))
        ratios.append(ours[-1] / theirs[-1])
    report = json.loads(out.read_text())
    assert len(report["students"]) == STUDENTS
    ratio = sorted(ratios)[2]
    print(
        f"{STUDENTS} {suffix} submissions of 25 numbers graded to JSON: "
        f"{min(ours) * 1e6 / STUDENTS:.0f} us each; "
        f"parsing alone {min(theirs) * 1e6 / STUDENTS:.0f} us; ratio {ratio:.2f} (target: below {target})"
    )


def _grade(spec: Path, answers: Path, out: Path) -> None:
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json_report.render(grade_assignment(str(spec), [str(answers)])))


def _spoiled(value: float, rng: random.Random) -> str:
    return f"{value * rng.uniform(0.3, 3) * rng.choice((-1, 1)):.4g}"


def _yaml(student: str, values: dict[str, str]) -> str:
    return f"student: {student}\nanswers:\n  q1:\n" + "".join(f"    {q}: {v}\n" for q, v in values.items())


def _json(student: str, values: dict[str, str]) -> str:
    return json.dumps({"student": student, "answers": {"q1": {q: float(v) for q, v in values.items()}}})


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
