"""What `grade run --html` does: pages into a folder that is whole or not there, and nobody else's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import files
from grader.cli.failures import Refused, describe, told
from grader.report.model import ClassReport
from grader.report.safe import terminal

if TYPE_CHECKING:
    from grader.cli.together import Together

_ON_PLATFORMS = {"none": "marks", "verdicts": "feedback", "steps": "feedback", "all": "answers"}
_ON_PAGES = {"marks": "none", "feedback": "verdicts", "answers": "all"}
_READ = 2_000
"""Characters of a page in which the mark of ours stands."""


def revealed(level: str | None) -> tuple[str, str]:
    """What `--reveal` means on pages and on platforms; each has its own default and words."""
    if level is None:
        return "steps", "feedback"
    return _ON_PAGES.get(level, level), _ON_PLATFORMS.get(level, level)


def check(path: str | None, spec: str, submissions: Sequence[str], *, force: bool) -> None:
    """Says what can be said about the folder before anything is graded.

    Raises:
        Refused: where Jinja2 is missing, or the folder cannot be written or holds something else.
    """
    if path is None:
        return
    if path in {"", files.STANDARD_OUTPUT}:
        raise Refused(f"grade: --html {path}: expected a folder")
    if find_spec("jinja2") is None:
        raise Refused("grade: --html needs Jinja2, which is not installed; pip install 'handgrade[html]'")
    files.check_folder("--html", path, [spec, *submissions])
    with told():
        other = _foreign(Path(path), folders=Path(spec).is_dir())
    if other is not None and not force:
        raise Refused(
            f"grade: --html {terminal(path)}: the folder holds {terminal(other)}, which is no page of grade; "
            "choose another folder, or add --force to write into this one"
        )


def _foreign(folder: Path, *, folders: bool) -> str | None:
    """The first thing in the folder that is none of ours; an empty folder, or none, has nothing."""
    if not folder.is_dir():
        return None
    for entry in sorted(folder.iterdir()):
        if folders and entry.is_dir():
            inner = _foreign(entry, folders=False)
            if inner is not None:
                return f"{entry.name}/{inner}"
        elif folders or (entry.name != "students" and not _is_page(entry)):
            return entry.name
        elif entry.name == "students":
            other = [page for page in _listed(entry) if not _is_page(page)]
            if other:
                return f"students/{other[0].name}" if entry.is_dir() else entry.name
    return None


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else [folder]


def _is_page(path: Path) -> bool:
    """Whether it is a file that starts as our pages do."""
    from grader.report.pages import MARK

    if not path.is_file() or path.suffix != ".html":
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return MARK in file.read(_READ)


def write(path: str | None, spec: str, reports: Sequence[ClassReport], level: str, ready: Together) -> None:
    """Makes the pages ready, for a folder of specs a folder an assignment.

    Raises:
        Refused: when the disk refuses; the folder is as it was then.
    """
    if path is None:
        return
    above = files.resolved(path)
    inside = above.is_dir()
    stage = (above / f".grade.{os.getpid()}.tmp") if inside else above.with_name(f".grade.{os.getpid()}.tmp")
    with _refusing(path):
        ready.make_folder(stage.parent)
        stage.mkdir()
        ready.leaving.callback(shutil.rmtree, stage, ignore_errors=True)
        _fill(stage, spec, reports, level)

    def put() -> None:
        with _refusing(path):
            _publish(stage, above, inside=inside)

    ready.later(put)


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"grade: --html {terminal(path)}: cannot be written: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    return error.strerror or describe(error)


def _fill(stage: Path, spec: str, reports: Sequence[ClassReport], level: str) -> None:
    for report in reports:
        if not report.students:
            continue
        folder = stage / report.assignment if Path(spec).is_dir() else stage
        for name, text in _pages(spec, report, level):
            page = folder / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8", newline="\n")


def _pages(spec: str, report: ClassReport, level: str) -> Iterator[tuple[str, str]]:
    from grader.report.pages import Reveal, site
    from grader.run import solve_assignment

    with told():
        solution = solve_assignment(_spec(spec, report.assignment))
    return site(report, solution, Reveal.of(level))


def _spec(spec: str, assignment: str) -> str:
    """The file of an assignment."""
    if not Path(spec).is_dir():
        return spec
    found = [path for ending in (".yaml", ".yml") if (path := Path(spec) / f"{assignment}{ending}").exists()]
    return str(found[0])


def _publish(stage: Path, target: Path, *, inside: bool) -> None:
    """Puts complete pages in their place; pages of ours that nobody has any more go."""
    if not inside:
        stage.rename(target)
        return
    pages = sorted(path.relative_to(stage) for path in stage.rglob("*.html"))
    for page in pages:
        (target / page).parent.mkdir(parents=True, exist_ok=True)
        (stage / page).replace(target / page)
    for folder in {page.parent for page in pages if page.parent.name == "students"}:
        for old in (target / folder).glob("*.html"):
            if folder / old.name not in pages and _is_page(old):
                old.unlink()
