"""Files are written whole or not at all, and never over what is to be graded."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli import pages, together
from grader.cli.failures import Refused
from grader.report import csv_report
from tests.cli.conftest import Grade, names

SPEC = "specs/hw1.yaml"
CLASS = "submissions/hw1"


def test_three_files(grade: Grade, course: Path) -> None:
    """All three, with the report on standard output, and nothing else beside them."""
    before = names(course)
    result = grade("run", SPEC, CLASS, "--json", "r.json", "--csv", "g.csv", "--junit", "j.xml")
    assert result.status == 0
    assert names(course) - before == {"r.json", "g.csv", "j.xml"}
    assert json.loads((course / "r.json").read_text(encoding="utf-8"))["schema"] == "grade-results/1"
    assert (course / "g.csv").read_text(encoding="utf-8").startswith("student,file,score")
    assert (course / "j.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert b"\r" not in (course / "g.csv").read_bytes()


def test_the_same_bytes_again(grade: Grade, course: Path) -> None:
    """A second run writes the same file."""
    options = ("--json", "r.json", "--csv", "g.csv", "--junit", "j.xml")
    written = []
    for _ in range(2):
        grade("run", SPEC, CLASS, "--quiet", *options)
        written.append([(course / name).read_bytes() for name in options[1::2]])
    assert written[0] == written[1]


def test_folders(grade: Grade, course: Path) -> None:
    """With a folder of specs the options name folders, made where they are missing."""
    result = grade("run", "specs/", "submissions/", "--json", "out/json", "--csv", "out", "--junit", "out")
    assert (result.status, result.err) == (0, "")
    assert sorted(names(course / "out")) == ["hw1.csv", "hw1.xml", "hw2.csv", "hw2.xml", "json"]
    assert sorted(names(course / "out" / "json")) == ["hw1.json", "hw2.json"]
    assert result.out.index("(hw1)") < result.out.index("(hw2)")


def test_a_bad_spec_in_a_folder_makes_no_folder(grade: Grade, course: Path) -> None:
    """Nothing is written where a spec is at fault."""
    (course / "specs" / "bad.yaml").touch()
    assert grade("run", "specs", "submissions", "--json", "out").status == 2
    assert not (course / "out").exists()


@pytest.mark.parametrize(
    "target",
    [
        "",
        "missing/r.json",
        "submissions",
        "specs/hw1.yaml/r.json",
        SPEC,
        f"{CLASS}/s17.yaml",
        f"{CLASS}/r.json",
        "submissions/../submissions/hw1/r.YAML",
        "loop/r.json",
    ],
)
def test_a_target_is_refused_before_grading(grade: Grade, course: Path, target: str) -> None:
    """Status 2; the grading, which would be a fault here, is never reached."""
    (course / "loop").symlink_to("loop")
    (course / "broken.yaml").touch()
    before = _tree(course)
    result = grade("run", "broken.yaml", CLASS, SPEC, "--json", target)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("grade: --json ")
    assert result.err.count("\n") == 1
    assert _tree(course) == before


@pytest.mark.parametrize(
    "target", ["specs/hw1.yaml", "submissions", "submissions/hw1", "submissions/new", "hw1.csv/x"]
)
def test_a_folder_is_refused_before_grading(grade: Grade, course: Path, target: str) -> None:
    """A file, or a place among the submissions, is no folder for reports."""
    (course / "hw1.csv").touch()
    (course / "specs" / "broken.yaml").touch()
    before = _tree(course)
    assert grade("run", "specs", "submissions", "--json", target).status == 2
    assert _tree(course) == before


def test_two_options_cannot_name_one_file(grade: Grade, course: Path) -> None:
    """Neither report would survive."""
    assert grade("run", SPEC, CLASS, "--json", "out", "--csv", "./out").status == 2
    assert not (course / "out").exists()


def test_a_gradebook_may_stand_beside_the_submissions(grade: Grade, course: Path) -> None:
    """Only what would be read as a submission next time is refused."""
    assert grade("run", SPEC, CLASS, "--csv", f"{CLASS}/grades.csv", "--quiet").status == 0
    assert (course / CLASS / "grades.csv").exists()


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def _failing() -> Iterator[str]:
    yield "half"
    raise ValueError


def _full_disk() -> Iterator[str]:
    yield "half"
    raise OSError(28, "No space left on device")


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """Neither half a file nor a temporary one is left."""
    path = tmp_path / "r.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^$"):
        together.write(str(path), _failing())
    with pytest.raises(Refused, match="No space left"):
        together.write(str(path), _full_disk())
    assert _tree(tmp_path) == {str(path): b"old"}


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """A file keeps who may read it, a link stays a link."""
    path = tmp_path / "real.json"
    path.touch(mode=0o600)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    together.write(str(link), ["new"])
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    """The temporary file does not hand on private permissions."""
    (tmp_path / "other").touch()
    together.write(str(tmp_path / "r.json"), ["new"])
    assert (tmp_path / "r.json").stat().st_mode == (tmp_path / "other").stat().st_mode


SECOND = [
    (("--json", "r.json", "--csv", "/dev/full"), "/dev/full: cannot be written: No space left on device"),
    (("--csv", "g.csv", "--junit", "/dev/full"), "/dev/full: cannot be written: No space left on device"),
    (("--csv", "g.csv", "--json", "/dev/full", "--html", "pages"), "No space left on device"),
]


@pytest.mark.parametrize(("options", "message"), SECOND)
def test_a_second_output_that_fails_leaves_the_first(
    grade: Grade, course: Path, options: tuple[str, ...], message: str
) -> None:
    """The file is what it was before, or not there; the one that was complete is gone with the other."""
    for old in (b"old", None):
        if old is None:
            (course / options[1]).unlink()
        else:
            (course / options[1]).write_bytes(old)
        before = _tree(course)
        result = grade("run", SPEC, CLASS, "--quiet", *options)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("grade: ")
        assert message in result.err
        assert result.err.count("\n") == 1
        assert _tree(course) == before


def test_pages_that_fail_leave_the_files(grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full at the last output, the pages: none of the outputs appears, and no folder."""

    def full(stage: Path, *_: object) -> None:
        (stage / "class.html").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pages, "_fill", full)
    (course / "r.json").write_text("old", encoding="utf-8")
    before = _tree(course)
    result = grade("run", SPEC, CLASS, "--quiet", "--json", "r.json", "--csv", "g.csv", "--html", "new/pages")
    assert result.status == 2
    assert result.err == "grade: --html new/pages: cannot be written: No space left on device\n"
    assert _tree(course) == before


def test_a_folder_that_fails_is_taken_away(
    grade: Grade, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a folder of specs too: the first assignment's file does not appear where the second's fails."""
    rendered: list[object] = []

    def half(report: object) -> Iterator[str]:
        rendered.append(report)
        return _full_disk() if len(rendered) > 1 else iter(["whole"])

    monkeypatch.setattr(csv_report, "render", half)
    before = _tree(course)
    result = grade("run", "specs", "submissions", "--quiet", "--csv", "new/csv")
    assert (result.status, len(rendered)) == (2, 2)
    assert _tree(course) == before


def test_outputs_with_long_names_do_not_meet(tmp_path: Path) -> None:
    """Two files whose temporary names would be cut to the same one."""
    paths = [tmp_path / f"{'n' * 60}.{ending}" for ending in ("json", "csv")]
    with together.together() as ready:
        for path in paths:
            ready.write(str(path), [path.suffix])
        assert not any(path.exists() for path in paths)
        ready.put()
    assert _tree(tmp_path) == {str(path): path.suffix.encode() for path in paths}


def test_a_device_is_written_to(grade: Grade, course: Path) -> None:
    """/dev/null stays what it is."""
    assert course.exists()
    assert grade("run", SPEC, CLASS, "--quiet", "--json", os.devnull).status == 0
    assert not Path(os.devnull).is_file()


def test_a_long_name(grade: Grade, course: Path) -> None:
    """The temporary name fits where the name itself does."""
    name = "r" * 250 + ".json"
    assert grade("run", SPEC, CLASS, "--quiet", "--json", name).status == 0
    assert (course / name).exists()
