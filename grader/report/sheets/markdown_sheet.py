"""The blank sheet in Markdown: an answer goes behind the equals sign; the comment about it is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from grader.report.model import Asked
from grader.report.numbers import points
from grader.report.safe import visible
from grader.report.sheets.words import comment, hint


def render(title: str, assignment: str, questions: Iterable[Asked]) -> Iterator[str]:
    """The sheet, a chunk a line: a heading a problem, an item a question, its name in backticks."""
    asked = list(questions)
    total = points(sum(question.max_score for question in asked))
    yield f"# {_plain(title)} ({_plain(assignment)}), {total}\n\n"
    yield "Student:\n"
    for problem, group in groupby(asked, key=lambda question: question.problem):
        first, *rest = group
        heading = f": {_plain(first.problem_title)}" if first.problem_title else ""
        yield f"\n## {visible(problem)}{heading}\n\n"
        for question in (first, *rest):
            yield f"- {_quoted(question.question)} = <!-- {_harmless(hint(question))} -->\n"


def _plain(text: str) -> str:
    return _harmless(comment(text))


def _harmless(text: str) -> str:
    """Text that neither begins nor ends a comment."""
    return text.replace("--", "- -").replace(">", "›")


def _quoted(name: str) -> str:
    """A name between more backticks than it holds in a row."""
    longest = max((len(run) for run in re.findall("`+", name)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if name[:1] == "`" or name[-1:] == "`" or name[:1] == name[-1:] == " " else ""
    return f"{ticks}{space}{visible(name)}{space}{ticks}"
