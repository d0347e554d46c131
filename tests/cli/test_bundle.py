"""`grade bundle`: the zip laid out as Gradescope does it, set up and run without a network."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_grading import RIGHT, SPEC, grade
from tests.wheels import repacked

WRONG = RIGHT.replace("0.47", "9")


class Place:
    """A folder with a spec, wheels to be collected, and the zip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "quiz.yaml").write_text(SPEC, encoding="utf-8")
        repacked(folder / "wheels")
        self.done = self.bundle("quiz.zip")

    def bundle(self, name: str, *options: str, spec: str = "quiz.yaml") -> subprocess.CompletedProcess[bytes]:
        return grade(
            "bundle", "gradescope", spec, "-o", name, *options,
            cwd=self.folder, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(self.folder / "wheels"),
        )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Bundling once is enough: it copies numpy."""
    return Place(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def autograder(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform's folder after setup.sh: source/ from the zip, run_autograder copied beside it."""
    root = tmp_path_factory.mktemp("auto grader")
    (root / "submission").mkdir()
    with zipfile.ZipFile(place.folder / "quiz.zip") as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, root / "source"))
            path.chmod(info.external_attr >> 16 & 0o777)
    programs = root / "programs"
    programs.mkdir()
    for name in ("apt-get", "curl", "wget"):
        (programs / name).write_text("#!/bin/sh\necho called >&2\nexit 9\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    done = run(root, "source/setup.sh")
    assert (done.returncode, done.stderr) == (0, "")
    shutil.copy2(root / "source" / "run_autograder", root / "run_autograder")
    return root


def run(root: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the bundle: nothing of this tree is on its path, and every proxy is dead."""
    environment = {
        "PATH": f"{root / 'programs'}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(root),
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    return subprocess.run(
        [str(root / program)], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def graded(root: Path, files: dict[str, str]) -> dict[str, Any]:
    """The result of a submission with these files."""
    shutil.rmtree(root / "submission")
    (root / "submission").mkdir()
    for name, text in files.items():
        (root / "submission" / name).write_text(text, encoding="utf-8")
    done = run(root, "run_autograder")
    assert done.returncode == 0
    found = json.loads((root / "results" / "results.json").read_bytes())
    assert isinstance(found, dict)
    return found


def test_the_zip_is_as_gradescope_wants_it(place: Place) -> None:
    """Both scripts at its root, executable, with line ends for bash; a wheel for each package."""
    assert (place.done.returncode, place.done.stderr) == (0, b"")
    assert place.done.stdout == b"quiz.zip: an autograder for gradescope, 8 wheels\n"
    with zipfile.ZipFile(place.folder / "quiz.zip") as archive:
        assert archive.testzip() is None
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 == 0o100755
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in archive.read(name)
            assert b"@" not in archive.read(name).replace(b"${options[@]}", b"")
        assert archive.read("spec/quiz.yaml").decode() == SPEC
        names = {
            name.split("/")[1].split("-")[0] for name in archive.namelist() if name.startswith("wheels/")
        }
    assert names == {"click", "handgrade", "markdown_it_py", "mdurl", "numpy", "pygments", "pyyaml", "rich"}


def test_the_same_input_gives_the_same_bytes(place: Place) -> None:
    """No clock is in it, neither in the zip nor in the wheel."""
    os.utime(place.folder / "quiz.yaml", (10**9, 10**9))
    assert place.bundle("again.zip").returncode == 0
    assert (place.folder / "again.zip").read_bytes() == (place.folder / "quiz.zip").read_bytes()


def test_our_own_wheel_is_one(place: Place) -> None:
    """Its record lists every file, and pip installs it with its command."""
    with zipfile.ZipFile(place.folder / "quiz.zip") as archive:
        [name] = [name for name in archive.namelist() if "handgrade" in name]
        wheel = zipfile.ZipFile(io.BytesIO(archive.read(name)))
    [record] = [name for name in wheel.namelist() if name.endswith("/RECORD")]
    listed = {line.rsplit(",", 2)[0] for line in wheel.read(record).decode().splitlines()}
    assert listed == set(wheel.namelist())
    assert not any("__pycache__" in name for name in listed)
    assert "grader/run/bundle/scripts/setup.sh" in listed


@pytest.mark.parametrize("text", [RIGHT, WRONG])
def test_the_scores_are_those_of_grade_run(autograder: Path, place: Place, text: str) -> None:
    """Whatever the file is called; nothing of this tree, and no network, is needed."""
    (place.folder / "s1.yaml").write_text(text, encoding="utf-8")
    run_here = grade("run", "quiz.yaml", "s1.yaml", "--gradescope", "-", cwd=place.folder)
    assert graded(autograder, {"my answers.yaml": text}) == json.loads(run_here.stdout)


def test_several_files_are_one_submission(autograder: Path) -> None:
    """As in an export; what is no submission does not matter."""
    parts = {
        "a.yaml": "answers: {q: {z: 0.5}}\n",
        "b.yaml": "answers: {q: {a: 0.6225}}\n",
        "scan.pdf": "%PDF",
    }
    assert graded(autograder, parts)["score"] == 3.0


@pytest.mark.parametrize(
    "files", [{"a.yaml": "answers: [\n"}, {"a.yaml": ""}, {"scan.pdf": "%PDF"}, {}], ids=str
)
def test_there_is_always_a_result(autograder: Path, files: dict[str, str]) -> None:
    """A file that cannot be read, or none, is a result of 0 with a word for the student."""
    result = graded(autograder, files)
    assert result["score"] == 0
    assert result["output"]


def test_a_fault_is_hidden_from_students(autograder: Path) -> None:
    """The student sees that something went wrong, the instructor sees what."""
    spec = autograder / "source" / "spec" / "quiz.yaml"
    spec.write_text("problems: 7\n", encoding="utf-8")
    try:
        result = graded(autograder, {"a.yaml": RIGHT})
    finally:
        spec.write_text(SPEC, encoding="utf-8")
    assert result["output"] == "The submission could not be graded; tell your instructor."
    assert result["tests"][0]["visibility"] == "hidden"
    assert "exit status 2" in result["tests"][0]["output"]
    assert "spec/quiz.yaml:1:11" in result["tests"][0]["output"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "quiz.zip: is there already; --force replaces it"),
        (("--python", "3.10"), 'Python "3.10": expected 3.11 or newer'),
        (("--python", "3.99"), "pip collects no wheels: "),
    ],
)
def test_what_is_refused(place: Place, options: tuple[str, ...], message: str) -> None:
    """One sentence, status 2, and no file."""
    name = "new.zip" if options else "quiz.zip"
    before = (place.folder / "quiz.zip").read_bytes()
    done = place.bundle(name, *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert (place.folder / "quiz.zip").read_bytes() == before
    assert not (place.folder / "new.zip").exists()


def test_a_bad_spec_is_no_bundle(place: Place) -> None:
    """It is told before anything is collected."""
    (place.folder / "bad.yaml").write_text("probelms: []\n", encoding="utf-8")
    done = place.bundle("bad.zip", spec="bad.yaml")
    assert done.returncode == 2
    assert b"bad.yaml:1:1: error: " in done.stderr
    assert not (place.folder / "bad.zip").exists()
