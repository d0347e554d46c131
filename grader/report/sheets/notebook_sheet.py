"""The blank sheet as a Jupyter notebook: a cell with `answers = {...}`, to be filled in and never run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from grader.report.model import Asked
from grader.report.numbers import points
from grader.report.sheets.words import comment, hint

_ABOUT = (
    "Write each answer in place of `None`: a number, a list, or a formula as text in quotes. "
    "The cell is read, not run."
)


def render(title: str, assignment: str, questions: Iterable[Asked]) -> Iterator[str]:
    """The notebook, in one chunk."""
    asked = list(questions)
    total = points(sum(question.max_score for question in asked))
    heading = f"# {comment(title)} ({comment(assignment)}), {total}"
    code = ['student = ""\n', "\n", "answers = {\n", *_problems(asked), "}"]
    cells = [
        {"cell_type": "markdown", "id": "about", "metadata": {}, "source": [f"{heading}\n", "\n", _ABOUT]},
        {"cell_type": "code", "id": "answers", "execution_count": None, "metadata": {}, "outputs": [],
         "source": code},
        {"cell_type": "markdown", "id": "work", "metadata": {}, "source": ["Your work:"]},
    ]  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    yield json.dumps(notebook, indent=1, ensure_ascii=True) + "\n"


def _problems(asked: list[Asked]) -> Iterator[str]:
    for problem, group in groupby(asked, key=lambda question: question.problem):
        first, *rest = group
        title = f"  # {comment(first.problem_title)}" if first.problem_title else ""
        yield f"    {_text(problem)}: {{{title}\n"
        for question in (first, *rest):
            yield f"        {_text(question.question)}: None,  # {hint(question)}\n"
        yield "    },\n"


def _text(name: str) -> str:
    """A name as a text of Python's, which JSON's are as well where they hold only ASCII."""
    return f'"{name}"' if _simple(name) else json.dumps(name)


def _simple(name: str) -> bool:
    return name.isprintable() and not set(name) & set('"\\')
