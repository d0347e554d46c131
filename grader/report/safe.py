r"""Hostile text, in one place: no text from outside acts on a terminal, a spreadsheet, a parser or a CI log.

Whatever cannot be seen is written as its escape (`\x1b`, `\u202e`, `\n`), so that one value stays one line.
Writers that keep data exact (JSON) have the escapes of their own format instead.
"""

from __future__ import annotations

import re

LONG = 10_000
_COLONS = re.compile(":(?=:)")
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MARKDOWN = re.compile(r"[][\\`*_<>|~&$@#{}^]|:(?=\S)|(?<=www)\.")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def visible(text: str) -> str:
    """The text with every character that is not seen as itself written as its escape.

    These are control codes, line ends, bidirectional overrides, zero-width characters and surrogates.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shortened(text: str, limit: int) -> str:
    """At most about `limit` characters; the length is told, so that a part never looks like the whole."""
    if len(text) <= limit:
        return text
    note = f"… ({len(text):,} characters)"
    return text[: max(limit - len(note), 1)].rstrip() + note


def terminal(text: str, limit: int = LONG) -> str:
    """Text for a terminal or a CI log: visible, bounded, and no workflow command.

    GitHub's runner obeys `::name::` after any leading blanks, and the older `##[name]` anywhere in a line; a
    blank within either makes it plain text.
    """
    text = visible(shortened(text, limit))
    if "::" in text:
        text = _COLONS.sub(": ", text)
    return text.replace("##[", "## [")


def csv_cell(text: str) -> str:
    """Text for a gradebook cell: what a spreadsheet would run as a formula gets a leading apostrophe.

    Numbers stay as they are. A cell that starts with `::` gets one too: the first of a row starts
    a line of a CI log.
    """
    if (text[:1] in _FORMULA and not _NUMBER.fullmatch(text)) or text.lstrip().startswith("::"):
        text = "'" + text
    return visible(text)


def xml(text: str) -> str:
    """Text for XML content or a double-quoted attribute; what XML forbids is written as its escape."""
    return visible(text).translate(_XML).replace("##[", "##&#91;")


def markdown(text: str) -> str:
    """Text within a line or a table cell of GitHub's Markdown: shown as it stands, never obeyed.

    Every character that could be structure, a link, a mention or mathematics becomes an entity, which
    Markdown shows as that character and takes for nothing else.
    """
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", visible(text))


def workflow(text: str) -> str:
    """Text as the message of a workflow command (`::error::...`): one line, without an escape of its own."""
    return visible(text).replace("%", "%25").replace("##[", "## [")


def workflow_property(text: str) -> str:
    """Text as a property of a workflow command (`::error file=...::`)."""
    return workflow(text).replace(":", "%3A").replace(",", "%2C")
