"""The diagnosis of one problem's answers, loaded only where something is wrong.

A class that has everything right, and every single right file, starts without the catalogue and the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.compare.verdicts import WRONG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.compare.problem import ProblemResult
    from grader.diagnose.problem import Diagnostician
    from grader.engine.derive import Plan
    from grader.misconceptions import Misconception
    from grader.run.mistakes import Marks


class Diagnosis:
    """Names the mistakes in a class's answers to one problem.

    Args:
        plan: the worked solution that the problem's questions need.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._made: tuple[Diagnostician, Mapping[str, Misconception]] | None = None

    def marks(self, result: ProblemResult, seen: Sequence[set[str]]) -> Marks:
        """The diagnosis of every element explained; the result's codes are changed.

        Args:
            result: what the class's answers came to.
            seen: for each student the wrong rules charged already; added to.
        """
        if not any((q.codes == WRONG).any() for q in result.questions.values()):
            return {}
        from grader.run.mistakes import mark

        diagnostician, own = self._diagnostician()
        return mark(result, diagnostician.findings(result), seen, own)

    def _diagnostician(self) -> tuple[Diagnostician, Mapping[str, Misconception]]:
        if self._made is None:
            from grader.diagnose.problem import Diagnostician
            from grader.misconceptions.course import course_entries
            from grader.misconceptions.view import View

            own = course_entries(View(self.plan)) if self.plan.problem.misconceptions else {}
            self._made = Diagnostician(self.plan, tuple(own.values())), own
        return self._made
