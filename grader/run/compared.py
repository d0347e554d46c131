"""The step that decides about an answer, by the right rule and by the wrong one, with the student's numbers.

Only for reports that show it. The numbers are those of the work that leads to the answer. Where none does,
the rules stand without numbers; a wrong rule that contradicts what was written does not stand at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.engine import names
from grader.errors import ExpressionError
from grader.language.evaluate import evaluate
from grader.language.tree import Expr, quantities
from grader.report.model import Compared, Known
from grader.run import values
from grader.run.ways import EXPLAINS, Ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.compare.problem import ProblemResult
    from grader.engine.steps import Node
    from grader.language.shapes import Shape
    from grader.report.model import Answer, Value
    from grader.run.mistakes import Marks
    from grader.run.rework import Reworked
    from grader.run.ways import Case

    Array = NDArray[np.float64]


def add_compared(result: ProblemResult, columns: Sequence[list[Answer]], marks: Marks) -> None:
    """Put the deciding step beside every answer that is not simply right.

    Args:
        result: what the class's answers came to.
        columns: its answers, a list a question in the order of the problem; changed in place.
        marks: the diagnoses of their elements.
    """
    ways = Ways(result, marks)
    at = {question.id: number for number, question in enumerate(result.plan.problem.questions)}
    cases = [c for q, i in at.items() for s, a in enumerate(columns[i]) for c in ways.cases(q, s, a)]
    for case, compared in _all(ways, cases):
        column = columns[at[case.question]]
        column[case.student] = column[case.student]._replace(compared=compared)


def _all(ways: Ways, cases: Sequence[Case]) -> Iterator[tuple[Case, Compared]]:
    """Each case with the step as it is shown; without the wrong rule where that cannot be."""
    refuted: list[Case] = []
    for case, (work, far) in zip(cases, ways.best(cases), strict=True):
        if case.wrong is not None and ways.contradicts(case, work, far):
            refuted += ways.plain(case.question, case.student)
        else:
            yield case, _compared(ways, case, work, far)
    if refuted:
        yield from _all(ways, refuted)


def _compared(ways: Ways, case: Case, work: Reworked, far: float) -> Compared:
    """Both rules with this student's numbers, without those where they do not lead to the answer."""
    plan, place = ways.plan, _shown_place(ways, case, work)
    name = names.timed(case.node.name, case.node.time)
    right = values.timed_rule(plan, case.rule, case.time)
    wrong = None if case.wrong is None else values.timed_rule(plan, case.wrong, case.time)
    shown = Compared(name, right, wrong, (), None, None)
    if place is not None:
        shown = _at(shown, place, plan.shapes[case.node.name], plan.problem.index_base)
    if case.fits and far > EXPLAINS:
        return shown
    needed = case.needed(plan)
    used = {name: work.used(node) for name, node in needed.items()}
    own = work.value(case.node)
    known = (_known(ways, node, used[name], work) for name, node in needed.items())
    return shown._replace(
        known=tuple(k for k in known if k.value is not None),
        gives=_value(own if wrong is None else _by(ways, case, used), place),
        instead=None if wrong is None else _value(own, place),
    )


def _shown_place(ways: Ways, case: Case, work: Reworked) -> Place | None:
    """The element that is shown, where the whole is not what was asked, or not all of it fits."""
    target = ways.plan.targets[case.question]
    if not ways.is_asked(case) or ways.plan.shapes[case.node.name] == (1, 1):
        return None
    if target.place is not None:
        return target.place
    return None if case.wrong is None or ways.agrees(case, work) else case.place


def _known(ways: Ways, node: Node, value: Array | None, work: Reworked) -> Known:
    own = (node.name in ways.plan.problem.given and node.time == 0) or work.wrote(node)
    return Known(names.timed(node.name, node.time), _value(value, None), own)


def _by(ways: Ways, case: Case, used: Mapping[str, Array | None]) -> Array | None:
    """What the right rule gives with the student's numbers."""
    arrays = {name: value[:, :, None, None] for name, value in used.items() if value is not None}
    arrays[names.STEP_NUMBER] = np.full((1, 1, 1, 1), float(case.time + 1))
    if not quantities(case.rule) <= arrays.keys():
        return None
    problem = ways.plan.problem
    try:
        with np.errstate(all="ignore"):
            value = evaluate(case.rule, arrays, problem.at_zero, problem.index_base)
    except (KeyError, ValueError, ExpressionError):
        return None
    return np.asarray(value[:, :, 0, 0])


def _at(shown: Compared, place: Place, shape: Shape, base: int) -> Compared:
    """The same for one element."""
    row, column = (k + base for k in place)
    index = (row,) if shape[1] == 1 else (row, column)
    wrong = None if shown.wrong is None else Expr("index", (shown.wrong,), index)
    name = _element_name(shown.quantity, ",".join(map(str, index)))
    return shown._replace(quantity=name, right=Expr("index", (shown.right,), index), wrong=wrong)


def _element_name(quantity: str, index: str) -> str:
    """`z1[2]`, `new(W1[1,2])`, `new(W1[1,2],3)`."""
    if not quantity.startswith("new("):
        return f"{quantity}[{index}]"
    name, comma, steps = quantity[4:-1].partition(",")
    return f"new({name}[{index}]{comma}{steps})"


def _value(array: Array | None, place: Place | None) -> Value:
    if array is None:
        return None
    return values.array_value(array if place is None else values.element(array, place))
