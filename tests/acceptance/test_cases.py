"""What other tools' tests say of an answer, said by ours: every case of the tables beside this file.

A case is graded from end to end, a spec and a submission as users write them. Its keys: `answer` is what was
written where `model` is right, or to each of the questions `ask` of a problem `with` its equations;
`expected` is what the other tool says: correct, wrong (no full marks), invalid (refused, or told as no such
size), missing, imprecise, follow_through, the share of the marks, or that the problem is refused. A `count`
is judged by two questions, one that asks for as many digits as the other tool counts and one that asks for
one more.

A case may be `unusable`: it is about something that does not exist here. It may be `ruled_out`: what our
format of specs and answers fixes says otherwise. It `differs` where we decided otherwise. Each gives its
reason, and every one that is not unusable is graded. Marks that an author may set there for answers
proportional to the right one have no counterpart: such an answer is not right.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from grader.run import grade_assignment
from grader.source import SpecError

if TYPE_CHECKING:
    from grader.report.model import Answer

Case = dict[str, Any]
TABLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
}
CASES: dict[str, Case] = {
    f"{tool}-{case['id']}": case for tool, table in TABLES.items() for case in table["cases"]
}
EXCEPTIONS = ("unusable", "ruled_out", "differs")
GRADED = {name: case for name, case in CASES.items() if "unusable" not in case}
REFUSED = {name for name, case in GRADED.items() if case["expected"] == "refused"}
AGREEING = [name for name, case in GRADED.items() if not {"ruled_out", "differs"} & case.keys()]
OTHERWISE = [name for name in GRADED if name not in AGREEING]
# Full marks here and not there, and right: exactly the value, or as near as the tolerance of the case says.
KINDER = {
    "mitx-matrix-16", "mitx-matrix-17", "numbas-matrix-679b", "numbas-num-232", "numbas-num-256b",
    "numbas-num-263c", "numbas-num-272", "numbas-num-277a", "numbas-num-277b", "numbas-num-287a",
    "numbas-num-295a", "numbas-num-303a", "numbas-num-unit-1-1", "numbas-num-unit-2-0", "numbas-precision-17",
}  # fmt: skip


def problem_of(name: str) -> dict[str, Any]:
    """The problem of a case, named as the case is."""
    case = CASES[name]
    stated = {"id": name, **case.get("with", {})}
    if "ask" in case:
        return stated | {"questions": case["ask"]}
    if "count" in case:
        digits = Decimal(case["answer"])
        unit = digits.adjusted() - case["expected"] + 1 if case["count"] == "sigfigs" else -case["expected"]
        value = digits + Decimal("0.3").scaleb(unit).copy_sign(digits)
        places = {"enough": case["expected"], "more": case["expected"] + 1}
        asked = [{"ask": "key", "id": i, "tolerance": {case["count"]: n}} for i, n in places.items()]
        return stated | {"given": {"key": f"{value:f}"}, "questions": asked}
    return stated | {"equations": [f"key = {case['model']}"], "questions": ["key"]}


def answers_of(case: Case) -> dict[str, Any]:
    """What is written under each question."""
    if "count" in case:
        return {"enough": case["answer"], "more": case["answer"]}
    return case["answer"] if "ask" in case else {"key": case["answer"]}


def expected_of(case: Case) -> dict[str, Any]:
    """What the other tool says of each question."""
    if "count" in case:
        return {"enough": "correct", "more": "imprecise"}
    return case["expected"] if isinstance(case["expected"], dict) else {"key": case["expected"]}


def grade(folder: Path, names: list[str], *, decimal_comma: bool) -> dict[str, dict[str, Answer]]:
    """The answers of cases, by case and question."""
    problems = [problem_of(name) for name in names]
    spec = {"decimal_comma": decimal_comma, "credit": {"repeated": 0.5}, "problems": problems}
    answers = {name: answers_of(CASES[name]) for name in names}
    (folder / "spec.yaml").write_text(json.dumps(spec), encoding="utf-8")
    (folder / "s.json").write_text(json.dumps({"student": "s", "answers": answers}), encoding="utf-8")
    found: dict[str, dict[str, Answer]] = {}
    for answer in grade_assignment(folder / "spec.yaml", [folder / "s.json"]).students[0].answers:
        found.setdefault(answer.asked.problem, {})[answer.asked.question] = answer
    return found


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Answer]]:
    """All usable cases, graded in two assignments: with and without decimal commas."""
    folder = tmp_path_factory.mktemp("acceptance")
    usual = [name for name in GRADED if not GRADED[name].get("comma") and name not in REFUSED]
    comma = [name for name in GRADED if GRADED[name].get("comma")]
    return grade(folder, usual, decimal_comma=False) | grade(folder, comma, decimal_comma=True)


def fits(answer: Answer, expected: str | float) -> bool:
    """Whether a verdict is the one that the other tool gives."""
    full = answer.score >= answer.asked.max_score - 1e-9
    if isinstance(expected, float):
        return abs(answer.score - expected) < 1e-6
    if expected == "wrong":
        return not full and answer.verdict not in ("correct", "manual")
    if expected == "invalid":
        return answer.verdict == "unreadable" or (answer.verdict == "wrong" and answer.reason is not None)
    return answer.verdict == expected and (full or expected not in ("correct", "follow_through"))


def agrees(name: str, graded: dict[str, dict[str, Answer]]) -> bool:
    """Whether all questions of a case are judged as the other tool judges them."""
    return all(fits(graded[name][question], said) for question, said in expected_of(CASES[name]).items())


@pytest.mark.parametrize("name", [name for name in AGREEING if name not in REFUSED])
def test_a_case_is_judged_as_the_other_tool_judges_it(
    name: str, graded: dict[str, dict[str, Answer]]
) -> None:
    found = {question: (a.verdict, a.score, a.reason) for question, a in graded[name].items()}
    assert agrees(name, graded), found


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_problem_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        grade(tmp_path, [name], decimal_comma=False)


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_case_listed_as_judged_otherwise_is(name: str, graded: dict[str, dict[str, Answer]]) -> None:
    assert not agrees(name, graded)


def test_every_exception_has_one_reason_and_every_reason_a_case() -> None:
    for table in TABLES.values():
        for kind in EXCEPTIONS:
            named = {case[kind] for case in table["cases"] if kind in case}
            assert named == set(table[kind])
        assert all(sum(kind in case for kind in EXCEPTIONS) <= 1 for case in table["cases"])


def test_every_case_says_where_it_is_from() -> None:
    for table in TABLES.values():
        assert table["repository"] is None or (table["licence"] and table["at"])
        ids = [case["id"] for case in table["cases"]]
        assert len(ids) == len(set(ids))
        assert all(table["repository"] is None or table["paths"][i.partition("-")[0]] for i in ids)


def test_nearly_all_usable_cases_agree() -> None:
    """98 of 100 beside those that our format rules out, and nearly 9 of 10 with these counted."""
    kinds = Counter(next((k for k in EXCEPTIONS if k in case), "as expected") for case in CASES.values())
    assert kinds == {"as expected": 440, "differs": 8, "ruled_out": 43, "unusable": 63}
    assert kinds["as expected"] / (kinds["as expected"] + kinds["differs"]) >= 0.98
    assert kinds["as expected"] / (kinds.total() - kinds["unusable"]) >= 0.89


def test_nothing_wrong_is_accepted(graded: dict[str, dict[str, Answer]]) -> None:
    """What is not right there has full marks here in the cases named above only."""
    accepted = {
        name
        for name in GRADED
        if name not in REFUSED
        for question, said in expected_of(CASES[name]).items()
        if said not in ("correct", "follow_through") and fits(graded[name][question], "correct")
    }
    assert accepted == KINDER
