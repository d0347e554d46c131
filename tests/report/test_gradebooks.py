"""Exports of Canvas and Moodle, filled in place and read back by the rules of their importers."""

import csv
import io

import pytest

from grader.record import replace
from grader.report.gradebooks import canvas, moodle
from grader.report.gradebooks.table import filled, read
from grader.report.model import Adjustment, ClassReport, StudentReport
from grader.report.refused import ReportRefusedError
from tests.report.gradebooks import canvas_import, moodle_import
from tests.report.samples import HOSTILE, classroom, hostile, unreadable

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW0 (48212),Homework 1 (48213),Current Score,Final Grade\r\n"
    "    Points Possible,,,,,5,8,(read only),(read only)\r\n"
    '"Doe, Jane",90211,s03,jdoe,"Sec 1, early",4.5,,91.20,A\r\n'
    '"Ruiz, Ana",90212,00124,s17,Sec 1,,-,"",\r\n'
    '"Novák, ""Jo""",90213,00125,jn,Sec 1,3,7,,\r\n'
)
ENGLISH = {
    name: name
    for name in ("Identifier", "Grade", "Maximum Grade", "Last modified (grade)", "Feedback comments")
}
MOODLE = (
    '\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 40312","Jane Doe",s03,jane@example.edu,"Submitted for grading",,8.00,Yes,-,-,\n'
    '"Participant 40313","Ana Ruiz",,s17@example.edu,"Submitted for grading",,8.00,Yes,-,-,\n'
    '"Participant 40314","Jo Novák",s99,jo@example.edu,"No submission",2.50,8.00,Yes,-,-,"<p>fine</p>"\n'
)


def report(*students: StudentReport) -> ClassReport:
    """The sample class without what waits for a mark, or these students."""
    whole = classroom()
    if students:
        return replace(whole, students=students)
    marked = [
        replace(student, answers=tuple(a._replace(marked="") if a.pending else a for a in student.answers))
        for student in whole.students[:2]
    ]
    return replace(whole, students=tuple(marked))


def test_canvas_takes_what_is_filled_in() -> None:
    """Students are found by SIS ID and by login; the others, and the other assignment, stay as they were."""
    data = canvas.render(report(), CANVAS.encode()).data
    assert canvas_import(data) == {
        "48212": {"90211": "4.5", "90212": "", "90213": "3"},
        "48213": {"90211": "7", "90212": "2.8", "90213": "7"},
    }


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_every_other_byte_stays(bom: bytes, ending: str, encoding: str) -> None:
    """Quotes, line ends, encoding and byte order mark: the file differs in the two cells alone."""
    if bom and encoding == "cp1252":
        encoding = "utf-8"
    text = CANVAS.replace("\r\n", ending).replace("á", "ä")
    expected = text.replace("4.5,,91.20", "4.5,7,91.20").replace('Sec 1,,-,""', 'Sec 1,,2.8,""')
    done = canvas.render(report(), bom + text.encode(encoding))
    assert done.data == bom + expected.encode(encoding)
    assert done.notes == ()


@pytest.mark.parametrize(("encoding", "bom"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_utf_16_too(encoding: str, bom: bytes) -> None:
    """What Excel calls Unicode text, with tabs."""
    text = CANVAS.replace("Sec 1, early", "Sec 1").replace(",", "\t").replace("Doe\t ", "Doe ")
    data = canvas.render(report(), bom + text.encode(encoding)).data
    assert data.startswith(bom)
    assert data[2:].decode(encoding) == text.replace("4.5\t\t91", "4.5\t7\t91").replace("\t-\t", "\t2.8\t")


def test_a_file_without_changes_is_the_same() -> None:
    """Filling in what stands there changes not one byte, with or without --force."""
    once = canvas.render(report(), CANVAS.encode()).data
    assert canvas.render(report(), once).data == once
    assert canvas.render(report(), once, force=True).data == once
    assert filled(read(once), {}) == once


def test_another_mark_is_not_replaced_unasked() -> None:
    """The place is told; --force replaces it."""
    data = CANVAS.replace("4.5,,91.20", "4.5,6.5,91.20").encode()
    with pytest.raises(
        ReportRefusedError, match=r'line 3 already has something else in "Homework 1 \(48213\)"'
    ):
        canvas.render(report(), data)
    assert canvas_import(canvas.render(report(), data, force=True).data)["48213"]["90211"] == "7"


def test_an_excused_student_stays_excused() -> None:
    """`EX` is never replaced, and told."""
    done = canvas.render(report(), CANVAS.replace("4.5,,91", "4.5,EX,91").encode(), force=True)
    assert canvas_import(done.data)["48213"]["90211"] == "EX"
    assert done.notes == ("left as they were, excused: s03",)


def test_what_is_no_mark_yet_is_left_out() -> None:
    """Unreadable files, unmarked texts and unknown students are told and keep what stands there."""
    whole = classroom()
    students = (*whole.students[:1], unreadable("90212", "x.yaml", "empty"), *whole.students[1:2])
    students = (students[0], students[1], replace(report().students[0], student="nobody"))
    done = canvas.render(report(*students), CANVAS.encode())
    assert done.data == CANVAS.encode()
    assert done.notes == (
        "left as they were, still to be marked by hand: s03",
        "left as they were, could not be read: 90212",
        "left as they were, not in it: nobody",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Student,ID", "Name,Number", "no gradebook of Canvas"),
        (",Section,", ",Group,", "no gradebook of Canvas"),
        ("Homework 1 (48213)", "Homework 2 (48213)", 'for "Homework 1"; name one with --column: "HW0'),
        ("5,8,(read", "5,0,(read", 'is out of "0"; expected a positive number'),
        ("5,8,(read", "5,-8,(read", 'is out of "-8"; expected a positive number'),
        ("5,8,(read", "5,eight,(read", 'is out of "eight"; expected a positive number'),
        ("5,8,(read", '5,"1,000",(read', 'is out of "1,000"; expected a positive number'),
        ("5,8,(read", "5,8 (read only),(read", "read only in Canvas"),
        ("90212", "90211", "lines 3 and 4 have the same ID"),
        ("00124", "S03", "lines 3 and 4 have the same SIS User ID"),
        ('-,"",', '-,""x,', "line 4: a quotation mark within a cell"),
        ("90211,s03,jdoe", "90211,s03,s04", 'students "s03" and "s04" are both its line 3'),
    ],
)
def test_a_canvas_export_that_cannot_be_filled(old: str, new: str, message: str) -> None:
    """One sentence that says what is wrong and where."""
    twice = replace(report().students[0], student="s04", file="s04.yaml")
    assert old in CANVAS
    with pytest.raises(ReportRefusedError) as refused:
        canvas.render(report(*report().students, twice), CANVAS.replace(old, new, 1).encode())
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\x00\x01", b"\x81\x8d\xff", b"PK\x03\x04\x00", b"a,b\n1,2\n"]
)
def test_what_is_no_export(data: bytes) -> None:
    """Neither platform's: refused, whatever it is."""
    for render in (canvas.render, moodle.render):
        with pytest.raises(ReportRefusedError):
            render(report(), data)


@pytest.mark.parametrize(
    ("possible", "marks"), [("100", ["87.5", "35"]), ("8.00", ["7", "2.8"]), ("3", ["2.625", "1.05"])]
)
def test_canvas_marks_are_scaled_to_its_points(possible: str, marks: list[str]) -> None:
    """Scaled marks are told in one line; the same points need no line."""
    data = CANVAS.replace("5,8,(read", f"5,{possible},(read").replace(",7,,", ",,,").encode()
    done = canvas.render(report(), data)
    taken = canvas_import(done.data)["48213"]
    assert [taken["90211"], taken["90212"]] == marks
    told = (
        f'scores are scaled from 8 to {possible} points, which the column "Homework 1 (48213)" is out of',
    )
    assert done.notes == (() if possible == "8.00" else told)


def test_without_points_of_its_own_an_export_takes_the_marks_as_they_are() -> None:
    """Canvas asks for no such row."""
    lines = [line for line in CANVAS.splitlines(keepends=True) if "Points Possible" not in line]
    done = canvas.render(report(), "".join(lines).encode())
    assert canvas_import(done.data)["48213"]["90211"] == "7"
    assert done.notes == ()


def test_scaled_marks_that_stand_there_are_the_same() -> None:
    """A second run changes nothing, and another mark is still not replaced unasked."""
    data = CANVAS.replace("5,8,(read", "5,100,(read").encode()
    once = canvas.render(report(), data).data
    assert canvas.render(report(), once).data == once
    with pytest.raises(ReportRefusedError, match="--force"):
        canvas.render(report(), once.replace(b",87.5,", b",7,"))


def test_moodle_marks_are_scaled_to_its_points() -> None:
    """In the decimals of the file; an assignment without points cannot be scaled."""
    done = moodle.render(report(), GERMAN.replace("8,00", "100,00").encode("cp1252"))
    assert b";35;100,00;" in done.data
    assert done.notes[0] == 'scores are scaled from 8 to 100 points, which the column "Bewertung" is out of'
    with pytest.raises(ReportRefusedError, match="the assignment out of none"):
        moodle.render(replace(report(), max_score=0.0), MOODLE.encode())


@pytest.mark.parametrize("column", ["HW0 (48212)", "hw0", "48212"])
def test_the_column_may_be_named(column: str) -> None:
    """By its header, its title or its number."""
    eight = CANVAS.replace(",5,8,", ",8,8,").replace("4.5,,91", ",,91")
    data = canvas.render(report(), eight.encode(), column).data
    assert canvas_import(data)["48212"]["90211"] == "7"


def test_a_student_who_handed_in_twice_is_refused() -> None:
    """Nobody can tell which of the two counts."""
    twice = replace(report().students[0], file="again.yaml")
    with pytest.raises(ReportRefusedError, match='"s03" handed in more than one file'):
        canvas.render(report(report().students[0], twice), CANVAS.encode())


def test_moodle_takes_what_is_filled_in() -> None:
    """Grade and feedback; a right answer needs none, and what was expected is not told."""
    data = moodle.render(
        report(report().students[0], replace(report().students[1], student="40313")), MOODLE.encode()
    ).data
    taken = moodle_import(data, ENGLISH)
    assert [grade for grade, _ in taken.values()] == [7.0, 2.8, 2.5]
    assert taken[40312][1].startswith("<p>q4/why: 0 of 1 point")
    assert "<p>q3/dL/dw2: 1 of 2 points, what a wrong rule gives; written: -0.5; mistake: " in taken[40313][1]
    assert "-0.217994" not in taken[40313][1]
    assert taken[40314][1] == "<p>fine</p>"
    assert data.startswith(b"\xef\xbb\xbfIdentifier,")


@pytest.mark.parametrize("student", ["Participant 40313", "40313", "s17@example.edu", "Ana Ruiz", "ruiz_ana"])
def test_moodle_knows_a_student_by(student: str) -> None:
    """The participant, the number alone, the address, or a name in either order."""
    data = moodle.render(report(replace(report().students[1], student=student)), MOODLE.encode()).data
    assert moodle_import(data, ENGLISH)[40313][0] == 2.8


GERMAN = (
    'ID;"Vollständiger Name";E-Mail-Adresse;Status;Bewertung;Bestwertung;"Bewertung kann geändert werden";'
    '"Zuletzt geändert (Abgabe)";"Zuletzt geändert (Bewertung)";"Feedback als Kommentar"\r\n'
    "Teilnehmer/in40312;s17;a@example.edu;Abgegeben;-;8,00;Ja;-;-;\r\n"
    "Teilnehmer/in40313;s03;b@example.edu;Abgegeben;-;8,00;Nein;-;-;\r\n"
)


def test_moodle_in_another_language() -> None:
    """Columns are known by what they hold, and decimals are written as the file writes them."""
    names = ("ID", "Bewertung", "Bestwertung", "Zuletzt geändert (Bewertung)", "Feedback als Kommentar")
    done = moodle.render(report(), GERMAN.encode("cp1252"))
    taken = moodle_import(done.data, dict(zip(ENGLISH, names, strict=True)), "cp1252", ";")
    assert b";2,8;8,00;" in done.data
    assert [grade for grade, _ in taken.values()] == [2.8, None]
    assert done.notes == ("left as they were, the grade can no longer be changed: s03",)


def test_moodle_tells_adjustments_first() -> None:
    """The reason stands above the questions."""
    student = replace(report().students[0], adjustments=(Adjustment(-1.0, "a day late"),), score=6.0)
    text = moodle_import(moodle.render(report(student), MOODLE.encode()).data, ENGLISH)[40312][1]
    assert text.startswith("<p>-1 point: a day late</p>")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Last modified (grade)", "Last modified", "Grade and Last modified (grade)"),
        (",Grade,", ",Mark,", "Grade and Last modified (grade)"),
        ("Participant 40313", "Participant 40312", "lines 2 and 3 have the same Identifier"),
        ("Participant 40313", "Ana", "a column with `Participant <number>`"),
        (",,8.00", ",,0.00", 'is out of "0.00"; expected a positive number'),
        (",,8.00", ',,"Very good, good"', 'graded on the scale "Very good, good"'),
    ],
)
def test_a_worksheet_that_cannot_be_filled(old: str, new: str, message: str) -> None:
    """One sentence that says what is wrong and where."""
    assert old in MOODLE
    with pytest.raises(ReportRefusedError) as refused:
        moodle.render(report(), MOODLE.replace(old, new, 1).encode())
    assert message in str(refused.value)


def test_feedback_is_not_replaced_unasked() -> None:
    """Feedback that an instructor wrote is something that stands there already."""
    data = MOODLE.replace("8.00,Yes,-,-,\n", '8.00,Yes,-,-,"<p>mine</p>"\n', 1).encode()
    with pytest.raises(ReportRefusedError, match="--force"):
        moodle.render(report(), data)
    assert b"mine" not in moodle.render(report(), data, force=True).data


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_cell(text: str) -> None:
    """Feedback is ASCII, one cell, no HTML of the student's, and no formula."""
    base = hostile(text)
    student = replace(base.students[0], student="s03")
    worksheet = MOODLE.replace("8.00", "2.00").encode()
    data = moodle.render(replace(base, students=(student,)), worksheet).data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [11] * 4
    cell = rows[1][-1]
    assert cell.startswith("<p>")
    assert cell.isascii()
    assert cell.isprintable()
    assert set("".join(cell.split("<p>")).split("</p>")[0]) & {"<", ">"} == set()
    assert data.count(b"\n") == worksheet.count(b"\n")


def test_rows_that_are_too_short_are_made_longer() -> None:
    """A cell that a row lacks is added behind the marks that it needs."""
    assert filled(read(b"a,b,c\n1\n2,3\n"), {(1, 2): "x", (2, 2): "y,z"}) == b'a,b,c\n1,,x\n2,3,"y,z"\n'
