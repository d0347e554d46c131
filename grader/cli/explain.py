"""`grade explain`: the catalogue of misconceptions, and how answers are judged."""

from __future__ import annotations

import sys

import click

from grader.cli.examples import examples
from grader.cli.failures import Refused

ANSWERS = "answers"
"""What asks for the page about answers; no id is one word."""


@click.command(epilog=examples("grade explain der.double", "grade explain", "grade explain answers"))
@click.argument("identifier", metavar="[ID]", required=False)
def explain(identifier: str | None) -> None:
    """Show the catalogue of misconceptions, or one of them.

    With an ID: what the student believes, the right rule beside the wrong one, and an example worked out
    with both. `grade explain answers` shows, by example, how answers are judged and formulas are read.
    """
    from grader.errors import nearest
    from grader.report import explain as words
    from grader.report.safe import terminal
    from grader.run.explained import answering, entries, explained

    if identifier is None:
        sys.stdout.write(words.listing(entries()))
        return
    if identifier == ANSWERS:
        sys.stdout.write(words.answers(answering()))
        return
    entry = explained(identifier)
    if entry is None:
        near = nearest(identifier, [known for known, _ in entries()])
        hint = f'; did you mean "{near}"?' if near else "; `grade explain` lists all"
        raise Refused(terminal(f'grade: there is no misconception "{identifier}"{hint}'))
    sys.stdout.write(words.text(entry))
