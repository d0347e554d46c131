"""What a blank sheet says about a question: the same words in every format."""

from __future__ import annotations

from grader.report.model import Asked
from grader.report.numbers import points
from grader.report.safe import shortened, visible

_DRAWN = 12
"""How many elements a vector or matrix may have to be drawn with a dot for each."""


def hint(asked: Asked) -> str:
    """What is asked, where the question's name does not say it, the form of the answer and its points."""
    parts = [part for part in (asked.title, asked.ask) if part and part != asked.question]
    return "; ".join([*map(comment, parts), f"{_form(asked)}, {points(asked.max_score)}"])


def _form(asked: Asked) -> str:
    """How the answer is to be written."""
    if asked.kind == "depends":
        return "yes or no"
    if asked.kind == "choice":
        return "one of: " + comment(" | ".join(asked.options))
    if asked.kind == "text":
        return "text"
    rows, columns = asked.shape or (1, 1)
    if (rows, columns) == (1, 1):
        return "a number" if asked.shape else "a number or an expression"
    row = f"[{', '.join(['.'] * columns)}]"
    blank = f"[{', '.join(['.'] * rows)}]" if columns == 1 else f"[{', '.join([row] * rows)}]"
    drawn = f" {blank}" if rows * columns <= _DRAWN else ""
    return f"a vector of {rows}{drawn}" if columns == 1 else f"a {rows} x {columns} matrix, row by row{drawn}"


def comment(text: str) -> str:
    """Text that stays within its comment."""
    return shortened(visible(text), 200)
