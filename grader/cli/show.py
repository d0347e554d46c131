"""`grade show`: one student's report."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.examples import examples
from grader.cli.failures import told
from grader.cli.options import marks_option

if TYPE_CHECKING:
    from grader.report.model import StudentReport
    from grader.report.terminal import Look


@click.command(epilog=examples("grade show specs/hw1.yaml submissions/hw1/s17.yaml"))
@click.argument("spec", type=click.Path(exists=True, dir_okay=False))
@click.argument("submission", type=click.Path(exists=True, dir_okay=False))
@marks_option
@click.option("--network", is_flag=True, help="Draw the network first, with the path of a mistake.")
def show(spec: str, submission: str, marks_path: str | None, *, network: bool) -> None:
    """Show one student's report, question by question.

    Beside each mistake stands the worked step: its rule, the rule with the numbers put in, and with the
    student's own numbers where the mistake was made earlier.
    """
    from grader.cli import marks
    from grader.report.terminal import Look, render_student
    from grader.run import grade_assignment

    by_hand = marks.load(marks_path, spec)
    with told():
        report = grade_assignment(spec, [submission], worked=True)
    [report] = marks.merged([report], by_hand)
    look = Look.of(sys.stdout, os.environ)
    for student in report.students:
        if network:
            _draw(spec, student, look)
        sys.stdout.write(render_student(report, student, look))


def _draw(spec: str, student: StudentReport, look: Look) -> None:
    """Prints the network of each problem."""
    from grader.report.terminal.network import render_network
    from grader.run import solve_assignment

    with told():
        solution = solve_assignment(spec)
    for problem in solution.problems:
        sys.stdout.write(render_network(problem, student.answers, look))
