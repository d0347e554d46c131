"""The options of `grade run` for learning platforms and CI; what is done for them is in platforms.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False)
_REVEALS = ("marks", "feedback", "answers")
_VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
_OPTIONS = (
    click.option("--gradescope", metavar="FILE", help="Write Gradescope's results.json of one submission."),
    click.option(
        "--prairielearn", metavar="FILE", help="Write PrairieLearn's results.json of one submission."
    ),
    click.option("--classroom", metavar="FILE", help="Write a GitHub Classroom result of one submission."),
    click.option("--canvas", metavar="EXPORT", type=_FILE, help="Fill a gradebook exported from Canvas."),
    click.option("--moodle", metavar="WORKSHEET", type=_FILE, help="Fill a grading worksheet of Moodle."),
    click.option("--column", metavar="NAME", help="The column of --canvas or --moodle to be filled."),
    click.option("--force", is_flag=True, help="Replace other marks that --canvas or --moodle finds."),
    click.option(
        "--reveal",
        type=click.Choice(_REVEALS),
        default="feedback",
        help="What a platform shows: marks, also the feedback, or also what was expected.",
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
