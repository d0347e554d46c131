"""A Moodle grading worksheet: grade and feedback are filled, as Moodle's offline import reads it.

moodle, mod/assign/feedback/offline/importgradeslib.php: the columns are found by names in the language of the
course, so that they are told here by what they hold. `Participant 40312` identifies a row in any language,
and the grade is the column that another one, `Last modified (grade)`, has in brackets.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from grader.report.gradebooks.fill import Filled, Layout, fill
from grader.report.gradebooks.table import Table, read
from grader.report.model import ClassReport, StudentReport
from grader.report.numbers import out_of
from grader.report.platforms.words import Reveal, adjusted, clean, in_words, lines
from grader.report.refused import ReportRefusedError
from grader.report.safe import terminal

_PARTICIPANT = re.compile(r"\D+?\s*(\d+)")
_IN_BRACKETS = re.compile(r".*\((?P<name>[^()]+)\)")
_FEEDBACK = re.compile("feedback|comment|kommentar|comentario", re.IGNORECASE)
_LOCKED = frozenset({"no", "nein", "non"})
_OTHER = ("id number", "email address", "username")
_LOST = "the grade can no longer be changed"


def render(
    report: ClassReport,
    data: bytes,
    column: str | None = None,
    reveal: Reveal = "feedback",
    *,
    force: bool = False,
) -> Filled:
    """The worksheet with grades and feedback filled in.

    Args:
        report: the class.
        data: the instructor's worksheet.
        column: the name of the column with the grades; found where it is None.
        reveal: how much of the feedback students see.
        force: whether other grades that stand there already may be replaced.

    Raises:
        ReportRefusedError: it is no such worksheet, or cannot be filled.
    """
    table = read(data)
    names = [name.casefold() for name in table.header()]
    identifier, grade = _identifier(table), _grade(table.header(), column)
    possible = table.cell(1, grade + 1) if len(table.rows) > 1 else ""
    if possible and not re.fullmatch(r"\d+([.,]\d+)?", possible):
        raise ReportRefusedError(f'is graded on the scale "{terminal(possible, 60)}"; expected points')

    def kept(row: int) -> str | None:
        return _LOST if table.cell(row, grade + 2).casefold() in _LOCKED else None

    keys = (identifier, *(names.index(name) for name in _OTHER if name in names))
    feedback = _feedback_column(table.header(), grade)
    layout = Layout(
        rows=tuple(range(1, len(table.rows))),
        keys=keys,
        numbers=_numbers(table, identifier),
        names=(identifier + 1,) if len(names) > identifier + 1 != grade else (),
        column=grade,
        possible=possible,
        kept=kept,
        feedback=None if feedback is None else (feedback, lambda student: _feedback(student, reveal)),
    )
    done = fill(report, table, layout, force=force)
    return done if feedback is not None else done._replace(notes=(*done.notes, "has no column for feedback"))


def _identifier(table: Table) -> int:
    """The column of which every row is `Participant <number>`, in whatever language."""
    rows = range(1, len(table.rows))
    for column in range(len(table.header())):
        if rows and all(_PARTICIPANT.fullmatch(table.cell(row, column)) for row in rows):
            return column
    raise ReportRefusedError(
        "is no grading worksheet of Moodle: expected a first line and a column with `Participant <number>`"
    )


def _numbers(table: Table, identifier: int) -> dict[str, int]:
    """The rows by the participant's number alone."""
    found = {}
    for row in range(1, len(table.rows)):
        match = _PARTICIPANT.fullmatch(table.cell(row, identifier))
        if match is not None:
            found[match[1]] = row
    return found


def _grade(names: Sequence[str], column: str | None) -> int:
    """The column with the grades: the one that is named, or that another one has in brackets."""
    folded = [name.casefold() for name in names]
    inside = {found["name"].casefold() for name in names if (found := _IN_BRACKETS.fullmatch(name))}
    wanted = inside if column is None else {column.casefold()}
    places = [at for at, name in enumerate(folded) if name in wanted]
    if len(places) == 1:
        return places[0]
    if column is not None:
        raise ReportRefusedError(f'has no column "{terminal(column)}"')
    raise ReportRefusedError(
        "is no grading worksheet of Moodle: expected the columns Grade and Last modified (grade)"
    )


def _feedback_column(names: Sequence[str], grade: int) -> int | None:
    """The column for comments, which the importer never takes from the first place."""
    found = [at for at, name in enumerate(names) if at > grade and _FEEDBACK.search(name)]
    return found[-1] if found else None


def _feedback(student: StudentReport, reveal: Reveal) -> str:
    """HTML in ASCII, which every encoding has: a paragraph for what was adjusted, one a lost point."""
    said = list(map(adjusted, student.adjustments))
    for answer in student.answers:
        if answer.full and not answer.marked:
            continue
        name = f"{answer.asked.problem}/{answer.asked.question}"
        parts = [f"{label}: {text}" for label, text in lines(answer, reveal)]
        earned = out_of(answer.score, answer.asked.max_score)
        said.append("; ".join([f"{name}: {earned}, {in_words(answer)}", *parts]))
    paragraphs = "".join(f"<p>{html.escape(clean(text))}</p>" for text in said)
    return paragraphs.encode("ascii", "xmlcharrefreplace").decode()
