"""The catalogue: every entry's example comes out as a person worked it out, and every entry has its words."""

from __future__ import annotations

import numpy as np
import pytest

from grader.engine.derive import derive
from grader.engine.solve import Engine, evaluate_targets
from grader.language.tree import Expr
from grader.misconceptions import CATALOGUE, Misconception
from grader.misconceptions.view import View
from grader.record import replace
from grader.spec import load_text

RULES = [m for m in CATALOGUE.values() if m.kind == "rule"]
WITH_EXAMPLE = [m for m in CATALOGUE.values() if m.example is not None]


def problem_text(spec: str, ask: str) -> str:
    body = "".join(f"    {line}\n" for line in spec.strip("\n").splitlines())
    return f'problems:\n  - id: example\n{body}    questions: ["{ask}"]\n'


def value(entry: Misconception, rules: dict[str, Expr] | None) -> float:
    assert entry.example is not None
    problem = load_text(problem_text(entry.example.spec, entry.example.ask), "example.yaml").problems[0]
    plan = derive(problem, whole=True)
    target = plan.targets[problem.questions[0].id]
    target = replace(target, node=target.shown)
    keep = [*target.nodes, *([target.node] if target.node else [])]
    trace = Engine(plan, rules).solve(keep, horizon=plan.horizon)
    return float(evaluate_targets(plan, [target], trace)[0].ravel()[0])


def variants(entry: Misconception) -> list[dict[str, Expr]]:
    assert entry.example is not None
    problem = load_text(problem_text(entry.example.spec, entry.example.ask), "example.yaml").problems[0]
    found = list(entry.variants(View(derive(problem, whole=True))))
    if entry.example.steps:
        found = [v for v in found if set(v.steps) == set(entry.example.steps)]
    return [dict(v.rules) for v in found]


@pytest.mark.parametrize("entry", WITH_EXAMPLE, ids=lambda m: m.id)
def test_the_right_value_of_the_example_is_what_a_person_found(entry: Misconception) -> None:
    assert entry.example is not None
    assert value(entry, None) == pytest.approx(entry.example.right, rel=2e-5, abs=1e-6)


@pytest.mark.parametrize("entry", WITH_EXAMPLE, ids=lambda m: m.id)
def test_the_wrong_value_of_the_example_is_what_a_person_found(entry: Misconception) -> None:
    assert entry.example is not None
    found = variants(entry)
    assert found, "the entry does not apply to its own example"
    values = [value(entry, rules) for rules in found]
    assert any(np.isclose(v, entry.example.wrong, rtol=2e-5, atol=1e-6) for v in values), values


@pytest.mark.parametrize("entry", list(CATALOGUE.values()), ids=lambda m: m.id)
def test_every_entry_has_its_words(entry: Misconception) -> None:
    assert entry.title
    assert entry.belief
    assert entry.feedback.endswith((".", "!"))
    assert entry.source
    assert entry.kind in {"rule", "slip", "convention"}


@pytest.mark.parametrize("entry", RULES, ids=lambda m: m.id)
def test_every_rule_has_an_example_with_two_different_numbers(entry: Misconception) -> None:
    assert entry.example is not None
    assert entry.example.right != entry.example.wrong


def test_the_catalogue_is_whole() -> None:
    assert len(CATALOGUE) == 127
