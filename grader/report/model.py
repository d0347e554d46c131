"""What grading found, as plain data: the one thing that every report is written from.

Whatever is the same for the whole class (`Asked`, `Element`) is made once and shared by all students, so that
two thousand students cost two thousand short tuples a question, and a writer renders the shared part once.
Nothing is computed here beyond a percentage; numbers meant for people arrive as text.

Most types are named tuples: a frozen record takes longer to make, which counts for every answer of every
student.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from grader.record import record

if TYPE_CHECKING:
    from grader.language.tree import Expr

VERDICTS = (
    "correct",
    "follow_through",
    "imprecise",
    "slip",
    "misconception",
    "wrong",
    "missing",
    "unreadable",
    "manual",
)
"""Best first; a vector's verdict is the last of its elements' in this order."""

Value = float | str | tuple[float, ...] | tuple[tuple[float, ...], ...] | None
"""A number, a vector, a matrix row by row, a formula or a choice as text, or None where there is none."""


class Worked(NamedTuple):
    """The step of the worked solution that an asked quantity comes from.

    Attributes:
        quantity: what the step gives, `dL/dw2`.
        phase: `forward`, `backward` or `update`; empty for an expression that is no step of its own.
        rule: the right-hand side by name, `dL/dz2 * a1`.
        numbers: the same with the reference values put in, `-0.396496 * 0.549834`; None where that says
            nothing.
    """

    quantity: str
    phase: str
    rule: str
    numbers: str | None = None


@record
class Element:
    """One element of an asked vector or matrix: `index` as people write it, `"2"` or `"1,3"`."""

    index: str
    expected: str
    max_score: float


@record
class Asked:
    """One question of the assignment, shared by all students (and compared by identity).

    Attributes:
        problem: the problem's id.
        question: the question's id.
        ask: what is asked, as the spec writes it.
        max_score: its points.
        expected: the reference as text, at least six significant digits; None for free text.
        kind: `value`, `depends`, `choice` or `text`.
        shape: rows and columns of the quantity, (1, 1) for a number; None where it has none.
        options: the choices of a `choice` question.
        title, problem_title: headings, where the spec has them.
        rubric: what the instructor looks for in a free text.
        elements: row by row, for a vector or matrix only.
        worked: the step it comes from; None unless the caller asked for worked steps or there is none.
    """

    problem: str
    question: str
    ask: str
    max_score: float
    expected: str | None
    kind: str = "value"
    shape: tuple[int, int] | None = None
    options: tuple[str, ...] = ()
    title: str | None = None
    problem_title: str | None = None
    rubric: str | None = None
    elements: tuple[Element, ...] = ()
    worked: Worked | None = None

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Diagnosis(NamedTuple):
    """A named mistake: `step` is the quantity where it was made, `explains` the questions it accounts for.

    `repeated` says that the same mistake has been charged at another answer already.
    """

    id: str
    title: str
    step: str
    feedback: str
    confidence: float
    explains: tuple[str, ...] = ()
    repeated: bool = False


class Known(NamedTuple):
    """A number that a student had for a quantity: written by the student or given (`own`), or worked out."""

    quantity: str
    value: Value
    own: bool


class Compared(NamedTuple):
    """One step as it is and, where a wrong rule was used, as it was done, from the student's own numbers.

    Attributes:
        quantity: what the step gives.
        right, wrong: the rules, trees over the names of quantities; `wrong` is None where none is known.
        known: what stands for each name in them; nothing where no numbers lead to the answer.
        gives: what the right rule gives with these numbers; None where that is a formula.
        instead: the same of the wrong rule.
    """

    quantity: str
    right: Expr
    wrong: Expr | None
    known: tuple[Known, ...]
    gives: Value
    instead: Value


class Component(NamedTuple):
    """One element of a student's vector or matrix."""

    element: Element
    verdict: str
    score: float
    given: str | None
    reason: str | None = None
    diagnosis: Diagnosis | None = None
    alternatives: tuple[Diagnosis, ...] = ()


class Answer(NamedTuple):
    """What one student's answer to one question came to.

    `given` is the text as written (None when missing), `reason` why it is unreadable (or what is wrong with
    its shape), `read_as` a formula as it was read, `line` and `column` its place in the file (from 1) where
    it was looked up, `trouble` the offsets in `given` of what could not be read, `compared` the step that
    decides (of the mistake, else of the question), where the caller asked for it.
    `marked` is the reason of a mark that the instructor set by hand,
    empty where none was given, None where `score` is what grading found.
    """

    asked: Asked
    verdict: str
    score: float
    given: str | None
    reason: str | None = None
    read_as: str | None = None
    components: tuple[Component, ...] = ()
    diagnosis: Diagnosis | None = None
    alternatives: tuple[Diagnosis, ...] = ()
    line: int | None = None
    column: int | None = None
    trouble: tuple[int, int] | None = None
    compared: Compared | None = None
    marked: str | None = None

    @property
    def pending(self) -> bool:
        """Whether it still waits for the instructor's mark."""
        return self.verdict == "manual" and self.marked is None

    @property
    def full(self) -> bool:
        """Whether it earned all of its points; what nobody has marked yet did not."""
        return not self.pending and self.score >= self.asked.max_score


class Adjustment(NamedTuple):
    """Points that the instructor added to a student's total, or took off it, and why."""

    points: float
    reason: str


@record
class StudentReport:
    """One submission: `answers` holds every question of the assignment in its order, whatever was sent.

    `unreadable` is True when the file could not be read at all: then `errors` says why and every answer is
    `unreadable`. `notes` are what did not stop the grading: an unknown question, a second file of a student.
    `score` counts the `adjustments` too, which are in no answer.
    """

    student: str
    file: str
    score: float
    max_score: float
    answers: tuple[Answer, ...]
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: bool = False
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether some answer that is worth points still waits for the instructor's mark."""
        return any(answer.pending and answer.asked.max_score for answer in self.answers)

    @property
    def percent(self) -> float:
        """The score in percent of the maximum; 100 where there is nothing to earn."""
        return round(100.0 * self.score / self.max_score, 6) if self.max_score else 100.0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Errors and notes together, as every report lists them."""
        return self.errors + self.notes


@record
class ClassReport:
    """One assignment, all students (sorted by student id, then file).

    `ignored` are the files that lay among the submissions and are none, by their names; `sources` says of
    each place what kind of export it is, where that was found out.
    """

    assignment: str
    title: str
    max_score: float
    questions: tuple[Asked, ...]
    students: tuple[StudentReport, ...]
    ignored: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class SolvedStep(NamedTuple):
    """One step of the worked solution: `numbers` is the rule with values put in, if that says anything.

    `tree` is the rule as it was derived; a report that typesets it has no text to parse.
    """

    quantity: str
    phase: str
    rule: str
    value: Value
    numbers: str | None = None
    tree: Expr | None = None


class SolvedQuestion(NamedTuple):
    """One question and its reference answer (None for free text)."""

    id: str
    ask: str
    expected: Value


class SolvedProblem(NamedTuple):
    """A problem's given values, steps in order (forward, backward, update) and questions.

    `parameters` are the names that training moves (or would), `shapes` the sizes of all quantities before any
    training step; the first index is `index_base`.
    """

    id: str
    title: str | None
    given: tuple[tuple[str, Value], ...]
    steps: tuple[SolvedStep, ...]
    questions: tuple[SolvedQuestion, ...]
    parameters: tuple[str, ...] = ()
    shapes: Mapping[str, tuple[int, int]] = MappingProxyType({})
    index_base: int = 1


class Solution(NamedTuple):
    """The worked solution of an assignment."""

    assignment: str
    title: str
    problems: tuple[SolvedProblem, ...]
