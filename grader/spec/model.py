"""What a spec means once it has been read: the types that every other room works with.

Only data is here: loading is in `loader.py` and its neighbours. All of it is frozen and picklable, and the
mappings (plain dicts) are never changed after loading. Every number stands in a :data:`Matrix` of rank two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from grader.record import field, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language import Expr
    from grader.source import Mark

Kind = Literal["value", "depends", "choice", "text"]
LogBase = Literal["e", 10, 2]

Matrix = tuple[tuple[float, ...], ...]
"""Rows of plain floats. A number is ((v,),), a vector a column, so shape (n, 1)."""

Written = str | tuple["Written", ...]
"""A value as the instructor wrote it: a number's text, a list, or a list of lists."""


@record
class Tolerance:
    """How far a right answer may lie off; of several bounds the widest wins.

    Attributes:
        abs: absolute bound, in units of the quantity.
        rel: relative bound, a fraction of the expected value (0.001 is one per mille).
        decimals: half a unit of this decimal place.
        sigfigs: half a unit of this significant digit.
        rounding: whether a value rounded to the places written is right (*rounding as written*).
        min_sigfigs: how many significant digits rounding as written asks for.
    """

    abs: float | None = None
    rel: float | None = None
    decimals: int | None = None
    sigfigs: int | None = None
    rounding: bool = True
    min_sigfigs: int = 2


DEFAULT_TOLERANCE = Tolerance(rel=1e-3)


@record
class Credit:
    """The fraction (0 to 1) of a question's points that each verdict earns."""

    follow_through: float = 1.0
    misconception: float = 0.5
    slip: float = 0.5
    cut_off: float = 1.0
    imprecise: float = 0.5
    repeated: float = 1.0


@record
class Symbol:
    """A name without a value, sampled from [low, high]; `ranged` is False where no range was written."""

    name: str
    low: float = -2.0
    high: float = 2.0
    shape: tuple[int, int] = (1, 1)
    ranged: bool = False


@record
class Equation:
    """`name = expr`; `text` is the right-hand side as written or as the expansion states it."""

    name: str
    expr: Expr
    text: str
    mark: Mark


@record
class Optimizer:
    """An entry of `optimizers.OPTIMIZERS` with its constants, defaults filled in."""

    name: str = "sgd"
    constants: Mapping[str, float] = field(default_factory=dict)


@record
class Train:
    """How the parameters move.

    Attributes:
        minimize: the quantity whose gradient is meant by g; None when nothing is minimised.
        learning_rate: the given that is η; None when the update rule needs none.
        parameters: the names that move, in the order written.
        optimizer: used when `update` is empty.
        update: a rule of the course's own, line by line, over w, g, t, the states and the problem's names;
            the line that begins with w gives the parameter.
        state: state name -> parameter -> where it starts; a state that is not named starts at zeros.
        examples: step k uses the k-th (again from the first when they run out) in place of the givens.
    """

    minimize: str | None
    learning_rate: str | None
    parameters: tuple[str, ...]
    optimizer: Optimizer = field(default_factory=Optimizer)
    update: tuple[Equation, ...] = ()
    state: Mapping[str, Mapping[str, Matrix]] = field(default_factory=dict)
    examples: tuple[Mapping[str, Matrix], ...] = ()


@record
class Question:
    """One thing that is asked.

    Attributes:
        id: unique in its problem.
        kind: how it is judged.
        ask: the quantity as written; for choice and text questions the wording, or "" when there is none.
        expr: the tree of `ask`, aliases still in it; None for choice and text.
        points: what it is worth, at least 0.
        options: of a choice, as written.
        answer: of a choice, one of the options.
        rubric: of a text question.
    """

    id: str
    kind: Kind
    ask: str
    expr: Expr | None
    points: float
    tolerance: Tolerance
    credit: Credit
    title: str | None
    options: tuple[str, ...]
    answer: str | None
    rubric: str | None
    mark: Mark


@record
class CourseRule:
    """An entry under `misconceptions:`, its fields as written; judging it belongs to the catalogue."""

    fields: Mapping[str, str]
    marks: Mapping[str, Mark]
    mark: Mark


@record
class Problem:
    """A graph of equations, how it is trained, and what is asked about it.

    Attributes:
        given: every name with a value (a name under `train.examples` has its first value here).
        given_text: the same values as written.
        symbols: every name without a value.
        equations: in the order written, which may be any.
        aliases: name -> tree (an element, an expression); `yhat` is one where the last layer's output has
            another name.
        alias_text: the same as written, and the formulas under `phrases`.
        index_base: what the first index is, 0 or 1; trees keep indices as written.
        log_base: what `log` and `ln` mean.
        at_zero: function (`step`, `relu'`) -> its value at zero, where it differs from the usual one.
        misconceptions: the course's own.
        shapes: of every given, symbol and equation, (rows, columns).
        phrases: aliases that are formulas, as written -> what they stand for.
    """

    id: str
    title: str | None
    given: Mapping[str, Matrix]
    given_text: Mapping[str, Written]
    symbols: Mapping[str, Symbol]
    equations: tuple[Equation, ...]
    train: Train | None
    questions: tuple[Question, ...]
    aliases: Mapping[str, Expr]
    alias_text: Mapping[str, str]
    index_base: int
    log_base: LogBase
    at_zero: Mapping[str, float]
    misconceptions: tuple[CourseRule, ...]
    shapes: Mapping[str, tuple[int, int]]
    mark: Mark
    phrases: Mapping[str, Expr] = field(default_factory=dict)


@record
class Assignment:
    """A spec file. `id` is the file's stem, `path` the file as it was named."""

    id: str
    title: str | None
    path: str
    problems: tuple[Problem, ...]
    decimal_comma: bool = False
