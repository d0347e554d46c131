"""Reports made by hand for the tests of the writers: a small class, and one whose every text is hostile."""

from grader.language import Expr, parse
from grader.language.tree import name, rename
from grader.report.model import (
    Answer,
    Asked,
    ClassReport,
    Compared,
    Component,
    Diagnosis,
    Element,
    Known,
    Solution,
    SolvedProblem,
    SolvedQuestion,
    SolvedStep,
    StudentReport,
    Worked,
)

TITLE = "One hidden unit, binary cross-entropy"

Z1 = Asked(
    "q3",
    "z1",
    "z1",
    1.0,
    "0.2",
    shape=(1, 1),
    problem_title=TITLE,
    worked=Worked("z1", "forward", "w1*x + b1", "0.2*0.5 + 0.1"),
)
DW2 = Asked(
    "q3",
    "dL/dw2",
    "dL/dw2",
    2.0,
    "-0.217994",
    shape=(1, 1),
    problem_title=TITLE,
    worked=Worked("dL/dw2", "backward", "dL/dz2 * a1", "-0.396475 * 0.549834"),
)
W2 = Asked(
    "q3",
    "w2 after one step",
    "new(w2)",
    1.0,
    "0.421799",
    shape=(1, 1),
    problem_title=TITLE,
    worked=Worked("new(w2)", "update", "w2 - eta*dL/dw2", "0.4 - 0.1*(-0.217994)"),
)
MATRIX = Asked(
    "q4",
    "W1",
    "new(W1)",
    1.0,
    "[[0.1, 0.2], [0.3, 0.4]]",
    shape=(2, 2),
    elements=tuple(
        Element(index, value, 0.25)
        for index, value in (("1,1", "0.1"), ("1,2", "0.2"), ("2,1", "0.3"), ("2,2", "0.4"))
    ),
)
DEPENDS = Asked("q4", "depends", "depends(dyhat/dx, b2)", 1.0, "yes", kind="depends")
CHOICE = Asked("q4", "unit", "Which unit saturates first?", 1.0, "a", kind="choice", options=("a", "b"))
TEXT = Asked(
    "q4", "why", "", 1.0, None, kind="text", title="Why does it train slowly?", rubric="names saturation"
)

QUESTIONS = (Z1, DW2, W2, MATRIX, DEPENDS, CHOICE, TEXT)

SQUARED = Diagnosis(
    "local.activation_not_derived",
    "The activation stands where its derivative belongs",
    "dL/dz2",
    "You multiplied by sigmoid(z2), not by sigmoid'(z2).",
    0.97,
    ("dL/dw2", "w2 after one step"),
)


def _rule(text: str, gradient: str) -> Expr:
    """A rule in which `g` is a gradient."""
    return rename(parse(text), lambda name: gradient if name == "g" else name)


BOTH = Compared(
    "dL/dz2",
    _rule("g*sigmoid'(z2)", "dL/dyhat"),
    _rule("g*yhat", "dL/dyhat"),
    (Known("dL/dyhat", -1.65709, own=True), Known("z2", 0.42, own=False), Known("yhat", 0.6034, own=True)),
    -0.396533,
    -0.99989,
)
STEP = Compared(
    "new(w2)",
    _rule("w2 - eta*g", "dL/dw2"),
    None,
    (Known("w2", 0.4, own=True), Known("eta", 0.1, own=True), Known("dL/dw2", -0.5, own=True)),
    0.45,
    None,
)
SIGN = Diagnosis("slip.sign", "A sign was lost", "dL/dz2", "Look at the sign once more.", 0.2, ("dL/dw2",))


def _matrix(third: str, verdict: str) -> tuple[Component, ...]:
    given = ("0.1", "0.2", third, None)
    verdicts = ("correct", "correct", verdict, "missing")
    return tuple(
        Component(element, name, 0.25 if name == "correct" else 0.0, text)
        for element, name, text in zip(MATRIX.elements, verdicts, given, strict=True)
    )


def _right(student: str, file: str) -> StudentReport:
    given = ("0.2", "-0.2180", "0.4218", "[[0.1, 0.2], [0.3, 0.4]]", "yes", "a")
    answers = [
        Answer(asked, "correct", asked.max_score, text) for asked, text in zip(QUESTIONS, given, strict=False)
    ]
    answers[3] = answers[3]._replace(
        components=tuple(Component(e, "correct", e.max_score, e.expected) for e in MATRIX.elements)
    )
    answers.append(Answer(TEXT, "manual", 0.0, "The sigmoid is flat there."))
    return StudentReport(student, file, 7.0, 8.0, tuple(answers))


def _mixed() -> StudentReport:
    answers = (
        Answer(Z1, "imprecise", 0.1 + 0.2, ".2", line=4, column=9),
        Answer(DW2, "misconception", 1.0, "-0.5", diagnosis=SQUARED, alternatives=(SIGN,), compared=BOTH),
        Answer(W2, "follow_through", 1.0, "0.45", compared=STEP),
        Answer(
            MATRIX,
            "missing",
            0.5,
            "[[0.1, 0.2], [0.7]]",
            reason="row 2 has 1 element, expected 2",
            components=_matrix("0.7", "wrong"),
        ),
        Answer(DEPENDS, "wrong", 0.0, "no"),
        Answer(
            CHOICE,
            "unreadable",
            0.0,
            "a1 + 2b",
            reason='unknown name "b"; did you mean "b1"?',
            read_as=None,
            line=11,
            column=3,
        ),
        Answer(TEXT, "manual", 0.0, "It just does."),
    )
    return StudentReport(
        "s17", "s17.yaml", 2.8, 8.0, answers, notes=('no question "z9"; did you mean "z1"?',)
    )


def unreadable(
    student: str, file: str, reason: str, questions: tuple[Asked, ...] = QUESTIONS
) -> StudentReport:
    """A file that could not be read at all."""
    answers = tuple(Answer(asked, "unreadable", 0.0, None) for asked in questions)
    maximum = sum(asked.max_score for asked in questions)
    return StudentReport(student, file, 0.0, maximum, answers, errors=(reason,), unreadable=True)


def classroom() -> ClassReport:
    """Three students: all right, mixed, unreadable."""
    students = (
        _right("s03", "s03.yaml"),
        _mixed(),
        unreadable("s21", "s21.yaml", "not UTF-8: byte 0xff in line 3"),
    )
    return ClassReport("hw1", "Homework 1", 8.0, QUESTIONS, students)


HOSTILE = (
    "<script>alert(1)</script>",
    "]]>",
    "[red]not red[/red]",
    "\x1b[31mred",
    "bell\x07",
    "\u202eright to left",
    "x" * 10_000,
    "two\nlines\r\n\tand a tab",
    "::error::not a command",
    "  ::set-output name=x::y",
    "##[error]not one either",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-1-1",
    "@SUM(A1)",
    "\t=2",
    "\r=3",
    "\x00\x9b31m\x7f",
    "\ud800 lone",
    "\ufffe\uffff",
    "&lt; &amp; \"quoted\" 'too' \\ %0A",
    "zero\u200bwidth\u2066isolate\u2028line",
)


def hostile(text: str) -> ClassReport:
    """One student with the text everywhere where a student or a file name can put it."""
    asked = Asked("q1", "z1", "z1", 1.0, "0.2", shape=(1, 1), worked=Worked("z1", "forward", "w*x"))
    vector = Asked("q1", "v", "v", 1.0, "[1]", elements=(Element("1", "1", 1.0),))
    both = Compared(text, name(text), name(text), (Known(text, text, own=True),), text, text)
    found = Diagnosis("own.rule", text, text, text, 0.5, (text,), repeated=True)
    answers = (
        Answer(asked, "unreadable", 0.0, text, reason=text, read_as=text, compared=both, line=1, column=1),
        Answer(
            vector,
            "misconception",
            0.5,
            text,
            reason=text,
            components=(Component(vector.elements[0], "misconception", 0.5, text, text, found, (found,)),),
            diagnosis=found,
            alternatives=(found,),
            compared=both,
        ),
    )
    student = StudentReport(text, text, 0.5, 2.0, answers, errors=(text,), notes=(text,))
    other = unreadable(text, text + "2", text, (asked, vector))
    return ClassReport("hw1", "Homework 1", 2.0, (asked, vector), (student, other))


def solution() -> Solution:
    """One problem with a step of each phase."""
    steps = (
        SolvedStep("z1", "forward", "w1*x + b1", 0.1 + 0.1, "0.2*0.5 + 0.1"),
        SolvedStep("a1", "forward", "sigmoid(z1)", 0.549833997312478, "sigmoid(0.2)"),
        SolvedStep("dL/dw2", "backward", "dL/dz2 * a1", -0.217994, "-0.396475 * 0.549834"),
        SolvedStep("new(w2)", "update", "w2 - eta*dL/dw2", 0.4217994, "0.4 - 0.1*(-0.217994)"),
        SolvedStep("new(W)", "update", "W - eta*dL/dW", ((0.1, 0.2), (0.30000000000000004, -0.0))),
        SolvedStep("s", "forward", "y*w1", "0.2*y"),
    )
    questions = (
        SolvedQuestion("z1", "z1", 0.2),
        SolvedQuestion("w2 after one step", "new(w2)", 0.4217994),
        SolvedQuestion("v", "v", (1.0, float("nan"))),
        SolvedQuestion("dep", "depends(a1, b2)", "no"),
        SolvedQuestion("why", "", None),
    )
    given = (("x", 0.5), ("y", 1.0), ("W", ((1.0, 2.0), (3.0, 4.0))))
    return Solution("hw1", "Homework 1", (SolvedProblem("q3", TITLE, given, steps, questions),))
