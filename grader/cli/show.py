"""`grade show`: one student's report, with the network drawn; or the networks of a spec alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.examples import examples
from grader.cli.failures import Refused, told
from grader.cli.options import marks_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.report.model import Answer
    from grader.report.terminal import Look, Network


@click.command(
    epilog=examples("grade show specs/hw1.yaml submissions/hw1/s17.yaml", "grade show specs/hw1.yaml")
)
@click.argument("spec", type=click.Path(exists=True, dir_okay=False))
@click.argument("submission", required=False, type=click.Path(exists=True, dir_okay=False))
@marks_option
@click.option(
    "--network/--no-network",
    default=None,
    help="Draw every network, or none; otherwise those are drawn whose layers fit beside each other.",
)
def show(spec: str, submission: str | None, marks_path: str | None, *, network: bool | None) -> None:
    """Show one student's report, or the network alone.

    Beside each mistake stands the worked step: its rule, the rule with the numbers put in, and with the
    student's own numbers where the mistake was made earlier. In the network, ! marks the unit or weight where
    a mistake was made, > what was worked out from it.
    """
    from grader.cli import marks
    from grader.report.terminal import Look, render_networks, render_student
    from grader.run import grade_assignment

    look = Look.of(sys.stdout, os.environ)
    if submission is None:
        if network is False:
            raise Refused("grade: --no-network: expected a submission to show")
        sys.stdout.write(render_networks(_networks(spec), look))
        return
    by_hand = marks.load(marks_path, spec)
    with told():
        report = grade_assignment(spec, [submission], worked=True)
    [report] = marks.merged([report], by_hand)
    drawn = [] if network is False else _networks(spec)
    for student in report.students:
        shown = drawn if network else [n for n in drawn if _is_worth(n, student.answers, look)]
        sys.stdout.write(render_student(report, student, look, shown))


def _networks(spec: str) -> list[Network]:
    """The network of each problem that has more than one unit."""
    from grader.report.terminal import Network
    from grader.run import solve_assignment

    with told():
        solution = solve_assignment(spec)
    networks = map(Network, solution.problems)
    return [network for network in networks if len(network.graph.units) > 1]


def _is_worth(network: Network, answers: Sequence[Answer], look: Look) -> bool:
    """Whether it is drawn unasked: layers with weights between them, all beside each other."""
    return network.layered and network.fits(answers, look.width - 2)
