"""What only a process of its own shows: what is imported, closed pipes, signals, terminals."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import names

ROOT = Path(__file__).parent.parent.parent
FAKE = [sys.executable, str(ROOT / "tests" / "cli" / "fake.py")]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "SYSTEMROOT"}}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", "LC_ALL": "C.UTF-8", **more}


def imported(*arguments: str, cwd: Path = ROOT) -> set[str]:
    """The modules that are loaded when the command ends."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *FAKE[1:], *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")
    }


HEAVY = {"numpy", "yaml", "rich", "rich.console", "rich.text", "multiprocessing", "json"}


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",)])
def test_help_imports_click_and_little_else(arguments: tuple[str, ...]) -> None:
    """Neither numpy nor rich nor yaml, nor any room below the command line."""
    script = (
        "import sys\nfrom grader.cli import main\n"
        "try:\n    main(sys.argv[1:])\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & (HEAVY - ({"json"} if arguments == ("--version",) else set()))
    assert {name for name in loaded if name.startswith("grader.")} <= {
        "grader.cli", "grader.cli.main", "grader.cli.commands", "grader.cli.examples",
        "grader.cli.bundle", "grader.cli.diff", "grader.cli.explain", "grader.cli.failures",
        "grader.cli.options",
        "grader.cli.run", "grader.cli.show", "grader.cli.specs",
    }  # fmt: skip


@pytest.mark.parametrize("options", [("--json", "-"), ("--quiet", "--json", "r.json"), ("--quiet",)])
def test_no_rich_where_nothing_is_drawn(course: Path, options: tuple[str, ...]) -> None:
    """A run for other programs does not pay for the terminal's looks."""
    loaded = imported("run", "specs/hw1.yaml", "submissions/hw1", *options, cwd=course)
    assert "click" in loaded
    assert not {name for name in loaded if name.split(".")[0] == "rich"}


def test_a_closed_pipe_ends_quietly(course: Path) -> None:
    """`grade run ... | head -1` says nothing, and is no failure of the grading."""
    (course / "big.yaml").touch()
    for options in ([], ["--json", "-"]):
        with subprocess.Popen(
            [*FAKE, "run", "big.yaml", "submissions/hw1", *options],
            cwd=course,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(30) == 141


def test_ctrl_c_while_grading(course: Path) -> None:
    """An interrupted run says nothing and leaves nothing."""
    (course / "slow.yaml").touch()
    before = names(course)
    with subprocess.Popen(
        [*FAKE, "run", "slow.yaml", "submissions/hw1", "--json", "r.json"],
        cwd=course,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (130, b"", b"")
    assert names(course) == before


def on_terminal(course: Path, *arguments: str, **more: str) -> bytes:
    """What the command writes to a terminal, on both streams."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*FAKE, *arguments], cwd=course, env=environment(**more), stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        while process.poll() is None or select.select([ours], [], [], 0.1)[0]:
            try:
                written += os.read(ours, 65536)
            except OSError:  # Linux tells the end of a terminal as an error
                break
    os.close(ours)
    return written


def test_progress_on_a_terminal_only(course: Path) -> None:
    """A long run shows how far it is, and takes the line away; quiet runs and pipes do not."""
    (course / "slow.yaml").touch()
    arguments = ("run", "slow.yaml", "submissions/hw1")
    shown = on_terminal(course, *arguments)
    assert b"\rgraded " in shown
    assert b" a second, " in shown
    assert b" of 30" in shown
    assert b"graded" not in on_terminal(course, *arguments, "--quiet")
    assert b"graded" not in on_terminal(course, *arguments, TERM="dumb")


@pytest.mark.parametrize(
    ("more", "escapes"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colors_on_a_terminal(course: Path, more: dict[str, str], escapes: bool) -> None:
    """NO_COLOR and TERM=dumb get text without one escape code."""
    written = on_terminal(course, "run", "specs/hw1.yaml", "submissions/hw1", **more)
    assert b"Homework 1" in written
    assert (b"\x1b" in written) is escapes


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding(course: Path, encoding: str) -> None:
    """A terminal that cannot show a box gets one of ASCII, and data stay UTF-8."""
    for options in ([], ["--csv", "-"]):
        done = subprocess.run(
            [*FAKE, "run", "specs/hw1.yaml", "submissions/hw1", *options],
            cwd=course,
            env=environment(PYTHONIOENCODING=encoding),
            capture_output=True,
            check=True,
        )
        assert b"s17" in done.stdout
        assert done.stdout.isascii() or encoding == "utf-8"


def test_a_full_disk_is_no_fault_of_ours(course: Path) -> None:
    """Standard output that takes nothing more is status 2 and a sentence."""
    for options in ([], ["--json", "-"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [*FAKE, "run", "specs/hw1.yaml", "submissions/hw1", *options],
                cwd=course,
                env=environment(),
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert (done.returncode, done.stderr) == (2, b"grade: No space left on device\n")


def test_closed_streams(course: Path) -> None:
    """A program started without standard output still writes its files."""
    command = " ".join([*FAKE, "run", "specs/hw1.yaml", "submissions/hw1", "--json", "r.json", ">&-", "2>&-"])
    assert subprocess.run(command, shell=True, cwd=course, env=environment(), check=False).returncode == 0
    assert (course / "r.json").exists()
