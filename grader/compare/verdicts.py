"""The verdict codes of arrays (rows, columns, students), and which of two is kinder."""

from __future__ import annotations

MISSING, UNREADABLE, WRONG, SLIP_CUT, SHORT, FOLLOWED, CORRECT, UNDECIDED, SLIP_TURNED = range(9)
# Given by a diagnosis: a wrong rule, the same one again, a one-off.
MISCONCEPTION, REPEATED, SLIPPED = range(9, 12)
