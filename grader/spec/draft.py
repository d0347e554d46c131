"""A problem while it is read: which names exist, what they are, and where each was introduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.language.tree import name as quantity
from grader.record import field, mutable, record
from grader.source import Mark
from grader.spec.names import usable
from grader.spec.settings import Settings
from grader.spec.values import read_value

if TYPE_CHECKING:
    from grader.language import Expr
    from grader.spec.findings import Findings
    from grader.spec.model import Equation, Symbol
    from grader.spec.nodes import Node, Scalar
    from grader.spec.values import Value

Shape = tuple[int, int]


@record
class Line:
    """`name = text` before it is parsed; `scalar` and `offset` say where the text stands, if anywhere."""

    name: str
    text: str
    mark: Mark
    scalar: Scalar | None = None
    offset: int = 0


@mutable
class Draft:
    """What has been read so far.

    Attributes:
        found: takes the issues.
        settings: of this problem.
        given: names with a value.
        examples: names with a value a step, under `train:`; the value here is the first step's.
        symbols: names without a value.
        lines: the equations as they stand.
        equations: the same once they have been resolved.
        places: every name with what it is ("a given") and where.
        outer: the assignment's symbols, which a problem's own names replace.
        minimize, learning_rate, parameters: what `network:` says about training.
        implied: aliases that follow from `network:` (`yhat`, `a2`).
        shapes: sizes known so far; of equations only once they have been resolved.
        complete: whether all names could be read; otherwise an unknown name is no error of its own.
    """

    found: Findings
    settings: Settings = field(default_factory=Settings)
    given: dict[str, Value] = field(default_factory=dict)
    examples: dict[str, Value] = field(default_factory=dict)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    equations: tuple[Equation, ...] = ()
    places: dict[str, tuple[str, Mark]] = field(default_factory=dict)
    outer: dict[str, Symbol] = field(default_factory=dict)
    minimize: tuple[str, Mark] | None = None
    learning_rate: tuple[str, Mark] | None = None
    parameters: dict[str, Mark] = field(default_factory=dict)
    implied: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    complete: bool = True

    @property
    def names(self) -> frozenset[str]:
        """Every quantity that an equation may use."""
        return frozenset(self.places) | frozenset(self.outer) | frozenset(self.implied)

    @property
    def synonyms(self) -> dict[str, Expr]:
        """Names that `network:` implies for quantities of other names."""
        return {name: quantity(meant) for name, meant in self.implied.items() if name not in self.places}

    def define(self, name: str, at: Node | Mark, kind: str) -> bool:
        """Introduce a name; False, and reported, when it cannot be one or exists already."""
        if not usable(self.found, at, name):
            return False
        if name in self.places:
            before, mark = self.places[name]
            if before == kind:
                message = f'"{name}" is defined twice, first in line {mark.line}'
            else:
                message = f'"{name}" is {before} in line {mark.line} already and cannot be {kind} too'
            self.found.error(at, message)
            return False
        self.outer.pop(name, None)
        self.places[name] = (kind, at if isinstance(at, Mark) else at.mark)
        return True

    def give(self, name: str, at: Node | Mark, node: Node) -> Shape | None:
        """Introduce a name with the value at a node; its shape, or None when that cannot be read."""
        value = read_value(self.found, node, name)
        if not self.define(name, at, "a given") or value is None:
            return None
        self.given[name] = value
        self.shapes[name] = value.shape
        return value.shape

    def add_symbol(self, symbol: Symbol, at: Node | Mark) -> None:
        """Introduce a name without a value."""
        if self.define(symbol.name, at, "a symbol"):
            self.symbols[symbol.name] = symbol
            self.shapes[symbol.name] = symbol.shape

    def known_shape(self, name: str) -> Shape | None:
        """The size of a name that stands outside the equations, None when there is no such name."""
        if name in self.outer:
            return self.outer[name].shape
        return self.shapes.get(name)

    def equation(self, name: str, text: str, mark: Mark) -> None:
        """Add an equation that follows from `network:`."""
        if self.define(name, mark, "an equation"):
            self.lines.append(Line(name, text, mark))
