"""Where submissions come from, as the caller says it."""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.submission.sources.roster import Roster


class Intake(NamedTuple):
    """Where submissions come from.

    Attributes:
        source: the platform that exported them; found out where it is None.
        roster: the class list.
        id_pattern: finds the id in the name of a file or folder.
    """

    source: str | None = None
    roster: Roster | None = None
    id_pattern: re.Pattern[str] | None = None
