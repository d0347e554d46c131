"""An answer written as a formula, read and judged: against SymPy's simplify on the same answers.

Both are told the right answer once; every answer is a text of its own, so nothing is remembered.
"""

from __future__ import annotations

import gc
import random
import time

import sympy

from grader.compare.problem import ProblemGrader
from grader.compare.verdicts import CORRECT
from grader.spec import load_text

ANSWERS = 2_000
SYMPY_ANSWERS = 12
SPEC = """
problems:
  - id: q1
    symbols: [x, y, w1, b1, w2, b2]
    equations:
      - z1 = w1*x + b1
      - a1 = sigmoid(z1)
      - z2 = w2*a1 + b2
      - yhat = sigmoid(z2)
      - L = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))
    questions: [dL/dw1]
"""
# Right answers and, every other one, the same with a mistake; %d makes each text its own.
FORMS = (
    ("(yhat - y)*w2*a1*(1 - a1)*x*%d/%d", True),
    ("(yhat - y)*w2*a1*(1 + a1)*x*%d/%d", False),
    ("%d*x*w2*(yhat - y)*(a1 - a1^2)/%d", True),
    ("-(yhat - y)*w2*a1*(1 - a1)*x*%d/%d", False),
    ("(yhat - y)*w2*x*exp(-z1)/(1 + exp(-z1))^2*%d/%d", True),
    ("(yhat - y)*a1*(1 - a1)*x*%d/%d", False),
)


def main() -> None:
    """Print the time of an answer with each, and the share that each judged right."""
    rng = random.Random(3)
    texts, right = [], []
    for i in range(ANSWERS):
        form, holds = FORMS[i % len(FORMS)]
        n = rng.randrange(1, 10**6)
        texts.append(form % (n, n))
        right.append(holds)
    gc.disable()  # as grade_assignment does while it grades
    times = []
    for _ in range(3):
        grader = ProblemGrader(load_text(SPEC, "bench.yaml").problems[0])
        grader.grade([{"dL/dw1": "1"}])
        start = time.process_time()
        result = grader.grade([{"dL/dw1": text} for text in texts])
        times.append(time.process_time() - start)
    codes = result.questions["dL/dw1"].codes[0, 0]
    ours = min(times) / ANSWERS
    share = sum((c == CORRECT) == r for c, r in zip(codes.tolist(), right, strict=True)) / ANSWERS
    same = [FORMS[i % len(FORMS)][0] % (n, n) for i in range(ANSWERS) for n in (i % 5 + 2,)]
    grader = ProblemGrader(load_text(SPEC, "bench.yaml").problems[0])
    grader.grade([{"dL/dw1": "1"}])
    start = time.process_time()
    grader.grade([{"dL/dw1": text} for text in same])
    shared = (time.process_time() - start) / ANSWERS
    theirs, their_share = _sympy(texts[:SYMPY_ANSWERS], right[:SYMPY_ANSWERS])
    print(f"a formula read and judged: {ours * 1e6:.0f} us (target: below 60), judged right {share:.1%}")
    print(f"where a class writes 30 different ones: {shared * 1e6:.0f} us")
    print(f"SymPy simplify:            {theirs * 1e6:.0f} us, judged right {their_share:.1%}")
    print(f"ratio: SymPy takes {theirs / ours:.0f} times as long")


def _sympy(texts: list[str], right: list[bool]) -> tuple[float, float]:
    names = sympy.symbols("x y w1 b1 w2 b2")
    known = {str(s): s for s in names}
    x, y, w1, b1, w2, b2 = names
    z1 = w1 * x + b1
    a1 = 1 / (1 + sympy.exp(-z1))
    yhat = 1 / (1 + sympy.exp(-(w2 * a1 + b2)))
    known |= {"z1": z1, "a1": a1, "yhat": yhat}
    model = (yhat - y) * w2 * a1 * (1 - a1) * x
    start = time.perf_counter()
    agreed = 0
    for text, holds in zip(texts, right, strict=True):
        answer = sympy.sympify(text.replace("^", "**"), locals=known)
        agreed += (sympy.simplify(answer - model) == 0) == holds
    return (time.perf_counter() - start) / len(texts), agreed / len(texts)


if __name__ == "__main__":
    main()
