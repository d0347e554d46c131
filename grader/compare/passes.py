"""Each answer judged from the reference, from the student's own values, and with single values released.

Three kinds of run of the same worked solution, each over the whole class at once:

honest    values that are right are held as written, so that carrying rounded or full values are both right;
          wrong ones are let go; what was not written is widened by the student's own rounding.
own       every value is held as written: what the right rule gives from wrong values is follow-through.
mixed     all held but one, and only one held, for students with several wrong values: a value may be
          written wrong and the right one used, while another mistake is carried on.

Each is done twice where it makes a difference: with slopes from z (``sigmoid'(z)``) and from the
activation (``a*(1 - a)``), since a student may take either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.evaluation import refilled
from grader.compare.judge import NO, judge
from grader.compare.pins import Asked, hull, is_rounded, own_rounding, pins_of
from grader.engine.rounding import Rounding
from grader.engine.solve import Engine, Trace, evaluate_targets
from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.evaluation import Formulas
    from grader.compare.pins import Pin
    from grader.engine.derive import Plan
    from grader.engine.solve import Hold
    from grader.engine.steps import Node

    Array = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Mask = NDArray[np.bool_]

MAX_RELEASES = 24


@record
class Found:
    """What a run says of one question: a code for each element, and how far off the prediction it is.

    Both are (rows, columns, students, 1); the distance is relative, the largest of all sample points.
    """

    codes: Codes
    distance: Array


@record
class Exceptions:
    """Single wrong values to be treated unlike the student's others, one a run.

    Args:
        students, questions: whose and which value.
        alone: whether it is the only one held; otherwise it is the only one let go.
    """

    students: NDArray[np.intp]
    questions: NDArray[np.intp]
    alone: Mask


class Passes:
    """The runs over one problem's answers, for the students who need them.

    Args:
        plan: the worked solution.
        engines: the worked solution compiled, once with slopes from z, once from activations if that differs.
        asked: the questions with what was written, for these students.
        inputs: values of the symbols.
        keep: the nodes whose values formulas and questions need.
        behind: [i, j]: whether question i's value is computed from question j's.
    """

    def __init__(
        self,
        plan: Plan,
        engines: Sequence[Engine],
        asked: Sequence[Asked],
        inputs: Mapping[str, Array],
        keep: Sequence[Node],
        behind: Mask,
    ) -> None:
        self.plan = plan
        self.engines = engines
        self.asked = asked
        self.inputs = inputs
        self.keep = keep
        self.behind = behind
        self.points = max((v.shape[-1] for v in inputs.values()), default=1)
        self.students = asked[0].written.value.shape[2] if asked else 0
        self.pins = pins_of(asked, plan, self.points)
        self.rounding = own_rounding(asked, self.students)

    def honest(self, formulas: Formulas) -> list[Found]:
        """Codes with right values held and wrong ones let go."""

        def policy(pin: Pin) -> Hold:
            def hold(value: Array) -> tuple[Array, Mask]:
                right = judge(value, pin.written, pin.tolerance) > NO
                mask = right & pin.written.present & is_rounded(pin.written)
                return hull(value, pin.written, mask, mask), mask

            return hold

        return self._best({node: policy(pin) for node, pin in self.pins.items()}, formulas)

    def own(self, formulas: Formulas) -> list[Found]:
        """Codes with every value held."""

        def policy(pin: Pin) -> Hold:
            def hold(value: Array) -> tuple[Array, Mask]:
                right = judge(value, pin.written, pin.tolerance) > NO
                mask = pin.written.present & (~right | is_rounded(pin.written))
                return hull(value, pin.written, mask, right), mask

            return hold

        return self._best({node: policy(pin) for node, pin in self.pins.items()}, formulas, follow=True)

    def _best(self, held: Mapping[Node, Hold], formulas: Formulas, *, follow: bool = False) -> list[Found]:
        best: list[Found] = []
        for engine in self.engines:
            trace = engine.solve(
                self.keep,
                horizon=self.plan.horizon,
                held=held,
                inputs=self.inputs,
                bounds=True,
                rounding=self.rounding,
            )
            found = self._found(trace, formulas, follow=follow)
            best = [_kinder(a, b) for a, b in zip(best, found, strict=True)] if best else found
        return best

    def _found(self, trace: Trace, formulas: Formulas, *, follow: bool) -> list[Found]:
        targets = [a.target for a in self.asked]
        lanes = evaluate_targets(self.plan, targets, trace, bounds=True)
        written = [a.written for a in self.asked]
        out = []
        for a, value, numbers in zip(self.asked, lanes, refilled(written, formulas, trace), strict=True):
            codes = judge(value, numbers, a.tolerance)
            if follow:
                # A step that became trivial by a mistake (everything times 0) shows nothing.
                codes = np.where((value[0] == 0).all(axis=-1, keepdims=True), NO, codes).astype(np.int8)
            out.append(Found(codes, _distance(value[0], numbers.value)))
        return out

    def mixed(self, formulas: Formulas, honest: Sequence[Found], own: Sequence[Found]) -> list[Codes] | None:
        """Codes with single values released, or alone held, for students with several wrong values."""
        tried = self._exceptions(honest, own)
        students = tried.students
        if not students.size:
            return None
        asked = [_taken(a, students) for a in self.asked]
        sub = Passes(self.plan, self.engines, asked, self.inputs, self.keep, self.behind)
        sub.rounding = Rounding(self.rounding.digits[students], self.rounding.places[students])
        held = {node: sub._exception(node, pin, tried) for node, pin in sub.pins.items()}
        found = sub._best(held, formulas.taken(students), follow=True)
        out = []
        for f, a in zip(found, self.asked, strict=True):
            most = np.zeros((*f.codes.shape[:2], self.students, 1), dtype=np.int8)
            codes = np.broadcast_to(f.codes, (*f.codes.shape[:2], students.size, 1))
            for column, student in enumerate(students.tolist()):
                most[:, :, student] = np.maximum(most[:, :, student], codes[:, :, column])
            out.append(np.where(a.written.present, most, NO).astype(np.int8))
        return out

    def _exceptions(self, honest: Sequence[Found], own: Sequence[Found]) -> Exceptions:
        """The single exceptions worth trying."""
        wrong = [
            # What is right by the reference is never passed over in favour of something wrong before it.
            ((h.codes == NO) & a.written.present).any(axis=(0, 1, 3))
            for h, a in zip(honest, self.asked, strict=True)
        ]
        red = [
            ((np.maximum(h.codes, o.codes) == NO) & a.written.present).any(axis=(0, 1, 3))
            for h, o, a in zip(honest, own, self.asked, strict=True)
        ]
        table = np.array([np.broadcast_to(w, self.students) for w in wrong])
        reds = np.array([np.broadcast_to(r, self.students) for r in red])
        # One wrong value behind an answer is either held or let go, and both have been tried.
        open_ends = reds & (self.behind.astype(int) @ table >= 2)
        worth = table & (self.behind.T.astype(int) @ open_ends > 0)
        students, questions = np.nonzero(worth.T)
        nth = np.arange(students.size) - np.searchsorted(students, students)
        few = nth < MAX_RELEASES
        students, questions = students[few], questions[few]
        # Of two wrong values, letting one go is holding the other alone.
        many = (worth.sum(axis=0) > 2)[students]
        return Exceptions(
            np.concatenate([students, students[many]]),
            np.concatenate([questions, questions[many]]),
            np.repeat([False, True], [students.size, int(many.sum())]),
        )

    def _exception(self, node: Node, pin: Pin, tried: Exceptions) -> Hold:
        """Hold right values, and of the wrong ones all but the exception, or only the exception."""
        shape = pin.written.value.shape[:2]
        chosen = np.zeros((*shape, tried.students.size, 1), dtype=bool)
        alone = tried.alone[None, None, :, None]
        for q, a in enumerate(self.asked):
            if a.target.node == node:
                at = a.target.place if a.target.place is not None else (slice(None), slice(None))
                chosen[(*at, tried.questions == q)] = True

        def hold(value: Array) -> tuple[Array, Mask]:
            right = judge(value, pin.written, pin.tolerance) > NO
            mask = np.where(right, is_rounded(pin.written), np.where(alone, chosen, ~chosen))
            mask = mask & pin.written.present
            return hull(value, pin.written, mask, right), mask

        return hold


def _kinder(a: Found, b: Found) -> Found:
    return Found(np.maximum(a.codes, b.codes), np.fmin(a.distance, b.distance))


def _distance(middle: Array, w: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(
            (np.abs(w - middle) / np.maximum(np.abs(w), np.abs(middle))).max(axis=-1, keepdims=True)
        )


def _taken(a: Asked, students: NDArray[np.intp]) -> Asked:
    return Asked(a.target, a.written.take(students), a.tolerance)
