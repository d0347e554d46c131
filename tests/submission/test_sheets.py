"""Blank sheets, filled in as a student would: every format reads back the same submission, digit by digit."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.report.model import Asked
from grader.report.sheets import FORMATS, sheet
from grader.submission import files, sources
from grader.submission.found import File
from grader.submission.hints import Hints, ProblemHint, hints_of
from grader.submission.model import Submission

QUESTIONS = [
    Asked("q1", "a1", "a1", 1.0, None, shape=(1, 1), problem_title="One hidden unit: q2, and more"),
    Asked("q1", "dL/dw2", "dL/dw2", 2.0, None, shape=(1, 1)),
    Asked("q1", "w2 after one step", "new(w2)", 1.0, None, shape=(1, 1)),
    Asked("q1", "W1[1,2]", "W1[1,2]", 1.0, None, shape=(1, 1)),
    Asked("q1", "∂L/∂w2", "dL/dw2", 1.0, None, shape=(1, 1)),
    Asked("q2", "why", "", 1.0, None, kind="text"),
    Asked("q2", "v", "v", 1.0, None, shape=(2, 1), title="a --> b"),
    Asked("q2", "M", "M", 1.0, None, shape=(2, 2)),
    Asked("q2", "does dL/dw2 depend on b1", "depends(dL/dw2, b1)", 1.0, None, kind="depends"),
    Asked("q2", "- z1", "-z1", 1.0, None),
    Asked("q2", "=a|b", "a", 1.0, None),
    Asked("q2", 'the "other" `tick`', "b", 1.0, None),
    Asked("q2", "left blank", "c", 1.0, None),
]
WRITTEN: dict[str, dict[str, object]] = {
    "q1": {
        "a1": "0.20",
        "dL/dw2": "-0.2180",
        "w2 after one step": "0.4 - 0.1*(-0.2180)",
        "W1[1,2]": "1/3",
        "∂L/∂w2": "−0.5",
    },
    "q2": {
        "why": "since a = b, more; and so on.",
        "v": ("0.10", "2"),
        "M": (("1", "2.50"), ("3e-4", "4")),
        "does dL/dw2 depend on b1": "yes",
        "- z1": "≈ 0.88",
        "=a|b": "(p - y)*exp(z)|x|",
        'the "other" `tick`': r"\frac{1}{2} \cdot x",
    },
}


def text_of(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(text_of, value)) + "]"
    return str(value)


def blank(format_name: str) -> str:
    return "".join(sheet(format_name)("Quiz", "quiz", QUESTIONS))


def fill_yaml(text: str) -> str:
    lines = text.replace("student:", "student: s17").split("\n")
    values = iter([value for problem in WRITTEN.values() for value in problem.values()])
    filled = []
    for line in lines:
        value = next(values, None) if line.startswith("    ") else None
        written = text_of(value) if isinstance(value, tuple) else f"'{value}'"
        filled.append(line if value is None else line.replace(": #", f": {written} #"))
    return "\n".join(filled)


def fill_markdown(text: str) -> str:
    values = iter([value for problem in WRITTEN.values() for value in problem.values()])

    def put(found: re.Match[str]) -> str:
        return f"= {text_of(next(values, ''))} <!--"

    return re.sub(r"= <!--", put, text.replace("Student:", "Student: s17"))


def fill_csv(text: str) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    values = iter([value for problem in WRITTEN.values() for value in problem.values()])
    for row in rows[1:]:
        row[3] = text_of(next(values, ""))
    rows[1][0] = "s17"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def fill_notebook(text: str) -> str:
    notebook = json.loads(text)
    values = iter([value for problem in WRITTEN.values() for value in problem.values()])
    source = notebook["cells"][1]["source"]
    for at, line in enumerate(source):
        if ": None," in line and (value := next(values, None)) is not None:
            is_number = re.fullmatch(r"-?[\d./e-]+", str(value))
            written = text_of(value) if is_number or isinstance(value, tuple) else f"'{value}'"
            source[at] = line.replace(": None,", f": {written},")
    source[0] = source[0].replace('""', '"s17"')
    return json.dumps(notebook)


FILL: dict[str, Callable[[str], str]] = {
    "yaml": fill_yaml,
    "md": fill_markdown,
    "csv": fill_csv,
    "ipynb": fill_notebook,
}


def hints() -> Hints:
    problems = {asked.problem: asked.problem_title for asked in reversed(QUESTIONS)}
    return hints_of(
        ProblemHint(problem, title, tuple(asked.question for asked in QUESTIONS if asked.problem == problem))
        for problem, title in sorted(problems.items())
    )


def read(path: Path) -> Submission:
    (found,) = files.read_all(sources.find([path]).files, files.Setting(hints()))
    return found


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_filled_sheet_reads_back_exactly(tmp_path: Path, format_name: str) -> None:
    """Numbers keep their digits, names their marks, lists their elements; what is blank is no answer."""
    path = tmp_path / f"any.{format_name}"
    path.write_text(FILL[format_name](blank(format_name)), encoding="utf-8")
    found = read(path)
    assert (found.student, found.errors, found.notes) == ("s17", (), ())
    assert found.answers == WRITTEN


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_answer_is_found_again(tmp_path: Path, format_name: str) -> None:
    """The place of an answer is where its text stands in the file."""
    path = tmp_path / f"any.{format_name}"
    path.write_text(FILL[format_name](blank(format_name)), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    found = read(path)
    for problem, answers in WRITTEN.items():
        for key, value in answers.items():
            place = found.locate(problem, key)
            assert place is not None, key
            first = text_of(value)[:1]
            written = lines[place[0] - 1][place[1] - 1 :][:8]
            assert first in written or json.dumps(first)[1:-1] in written, (key, written)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_blank_sheet_has_no_answers(tmp_path: Path, format_name: str) -> None:
    """Handed in as it is, it is a student who has answered nothing, and nothing is wrong with the file."""
    path = tmp_path / f"s3.{format_name}"
    path.write_text(blank(format_name), encoding="utf-8")
    found = read(path)
    assert (found.student, found.errors, found.notes) == ("s3", (), ())
    assert not any(found.answers.values())


def test_what_reads_a_file_by_itself() -> None:
    """A missing file is an answer about that file, in every format."""
    for format_name in FORMATS:
        (found,) = files.read_all([File(f"/nowhere/s.{format_name}", "/nowhere")])
        assert found.errors == ("the file is not there",)
