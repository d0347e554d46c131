"""Why something could not be read, told once: not again with each question of a file or each element."""

from __future__ import annotations

from grader.report.model import Answer, Component, StudentReport


def own_reason(student: StudentReport, answer: Answer) -> str | None:
    """The reason of an answer; none where it is the file's, which is told with the file."""
    return None if answer.reason in student.errors else answer.reason


def elements(answer: Answer) -> list[tuple[Component, str | None]]:
    """The elements that are not right, each with what was not yet said of the answer or another element.

    None of them where nothing was written for any: then the answer itself says all.
    """
    parts = [part for part in answer.components if part.verdict != "correct"]
    whole = answer.reason is not None or answer.verdict in {"missing", "unreadable"}
    if whole and all(part.given is None for part in answer.components):
        return []
    said = {answer.reason}
    told: list[tuple[Component, str | None]] = []
    for part in parts:
        told.append((part, None if part.reason in said else part.reason))
        said.add(part.reason)
    return told
