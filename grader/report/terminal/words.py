"""The words and colours that all terminal reports share. Text goes through `text`, never through markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from grader.report.model import VERDICTS, Answer, Asked
from grader.report.safe import terminal

EXCERPT = 24  # characters before and behind the place of trouble
WORDS = {
    "follow_through": "the right step, from your own earlier value",
    "imprecise": "right, but written with too few digits",
    "misconception": "what a wrong rule gives",
    "manual": "for the instructor to mark",
}

"""What a verdict means, where its name alone does not say it."""

STYLES = {
    "correct": "green",
    "follow_through": "cyan",
    "imprecise": "yellow",
    "slip": "yellow",
    "misconception": "magenta",
    "wrong": "red",
    "missing": "dim",
    "unreadable": "bold red",
    "manual": "blue",
}


def text(content: str, style: str = "", limit: int = 400) -> Text:
    """Text from outside, made harmless, bounded, and broken anywhere rather than cut."""
    return Text(terminal(content, limit), style=style, overflow="fold")


def verdict(name: str) -> Text:
    """A verdict by its name in the contract, in its colour."""
    return Text(name, style=STYLES[name])


def tally(verdicts: Iterable[str], width: int) -> Text:
    """`12 correct, 3 wrong`, in the order of the verdicts, no number parted from its word by a line end."""
    counts = Counter(verdicts)
    line = Text()
    room = 0
    for name in VERDICTS:
        if not counts[name]:
            continue
        part = f"{counts[name]} {name}"
        if line:
            fits = len(part) + 3 <= room
            line.append(", " if fits else ",\n")
            room = room - 2 if fits else width
        else:
            room = width
        line.append(part, STYLES[name])
        room -= len(part)
    return line


def heading(title: str) -> Text:
    """A section's heading."""
    return text(title, "bold")


def problem_heading(asked: Asked) -> Text:
    """`q3  One hidden unit`, the title where there is one."""
    return heading(f"{asked.problem}  {asked.problem_title}" if asked.problem_title else asked.problem)


def question_name(asked: Asked) -> str:
    """The question's id, and what is asked where that says more."""
    more = [part for part in (asked.title, asked.ask) if part and part != asked.question]
    return f"{asked.question} ({'; '.join(more)})" if more else asked.question


def facts(rows: Iterable[tuple[str, Text]], indent: int) -> Table:
    """Labels and texts below each other, the texts aligned and wrapped beside their labels."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=max(indent - 2, 0))
    grid.add_column(style="dim", no_wrap=True, min_width=8)
    grid.add_column(overflow="fold")
    for label, content in rows:
        grid.add_row("", label, content)
    return grid


def step_facts(asked: Asked) -> Iterator[tuple[str, Text]]:
    """The rule of the step, and the rule with the reference numbers put in."""
    if asked.worked is None:
        return
    yield "rule", text(f"{asked.worked.quantity} = {asked.worked.rule}")
    if asked.worked.numbers is not None:
        yield "numbers", text(f"= {asked.worked.numbers}")


def echo(answer: Answer) -> str | None:
    """How a formula was read, where that is not just what was written."""
    if answer.read_as is None or answer.read_as.replace(" ", "") == (answer.given or "").replace(" ", ""):
        return None
    return answer.read_as


def caret(answer: Answer) -> tuple[str, str] | None:
    """The part of an unreadable answer where the trouble is, and marks below its characters."""
    if answer.trouble is None or answer.given is None or answer.verdict != "unreadable":
        return None
    start, end = answer.trouble
    first = max(start - EXCERPT, 0)
    shown = "".join(c if c.isprintable() else " " for c in answer.given[first : start + EXCERPT])
    marks = "^" * max(cell_len(shown[start - first : end - first]), 1)
    return shown, " " * cell_len(shown[: start - first]) + marks
