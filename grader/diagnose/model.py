"""What a search finds: explanations, each of one or several answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language.tree import Expr

Cell = tuple[int, int, int]
"""Question (its number among the numbered ones), row, column."""


class Finding(NamedTuple):
    """One mistake that explains answers.

    Args:
        id: of the catalogue, or of the course's own rules.
        step: the quantity at which it was made, as people name it.
        cells: the answers that it explains.
        slip: whether it is a one-off, not a wrong rule.
        confidence: how sure it is, 0 to 1, the others in its place considered.
        others: what explains the same answers as well, likeliest first.
        rules: of a wrong rule, base name of each step that it acts at -> the rule put in its place.
    """

    id: str
    step: str
    cells: tuple[Cell, ...]
    slip: bool
    confidence: float
    others: tuple[Finding, ...] = ()
    rules: Mapping[str, Expr] | None = None
