"""Where submissions arrive: every platform's layout, on disk and in a zip, gives the same submissions."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.submission import files, sources
from grader.submission.files import Setting
from grader.submission.hints import ProblemHint, hints_of
from grader.submission.model import Submission
from grader.submission.sources import roster
from grader.submission.tree import UnreadableError

SHEET = "answers:\n  q: {z: %s}\n"


class Layout(NamedTuple):
    """Files by name with an answer each (None: a file that is no submission), and what is found in them."""

    title: str
    files: dict[str, str | None]
    students: dict[str, str]
    shown: tuple[str, ...] = ()


METADATA = """\
submission_501:
  :submitters:
  - :name: Jane Doe
    :sid: '00123'
    :email: jane@example.edu
  - :name: Max Roe
    :sid: 124
    :email: max@example.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :history: []
  :results:
    score: 2.0
    tests:
    - name: a
      :submitters:
      - :sid: other
submission_502:
  :submitters:
  - :name: Ann Poe
  :created_at: 2026-04-26 17:34:00.861687000 Z
submission_503:
  :submitters: []
  :created_at: 2026-04-25 17:34:00.861687000 Z
submission_504:
  :submitters:
  - :name: Jane Doe
    :sid: '00123'
    :email: null
  :created_at: 2026-04-20 17:34:00.861687000 Z
"""

LAYOUTS = {
    "gradescope": Layout(
        "a Gradescope export, 4 students",
        {
            "submission_metadata.yml": METADATA,
            "submission_501/answers.yaml": "0.1",
            "submission_501/scan.pdf": None,
            "submission_502/deep/er/answers.yaml": "0.2",
            "submission_503/answers.yaml": "0.3",
            "submission_504/answers.yaml": "0.4",
        },
        {"00123": "0.1", "124": "0.1", "submission_502": "0.2", "submission_503": "0.3"},
    ),
    "canvas": Layout(
        "a Canvas export, 4 students",
        {
            "doejane_90211_5001_hw1.yaml": "0.1",
            "roemax_LATE_90212_5002_hw_1-2.yaml": "0.2",
            "roemax_LATE_90212_5000_hw_1.yaml": "0.9",
            "LATE_anon_Ab3_5003_hw1.yaml": "0.3",
            "poeann_90214_5004_my_file_1.yaml": "0.4",
            "poeann_90214_text.html": None,
            "__MACOSX/._doejane_90211_5001_hw1.yaml": None,
            ".DS_Store": None,
        },
        {"90211": "0.1", "90212": "0.2", "anon_Ab3": "0.3", "90214": "0.4"},
    ),
    "moodle folders": Layout(
        "a Moodle export, 3 students",
        {
            "Jane Doe_40312_assignsubmission_file/answers.yaml": "0.1",
            "Max Roe_40313_assignsubmission_file_/deep/answers.yaml": "0.2",
            "Max Roe_40313_assignsubmission_onlinetext/onlinetext.html": None,
            "Participant_40314_assignsubmission_file": None,
            "Participant 40314_40314_assignsubmission_file/answers.yaml": "0.3",
        },
        {"40312": "0.1", "40313": "0.2", "40314": "0.3"},
    ),
    "moodle flat": Layout(
        "a Moodle export, 2 students",
        {
            "Jane Doe_40312_assignsubmission_file_my_answers.yaml": "0.1",
            "Max Roe_40313_assignsubmission_file_answers.yaml": "0.2",
            "Grades-hw1.csv": "Identifier,Full name,ID number,Email address,Status,Grade\n"
            "Participant 40312,Jane Doe,00123,jane@example.edu,Submitted,\n"
            "Participant 40313,Max Roe,,max@example.edu,Submitted,\n",
        },
        {"00123": "0.1", "max@example.edu": "0.2"},
    ),
    "github": Layout(
        "clones of GitHub Classroom, 2 students",
        {
            "hw1-submissions/hw1-oct-cat/answers.yaml": "0.1",
            "hw1-submissions/hw1-oct-cat/package.json": "{}",
            "hw1-submissions/hw1-oct-cat/.git/config": None,
            "hw1-submissions/hw1-oct-cat/.github/workflows/ci.yml": None,
            "hw1-submissions/hw1-hubot/work/hand.yaml": "0.2",
            "hw1-submissions/hw1-hubot/README.md": "# q\nz = 7\n",
        },
        {"oct-cat": "0.1", "hubot": "0.2"},
    ),
    "nbgrader": Layout(
        "a folder of nbgrader, 2 students",
        {
            "submitted/ann/hw1/answers.yaml": "0.1",
            "submitted/ann/hw1/timestamp.txt": "2026-02-03 10:00:00 UTC",
            "submitted/ann/hw2/answers.yaml": "0.9",
            "submitted/bob/hw1/answers.yaml": "0.2",
            "submitted/bob/hw1/timestamp.txt": "2026-02-03 10:00:00 UTC",
        },
        {"ann": "0.1", "bob": "0.2"},
    ),
    "nbgrader exchange": Layout(
        "a folder of nbgrader, 2 students",
        {
            "ann+hw1+2026-02-03 10:00:00.100 UTC+abcdefghij_-/answers.yaml": "0.1",
            "ann+hw1+2026-02-01 10:00:00.100 UTC/answers.yaml": "0.9",
            "b+o+hw1+2026-02-03 10:00:00 UTC/answers.yaml": "0.2",
        },
        {"ann": "0.1", "b+o": "0.2"},
    ),
    "blackboard": Layout(
        "a Blackboard export, 2 students",
        {
            "Hand_in 1_ann_attempt_2026-02-03-10-00-00_hw_1.yaml": "0.1",
            "Hand_in 1_ann_attempt_2026-02-03-10-00-00.txt": None,
            "Hand_in 1_ann_attempt_2026-02-01-10-00-00_hw_1.yaml": "0.9",
            "Hand_in 1_bob_attempt_2026-02-02-10-00-00_answers.yaml": "0.2",
        },
        {"ann": "0.1", "bob": "0.2"},
    ),
    "plain": Layout(
        "",
        {"s1.yaml": "0.1", "s2/answers.yaml": "0.2", "notes.txt": None, "README.md": "z = 3"},
        {"s1": "0.1", "s2": "0.2"},
    ),
    "plain folders": Layout("", {"s1/hand.yaml": "0.1", "s2/x.yaml": "0.2"}, {"s1": "0.1", "s2": "0.2"}),
}
NAMES = ("Jane", "Doe", "Max", "Roe", "Poe", "doejane", "roemax", "poeann")


def content(text: str | None) -> str:
    if text is None:
        return "nothing"
    return SHEET % text if text.replace(".", "").isdigit() else text


def on_disk(layout: Layout, folder: Path) -> Path:
    for name, text in layout.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(text), encoding="utf-8")
    return folder


def zipped(layout: Layout, folder: Path, top: str = "") -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in layout.files.items():
            archive.writestr(top + name, content(text))
    return path


def in_folder(layout: Layout, folder: Path) -> Path:
    """A zip as people make them, with a folder around everything."""
    return zipped(layout, folder, "hand-ins/")


def read(path: Path, setting: Setting = files.PLAIN, source: str | None = None) -> dict[str, Submission]:
    found = sources.find([path], source, "hw1")
    return {submission.student: submission for submission in files.read_all(found.files, setting)}


def z(submission: Submission) -> object:
    return submission.answers.get("q", {}).get("z")


@pytest.mark.parametrize("arrive", [on_disk, zipped, in_folder])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout(tmp_path: Path, name: str, arrive: Callable[[Layout, Path], Path]) -> None:
    """The platform is found out, each student has the newest answer, and no name of a person is shown."""
    layout = LAYOUTS[name]
    path = arrive(layout, tmp_path)
    found = sources.find([path], None, "hw1")
    assert found.sources == ((f"{path}: {layout.title}",) if layout.title else ())
    submissions = read(path)
    assert {student: z(submission) for student, submission in submissions.items()} == layout.students
    for submission in submissions.values():
        assert submission.errors == ()
        assert not any(name in text for name in NAMES for text in (submission.file, *submission.notes))
        assert submission.locate("q", "z") == (2, 10)
    assert read(path, source=name.partition(" ")[0]).keys() == submissions.keys()


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_order_of_the_folder_does_not_matter(tmp_path: Path, name: str) -> None:
    """Written in the other order, the same submissions in the same order."""
    layout = LAYOUTS[name]
    there = on_disk(layout, tmp_path / "hw1-submissions")
    found = [
        (one.student, one.file, one.notes) for one in files.read_all(sources.find([there], None, "hw1").files)
    ]
    shutil.rmtree(there)
    turned = layout._replace(files=dict(reversed(layout.files.items())))
    on_disk(turned, there)
    again = [
        (one.student, one.file, one.notes) for one in files.read_all(sources.find([there], None, "hw1").files)
    ]
    assert found == again


def test_earlier_attempts_are_named(tmp_path: Path) -> None:
    """The newest counts; the note says what was not read. Late is told."""
    canvas = read(on_disk(LAYOUTS["canvas"], tmp_path / "canvas"))
    assert canvas["90212"].notes == (
        "an earlier attempt was not read: 90212_5000_hw_1.yaml",
        "handed in late",
    )
    blackboard = read(on_disk(LAYOUTS["blackboard"], tmp_path / "blackboard"))
    assert blackboard["ann"].notes == ("an earlier attempt was not read: ann_2026-02-01-10-00-00_hw_1.yaml",)
    gradescope = read(on_disk(LAYOUTS["gradescope"], tmp_path / "gradescope"))
    assert gradescope["00123"].notes == ("an earlier attempt was not read: submission_504/answers.yaml",)


def test_several_files_of_one_attempt_are_one_submission(tmp_path: Path) -> None:
    """Their answers are joined; a sheet counts before running text; what cannot be read is a note."""
    folder = tmp_path / "Jane Doe_1_assignsubmission_file"
    folder.mkdir()
    (folder / "a.yaml").write_text("answers:\n  q: {z: 0.1, a: 1}\n")
    (folder / "b.json").write_text('{"answers": {"q": {"a": 2, "b": 3}}}')
    (folder / "c.md").write_text("# q\nz = 9\nc = 4\n")
    (folder / "d.json").write_text("{")
    (submission,) = read(tmp_path).values()
    assert submission.answers["q"].pop("a").reason == "answered twice: 1 and 2"  # type: ignore[attr-defined]
    assert submission.answers == {"q": {"z": "0.1", "b": "3", "c": "4"}}
    assert submission.notes == (
        "1/d.json: line 1, column 2: found the end of the file; expected a name in double quotes",
    )
    assert submission.locate("q", "c") == (3, 5)


def test_a_student_without_a_readable_file_is_there_all_the_same(tmp_path: Path) -> None:
    """What was handed in instead is told."""
    for name in ("doejane_1_11_scan.pdf", "roemax_2_12_all.zip", "poeann_3_13_hw.yaml"):
        (tmp_path / name).write_text("answers: {q: {z: 1}}")
    found = read(tmp_path)
    assert found["1"].errors[0].startswith("found 1_11_scan.pdf; expected one of .yaml")
    assert found["2"].errors == ("2_12_all.zip: an archive inside what was handed in; unpack it there",)
    assert z(found["3"]) == "1"


def test_nbgrader_asks_which_assignment(tmp_path: Path) -> None:
    """Several assignments, and none of the spec's name."""
    on_disk(LAYOUTS["nbgrader"], tmp_path)
    with pytest.raises(
        UnreadableError, match="holds the assignments hw1, hw2; expected one, or one named other"
    ):
        sources.find([tmp_path], None, "other")


def test_one_student_a_table(tmp_path: Path) -> None:
    """A class in one file, beside a gradebook and a class list, which are no submissions."""
    (tmp_path / "class.csv").write_text("student,q/z\ns1,0.1\ns2,0.2\n")
    (tmp_path / "grades.csv").write_text("student,file,score,max_score,percent,q/z,status,errors\n")
    (tmp_path / "list.csv").write_text("id,name\ns1,Jane Doe\n")
    found = sources.find([tmp_path])
    assert found.ignored == ("grades.csv", "list.csv")
    submissions = read(tmp_path)
    assert {student: z(one) for student, one in submissions.items()} == {"s1": "0.1", "s2": "0.2"}
    assert [one.locate("q", "z") for one in submissions.values()] == [(2, 4), (3, 4)]


ROSTER = 'id,name,email,username\ns1,Jane Doe,jane@example.edu,oct-cat\ns2,"Roe, Max",,hubot\ns3,Ann Poe,,\n'


def setting(text: str, folder: Path) -> Setting:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return Setting(roster=roster.load(str(folder / "list.csv")))


@pytest.mark.parametrize("name", ["canvas", "github", "moodle folders"])
def test_a_class_list_joins_names_and_ids(tmp_path: Path, name: str) -> None:
    """Names in any order, user names and addresses become ids; who is not in the list is told."""
    path = on_disk(LAYOUTS[name], tmp_path / "in" / "hw1-submissions")
    found = read(path, setting(ROSTER, tmp_path))
    assert z(found["s1"]) == "0.1"
    assert z(found["s2"]) == "0.2"
    others = found.keys() - {"s1", "s2", "s3"}
    assert all("not in the class list" in found[other].notes for other in others)


def test_a_name_in_a_plain_folder_is_not_shown_where_the_list_knows_its_id(tmp_path: Path) -> None:
    """Neither as student nor as file."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Jane Doe.yaml").write_text(SHEET % "0.1")
    (submission,) = read(tmp_path / "in", setting(ROSTER, tmp_path)).values()
    assert (submission.student, submission.file, submission.notes) == ("s1", "s1.yaml", ())


def test_a_file_that_names_somebody_else_is_told(tmp_path: Path) -> None:
    """The platform knows whose it is; the list knows who is meant."""
    path = tmp_path / "in" / "hw1-submissions" / "hw1-hubot"
    path.mkdir(parents=True)
    (path / "answers.yaml").write_text("student: s1\n" + SHEET % "0.1")
    found = read(path.parent, setting(ROSTER, tmp_path))
    assert found["s2"].notes == ('the file itself names the student "s1"',)


def test_who_handed_nothing_in() -> None:
    """Everyone in the list who is not among the students."""
    known = roster.Roster(("s1", "s2", "s3"), {}, {})
    assert known.absent({"s2"}) == ["s1", "s3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,name\ns1,A\ns2,B\ns1,C\n", 'line 4: the id "s1" stands there already, in line 2'),
        ("", "found no column `id`, `student`, `name`, `email` or `username` in its first line"),
        ("x,y\n1,2\n", "found no column `id`, `student`, `name`, `email` or `username` in its first line"),
        ("id,group\n,1\n", "line 2: a row without an id"),
    ],
)
def test_a_bad_class_list(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        setting(text, tmp_path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("\ufeffStudent;Name\ns1;A\ns2;B\n", ("s1", "s2")),
        ("email\na@x.org\nb@x.org\n", ("a@x.org", "b@x.org")),
        ("identifier,github_username,github_id,name\n00123,oct-cat,7,Jane Doe\n", ("oct-cat",)),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section\nPoints Possible,,,,\n"Doe, Jane",90211,1,jdoe,A\n',
            ("90211",),
        ),
        ("First Name,Last Name,SID,Email\nJane,Doe,123,j@x.org\n", ("123",)),
    ],
)
def test_class_lists_as_platforms_write_them(tmp_path: Path, text: str, ids: tuple[str, ...]) -> None:
    assert roster.load(str(_written(tmp_path, text))).ids == ids


def _written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("names", "found", "ignored"),
    [
        (("s1.txt", "s2.txt"), ["s1.txt", "s2.txt"], ()),
        (("s1.md", "s2.txt"), ["s1.md"], ("s2.txt",)),
        (("s1.txt", "readme.txt"), ["s1.txt"], ("readme.txt",)),
        (("s1/mine.txt", "s2/mine.txt"), ["s1/mine.txt", "s2/mine.txt"], ()),
        (("s1/mine.txt", "s1/notes.md"), ["s1/notes.md"], ()),
    ],
)
def test_plain_text_counts_where_nothing_else_is_a_submission(
    tmp_path: Path, names: tuple[str, ...], found: list[str], ignored: tuple[str, ...]
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("z = 0.25\n")
    listed = sources.find([tmp_path])
    hints = hints_of([ProblemHint("q", None, ("z",))])
    read = files.read_all(listed.files, files.Setting(hints))
    assert sorted(one.file for one in read) == found
    assert listed.ignored == ignored
    assert all(one.answers == {"q": {"z": "0.25"}} and one.prose for one in read)


def test_of_one_attempt_plain_text_is_read_where_it_stands_alone(tmp_path: Path) -> None:
    """The text that Blackboard writes about an attempt is no answer; one that a student hands in is."""
    stem = "hw_s1_attempt_2026-01-01-10-00-00"
    (tmp_path / f"{stem}.txt").write_text("z = 0.75\n")
    (tmp_path / f"{stem}_work.txt").write_text("z = 0.25\n")
    hints = hints_of([ProblemHint("q", None, ("z",))])
    (only,) = files.read_all(sources.find([tmp_path]).files, files.Setting(hints))
    assert (only.student, only.answers) == ("s1", {"q": {"z": "0.25"}})
