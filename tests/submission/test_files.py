"""Folders and files: what counts as a submission, and that no file stops or holds up the others."""

import errno
import os
import pickle
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission import files, readers, sources
from grader.submission.encoding import decode
from grader.submission.found import Found
from grader.submission.model import Submission
from grader.submission.tree import MAX_BYTES, UnreadableError

SHEET = "answers:\n  q3:\n    z1: 0.2\n"


def names(found: Found) -> list[str]:
    return [Path(file.path).name for file in found.files]


def read_folder(folder: Path) -> list[Submission]:
    found = files.read_all(sources.find([folder]).files)
    return sorted(found, key=lambda submission: (submission.student, submission.file))


def only_error(submission: Submission) -> str:
    assert submission.unreadable
    assert submission.answers == {}
    (error,) = submission.errors
    return error


def test_a_folder_gives_its_submissions_in_order_and_names_the_rest(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.json", "C.YML", ".hidden.yaml", "notes.txt", "yaml"):
        (tmp_path / name).write_text(SHEET)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "deeper").mkdir()
    found = sources.find([tmp_path])
    assert names(found) == ["C.YML", "a.json", "b.yaml", "folder.yaml"]
    assert found.ignored == ("deeper", "notes.txt", "yaml")


def test_files_and_folders_together_count_each_file_once_in_any_order(tmp_path: Path) -> None:
    for name in ("x/b.yaml", "x/a.yaml", "y/a.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SHEET)
    paths = [f"{tmp_path}/y", f"{tmp_path}/x/b.yaml", f"{tmp_path}/y/../x"]
    forth, back = sources.find(paths), sources.find(reversed(paths))
    assert names(forth) == names(back) == ["a.yaml", "a.yaml", "b.yaml"]
    assert [Path(file.path).resolve() for file in forth.files] == [
        Path(file.path).resolve() for file in back.files
    ]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sources.find([tmp_path / "nothing"])


def test_the_student_is_named_in_the_file_or_by_it(tmp_path: Path) -> None:
    (tmp_path / "s.17.yaml").write_text(SHEET)
    (tmp_path / "t.json").write_text('{"student": " Ann  Lee ", "answers": {"q3": {"z1": 0.2}}}')
    stem, named = read_folder(tmp_path)[::-1]
    assert (stem.student, stem.file) == ("s.17", "s.17.yaml")
    assert (named.student, named.file) == ("Ann Lee", "t.json")
    assert stem.answers == named.answers == {"q3": {"z1": "0.2"}}


def test_the_shown_name_is_relative_to_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "hw" / "s.yaml"
    assert files.read(path, tmp_path).file == "hw/s.yaml"
    assert files.read(path, f"{tmp_path}/").file == "hw/s.yaml"
    assert files.read(path, f"{tmp_path}/h").file == "s.yaml"
    assert files.read(path).file == "s.yaml"


def test_a_submission_can_be_sent_to_another_process(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SHEET)
    submission = pickle.loads(pickle.dumps(files.read(tmp_path / "s.yaml")))
    assert submission.locate("q3", "z1") == (3, 9)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("s.yaml", "answers:\n  q3:\n    'w 2':  [1, 2]\n", (3, 13)),
        ("s.yaml", "answers:\n  q3:\n    w 2:\n  q3:\n    w 2: 1\n", (5, 10)),
        ("s.json", '{"answers": {"q3":\n  {"a": 1, "w 2": 2}}}', (2, 19)),
        ("s.yaml", "answers:\n  q3:\n    w 2:\n", None),
        ("s.yaml", "answers:\n  q4:\n    w 2: 1\n", None),
        ("s.yaml", "answers: [", None),
        ("s.txt", SHEET, None),
    ],
)
def test_where_an_answer_stands(tmp_path: Path, name: str, text: str, place: tuple[int, int] | None) -> None:
    (tmp_path / name).write_text(text)
    assert files.read(tmp_path / name).locate("q3", "w 2") == place


def test_where_an_answer_stood_in_a_file_that_is_gone(tmp_path: Path) -> None:
    assert files.read(tmp_path / "gone.yaml").locate("q3", "z1") is None
    assert Submission("s", "s.yaml", {}).locate("q3", "z1") is None


def test_links_count_when_they_lead_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text(SHEET)
    (tmp_path / "good.yaml").symlink_to(tmp_path / "real.txt")
    (tmp_path / "lost.yaml").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert names(sources.find([tmp_path])) == ["good.yaml", "loop.yaml", "lost.yaml"]
    assert files.read(tmp_path / "good.yaml").answers == {"q3": {"z1": "0.2"}}
    assert only_error(files.read(tmp_path / "lost.yaml")) == "found a link to nothing; expected a file"
    assert "leads back to itself" in only_error(files.read(tmp_path / "loop.yaml"))


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    assert only_error(files.read(tmp_path / "folder.yaml")) == "found a folder; expected a file with answers"
    assert only_error(files.read(tmp_path / "pipe.yaml")) == "found a pipe; expected a file with answers"
    assert only_error(files.read(tmp_path / "device.yaml")) == "found a device; expected a file with answers"
    assert only_error(files.read(tmp_path / "gone.yaml")) == "the file is not there"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.yaml")
        assert only_error(files.read("s.yaml")) == "found no regular file; expected a file with answers"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s.yaml").write_text(SHEET)

    def refuse(*_: object) -> int:  # root may read everything, so that a mode would prove nothing
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert only_error(files.read(tmp_path / "s.yaml")) == "there is no permission to read it"


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "s.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert only_error(files.read(tmp_path / "s.yaml")) == (
        f"the file has 50,000,000 bytes; expected at most {MAX_BYTES:,}"
    )


def test_another_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "s.docx").write_text(SHEET)
    assert only_error(files.read(tmp_path / "s.docx")) == (
        f"found a file named `*.docx`; expected one of {', '.join(readers.SUFFIXES)}"
    )


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/s\xff\n.yaml"
    Path(os.fsdecode(path)).write_text(SHEET)
    (submission,) = read_folder(tmp_path)
    assert (submission.student, submission.file) == ("s\ufffd\ufffd", "s\ufffd\ufffd.yaml")
    assert submission.locate("q3", "z1") == (3, 9)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a: 1".encode("utf-16"), "the file is in UTF-16; save it as UTF-8"),
        ("a: 1".encode("utf-32"), "the file is in UTF-32; save it as UTF-8"),
        ("a: 1".encode("utf-16-le"), "the file looks like UTF-16 or UTF-32; save it as UTF-8"),
        (
            "a\né: 1".encode("latin-1"),
            "line 2: found the byte 0xE9, which is not UTF-8; save the file as UTF-8 text",
        ),
        (b"\xed\xa0\x80", "line 1: found the byte 0xED, which is not UTF-8; save the file as UTF-8 text"),
        (b"a: 1\nb: \0", "line 2, column 4: found the control character U+0000; expected plain text"),
        (b"a: \x1b[0m", "line 1, column 4: found the control character U+001B; expected plain text"),
    ],
)
def test_what_is_no_text_says_what_it_is(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        decode(data)
    assert str(caught.value) == message


def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(b"\xef\xbb\xbf" + SHEET.replace("\n", "\r\n").encode())
    submission = files.read(tmp_path / "s.yaml")
    assert submission.answers == {"q3": {"z1": "0.2"}}
    assert submission.locate("q3", "z1") == (3, 9)


@given(st.binary(max_size=200), st.sampled_from([b"", SHEET.encode(), b'{"answers": {"q": {"a": ']))
def test_any_bytes_make_a_submission(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for suffix in readers.SUFFIXES:
        path = folder / f"any{suffix}"
        path.write_bytes(head + data)
        submission = files.read(path, folder)
        assert submission.file == f"any{suffix}"
        assert submission.student
        submission.locate("q3", "z1")
