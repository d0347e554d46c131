"""JUnit XML as GitLab, Jenkins and the GitHub actions read it: a suite a student, a test case a question.

GitLab shows the text inside `failure`, not its message, and keeps one case for each classname and name, so
no two cases have both in common here. There is no clock in it: the same input gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from grader.report import numbers
from grader.report.model import Answer, ClassReport, Component, Diagnosis, StudentReport
from grader.report.reasons import elements
from grader.report.safe import shortened, xml

_OUTCOME = {
    "correct": "",
    "follow_through": "",
    "imprecise": "failure",
    "slip": "failure",
    "misconception": "failure",
    "wrong": "failure",
    "missing": "skipped",
    "unreadable": "error",
    "manual": "skipped",
}
_TEXT = 1000
"""Longest student text quoted: readers refuse files beyond 30 MB."""


def render(report: ClassReport) -> Iterator[str]:
    """The file, a chunk a suite."""
    total: Counter[str] = Counter()
    for student in report.students:
        total.update(_tally(student))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="{xml(report.assignment)}" {_counts(total)}>\n'
    for name, student in zip(_names(report), report.students, strict=True):
        yield from _suite(name, student)
    yield "</testsuites>\n"


def _names(report: ClassReport) -> Iterator[str]:
    """A name a suite, none twice: with the file where a student handed in several, else with a number."""
    several = Counter(student.student for student in report.students)
    used: set[str] = set()
    for student in report.students:
        name = f"{report.assignment}.{student.student}"
        if several[student.student] > 1:
            name += f" ({student.file})"
        # What readers see is the text after its escapes, in which two names may be one.
        number = 1
        while (shown := xml(name if number == 1 else f"{name} #{number}")) in used:
            number += 1
        used.add(shown)
        yield name if number == 1 else f"{name} #{number}"


def _suite(name: str, student: StudentReport) -> Iterator[str]:
    yield f'  <testsuite name="{xml(name)}" {_counts(_tally(student))}>\n'
    yield (
        f'    <properties><property name="score" value="{numbers.score(student.score)}"/>'
        f'<property name="max_score" value="{numbers.score(student.max_score)}"/></properties>\n'
    )
    for answer in student.answers:
        yield _case(name, student, answer)
    adjusted = [f"adjusted by {numbers.score(one.points)}: {one.reason}" for one in student.adjustments]
    if adjusted or student.remarks:
        yield f"    <system-out>{xml('; '.join([*adjusted, *student.remarks]))}</system-out>\n"
    yield "  </testsuite>\n"


def _case(classname: str, student: StudentReport, answer: Answer) -> str:
    asked = answer.asked
    line = f' line="{answer.line}"' if answer.line is not None else ""
    start = (
        f'    <testcase classname="{xml(classname)}" name="{xml(f"{asked.problem}/{asked.question}")}" '
        f'file="{xml(student.file)}"{line} time="0"'
    )
    outcome = _outcome(answer)
    if not outcome:
        return start + "/>\n"
    summary = f"{answer.verdict}, {numbers.out_of(answer.score, asked.max_score)}"
    kind = "" if outcome == "skipped" else f' type="{answer.verdict}"'
    body = "\n".join(
        map(xml, [f"{summary}: {asked.ask or asked.question}", *_by_hand(answer), *_facts(student, answer)])
    )
    return f'{start}>\n      <{outcome}{kind} message="{xml(summary)}">{body}</{outcome}>\n    </testcase>\n'


def _outcome(answer: Answer) -> str:
    """What a reader shows; a mark set by hand passes or fails, whatever grading found."""
    if answer.marked is not None:
        return "" if answer.full else "failure"
    return _OUTCOME[answer.verdict]


def _by_hand(answer: Answer) -> list[str]:
    return [f"marked by hand: {shortened(answer.marked, _TEXT)}"] if answer.marked else []


def _facts(student: StudentReport, answer: Answer) -> Iterator[str]:
    """What a reader of the log needs, a line each."""
    if answer.given is None and answer.verdict == "missing":
        yield "no answer"
    elif answer.given is not None:
        yield f"written: {shortened(answer.given, _TEXT)}"
    if answer.asked.expected is not None:
        yield f"expected: {answer.asked.expected}"
    if answer.reason is not None:
        yield f"reason: {shortened(answer.reason, _TEXT)}"
    elif answer.verdict == "unreadable":
        yield from (f"reason: {shortened(error, _TEXT)}" for error in student.errors)
    for part, _ in elements(answer):
        if _OUTCOME[part.verdict]:
            yield _element(part)
    for diagnosis in (answer.diagnosis, *answer.alternatives):
        if diagnosis is not None:
            yield f"mistake: {_named(diagnosis)}"


def _element(part: Component) -> str:
    given = "no answer" if part.given is None else f"written {shortened(part.given, _TEXT)}"
    named = f"; {_named(part.diagnosis)}" if part.diagnosis else ""
    return f"[{part.element.index}] {part.verdict}: {given}, expected {part.element.expected}{named}"


def _named(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.title} (at {diagnosis.step}): {diagnosis.feedback}"


def _tally(student: StudentReport) -> Counter[str]:
    outcomes = Counter(_outcome(answer) for answer in student.answers)
    outcomes["tests"] = len(student.answers)
    return outcomes


def _counts(tally: Counter[str]) -> str:
    return (
        f'tests="{tally["tests"]}" failures="{tally["failure"]}" errors="{tally["error"]}" '
        f'skipped="{tally["skipped"]}" time="0"'
    )
