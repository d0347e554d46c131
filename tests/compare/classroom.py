"""One student's answers to a small problem, judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.judge import CUT, IMPRECISE, NO, OK, Written, judge
from grader.compare.problem import ProblemGrader
from grader.spec import load_text
from grader.spec.model import Tolerance
from grader.submission.numerals import parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.compare.problem import ProblemResult
    from grader.submission.model import Given

# By the codes of grader.compare.verdicts and grader.compare.judge.
VERDICTS = (
    "missing",
    "unreadable",
    "wrong",
    "cut off",
    "imprecise",
    "follow_through",
    "correct",
    "undecided",
    "transposed",
)
JUDGED = {OK: "ok", CUT: "cut off", IMPRECISE: "imprecise", NO: "no"}


def written(*texts: str) -> Written:
    """Numbers of a class as written, one a student."""
    found = [parse_number(text) for text in texts]
    assert all(found), texts
    rows = [(n.value, n.half_ulp, 99 if n.decimals is None else n.decimals, n.sigfigs) for n in found if n]
    value, half, decimals, sigfigs = np.array(rows, dtype=float).T.reshape(4, 1, 1, -1, 1)
    return Written(value, half, decimals, sigfigs, np.ones_like(value, dtype=bool))


def lanes(value: float, low: float | None = None, high: float | None = None) -> NDArray[np.float64]:
    """A prediction, with bounds or exact."""
    numbers = [value] if low is None or high is None else [value, low, high]
    return np.array(numbers, dtype=float).reshape(-1, 1, 1, 1, 1)


def says(text: str, value: float, tolerance: Tolerance | None = None, *bounds: float) -> str:
    """What the judge says of one number."""
    (code,) = judge(lanes(value, *bounds), written(text), tolerance or Tolerance(rel=1e-3)).reshape(-1)
    return JUDGED[int(code)]


def grader(problem: str) -> ProblemGrader:
    """A problem in YAML, without its list head, ready to grade."""
    lines = "".join(f"    {line}\n" for line in problem.strip().splitlines())
    (loaded,) = load_text(f"problems:\n  - id: q\n{lines}", "classroom.yaml").problems
    return ProblemGrader(loaded)


def verdicts(problem: str, answers: Mapping[str, Given]) -> dict[str, str]:
    """The verdict on each answered question, of a number or, joined with a blank, of each element."""
    return told(grader(problem).grade([answers]))


def told(result: ProblemResult, student: int = 0) -> dict[str, str]:
    """One student's verdicts."""
    codes = {q: r.codes[:, :, student].reshape(-1) for q, r in result.questions.items()}
    return {q: " ".join(VERDICTS[c] for c in found) for q, found in codes.items() if found.any()}


def reason(problem: str, question: str, answer: Given) -> str:
    """Why an answer could not be read, was undecided or had the wrong size."""
    sheet = grader(problem).grade([{question: answer}]).questions[question].sheet
    told_ = [*sheet.reasons.values(), *sheet.misshapen.values()]
    assert len(told_) == 1, told_
    return told_[0]
