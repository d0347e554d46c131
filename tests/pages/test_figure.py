"""The drawings on a student's page mark the very element where a mistake was made."""

from pathlib import Path

import pytest

from grader.report.network.written import written
from grader.report.pages.figure import Drawing, Panel
from grader.report.pages.reveal import Reveal
from grader.run import grade_assignment, solve_assignment
from tests.report.test_network import LAYERS, RIGHT


def panels(folder: Path, wrong: dict[str, str], level: str) -> tuple[Panel, ...]:
    """Forward and backward, of a student who is right but for some answers."""
    answers = ", ".join(f"'{question}': {given}" for question, given in (RIGHT | wrong).items())
    (folder / "hw.yaml").write_text(LAYERS, encoding="utf-8")
    (folder / "s.yaml").write_text(f"answers: {{q1: {{{answers}}}}}\n", encoding="utf-8")
    report = grade_assignment(str(folder / "hw.yaml"), [str(folder / "s.yaml")], worked=True)
    drawing = Drawing(solve_assignment(str(folder / "hw.yaml")).problems[0])
    figure = drawing.figure(written(drawing.elements, report.students[0].answers), Reveal.of(level))
    assert figure is not None
    return figure.panels


def _origins(panel: Panel) -> list[str]:
    marks = [*panel.units, *(join.mark for join in panel.joins)]
    return [line.name for mark in marks for line in mark.lines if "origin" in line.kind.split()]


@pytest.mark.parametrize(
    ("wrong", "forward", "backward"),
    [
        ({"z1": "'[0.1, 0.93]'"}, ["z1[2]"], []),
        ({"dL/dz1": "'[-0.0458451, 0.31]'"}, [], ["∂L/∂z1[2]"]),
        ({"dL/db1": "'[0.77, 0.0668708]'"}, [], ["∂L/∂b1[1]"]),
        ({"dL/dW2": "'[[-0.24128, 0.9]]'"}, [], ["∂L/∂W2[1,2]"]),
        ({"new(W1[1,2])": "0.77"}, [], ["new(W1)[1,2]"]),
        ({}, [], []),
    ],
)
def test_the_very_element_is_marked(
    wrong: dict[str, str], forward: list[str], backward: list[str], tmp_path: Path
) -> None:
    """A unit of its layer, a bias, one weight and its value after the step: no other."""
    shown = panels(tmp_path, wrong, "steps")
    assert [_origins(panel) for panel in shown] == [forward, backward]


def test_what_follows_is_marked_element_by_element(tmp_path: Path) -> None:
    """From one unit's delta come the gradients of its own weights and of none beside it."""
    _, backward = panels(tmp_path, {"dL/dz1": "'[-0.0458451, 0.31]'"}, "steps")
    lines = [line for join in backward.joins for line in join.mark.lines]
    assert {line.name for line in lines if "after" in line.kind.split()} == {"∂L/∂W1[2,1]", "∂L/∂W1[2,2]"}


def test_nothing_is_marked_where_steps_are_hidden(tmp_path: Path) -> None:
    """The place of a mistake is part of the key."""
    for panel in panels(tmp_path, {"z1": "'[0.1, 0.93]'"}, "verdicts"):
        assert _origins(panel) == []
