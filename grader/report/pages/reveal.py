"""How much of the answer key a student's page may show; the class page shows everything."""

from __future__ import annotations

from grader.record import record

LEVELS = ("none", "verdicts", "steps", "all")
"""From least to most; each shows what the one before it shows, and more."""

DEFAULT = "steps"
"""Enough to mend a mistake, and no number that solves the exercise for somebody else."""


@record
class Reveal:
    """What a page shows besides what was written and the score.

    Attributes:
        verdicts: verdicts, points of each question, and feedback.
        steps: at which step it went wrong, and the rules with the student's own numbers.
        expected: the right values, and whatever is worked out from them.
    """

    verdicts: bool
    steps: bool
    expected: bool

    @classmethod
    def of(cls, level: str) -> Reveal:
        """What a level shows.

        Raises:
            ValueError: for a level that is none of `LEVELS`.
        """
        rank = LEVELS.index(level)
        return cls(rank >= 1, rank >= 2, rank >= 3)
