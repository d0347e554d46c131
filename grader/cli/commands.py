"""The group `grade`. Each command imports what it needs when it runs: `grade --help` loads only click."""

from __future__ import annotations

import click

from grader.cli.bundle import bundle
from grader.cli.diff import diff
from grader.cli.examples import examples
from grader.cli.explain import explain
from grader.cli.run import run
from grader.cli.show import show
from grader.cli.specs import check, expand, sheet, solve


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("handgrade")
    except PackageNotFoundError:
        number = "(run from its source, not installed)"
    click.echo(f"grade {number}")
    context.exit()


@click.group(
    epilog=examples(
        "grade check specs/hw1.yaml",
        "grade run specs/hw1.yaml submissions/hw1/",
        "grade show specs/hw1.yaml submissions/hw1/s17.yaml",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def grade() -> None:
    """Grade neural-network homework that was done by hand.

    Exit status: 0 graded, whatever the marks; 1 graded, and someone is below --fail-under, or --strict found
    something; 2 a spec, an option or a path is at fault; 3 a fault of the program itself.
    """


for command in (run, show, solve, check, expand, sheet, explain, diff, bundle):
    grade.add_command(command)
