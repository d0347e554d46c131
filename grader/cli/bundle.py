"""`grade bundle`: the grader with a spec and everything it needs, as a zip that a platform runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.examples import examples
from grader.cli.failures import Refused, told


@click.command(
    epilog=examples(
        "grade bundle gradescope specs/hw1.yaml -o hw1.zip",
        "grade bundle gradescope specs/hw1.yaml -o hw1.zip --visibility after_due_date",
    )
)
@click.argument("platform", type=click.Choice(["gradescope"]))
@click.argument("spec", type=click.Path(exists=True, dir_okay=False))
@click.option("--output", "-o", metavar="FILE", required=True, help="The zip to be written.")
@click.option("--python", metavar="X.Y", help="The Python it runs with; this one unless said otherwise.")
@click.option(
    "--reveal",
    type=click.Choice(["marks", "feedback", "answers"]),
    default="feedback",
    help="What students see: marks, also the feedback, or also what was expected.",
)
@click.option(
    "--visibility",
    type=click.Choice(["visible", "hidden", "after_due_date", "after_published"]),
    default="visible",
    help="When students see it.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
def bundle(
    platform: str, spec: str, output: str, python: str | None, reveal: str, visibility: str, *, force: bool
) -> None:
    """Make the zip of an autograder.

    Upload it to Gradescope as it is. The wheels in it are collected with pip now; setting it up there and
    grading fetches nothing, where Gradescope's image has that Python.
    """
    from grader.cli import files, together
    from grader.report.safe import terminal
    from grader.run.bundle import BundleError
    from grader.run.bundle import bundle as bundled

    if output == files.STANDARD_OUTPUT:
        raise Refused("grade: --output -: a zip goes to a file")
    files.check_file("--output", output, [spec])
    if Path(output).exists() and not force:
        raise Refused(terminal(f"grade: --output {output}: is there already; --force replaces it"))
    version = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        with told():
            made = bundled(spec, version, reveal, visibility)
    except BundleError as error:
        raise Refused(terminal(f"grade: {error}")) from error
    together.write_bytes(output, [made.data])
    click.echo(terminal(f"{output}: an autograder for {platform}, {made.wheels} wheels"))
