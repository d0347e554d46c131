"""What a quantity may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.language import SPELLINGS

if TYPE_CHECKING:
    from grader.source import Mark
    from grader.spec.findings import Findings
    from grader.spec.nodes import Node

QUERIES = ("d", "new", "state", "depends")
"""The tree nodes that ask about a quantity and so never stand in an equation; their words are taken."""

_NAME = re.compile(r"[^\W\d]\w*")
_TAKEN = {*SPELLINGS, "log", *QUERIES[1:]}


def is_name(written: str) -> bool:
    """Whether it has the form of a name: a letter, then letters, digits and underscores."""
    return _NAME.fullmatch(written) is not None


def usable(found: Findings, at: Node | Mark, name: str) -> bool:
    """Whether a quantity can be called so; reports it where it cannot."""
    if not is_name(name):
        hint = "a name is a letter, then letters, digits and underscores"
        found.error(at, f'"{name[:40]}" cannot be a name', hint)
        return False
    if name in _TAKEN:
        meant = f" ({SPELLINGS[name]})" if SPELLINGS.get(name, name) != name else ""
        hint = f'choose another name, such as "{name}_1"'
        found.error(at, f'"{name}" is a function{meant} and cannot name a quantity', hint)
        return False
    return True
