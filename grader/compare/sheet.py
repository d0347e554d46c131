"""A class's answers to one question, read: numbers as arrays, formulas as trees, the rest with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.compare.judge import Written
from grader.compare.reader import Cell, FormulaReader, has_more, last_text
from grader.language.shapes import NUMBER, show_shape
from grader.record import field, mutable, record
from grader.submission.model import Refused
from grader.submission.numerals import EXACT_SIGFIGS, explain_number, parse_list, parse_number, parse_tuple
from grader.submission.separators import about_comma, in_typed_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.language.answer import Member
    from grader.language.shapes import Shape
    from grader.language.tree import Expr
    from grader.spec.model import Question
    from grader.submission.model import Given, Raw

_MANY = EXACT_SIGFIGS
ABSENT: Cell = (0.0, 0.0, _MANY, 0, False)
_BARE_NUMBER = frozenset("0123456789.,-+eE−%/ ")


class Formula(NamedTuple):
    """An answer, or an element of one, written as an expression."""

    student: int
    place: Place | None
    text: str
    expr: Expr


_NONE = np.zeros((1, 1, 0, 1))
_NOTHING = Written(_NONE, _NONE, _NONE, _NONE, _NONE > 0)


@mutable
class Sheet:
    """One question's answers.

    Args:
        question: what was asked.
        shape: (rows, columns) of the answer.
        given: what each student wrote, None where nothing.
        formulas: the answers that are expressions.
        reasons: (student, element or None) -> why it could not be read.
        misshapen: student -> why the size is wrong.
        chains: (student, element or None) -> an answer of several members, equal to each other or not.
        troubles: (student, element or None) -> where in the text the reason is.
        listed: student -> the elements of a vector or matrix in LaTeX, or behind a calculation.
        transposed: students whose answer has the size of the transpose (and is stored the right way round).
        written: the numbers.
    """

    question: Question
    shape: Shape
    given: list[Given | dict[Place, Given] | None]
    formulas: list[Formula] = field(default_factory=list)
    reasons: dict[tuple[int, Place | None], str] = field(default_factory=dict)
    misshapen: dict[int, str] = field(default_factory=dict)
    chains: dict[tuple[int, Place | None], tuple[str, tuple[Member, ...]]] = field(default_factory=dict)
    troubles: dict[tuple[int, Place | None], tuple[int, int]] = field(default_factory=dict)
    listed: dict[int, Raw] = field(default_factory=dict)
    transposed: set[int] = field(default_factory=set)
    written: Written = _NOTHING

    @property
    def size(self) -> int:
        """The number of students."""
        return len(self.given)


def read_sheet(
    question: Question,
    shape: Shape,
    given: list[Given | dict[Place, Given] | None],
    reader: FormulaReader,
    *,
    decimal_comma: bool,
) -> Sheet:
    """Read a class's answers to one question."""
    sheet = Sheet(question, shape, given)
    if shape == NUMBER:
        _read_numbers(sheet, reader, decimal_comma=decimal_comma)
    else:
        _read_arrays(sheet, reader, decimal_comma=decimal_comma)
    return sheet


def _read_numbers(sheet: Sheet, reader: FormulaReader, *, decimal_comma: bool) -> None:
    rows: list[Cell] = []
    cells = _Cells(sheet, reader, decimal_comma)
    known = reader.numbers
    for student, given in enumerate(sheet.given):
        row = known.get(given) if type(given) is str else ABSENT if given is None else None
        rows.append(cells.number(student, given) if row is None and given is not None else row or ABSENT)
    value, half, decimals, sigfigs, present = zip(*rows, strict=True) if rows else ((),) * 5
    sheet.written = Written(
        _column(value), _column(half), _column(decimals), _column(sigfigs), _column(present) > 0
    )


def _column(values: Sequence[float]) -> NDArray[np.float64]:
    return np.array(values, dtype=float).reshape(1, 1, -1, 1)


def _read_arrays(sheet: Sheet, reader: FormulaReader, *, decimal_comma: bool) -> None:
    table = np.zeros((5, *sheet.shape, sheet.size, 1))
    table[2] = _MANY
    cells = _Cells(sheet, reader, decimal_comma)
    for student, given in enumerate(sheet.given):
        if given is None:
            continue
        for place, raw in cells.elements(student, given).items():
            table[:, place[0], place[1], student, 0] = cells.cell(student, place, raw)
    sheet.written = Written(table[0], table[1], table[2], table[3], table[4] > 0)


@record
class _Cells:
    """Reads single answers into a sheet; what cannot be a number is noted there."""

    sheet: Sheet
    reader: FormulaReader
    decimal_comma: bool

    def number(self, student: int, given: Given | dict[Place, Given]) -> Cell:
        """A whole answer where a number is asked."""
        no_number = None
        if type(given) is str:
            if self.remember(given):
                return self.reader.numbers[given]
            no_number = given
        if isinstance(given, dict):
            given = next(iter(given.values()))
        raw = self._plain(student, None, given)
        if isinstance(raw, str) and about_comma(raw.strip("() ")) is None:
            raw = self._in_parentheses(student, raw) or raw
        while isinstance(raw, tuple) and len(raw) == 1:
            raw = raw[0]
        if isinstance(raw, tuple):
            self.sheet.misshapen[student] = f"a number was asked, this is {_size_in_words(raw)}"
            return ABSENT
        if no_number is not None and raw is no_number:
            return self._formula_or_chain(student, None, no_number)
        return ABSENT if raw is None else self.cell(student, None, raw)

    def remember(self, text: str) -> bool:
        """Whether a text is a number; a class writes the same ones over and over."""
        if text in self.reader.numbers:
            return True
        numeral = parse_number(text, decimal_comma=self.decimal_comma)
        if numeral is None:
            return False
        value, half, decimals, sigfigs, _ = numeral
        self.reader.numbers[text] = (value, half, _MANY if decimals is None else decimals, sigfigs, True)
        return True

    def cell(self, student: int, place: Place | None, raw: Given) -> Cell:
        """One number or formula."""
        if isinstance(raw, Refused):
            self.sheet.reasons[(student, place)] = raw.reason
            return ABSENT
        if isinstance(raw, tuple):
            self.sheet.reasons[(student, place)] = "a list stands where one number is expected"
            return ABSENT
        if self.remember(raw):
            return self.reader.numbers[raw]
        return self._formula_or_chain(student, place, raw)

    def _formula_or_chain(self, student: int, place: Place | None, raw: str) -> Cell:
        if has_more(raw):
            return self._last(student, place, raw)
        if raw.strip():
            self._formula(student, place, raw)
        return ABSENT

    def _last(self, student: int, place: Place | None, raw: str) -> Cell:
        """The last member of equalities, or a number in LaTeX."""
        if "," in raw and self.remember(typed := in_typed_marks(raw)):
            return self.reader.numbers[typed]
        members = self._members(student, place, raw)
        if members is None:
            return ABSENT
        written = raw[members[-1].start : members[-1].end]
        if "(" not in written and "frac" not in written:  # otherwise it is no number: quick to see
            text = last_text(raw, members)
            if self.remember(text):
                return self.reader.numbers[text]
        self._formula(student, place, raw)
        return ABSENT

    def _members(self, student: int, place: Place | None, raw: str) -> tuple[Member, ...] | None:
        members = self.reader.chain(raw)
        if isinstance(members, str):
            self._refuse(student, place, raw, members)
            return None
        if len(members) > 1:
            self.sheet.chains[(student, place)] = (raw, members)
        return members

    def _refuse(self, student: int, place: Place | None, text: str, reason: str) -> None:
        self.sheet.reasons[(student, place)] = reason
        if text in self.reader.troubles:
            self.sheet.troubles[(student, place)] = self.reader.troubles[text]

    def elements(self, student: int, given: Given | dict[Place, Given]) -> dict[Place, Given]:
        """A whole answer where a vector or matrix is asked, element by element."""
        if isinstance(given, dict):
            return given
        raw = self._plain(student, None, given)
        if isinstance(raw, str):
            raw = self._in_parentheses(student, raw) or raw
        if raw is None:
            return {}
        if isinstance(raw, str):
            self._whole(student, raw)
            return {}
        grid = self._grid(student, raw)
        return {} if grid is None else self._fitted(student, grid, flat=all(isinstance(r, str) for r in raw))

    def _plain(self, student: int, place: Place | None, given: Given) -> Raw | None:
        if isinstance(given, Refused):
            self.sheet.reasons[(student, place)] = given.reason
            return None
        if isinstance(given, str):
            if given.lstrip()[:1] == "[":
                listed = parse_list(given, decimal_comma=self.decimal_comma)
                if listed is not None:
                    return listed
            if ("[" in given or "begin" in given) and has_more(given):
                return self._listed(student, place, given)
        return given

    def _in_parentheses(self, student: int, text: str) -> Raw | None:
        """``(14, 32)`` as a list, also in LaTeX or behind an equals sign."""
        if "(" not in text or not {",", ";"} & set(text):
            return None
        members = self._members(student, None, text) if has_more(text) else None
        last = text if members is None else last_text(text, members)
        return parse_tuple(last, decimal_comma=self.decimal_comma)

    def _listed(self, student: int, place: Place | None, given: str) -> Raw | None:
        """What is a list behind its LaTeX, or behind an equals sign, as the texts of its elements."""
        members = self._members(student, place, given)
        if members is None:
            return None
        listed = self.reader.listed(given, members) or parse_list(
            last_text(given, members), decimal_comma=self.decimal_comma
        )
        if listed and place is None:
            self.sheet.listed[student] = listed
        return listed or given

    def _whole(self, student: int, text: str) -> None:
        members = self._members(student, None, text) if has_more(text) else None
        last = text if members is None else last_text(text, members)
        if last.count(",") > self.decimal_comma and _BARE_NUMBER.issuperset(last):
            self.sheet.reasons[(student, None)] = f"`{last}` has no brackets; write a list as `[0.5, 0.25]`"
        elif parse_number(last, decimal_comma=self.decimal_comma) is not None:
            self.sheet.misshapen[student] = f"{show_shape(self.sheet.shape)} was asked, this is a number"
        elif text.strip():
            self._formula(student, None, text)

    def _formula(self, student: int, place: Place | None, text: str) -> None:
        if _BARE_NUMBER.issuperset(text) and any(c.isdigit() for c in text) and "/" not in text[1:]:
            typed = in_typed_marks(text)
            reason = explain_number(typed, decimal_comma=self.decimal_comma)
            found: Expr | str = self.reader.read(text) if _has_operator(text) else reason
        else:
            found = self.reader.read(text)
        if isinstance(found, str):
            self._refuse(student, place, text, found)
        else:
            self.sheet.formulas.append(Formula(student, place, text, found))

    def _grid(self, student: int, raw: tuple[Raw, ...]) -> list[list[Raw]] | None:
        if not raw:
            self.sheet.misshapen[student] = f"{show_shape(self.sheet.shape)} was asked, this is an empty list"
            return None
        if all(isinstance(r, str) for r in raw):
            return [[r] for r in raw]
        rows: list[list[Raw]] = [list(r) if isinstance(r, tuple) else [r] for r in raw]
        if len({len(r) for r in rows}) > 1 or any(isinstance(r, str) for r in raw):
            self.sheet.reasons[(student, None)] = "the rows of this matrix have different lengths"
            return None
        return rows

    def _fitted(self, student: int, grid: list[list[Raw]], *, flat: bool) -> dict[Place, Given]:
        rows, columns = len(grid), len(grid[0])
        shape = self.sheet.shape
        turned: dict[Place, Given] = {(i, j): grid[j][i] for j in range(rows) for i in range(columns)}
        straight: dict[Place, Given] = {(i, j): grid[i][j] for i in range(rows) for j in range(columns)}
        if (rows, columns) == shape:
            return straight
        if (columns, rows) == shape:
            if 1 not in shape:
                self.sheet.transposed.add(student)
            return turned
        shown = f"a list of {rows}" if flat else show_shape((rows, columns))
        self.sheet.misshapen[student] = f"{show_shape(shape)} was asked, this is {shown}"
        return {}


def _has_operator(text: str) -> bool:
    return any(c in text[1:] for c in "+-*/^") and "e" not in text.lower()


def _size_in_words(raw: tuple[Raw, ...]) -> str:
    if not raw:
        return "an empty list"
    if isinstance(raw[0], tuple):
        return show_shape((len(raw), len(raw[0]))) if len(raw[0]) > 1 or len(raw) > 1 else "a list"
    return f"a list of {len(raw)}"
