"""Answers in a line of running text: `so a1 = 0.55 and z2 = 0.42.` holds two.

Mathematics inside the line arrives masked, a character for a character, so that nothing in it is taken for
text. Not here: which problem they belong to (prose.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.submission.hints import Hints

MASK = "\ue000"
"""Stands for each character of inline mathematics; no keyboard has it."""

MAX_LINE = 20_000
NEAR = 200
"""How far before an equals sign a name may begin."""

_LEAD = re.compile(r"(?:\s|>|[-*+•●‣](?=\s)|\d{1,3}[.)](?=\s)|\(?[a-z]\)(?=\s)|\\item(?![a-z]))*+")
_EXACT = re.compile(r"(?P<ticks>`{1,3})(?!`)(?P<key>[^\n]+?)(?<!`)(?P=ticks)(?!`)[ \t]*[=:≈][ \t]*")
_LABEL = re.compile(
    r"(?P<bold>\*\*|__)?(?P<key>[^=:≈\n]{1,200}?)(?P=bold)?[ \t]*(?P<sign>[:=≈])(?![=/])[ \t]*"
)
_POINTED = re.compile(
    r"(?P<key>[^=:≈→←\n]{1,60}?)[ \t]*(?::(?![=/])|(?P<on>→|->)|(?P<back>←|<-))[ \t]*(?=[^\s=])"
)
_FRESH = re.compile(r"(?<!\w)(?:new|updated)[ \t]+(?:value[ \t]+of[ \t]+)?\Z", re.IGNORECASE)
_AGAIN = re.compile(r"(?:new|updated)[ \t]+(?:value[ \t]+of[ \t]+)?", re.IGNORECASE)
_EQUAL = re.compile(r"(?<![<>!=:])(?::=|[=≈])(?![=>])|[(\[{]|[)\]}]")
_NAME = re.compile(
    rf"""(?:(?:[^\W\d]|[∂∇])[\w'′’^∂]*|{MASK}+)
    (?:[\[(][^\[\]()=]{{0,60}}[\])]|/[∂\w]+|[\^_]\{{[^{{}}]{{0,60}}\}}|['′’])*\**$""",
    re.VERBOSE,
)
_BREAK = re.compile(r"[,;][ \t]+|[ \t](?:and|und|so|hence|then|thus|or)[ \t]+")
_TALK = re.compile(
    r"[ \t]+(?:which|because|since|where|so|as|with|from|by|using|hence|thus|therefore|and|but|is|for)[ \t]"
)
_FORMULA = re.compile(rf"{MASK}+(?=[ \t.,;]*[ \t][^\W\d])")
_INDEX = re.compile(r"\[[\d, ]+\]$")
_SURROUND = "*_` \t"


class Found(NamedTuple):
    """An answer with the offsets, in its line, of its name, its text, and where it ends."""

    key: str
    value: str
    start: int
    value_start: int
    end: int
    exact: bool = False


def answers(line: str, text: str, hints: Hints) -> list[Found]:
    """The answers in a line; an empty key goes on with the answer before.

    Args:
        line: the line with mathematics masked.
        text: the line as it is written.
        hints: the names that questions have.
    """
    if len(line) > MAX_LINE:
        return []
    lead = _LEAD.match(line)
    start = lead.end() if lead else 0
    if exact := _EXACT.match(line, start):
        value = text[exact.end() :].rstrip()
        key = text[exact.start("key") : exact.end("key")]
        if len(key) > 2 and key[0] == key[-1] == " ":  # what Markdown takes away beside a backtick
            key = key[1:-1]
        return [Found(key, value, exact.start("key"), exact.end(), len(line), exact=True)]
    label = _LABEL.match(line, start)
    if label and hints.knows(_bare(label["key"])):
        if label["sign"] == ":":  # the rest of the line, whatever is in it
            return [_found(line, text, (label.start("key"), label.end(), len(line)), key=None, known=True)]
        return _from(line, text, label.start("key"), label.end(), hints)
    if pointed := _pointed(line, text, start, hints):
        return [pointed]
    equals = _equals(line, start)
    if not equals:
        return []
    left = line[start : equals[0][0]]
    if not left.strip():
        return _from(line, text, equals[0][0], equals[0][1], hints, key="")
    name = _name(left, hints)
    return [] if name is None else _from(line, text, start + name, equals[0][1], hints, first=not name)


def _pointed(line: str, text: str, start: int, hints: Hints) -> Found | None:
    """`new b2: 0.24`, `w1 → 0.2`, `w2 ← 0.42`, where the name is a question's in some spelling."""
    label = _POINTED.match(line, start)
    if label is None:
        return None
    key = _bare(text[label.start("key") : label.end("key")])
    name = f"{key.strip('$ ')} \\leftarrow" if label["back"] else key.strip("$ ")
    if not key or not hints.asking(name):
        return None
    value = text[label.end() :].rstrip(" \t.;,")
    return Found(name, value, label.start("key"), label.end(), len(line))


def _from(
    line: str,
    text: str,
    start: int,
    value_start: int,
    hints: Hints,
    *,
    key: str | None = None,
    first: bool = True,
) -> list[Found]:
    """The answer whose name and text begin here, and those that follow it on the line.

    first: whether the line begins with the name; what follows is then the answer to its end.
    """
    found: list[Found] = []
    known = first and key is None and hints.knows(_bare(text[start:value_start].rstrip(" \t:=≈")))
    before = value_start
    for left, right in _equals(line, value_start):
        stop = _next_name(line, max(before, left - NEAR), left, hints)
        before = right
        if stop is None:
            continue  # `a = b = c`
        end, name = stop
        found.append(_found(line, text, (start, value_start, end), key=key, known=known))
        start, value_start, key, known = name, right, None, False
    found.append(_found(line, text, (start, value_start, len(line)), key=key, known=known))
    return found


def _found(line: str, text: str, at: tuple[int, int, int], *, key: str | None, known: bool) -> Found:
    start, value_start, end = at
    talk = None if known else _TALK.search(line, value_start, end)
    if talk and talk.start() > value_start:
        end = talk.start()
    name = text[start:value_start].rstrip(" \t:=≈") if key is None else key
    value_start += len(text[value_start:end]) - len(text[value_start:end].lstrip(" \t"))
    formula = _FORMULA.match(line, value_start, end)
    if formula and ":" not in text[start + len(name) : value_start]:
        end = formula.end()
    value = text[value_start:end].rstrip(" \t")
    return Found(_bare(name), value.rstrip(".,; \t"), start, value_start, end)


def _equals(line: str, start: int) -> list[tuple[int, int]]:
    """The equals signs outside of brackets."""
    depth, found = 0, []
    for token in _EQUAL.finditer(line, start):
        if token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth = max(depth - 1, 0)
        elif not depth:
            found.append(token.span())
    return found


def _next_name(line: str, start: int, equal: int, hints: Hints) -> tuple[int, int] | None:
    """Where the answer before ends and the next name begins, if one stands before this equals sign."""
    for found in reversed(list(_BREAK.finditer(line, start, equal))):
        name = line[found.end() : equal].strip()
        if name and (hints.knows(_bare(name)) or _NAME.match(_AGAIN.sub("", name))):
            return found.start(), found.end()
    return None


def _name(left: str, hints: Hints) -> int | None:
    """Where the name begins that a text before an equals sign ends with."""
    near = max(len(left) - NEAR, 0)
    for word in _starts(left, near):
        whole = _bare(left[word:])
        if hints.knows(whole) or hints.knows(_INDEX.sub("", whole)):
            return word
    found = _NAME.search(left.rstrip(), near)
    if found is None:
        return None
    fresh = _FRESH.search(left, near, found.start())
    return fresh.start() if fresh else found.start()


def _starts(left: str, near: int) -> Iterator[int]:
    if not near:
        yield 0
    yield from (near + found.end() for found in re.finditer(r"[\s(*_]+", left[near:]))


def _bare(name: str) -> str:
    return name.strip(_SURROUND).rstrip(":").strip(_SURROUND)
