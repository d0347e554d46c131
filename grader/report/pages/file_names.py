"""A file name for each student that every system takes, no two alike, the same in every run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from grader.report.model import StudentReport

_LONGEST = 40
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(-.*)?", re.IGNORECASE)


def file_names(students: Sequence[StudentReport]) -> list[str]:
    """`s17.html` where the id is plain, else what is plain of it and digits that tell it from others."""
    plain = Counter(_plain(student).casefold() for student in students)
    used: set[str] = set()
    names = []
    for student in students:
        name = stem = _plain(student)
        if plain[name.casefold()] > 1 or name != student.student or _RESERVED.fullmatch(name):
            name = stem = f"{name or 'student'}-{_digits(student)}"
        for again in range(2, len(students) + 2):
            if name.casefold() not in used:
                break
            name = f"{stem}-{again}"
        used.add(name.casefold())
        names.append(f"{name}.html")
    return names


def _plain(student: StudentReport) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", student.student)[:_LONGEST].strip("-")


def _digits(student: StudentReport) -> str:
    text = f"{student.student}\0{student.file}".encode(errors="surrogatepass")
    return sha256(text).hexdigest()[:10]
