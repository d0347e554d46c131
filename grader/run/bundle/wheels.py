"""The wheels that a bundle holds: our own, made of the files that run now, and our dependencies', from pip.

https://packaging.python.org/specifications/binary-distribution-format/: a wheel is a zip of the package and a
folder of metadata. Ours is made here, so that a bundle needs neither the source tree nor a build tool.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from grader.run.bundle.zipped import zipped

PACKAGE = Path(__file__).parent.parent.parent
NAME = "handgrade"

_PLATFORMS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
)


class BundleError(Exception):
    """Why a bundle cannot be made, as one sentence."""


class Project(NamedTuple):
    """What the metadata say: the version, the Python it needs, and what it depends on."""

    version: str
    python: str
    requires: tuple[str, ...]


def project() -> Project:
    """This project, as it is installed, or as its pyproject.toml says where it runs from its source."""
    source = PACKAGE.parent / "pyproject.toml"
    if source.is_file():
        told = tomllib.loads(source.read_text(encoding="utf-8")).get("project", {})
        if told.get("name") == NAME:
            return Project(told["version"], told["requires-python"], tuple(told["dependencies"]))
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        raise BundleError("the program does not find its own metadata; install it with pip") from None
    requires = [text for text in found.requires or () if "extra ==" not in text]
    return Project(found.version, found.metadata["Requires-Python"] or ">=3.11", tuple(requires))


def own(told: Project) -> tuple[str, bytes]:
    """The name and the bytes of our own wheel."""
    folder = f"{NAME}-{told.version}.dist-info"
    files = dict(_package())
    files[f"{folder}/METADATA"] = _metadata(told).encode()
    files[f"{folder}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: grade\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{folder}/entry_points.txt"] = b"[console_scripts]\ngrade = grader.cli:main\n"
    files[f"{folder}/RECORD"] = _record(files, f"{folder}/RECORD").encode()
    return f"{NAME}-{told.version}-py3-none-any.whl", zipped(files)


def _package() -> Iterator[tuple[str, bytes]]:
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE.parent).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield name, path.read_bytes()


def _metadata(told: Project) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {told.version}"]
    lines += [f"Requires-Python: {told.python}", *(f"Requires-Dist: {text}" for text in told.requires)]
    return "\n".join(lines) + "\n"


def _record(files: Mapping[str, bytes], itself: str) -> str:
    """Every file with its hash and size; the record has neither for itself."""
    lines = []
    for name in sorted(files):
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(files[name])}")
    return "\n".join([*lines, f"{itself},,"]) + "\n"


def collected(told: Project, python: str) -> dict[str, bytes]:
    """The wheels of all dependencies, for Linux on x86-64 and a version of Python, by their names.

    pip finds them as it is set up to: from its index, or where `PIP_FIND_LINKS` and `PIP_NO_INDEX` say.

    Raises:
        BundleError: pip is not there, or does not find one of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - pip, with what pyproject.toml depends on
            _command(told, python, folder), capture_output=True, text=True, check=False, errors="replace"
        )
        if done.returncode:
            raise BundleError(f"pip collects no wheels: {_reason(done.stderr)}")
        return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.suffix == ".whl"}


def _command(told: Project, python: str, folder: str) -> list[str]:
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"]
    options += ["--dest", folder, "--python-version", python, "--implementation", "cp"]
    for name in _PLATFORMS:
        options += ["--platform", name]
    return [sys.executable, "-m", "pip", "download", *options, *told.requires]


def _reason(stderr: str) -> str:
    """The last thing that pip says, in one line."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
    return re.sub(r"^ERROR: ", "", lines[-1])[:300] if lines else "it says nothing"
