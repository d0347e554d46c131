"""What the contract promises about specs, example by example."""

from typing import Any

import pytest

from grader.language import render
from grader.language.tree import key
from grader.spec import SpecError, inspect_text, load_text
from grader.spec.model import Assignment, Credit, Optimizer, Problem, Tolerance

NETWORK = """
title: Homework 1
problems:
  - id: q3
    title: One hidden unit, binary cross-entropy
    network:
      inputs: {x: 0.5}
      targets: {y: 1}
      layers:
        - {weights: {w1: 0.2}, bias: {b1: 0.1}, activation: sigmoid, pre: z1, out: a1}
        - {weights: {w2: 0.4}, bias: {b2: 0.2}, activation: sigmoid, pre: z2, out: yhat}
      loss: {L: binary_cross_entropy}
      learning_rate: {eta: 0.1}
    questions:
      - z1                      # a bare quantity: worth 1 point, its id is the quantity as written
      - a1
      - ask: dL/dw2
        points: 2
      - {ask: new(w2), id: w2 after one step}
"""

GENERAL = """
problems:
  - id: q3
    given: {x: 0.5, y: 1, w1: 0.2, b1: 0.1, w2: 0.4, b2: 0.2, eta: 0.1}
    equations:
      - z1 = w1*x + b1
      - a1 = sigmoid(z1)
      - z2 = w2*a1 + b2
      - yhat = sigmoid(z2)
      - L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))
    train: {minimize: L, learning_rate: eta, parameters: [w1, b1, w2, b2]}
    questions: [z1]
"""


def problem(text: str) -> Problem:
    """The only problem of a spec."""
    return load_text(text, "specs/hw1.yaml").problems[0]


def asked(body: str, questions: str = '["1"]') -> Problem:
    """A problem of these sections."""
    indented = body.replace("\n", "\n    ")
    return problem(f"problems:\n  - id: q\n    {indented}\n    questions: {questions}\n")


def number(value: float) -> Any:
    """A number as the model holds it."""
    return ((value,),)


def test_the_first_example_loads_as_printed() -> None:
    assignment = load_text(NETWORK, "specs/hw1.yaml")

    assert (assignment.id, assignment.title, assignment.decimal_comma) == ("hw1", "Homework 1", False)
    q3 = assignment.problems[0]
    assert (q3.id, q3.title) == ("q3", "One hidden unit, binary cross-entropy")
    assert [(q.id, q.ask, q.points) for q in q3.questions] == [
        ("z1", "z1", 1),
        ("a1", "a1", 1),
        ("dL/dw2", "dL/dw2", 2),
        ("w2 after one step", "new(w2)", 1),
    ]


def test_both_forms_of_the_example_mean_the_same() -> None:
    short, general = problem(NETWORK), problem(GENERAL)

    assert short.given == general.given
    assert [(e.name, e.text) for e in short.equations] == [(e.name, e.text) for e in general.equations]
    assert [key(e.expr) for e in short.equations] == [key(e.expr) for e in general.equations]
    assert short.train == general.train
    assert short.shapes == general.shapes


@pytest.mark.parametrize(
    ("written", "matrix"),
    [
        ("3", ((3.0,),)),
        ("1e-3", ((0.001,),)),
        ("010", ((10.0,),)),
        ('"1/3"', ((1 / 3,),)),
        ('"sqrt(2)"', ((2**0.5,),)),
        ("[1, -2.5]", ((1.0,), (-2.5,))),
        ('[1, "1/2"]', ((1.0,), (0.5,))),
        ("[[1, 2], [3, 4]]", ((1.0, 2.0), (3.0, 4.0))),
        ("[[1, 2]]", ((1.0, 2.0),)),
        ('"[1, 2]"', ((1.0,), (2.0,))),
        ("+.5", ((0.5,),)),
        ("-3", ((-3.0,),)),
        ("2*e", ((2 * 2.718281828459045,),)),
    ],
)
def test_a_value_is_a_number_a_column_or_a_matrix(written: str, matrix: object) -> None:
    assert asked(f"given: {{a: {written}}}", "[a]").given["a"] == matrix


def test_symbols_are_names_with_ranges_and_shapes() -> None:
    q = asked("symbols: {y: [-1, 3], w: {shape: [3]}, X: {shape: [3, 5], range: [0, 1]}, z: }", "[y*z*w]")

    assert [(s.low, s.high, s.shape, s.ranged) for s in q.symbols.values() if s.name in "yX"] == [
        (-1, 3, (1, 1), True),
        (0, 1, (3, 5), True),
    ]
    assert q.symbols["w"].shape == (3, 1)
    assert not q.symbols["z"].ranged
    assert list(asked("symbols: [y]", "[2*y]").symbols) == ["y"]


def test_unnamed_layers_use_the_usual_names() -> None:
    q = asked(
        "network:\n  inputs: [1, 2]\n  targets: 1\n"
        "  layers:\n  - {weights: [[1, 2], [3, 4]], bias: [1, 1], activation: relu}\n"
        "  - {weights: [[1, 2]], bias: 0}\n"
        "  loss: squared_error\n  learning_rate: 0.1",
        "[a2, yhat, dL/dW1, new(b2)]",
    )

    assert set(q.given) == {"x", "y", "W1", "b1", "W2", "b2", "eta"}
    assert [e.name for e in q.equations] == ["z1", "a1", "z2", "yhat", "L"]
    assert q.alias_text == {"a2": "yhat"}
    assert q.train is not None
    assert q.train.parameters == ("W1", "b1", "W2", "b2")


def test_yhat_always_means_the_last_output() -> None:
    q = asked("network: {inputs: 2, layers: [{weights: 3, out: p}]}", "[yhat, p]")

    assert q.equations[-1].name == "p"
    assert {name: render(expr) for name, expr in q.aliases.items()} == {"yhat": "p"}


def test_yhat_may_be_used_in_equations_beside_the_network() -> None:
    q = asked("network: {inputs: 2, layers: [{weights: 3, out: p}]}\nequations: [r = yhat - 1]", "[r]")

    assert (q.equations[-1].text, q.shapes["r"]) == ("p - 1", (1, 1))


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("sigmoid", "sigmoid(z1)"),
        ("sigma", "sigmoid(z1)"),
        ("identity", "z1"),
        ("{leaky_relu: 0.1}", "leaky_relu(z1, 0.1)"),
        ("leaky_relu", "leaky_relu(z1)"),
        ('{elu: "1/2"}', "elu(z1, 1/2)"),
        ("step", "step(z1)"),
    ],
)
def test_activations(written: str, right: str) -> None:
    q = asked(f"network: {{inputs: 2, layers: [{{weights: 3, activation: {written}}}]}}", "[yhat]")

    assert q.equations[1].text == right


@pytest.mark.parametrize(
    ("loss", "single", "several"),
    [
        ("half_squared_error", "1/2*(yhat - y)^2", "1/2*sum((yhat - y)^2)"),
        ("squared_error", "(yhat - y)^2", "sum((yhat - y)^2)"),
        ("mean_squared_error", "(yhat - y)^2", "mean((yhat - y)^2)"),
        ("absolute_error", "abs(yhat - y)", "sum(abs(yhat - y))"),
        (
            "binary_cross_entropy",
            "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
            "-sum(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        ),
        ("cross_entropy", "-y*ln(yhat)", "-sum(y*ln(yhat))"),
        ("hinge", "max(0, 1 - y*yhat)", "sum(max(0, 1 - y*yhat))"),
        ("poisson", "yhat - y*ln(yhat)", "sum(yhat - y*ln(yhat))"),
    ],
)
def test_losses(loss: str, single: str, several: str) -> None:
    one = f"network: {{inputs: 1, targets: 1, layers: [{{weights: 0.5}}], loss: {loss}}}"
    two = f"network: {{inputs: 1, targets: [1, 0], layers: [{{weights: [[0.5], [0.2]]}}], loss: {loss}}}"

    assert asked(one).equations[-1].text == single
    assert asked(two).equations[-1].text == several


BATCH = "network: {{inputs: [[1, 2, 4]], targets: [[1, 0, 1]], layers: [{{weights: 2}}], loss: {loss}{more}}}"


@pytest.mark.parametrize(
    ("loss", "more", "text"),
    [
        ("squared_error", ", reduction: mean", "sum((yhat - y)^2)/3"),
        ("squared_error", ", reduction: sum", "sum((yhat - y)^2)"),
        ("mean_squared_error", ", reduction: mean", "mean((yhat - y)^2)"),
        ("squared_error", ", l2: 0.1", "sum((yhat - y)^2) + 0.1*W1^2"),
        ("squared_error", ", l2: {lambda: 0.1, half: true}", "sum((yhat - y)^2) + 0.1/2*W1^2"),
        ("squared_error", ', l1: "1/3"', "sum((yhat - y)^2) + (1/3)*abs(W1)"),
        ("squared_error", ", reduction: mean, l1: 1, l2: 2", "sum((yhat - y)^2)/3 + 1*abs(W1) + 2*W1^2"),
    ],
)
def test_reduction_and_penalties(loss: str, more: str, text: str) -> None:
    assert asked(BATCH.format(loss=loss, more=more)).equations[-1].text == text


def test_a_penalty_is_over_all_weights_and_no_biases() -> None:
    q = asked(
        "network:\n  inputs: [1, 2]\n  targets: 1\n  layers:\n"
        "  - {weights: [[1, 2], [3, 4]], bias: [1, 1]}\n  - {weights: [[1, 2]], bias: 0}\n"
        "  loss: squared_error\n  l2: 0.5"
    )

    assert q.equations[-1].text == "(yhat - y)^2 + 0.5*(sum(W1^2) + sum(W2^2))"


def test_the_logarithm_of_the_problem_holds_for_its_loss() -> None:
    body = "network: {inputs: 1, targets: 1, layers: [{weights: 0.5}], loss: poisson}"
    q = asked(f"log: 10\n{body}")

    assert q.log_base == 10
    assert q.equations[-1].text == "yhat - y*log(yhat)"
    assert "log10" in str(q.equations[-1].expr)


TRAINED = """given: {w: 1, x: 2, eta: 0.1, beta: 0.5, T1: 3}
equations: [L = (w*x)^2]
"""


def test_an_optimizer_has_its_usual_constants() -> None:
    q = asked(TRAINED + "train: {minimize: L, learning_rate: eta, parameters: [w], optimizer: adam}")
    p = asked(
        TRAINED + "train: {minimize: L, learning_rate: eta, parameters: [w], optimizer: {adam: {beta1: 0.8}}}"
    )

    assert q.train is not None
    assert p.train is not None
    assert q.train.optimizer == Optimizer("adam", {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
    assert p.train.optimizer.constants["beta1"] == 0.8


def test_a_rule_of_ones_own() -> None:
    q = asked(
        TRAINED + "train:\n  minimize: L\n  learning_rate: eta\n  parameters: [w]\n"
        '  update: ["v = beta*v - eta*g", "w = w + v"]\n  state: {v: {w: 0.5}}',
        '[new(w), "state(v, w, 2)"]',
    )

    assert q.train is not None
    assert [(e.name, e.text) for e in q.train.update] == [("v", "beta*v - eta*g"), ("w", "w + v")]
    assert q.train.state == {"v": {"w": number(0.5)}}


def test_the_learning_rate_may_bring_its_own_value() -> None:
    for written, name in (("0.3", "eta"), ("{alpha: 0.3}", "alpha")):
        q = asked(
            f"given: {{w: 1}}\nequations: [L = w^2]\ntrain: {{minimize: L, learning_rate: {written}, "
            "parameters: [w]}"
        )
        assert q.train is not None
        assert q.train.learning_rate == name
        assert q.given[name] == number(0.3)


def test_training_beside_a_network() -> None:
    q = asked(
        "network: {inputs: {x: 1}, targets: {y: 2}, layers: [{weights: {w: 3}}], loss: squared_error}\n"
        "train: {learning_rate: 0.1, optimizer: momentum}",
        '[new(w), "state(v, w)"]',
    )

    assert q.train is not None
    assert (q.train.minimize, q.train.learning_rate, q.train.parameters) == ("L", "eta", ("w",))
    assert q.train.optimizer.name == "momentum"


def test_examples_need_not_stand_in_given() -> None:
    q = asked(
        "network: {layers: [{weights: {w: 3}}], loss: squared_error, learning_rate: 0.1}\n"
        "train: {examples: [{x: 1, y: 2}, {x: 3, y: 4}]}",
        '["new(w, 2)", new(L)]',
    )

    assert q.train is not None
    assert q.train.examples == (
        {"x": number(1), "y": number(2)},
        {"x": number(3), "y": number(4)},
    )
    assert q.given["x"] == number(1)
    assert "x" not in q.given_text


@pytest.mark.parametrize(
    "ask",
    [
        "a1", "W1[1,2]", "z1[2]", "dL/dW1", "dL/dW1[1,2]", "da1[2]/dx", "new(W1)", "new(W1[1,2])",
        "new(W1, 3)", "new(L)", "new(yhat, 2)", "new(dL/dW1)", "state(v, W1)", "state(v, W1, 2)",
        "0.5*(y - yhat)^2", "sigmoid'(z1)", "-dL/dz2", "new(b2) - b2", "dL/dW1[1,1] / dL/dW2[1,1]",
        "depends(dyhat/dx, b2)", "state(v, W1[1,2])", "da1/dx", "softmax(z1)[1]", "wj1 + 1", "dL/dwj1",
    ],
)  # fmt: skip
def test_what_can_be_asked(ask: str) -> None:
    q = asked(
        "network:\n  inputs: [1, 2]\n  targets: 1\n  layers:\n"
        "  - {weights: [[1, 2], [3, 4]], bias: [1, 1], activation: sigmoid}\n"
        "  - {weights: [[1, 2]], bias: 0}\n"
        "  loss: squared_error\n  learning_rate: 0.1\n  optimizer: momentum\n"
        'aliases: {wj1: "W2[1,1]"}',
        f'["{ask}"]',
    )

    assert q.questions[0].ask == ask
    assert q.questions[0].kind == ("depends" if ask.startswith("depends") else "value")


def test_choice_and_text() -> None:
    q = asked(
        "given: {x: 1}",
        "[{id: c, choice: {options: [yes, no], answer: no}}, {ask: Why?, text: {rubric: r}}, "
        "{id: t, text: }]",
    )

    assert [(s.kind, s.id, s.ask, s.options, s.answer, s.rubric) for s in q.questions] == [
        ("choice", "c", "", ("yes", "no"), "no", None),
        ("text", "Why?", "Why?", (), None, "r"),
        ("text", "t", "", (), None, None),
    ]


def test_the_nearest_tolerance_and_credit_replace_the_others() -> None:
    text = """
tolerance: {abs: 0.1, rounding: off}
credit: {slip: 0.2}
problems:
  - {id: a, given: {x: 1}, questions: [x]}
  - id: b
    tolerance: {decimals: 3}
    credit: {imprecise: 1}
    given: {x: 1}
    questions: [x, {ask: 2*x, tolerance: {min_sigfigs: 3}, credit: {cut_off: 0}}]
"""
    a, b = load_text(text, "t.yaml").problems

    assert a.questions[0].tolerance == Tolerance(abs=0.1, rounding=False)
    assert a.questions[0].credit == Credit(slip=0.2)
    assert b.questions[0].tolerance == Tolerance(decimals=3)
    assert b.questions[0].credit == Credit(imprecise=1)
    assert b.questions[1].tolerance == Tolerance(rel=0.001, min_sigfigs=3)
    assert b.questions[1].credit == Credit(cut_off=0)


def test_settings_of_the_assignment_reach_its_problems() -> None:
    text = """
index_base: 0
log: 2
at_zero: {step: 0, "relu'": 1}
decimal_comma: true
symbols: [s, unused]
aliases: {first: "v[0]", other: "nowhere[1]"}
problems:
  - {id: a, given: {v: [1, 2]}, questions: ["v[1]", first + s]}
  - {id: b, index_base: 1, log: e, at_zero: {step: 2}, given: {s: 1}, questions: [s]}
"""
    assignment = load_text(text, "t.yaml")

    a, b = assignment.problems
    assert assignment.decimal_comma
    assert (a.index_base, a.log_base, a.at_zero) == (0, 2, {"step": 0, "relu'": 1})
    assert (b.index_base, b.log_base, b.at_zero) == (1, "e", {"step": 2, "relu'": 1})
    assert (list(a.symbols), list(a.aliases)) == (["s"], ["first"])
    assert (list(b.symbols), list(b.aliases)) == ([], [])


def test_a_recurrent_net_is_its_equations() -> None:
    q = asked(
        "given: {w: 0.5, u: 1, h0: 0, x1: 1, x2: 2}\n"
        "equations: [h2 = tanh(w*h1 + u*x2), h1 = tanh(w*h0 + u*x1)]",
        "[dh2/dw]",
    )

    assert q.shapes["h2"] == (1, 1)


def test_a_problem_may_be_all_symbols() -> None:
    assert asked("symbols: [x, w]\nequations: [z = w*x]", "[dz/dw]").given == {}


def test_symbols_may_stand_in_a_network() -> None:
    q = asked(
        "symbols: {x: {shape: [2]}, W: {shape: [1, 2]}, y: }\n"
        "network: {inputs: x, targets: {y: }, layers: [{weights: W, activation: sigmoid}], "
        "loss: squared_error}",
        "[dL/dW]",
    )

    assert q.equations[0].text == "W @ x"
    assert q.train is not None
    assert q.train.parameters == ("W",)


def test_weights_may_be_shared_by_layers() -> None:
    q = asked(
        "network: {inputs: 1, targets: 0, layers: [{weights: {w: 2}, activation: tanh}, {weights: w}], "
        "loss: squared_error, l2: 1}"
    )

    assert q.equations[2].text == "w*a1"
    assert q.equations[-1].text == "(yhat - y)^2 + 1*w^2"
    assert q.train is not None
    assert q.train.parameters == ("w",)


def test_e_is_a_constant_unless_it_is_given() -> None:
    assert (
        asked("given: {e: 3}", "[2*e]").questions[0].expr != asked("given: {x: 3}", "[2*e]").questions[0].expr
    )


def test_what_nothing_uses_is_a_warning_and_no_error() -> None:
    text = "problems:\n  - {id: a, given: {x: 1, eta: 0.1}, symbols: [s], questions: [x]}\n"
    assignment, warnings, lines = inspect_text(text, "t.yaml")

    assert isinstance(assignment, Assignment)
    assert [(w.mark.column, w.message) for w in warnings] == [
        (27, '"eta" is a given that nothing uses'),
        (48, '"s" is a symbol that nothing uses'),
    ]
    assert lines[1].startswith("  - {id: a")


def test_a_parameter_that_the_loss_does_not_depend_on_is_a_warning() -> None:
    text = (
        "problems:\n  - {id: a, given: {w: 1, v: 2, eta: 1}, equations: [L = w^2], "
        "train: {minimize: L, learning_rate: eta, parameters: [w, v]}, questions: [new(w)]}\n"
    )

    assert [w.message for w in inspect_text(text, "t.yaml")[1]] == ['L does not depend on the parameter "v"']


def test_anchors_and_aliases_are_read() -> None:
    text = (
        "problems:\n  - {id: a, given: &g {x: 1}, questions: [x]}\n  - {id: b, given: *g, questions: [x]}\n"
    )

    assert [p.given for p in load_text(text, "t.yaml").problems] == [{"x": number(1)}] * 2


def test_a_mistake_behind_an_anchor_is_told_once() -> None:
    text = (
        "problems:\n  - {id: a, given: &g {x: y}, questions: [x]}\n  - {id: b, given: *g, questions: [x]}\n"
    )

    with pytest.raises(SpecError) as caught:
        load_text(text, "t.yaml")
    assert len(caught.value.issues) == 1


def test_a_mark_of_byte_order_is_no_part_of_the_text() -> None:
    assert (
        load_text("\ufeffproblems: [{id: a, given: {x: 1}, questions: [x]}]", "t.yaml").problems[0].id == "a"
    )
