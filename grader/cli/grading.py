"""What `grade run` does, step by step: look at the targets, grade, write, print, say who is below."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.cli import files
from grader.cli.failures import Refused, told
from grader.cli.progress import Progress
from grader.record import record
from grader.report.model import ClassReport
from grader.report.safe import terminal

if TYPE_CHECKING:
    from grader.cli.together import Together
    from grader.submission.intake import Intake

EXPECTED = "files named *.yaml, .json, .csv, .md, .tex or .ipynb"


@record
class Output:
    """A report to be written: the option that asked for it, where to, and how."""

    option: str
    path: str
    suffix: str
    render: Callable[[ClassReport], Iterator[str]]

    @property
    def is_standard(self) -> bool:
        """Whether it goes to standard output."""
        return self.path == files.STANDARD_OUTPUT


def _json(report: ClassReport) -> Iterator[str]:
    from grader.report import json_report

    return json_report.render(report)


def _csv(report: ClassReport) -> Iterator[str]:
    from grader.report import csv_report

    return csv_report.render(report)


def _junit(report: ClassReport) -> Iterator[str]:
    from grader.report import junit_report

    return junit_report.render(report)


def outputs(json_path: str | None, csv_path: str | None, junit_path: str | None) -> list[Output]:
    """The reports that were asked for."""
    known = (
        ("--json", json_path, ".json", _json),
        ("--csv", csv_path, ".csv", _csv),
        ("--junit", junit_path, ".xml", _junit),
    )
    return [
        Output(option, path, suffix, render) for option, path, suffix, render in known if path is not None
    ]


def check(spec: str, submissions: Sequence[str], wanted: Sequence[Output]) -> None:
    """Says everything that can be said about paths before a long run, so that it is not lost at its end.

    Raises:
        Refused: for a target that cannot be written, is wanted twice, or is among what is to be graded.
    """
    folders = Path(spec).is_dir()
    if folders and (len(submissions) != 1 or not Path(submissions[0]).is_dir()):
        raise Refused(f"grade: {spec} is a folder of specs; expected one folder of submissions beside it")
    seen: dict[str, str] = {}
    for output in wanted:
        (files.check_folder if folders else files.check_file)(
            output.option, output.path, [spec, *submissions]
        )
        place = output.path if output.is_standard else str(files.resolved(output.path))
        if not folders and place in seen:
            raise Refused(f"grade: {seen[place]} and {output.option} both name {output.path}")
        seen[place] = output.option


def grade(
    spec: str, submissions: Sequence[str], jobs: int | None, intake: Intake, *, worked: bool, quiet: bool
) -> Sequence[ClassReport]:
    """One report an assignment; how far it is shows on standard error.

    Raises:
        Refused: when a spec is at fault, or when there is not one submission.
    """
    from grader.run import grade_assignment, grade_folders

    reports: Sequence[ClassReport]
    with told(), Progress(wanted=not quiet) as watch:
        options: Any = {"jobs": jobs, "progress": watch, "intake": intake, "worked": worked}
        if Path(spec).is_dir():
            reports = grade_folders(spec, submissions[0], **options)
        else:
            reports = [grade_assignment(spec, submissions, **options)]
    if not reports:
        raise Refused(f"grade: {spec}: no spec in this folder; expected a .yaml file")
    if not any(report.students for report in reports):
        raise Refused(f"grade: {', '.join(submissions)}: no submission; expected {EXPECTED}")
    return reports


def left_out(spec: str, submissions: Sequence[str], reports: Sequence[ClassReport]) -> Iterator[str]:
    """What a folder of specs and one of submissions do not have in common, a sentence each."""
    if not Path(spec).is_dir():
        return
    for report in reports:
        if not report.students:
            yield terminal(
                f"{report.assignment}: no submissions in {Path(submissions[0]) / report.assignment}"
            )
    known = {report.assignment for report in reports}
    for folder in sorted(Path(submissions[0]).iterdir()):
        if folder.is_dir() and folder.name not in known and not folder.name.startswith("."):
            yield terminal(f"{folder}: no spec of this name in {spec}; not graded")


def write(spec: str, wanted: Sequence[Output], reports: Sequence[ClassReport], ready: Together) -> None:
    """Makes each output ready, for a folder of specs a file an assignment."""
    for output in wanted:
        if not Path(spec).is_dir():
            ready.write(output.path, output.render(reports[0]))
            continue
        with told():
            ready.make_folder(Path(output.path))
        for report in reports:
            path = Path(output.path) / f"{report.assignment}{output.suffix}"
            ready.write(str(path), output.render(report))


def show(reports: Sequence[ClassReport]) -> None:
    """Prints the class table and the questions of each assignment."""
    from grader.report.terminal import Look, render_class

    look = Look.of(sys.stdout, os.environ)
    for number, report in enumerate(report for report in reports if report.students):
        sys.stdout.write("\n\n" if number else "")
        sys.stdout.write(render_class(report, look))


def complaints(reports: Sequence[ClassReport], fail_under: float | None, *, strict: bool) -> list[str]:
    """Why the class is not good enough, a sentence each."""
    from grader.report.threshold import below, unreadable

    found = [below(reports, fail_under)] if fail_under is not None else []
    found += [unreadable(reports)] if strict else []
    return [sentence for sentence in found if sentence is not None]
