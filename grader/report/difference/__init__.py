"""Two runs of one assignment beside each other: the model, and one file a format."""

from grader.report.difference.model import Change, Difference, StudentChange, compare

__all__ = ["Change", "Difference", "StudentChange", "compare"]
