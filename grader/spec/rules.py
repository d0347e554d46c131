"""A course's own misconceptions as written: which keys there are, and that none is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.spec.fields import entries, items, text
from grader.spec.model import CourseRule

if TYPE_CHECKING:
    from grader.spec.fields import Entries
    from grader.spec.findings import Findings
    from grader.spec.nodes import Node, Scalar

KEYS = ("id", "name", "right", "wrong", "feedback")
_WHAT = {
    "id": "an id",
    "name": "a name",
    "right": "the rule it replaces",
    "wrong": "the wrong rule",
    "feedback": "a sentence for the student",
}
_ID = re.compile(r"[\w.-]+")


def rule_id(rule: CourseRule) -> str:
    """The id of a rule: as written, or made of its name."""
    return rule.fields.get("id") or _slug(rule.fields.get("name", ""))


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def read_rules(found: Findings, read: Entries) -> tuple[CourseRule, ...]:
    """The entries of `misconceptions:`, their rules not yet read; those that lack something are left out."""
    if "misconceptions" not in read:
        return ()
    rules: dict[str, CourseRule] = {}
    for node in items(found, read["misconceptions"][1], "misconceptions"):
        rule = _rule(found, node)
        if rule is None:
            continue
        own = rule_id(rule)
        mark = rule.marks.get("id", rule.marks["name"])
        if own in rules:
            line = rules[own].mark.line
            found.error(mark, f'two misconceptions have the id "{own}", the first in line {line}')
        elif not own:
            found.error(mark, "the name has no letter to make an id of", "write id: beside it")
        rules.setdefault(own, rule)
    return tuple(rules.values())


def _rule(found: Findings, node: Node) -> CourseRule | None:
    before = found.errors
    inside = entries(found, node, "a misconception", KEYS)
    if not inside:
        if found.errors == before:
            found.error(node, "the misconception is empty", f"write {', '.join(KEYS[1:])}")
        return None
    written: dict[str, Scalar] = {}
    for key, (_, value) in inside.items():
        scalar = text(found, value, _WHAT[key])
        if scalar is not None:
            written[key] = scalar
    for key in KEYS[1:]:
        if key not in inside:
            found.error(node, f"the misconception has no {key}:", f"{key}: is {_WHAT[key]}")
    if "id" in written and not _ID.fullmatch(written["id"].text):
        found.error(written["id"], "an id is made of letters, digits, dots and hyphens")
    if found.errors > before:
        return None
    fields = {key: scalar.text for key, scalar in written.items()}
    return CourseRule(fields, {key: scalar.mark for key, scalar in written.items()}, node.mark)
