"""A stand-in for the grading, so that these tests are about the command line alone.

Run as a script it is `grade` with that stand-in, for tests that need a process of its own. The name of the
spec says what happens: `big` is a class of two thousand, `slow` takes its time, `broken` is a fault of ours.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from grader.record import replace
from grader.report.model import ClassReport, Solution
from grader.run.checking import check_spec
from grader.run.loading import load_spec
from grader.source import Issue, Mark, SpecError
from tests.report.samples import classroom, solution

Watch = Callable[[int, int], None]


def grade_assignment(
    spec: str, paths: Sequence[str], *, progress: Watch | None = None, **_: object
) -> ClassReport:
    """The hand-made class, or what the spec's name asks for."""
    name = Path(spec).stem
    report = replace(classroom(), assignment=name)
    if name == "bad":
        raise SpecError([Issue(Mark(str(spec), 2, 3), 'unknown key "probelms"', 'did you mean "problems"?')])
    if name == "broken":
        raise ZeroDivisionError("two lines\nof \x1b[31mtext")
    if name == "interrupted":
        raise KeyboardInterrupt
    if name == "slow":
        for done in range(30):
            time.sleep(0.05)
            if progress is not None:
                progress(done, 30)
    if name == "big":
        report = replace(report, students=report.students * 700)
    chosen = [student for student in report.students if any(path.endswith(student.file) for path in paths)]
    return replace(report, students=tuple(chosen)) if chosen else report


def grade_folders(specs: str, submissions: str, **_: object) -> list[ClassReport]:
    """A class for each spec of the folder."""
    return [grade_assignment(str(path), [submissions]) for path in sorted(Path(specs).glob("*.yaml"))]


def solve_assignment(spec: str) -> Solution:
    """The hand-made solution."""
    return solution()


def module() -> ModuleType:
    """What stands in for `grader.run`."""
    fake = ModuleType("grader.run")
    for function in (check_spec, grade_assignment, grade_folders, load_spec, solve_assignment):
        setattr(fake, function.__name__, function)
    return fake


if __name__ == "__main__":
    sys.modules["grader.run"] = module()
    from grader.cli import main

    main()
