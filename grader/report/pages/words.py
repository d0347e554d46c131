"""The words of the pages: verdicts as people say them, and their short forms in the heat map."""

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

SIGN = {
    "correct": "✓",
    "follow_through": "→",
    "imprecise": "≈",
    "slip": "~",
    "misconception": "!",
    "wrong": "✗",
    "missing": "–",
    "unreadable": "?",
    "manual": "✎",
}
"""One character each; always beside words or a legend, never alone."""
