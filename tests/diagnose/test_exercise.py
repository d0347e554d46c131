"""`grade check` judges the exercise: what its numbers and questions cannot tell, and what would help."""

import time
from typing import Any

import numpy as np
import pytest

from grader.diagnose.exercise import Judgement, judge, verdict
from grader.diagnose.exercise.chance import _chance
from grader.spec import load_text

ALL = (
    "z1 z2 a1 a2 u yhat L dL/dyhat dL/du dL/dv1 dL/dv2 dL/dc dL/da1 dL/da2 dL/dz1 dL/dz2 dL/dw11 dL/dw12"
    " dL/dw21 dL/dw22 dL/db1 dL/db2 new(w11) new(w12) new(w21) new(w22) new(b1) new(b2) new(v1)"
    " new(v2) new(c)"
)
GIVEN = {
    "x1": 0.37, "x2": -0.82, "y": 0.7, "w11": 0.43, "w12": -0.61, "w21": 0.72, "w22": 0.27,
    "b1": 0.14, "b2": -0.35, "v1": 0.58, "v2": -0.93, "c": 0.22, "eta": 0.3,
}  # fmt: skip


def problem(asked: str = ALL, /, *, activation: str = "sigmoid", **given: float) -> Judgement:
    """The 2-2-1 net with some numbers changed, judged."""
    numbers = ", ".join(f"{n}: {v}" for n, v in (GIVEN | given).items())
    questions = ", ".join(asked.split())
    return judged(f"""
    given: {{{numbers}}}
    equations: [z1 = w11*x1 + w12*x2 + b1, z2 = w21*x1 + w22*x2 + b2, a1 = {activation}(z1),
                a2 = {activation}(z2), u = v1*a1 + v2*a2 + c, yhat = sigmoid(u), L = 1/2*(yhat - y)^2]
    train: {{minimize: L, learning_rate: eta, parameters: [w11, w12, w21, w22, b1, b2, v1, v2, c]}}
    questions: [{questions}]
""")


def judged(body: str, before: str = "") -> Judgement:
    """A problem judged, given its lines."""
    text = f"{before}problems:\n  - id: q\n{body}"
    return judge(load_text(text, "t.yaml").problems[0])


def unseen(judgement: Judgement) -> dict[str, str]:
    """Id -> why it does not show."""
    return {rule.id: rule.cause for rule in judgement.unseen}


def pairs(judgement: Judgement) -> dict[frozenset[str], str]:
    """The pairs that look alike -> why."""
    return {frozenset((twins.first, twins.second)): twins.cause for twins in judgement.twins}


def test_ordinary_numbers_and_every_question_tell_everything() -> None:
    """What no exercise of this kind could tell apart is not held against it."""
    found = problem()
    assert found.rules > 40
    assert (found.unseen, found.twins, found.kinks, found.flat, found.extras) == ((), (), (), (), ())


def test_a_small_net_takes_less_than_a_second() -> None:
    """Nobody waits for a check."""
    problem()
    start = time.perf_counter()
    problem()
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        ({"b1": 0, "b2": 0, "c": 0}, {"fwd.no_bias", "fwd.minus_bias", "fwd.bias_per_input"}),
        ({"eta": 1}, {"upd.no_eta"}),
    ],
)
def test_numbers_that_hide_a_rule(given: dict[str, Any], hidden: set[str]) -> None:
    """The rule is named, with the numbers as the cause; with ordinary numbers it is not."""
    found = unseen(problem(**given))
    assert {rule: found.get(rule) for rule in hidden} == dict.fromkeys(hidden, "numbers")
    assert not hidden & unseen(problem()).keys()


def test_a_question_that_hides_a_rule() -> None:
    """What cancels in all that is asked: no numbers help, and a question that does is proposed."""
    found = judged("""
    given: {x: 0.3, w: 0.7, b: 0.4, y: 1}
    equations: [z = w*x + b, "L = (z - y)^2"]
    questions: ["dL/dw / dL/db", "dL/db - dL/db"]
""")
    assert unseen(found)["fwd.no_bias"] == "questions"
    assert found.extras[0].shows >= 3


def test_rules_on_what_is_not_asked_are_only_counted() -> None:
    """Nobody is told that updates do not show in a forward pass."""
    found = problem("z1 z2 a1 a2 u yhat")
    assert not any(rule.startswith(("upd.", "dW.", "der.")) for rule in unseen(found))
    assert found.elsewhere > 20


def test_an_extra_question_does_what_it_promises() -> None:
    """Asked, too, it tells as many pairs apart as it said."""
    asked = "new(w11) new(w12) new(w21) new(w22) new(b1) new(b2) new(v1) new(v2) new(c)"
    before = problem(asked)
    extra = before.extras[0]
    after = problem(f"{asked} {extra.ask}")
    assert extra.parts > 0
    assert len(before.twins) - len(after.twins) == extra.parts
    assert len(before.unseen) - len(after.unseen) == extra.shows
    assert sum(e.parts for e in before.extras) <= len(before.twins)
    assert len(before.extras) <= 3


def test_numbers_that_make_twins() -> None:
    """Where every z is positive, ReLU is no activation at all."""
    twins = pairs(problem(b1=2, b2=2, c=1))
    assert twins[frozenset(("act.none", "act.relu_for_sigmoid"))] == "numbers"
    assert frozenset(("act.none", "act.relu_for_sigmoid")) not in pairs(problem())


def test_kinks_and_flat_units() -> None:
    """A ReLU at 0 and a saturated sigmoid are told, if gradients are asked."""
    found = problem(activation="relu", b1=-0.43 * 0.37 + -0.61 * 0.82, c=9)
    assert [corner.what for corner in found.kinks] == ["relu(z1)"]
    assert [corner.what for corner in found.flat] == ["sigmoid(u)"]
    assert found.flat[0].value < 0.005
    forward = problem("z1 a1 yhat", activation="relu", b1=-0.43 * 0.37 + -0.61 * 0.82, c=9)
    assert (forward.kinks, forward.flat) == ((), ())


def test_elements_are_named() -> None:
    """Of a vector the element on the kink."""
    found = judged("""
    given: {x: [1, 2], w: [2, -1]}
    equations: ["z = [w[1]*x[1] + 1, w[1]*x[1] + w[2]*x[2]]", a = relu(z), L = sum(a^2)]
    questions: [dL/dw]
""")
    assert [corner.what for corner in found.kinks] == ["relu(z)[2]"]


def test_chance_by_a_grid() -> None:
    """The share of the scale within a window, counted point by point."""
    right, half = 0.4, np.array([0.0005, 0.0005, 0.00005, 0.0005])
    middle = np.array([0.2, 0.2004, -0.0712, 5.0])
    found = _chance(right, middle, middle - half, middle + half, 3.0)
    scale = np.exp(np.linspace(np.log(right / 3), np.log(3 * right), 400_001))
    ends = half + 0.5 * 10.0 ** (np.floor(np.log10(np.abs(middle))) - 2)
    inside = [
        np.any([np.abs(sign * scale - m) <= e for m, e in zip(middle, ends, strict=True)], axis=0)
        for sign in (1, -1)
    ]
    assert found == pytest.approx(np.mean(inside), rel=1e-3)


def test_chance_of_a_lone_number() -> None:
    """A gradient at the end of a long way, hardly anything else asked: one in ten at three digits."""
    found = {c.question: c for c in problem("yhat dL/dw11").chances}
    assert 0.05 < found["dL/dw11"].three < 0.3
    assert found["dL/dw11"].four < found["dL/dw11"].three / 5
    everything = {c.question: c.three for c in problem().chances}
    assert everything["dL/dw11"] < found["dL/dw11"].three / 10


def test_chance_of_an_answer_that_others_back_up() -> None:
    """A rule that changes an answer beside it too is no explanation of one wrong number."""
    alone = {c.question: c.three for c in problem("yhat dL/dv1").chances}["dL/dv1"]
    backed = {c.question: c.three for c in problem("yhat dL/dv1 dL/dv2").chances}["dL/dv1"]
    assert backed < alone / 2


def test_formulas() -> None:
    """With symbols everything is compared as formulas, and there is no chance."""
    found = judged("""
    symbols: [x, y, w, b]
    equations: [z = w*x + b, a = sigmoid(z), "L = (a - y)^2"]
    questions: [z, a, dL/dw]
""")
    assert found.rules > 10
    assert found.chances == ()
    assert not any(rule.startswith("fwd.") for rule in unseen(found))


def test_own_rules_take_part() -> None:
    """A course's rule is judged like the catalogue's."""
    own = 'misconceptions:\n  - {name: Ours, right: "w*x", wrong: "w*x^2", feedback: Once.}\n'
    body = "    given: {{x: {x}, w: 0.7}}\n    equations: [z = w*x, a = sigmoid(z)]\n    questions: [z, a]\n"
    assert unseen(judged(body.format(x=1), own)).get("ours") == "numbers"
    assert "ours" not in unseen(judged(body.format(x=0.3), own))


@pytest.mark.parametrize(
    "questions",
    [
        "{id: t, text: }",
        "{ask: 'depends(z, x)'}",
        "{ask: which, choice: {options: [a, b], answer: a}}",
        "x",
        "z*0",
    ],
)
def test_questions_without_numbers(questions: str) -> None:
    """Nothing is said where nothing can be."""
    found = judged(f"    given: {{x: 2}}\n    equations: [z = 3*x]\n    questions: [{questions}]\n")
    assert (found.unseen, found.twins) == ((), ())


def test_what_is_too_large_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound on the work; nothing is claimed beyond it."""
    monkeypatch.setattr(verdict, "_MUCH", 10)
    monkeypatch.setattr(verdict, "_TOO_MUCH", 100)
    assert problem() == Judgement("q", too_large=True)


def test_many_training_steps_end_soon() -> None:
    """A thousand steps of momentum are no reason to wait."""
    start = time.perf_counter()
    judged("""
    given: {x: 0.3, w: 0.7, b: 0.4, y: 1, eta: 0.02}
    equations: [z = w*x + b, "L = (z - y)^2"]
    train: {minimize: L, learning_rate: eta, parameters: [w, b], optimizer: momentum}
    questions: [new(w), "new(w, 1000)"]
""")
    assert time.perf_counter() - start < 10
