"""What the importers of Canvas and Moodle do with a file, in Python: they say what a filled gradebook means.

From canvas-lms, lib/gradebook_importer.rb, and moodle, mod/assign/feedback/offline/importgradeslib.php.
"""

import csv
import io
import re
from collections.abc import Mapping

TITLE = re.compile(r"\A(.*)\s\((\d+)\)\Z")
NOT_ASSIGNMENTS = re.compile(r"(Unposted )?(Current|Final|Override) (Score|Points|Grade|Status)")


def canvas_import(data: bytes) -> dict[str, dict[str, str]]:
    """By assignment id: the scores that Canvas would take, by the student's Canvas id."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    header = rows[0]
    if not ("Student" in header[0] and "ID" in header[1]):
        raise ValueError("Invalid header row")
    last = max(at for at, name in enumerate(header) if "Section" in name)
    found: dict[str, dict[str, str]] = {}
    read_only = {
        at
        for row in rows[1:]
        if "Points Possible" in row[0]
        for at, cell in enumerate(row)
        if "(read only)" in cell
    }
    for at in range(last + 1, len(header)):
        title = TITLE.fullmatch(header[at])
        if NOT_ASSIGNMENTS.fullmatch(header[at]) or at in read_only:
            continue
        if title is None:
            raise ValueError(f"would make a new assignment: {header[at]}")
        people = [row for row in rows[1:] if row and "Points Possible" not in row[0] and row[1]]
        found[title[2]] = {row[1]: row[at] for row in people}
    return found


def moodle_import(
    data: bytes, names: Mapping[str, str], encoding: str = "utf-8-sig", mark: str = ","
) -> dict[int, tuple[float | None, str]]:
    """By participant: the grade and the feedback that Moodle would take.

    Args:
        data: the file.
        names: the names of the columns in the language of the course, by their English ones.
        encoding: that is chosen in the form.
        mark: the delimiter that is chosen in the form.
    """
    rows = list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=mark))
    at = {english: rows[0].index(local) for english, local in names.items()}
    if at["Feedback comments"] == 0:
        raise ValueError("the feedback must not come first")
    found: dict[int, tuple[float | None, str]] = {}
    for row in rows[1:]:
        number = int(re.sub(r"\D", "", row[at["Identifier"]]))
        text = row[at["Grade"]].strip().replace(",", ".")
        grade = None if text in {"", "-"} else float(text)
        most = float(row[at["Maximum Grade"]].replace(",", "."))
        if grade is not None and not 0 <= grade <= most:
            raise ValueError("the grade would be skipped")
        found[number] = (grade, row[at["Feedback comments"]])
    return found
