"""What `grade run` does for learning platforms and CI after grading; its options are in options.py."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import files
from grader.cli.failures import Refused, describe, told
from grader.record import record
from grader.report.model import ClassReport, StudentReport
from grader.report.safe import terminal

if TYPE_CHECKING:
    from grader.cli.together import Together
    from grader.report.gradebooks.fill import Filled

_ONE = ("gradescope", "prairielearn", "classroom")
_GRADEBOOKS = ("canvas", "moodle")


@record
class Wanted:
    """What the options say."""

    values: Mapping[str, Any]

    @property
    def worked(self) -> bool:
        """Whether worked steps are to be shown."""
        return bool(self.values["reveal"] == "answers")

    @property
    def is_standard(self) -> bool:
        """Whether one of them goes to standard output."""
        return any(path == files.STANDARD_OUTPUT for _, path in self.named(_ONE))

    def named(self, options: Sequence[str]) -> list[tuple[str, str]]:
        """Those of the options that were given, with their paths."""
        return [(name, self.values[name]) for name in options if self.values[name] is not None]


@record
class Prepared:
    """A file that is complete but not written."""

    path: str
    data: bytes


def check(wanted: Wanted, spec: str, submissions: Sequence[str], taken: Sequence[str]) -> None:
    """Says what can be said about the paths before anything is graded.

    Raises:
        Refused: for a folder of specs, or for a file that cannot be written or is named twice.
    """
    given = wanted.named((*_ONE, *_GRADEBOOKS))
    if given and Path(spec).is_dir():
        raise Refused(f"grade: --{given[0][0]}: is about one assignment; name one spec")
    seen = {path if path == files.STANDARD_OUTPUT else str(files.resolved(path)) for path in taken}
    for name, path in given:
        place = path if path == files.STANDARD_OUTPUT else str(files.resolved(path))
        if place in seen:
            raise Refused(f"grade: --{name} {path}: another option names it too")
        seen.add(place)
        if name in _ONE:
            files.check_file(f"--{name}", path, [spec, *submissions])
        else:
            files.check_replaced(f"--{name}", path, [spec, *submissions])


def prepare(wanted: Wanted, reports: Sequence[ClassReport]) -> list[Prepared]:
    """Every file, complete, so that nothing is written where one of them is refused.

    Raises:
        Refused: when a format cannot hold the report, or an export cannot be filled.
    """
    return [*_results(wanted, reports), *_gradebooks(wanted, reports)]


def _results(wanted: Wanted, reports: Sequence[ClassReport]) -> Iterator[Prepared]:
    for name, path in wanted.named(_ONE):
        with _told(name, path):
            yield Prepared(path, "".join(_rendered(name, reports[0], wanted.values)).encode())


def _rendered(name: str, report: ClassReport, values: Mapping[str, Any]) -> Iterator[str]:
    from grader.report.platforms import classroom, gradescope, prairielearn

    if name == "gradescope":
        return gradescope.render(report, values["reveal"], values["visibility"])
    if name == "prairielearn":
        return prairielearn.render(report, values["reveal"])
    return classroom.render(report, values["reveal"])


def _gradebooks(wanted: Wanted, reports: Sequence[ClassReport]) -> Iterator[Prepared]:
    from grader.submission.encoding import read_bytes

    for name, path in wanted.named(_GRADEBOOKS):
        with told(), _told(name, path):
            done = _filled(name, reports[0], read_bytes(path), wanted.values)
            for note in done.notes:
                click.echo(f"grade: --{name} {terminal(path)}: {note}", err=True)
            yield Prepared(path, done.data)


def _filled(name: str, report: ClassReport, data: bytes, values: Mapping[str, Any]) -> Filled:
    from grader.report.gradebooks import canvas, moodle

    if name == "canvas":
        return canvas.render(report, data, values["column"], force=values["force"])
    return moodle.render(report, data, values["column"], values["reveal"], force=values["force"])


@contextmanager
def _told(name: str, path: str) -> Iterator[None]:
    from grader.report.refused import ReportRefusedError

    try:
        yield
    except ReportRefusedError as error:
        raise Refused(f"grade: --{name} {terminal(path)}: {error}") from error


def write(prepared: Sequence[Prepared], ready: Together) -> None:
    """Makes the files ready."""
    for file in prepared:
        ready.write_bytes(file.path, [file.data])


def annotate(
    wanted: Wanted, spec: str, submissions: Sequence[str], reports: Sequence[ClassReport], *, aside: bool
) -> None:
    """Prints the annotations of a GitHub job, `aside` on standard error, and adds to the job's summary."""
    from grader.report.platforms import github

    if not wanted.values["github"]:
        return
    folders = Path(spec).is_dir()

    def place(report: ClassReport, student: StudentReport) -> str | None:
        return _place(submissions, report.assignment if folders else "", student.file)

    stream = sys.stderr if aside else sys.stdout
    stream.writelines(github.commands(reports, place))
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        _append(path, lambda size: github.summary(reports, github.SUMMARY - size))


def _place(submissions: Sequence[str], folder: str, file: str) -> str | None:
    """Where a submission lies as the runner names it: relative to the folder that the job runs in."""
    for given in submissions if file else ():
        for path in (Path(given) / folder / file, Path(given)):
            if path.name == Path(file).name and path.is_file():
                return os.path.relpath(path).replace(os.sep, "/")
    return None


def _append(path: str, text: Callable[[int], str]) -> None:
    try:
        size = Path(path).stat().st_size if Path(path).exists() else 0
        with Path(path).open("ab") as file:
            file.write(text(size).encode())
    except OSError as error:
        raise Refused(f"grade: --github: the summary cannot be written: {describe(error)}") from error
