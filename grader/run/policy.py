"""How answers are judged, row by row: the page that ``grade explain answers`` prints.

Each row is a test: its answer to its question is given its verdict. Here is what the verdicts of the contract
mean for what people really write; how ambiguous formulas are read stands in `grader.language.ambiguities`.
"""

from __future__ import annotations

from typing import NamedTuple

SPEC = """
problems:
  - id: q
    given: {x: 0.4, w: 0.5, y: 1, v: [0.25, 0.75], M: [[1, 2, 3], [4, 5, 6]], big: 12345.678}
    equations:
      - z = w*x
      - a = sigmoid(z)
      - third = (x + 0.6)/3
      - half = w*1
      - u = 2*v
      - T = 2*M
      - L = 1/2*(a - y)^2
      - size = big*1
    questions:
      - {id: third, ask: third, tolerance: {decimals: 3}}
      - {id: half, ask: half}
      - {id: "2*w", ask: "2*w", tolerance: {decimals: 3}}
      - {id: size, ask: size, tolerance: {sigfigs: 3}}
      - {id: a, ask: a, tolerance: {decimals: 4}}
      - {id: u, ask: u}
      - {id: T, ask: T}
      - {id: dL/dw, ask: dL/dw}
      - {id: needs, ask: "depends(L, w)"}
"""
"""The problem that the rows are about."""


WITH_COMMAS = "numbers where the assignment has `decimal_comma: true`"
"""The section whose rows are about the same problem with decimal commas."""


def spec_of(section: str) -> str:
    """The spec that the rows of a section are about."""
    return f"decimal_comma: true\n{SPEC}" if section == WITH_COMMAS else SPEC


class Row(NamedTuple):
    """An answer to a question of ``SPEC``, its verdict, and why."""

    question: str
    answer: str
    verdict: str
    why: str


POLICY = {
    "digits": (
        Row("third", "0.333", "correct", "within half a unit of the place asked (three decimals)"),
        Row("third", "0.33333", "correct", "more digits than asked are fine"),
        Row("third", "1/3", "correct", "a fraction is exact"),
        Row("2*w", "1", "correct", "exactly the value, however short"),
        Row("third", "0.33", "imprecise", "fewer digits than asked, rounded rightly"),
        Row("third", "0.334", "slip", "one digit is another than the one that was worked out"),
        Row("third", "0.34", "wrong", "further off than rounding explains"),
        Row("a", "0.5498", "correct", "0.549834 rounded to four places"),
        Row("a", "0.55", "imprecise", "rounded rightly, to two places where four were asked"),
        Row("size", "12300", "correct", "three significant digits were asked"),
        Row("size", "1.23e4", "correct", "the same as a power of ten"),
        Row("size", "1.2e4", "imprecise", "two significant digits where three were asked"),
    ),
    "how numbers are written": (
        Row("half", ".5", "correct", "nothing in front of the point"),
        Row("half", "0.50", "correct", "zeros at the end say how precise it is"),
        Row("half", "50%", "correct", "a percent sign divides by 100"),
        Row("half", "50", "slip", "without the sign it is another number"),
        Row("half", "≈ 0.5", "correct", "about, or equal, in front changes nothing"),
        Row("half", "5 x 10^-1", "correct", "a power of ten in words of the calculator"),
        Row(
            "half", "0,5", "unreadable", "a decimal comma only where the assignment has `decimal_comma: true`"
        ),
        Row("size", "12 300", "correct", "a space between groups of three digits"),
        Row(
            "size",
            "12,345.678",
            "correct",
            "commas between thousands, decimals behind a point",
        ),
        Row("size", "12,345,678e-3", "correct", "two commas or more between thousands"),
        Row("size", "12,300", "unreadable", "alone it can also be a decimal comma, and neither is guessed"),
        Row("half", "0.5 cm", "unreadable", "quantities of a network have no unit"),
        Row("half", "N/A", "unreadable", "neither a number nor a formula"),
        Row("half", "nan", "unreadable", "expected a finite number"),
        Row("half", "", "missing", "blank"),
    ),
    WITH_COMMAS: (
        Row("half", "0,5", "correct", "a decimal comma"),
        Row("half", "0.5", "correct", "a point is one too"),
        Row("half", "0,25 + 0,5w", "correct", "in formulas as well"),
        Row("u", "[0,5; 1,5]", "correct", "a semicolon separates what commas cannot"),
        Row("size", "12.345,678", "correct", "points between thousands, decimals behind a comma"),
        Row("size", "12.300", "wrong", "a point alone is the decimal point"),
    ),
    "formulas in place of numbers": (
        Row("half", "sqrt(0.25)", "correct", "a formula is worked out"),
        Row("half", "w", "correct", "in the names of the problem too"),
        Row("dL/dw", "(a - y)*a*(1 - a)*x", "correct", "with the values that the problem gives those names"),
        Row("dL/dw", r"(a - y) \cdot \sigma'(z) x", "correct", "in LaTeX or calculator style"),
        Row("dL/dw", "(y - a)*a*(1 - a)*x", "misconception", "what a wrong rule gives, told by its name"),
        Row("dL/dw", "(a - y)*a*(1 - a)*x*17", "wrong", "no known mistake gives this"),
        Row("dL/dw", "dL/dw", "unreadable", "it repeats the question"),
        Row("half", "1/0", "unreadable", "it has no finite value"),
        Row("half", "x = 0.2 + 0.3 = 0.5", "correct", "the last member of a chain of equalities answers"),
    ),
    "vectors and matrices": (
        Row("u", "[0.5, 1.5]", "correct", "a list is a column"),
        Row("u", "[[0.5, 1.5]]", "correct", "a row where a column is asked"),
        Row("u", "(0.5, 1.5)", "correct", "parentheses around a list where one is asked"),
        Row("u", "0.5, 1.5", "unreadable", "no brackets"),
        Row("u", "[0.5]", "wrong", "another number of elements"),
        Row("T", "[[2, 4, 6], [8, 10, 12]]", "correct", "row by row"),
        Row("T", "[[2, 8], [4, 10], [6, 12]]", "slip", "rows and columns exchanged"),
        Row("T", r"\begin{pmatrix} 2 & 4 & 6 \\ 8 & 10 & 12 \end{pmatrix}", "correct", "as LaTeX writes it"),
    ),
    "yes or no": (
        Row("needs", "yes", "correct", "yes, y and true; no, n and false"),
        Row("needs", "False", "wrong", "in any case of letters"),
        Row("needs", "maybe", "unreadable", "nothing else is guessed"),
    ),
}
"""The rows, by what they are about."""
