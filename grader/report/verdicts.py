"""Verdicts as students are told them, on pages and on platforms."""

from __future__ import annotations

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
