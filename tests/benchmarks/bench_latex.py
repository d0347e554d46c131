"""An answer in LaTeX, read and judged: against SymPy (parse_latex, simplify) and math-verify on the same.

Each is told what is asked once, and every answer is a text of its own, so nothing is remembered. The peers
are in the extra `bench`; without them only our own time is printed.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable
from importlib.util import find_spec

from grader.compare.problem import ProblemGrader
from grader.compare.verdicts import CORRECT
from grader.spec import load_text

ROUNDS = 100
PEER_ROUNDS = 1
TARGET = 100e-6

# What is asked, in our language and in plain LaTeX; answers of about forty characters, and whether they are
# right. %d makes each text its own.
QUESTIONS = (
    ("a - a^2", r"a - a^2", (
        (r"a \left(1 - a\right) \cdot %d \cdot \frac{1}{%d}", True),
        (r"\frac{%d}{%d} \cdot a \cdot (1 + a) (1 - 0.5)", False),
    )),
    ("sigmoid(z)", r"\frac{1}{1+e^{-z}}", (
        (r"\frac{e^{z}}{1 + e^{z}} + %d - %d", True),
        (r"\sigma(z) + \tfrac12 - 0.5 + %d - %d", True),
        (r"\frac{1}{1 + e^{z}} \cdot \frac{%d}{%d}", False),
    )),
    ("(p - y)*p*a", r"p^2 a - p a y", (
        (r"-(y - p) \cdot a \cdot p \cdot \frac{%d}{%d}", True),
        (r"\left(p - y\right) a \, p + %d - %d", True),
        (r"(p + y) \cdot a \cdot p \cdot \frac{%d}{%d} ", False),
    )),
    ("1 - tanh(z)^2", r"1 - \left(\tanh(z)\right)^2", (
        (r"1 - \tanh^2 z \cdot \frac{%d}{%d}", True),
        (r"\operatorname{sech}^2(z) + %d - %d", True),
        (r"\frac{%d}{%d} (1 - \tanh z) \cdot (2 - 1)", False),
    )),
    ("-y/p + (1 - y)/(1 - p)", r"\frac{p - y}{p(1 - p)}", (
        (r"\frac{1-y}{1-p} - \frac{y}{p} + %d - %d", True),
        (r"\frac{y - p}{p \cdot (1-p)} + %d - %d", False),
    )),
    ("w_1*x + b", r"w_1 x + b", (
        (r"w_{1} \cdot x \cdot \frac{%d}{%d} + b", True),
        (r"w_1 x \, \frac{%d}{%d} - b - (0 + 0)", False),
    )),
)  # fmt: skip
SPEC = """
problems:
  - id: q1
    symbols: {{a: [0.1, 0.9], p: [0.1, 0.9], y: [0, 1], z: [-2, 2], w_1: [-2, 2], x: [-2, 2], b: [-2, 2]}}
    equations: [s = a*p*y*z*w_1*x*b]
    questions: [{}]
"""

Judge = Callable[[int, str], bool]


def answers(rounds: int) -> list[tuple[int, str, bool]]:
    """The number of the question, the text, and whether it is right."""
    found = []
    for k in range(rounds):
        n = 1_001 + 2 * k
        for q, (_, _, forms) in enumerate(QUESTIONS):
            found += [(q, form % (n, n), right) for form, right in forms]
    return found


def ours() -> tuple[float, float]:
    """Seconds for an answer, the best of three, and the share judged right."""
    asked = ", ".join(f'{{ask: "{text}", id: q{i}}}' for i, (text, _, _) in enumerate(QUESTIONS))
    given = answers(ROUNDS)
    by_question = [[text for q, text, _ in given if q == i] for i in range(len(QUESTIONS))]
    most = max(map(len, by_question))
    class_ = [
        {f"q{i}": texts[s] for i, texts in enumerate(by_question) if s < len(texts)} for s in range(most)
    ]
    times = []
    for _ in range(3):
        grader = ProblemGrader(load_text(SPEC.format(asked), "bench.yaml").problems[0])
        grader.grade([{f"q{i}": r"\frac{1}{2}" for i in range(len(QUESTIONS))}])
        start = time.perf_counter()
        result = grader.grade(class_)
        times.append(time.perf_counter() - start)
    agreed = 0
    for i in range(len(QUESTIONS)):
        right = [holds for q, _, holds in given if q == i]
        codes = result.questions[f"q{i}"].codes[0, 0].tolist()
        agreed += sum((c == CORRECT) == r for c, r in zip(codes, right, strict=False))
    return min(times) / len(given), agreed / len(given)


def timed(judge: Judge) -> tuple[float, float]:
    """The same of a peer, over fewer answers."""
    given = answers(PEER_ROUNDS)
    agreed = 0
    start = time.perf_counter()
    for question, text, right in given:
        try:
            agreed += judge(question, text) == right
        except Exception:  # noqa: BLE001  # a peer that gives up has not judged it right
            continue
    return (time.perf_counter() - start) / len(given), agreed / len(given)


def by_sympy() -> Judge:
    """SymPy's own LaTeX parser, and simplify of the difference."""
    import sympy
    from sympy.parsing.latex import parse_latex

    asked = [parse_latex(latex) for _, latex, _ in QUESTIONS]
    return lambda q, text: sympy.simplify(parse_latex(text) - asked[q]) == 0


def by_math_verify() -> Judge:
    """math-verify's parse and verify, as its documentation calls them."""
    from math_verify import parse, verify

    asked = [parse(f"${latex}$") for _, latex, _ in QUESTIONS]
    return lambda q, text: bool(verify(asked[q], parse(f"${text}$")))


def main() -> None:
    """Print the time of an answer with each as a ratio, and the share that each judged right."""
    logging.disable(logging.CRITICAL)
    texts = [text for _, text, _ in answers(1)]
    print(f"answers of {sum(map(len, texts)) / len(texts):.0f} characters on average")
    gc.disable()  # as grade_assignment does while it grades
    own, share = ours()
    gc.enable()
    verdict = "below" if own < TARGET else "ABOVE"
    print(f"ours: {own * 1e6:.0f} us an answer ({verdict} {TARGET * 1e6:.0f}), judged right {share:.1%}")
    peers = {
        "SymPy parse_latex + simplify": ("antlr4", by_sympy),
        "math-verify": ("math_verify", by_math_verify),
    }
    for name, (package, make) in peers.items():
        if find_spec(package) is None:
            print(f"{name}: not installed (pip install '.[bench]')")
            continue
        theirs, their_share = timed(make())
        print(f"{name}: {theirs / own:.0f} times as long, judged right {their_share:.1%}")


if __name__ == "__main__":
    main()
