"""`grade check` and `grade expand`, on real specs."""

from pathlib import Path

import pytest

from tests.cli.conftest import Grade

GOOD = """\
title: Quiz 1
problems:
  - id: q1
    given: {x: 2, w: [0.3, -0.4]}
    equations: [z = w*x, a = sigmoid(z)]
    questions: [z, {ask: a, points: 2}]
"""
BAD = GOOD.replace("sigmoid", "sigmod")
UNUSED = GOOD.replace("-0.4]}", "-0.4], unused: 3}")


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good spec and a bad one, and the process in their folder."""
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    (tmp_path / "unused.yaml").write_text(UNUSED, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("specs")
def test_a_good_spec(grade: Grade) -> None:
    """One line says what is in it."""
    assert grade("check", "good.yaml") == (0, "good.yaml: ok, 1 problem, 2 questions, 3 points\n", "")


@pytest.mark.usefixtures("specs")
def test_a_bad_spec(grade: Grade) -> None:
    """Its errors go to standard error, and the good one beside it is still checked."""
    result = grade("check", "bad.yaml", "good.yaml")
    assert result.status == 2
    assert result.out.startswith("good.yaml: ok")
    assert result.err.startswith("bad.yaml:5:30: error: ")
    assert 'did you mean "sigmoid"?' in result.err


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_a_warning(grade: Grade, options: tuple[str, ...], status: int) -> None:
    """A warning is told, and is a failure only where that is asked for."""
    result = grade("check", "unused.yaml", *options)
    assert result.status == status
    assert result.out.endswith(", 1 warning\n")
    assert ": warning: " in result.err
    assert "unused" in result.err


def judged(folder: Path) -> str:
    """A spec whose bias of 0 hides what becomes of it."""
    text = GOOD.replace("-0.4]}", "-0.4], b: 0}").replace("z = w*x", "z = w*x + b")
    (folder / "judged.yaml").write_text(text, encoding="utf-8")
    return "judged.yaml"


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_numbers_that_hide_mistakes(grade: Grade, specs: Path, options: tuple[str, ...], status: int) -> None:
    """They are warnings, in a few lines below the file's."""
    result = grade("check", judged(specs), *options)
    assert (result.status, result.err) == (status, "")
    first, second, *_ = result.out.splitlines()
    assert first.endswith((" warnings", " warning"))
    assert second.startswith("  q1: of ")
    assert "fwd.no_bias" in result.out
    assert "besides" not in result.out


def test_everything_about_the_numbers(grade: Grade, specs: Path) -> None:
    """``--verbose`` says a line each."""
    concise, verbose = (grade("check", judged(specs), *options).out for options in ((), ("--verbose",)))
    assert "fwd.no_bias: other numbers would show it" in verbose
    assert len(verbose.splitlines()) > len(concise.splitlines())
    assert "less than 0.01 % at 2 questions" in verbose
    assert "0.00" not in verbose


@pytest.mark.usefixtures("specs")
def test_errors_outweigh_warnings(grade: Grade) -> None:
    """With an error the status is 2, strict or not."""
    assert grade("check", "--strict", "unused.yaml", "bad.yaml").status == 2


def test_a_folder(grade: Grade, specs: Path) -> None:
    """A folder stands for its specs, in the order of their names."""
    (specs / "notes.txt").touch()
    result = grade("check", ".")
    assert result.status == 2
    assert [line.partition(":")[0] for line in result.out.splitlines()] == ["good.yaml", "unused.yaml"]


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize("command", ["check", "expand", "solve", "sheet"])
def test_no_such_file(grade: Grade, command: str) -> None:
    """Status 2, and nothing on standard output."""
    result = grade(command, "nowhere.yaml")
    assert (result.status, result.out) == (2, "")
    assert "nowhere.yaml" in result.err


@pytest.mark.usefixtures("specs")
def test_a_folder_without_specs(grade: Grade) -> None:
    """Checking nothing is not a success."""
    result = grade("check", "empty")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("grade: empty: no spec")


def test_expand(grade: Grade, specs: Path) -> None:
    """The general form is a spec itself, and stays as it is when expanded again."""
    once = grade("expand", "good.yaml")
    assert (once.status, once.err) == (0, "")
    (specs / "again.yaml").write_text(once.out, encoding="utf-8")
    assert grade("expand", "again.yaml").out == once.out


@pytest.mark.usefixtures("specs")
def test_expanding_a_bad_spec(grade: Grade) -> None:
    """Status 2, and no half of a spec."""
    result = grade("expand", "bad.yaml")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("bad.yaml:5:30: error: ")


@pytest.mark.usefixtures("specs")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\t", b"[1, 2]", b"a: &a [*a]", b"x" * 100_000])
def test_what_is_no_spec(grade: Grade, specs: Path, content: bytes) -> None:
    """Never a fault of ours."""
    (specs / "odd.yaml").write_bytes(content)
    result = grade("check", "odd.yaml")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("odd.yaml:1:")
