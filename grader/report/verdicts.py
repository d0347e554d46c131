"""Verdicts as students are told them, on pages and on platforms."""

from __future__ import annotations

from grader.report.model import Answer

VERDICT = {
    "correct": "right",
    "follow_through": "the right step, from your own earlier value",
    "imprecise": "right, but written with too few digits",
    "slip": "a slip",
    "misconception": "what a wrong rule gives",
    "wrong": "wrong",
    "missing": "no answer",
    "unreadable": "could not be read",
    "manual": "for the instructor to mark",
}

_ONCE = "in full: a mistake is charged once, where it was made"


def earned(answer: Answer) -> str | None:
    """Why an answer earned what it did, in a sentence; None where the verdict alone says it."""
    if answer.marked is not None:
        return None
    full = answer.score >= answer.asked.max_score
    if answer.diagnosis is not None and answer.diagnosis.repeated:
        return (
            f"{_ONCE} first" if full else "a mistake made again: less is charged than where it was made first"
        )
    if answer.verdict == "follow_through":
        return _ONCE if full else None
    parts = answer.components
    if any(part.score for part in parts) and not full:
        return f"each of its {len(parts)} elements is worth 1/{len(parts)} of the points"
    return None
