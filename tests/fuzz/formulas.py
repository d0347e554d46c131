"""Formulas that nobody would write: a corpus of what students wrote, mutated, and long texts of one trick.

Whatever the text, it is read or refused with an ExpressionError at a place inside it, and at once.
``make fuzz`` runs 200,000; the tests a few thousand with a fixed seed.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from grader.errors import ExpressionError
from grader.language import render
from grader.language.ambiguities import AMBIGUITIES
from grader.language.answer import AnswerReader, cells
from grader.language.spelling import normalise
from tests.language.problems import SCOPES, reader

INPUTS = 200_000
LIMIT = 0.050
_FORMULAS = (Path(__file__).parents[1] / "language" / "student_formulas.tsv").read_text("utf-8").splitlines()
# Which of the problems it speaks of, and the text.
CORPUS = [
    *((4, row.text) for row in AMBIGUITIES),
    *((int(number), f"${text}$") for number, text, _ in (line.split("\t") for line in _FORMULAS)),
    *((4, text) for text in (
        "x·w₁ + ½(y−ŷ)²", "σ′(z₁) = 2 × 10⁻³", "∂L/∂w₂ ≈ |z₁| + ‖w₁‖", "√2 + sin² x cos y", "w1′ + W1ᵀ@x",
        "(yhat - y)*w2*a1*(1 - a1)*x = -0.0196", "w2 a1 + b2", "-y*ln(ŷ) - (1 - y)*ln(1 - ŷ)",
    )),
]  # fmt: skip
PIECES = [
    *"{}[]()^_&$%|\\'.,;:=+-*/~!?@#<>\"` \t\n0123456789abdefijkmnpqwxyzLTWX",
    "\\frac", "\\frac{", "}{", "\\left(", "\\right)", "\\left.", "\\begin{pmatrix}", "\\end{pmatrix}", "\\\\",
    "\\sum", "\\sum_{i=1}^{m}", "\\sum_i", "^{(i)}", "_{i1}", "\\partial", "\\nabla_w", "\\hat",
    "\\bar{", "\\mathbf", "\\text{", "\\text{new}", "\\text{ or }", "\\sqrt[3]", "\\|", "\\lvert", "\\log_2",
    "\\sin", "\\tanh^2", "^{-1}", "^\\top", "^{[1]}", "\\quad", "\\,", "\\delta", "\\foo", "\\dots", "\\%",
    "\\tag{1}", "\\text{}", "\\(", "\\]", "e^{-z}", "w_{11}^{(2)}", "d", "dL/dw", "1e308",
    "1e999", "9" * 30, ".5", "1.", "=",
    "≈", "→", "½", "²", "⁻³", "⁽²⁾", "ᵀ", "₁", "√", "∂", "′", "’", "−", "·", "×", "‖", "σ", "η", "λ", "ŷ",
    "y\u0302", "\u0302", "\u20d7", "\u202e", "\u200b", "\x00", "\x7f", "\ud800", "🙂", "٣",
    "é", "ß", "ﬀ", "㎏",
    "𝐰", "Σ", "new(", "state(v, w)", "sin x", "max(", "nan", "inf", "N/A", "cm", "0,5",
]  # fmt: skip
LONG = [
    *(piece * (4_999 // len(piece)) for piece in PIECES),
    *(piece * (10_000 // len(piece)) for piece in PIECES[:40]),
    "{" * 2_400 + "x" + "}" * 2_400, "\\frac{1}{" * 500 + "x" + "}" * 500, "\\sum_{i=1}^{200} " * 250 + "i",
    "\\sum_{i=1}^{200}\\sum_{j=1}^{200}\\sum_{k=1}^{200} i j k", "$" + "x_1 " * 1_200 + "$",
    "\\sqrt" * 900 + "2", "\\hat" * 900, "x^" * 2_400 + "2", "$" + "-" * 4_900 + "1$", "\\sigma'" * 700,
    "\\text{a b} x \\quad " * 250, "\\begin{pmatrix}" + "1 & " * 1_200 + "1\\end{pmatrix}",
    "a = " * 1_200 + "1", "x₁" * 2_400, "$" + "½" * 4_900, "√" * 4_900, "|" * 4_999, "sin " * 1_200 + "x",
    "sin^2(" * 800, "x'" * 2_400, "\\begin{pmatrix}" * 300, "\\frac12" * 700, "$" + "W_1 x + " * 600 + "x$",
    "$" + "w_{11}^{(2)}" * 400 + "$", "%" * 4_999, "\\left" * 900, "\\color{red}" * 440, "\\|x\\|" * 900,
    "\\partial" * 700, "\\sum_i " * 700 + "x_i",
]  # fmt: skip


def mutated(rng: random.Random) -> tuple[int, str]:
    """A text of the corpus with a few pieces put in, left out, doubled or exchanged, and its problem."""
    number, text = rng.choice(CORPUS)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        i, j = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        j = min(j, i + 12)
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:i] + rng.choice(PIECES) + text[i:]
        elif kind == 1:
            text = text[:i] + text[j:]
        elif kind == 2:
            text = text[:j] + text[i:j] + text[j:]
        elif kind == 3:
            text = text[:i] + rng.choice(PIECES) + text[j:]
        else:
            other = rng.choice(CORPUS)[1]
            text = text[:i] + other[rng.randrange(len(other) + 1) :]
    return number, text[:9_999]


def inputs(count: int, seed: int) -> Iterator[tuple[int, str]]:
    """Mutated texts with their problems, and among them texts of pieces alone."""
    rng = random.Random(seed)
    for i in range(count):
        yield (
            mutated(rng) if i % 4 else (i % len(SCOPES), "".join(rng.choices(PIECES, k=rng.randrange(1, 30))))
        )


def check(text: str, read: AnswerReader) -> bool:
    """Whether a text was read; refused it must be with a place inside it."""
    try:
        tree = read.read(text)
        for members in read.statements(text):
            cells(text, members[-1])
    except ExpressionError as error:
        refused = error
    else:
        assert render(tree), text
        return True
    assert refused.message, text
    assert 0 <= refused.start <= refused.end <= len(text), (text, refused.start, refused.end, refused.message)
    return False


def run(count: int, seed: int) -> tuple[int, float, str]:
    """How many texts were read, the longest time, and the text that took it."""
    readers = [reader(i) for i in range(len(SCOPES))]
    taken, slowest, good = 0.0, "", 0
    gc.disable()
    for i, (number, text) in enumerate(inputs(count, seed)):
        start = time.perf_counter()
        good += check(text, readers[number])
        spent = time.perf_counter() - start
        if i % 1_000 == 0:
            normalise(text, SCOPES[number])
            gc.collect()
        if spent > taken:
            taken, slowest = spent, text
    gc.enable()
    return good, taken, slowest


def time_of(text: str, read: AnswerReader) -> float:
    """The best of three times for one text."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        check(text, read)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Run as many as asked for, and the long ones; print what came of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    good, taken, slowest = run(count, seed)
    sys.stdout.write(f"{count} mutated texts: {good} read, {count - good} refused, each with its place\n")
    sys.stdout.write(f"slowest {taken * 1e3:.1f} ms: {slowest[:80]!r}\n")
    times = [(time_of(text, reader(i)), text) for text in LONG for i in (0, 5)]
    worst, text = max(times)
    sys.stdout.write(f"{len(LONG)} long texts: slowest {worst * 1e3:.1f} ms: {text[:40]!r}\n")
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
