"""The options of `grade run` for pages, learning platforms and CI; pages.py and platforms.py do the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False)
_REVEALS = ("none", "verdicts", "steps", "all", "marks", "feedback", "answers")
_VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
_OPTIONS = (
    click.option("--html", metavar="DIR", help="Write a page for each student and one for the class."),
    click.option("--gradescope", metavar="FILE", help="Write Gradescope's results.json of one submission."),
    click.option(
        "--prairielearn", metavar="FILE", help="Write PrairieLearn's results.json of one submission."
    ),
    click.option("--classroom", metavar="FILE", help="Write a GitHub Classroom result of one submission."),
    click.option("--canvas", metavar="EXPORT", type=_FILE, help="Fill a gradebook exported from Canvas."),
    click.option("--moodle", metavar="WORKSHEET", type=_FILE, help="Fill a grading worksheet of Moodle."),
    click.option("--column", metavar="NAME", help="The column of --canvas or --moodle to be filled."),
    click.option(
        "--force",
        is_flag=True,
        help="Replace other marks that --canvas or --moodle finds; let --html write into a folder in use.",
    ),
    click.option(
        "--reveal",
        type=click.Choice(_REVEALS),
        help="What students see. Pages: none (what was written and the score), verdicts (and feedback), "
        "steps (the default: and the rules), all (and the right numbers). "
        "Platforms: marks, feedback (the default) or answers.",
    ),
    click.option(
        "--visibility",
        type=click.Choice(_VISIBILITIES),
        default="visible",
        help="When Gradescope shows the results to students.",
    ),
    click.option("--github", is_flag=True, help="Annotate files and write the summary of a GitHub job."),
)


def for_platforms(command: Command) -> Command:
    """Adds the options to a command; its function takes them together."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


marks_option = click.option(
    "--marks",
    "marks_path",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Marks by hand, YAML or CSV: text questions, adjustments with a reason.",
)
