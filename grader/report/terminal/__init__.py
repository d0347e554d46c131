"""Reports for people, drawn with rich: the class, the questions, one student.

`Look` says how wide and how plain; every function here returns text, the command line writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from grader.report.model import ClassReport, StudentReport
from grader.report.terminal.classroom import class_table, remarks
from grader.report.terminal.look import Look, draw
from grader.report.terminal.mistakes import commonest
from grader.report.terminal.network import Network, render_networks
from grader.report.terminal.questions import question_reports
from grader.report.terminal.student import student_report

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Look", "Network", "render_class", "render_networks", "render_student"]


def render_class(report: ClassReport, look: Look) -> str:
    """The class table, what was remarked about the files, a report a question, the commonest mistakes."""
    return draw(_class(report, look), look)


def _class(report: ClassReport, look: Look) -> Iterable[RenderableType]:
    yield from class_table(report, look)
    yield from remarks(report)
    yield from question_reports(report, look)
    yield from commonest(report)


def render_student(
    report: ClassReport, student: StudentReport, look: Look, networks: Sequence[Network] = ()
) -> str:
    """One student's report, question by question, with some of the problems' networks drawn."""
    drawn = {network.problem.id: network for network in networks}
    return draw(student_report(report, student, drawn, look.width), look)
