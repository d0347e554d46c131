"""`grade run`: its arguments. What it does with them is in grading.py, loaded when it runs."""

from __future__ import annotations

from typing import Any

import click

from grader.cli.examples import examples
from grader.cli.options import for_platforms, marks_option


def _percent(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and value != value:  # noqa: PLR0124 - true of nan only, which no comparison refuses
        raise click.BadParameter("expected a number from 0 to 100")
    return value


@click.command(
    epilog=examples(
        "grade run specs/hw1.yaml submissions/hw1/ --csv grades.csv",
        "grade run specs/hw1.yaml export.zip --roster class.csv",
        "grade run specs/ submissions/ --quiet --json out/",
    )
)
@click.argument("spec", type=click.Path(exists=True))
@click.argument("submissions", nargs=-1, required=True, type=click.Path(exists=True))
@click.option(
    "--from",
    "source",
    metavar="NAME",
    help="Where the submissions come from, if that is not found out: "
    "plain, gradescope, canvas, moodle, github, nbgrader or blackboard.",
)
@click.option(
    "--roster",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A class list, CSV: joins names and ids, and tells who handed nothing in.",
)
@click.option("--id-regex", metavar="REGEX", help="Take the id out of the name of each file or folder.")
@click.option("--json", "json_path", metavar="FILE", help="Write the results; - is standard output.")
@click.option("--csv", "csv_path", metavar="FILE", help="Write a gradebook.")
@click.option("--junit", "junit_path", metavar="FILE", help="Write JUnit XML, for a CI job.")
@marks_option
@for_platforms
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    callback=_percent,
    help="Exit with 1 when a student has less.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when a file could not be read.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Grade in N processes.")
@click.option("--quiet", "-q", is_flag=True, help="Print no report.")
@click.pass_context
def run(
    context: click.Context,
    /,
    spec: str,
    submissions: tuple[str, ...],
    *,
    source: str | None,
    roster: str | None,
    id_regex: str | None,
    json_path: str | None,
    csv_path: str | None,
    junit_path: str | None,
    marks_path: str | None,
    fail_under: float | None,
    strict: bool,
    jobs: int | None,
    quiet: bool,
    **more: Any,  # noqa: ANN401 - whatever options.py adds
) -> None:
    """Grade a class: a table of students, then a report a question.

    SUBMISSIONS are files, folders of files, exports of learning platforms, or zip archives of these. With a
    folder for SPEC, every spec in it is graded with the subfolder of its name, and --json, --csv and --junit
    name folders.
    """
    from grader.cli import grading, intake, marks, pages, platforms
    from grader.cli.together import together

    outputs = grading.outputs(json_path, csv_path, junit_path)
    grading.check(spec, submissions, outputs)
    html, force = more["html"], more["force"]
    level, more["reveal"] = pages.revealed(more["reveal"])
    pages.check(html, spec, submissions, force=force)
    wanted = platforms.Wanted(more)
    platforms.check(wanted, spec, submissions, [output.path for output in outputs])
    by_hand = marks.load(marks_path, spec)
    arrival = intake.intake(source, roster, id_regex)
    aside = any(output.is_standard for output in outputs) or wanted.is_standard
    printed = not quiet and not aside
    worked = printed or wanted.worked or html is not None
    reports = grading.grade(spec, submissions, jobs, arrival, worked=worked, quiet=quiet)
    intake.tell(reports)
    reports = marks.merged(reports, by_hand)
    prepared = platforms.prepare(wanted, reports)
    with together() as ready:
        grading.write(spec, outputs, reports, ready)
        platforms.write(prepared, ready)
        pages.write(html, spec, reports, level, ready)
        ready.put()
    if printed:
        grading.show(reports)
    platforms.annotate(wanted, spec, submissions, reports, aside=aside)
    complaints = grading.complaints(reports, fail_under, strict=strict)
    for sentence in (*grading.left_out(spec, submissions, reports), *complaints):
        click.echo(f"grade: {sentence}", err=True)
    if complaints:
        context.exit(1)
