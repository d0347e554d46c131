"""What could not be read is told once: with the file, with the answer, or with the element."""

from __future__ import annotations

import json
from pathlib import Path

from grader.report.pages import Reveal, site
from grader.report.platforms import gradescope
from grader.report.platforms.words import lines
from grader.report.terminal import Look, render_student
from grader.run import grade_assignment, solve_assignment

SPEC = """
problems:
  - id: q
    given: {M: [[1, 2], [3, 4]]}
    equations: [T = 2*M, z = 1 + 1]
    questions: [T, z]
"""


def shown(folder: Path, text: str) -> tuple[str, str, list[str]]:
    """What the terminal, a page and the feedback of platforms say of a submission, in one line each."""
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    report = grade_assignment(folder / "spec.yaml", [folder / "s.yaml"])
    terminal = " ".join(render_student(report, report.students[0], Look(width=200)).split())
    pages = dict(site(report, solve_assignment(str(folder / "spec.yaml")), Reveal.of("all")))
    page = next(text for name, text in pages.items() if name != "class.html")
    feedback = [
        f"{label}: {told}" for a in report.students[0].answers for label, told in lines(a, "feedback")
    ]
    return terminal, page, feedback


FILE = "line 2, column 10: found a list that is not closed by `]`"


def test_a_file_that_cannot_be_read_says_so_once(tmp_path: Path) -> None:
    """Not again with each of its questions."""
    terminal, page, _ = shown(tmp_path, "answers:\n  q: {T: [1, 2}\n")
    assert terminal.count(FILE) == page.count(FILE) == 1
    assert "no answer" not in terminal


def test_gradescope_has_it_above_the_tests(tmp_path: Path) -> None:
    """Each test is told to be unreadable, without elements; the sentence stands in the output of all."""
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("answers:\n  q: {T: [1, 2}\n", encoding="utf-8")
    made = json.loads(
        "".join(gradescope.render(grade_assignment(tmp_path / "spec.yaml", [tmp_path / "s.yaml"])))
    )
    assert "found a list that is not closed" in made["output"]
    assert [test["output"] for test in made["tests"]] == ["could not be read"] * 2


def test_an_answer_that_cannot_be_read_says_so_once(tmp_path: Path) -> None:
    """Not again with each of its elements."""
    said = "unknown name &#34;y&#34;"
    terminal, page, feedback = shown(tmp_path, "answers:\n  q: {T: 2*y, z: 2}\n")
    assert terminal.count(said.replace("&#34;", '"')) == page.count(said) == 1
    assert [line for line in feedback if "unknown name" in line or "no answer" in line] == feedback[1:2]


def test_elements_with_one_trouble_say_so_once(tmp_path: Path) -> None:
    """The same number twice; another one has a reason of its own."""
    terminal, page, feedback = shown(tmp_path, 'answers:\n  q: {T: [["0,5", "0,5"], ["0,7", 8]], z: 2}\n')
    for said in ("`0,5` has a decimal comma", "`0,7` has a decimal comma"):
        assert terminal.count(said) == page.count(said) == sum(said in line for line in feedback) == 1
    assert terminal.count("0,5, expected") == 2
