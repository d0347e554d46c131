"""Pages of a small class with a known mistake, graded for real, and of classes made by hand."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.record import replace
from grader.report.model import ClassReport, Solution
from grader.report.pages import Reveal, site
from grader.run import grade_assignment, solve_assignment
from tests.report.samples import HOSTILE, classroom, hostile

SPEC = """\
title: Quiz 1
problems:
  - id: q1
    network:
      inputs: {x: [0.5, -1]}
      targets: {y: 1}
      layers:
        - {weights: {W1: [[0.2, 0.1], [-0.3, 0.4]]}, bias: {b1: [0.1, 0.2]}, activation: sigmoid}
        - {weights: {w2: [[0.4, -0.6]]}, bias: {b2: [0.2]}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    questions: [z1, a1, z2, yhat, dL/dz2, dL/dw2, dL/dz1, dL/db1, "new(w2)"]
  - id: rnn
    given: {x1: 1, x2: -0.5, w: 0.8, u: 0.3, t: 0.4, eta: 0.1}
    equations: [h1 = tanh(w*x1), h2 = tanh(w*x2 + u*h1), L = 0.5*(h2 - t)^2]
    train: {minimize: L, learning_rate: eta, parameters: [w, u]}
    questions: [h1, h2, dL/du]
"""
NO_SLOPE = """\
answers:
  q1:
    z1: "[0.1, -0.35]"
    a1: "[0.525, 0.4134]"
    z2: 0.162
    yhat: 0.5404
    dL/dz2: -0.4596
    dL/dz1: "[-0.1838, 0.2758]"
    dL/db1: "[-0.1838, 0.2758]"
    new(w2): "[[0.4241, -0.581]]"
  rnn: {h1: 0.664, h2: 0.7777, dL/du: "<img src=x onerror=alert(1)>"}
"""
EXPECTED = ("-0.0458451", "0.0668708", "-0.241279")
"""Right values that this student did not write."""


@cache
def graded() -> tuple[ClassReport, Solution]:
    """One student who leaves out the slope at the hidden layer."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "quiz.yaml").write_text(SPEC, encoding="utf-8")
        (folder / "s1.yaml").write_text(NO_SLOPE, encoding="utf-8")
        spec = str(folder / "quiz.yaml")
        report = grade_assignment(spec, [folder / "s1.yaml"], worked=True)
        return report, solve_assignment(spec)


def pages(level: str) -> dict[str, str]:
    """The pages of that student's class."""
    report, solution = graded()
    return dict(site(report, solution, Reveal.of(level)))


def nothing_solved(report: ClassReport) -> Solution:
    """A solution without problems, for classes made by hand."""
    return Solution(report.assignment, report.title, ())


def hostile_pages(text: str, level: str = "all") -> dict[str, str]:
    """Pages with the text wherever a student can put it."""
    report = hostile(text)
    return dict(site(report, nothing_solved(report), Reveal.of(level)))


def large(students: int = 500) -> ClassReport:
    """A class with so many students and 21 questions."""
    report = classroom()
    questions = report.questions * 3
    made = tuple(
        replace(old, student=f"s{number:04}", file=f"s{number:04}.yaml", answers=old.answers * 3)
        for number in range(students)
        for old in (report.students[number % 3],)
    )
    return replace(report, questions=questions, students=made)


class Found(HTMLParser):
    """Every element of a page with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


__all__ = ["EXPECTED", "HOSTILE", "Found", "graded", "hostile_pages", "large", "nothing_solved", "pages"]
