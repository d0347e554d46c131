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

from grader.compare.judge import NO, Written, judge
from grader.engine.rounding import Rounding
from grader.engine.solve import Engine, Trace, evaluate_targets
from grader.language.evaluate import evaluate
from grader.language.tree import Expr
from grader.record import record, replace
from grader.submission.numerals import EXACT_SIGFIGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from grader.engine.derive import Plan
    from grader.engine.solve import Hold
    from grader.engine.steps import Node, Target
    from grader.spec.model import Problem, Tolerance

    Array = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Mask = NDArray[np.bool_]

MAX_RELEASES = 24
_WIDEST_DIGITS = 17


@record
class Asked:
    """One question as the passes see it: what it asks, what the class wrote, how exact it must be."""

    target: Target
    written: Written
    tolerance: Tolerance


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


@record
class Pin:
    """The numbers written for one step's quantity, put together from all questions about it."""

    written: Written
    tolerance: Tolerance


def own_rounding(asked: Sequence[Asked], students: int) -> Rounding:
    """The precision with which each student works, read off what he wrote.

    The commonest number of significant digits, or of decimals if only those agree; where both do, either.
    """
    sigfigs, decimals, counted = [], [], []
    for a in asked:
        flat = a.written.present & (a.written.decimals > 0) & (a.written.half > 0)
        sigfigs.append(_flat(a.written.sigfigs, students))
        decimals.append(_flat(a.written.decimals, students))
        counted.append(_flat(flat.astype(float), students) > 0)
    if not asked:
        return Rounding(np.full(students, np.inf), np.zeros(students))
    use = np.concatenate(counted)
    significant, behind_point = np.concatenate(sigfigs), np.concatenate(decimals)
    digits, _ = _mode(significant, use)
    places, share_places = _mode(behind_point, use)
    some = use.any(axis=0)
    # Zeros at the end may be left out, but who keeps digits has more decimals where numbers are small, and
    # who keeps decimals has more digits where they are large.
    few = 0.05 * use.sum(axis=0)
    finer = (use & (behind_point > places)).sum(axis=0) > few
    longer = (use & (significant > digits)).sum(axis=0) > few
    by_places = some & (share_places >= 0.6) & ~finer
    by_digits = some & ~(by_places & longer)
    digits = np.where(by_digits, np.maximum(digits, 2), np.inf)
    return Rounding(digits, np.where(by_places, 0.5 * 10.0**-places, 0.0))


def _flat(values: Array, students: int) -> Array:
    return np.broadcast_to(values[..., 0], (*values.shape[:2], students)).reshape(-1, students)


def _mode(values: Array, use: Mask) -> tuple[Array, Array]:
    """The commonest value of each column (the smallest of equals), and its share."""
    levels = _WIDEST_DIGITS + 1
    students = values.shape[1]
    clipped = np.clip(values, 0, _WIDEST_DIGITS).astype(np.intp) + levels * np.arange(students)
    counts = np.bincount(clipped[use], minlength=levels * students).reshape(students, levels)
    total = np.maximum(use.sum(axis=0), 1)
    return counts.argmax(axis=1).astype(float), counts.max(axis=1) / total


def pins_of(asked: Sequence[Asked], plan: Plan, points: int) -> dict[Node, Pin]:
    """What was written for each step's quantity."""
    pins: dict[Node, Pin] = {}
    for a in asked:
        node = a.target.node
        if node is None:
            continue
        if a.target.place is None:
            pins.setdefault(node, Pin(a.written, a.tolerance))
            continue
        if node not in pins:
            pins[node] = Pin(_empty(plan.shapes[node.name], a.written, points), a.tolerance)
        _put(pins[node].written, a)
    return pins


def _empty(shape: tuple[int, int], like: Written, points: int) -> Written:
    students = like.value.shape[2]
    return Written(
        np.zeros((*shape, students, points)),
        np.zeros((*shape, students, points)),
        np.full((*shape, students, 1), 99.0),
        np.zeros((*shape, students, 1)),
        np.zeros((*shape, students, 1), dtype=bool),
    )


def _put(whole: Written, a: Asked) -> None:
    if a.target.place is None or whole.value.shape[:2] == (1, 1):
        return
    at = a.target.place
    if whole.present.flags.writeable:
        for array, part in (
            (whole.value, a.written.value),
            (whole.half, a.written.half),
            (whole.decimals, a.written.decimals),
            (whole.sigfigs, a.written.sigfigs),
            (whole.present, a.written.present),
        ):
            array[at[0], at[1]] = part[0, 0]


def is_rounded(written: Written) -> Mask:
    """Whether a number was written with its digits; who writes a formula or a fraction rounds it later."""
    return written.sigfigs < EXACT_SIGFIGS


def hull(value: Array, pin: Written, mask: Mask, right: Mask) -> Array:
    """What later steps may have used where a value is held.

    For a right value: anything between it and the unrounded one. For a wrong one: whatever rounds to it.
    """
    w, half = pin.value, pin.half
    middle, low, high = value if value.shape[0] == 3 else (value[0],) * 3
    reach = 2 * half
    wide = np.where(pin.sigfigs >= 2, half, 0.0)
    low_right = np.minimum(w, np.maximum(low, w - reach))
    high_right = np.maximum(w, np.minimum(high, w + reach))
    held_low = np.where(right, low_right, w - wide)
    held_high = np.where(right, high_right, w + wide)
    return np.stack(
        np.broadcast_arrays(
            np.where(mask, w, middle), np.where(mask, held_low, low), np.where(mask, held_high, high)
        )
    )


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

    def honest(self, refill: Refill) -> list[Found]:
        """Codes with right values held and wrong ones let go."""

        def policy(pin: Pin) -> Hold:
            def hold(value: Array) -> tuple[Array, Mask]:
                right = judge(value, pin.written, pin.tolerance) > NO
                mask = right & pin.written.present & is_rounded(pin.written)
                return hull(value, pin.written, mask, mask), mask

            return hold

        return self._best({node: policy(pin) for node, pin in self.pins.items()}, refill)

    def own(self, refill: Refill) -> list[Found]:
        """Codes with every value held."""

        def policy(pin: Pin) -> Hold:
            def hold(value: Array) -> tuple[Array, Mask]:
                right = judge(value, pin.written, pin.tolerance) > NO
                mask = pin.written.present & (~right | is_rounded(pin.written))
                return hull(value, pin.written, mask, right), mask

            return hold

        return self._best({node: policy(pin) for node, pin in self.pins.items()}, refill, follow=True)

    def _best(self, held: Mapping[Node, Hold], refill: Refill, *, follow: bool = False) -> list[Found]:
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
            found = self._found(trace, refill, follow=follow)
            best = [_kinder(a, b) for a, b in zip(best, found, strict=True)] if best else found
        return best

    def _found(self, trace: Trace, refill: Refill, *, follow: bool) -> list[Found]:
        targets = [a.target for a in self.asked]
        lanes = evaluate_targets(self.plan, targets, trace, bounds=True)
        out = []
        for a, value, numbers in zip(self.asked, lanes, refill(trace), strict=True):
            codes = judge(value, numbers, a.tolerance)
            if follow:
                # A step that became trivial by a mistake (everything times 0) shows nothing.
                codes = np.where((value[0] == 0).all(axis=-1, keepdims=True), NO, codes).astype(np.int8)
            out.append(Found(codes, _distance(value[0], numbers.value)))
        return out

    def mixed(self, refill: Refill, honest: Sequence[Found], own: Sequence[Found]) -> list[Codes] | None:
        """Codes with single values released, or alone held, for students with several wrong values."""
        tried = self._exceptions(honest, own)
        students = tried.students
        if not students.size:
            return None
        asked = [_taken(a, students) for a in self.asked]
        sub = Passes(self.plan, self.engines, asked, self.inputs, self.keep, self.behind)
        sub.rounding = Rounding(self.rounding.digits[students], self.rounding.places[students])
        held = {node: sub._exception(node, pin, tried) for node, pin in sub.pins.items()}
        found = sub._best(held, refill.taken(students), follow=True)
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


class Refill:
    """Gives what was written, with formulas evaluated at the values of a run.

    Args:
        asked: the questions.
        formulas: what to evaluate.
        problem: whose indices and kinks hold.
    """

    def __init__(self, asked: Sequence[Asked], formulas: Sequence[FormulaCell], problem: Problem) -> None:
        self.asked = asked
        self.formulas = formulas
        self.problem = problem
        self.at_zero = problem.at_zero
        self.base = problem.index_base

    def __call__(self, trace: Trace) -> list[Written]:
        """The numbers of every question."""
        written = [a.written for a in self.asked]
        if not self.formulas:
            return written
        fresh = {f.question for f in self.formulas}
        for q in fresh:
            w = written[q]
            written[q] = Written(w.value.copy(), w.half, w.decimals, w.sigfigs, w.present)
        known = _Values(trace)
        with np.errstate(all="ignore"):
            for f in self.formulas:
                value = evaluate(f.expr, known.of(f), self.at_zero, self.base)
                numbers = written[f.question].value
                if f.place is None:
                    if value.shape[:2] != numbers.shape[:2]:  # a row for a column, or the other way round
                        value = value.swapaxes(0, 1)
                    numbers[:, :, f.student] = value[:, :, 0]
                else:
                    numbers[f.place[0], f.place[1], f.student] = value[0, 0, 0]
        return written

    def taken(self, students: NDArray[np.intp]) -> Refill:
        """The same for some students only, each as often as listed."""
        asked = [_taken(a, students) for a in self.asked]
        cells = []
        for f in self.formulas:
            cells += [replace(f, student=i) for i in np.flatnonzero(students == f.student).tolist()]
        return Refill(asked, cells, self.problem)


@record
class FormulaCell:
    """An answer that is a formula.

    Args:
        question, student, place: where it belongs; place is None for the whole answer.
        expr: the formula over timed names.
        names: the timed names in it and what they stand for.
    """

    question: int
    student: int
    place: tuple[int, int] | None
    expr: Expr
    names: tuple[tuple[str, Node], ...]


class _Values:
    """A run's values by name, for one student at a time."""

    def __init__(self, trace: Trace) -> None:
        self.used = trace.used
        self.shared: dict[str, Array] = {}

    def of(self, formula: FormulaCell) -> dict[str, Array]:
        """The values of the names in a formula."""
        if all(text in self.shared for text, _ in formula.names):
            return self.shared
        own = {}
        for text, node in formula.names:
            lane = self.used[node][0]
            if lane.shape[2] == 1:
                self.shared[text] = own[text] = lane
            else:
                own[text] = lane[:, :, formula.student : formula.student + 1]
        return own
