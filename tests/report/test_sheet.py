"""The blank answer sheet."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.report.model import Asked
from grader.report.sheets import sheet
from grader.submission.files import read
from tests.report.golden_file import compare
from tests.report.samples import HOSTILE, QUESTIONS


def rendered(*questions: Asked) -> str:
    return "".join(sheet("yaml")("Homework 1", "hw1", questions))


def parsed(text: str) -> Any:
    return yaml.load(text, yaml.BaseLoader)


def test_golden_sheet() -> None:
    """Every question stands there with its form and its points."""
    compare("sheet.yaml", rendered(*QUESTIONS))


def test_it_reads_back_as_unanswered() -> None:
    """Every question of every problem is there, and blank."""
    answers: dict[str, dict[str, str]] = {}
    for asked in QUESTIONS:
        answers.setdefault(asked.problem, {})[asked.question] = ""
    assert parsed(rendered(*QUESTIONS)) == {"student": "", "answers": answers}


KEYS = (
    *HOSTILE, "yes", "y", "null", "1:30", "- z1", "z1: 2", "a #b", "?", "W1[1,2]", "new(W1[1,2])", "w2'",
    "∂L/∂w2", "σ(z)", "'q'", "{a}", "*a", "&a", "!t", "%d", "a ", " a", "😀", "x\u0085y", "a: ", "~", "0.5",
    "010", "k" * 2000,
)  # fmt: skip


@pytest.mark.parametrize("key", [key for key in KEYS if "\ud800" not in key])
def test_any_id_is_a_key(key: str) -> None:
    """Whatever a spec calls its problems and questions, the sheet reads back with the same names."""
    text = rendered(Asked(key, key, key, 1.0, None, title=key, problem_title=key))
    assert parsed(text)["answers"] == {key: {key: ""}}
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("key", ["dL/dw2", "W1[1,2]", "w2 after one step", "new(w2)", "z1", "∂L/∂w2", "w2'"])
def test_ordinary_names_need_no_quotes(key: str) -> None:
    """Students see names as the homework writes them."""
    assert f"    {key}: #" in rendered(Asked("q", key, key, 1.0, None))


def test_a_filled_sheet_reads_back() -> None:
    """An answer goes before the comment."""
    text = rendered(*QUESTIONS).replace("z1: #", "z1: 0.20 #").replace("student:", "student: s1")
    assert parsed(text)["student"] == "s1"
    assert parsed(text)["answers"]["q3"]["z1"] == "0.20"


def test_a_blank_sheet_is_a_submission_without_answers(tmp_path: Path) -> None:
    """The reader of submissions finds a student named after the file, who has answered nothing."""
    path = tmp_path / "s1.yaml"
    path.write_text(rendered(*QUESTIONS), encoding="utf-8")
    found = read(path, tmp_path)
    assert (found.student, found.errors, found.notes) == ("s1", (), ())
    assert not any(found.answers.values())


def test_a_filled_sheet_is_a_submission(tmp_path: Path) -> None:
    """What is written behind each question is what arrives, digit by digit."""
    asked = [Asked("q", key, key, 1.0, None) for key in KEYS if key.isprintable()]
    lines = [line.replace(": #", f": 0.{n}0 #") for n, line in enumerate(rendered(*asked).splitlines())]
    path = tmp_path / "s1.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, tmp_path)
    assert found.errors == ()
    assert set(found.answers["q"]) == {question.question for question in asked}
    assert set(found.answers["q"].values()) == {f"0.{n}0" for n, line in enumerate(lines) if " #" in line[1:]}
