"""The network in boxes: it fits, it is plain where it must be, and it marks the path of a mistake."""

from pathlib import Path

import pytest

from grader.report.terminal import Look, Network, render_networks, render_student
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


LAYERS = """\
problems:
  - id: q1
    network:
      inputs: {x: [0.5, -1]}
      targets: {y: 1}
      layers:
        - {weights: {W1: [[0.2, 0.1], [-0.3, 0.4]]}, bias: {b1: [0.1, 0.2]}, activation: sigmoid}
        - {weights: {W2: [[0.4, -0.6]]}, bias: {b2: [0.2]}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    questions: [z1, a1, yhat, dL/dz2, dL/dz1, dL/dW1, dL/db1, dL/dW2, "new(W1[1,2])"]
"""


def networks(path: Path) -> list[Network]:
    """Those of a spec."""
    return [Network(problem) for problem in solve_assignment(str(path)).problems]


def drawn(folder: Path, spec: str, answers: str, width: int = 100) -> str:
    """The first part of a student's report: heading and network."""
    (folder / "hw.yaml").write_text(spec, encoding="utf-8")
    (folder / "s.yaml").write_text(f"answers: {{q1: {answers}}}\n", encoding="utf-8")
    report = grade_assignment(str(folder / "hw.yaml"), [str(folder / "s.yaml")], worked=True)
    look = Look(width=width)
    return render_student(report, report.students[0], look, networks(folder / "hw.yaml")).partition("\n  z1")[
        0
    ]


def test_layers_stand_side_by_side(spec: Path) -> None:
    """The inputs left, the loss right, weights on the way, a bias in its unit."""
    text = render_networks(networks(spec), Look(width=80))
    [middle] = [line for line in text.splitlines() if "w1 ->" in line]
    assert middle.index("x") < middle.index("w1 ->") < middle.index("z1, a1 + b1") < middle.index("w2 ->")
    assert "!" not in text


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_fits_and_is_plain(path: Path, width: int) -> None:
    """Every sample: no line is too wide, every unit is there, no escape code."""
    for network in networks(path):
        text = render_networks([network], Look(width=width))
        assert max(map(len, text.splitlines())) <= width
        assert "\x1b" not in text
        assert text.startswith(network.problem.id)
        assert text.count("╭") == len(network.graph.units)


def test_it_is_ascii_where_it_must_be(spec: Path) -> None:
    """A terminal without UTF-8 gets boxes that it can show."""
    assert render_networks(networks(spec), Look(encoding="ascii")).isascii()


def test_the_path_of_a_mistake_is_marked(tmp_path: Path) -> None:
    """Where it was made, and what was worked out from it; what stands before stays plain."""
    text = drawn(tmp_path, CHAIN, "{z1: 7, a1: 0.9991, z2: 0.39964}")
    assert "! z1, a1 + b1" in text
    assert "> L" in text
    assert "! x" not in text
    assert "> x" not in text
    assert "! made here: z1\n" in text
    assert "> worked out from it: a1, z2, L\n" in text


RIGHT = {
    "z1": "'[0.1, -0.35]'",
    "a1": "'[0.524979, 0.413382]'",
    "yhat": "0.540402",
    "dL/dz2": "-0.459598",
    "dL/dz1": "'[-0.0458451, 0.0668708]'",
    "dL/dW1": "'[[-0.0229225, 0.0458451], [0.0334354, -0.0668708]]'",
    "dL/db1": "'[-0.0458451, 0.0668708]'",
    "dL/dW2": "'[[-0.24128, -0.18999]]'",
}


@pytest.mark.parametrize(
    ("wrong", "marked", "here"),
    [
        ({"z1": "'[0.1, 0.93]'"}, ["! z1[2], a1[2] + b1[2]"], "z1[2]"),
        ({"dL/dz1": "'[-0.0458451, 0.31]'"}, ["z1[2], a1[2] + b1[2]", "! dL/dz1[2]"], "dL/dz1[2]"),
        ({"dL/db1": "'[0.77, 0.0668708]'"}, ["z1[1], a1[1] + b1[1]", "! dL/db1[1]"], "dL/db1[1]"),
        ({"dL/dW2": "'[[-0.24128, 0.9]]'"}, ["! W2 ->"], "dL/dW2[1,2]"),
        ({"dL/dz2": "0.3"}, ["z2, yhat + b2", "! dL/dz2"], "dL/dz2"),
    ],
)
def test_the_very_unit_is_marked(wrong: dict[str, str], marked: list[str], here: str, tmp_path: Path) -> None:
    """Forward and backward, an element of a vector, a bias, a matrix of weights: this one and no other."""
    answers = ", ".join(f"{question}: {given}" for question, given in (RIGHT | wrong).items())
    text = drawn(tmp_path, LAYERS, f"{{{answers}}}")
    assert all(line in text for line in marked)
    assert text.count("! ") == 2
    assert f"! made here: {here}\n" in text


def test_a_right_student_has_no_marks(tmp_path: Path) -> None:
    """The network is drawn all the same."""
    text = drawn(tmp_path, LAYERS, "{" + ", ".join(f"{q}: {given}" for q, given in RIGHT.items()) + "}")
    assert "z1[2], a1[2] + b1[2]" in text
    assert "! " not in text
    assert "> " not in text.replace("-> ", "")
