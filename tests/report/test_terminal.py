"""Reports for people: what they look like, and that nothing in them acts on a terminal or a CI log."""

import io
import re

import pytest
from rich.cells import cell_len

from grader.report.model import Answer, ClassReport, Diagnosis, StudentReport
from grader.report.terminal import Look, render_class, render_student
from grader.report.terminal.mistakes import sure
from tests.report.golden_file import compare
from tests.report.samples import DW2, HOSTILE, SIGN, SQUARED, Z1, classroom, hostile


class Stream(io.StringIO):
    """A stream that claims to be a terminal, or not."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("width", [60, 80, 140])
def test_golden_class(width: int) -> None:
    """The class table and the questions look as they did, and fit."""
    text = render_class(classroom(), Look(width))
    assert max(map(cell_len, text.splitlines())) <= width
    compare(f"class-{width}.txt", text)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_golden_student(width: int) -> None:
    """A student's report looks as it did, and fits."""
    report = classroom()
    text = render_student(report, report.students[1], Look(width))
    assert max(map(cell_len, text.splitlines())) <= width
    compare(f"student-{width}.txt", text)


def test_golden_ascii() -> None:
    """A terminal that is not UTF-8 gets ASCII."""
    text = render_class(classroom(), Look(80, encoding="ascii"))
    assert text.isascii()
    compare("class-ascii.txt", text)


def test_golden_color() -> None:
    """Verdicts have colours where colours are wanted, and the text is the same."""
    colored = render_class(classroom(), Look(80, color=True))
    assert "\x1b[31m1 wrong\x1b[0m" in colored
    bare = re.sub(r"\x1b\[[\d;]*m", "", colored)
    assert [line.rstrip() for line in bare.splitlines()] == render_class(classroom(), Look(80)).splitlines()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [40, 80])
def test_hostile_text(text: str, width: int) -> None:
    """Every line is printable, fits, and is no workflow command, whatever a student wrote."""
    report = hostile(text)
    reports = [render_class(report, Look(width))]
    reports += [render_student(report, student, Look(width)) for student in report.students]
    for line in "".join(reports).split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= width
        assert not re.match(r"\s*::", line)
        assert "##[" not in line


def test_markup_is_text() -> None:
    """Square brackets are what the student wrote, not a colour."""
    assert "[red]not red[/red]" in render_class(hostile("[red]not red[/red]"), Look(80, color=True))


def test_long_answers_stay_short() -> None:
    """Ten thousand characters do not flood the report."""
    report = hostile("x" * 10_000)
    assert len(render_class(report, Look(80))) < 10_000
    assert "(10,000 characters)" in render_student(report, report.students[0], Look(80))


def test_frequent_mistakes_come_first() -> None:
    """Equal answers stand together with their students, and a long tail is counted."""
    given = ["7"] * 5 + ["0.2"] * 9 + [str(number) for number in range(10, 30)]
    students = tuple(
        StudentReport(
            f"s{n:02}",
            f"s{n:02}.yaml",
            0.0,
            1.0,
            (Answer(Z1, "correct" if text == "0.2" else "wrong", 0.0, text),),
        )
        for n, text in enumerate(given)
    )
    text = render_class(ClassReport("a", "A", 1.0, (Z1,), students), Look(80))
    assert "5: s00, s01, s02 …" in text
    assert text.index("5: s00") < text.index("1: s14")
    assert "and 10 other answers" in text


@pytest.mark.parametrize(
    ("terminal", "environ", "color"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_color_is_used_where_it_is_wanted(terminal: bool, environ: dict[str, str], color: bool) -> None:
    """NO_COLOR, TERM=dumb and pipes get none."""
    assert Look.of(Stream(terminal=terminal), environ).color is color


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ("", 80),
        ("60", 60),
        ("140", 140),
        ("5", 40),
        ("0", 80),
        ("100000", 80),
        ("-3", 80),
        ("²", 80),
        ("wide", 80),
    ],
)
def test_width(columns: str, width: int) -> None:
    """COLUMNS counts where it is a number; a pipe has 80."""
    assert Look.of(Stream(terminal=False), {"COLUMNS": columns}).width == width


def test_an_echo_says_something_new() -> None:
    """How a formula was read is told where it differs from what was written by more than blanks."""
    answers = (
        Answer(Z1, "correct", 1.0, "2y", read_as="2*y"),
        Answer(Z1, "correct", 1.0, "2 * x", read_as="2*x"),
    )
    for answer, told in zip(answers, (True, False), strict=True):
        student = StudentReport("s", "s.yaml", 1.0, 1.0, (answer,))
        report = ClassReport("a", "A", 1.0, (Z1,), (student,))
        assert ("read as" in render_student(report, student, Look(80))) is told
        assert ("read as" in render_class(report, Look(80))) is told


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1.0, "certain"), (0.95, "certain"), (0.94, "likely"), (0.6, "likely"), (0.5, "possible")],
)
def test_how_sure_in_words(confidence: float, word: str) -> None:
    """A number between 0 and 1 tells a student nothing."""
    assert sure(confidence) == word


def _with(
    found: Diagnosis, student: str = "s", verdict: str = "misconception", score: float = 0.5
) -> StudentReport:
    answer = Answer(Z1, verdict, score, "0.3", diagnosis=found)
    return StudentReport(student, f"{student}.yaml", score, 1.0, (answer,))


def test_a_repeated_mistake_is_charged_once() -> None:
    """And the report says so, where it is so."""
    for found, score, said in ((SQUARED, 0.5, ""), (SQUARED._replace(repeated=True), 1.0, "made first\n")):
        student = _with(found, score=score)
        text = render_student(ClassReport("a", "A", 1.0, (Z1,), (student,)), student, Look(80))
        assert ("charged" in text) is bool(said)
        assert said in text


def test_the_commonest_misconceptions_of_a_class() -> None:
    """Three at most, a student counted once, and no slips."""
    made = [SQUARED._replace(id=f"own.{name}", title=name) for name in "aabbbcd"]
    students = [_with(found, f"s{n}") for n, found in enumerate(made)]
    students.append(_with(SIGN, "s8", verdict="slip"))
    text = render_class(ClassReport("a", "A", 1.0, (Z1,), tuple(students)), Look(80))
    end = text[text.index("Commonest misconceptions") :].splitlines()
    assert end[1:] == [
        "  3 students: b (own.b): s2, s3, s4",
        "  2 students: a (own.a): s0, s1",
        "  1 student: c (own.c): s5",
        "  and 1 more",
    ]
    fewer = render_class(ClassReport("a", "A", 1.0, (Z1,), tuple(students[:6])), Look(80))
    assert fewer.splitlines()[-1] == end[3]


def test_no_misconceptions_no_list() -> None:
    """A class without any is not told so."""
    students = (_with(SIGN, verdict="slip"),)
    assert "Commonest" not in render_class(ClassReport("a", "A", 1.0, (Z1,), students), Look(80))


def test_a_mistake_is_told_in_full_once() -> None:
    """Where it is met first; further on its name is enough."""
    answer = Answer(Z1, "misconception", 0.5, "0.3", diagnosis=SQUARED)
    student = StudentReport("s", "s.yaml", 1.0, 2.0, (answer, answer._replace(asked=DW2)))
    text = render_class(ClassReport("a", "A", 2.0, (Z1, DW2), (student,)), Look(140))
    assert text.count("You multiplied by") == 1
    assert text.count("The activation stands where its derivative belongs, at dL/dz2") == 3
