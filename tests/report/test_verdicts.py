"""Why an answer earned what it did is said where the verdict alone does not say it."""

import pytest

from grader.report.model import Answer
from grader.report.verdicts import earned
from tests.report.samples import MATRIX, SQUARED, W2, Z1, classroom

AGAIN = SQUARED._replace(repeated=True)
PARTLY = classroom().students[1].answers[3]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(W2, "follow_through", W2.max_score, "0.45"), "in full"),
        (Answer(W2, "follow_through", 0.5 * W2.max_score, "0.45"), None),
        (Answer(Z1, "misconception", Z1.max_score, "3", diagnosis=AGAIN), "made first"),
        (Answer(Z1, "misconception", 0.0, "3", diagnosis=AGAIN), "less"),
        (Answer(Z1, "misconception", 0.5, "3", diagnosis=SQUARED), None),
        (Answer(Z1, "correct", Z1.max_score, "0.2"), None),
        (PARTLY, "each of its 4 elements is worth 1/4 of the points"),
        (PARTLY._replace(marked="late"), None),
        (Answer(MATRIX, "missing", 0.0, None, components=PARTLY.components[2:]), None),
    ],
)
def test_what_is_said_of_points(answer: Answer, said: str | None) -> None:
    """Elements, what follows and what is made again have a sentence, and nothing else."""
    assert said in (earned(answer) or "") if said else earned(answer) is None
