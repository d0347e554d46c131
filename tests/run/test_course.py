"""A course's own misconceptions: found where their pattern stands, named, and refused where useless."""

import pickle
from pathlib import Path

import pytest

from grader.engine.derive import derive
from grader.language import render
from grader.misconceptions.course import course_entries
from grader.misconceptions.view import View
from grader.report.model import ClassReport
from grader.run import grade_assignment, load_spec
from grader.source import SpecError
from grader.spec import load_text

ERRORS = Path(__file__).parent / "errors"

NETWORK = """
    network:
      inputs: {{x: 0.5}}
      targets: {{y: 1}}
      layers:
        - {{weights: {{w1: 0.2}}, bias: {{b1: 0.1}}, activation: {first}, pre: z1, out: a1}}
        - {{weights: {{w2: 0.4}}, bias: {{b2: 0.2}}, activation: tanh, pre: z2, out: p}}
      loss: {{L: half_squared_error}}
      learning_rate: {{r: 0.1}}
      optimizer: {optimizer}
    questions: [{questions}]
"""


def spec(
    right: str,
    wrong: str,
    *,
    first: str = "sigmoid",
    optimizer: str = "sgd",
    questions: str = "yhat, dL/dz2, dL/dz1, new(w2), new(w1)",
) -> str:
    """A spec with one rule of the course's own."""
    rule = f'{{name: Ours, right: "{right}", wrong: "{wrong}", feedback: "See {{step}}."}}'
    network = NETWORK.format(first=first, optimizer=optimizer, questions=questions)
    return f"misconceptions:\n  - {rule}\nproblems:\n  - id: q1{network}"


def variants(text: str) -> list[tuple[bool, dict[str, str]]]:
    """What the rule of a spec puts in place of what."""
    problem = load_text(text, "t.yaml").problems[0]
    view = View(derive(problem, whole=True))
    entry = course_entries(view)["ours"]
    return [(v.tied, {name: render(rule) for name, rule in v.rules.items()}) for v in entry.variants(view)]


def test_f_is_any_activation() -> None:
    """``f'(u)`` is the slope of every layer, and ``f(u)`` is taken from the quantity that holds it."""
    tied, *single = variants(spec("f'(u)", "f(u)"))
    assert tied == (True, {"dL/dz2": "dL/dyhat*p", "dL/dz1": "dL/da1*a1"} | tied[1])
    assert [list(rules) for _, rules in single] == [["dL/dz2"], ["dL/dz1"]]


def test_a_function_by_its_name_is_only_that() -> None:
    """``tanh'(u)`` is not sigmoid's slope."""
    assert [list(rules) for _, rules in variants(spec("tanh'(u)", "1 - u^2"))] == [["dL/dz2"]]


@pytest.mark.parametrize(
    ("right", "wrong", "new"),
    [
        ("w - eta*g", "w + eta*g", "w1 + r*dL/dw1"),
        ("w - g*eta", "w - g", "w1 - dL/dw1"),
        ("w - eta*dL/dw", "w - eta*dL/dw*w", "w1 - r*dL/dw1*w1"),
        ("eta*g", "g/eta", "w1 - dL/dw1/r"),
    ],
)
def test_an_update_of_any_weight(right: str, wrong: str, new: str) -> None:
    """The learning rate is ``eta`` whatever it is called, and the factors stand in any order."""
    tied, *_ = variants(spec(right, wrong))
    assert list(tied[1]) == ["+w1", "+b1", "+w2", "+b2"]
    assert tied[1]["+w1"] == new


def test_the_update_of_an_optimizer() -> None:
    """What is subtracted may be a momentum."""
    tied, *_ = variants(spec("w - eta*g", "w + eta*g", optimizer="momentum"))
    assert tied[1]["+w1"] == "w1 + r*(+state(v,w1))"


def test_the_same_letter_is_the_same_thing() -> None:
    """``w*x + w`` is no step here, ``w*x + b`` is two."""
    assert variants(spec("w*x + w", "w*x")) == []
    assert len(variants(spec("w*x + b", "w*x"))) == 3


def test_one_step_by_its_quantity() -> None:
    """With a quantity in front, every name is that quantity; later values are worked out on the spot."""
    rules = variants(spec("dL/da1 = dL/dz2*w2", "dL/da1 = dL/dz2*new(w2)"))
    assert rules == [(True, {"dL/da1": "dL/dz2*(w2 - r*dL/dw2)"})]
    assert variants(spec("z2 = w2*a1 + b2", "w2*a1 - b2")) == [(True, {"z2": "w2*a1 - b2"})]


def test_the_right_rule_may_be_written_in_another_way() -> None:
    """What counts is its value."""
    assert variants(spec("dL/dz2 = (yhat - y)*(1 - yhat^2)", "dL/dz2 = yhat - y")) == [
        (True, {"dL/dz2": "p - y"})
    ]


def test_entries_go_to_other_processes() -> None:
    """A grader with own rules can be sent to a worker."""
    problem = load_text(spec("f'(u)", "f(u)"), "t.yaml").problems[0]
    entries = course_entries(View(derive(problem)))
    assert pickle.loads(pickle.dumps(entries)).keys() == entries.keys()


def test_every_useless_rule_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its place, and a rule that only one of the problems has is none of them."""
    monkeypatch.chdir(ERRORS)
    with pytest.raises(SpecError) as caught:
        load_spec("course.yaml")
    assert f"{caught.value}\n" == (ERRORS / "course.out").read_text(encoding="utf-8")


def graded(tmp_path: Path, text: str, answers: dict[str, str]) -> ClassReport:
    """One student's answers to the problem of a spec."""
    (tmp_path / "hw.yaml").write_text(text, encoding="utf-8")
    lines = [f"    {question}: {given}" for question, given in answers.items()]
    sheet = tmp_path / "s1.yaml"
    sheet.write_text("answers:\n  q1:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return grade_assignment(tmp_path / "hw.yaml", [sheet])


def test_a_student_who_follows_the_rule(tmp_path: Path) -> None:
    """The diagnosis carries the course's id, name and sentence; the repetition is not charged."""
    # A learning rate that no rule of the catalogue makes.
    text = spec("w - eta*g", "w - eta*g*sqrt(2)", questions="dL/dw1, dL/dw2, new(w1), new(w2)")
    reference = {a.ask: float(a.expected or "nan") for a in graded(tmp_path, text, {}).questions}
    answers = {
        "dL/dw1": f"{reference['dL/dw1']:.6f}",
        "dL/dw2": f"{reference['dL/dw2']:.6f}",
        "new(w1)": f"{0.2 - 0.1 * 2**0.5 * reference['dL/dw1']:.6f}",
        "new(w2)": f"{0.4 - 0.1 * 2**0.5 * reference['dL/dw2']:.6f}",
    }
    got = graded(tmp_path, text, answers).students[0].answers
    assert [a.verdict for a in got] == ["correct", "correct", "misconception", "misconception"]
    first = got[2].diagnosis
    assert first is not None
    assert (first.id, first.title, first.explains) == ("ours", "Ours", ("new(w1)", "new(w2)"))
    assert first.feedback == f"See {first.step}."
    assert [a.score for a in got[2:]] == [0.5, 1.0]


def test_a_useless_rule_grades_nothing(tmp_path: Path) -> None:
    """It is an error of the spec."""
    with pytest.raises(SpecError, match="no rule of any problem"):
        graded(tmp_path, spec("sqrt(u)", "u"), {})
