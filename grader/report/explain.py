"""The text of ``grade explain``: the catalogue as a list, or one entry with its example."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FAMILIES = {
    "fwd": "weighted sums",
    "act": "activations",
    "smx": "softmax",
    "loss": "losses",
    "dy": "derivative by the prediction",
    "der": "derivatives of activations",
    "chain": "the chain rule",
    "paths": "several paths",
    "dW": "gradients of weights",
    "db": "gradients of biases",
    "batch": "batches",
    "reg": "penalties",
    "upd": "updates",
    "opt": "optimizers",
    "idx": "indices",
    "sym": "symbols",
    "slip": "slips",
}


class Rule(NamedTuple):
    """An entry's example: the exercise, what is asked, both numbers, and (step, right rule, wrong rule)."""

    spec: str
    ask: str
    right: str
    wrong: str
    steps: tuple[tuple[str, str, str], ...]


class Entry(NamedTuple):
    """An entry of the catalogue, ready to be shown."""

    id: str
    title: str
    kind: str
    belief: str
    feedback: str
    right: str
    wrong: str
    coincides: tuple[str, ...]
    twins: tuple[str, ...]
    source: tuple[str, ...]
    example: Rule | None


def listing(entries: Iterable[tuple[str, str]]) -> str:
    """Every id with its title, family by family."""
    lines = []
    for family, members in groupby(entries, key=lambda e: e[0].partition(".")[0]):
        lines.append(f"{_FAMILIES.get(family, family)}")
        lines += [f"  {identifier:24} {title}" for identifier, title in members]
        lines.append("")
    return "\n".join(lines)


class Judged(NamedTuple):
    """A row of the page about answers: what is expected or in what it was written, and what comes of it."""

    written: str
    comes_of_it: str
    why: str


def answers(sections: Iterable[tuple[str, Iterable[Judged]]], width: int = 80) -> str:
    """How answers are judged and read, a table a section."""
    lines = ["How answers are judged and read, by example", ""]
    for title, rows in sections:
        lines.append(title)
        for row in rows:
            lines.append(f"  {row.written or '(blank)':34} {row.comes_of_it}")
            lines += textwrap.wrap(row.why, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
        lines.append("")
    return "\n".join(lines)


def text(entry: Entry, width: int = 80) -> str:
    """One entry: what the student believes, both rules, an example with both numbers, where it was seen."""
    return "\n".join(_lines(entry, width)) + "\n"


def _lines(entry: Entry, width: int) -> Iterator[str]:
    yield f"{entry.id}: {entry.title}" + (f" ({entry.kind})" if entry.kind != "rule" else "")
    yield ""
    yield from _wrapped("believes", entry.belief, width)
    yield from _wrapped("told", entry.feedback, width)
    yield from _wrapped("right", entry.right, width)
    yield from _wrapped("wrong", entry.wrong, width)
    if entry.coincides:
        yield from _wrapped("the same", "when " + "; or when ".join(entry.coincides), width)
    if entry.twins:
        yield from _wrapped("close to", ", ".join(entry.twins), width)
    yield from _sources(entry.source)
    if entry.example is not None:
        yield from _example(entry.example)


def _wrapped(label: str, words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, initial_indent=f"  {label:9} ", subsequent_indent=" " * 12)


def _sources(sources: tuple[str, ...]) -> Iterator[str]:
    for label, source in zip(("seen", *[""] * len(sources)), sources, strict=False):
        yield f"  {label:9} {'not seen in the wild, but plausible' if source == 'plausible' else source}"


def _example(example: Rule) -> Iterator[str]:
    yield ""
    yield "  Example"
    yield from (f"    {line}" for line in example.spec.splitlines())
    yield ""
    for step, right, wrong in example.steps:
        yield f"    right  {step} = {right}"
        yield f"    wrong  {step} = {wrong}"
    yield ""
    yield f"    {example.ask} is {example.right}; with the wrong rule it comes out as {example.wrong}"
