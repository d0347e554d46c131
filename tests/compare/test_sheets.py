"""Answers of every form, read and judged: vectors, matrices, elements, formulas, and what cannot be read."""

import pytest

from grader.submission.model import Duplicate, Given
from tests.compare.classroom import grader, reason, told, verdicts

SHAPES = """
given: {W: [[1, 2, 3], [4, 5, 6]], x: [1, 0.5, -1], t: 4}
equations: [z = W @ x, s = sum(z), P = W * 2, r = s + t, "Q = W @ W^T + [[0, 1], [2, 0]]"]
questions: [z, s, P, Q, x^T, {ask: z, id: by elements}]
"""


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("z", ("-1.0", "0.50"), "correct correct"),
        ("z", (("-1.0",), ("0.50",)), "correct correct"),
        ("z", (("-1.0", "0.50"),), "correct correct"),
        ("z", "[-1.0, 0.50]", "correct correct"),
        ("z", ("-1.0", "0.70"), "correct wrong"),
        ("z", ("-1.0", ""), "correct missing"),
        ("z", ("-1.0", "1/2"), "correct correct"),
        ("z", ("x[1] + 2*x[2] - 3", "t/8"), "correct correct"),
        ("z", "W @ x", "correct correct"),
        ("s", "-0.50", "correct"),
        ("s", ("-0.50",), "correct"),
        ("s", (("-0.50",),), "correct"),
        ("s", "-t/8", "correct"),
        ("P", (("2", "4", "6"), ("8", "10", "12")), "correct " * 6),
        ("P", "[[2, 4, 6], [8, 10, 12]]", "correct " * 6),
        ("P", "W + W", "correct " * 6),
        ("P", (("2", "4", "6"), ("8", "10", "11")), "correct " * 5 + "wrong"),
        ("P", (("2", "8"), ("4", "10"), ("6", "12")), "transposed " * 6),
        ("P", (("2", "8"), ("4", "10"), ("6", "11")), "transposed " * 5 + "wrong"),
        ("Q", (("14", "33"), ("34", "77")), "correct " * 4),
        ("Q", (("14", "34"), ("33", "77")), "correct transposed transposed correct"),
        ("Q", (("14", "34"), ("33", "78")), "correct wrong wrong wrong"),
        ("x^T", ("1", "0.5", "-1"), "correct " * 3),
        ("x^T", (("1", "0.5", "-1"),), "correct " * 3),
    ],
)
def test_shapes(question: str, answer: str | tuple[object, ...], verdict: str) -> None:
    """A vector may lie or stand, a number may be a list of one; a matrix the wrong way round is a slip."""
    assert verdicts(SHAPES, {question: answer}).get(question) == verdict.strip()  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("z", ("1", "2", "3"), "a vector of 2 was asked, this is a list of 3"),
        ("z", "0.5", "a vector of 2 was asked, this is a number"),
        ("z", (), "a vector of 2 was asked, this is an empty list"),
        ("s", ("1", "2"), "a number was asked, this is a list of 2"),
        ("P", (("1", "2"), ("3", "4")), "a 2 by 3 matrix was asked, this is a 2 by 2 matrix"),
        ("P", "W^T @ W", "a 2 by 3 matrix was asked, this formula gives a 3 by 3 matrix"),
    ],
)
def test_a_wrong_size_is_wrong_and_says_both_sizes(question: str, answer: str, words: str) -> None:
    """Never unreadable: the sentence names what was asked and what was given."""
    found = verdicts(SHAPES, {question: answer})[question]

    assert set(found.split()) == {"wrong"}
    assert reason(SHAPES, question, answer) == words


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("s", "q + 1", "q"),
        ("s", "tt", '"t"'),
        ("s", "2 +", "character"),
        ("s", "nan", "nan"),
        ("s", "1e400", "too large"),
        ("s", "1,5", "comma"),
        ("s", "1/0", ""),
        ("s", "sqrt(-1)", "no finite value"),
        ("s", "s", "the very quantity"),
        ("s", "s + 0", "the very quantity"),
        ("z", ("1", ("2", "3")), "rows"),
        ("P", (("1", "2"), ("3",)), "different lengths"),
        ("s", Duplicate(("1", "2"), (3, 7)), "answered twice: 1 (line 3) and 2 (line 7)"),
    ],
)
def test_what_cannot_be_read_says_why(question: str, answer: str, words: str) -> None:
    """The reason names what stands in the way."""
    assert set(verdicts(SHAPES, {question: answer})[question].split()) == {"unreadable"}
    assert words in reason(SHAPES, question, answer)


def test_elements_one_by_one() -> None:
    """Elements answered on their own count for themselves; those left out are missing."""
    assert verdicts(SHAPES, {"z[1]": "-1.0", "z[2]": "0.50"})["z"] == "correct correct"
    assert verdicts(SHAPES, {"z[2]": "0.50"})["z"] == "missing correct"
    assert verdicts(SHAPES, {"P[2,3]": "12", "P[1,1]": "3"})["P"].split()[::5] == ["wrong", "correct"]


def test_the_same_answered_twice_is_unreadable() -> None:
    """In two spellings, as a whole and by elements: both stand in a note, and neither counts."""
    papers: tuple[dict[str, Given], ...] = (
        {"z": ("-1.0", "0.5"), "z[1]": "-1.0"},
        {"s": "-0.5", " s": "-0.5"},
    )
    for answers in papers:
        result = grader(SHAPES).grade([answers])
        assert set(told(result)[next(iter(answers))].split()) == {"unreadable"}
        assert len(result.notes[0]) == 1
    twice = grader(SHAPES).grade([{"z[1]": "-1.0", "z[2]": "0.5", "z[01]": "-1.0"}])
    assert told(twice)["z"] == "unreadable correct"


def test_an_unknown_key_is_told_with_the_nearest() -> None:
    """Nothing is dropped silently."""
    result = grader(SHAPES).grade([{"zz": "1"}])

    assert told(result) == {}
    assert 'did you mean "z"' in result.notes[0][0]


def test_many_unknown_keys_are_told_in_one_note_with_what_is_asked() -> None:
    """Each is named, or counted where there are too many; an everyday word means its quantity."""
    spec = """
given: {x: 3, w: 0.5, y: 1}
equations: [yhat = w*x, "L = (yhat - y)^2"]
train: {minimize: L, parameters: [w], learning_rate: 0.1}
questions: [yhat, L]
"""
    (few,) = grader(spec).grade([{"loss": "0.25", "prediction": "1.5", "foo": "1"}]).notes[0]
    assert '"loss" (did you mean "L"?), "prediction" (did you mean "yhat"?), "foo"' in few
    assert few.endswith('it asks "yhat", "L"')

    many = grader(spec).grade([{f"foo{i}": "1" for i in range(900)}]).notes[0]
    assert len(many) == 1
    assert "and 894 more" in many[0]


SYMBOLIC = """
symbols: {a: null, b: null, u: [-0.9, 0.9]}
equations: [f = (a + b)^2, g = sigmoid(a), h = ln(1 - u), k = a]
questions: [f, g, h, dg/da, k]
"""


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("f", "a^2 + 2*a*b + b^2", "correct"),
        ("f", "(b + a)*(a + b)", "correct"),
        ("f", "a^2 - 2*a*b + b^2", "wrong"),
        ("f", "a^2 + b^2", "wrong"),
        ("f", "(a + b)^2*1.002", "wrong"),
        ("f", "4", "wrong"),
        ("g", "1/(1 + exp(-a))", "correct"),
        ("g", "exp(a)/(exp(a) + 1)", "correct"),
        ("g", "(1 + tanh(a/2))/2", "correct"),
        ("g", "1/(1 + exp(a))", "wrong"),
        ("dg/da", "sigmoid(a)*(1 - sigmoid(a))", "correct"),
        ("dg/da", "g*(1 - g)", "correct"),
        ("dg/da", "g*(1 + g)", "wrong"),
        ("dg/da", "exp(-a)/(1 + exp(-a))^2", "correct"),
        ("h", "ln(1 - u)", "correct"),
        ("h", "ln((1 - u^2)/(1 + u))", "correct"),
        ("h", "2*ln(sqrt(1 - u))", "correct"),
        ("h", "-ln(1 - u)", "wrong"),
        # Real for some of the points only: nobody can tell.
        ("h", "ln(u) + ln(1/u - 1)", "undecided"),
        ("h", "sqrt(u)", "undecided"),
        ("f", "k", "wrong"),
        ("f", "f", "unreadable"),
        ("f", "c + b", "unreadable"),
    ],
)
def test_formulas_are_equal_by_what_they_are_worth(question: str, answer: str, verdict: str) -> None:
    """Equal by algebra is equal; one sign is not; where a formula is undefined an instructor decides."""
    assert verdicts(SYMBOLIC, {question: answer})[question] == verdict


def test_what_could_not_be_decided_says_so() -> None:
    """Never a guess."""
    assert "could not decide" in reason(SYMBOLIC, "h", "sqrt(u)")


def test_small_magnitudes_do_not_cancel() -> None:
    """A right sigmoid formula is right and a wrong one wrong where values would be 1 to many digits."""
    far = "symbols: {a: [15, 30]}\nequations: [g = sigmoid(a)]\nquestions: [g, dg/da]"

    assert verdicts(far, {"g": "1/(1 + exp(-a))"}) == {"g": "correct"}
    assert verdicts(far, {"dg/da": "g*(1 - g)"}) == {"dg/da": "correct"}
    assert verdicts(far, {"dg/da": "2*g*(1 - g)"}) == {"dg/da": "wrong"}


def test_a_formula_in_a_students_own_numbers() -> None:
    """Of an unknown target: three-digit coefficients are right if his own three-digit values give them."""
    problem = (
        "symbols: [y]\ngiven: {x: 0.5, w: 0.3}\n"
        "equations: [a = sigmoid(w*x), d = a - y, g = d*a]\nquestions: [a, d, g]"
    )
    own = {"a": "0.537", "d": "0.537 - y", "g": "0.288369 - 0.537*y"}

    assert verdicts(problem, own) == dict.fromkeys("adg", "correct")
    assert verdicts(problem, {**own, "g": "0.288369 + 0.537*y"})["g"] == "wrong"
