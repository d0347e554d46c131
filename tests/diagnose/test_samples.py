"""The mistakes in the five homeworks and in published examples get the names that a person gave them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from grader.report.model import Answer
from grader.run import grade_assignment

ROOT = Path(__file__).parents[2]

# Assignment, problem, question -> the ids of which one must be named (first or as fitting as well).
NAMED = (
    ("assignment21", "q2", "collapsed w1", {"idx.swap"}),
    ("assignment21", "q2", "collapsed w2", {"idx.swap"}),
    ("assignment21", "q2", "collapsed b", {"chain.other_layer_w"}),
    ("assignment21", "q3", "h1", {"slip.digit"}),
    ("assignment21", "q3", "dL/dzh1", {"slip.sign"}),
    ("assignment21", "q3", "dL/dzh2", {"slip.sign"}),
    ("assignment21", "q3", "dL/db1", {"db.times_b", "slip.digit"}),
    ("assignment21", "q3", "dL/db2", {"db.times_b"}),
    ("assignment21", "q3", "new(wj1)", {"upd.wrong_start", "slip.drop_digit"}),
    ("assignment21", "q5", "derivative in s", {"der.tanh_on_sigmoid"}),
    ("assignment21", "q7", "dL/dzh1", {"slip.pow10"}),
    ("assignment1", "q3_4", "dJ/dw", {"reg.sum_of_w"}),
)


@cache
def answers(assignment: str) -> dict[tuple[str, str], Answer]:
    report = grade_assignment(
        ROOT / f"specs/{assignment}.yaml", [ROOT / f"submissions/{assignment}/s01.yaml"]
    )
    return {(a.asked.problem, a.asked.question): a for a in report.students[0].answers}


@pytest.mark.parametrize(("assignment", "problem", "question", "ids"), NAMED)
def test_a_mistake_gets_the_name_that_a_person_gave_it(
    assignment: str, problem: str, question: str, ids: set[str]
) -> None:
    answer = answers(assignment)[problem, question]
    told = [answer.diagnosis, *answer.alternatives]
    told += [d for c in answer.components for d in (c.diagnosis, *c.alternatives)]
    assert {d.id for d in told if d is not None} & ids, answer


def test_right_samples_get_no_diagnosis() -> None:
    for folder in sorted((ROOT / "submissions").iterdir()):
        for name in ("s02.yaml", "published.yaml"):
            if not (folder / name).exists() or folder.name.startswith("worked"):
                continue
            report = grade_assignment(ROOT / f"specs/{folder.name}.yaml", [folder / name])
            assert not [a for a in report.students[0].answers if a.diagnosis is not None]
