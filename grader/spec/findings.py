"""Everything that is wrong with one file, collected while it is read: reading goes on after an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import nearest
from grader.record import field, mutable
from grader.source import Issue, Mark

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.errors import ExpressionError
    from grader.spec.nodes import Node, Scalar

LISTED = 16
"""How many right names a hint lists when none is near."""


@mutable
class Findings:
    """Takes issues, each of them once; the only thing that changes while a spec is loaded."""

    errors: int = 0
    _issues: dict[Issue, None] = field(default_factory=dict)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was found, in the order in which it was found."""
        return tuple(self._issues)

    def error(self, at: Node | Mark, message: str, hint: str | None = None) -> None:
        """Something that makes the spec unusable."""
        self._add(at, message, hint, "error")

    def warn(self, at: Node | Mark, message: str, hint: str | None = None) -> None:
        """Something that is likely a mistake."""
        self._add(at, message, hint, "warning")

    def expression(self, scalar: Scalar, error: ExpressionError) -> None:
        """An error inside an expression, at its own columns where the text stands in the line as it is."""
        self.error(scalar.span(error.start, error.end), error.message, error.hint or None)

    @property
    def failed(self) -> bool:
        """Whether any of it is an error."""
        return self.errors > 0

    def _add(self, at: Node | Mark, message: str, hint: str | None, severity: str) -> None:
        mark = at if isinstance(at, Mark) else at.mark
        issue = Issue(mark, message, hint, severity)
        # An anchored value is read once for every alias; it is wrong only once.
        if issue not in self._issues:
            self._issues[issue] = None
            self.errors += severity == "error"


def known(name: str, names: Collection[str]) -> str:
    """The hint for a name that does not exist: the nearest one, and all where they are few."""
    near = nearest(name, names)
    parts = [f'did you mean "{near}"?'] if near else []
    if names and len(names) <= LISTED:
        parts.append("known: " + ", ".join(names))
    return " ".join(parts)
