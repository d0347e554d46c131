"""The zip of a Gradescope autograder: `setup.sh` and `run_autograder` at its root, the rest beside them.

https://gradescope-autograders.readthedocs.io/en/latest/specs/: it is unpacked to `/autograder/source`, the
submission lies in `/autograder/submission`, and `/autograder/results/results.json` is expected whatever
happens. The scripts find all that from where they lie, so that they run in any other folder too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from grader.run.bundle import wheels
from grader.run.bundle.zipped import zipped
from grader.run.loading import load_spec

PROGRAMS = frozenset({"setup.sh", "run_autograder"})

_SCRIPTS = Path(__file__).parent / "scripts"
_VERSION = re.compile(r"3\.(\d{1,2})")
_OLDEST = 11


class Bundle(NamedTuple):
    """The zip, and how many wheels are in it."""

    data: bytes
    wheels: int


def bundle(spec: str, python: str, reveal: str, visibility: str) -> Bundle:
    """A Gradescope autograder for an assignment; the same spec and the same wheels give the same bytes.

    Args:
        spec: the spec's path; its name is the assignment's.
        python: the version of Python that the wheels are for, `3.12`.
        reveal: what students see, as `grade run --reveal` takes it.
        visibility: when they see it.

    Raises:
        SpecError: with everything that is wrong with the spec.
        BundleError: the version is none, or pip does not collect the wheels.
    """
    load_spec(spec)
    found = _VERSION.fullmatch(python)
    if found is None or int(found[1]) < _OLDEST:
        raise wheels.BundleError(f'Python "{python[:20]}": expected 3.{_OLDEST} or newer, as in 3.12')
    told = wheels.project()
    name, own = wheels.own(told)
    packed = {**wheels.collected(told, python), name: own}
    values = {"PYTHON": python, "REVEAL": reveal, "VISIBILITY": visibility}
    files = {f"wheels/{wheel}": data for wheel, data in packed.items()}
    files[f"spec/{Path(spec).name}"] = Path(spec).read_bytes()
    for program in PROGRAMS:
        files[program] = _script(program, values)
    return Bundle(zipped(files, PROGRAMS), len(packed))


def _script(name: str, values: dict[str, str]) -> bytes:
    """A script with its `@NAME@` filled in, and line ends as bash needs them."""
    text = (_SCRIPTS / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.replace("\r\n", "\n").encode()
