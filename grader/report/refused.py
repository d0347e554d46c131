"""Why a report cannot be written as it was asked for: the caller's mistake, as one sentence."""

from __future__ import annotations


class ReportRefusedError(Exception):
    """A format that cannot hold this report, or a file that the report cannot be filled into.

    The message is one sentence without a full stop; the command line says which option it is about.
    """
