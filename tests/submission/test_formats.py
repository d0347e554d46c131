"""Tables, Markdown, LaTeX and notebooks: what students write in them, and where it stands."""

import json
from typing import Any

import pytest

from grader.submission import shape
from grader.submission.hints import ProblemHint, hints_of
from grader.submission.model import Duplicate
from grader.submission.readers import csv_reader, latex_reader, markdown_reader, notebook_reader
from grader.submission.tree import UnreadableError

NAMES = ("a1", "dL/dw2", "w2 after one step", "why", "v")
HINTS = hints_of([ProblemHint("q1", "One hidden unit", NAMES), ProblemHint("q2", "Two units", ("z", "v"))])
WANTED = "expected a table with answers"
ONE = hints_of([ProblemHint("q1", "One hidden unit", NAMES)])


def of_class(text: str) -> list[tuple[str | None, Any]]:
    return [(content.student, content.answers) for _, content in csv_reader.read_class(text, HINTS)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            'student,q1/a1,q1: dL/dw2,z,Section,"v (2 points)"\ns1,0.20,-0.1,"[1, 2]",A,\ns2,,1/3,x,,\n',
            [("s1", {"q1": {"a1": "0.20", "dL/dw2": "-0.1"}, "q2": {"z": ("1", "2")}}),
             ("s2", {"q1": {"dL/dw2": "1/3"}, "q2": {"z": "x"}})],
        ),
        (
            'student,problem,question,answer\ns1,q1,a1,0.20\n,,z,0.3\ns2,q2,v,"[1,\n2]"\n',
            [("s1", {"q1": {"a1": "0.20"}, "q2": {"z": "0.3"}}), ("s2", {"q2": {"v": ("1", "2")}})],
        ),
        ("question,answer\na1,0.5\n", [(None, {"q1": {"a1": "0.5"}})]),
        (
            "Timestamp,Email address,q1: a1 (2 points)\n1/1/26 1:00,a@x.org,0.5\n2/1/26 1:00,a@x.org,0.6\n",
            [("a@x.org", {"q1": {"a1": "0.6"}})],
        ),
        (
            "Timestamp,Email Address,Student ID,a1\n2026/01/01 1:00:00 PM,a@x.org,00123,0.5\n",
            [("00123", {"q1": {"a1": "0.5"}})],
        ),
        (
            "ID;Start time;Completion time;Email;Name;a1;Points - a1\n1;x;y;anonymous;;0,5;3\n2;x;y;;;0,6;\n",
            [("row 1", {"q1": {"a1": "0,5"}}), ("row 2", {"q1": {"a1": "0,6"}})],
        ),
        ("sep=;\nstudent;a1\ns1;'=1+1\n", [("s1", {"q1": {"a1": "=1+1"}})]),
        ("id\tq2/z\n7\t0.5\n", [("7", {"q2": {"z": "0.5"}})]),
    ],
)  # fmt: skip
def test_tables(text: str, found: object) -> None:
    given = [(student, {p: a for p, a in answers.items() if a}) for student, answers in of_class(text)]
    assert given == found


def test_an_answer_that_stands_twice_in_a_long_table() -> None:
    (only,) = of_class("student,problem,question,answer\ns1,q1,a1,0.2\ns1,q1,a1,0.3\n")
    assert only[1]["q1"]["a1"] == Duplicate(("0.2", "0.3"), (2, 3))


def test_the_later_row_counts_and_says_so() -> None:
    rows = csv_reader.read_class("student,a1,v,Colour\ns1,1,,\ns2,2,,\ns1,3,,\n", HINTS)
    assert [(content.student, line) for line, content in rows] == [("s2", 3), ("s1", 4)]
    assert rows[1][1].notes == (
        "the column `v` names no problem; it was not read",
        "the column `Colour` names no problem; it was not read",
        "answered again in line 4; line 2 was not read",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table is empty; expected a row of names and then a row a student"),
        (
            "student,file,score,max_score,percent,q1/a1\n",
            "found a gradebook of this program; expected a table with answers",
        ),
        (
            "Student,ID,SIS Login ID,Section,HW (1)\n",
            "found a Canvas gradebook; expected a table with answers",
        ),
        ("id,name,email\n1,2,3\n", "found a class list; expected a table with answers"),
    ],
)
def test_tables_without_answers(text: str, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        csv_reader.read_class(text, HINTS)
    assert str(caught.value) == message


LINES = {
    "so a1 = 0.55 and z2 = 0.42.": {"a1": "0.55", "z2": "0.42"},
    "- a1 = 0.5498, z2 = 0.4199.": {"a1": "0.5498", "z2": "0.4199"},
    "* **a1**: 0.5": {"a1": "0.5"},
    "2. `weird = key` = 0.20  ": {"weird = key": "0.20"},
    "w2 after one step = 0.4 - 0.1*3 = 0.1": {"w2 after one step": "0.4 - 0.1*3 = 0.1"},
    "why: because L = 3, a = 4.": {"why": "because L = 3, a = 4"},
    "$a_1$ = 0.55": {"a_1": "0.55"},
    "dL/dw2 = $-0.2180$, by the chain rule": {"dL/dw2": "-0.2180"},
    "2 + 3 = 5": {},
    "v = [1, 2]": {"v": ("1", "2")},
    "hence W1[1, 2] = 0.3, which is small": {"W1[1, 2]": "0.3"},
    "∂L/∂w2 = −0.2": {"∂L/∂w2": "−0.2"},
    "new(w2, 3) = 0.4;": {"new(w2, 3)": "0.4"},
    "it costs $5, a1 = 6 and not $7": {"a1": "6"},
    "if a1 >= 3 or b == 2 then": {},
    "z_1 ≈ 0.2": {"z_1": "0.2"},
    r"$z_1 = w_1 x + b_1 = 2(.5) + .1 = 0.2$": {"z_1": "w_1 x + b_1 = 2(.5) + .1 = 0.2"},
    r"$$\bar{y} = -(1 - 0.6) \quad \bar{w} = 0.1 \\ = -0.4 \quad \bar{v} = -0.08$$": {
        r"\bar{y}": "-(1 - 0.6) = -0.4", r"\bar{w}": "0.1", r"\bar{v}": "-0.08",
    },
    r"$$\begin{aligned} a &= x \\ &= 0.5 \\ b &= 2, c = 3 \end{aligned} \tag{2.1}$$": {
        "a": "x = 0.5", "b": "2", "c": "3",
    },
    r"$$\boxed{\frac{\partial J}{\partial w_{21}^{[2]}} = -16}$$": {
        r"\frac{\partial J}{\partial w_{21}^{[2]}}": "-16",
    },
    r"\(W = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}\)": {
        "W": r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    },
    r"$$4. L = \frac12 (t - y)^2 = 0.08 \quad \text{where } y = 3$$": {"L": r"\frac12 (t - y)^2 = 0.08"},
    "$$y = f(x)$$\n\n$$= 0.4$$": {"y": "f(x) = 0.4"},
    "$$y = f(x)$$\n\n$$g + h$$\n\n$$= 0.4$$": {"y": "f(x)"},
    r"$$\Rightarrow \frac{dJ}{db} = ? = 8$$": {r"\frac{dJ}{db}": "8"},
    "| question | answer |\n|---|:-:|\n| `a1` | 0.5 |\n| $z_1$ | $x \\| y$ |": {"a1": "0.5", "z_1": "x | y"},
    "a1 | v\n--|--\n0.5 | [1, 2]": {"a1": "0.5", "v": ("1", "2")},
    "```\na1 = 0.5\n```": {"a1": "0.5"},
    "a1 = <!-- a number -->0.5": {"a1": "0.5"},
    "a1 = 0.4\n\na1 = 0.5": {"a1": "0.5"},
}  # fmt: skip


@pytest.mark.parametrize("text", LINES)
def test_what_a_line_of_markdown_answers(text: str) -> None:
    """Names as they are written, the text behind them as it is written, the last statement of a name."""
    try:
        content = markdown_reader.read(text, ONE)
    except UnreadableError:
        assert LINES[text] == {}
    else:
        assert content.answers == {"q1": LINES[text]}


DOCUMENT = r"""# Homework
**Student:** s17

z = 0.1
## Question 1
a1 = 0.5
so a1 = sigmoid(0.2) = 0.5498.
$$\frac{\partial L}{\partial w_2} = x$$

$$= -0.2180$$

### Forward pass

w2 after one step = 0.42

## Two units
z = 4

Problem 2

v = 3

## Question 3
z = 7
"""


def test_headings_name_problems() -> None:
    """By id, title or number; a heading of a problem that there is not ends the one before."""
    content = markdown_reader.read(DOCUMENT, HINTS)
    assert content.student == "s17"
    assert content.answers == {
        "q1": {
            "a1": "sigmoid(0.2) = 0.5498",
            r"\frac{\partial L}{\partial w_2}": "x = -0.2180",
            "w2 after one step": "0.42",
        },
        "q2": {"z": "4", "v": "3"},
    }
    assert content.notes == (
        "`a1` stands on lines 6 and 7; the last one counts",
        "`z` stands on lines 4 and 17; the last one counts",
        "from line 24 on, under no heading that names a problem: `z` not read",
    )
    tree = markdown_reader.parse(DOCUMENT, HINTS)
    assert shape.find(tree, "q1", "a1") == (7, 9)
    assert shape.find(tree, "q2", "z") == (17, 5)


LATEX = r"""\documentclass{article}
\newcommand{\x}{x = 3}
\begin{document}
\author{s17}
\section{Question 1}
% a1 = 0.1
so \textbf{a1} = 0.5498. \\
\begin{align*}
\frac{\partial L}{\partial w_2} &= x \\
 &= -0.2180
\end{align*}
\begin{tabular}{ll}
\hline
question & answer \\ \hline
w2 after one step & $0.42$ \\
why & 50\% of it \\
\end{tabular}

\subsection*{q2: Two}
\begin{itemize}
\item v = [1, 2]
\item \(z = 4\)
\end{itemize}
\end{document}
z = 9
"""


def test_latex_sources() -> None:
    """Sections, lines, equations and tables; comments, the preamble and what follows the end do not count."""
    content = latex_reader.read(LATEX, HINTS)
    assert content == shape.Content(
        "s17",
        {
            "q1": {
                "a1": "0.5498",
                r"\frac{\partial L}{\partial w_2}": "x = -0.2180",
                "w2 after one step": "0.42",
                "why": "50% of it",
            },
            "q2": {"v": ("1", "2"), "z": "4"},
        },
    )
    tree = latex_reader.parse(LATEX, HINTS)
    assert shape.find(tree, "q1", "a1") == (7, 18)
    assert shape.find(tree, "q2", "z") == (22, 13)


CELLS = [
    {"cell_type": "markdown", "source": ["# Question 1\n", "a1 = 0.5\n", "$\\frac{a}{b} = 3$, so $v = 0.2$"]},
    {"cell_type": "code", "outputs": [{"text": ["a1 = 3"], "source": ["v = 1"]}], "source":
        "%matplotlib inline\nanswers = {\n  'q1': {'a1': 0.20, 'dL/dw2': -0.2180, 'why': \"\\frac{1}{2}\",\n"
        "  'v': [1, 2.50], \"w2 after one step\": 1/3},\n 'q2': {'z': None, 'v': np.array([1.0, 2])}}\n"},
    {"cell_type": "code", "source": ["answers['q2']['z'] = 0.10\n", "student = 's17'"]},
    {"cell_type": "code", "source": ["answers = ((("]},
]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1])
def test_notebooks(indent: int | None) -> None:
    """Code before text, digits as written, LaTeX no escapes; a later cell replaces an earlier one."""
    text = json.dumps({"cells": CELLS, "metadata": {}}, indent=indent)
    content = notebook_reader.read(text, HINTS)
    assert content.student == "s17"
    assert content.answers == {
        "q1": {
            r"\frac{a}{b}": "3",
            "a1": "0.20",
            "dL/dw2": "-0.2180",
            "why": r"\frac{1}{2}",
            "v": ("1", "2.50"),
            "w2 after one step": "1/3",
        },
        "q2": {"v": ("1.0", "2"), "z": "0.10"},
    }
    (note,) = content.notes
    assert note.endswith("the code is no Python: '(' was never closed")
    tree = notebook_reader.parse(text, HINTS)
    lines = text.split("\n")
    for problem, key, written in (
        ("q1", "v", "[1, 2.50]"),
        ("q1", r"\frac{a}{b}", "3$"),
        ("q2", "z", "0.10"),
    ):
        place = shape.find(tree, problem, key)
        assert place is not None
        assert lines[place[0] - 1][place[1] - 1 :].startswith(written)


def test_answers_of_one_problem_need_not_name_it() -> None:
    cells = [{"cell_type": "code", "source": "answers = {'a1': 0.5}"}]
    assert notebook_reader.read(json.dumps({"cells": cells}), ONE).answers == {"q1": {"a1": "0.5"}}
