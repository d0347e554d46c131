"""YAML submissions: the raw text of every scalar, never YAML's guess at a type.

A plain sheet is read by yaml_plain.py, several times as fast as PyYAML's parser written in C; anything else
goes to yaml_events.py, and only then is PyYAML imported.
"""

from __future__ import annotations

from grader.submission.hints import NO_HINTS, Hints
from grader.submission.readers import yaml_plain
from grader.submission.shape import Content, interpret
from grader.submission.tree import Node


def read(text: str, _hints: Hints = NO_HINTS) -> Content:
    """The submission in the text.

    Raises:
        UnreadableError: it is no YAML, uses what is refused, or has not the shape of a submission.
    """
    return yaml_plain.read(text) or interpret(parse(text))


def parse(text: str, _hints: Hints = NO_HINTS) -> Node | None:
    """The text's tree with its places, None for an empty one.

    Raises:
        UnreadableError: as for `read`, the shape apart.
    """
    from grader.submission.readers import yaml_events

    return yaml_events.parse(text)
