"""The documents tell the truth: every command in README runs and prints what README shows.

README's blocks are read by their first line. `console` holds commands after `$ ` and what they print, `sh`
holds commands that must succeed, and a block that names a file (```yaml quiz.yaml) is that file. They run in
order, in one copy of the samples. Run as a script, this file writes what the commands print now into README.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.language import ACTIVATIONS, FUNCTIONS
from grader.spec.losses import LOSSES
from grader.spec.optimizers import OPTIMIZERS
from tests.wheels import repacked

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]

# Functions that only derived steps are written with.
INTERNAL = {"Phi", "diag", "inv", "ones", "sum_columns", "sum_rows"}

FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One fenced block of README: its language, the file it stands for, its text and where it starts."""

    language: str
    file: str | None
    text: str
    start: int

    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command with what README says that it prints."""
        if self.language == "sh":
            yield from ((line.partition("  #")[0].strip(), "") for line in self.text.splitlines() if line)
        elif self.language == "console":
            for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield command, output


def _blocks(text: str) -> list[Block]:
    return [Block(match[1], match[2], match[3], match.start(3)) for match in FENCE.finditer(text)]


BLOCKS = _blocks(README.read_text(encoding="utf-8"))


class Shell:
    """A copy of the samples in which `grade` and `make` are this tree's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("specs", "submissions"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy2(ROOT / name, folder / name)
        self._environment(folder / ".venv")
        for block in BLOCKS:
            if block.file:
                (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
                (folder / block.file).write_text(block.text, encoding="utf-8")

    def _environment(self, folder: Path) -> None:
        """A .venv that is already made, so that `make grade` only grades."""
        (folder / "bin").mkdir(parents=True)
        for name, arguments in (("grade", '-m grader "$@"'), ("python", '"$@"')):
            program = folder / "bin" / name
            path = shlex.quote(str(ROOT))
            program.write_text(
                f"#!/bin/sh\nPYTHONPATH={path} exec {shlex.quote(sys.executable)} {arguments}\n"
            )
            program.chmod(0o755)
        for stamp in (".python", ".grade", ".dev"):
            (folder / stamp).touch()

    def run(self, command: str) -> tuple[str, int]:
        """What the command prints on both streams, and its exit status."""
        environment = {
            "PATH": f"{self.folder / '.venv' / 'bin'}:{os.environ['PATH']}",
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
        }
        if "grade bundle" in command:  # pip is to find what it collects without the network
            repacked(self.folder / "wheels")
            environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.folder / "wheels")}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.stdout, done.returncode


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The folder in which README's commands run, one after the other."""
    return Shell(tmp_path_factory.mktemp("readme"))


SHOWN = [
    (command, output)
    for block in BLOCKS
    if block.language == "console"
    for command, output in block.commands()
]
NAMED = [command for block in BLOCKS if block.language == "sh" for command, _ in block.commands()]


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_prints_what_readme_shows(shell: Shell, command: str, output: str) -> None:
    """The command prints exactly the lines below it."""
    printed, _ = shell.run(command)

    assert printed.splitlines() == output.splitlines()


@pytest.mark.parametrize("command", NAMED)
def test_a_command_of_readme_succeeds(shell: Shell, command: str) -> None:
    """The command ends with status 0; the targets of make that would run this test are only looked up."""
    target = re.fullmatch(r"make (\w+)", command)
    looked_up = target is not None and target[1] != "grade"

    printed, status = shell.run(f"make --dry-run {target[1]}" if target and looked_up else command)

    assert status == 0, printed


def test_readme_shows_every_command(shell: Shell) -> None:
    """Each command that `grade --help` lists is used in README, and has a help page of its own."""
    listed, _ = shell.run("grade --help")
    names = re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.MULTILINE)

    assert names
    assert [
        name for name in names if not any(f"grade {name} " in f"{command} " for command, _ in SHOWN)
    ] == []
    assert [name for name in names if shell.run(f"grade {name} --help")[1]] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_named_path_exists(document: Path) -> None:
    """Every path of this tree that a document puts in backticks is there."""
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:grader|tests|specs|\.ci|\.github)/[^`<>*… ]*)`", text)

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_named_target_exists(document: Path) -> None:
    """Every `make` target that a document names stands in the Makefile, with its help."""
    named = set(re.findall(r"`make (\w+)`", document.read_text(encoding="utf-8")))
    targets = set(re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert named <= targets


def test_readme_names_everything_there_is() -> None:
    """Every function, activation, loss and optimizer of the tables stands in README by its name."""
    named = set(re.findall(r"`(\w+)`", README.read_text(encoding="utf-8")))
    functions = {name for name in FUNCTIONS if name.isidentifier()} - INTERNAL

    assert (functions | set(ACTIVATIONS) | LOSSES.keys() | OPTIMIZERS.keys()) - named == set()


def test_the_changelog_knows_this_version() -> None:
    """The version of pyproject.toml has a section in CHANGELOG.md."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def renew(folder: Path) -> None:
    """Write what each `console` command prints now into README."""
    text = README.read_text(encoding="utf-8")
    shell = Shell(folder)
    blocks = [block for block in _blocks(text) if block.language == "console"]
    shown = [
        "".join(f"$ {command}\n{shell.run(command)[0]}" for command, _ in block.commands())
        for block in blocks
    ]
    for block, new in reversed(list(zip(blocks, shown, strict=True))):
        text = text[: block.start] + new + text[block.start + len(block.text) :]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        renew(Path(temporary))
