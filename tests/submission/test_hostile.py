"""Files made to harm, and files gone wrong: each is refused by its name, and the others are read."""

import io
import json
import os
import stat
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.run.collection import paused
from grader.submission import archive, files, sources
from grader.submission.hints import ProblemHint, hints_of
from grader.submission.model import Submission
from grader.submission.readers import csv_reader, latex_reader, markdown_reader, notebook_reader
from grader.submission.tree import UnreadableError

SHEET = "answers:\n  q: {z: 0.1}\n"
HINTS = hints_of([ProblemHint("q", "Question", ("z", "a1")), ProblemHint("r", None, ("z",))])


def read(path: Path) -> dict[str, Submission]:
    return {one.student: one for one in files.read_all(sources.find([path]).files, files.Setting(HINTS))}


def packed(folder: Path, members: dict[str, bytes], **more: object) -> Path:
    path = folder / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.yaml", "its name leads out of the archive"),
        ("a/../../evil.yaml", "its name leads out of the archive"),
        ("/etc/evil.yaml", "its name is no path inside the archive"),
        ("C:/evil.yaml", "its name is no path inside the archive"),
        ("..\\evil.yaml", "its name is no path inside the archive"),
        ("a//evil.yaml", "its name is no path inside the archive"),
        ("./evil.yaml", "its name is no path inside the archive"),
    ],
)
def test_names_that_lead_out_of_an_archive(tmp_path: Path, name: str, reason: str) -> None:
    path = packed(tmp_path, {name: SHEET.encode(), "s1.yaml": SHEET.encode()})
    found = read(path)
    assert found["s1"].answers == {"q": {"z": "0.1"}}
    (evil,) = (one for student, one in found.items() if student != "s1")
    assert evil.errors == (reason,)
    assert evil.file == name
    assert list(tmp_path.iterdir()) == [path]


def test_a_bomb_is_refused_by_name(tmp_path: Path) -> None:
    """A thousand times its size, or more than a sheet may have: neither is unpacked."""
    path = packed(tmp_path, {"bomb.yaml": b"0" * 50_000_000, "s1.yaml": SHEET.encode()})
    found = read(path)
    assert found["s1"].errors == ()
    assert "it would unpack to" in found["bomb"].errors[0]


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    """What is unpacked is bounded, whatever the archive says."""
    path = packed(tmp_path, {"s1.yaml": os.urandom(3_000_000).hex().encode()})
    data = path.read_bytes()
    size = (6_000_000).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    assert read(path)["s1"].errors


def test_links_secrets_and_twins_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("link.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("s1.yaml", SHEET)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("s1.yaml", SHEET)
    found = read(path)
    assert found["link"].errors == ("found a link in an archive; expected a file",)
    assert found["s1"].errors == ("it stands in the archive twice",)
    data = bytearray(packed(tmp_path, {"s2.yaml": SHEET.encode()}).read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert read(path)["s2"].errors == ("it is encrypted",)


def test_an_archive_in_an_archive_is_named(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("s9.yaml", SHEET)
    found = sources.find([packed(tmp_path, {"more.zip": inner.getvalue(), "s1.yaml": SHEET.encode()})])
    assert found.ignored == ("more.zip",)
    assert len(found.files) == 1


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\xff" * 18, b"not a zip" * 100]
)
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "class.zip").write_bytes(data)
    with suppress(UnreadableError):
        assert sources.find([tmp_path / "class.zip"]).files == ()


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    path = packed(tmp_path, {f"s{n}.yaml": b"" for n in range(3)})
    with pytest.raises(UnreadableError, match=r"class\.zip: the archive holds 3 files; expected at most 2"):
        sources.find([path])


def test_links_that_lead_out_of_a_folder(tmp_path: Path) -> None:
    """Not followed, whether to a file, a folder or a device."""
    (tmp_path / "secret.yaml").write_text(SHEET)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "answers.yaml").write_text(SHEET)
    inside = tmp_path / "class"
    inside.mkdir()
    (inside / "s1.yaml").write_text(SHEET)
    (inside / "same.yaml").symlink_to(inside / "s1.yaml")
    (inside / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (inside / "zero.yaml").symlink_to("/dev/zero")
    (inside / "folder").symlink_to(tmp_path / "elsewhere")
    found = read(inside)
    assert found.keys() == {"s1", "same", "out", "zero"}
    assert found["same"].answers == found["s1"].answers == {"q": {"z": "0.1"}}
    out = "found a link that leads out of the folder; expected a file"
    assert found["out"].errors == found["zero"].errors == (out,)
    repository = tmp_path / "hw1-submissions" / "hw1-ann"
    repository.mkdir(parents=True)
    (repository / "answers.yaml").symlink_to(tmp_path / "secret.yaml")
    assert read(repository.parent)["ann"].errors == (f"hw1-ann/answers.yaml: {out}",)


def test_a_large_notebook_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "s.ipynb").open("wb") as file:
        file.truncate(100_000_000)
    start = time.perf_counter()
    assert read(tmp_path)["s"].errors == ("the file has 100,000,000 bytes; expected at most 20,000,000",)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".ipynb"])
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"\xff\xfe\x00", b"a1 = \xff", b"\xef\xbb\xbf", b"{}", b"a,b\n1,2\n"]
)
def test_what_is_no_sheet_says_why(tmp_path: Path, suffix: str, data: bytes) -> None:
    (tmp_path / f"s{suffix}").write_bytes(data)
    (tmp_path / "s1.yaml").write_text(SHEET)
    found = read(tmp_path)
    assert found["s1"].answers == {"q": {"z": "0.1"}}
    assert found["s"].errors
    assert all(error.isprintable() for error in found["s"].errors)


def test_code_is_never_run(tmp_path: Path) -> None:
    code = f"answers = {{'q': {{'z': open('{tmp_path}/hacked', 'w'), 'a1': __import__('os').getpid()}}}}"
    cells = [{"cell_type": "code", "source": code}]
    (tmp_path / "s.ipynb").write_text(json.dumps({"cells": cells}))
    found = read(tmp_path)["s"]
    assert found.answers["q"]["a1"] == "__import__('os').getpid()"
    assert not (tmp_path / "hacked").exists()


def notebook(text: str) -> str:
    kinds = ("markdown", "code")
    return json.dumps({"cells": [{"cell_type": kind, "source": "answers = \n" + text} for kind in kinds]})


READ: dict[str, Callable[[str], object]] = {
    "csv": lambda text: csv_reader.read_class(text, HINTS),
    "md": lambda text: markdown_reader.read(text, HINTS),
    "tex": lambda text: latex_reader.read(text, HINTS),
    "notebook of": lambda text: notebook_reader.read(notebook(text), HINTS),
    "ipynb": lambda text: notebook_reader.read(text, HINTS),
}
PIECES = [
    *(
        "$",
        "$$",
        "\\[",
        "\\]",
        "\\(",
        "\\begin{align}",
        "\\end{align}",
        "\\begin{",
        "\\\\",
        "&",
        "{",
        "}",
        "=",
        "\n",
    ),
    *(
        "|",
        "|-|",
        "`",
        "``",
        "**",
        "#",
        "# q\n",
        "a1 = ",
        "z",
        ",",
        ";",
        " and ",
        '"',
        '""',
        "'",
        "<!--",
        "-->",
        "\\quad ",
    ),
    *(
        "\\boxed{",
        "\\begin{tabular}",
        "\\end{tabular}",
        "\\section{",
        "%",
        "(",
        "[",
        "answers",
        "\t",
        "- ",
        "1. ",
        "?",
        "~",
    ),
    *(
        "\\text{",
        "a = b, ",
        "\\hline",
        "= ",
        "$a$ = ",
        "| a | b |\n",
        "\\item ",
        "\\textbf{",
        "-",
        "\u2028",
        "_",
        "'''",
    ),
]


@pytest.mark.parametrize("kind", READ)
@given(text=st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    with suppress(UnreadableError):
        READ[kind](text)


@pytest.mark.parametrize("kind", READ)
def test_no_text_takes_long(kind: str) -> None:
    """Ten times the text takes about ten times as long: nothing is looked for again and again.

    Garbage is not collected meanwhile, as in a run: it would look through all that the other tests hold.
    """
    slow = []
    for piece in PIECES:
        for text in (piece, f"{piece}x", f"a1 {piece}"):
            start = time.process_time()
            with suppress(UnreadableError), paused():
                READ[kind](text * (100_000 // len(text)))
            if (took := time.process_time() - start) > 2:
                slow.append((text, took))
    assert slow == []
