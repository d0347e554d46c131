"""Formulas computed together are what each of them is by itself."""

import numpy as np
import pytest

from grader.language.batch import Batch, NotPlainError
from grader.language.evaluate import evaluate
from grader.language.parse import parse
from grader.language.scope import Scope

NAMES = ("w", "x", "y", "z")
SCOPE = Scope(frozenset({*NAMES, "v"}))
FORMULAS = (
    "x", "3", "-x^2 + 3", "(x - y)*w*z*(1 - z)*7/11", "sigmoid'(z)*relu(x) - 2.5", "e^x - pi",
    "x - y - z + -2", "gelu(z)/silu'(x) + ln(x)", "-(-x)", "leaky_relu(x) + step(y)", "sqrt(x)^-w",
    "exp(x^2)/0",
    "2^3^2*x", "elu'(x)*tanh'(y)", "abs(x) + sign(y)*relu'(x - x)",
)  # fmt: skip
POINTS, STUDENTS = 5, 3
AT_ZERO = {"relu'": 0.5}


def values(own: tuple[str, ...]) -> dict[str, np.ndarray]:
    """For each name numbers at the points, the same for everybody or each student's own."""
    rng = np.random.default_rng(4)
    return {n: rng.normal(size=(STUDENTS if n in own else 1, POINTS)) for n in NAMES}


def alone(text: str, student: int, known: dict[str, np.ndarray]) -> np.ndarray:
    """A formula's values by itself."""
    own = {n: v[min(student, len(v) - 1)][None, None, None] for n, v in known.items()}
    with np.errstate(all="ignore"):
        return np.broadcast_to(evaluate(parse(text, SCOPE), own, AT_ZERO), (1, 1, 1, POINTS)).ravel()


@pytest.mark.parametrize("own", [(), ("x",), NAMES])
def test_together_as_alone(own: tuple[str, ...]) -> None:
    """To the last bit, whatever stands beside a formula and whoever's values it speaks of."""
    known = values(own)
    batch = Batch(NAMES, AT_ZERO)
    wanted = [(text, student) for text in FORMULAS for student in range(STUDENTS)] * 400
    numbers = {text: batch.add(parse(text, SCOPE)) for text in FORMULAS}
    found = batch.values(
        np.array([numbers[text] for text, _ in wanted]), np.array([s for _, s in wanted]), known, POINTS
    )
    expected = {(text, student): alone(text, student, known) for text, student in wanted}
    for row, key in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(row, expected[key], str(key))


def test_names_are_told() -> None:
    """A formula that is only a name counts, too."""
    batch = Batch(NAMES, {})
    product, bare, number = (batch.add(parse(text, SCOPE)) for text in ("w*x + w", "y", "2 + 3"))
    assert batch.names_in(product) == {"w", "x"}
    assert batch.names_in(bare) == {"y"}
    assert batch.names_in(number) == frozenset()
    assert batch.naming("x").tolist() == [True, False, False]
    assert not batch.naming("v").any()


@pytest.mark.parametrize("text", ["x*[1, 2]", "x + v", "x + max(x, y)", "x + sum(y)", "x*softmax(y)"])
def test_what_is_not_plain_is_refused(text: str) -> None:
    """And leaves nothing behind: formulas before and after it keep their values."""
    batch = Batch(NAMES, {})
    known = values(())
    before = batch.add(parse("x*y", SCOPE))
    with pytest.raises(NotPlainError):
        batch.add(parse(text, SCOPE))
    after = batch.add(parse("x - y/7", SCOPE))
    found = batch.values(np.array([before, after]), np.array([0, 0]), known, POINTS)
    np.testing.assert_array_equal(found, [alone("x*y", 0, known), alone("x - y/7", 0, known)])
