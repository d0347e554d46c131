"""The commands that need no submission: `solve`, `check`, `expand` and `sheet`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from grader.cli.examples import examples
from grader.cli.failures import EXIT_STATUS, Refused, describe, told

SPEC = click.Path(exists=True, dir_okay=False)


@click.command(
    epilog=examples("grade solve specs/hw1.yaml", "grade solve specs/hw1.yaml --json solution.json")
)
@click.argument("spec", type=SPEC)
@click.option("--json", "json_path", metavar="FILE", help="Write it as JSON; - is standard output.")
def solve(spec: str, json_path: str | None) -> None:
    """Print the worked solution.

    Every forward, backward and update step, its rule and its numbers.
    """
    from grader.cli import files, together
    from grader.report import solution
    from grader.run import solve_assignment

    if json_path is not None:
        files.check_file("--json", json_path, [spec])
    with told():
        solved = solve_assignment(spec)
    if json_path is not None:
        together.write(json_path, solution.render_json(solved))
    else:
        sys.stdout.write(solution.render_text(solved, _width()))


def _width() -> int:
    """The width of the terminal, 80 where there is none; `COLUMNS` comes first."""
    from shutil import get_terminal_size

    return max(get_terminal_size((80, 24)).columns, 40)


@click.command(epilog=examples("grade check specs/hw1.yaml", "grade check --strict specs/"))
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--strict", is_flag=True, help="Exit with 1 when there is a warning.")
@click.option("--verbose", "-v", is_flag=True, help="Say all that was found out, not the worst.")
@click.pass_context
def check(context: click.Context, specs: tuple[str, ...], *, strict: bool, verbose: bool) -> None:
    """Check specs before they are given out.

    All errors of a file are told at once, each with its place. Warnings say which wrong rules the numbers
    and questions cannot tell apart, and what to ask too. A folder stands for the specs in it.
    """
    outcomes = [_check(path, verbose=verbose) for path in _spec_files(specs)]
    if "error" in outcomes:
        context.exit(EXIT_STATUS)
    if strict and "warning" in outcomes:
        context.exit(1)


def _spec_files(paths: Sequence[str]) -> Iterator[str]:
    from pathlib import Path

    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        found = sorted(str(file) for file in Path(path).iterdir() if file.suffix in {".yaml", ".yml"})
        if not found:
            raise Refused(f"grade: {path}: no spec in this folder; expected a .yaml file")
        yield from found


def _check(path: str, *, verbose: bool) -> str:
    """Prints what is to be said about one spec, and gives the worst of it: ok, warning or error."""
    from grader.report.checked import judged, summary, warned
    from grader.run.checking import check_spec
    from grader.source import SpecError, render_issues

    try:
        checked = check_spec(path)
    except SpecError as error:
        click.echo(str(error), err=True)
        return "error"
    except OSError as error:
        click.echo(f"grade: {describe(error)}", err=True)
        return "error"
    click.echo(summary(path, checked.assignment, checked.warnings, checked.judgements))
    for judgement in checked.judgements:
        click.echo(judged(judgement, _width(), verbose=verbose), nl=False)
    if checked.warnings:
        click.echo(render_issues(checked.warnings, checked.lines), err=True)
    return "warning" if checked.warnings or any(map(warned, checked.judgements)) else "ok"


@click.command(epilog=examples("grade expand specs/hw1.yaml"))
@click.argument("spec", type=SPEC)
def expand(spec: str) -> None:
    """Print the general form of every network."""
    from grader.run import load_spec
    from grader.spec import expand as expanded

    with told():
        text = expanded(load_spec(spec))
    sys.stdout.write(text)


@click.command(
    epilog=examples(
        "grade sheet specs/hw1.yaml > hw1-blank.yaml", "grade sheet specs/hw1.yaml --format ipynb > hw1.ipynb"
    )
)
@click.argument("spec", type=SPEC)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["yaml", "md", "csv", "ipynb"]),
    default="yaml",
    help="YAML unless said otherwise; Markdown, CSV or a Jupyter notebook.",
)
def sheet(spec: str, format_name: str) -> None:
    """Print a blank answer sheet for students."""
    from grader.report import sheets
    from grader.run import grade_assignment

    with told():
        report = grade_assignment(spec, [])
    render = sheets.sheet(format_name)
    sys.stdout.writelines(render(report.title, report.assignment, report.questions))
