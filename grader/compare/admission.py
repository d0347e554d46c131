"""Which formulas can be judged at all: what speaks against one before it is evaluated, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.compare.evaluation import FormulaCell, Formulas, NumberFormulas
from grader.compare.judge import Written
from grader.engine import names
from grader.engine.steps import Target
from grader.errors import ExpressionError
from grader.language.shapes import NUMBER, Shape, show_shape
from grader.submission.numerals import EXACT_SIGFIGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grader.compare.match import Place
    from grader.compare.prepared import Prepared
    from grader.compare.reader import FormulaReader
    from grader.compare.sheet import Formula, Sheet

    Array = NDArray[np.float64]

_NAMES_ITSELF = "the formula names the very quantity that is asked"
_REPEATS = "the formula repeats the question"
_NOWHERE_REAL = "could not decide: there are too few points where this formula and the right one are real"
_NOT_FINITE = "this formula has no finite value for the numbers of the problem"


def admitted(ready: Prepared, sheets: Mapping[str, Sheet], reader: FormulaReader) -> Formulas:
    """The formulas that can be evaluated; the others get their reason in their sheet."""
    cells: list[FormulaCell] = []
    groups: list[NumberFormulas] = []
    for q, i in enumerate(ready.order):
        sheet = sheets[i]
        plain = [f for f in sheet.formulas if f.text in reader.numbered]
        groups += _plain(q, ready.targets[q], sheet, plain, reader)
        for f in sheet.formulas:
            if f.text not in reader.numbered:
                cells += _other(q, ready.targets[q], sheet, f, reader)
    return Formulas(cells, groups, reader.plain.batch, ready.problem)


def _plain(
    q: int, target: Target, sheet: Sheet, formulas: Sequence[Formula], reader: FormulaReader
) -> Iterator[NumberFormulas]:
    """Formulas in plain numbers, by the element that they answer."""
    asked = target.shown.name if target.shown is not None and target.shown.time == 0 else None
    repeating = reader.plain.batch.naming(asked)
    repeatable = target.shown is None and target.node is not None
    by_place: dict[Place | None, list[tuple[int, int]]] = {}
    for f in formulas:
        number = reader.numbered[f.text]
        if f.place is None:
            if repeating[number]:
                sheet.reasons[(f.student, None)] = _NAMES_ITSELF
                continue
            if sheet.shape != NUMBER:
                sheet.misshapen[f.student] = _sizes(sheet.shape, NUMBER)
                continue
        if repeatable and f.expr == target.expr:
            sheet.reasons[(f.student, f.place)] = _REPEATS
            continue
        by_place.setdefault(f.place, []).append((f.student, number))
    for place, found in by_place.items():
        students, numbers = np.array(found, dtype=np.intp).T
        yield NumberFormulas(q, place, students, numbers)


def _other(q: int, target: Target, sheet: Sheet, f: Formula, reader: FormulaReader) -> Iterator[FormulaCell]:
    """A formula with sizes, derivatives or later values in it, if nothing speaks against it."""
    found = reader.targets[f.text]
    if isinstance(found, ExpressionError):
        sheet.reasons[(f.student, f.place)] = found.message + (f" ({found.hint})" if found.hint else "")
        return
    if found is None:
        return
    asked = sheet.shape if f.place is None else NUMBER
    if target.shown is not None and target.shown in found.nodes and f.place in (None, found.place):
        sheet.reasons[(f.student, f.place)] = _NAMES_ITSELF
    elif target.shown is None and target.node is not None and found.expr == target.expr:
        sheet.reasons[(f.student, f.place)] = _REPEATS
    elif found.shape != asked and not (found.shape == asked[::-1] and 1 in asked):
        sheet.misshapen[f.student] = _sizes(asked, found.shape)
    else:
        timed = tuple((names.timed(n.name, n.time), n) for n in found.nodes)
        yield FormulaCell(q, f.student, f.place, found.expr, timed)


def _sizes(asked: Shape, given: Shape) -> str:
    return f"{show_shape(asked)} was asked, this formula gives {show_shape(given)}"


def with_room(written: Sequence[Written], formulas: Formulas, points: int) -> list[Written]:
    """Arrays in which a formula's values at all points have room, and are present."""
    out = list(written)
    for q in formulas.questions():
        w = out[q]
        out[q] = Written(
            np.array(np.broadcast_to(w.value, (*w.value.shape[:3], points))),
            w.half,
            w.decimals.copy(),
            w.sigfigs.copy(),
            w.present.copy(),
        )
    for group in formulas.groups:
        _mark(out[group.question], group.at)
    for cell in formulas.cells:
        at = (slice(None), slice(None)) if cell.place is None else cell.place
        _mark(out[cell.question], (*at, cell.student))
    return out


def _mark(written: Written, at: tuple[object, ...]) -> None:
    written.present[at] = True  # type: ignore[index]
    written.sigfigs[at] = EXACT_SIGFIGS  # type: ignore[index]
    written.decimals[at] = EXACT_SIGFIGS  # type: ignore[index]


def doubtful(
    formulas: Formulas, filled: Sequence[Written], *, points: bool
) -> Iterator[tuple[int, int, Place | None, str, bool]]:
    """Formulas that are not finite: question, student, place, why, and whether that leaves them undecided.

    One that is nowhere real and finite where the right one is cannot be decided.

    Args:
        formulas: what was evaluated.
        filled: what was written, with their values.
        points: whether there are points at which the worked solution is real and finite.
    """
    for question, student, place, part, varies in _evaluated(formulas, filled, everything=not points):
        good = np.isfinite(part).reshape(-1, part.shape[-1]).all(axis=0)
        if not points or (part.shape[-1] > 1 and varies and not good.all()):
            yield question, student, place, _NOWHERE_REAL, True
        elif not good.all():
            yield question, student, place, _NOT_FINITE, False


def _evaluated(
    formulas: Formulas, filled: Sequence[Written], *, everything: bool
) -> Iterator[tuple[int, int, Place | None, Array, bool]]:
    """Formulas' places and values, and whether there are names in them; plain ones that are finite may go."""
    for group in formulas.groups:
        values = filled[group.question].value[group.at]
        bad = ~np.isfinite(values).all(axis=-1) | everything
        for k in np.flatnonzero(bad).tolist():
            varies = bool(formulas.batch.names_in(group.formulas[k]))
            yield group.question, int(group.students[k]), group.place, values[k], varies
    for cell in formulas.cells:
        part = filled[cell.question].value[:, :, cell.student]
        part = part if cell.place is None else part[cell.place]
        yield cell.question, cell.student, cell.place, part, bool(cell.names)
