"""`grade diff`: what changed between two runs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grader.cli.examples import examples
from grader.cli.failures import Refused, told

if TYPE_CHECKING:
    from grader.report.results import Results

_FILE = click.Path(exists=True, dir_okay=False)
_LARGEST = 1_000_000_000


@click.command(
    epilog=examples("grade diff before.json after.json", "grade diff before.json after.json --csv diff.csv")
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--json", "json_path", metavar="FILE", help="Write it as JSON; - is standard output.")
@click.option("--csv", "csv_path", metavar="FILE", help="Write it as a table.")
@click.option("--strict", is_flag=True, help="Exit with 1 when somebody's total changed.")
@click.option("--quiet", "-q", is_flag=True, help="Print no report.")
@click.pass_context
def diff(
    context: click.Context,
    /,
    old: str,
    new: str,
    *,
    json_path: str | None,
    csv_path: str | None,
    strict: bool,
    quiet: bool,
) -> None:
    """Show whose marks change between two results files, and why.

    OLD and NEW are what `grade run --json` wrote before and after: the spec, a submission, the marks by hand
    or this program may have changed between them.
    """
    from grader.cli import files
    from grader.cli.together import together
    from grader.report.difference import compare, csv_difference, json_difference
    from grader.report.refused import ReportRefusedError

    wanted = [("--json", json_path, json_difference.render), ("--csv", csv_path, csv_difference.render)]
    given = [(option, path, render) for option, path, render in wanted if path is not None]
    for option, path, _ in given:
        files.check_file(option, path, [old, new])
    before, after = _load(old), _load(new)
    try:
        difference = compare(before, after)
    except ReportRefusedError as error:
        raise Refused(f"grade: {error}") from error
    with together() as ready:
        for _, path, render in given:
            ready.write(path, render(difference))
        ready.put()
    if not quiet and not any(path == files.STANDARD_OUTPUT for _, path, _ in given):
        from grader.report.terminal import Look
        from grader.report.terminal.difference import render_difference

        sys.stdout.write(render_difference(difference, Look.of(sys.stdout, os.environ)))
    if strict and difference.moved:
        context.exit(1)


def _load(path: str) -> Results:
    from grader.report import results
    from grader.report.refused import ReportRefusedError
    from grader.report.safe import terminal
    from grader.submission.encoding import read_bytes

    try:
        with told():
            return results.load(read_bytes(path, _LARGEST))
    except ReportRefusedError as error:
        raise Refused(f"grade: {terminal(path)} {error}") from error
