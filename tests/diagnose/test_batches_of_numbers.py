"""Batches through one neuron whose weight is a number: the examples lie in a column or in a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from grader.run import grade_assignment

if TYPE_CHECKING:
    from pathlib import Path

    from grader.report.model import Answer

COLUMN = "x: [1.1, 2.3, -1.7], y: [2.24, 3.17, -0.86], w: 0.93, b: 0.31"
ROW = "x: [[1.1, 2.3, -1.7]], y: [[2.24, 3.17, -0.86]], w: 0.93, b: 0.31"
BOXED = "x: [[1.1, 2.3, -1.7]], y: [[2.24, 3.17, -0.86]], w: [[0.93]], b: 0.31"


def _answers(folder: Path, given: str, product: str, answers: dict[str, object]) -> dict[str, Answer]:
    spec = folder / "spec.yaml"
    spec.write_text(
        f"""
problems:
  - id: q1
    given: {{{given}}}
    equations: [yhat = {product} + b, L = mean((yhat - y)^2)]
    questions: [dL/dyhat, dL/dw, dL/db]
""",
        encoding="utf-8",
    )
    path = folder / "s.json"
    path.write_text(json.dumps({"student": "s", "answers": {"q1": answers}}), encoding="utf-8")
    return {a.asked.question: a for a in grade_assignment(spec, [path]).students[0].answers}


@pytest.mark.parametrize(
    ("given", "product"),
    [(COLUMN, "w*x"), (ROW, "w*x"), (BOXED, "w @ x")],
    ids=["column", "row", "boxed"],
)
def test_a_sum_in_place_of_the_mean_is_named_and_charged_once(
    tmp_path: Path, given: str, product: str
) -> None:
    summed: list[object] = ["-1.814", "-1.442", "-0.822"]
    if given is not COLUMN:
        summed = [summed]
    answers = _answers(tmp_path, given, product, {"dL/dyhat": summed, "dL/dw": "-3.9146", "dL/db": "-4.0780"})
    named = {c.diagnosis.id for c in answers["dL/dyhat"].components if c.diagnosis is not None}
    assert named == {"batch.no_mean"}
    assert answers["dL/dw"].verdict == answers["dL/db"].verdict == "follow_through"

    right = _answers(tmp_path, given, product, {"dL/dw": "-1.30487", "dL/db": "-1.35933"})
    assert {right["dL/dw"].verdict, right["dL/db"].verdict} == {"correct"}
