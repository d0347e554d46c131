"""The network in boxes: it fits, it is plain where it must be, and it marks the path of a mistake."""

from pathlib import Path

import pytest

from grader.report.terminal import Look
from grader.report.terminal.network import render_network
from grader.run import grade_assignment, solve_assignment

ROOT = Path(__file__).parent.parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
CHAIN = """\
problems:
  - id: q1
    title: Two layers
    given: {x: 0.5, w1: 0.2, b1: 0.1, w2: 0.4, y: 1}
    equations: [z1 = w1*x + b1, a1 = sigmoid(z1), z2 = w2*a1, L = 0.5*(z2 - y)^2]
    questions: [z1, a1, z2, L]
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A chain of units."""
    (tmp_path / "hw.yaml").write_text(CHAIN, encoding="utf-8")
    return tmp_path / "hw.yaml"


def test_layers_stand_side_by_side(spec: Path) -> None:
    """The inputs left, the loss right, weights on the way, a bias in its unit."""
    drawn = render_network(solve_assignment(str(spec)).problems[0], (), Look(width=80))
    [middle] = [line for line in drawn.splitlines() if "w1 ->" in line]
    assert middle.index("x") < middle.index("w1 ->") < middle.index("z1, a1 + b1") < middle.index("w2 ->")
    assert "!" not in drawn


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_fits_and_is_plain(path: Path, width: int) -> None:
    """Every sample: no line is too wide, every unit is there, no escape code."""
    for problem in solve_assignment(str(path)).problems:
        drawn = render_network(problem, (), Look(width=width))
        assert max(map(len, drawn.splitlines())) <= width
        assert "\x1b" not in drawn
        assert drawn.startswith(problem.id)


def test_it_is_ascii_where_it_must_be(spec: Path) -> None:
    """A terminal without UTF-8 gets boxes that it can show."""
    problem = solve_assignment(str(spec)).problems[0]
    assert render_network(problem, (), Look(encoding="ascii")).isascii()


def test_the_path_of_a_mistake_is_marked(spec: Path) -> None:
    """Where it was made, and what was worked out from it; what stands before stays plain."""
    (spec.parent / "s.yaml").write_text("answers: {q1: {z1: 7, a1: 0.9991, z2: 0.39964}}\n", encoding="utf-8")
    report = grade_assignment(str(spec), [str(spec.parent / "s.yaml")])
    problem = solve_assignment(str(spec)).problems[0]
    drawn = render_network(problem, report.students[0].answers, Look(width=80))
    assert "! z1, a1 + b1" in drawn
    assert "> L" in drawn
    assert "! x" not in drawn
    assert "> x" not in drawn
