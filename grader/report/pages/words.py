"""The short forms of the verdicts in the heat map."""

from __future__ import annotations

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
