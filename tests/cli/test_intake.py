"""`grade run` on exports: what is said, whose marks they are, and always the same bytes."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_grading import QUESTIONS, RIGHT, SPEC, grade

ANSWERS = RIGHT.replace("student: s1\n", "")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder with a spec, a Canvas export of two students, and a class list of three."""
    (tmp_path / "quiz.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "doejane_90211_5001_hw.yaml").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "in" / "roemax_LATE_90212_5002_hw.md").write_text(
        "# q\nz = 0.5, a = 0.6225\n", encoding="utf-8"
    )
    text = "id,name\ns1,Jane Doe\ns2,Max Roe\ns3,Ann Poe\n"
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_export_is_found_out_and_told(export: Path) -> None:
    """One line on standard error; nothing else changes."""
    done = grade("run", "quiz.yaml", "in", "--json", "-", cwd=export)
    assert (done.returncode, done.stderr) == (0, b"in: a Canvas export, 2 students\n")
    students = json.loads(done.stdout)["students"]
    assert [(one["student"], one["score"]) for one in students] == [("90211", 5.0), ("90212", 3.0)]


def test_a_class_list_names_those_who_handed_nothing_in(export: Path) -> None:
    """They are in every report, with every answer missing, and no name of a person is."""
    options = ("--json", "r.json", "--csv", "r.csv", "--junit", "r.xml")
    done = grade("run", "quiz.yaml", "in", "--roster", "class.csv", *options, cwd=export)
    assert done.returncode == 0
    students = {one["student"]: one for one in json.loads((export / "r.json").read_bytes())["students"]}
    assert students.keys() == {"s1", "s2", "s3"}
    assert [answer["verdict"] for answer in students["s3"]["answers"]] == ["missing"] * QUESTIONS
    rows = list(csv.DictReader((export / "r.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["student"], row["errors"]) for row in rows][2] == ("s3", "handed nothing in")
    for text in (done.stdout, done.stderr, *((export / name).read_bytes() for name in options[1::2])):
        assert not any(name in text.lower() for name in (b"jane", b"doe", b"roe", b"poe"))
        assert b"s3" in text or text == done.stderr


def test_the_same_bytes_from_a_zip_and_in_any_number_of_jobs(export: Path) -> None:
    """The archive is read in place and gives what the folder gives."""
    with zipfile.ZipFile(export / "in.zip", "w") as archive:
        for path in sorted((export / "in").iterdir(), reverse=True):
            archive.write(path, path.name)
    written = []
    for place, jobs in (("in", "1"), ("in.zip", "1"), ("in.zip", "3")):
        options = ("--roster", "class.csv", "--jobs", jobs, "--json", "-")
        done = grade("run", "quiz.yaml", place, *options, cwd=export)
        assert done.returncode == 0
        written.append(done.stdout)
    assert written[0] == written[1] == written[2]


def test_a_large_class_in_several_jobs(export: Path) -> None:
    """Workers read archives, tables and class lists as one process does."""
    with zipfile.ZipFile(export / "big.zip", "w") as archive:
        for number in range(2_100):
            archive.writestr(f"name_{number}_1_hw.yaml", ANSWERS.replace("0.5,", f"{number / 2_000},"))
    one, three = (
        grade(
            "run", "quiz.yaml", "big.zip", "--roster", "class.csv", "--jobs", jobs, "--json", "-", cwd=export
        )
        for jobs in ("1", "3")
    )
    assert one.returncode == three.returncode == 0
    assert one.stdout == three.stdout
    assert len(json.loads(one.stdout)["students"]) == 2_103


def test_a_form_is_a_class(export: Path) -> None:
    """One file in an old encoding, a row a student; the later response of one counts."""
    table = (
        "ID;Start time;Completion time;Email;Name;q: z (1 point);a;Points - a\n"
        "1;1;2;ann@x.org;Ann;0,7;0.6225;\n2;1;2;bob@x.org;Bob;0.5;;\n3;1;2;ann@x.org;Ann;0.5;≈ 0.6225;\n"
    )
    (export / "form.csv").write_bytes(table.replace("≈", "\x80").encode("latin-1"))
    done = grade("run", "quiz.yaml", "form.csv", "--json", "-", cwd=export)
    students = {one["student"]: one for one in json.loads(done.stdout)["students"]}
    assert students.keys() == {"ann@x.org", "bob@x.org"}
    assert students["ann@x.org"]["answers"][0]["verdict"] == "correct"
    shown = grade("show", "quiz.yaml", "form.csv", cwd=export).stdout.decode()
    assert "answered again in line 4; line 2 was not read" in shown
    assert "it was read as Windows-1252" in shown


def test_an_id_in_the_name(export: Path) -> None:
    """`--id-regex` finds it, `--from` says what the folder is."""
    options = ("--from", "plain", "--id-regex", r"_(?P<id>\d+)_", "--json", "-")
    done = grade("run", "quiz.yaml", "in", *options, cwd=export)
    assert done.stderr == b""
    assert [one["student"] for one in json.loads(done.stdout)["students"]] == ["90211", "90212"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "moodel"), "grade: --from moodel: expected one of plain, gradescope, moodle"),
        (
            ("--roster", "twice.csv"),
            'grade: --roster twice.csv: line 3: the id "s1" stands there already, in line 2',
        ),
        (("--id-regex", "("), "grade: --id-regex (: missing ), unterminated subpattern"),
    ],
)
def test_a_wrong_option_is_one_sentence(export: Path, options: tuple[str, ...], message: str) -> None:
    """Status 2, and nothing is graded."""
    (export / "twice.csv").write_text("id,name\ns1,A\ns1,B\n", encoding="utf-8")
    done = grade("run", "quiz.yaml", "in", *options, "--json", "r.json", cwd=export)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(message)
    assert done.stderr.count(b"\n") == 1
    assert not (export / "r.json").exists()


def test_a_damaged_archive_is_status_2(export: Path) -> None:
    (export / "class.zip").write_bytes(b"PK")
    done = grade("run", "quiz.yaml", "class.zip", cwd=export)
    assert (done.returncode, done.stderr) == (
        2,
        b"grade: class.zip: the archive is damaged, or no zip file\n",
    )


@pytest.mark.parametrize("format_name", ["yaml", "md", "csv", "ipynb"])
def test_a_blank_sheet_is_graded_as_unanswered(export: Path, format_name: str) -> None:
    """Each format that `grade sheet` writes, handed in as it is."""
    sheet = grade("sheet", "quiz.yaml", "--format", format_name, cwd=export).stdout
    (export / f"s9.{format_name}").write_bytes(sheet)
    done = grade("run", "quiz.yaml", f"s9.{format_name}", "--json", "-", cwd=export)
    assert (done.returncode, done.stderr) == (0, b"")
    (student,) = json.loads(done.stdout)["students"]
    assert student["student"] == "s9"
    assert [answer["verdict"] for answer in student["answers"]] == ["missing"] * QUESTIONS
