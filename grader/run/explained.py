"""``grade explain``: an entry's example worked out with the right rules and with the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine.derive import derive
from grader.language.ambiguities import AMBIGUITIES
from grader.language.render import render
from grader.misconceptions import CATALOGUE
from grader.misconceptions.view import View
from grader.report.explain import Entry, Judged, Rule
from grader.run.assignment import AssignmentGrader
from grader.run.policy import POLICY, SPEC
from grader.run.values import number_text
from grader.spec import load_text

if TYPE_CHECKING:
    from grader.misconceptions import Misconception


def entries() -> list[tuple[str, str]]:
    """Every id with its title, in the order of working."""
    return [(m.id, m.title) for m in CATALOGUE.values()]


def answering() -> list[tuple[str, list[Judged]]]:
    """How answers are judged and how ambiguous formulas are read, section by section."""
    grader = AssignmentGrader(load_text(SPEC, "answers.yaml"))
    expected = {a.question: a.expected for a in grader.asked}
    judged = [
        (
            title[0].upper() + title[1:],
            [Judged(r.answer, f"{r.verdict} (expected {expected[r.question]})", r.why) for r in rows],
        )
        for title, rows in POLICY.items()
    ]
    read = [Judged(a.text, f"read as {a.read_as}" if a.read_as else "refused", a.rule) for a in AMBIGUITIES]
    return [*judged, ("What can be read in two ways", read)]


def explained(identifier: str) -> Entry | None:
    """One entry with its example, or None where there is no such id."""
    found = CATALOGUE.get(identifier)
    if found is None:
        return None
    return Entry(
        found.id,
        found.title,
        found.kind,
        found.belief,
        found.feedback.replace("{step}", "this step"),
        found.right,
        found.wrong,
        found.coincides,
        found.twins,
        found.source,
        _example(found),
    )


def _example(found: Misconception) -> Rule | None:
    """The exercise, the step in question with both rules, and both numbers."""
    example = found.example
    if example is None:
        return None
    spec = example.spec.strip("\n")
    body = "".join(f"    {line}\n" for line in spec.splitlines())
    text = f'problems:\n  - id: example\n{body}    questions: ["{example.ask}"]\n'
    plan = derive(load_text(text, "example.yaml").problems[0], whole=True)
    rules = {s.name: s.rule for s in plan.steps}
    variants = [
        v for v in found.variants(View(plan)) if not example.steps or set(v.steps) == set(example.steps)
    ]
    steps = (
        [(s, render(rules[s]), render(variants[0].rules[s])) for s in variants[0].steps] if variants else []
    )
    return Rule(spec, example.ask, number_text(example.right), number_text(example.wrong), tuple(steps))
