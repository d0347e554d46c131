"""One assignment, from files to a class report; or every assignment of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.compare.problem import ProblemGrader
from grader.record import replace
from grader.report.model import ClassReport, StudentReport
from grader.run.answers import answers_of, unreadable
from grader.run.asked import asked_of
from grader.run.collection import paused
from grader.run.diagnosis import Diagnosis
from grader.run.intake import ABSENT, hints, settled, unplaced
from grader.run.loading import load_spec
from grader.source import SpecError
from grader.submission import files, sources
from grader.submission.intake import Intake
from grader.submission.model import Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.compare.problem import ProblemResult
    from grader.report.model import Answer, Asked
    from grader.spec.model import Assignment
    from grader.submission.model import Given

    Progress = Callable[[int, int], None]

_ANY = Intake()

# Students graded in one go: enough for numpy's sake, few enough for progress and memory.
CHUNK = 2_000

# Names out of running text that a note tells; the rest is counted.
_NAMED = 6


def grade_assignment(
    spec: str | Path | Assignment,
    paths: Iterable[str | Path],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    worked: bool = False,
    intake: Intake = _ANY,
) -> ClassReport:
    """Grade submissions against a spec.

    Args:
        spec: the spec's path, or an assignment that is loaded already.
        paths: folders and files of submissions.
        jobs: the number of processes; 1 unless said otherwise.
        progress: called with (done, total).
        worked: whether reports show the worked step of each question, and right and wrong rules with each
            student's own numbers.
        intake: where the submissions come from.

    Raises:
        SpecError: with everything that is wrong with the spec.
        OSError: when a path cannot be read.
        UnreadableError: when a whole archive or export cannot be read.
    """
    with paused():
        return _graded(spec, paths, jobs, progress, intake, worked=worked)


def _graded(
    spec: str | Path | Assignment,
    paths: Iterable[str | Path],
    jobs: int | None,
    progress: Progress | None,
    intake: Intake,
    *,
    worked: bool,
) -> ClassReport:
    assignment = load_spec(str(spec)) if isinstance(spec, str | Path) else spec
    found = sources.find((str(p) for p in paths), intake.source, assignment.id)
    grader = AssignmentGrader(assignment, worked=worked)
    names = hints(assignment, (one.matcher for one in grader.graders))
    setting = files.Setting(names, intake.roster, intake.id_pattern)
    total = len(found.files)
    students: list[StudentReport] = []
    if jobs is not None and jobs > 1 and total > CHUNK:
        from grader.run.parallel import grade_in_parallel

        students = grade_in_parallel(grader, setting, found.files, jobs, progress)
    else:
        for first in range(0, max(total, 1), CHUNK):
            chunk = found.files[first : first + CHUNK]
            students += grader.grade(files.read_all(chunk, setting))
            if progress is not None:
                progress(first + len(chunk), total)
    if intake.roster is not None and students:
        absent = intake.roster.absent({s.student for s in students})
        students += grader.grade([Submission(student, "", {}, notes=(ABSENT,)) for student in absent])
    students = _twice(sorted(students, key=lambda s: (s.student, s.file)))
    title = assignment.title or assignment.id
    asked = tuple(grader.asked)
    return ClassReport(
        assignment.id, title, grader.max_score, asked, tuple(students), found.ignored, found.sources
    )


def grade_folders(
    specs: str | Path,
    submissions: str | Path,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    worked: bool = False,
    intake: Intake = _ANY,
) -> list[ClassReport]:
    """Grade every spec of a folder with the subfolder of its name; nothing is graded if a spec is at fault.

    Raises:
        SpecError: with everything that is wrong with any of the specs.
    """
    paths = sorted(p for p in Path(specs).iterdir() if p.suffix in (".yaml", ".yml") and p.name[0] != ".")
    assignments, errors = [], []
    for path in paths:
        try:
            assignments.append(load_spec(str(path)))
        except SpecError as error:
            errors.append(error)
    if errors:
        raise SeveralSpecsError(errors)
    reports = []
    for assignment in assignments:
        folder = Path(submissions) / assignment.id
        paths = [folder] if folder.is_dir() else []
        reports.append(
            grade_assignment(
                assignment,
                paths,
                jobs=jobs,
                progress=progress,
                worked=worked,
                intake=intake,
            )
        )
    return reports


class SeveralSpecsError(SpecError):
    """Several specs that cannot be used, each with all that is wrong with it."""

    def __init__(self, errors: Sequence[SpecError]) -> None:
        super().__init__(issue for error in errors for issue in error.issues)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        """Every file's errors with their excerpts."""
        return "\n".join(str(error) for error in self.errors)


def _twice(students: Sequence[StudentReport]) -> list[StudentReport]:
    """Two files of one student are both graded, and both say so."""
    files_of: dict[str, list[str]] = {}
    for s in students:
        files_of.setdefault(s.student, []).append(s.file)
    out = []
    for s in students:
        others = [f for f in files_of[s.student] if f != s.file]
        if others:
            note = f'student "{s.student}" handed in more than one file: also {", ".join(others)}'
            out.append(replace(s, notes=(*s.notes, note)))
        else:
            out.append(s)
    return out


def _unplaced(submission: Submission, grader: ProblemGrader) -> list[str]:
    """A note on what running text names that is no question: perhaps a step, perhaps an answer misspelt."""
    if not submission.prose:
        return []
    found = unplaced(submission.answers.get(grader.problem.id, {}), grader.matcher)
    if not found:
        return []
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    names = ", ".join(f'"{name}"' for name in found[:_NAMED])
    return [f"{grader.problem.id}: no question is called {names}{more}"]


def _answers(submission: Submission, grader: ProblemGrader) -> Mapping[str, Given]:
    answers = submission.answers.get(grader.problem.id, {})
    return settled(answers, grader.matcher) if submission.prose else answers


class AssignmentGrader:
    """Grades chunks of a class; what does not depend on answers is done once.

    Args:
        assignment: the assignment.
        worked: whether to work out what reports show beside the verdicts.
    """

    def __init__(self, assignment: Assignment, *, worked: bool = False) -> None:
        self.assignment = assignment
        self.graders = [ProblemGrader(p, decimal_comma=assignment.decimal_comma) for p in assignment.problems]
        self.worked = worked
        self.asked_by_problem = [asked_of(g.problem, g.grade([]), worked=worked) for g in self.graders]
        self.asked: list[Asked] = [a for asked in self.asked_by_problem for a in asked]
        self.max_score = float(sum(a.max_score for a in self.asked))
        self.problem_ids = {p.id for p in assignment.problems}
        self.diagnoses = [Diagnosis(g.plan) for g in self.graders]

    def grade(self, submissions: Sequence[Submission]) -> list[StudentReport]:
        """One report a submission, in their order."""
        readable = [s for s in submissions if not s.errors]
        columns: list[list[Answer]] = []
        notes: list[list[str]] = [list(s.notes) for s in readable]
        seen: list[set[str]] = [set() for _ in readable]
        for grader, diagnosis, asked in zip(self.graders, self.diagnoses, self.asked_by_problem, strict=True):
            answers = [_answers(s, grader) for s in readable]
            result = grader.grade(answers)
            for student, texts in result.notes.items():
                notes[student] += texts
            for student, submission in enumerate(readable):
                notes[student] += _unplaced(submission, grader)
            marks = diagnosis.marks(result, seen)
            for question, a in zip(grader.problem.questions, asked, strict=True):
                columns.append(answers_of(question, a, result, len(readable), marks))
            if self.worked and asked:
                from grader.run.compared import add_compared

                add_compared(result, columns[-len(asked) :], marks)
            self._locate(grader, result, readable, columns[-len(asked) :] if asked else [])
        rows = list(zip(*columns, strict=True)) if columns else [() for _ in readable]
        reports = iter(self._report(s, row, note) for s, row, note in zip(readable, rows, notes, strict=True))
        return [self._unreadable(s) if s.errors else next(reports) for s in submissions]

    def _report(self, submission: Submission, answers: tuple[Answer, ...], notes: list[str]) -> StudentReport:
        unknown = [p for p in submission.answers if p not in self.problem_ids and not submission.prose]
        notes += [f'"{p}" is not a problem of this assignment' for p in unknown]
        score = float(sum(a.score for a in answers))
        return StudentReport(
            submission.student, submission.file, score, self.max_score, answers, (), tuple(notes)
        )

    def _unreadable(self, submission: Submission) -> StudentReport:
        answers = unreadable(self.asked, submission.errors[0])
        return StudentReport(
            submission.student,
            submission.file,
            0.0,
            self.max_score,
            answers,
            submission.errors,
            submission.notes,
            unreadable=True,
        )

    def _locate(
        self,
        grader: ProblemGrader,
        result: ProblemResult,
        submissions: Sequence[Submission],
        columns: Sequence[list[Answer]],
    ) -> None:
        """Look up where unreadable answers stand."""
        for q, column in enumerate(columns):
            for student, answer in enumerate(column):
                if answer.verdict != "unreadable":
                    continue
                written = result.keys[student].get(q)
                place = submissions[student].locate(grader.problem.id, written) if written else None
                if place is not None:
                    column[student] = answer._replace(line=place[0], column=place[1])
