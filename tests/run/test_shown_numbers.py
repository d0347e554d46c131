"""The numbers shown beside a mistake never contradict what the student wrote.

Students follow one wrong rule of the catalogue through the sample problems and go on rightly. They hand in
everything, or half of it, or are wrong in a single element only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.diagnose.problem import Diagnostician
from grader.engine import names
from grader.engine.derive import Plan
from grader.report.model import Answer, Compared, Value
from grader.report.terminal.rules import own_rule
from grader.run.assignment import AssignmentGrader
from grader.run.loading import load_spec
from grader.submission.model import Submission
from tests.diagnose.students import Habits, Student, flat

SPECS = [
    path
    for path in sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
    if not all(problem.symbols for problem in load_spec(str(path)).problems)
]
MOST = 12
"""Wrong rules a problem."""

Answers = Mapping[str, object]


class Seen(NamedTuple):
    """A line that a report shows, and whether its last number is the student's."""

    where: str
    shown: str
    written: str
    fits: bool


def written(plan: Plan, rng: random.Random) -> Iterator[Answers]:
    """What students hand in who follow one wrong rule."""
    right = Student(plan, Habits(4, as_he_goes=False)).answers()
    variants = Diagnostician(plan).compiled.variants
    for variant in rng.sample(variants, min(MOST, len(variants))):
        answers = Student(plan, Habits(4, as_he_goes=rng.random() < 0.5), dict(variant.rules)).answers()
        if any(
            word in text for answer in answers.values() for text in flat(answer) for word in ("nan", "inf")
        ):
            continue
        yield answers
        yield {q: a for q, a in answers.items() if rng.random() < 0.5}
        yield {q: _mixed(right[q], a, rng) for q, a in answers.items()}


def _mixed(right: object, wrong: object, rng: random.Random) -> object:
    """A vector or matrix with some elements wrong."""
    if isinstance(right, tuple) and isinstance(wrong, tuple):
        return tuple(_mixed(r, w, rng) for r, w in zip(right, wrong, strict=True))
    return wrong if rng.random() < 0.5 else right


def seen(plan: Plan, handed_in: Answers, answer: Answer) -> Iterator[Seen]:
    """The last number of `yours`, wherever the student wrote that quantity."""
    found = answer.compared
    if found is None:
        return
    if found.wrong is not None and found.instead is not None:
        for own in _own(plan, handed_in, found):
            yield Seen(answer.asked.question, str(found.instead), own, _same(own, found.instead))
    elif own_rule(answer) is not None and isinstance(found.gives, float) and answer.given is not None:
        yield Seen(answer.asked.question, str(found.gives), answer.given, _same(answer.given, found.gives))


def _own(plan: Plan, handed_in: Answers, found: Compared) -> Iterator[str]:
    """What was written for the step: all of it, or the one element that is shown."""
    for question, given in handed_in.items():
        target = plan.targets[question]
        base = plan.problem.index_base
        for node in {target.node, target.shown} - {None}:
            name = names.timed(node.name, node.time) if node else ""
            texts = flat(given)
            if target.place is None and name == found.quantity:
                yield " ".join(texts)
            columns = target.shape[1] if target.place is None else 1
            for at, text in enumerate(texts):
                row, column = target.place or divmod(at, columns)
                _, width = plan.shapes[node.name] if node else (1, 1)
                index = f"{row + base}" if width == 1 else f"{row + base},{column + base}"
                if found.quantity in (f"{name}[{index}]", f"{name[:-1]}[{index}])"):
                    yield text


def _same(own: str, shown: Value) -> bool:
    """Equal but for the rounding of what was written, and on the way to it."""
    numbers = flat(_text(shown))
    texts = own.split()
    return len(numbers) == len(texts) and all(
        abs(float(a) - float(b)) <= 0.00501 * max(abs(float(a)), abs(float(b))) + _half(a)
        for a, b in zip(texts, numbers, strict=True)
    )


def _text(value: object) -> object:
    return tuple(map(_text, value)) if isinstance(value, tuple) else repr(value)


def _half(text: str) -> float:
    mantissa, _, exponent = text.partition("e")
    return 0.51 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


@pytest.mark.parametrize("spec", SPECS, ids=[path.stem for path in SPECS])
def test_yours_is_what_the_student_wrote(spec: Path) -> None:
    """Whatever is handed in, however little, and wherever the rule is wrong."""
    rng = random.Random(spec.stem)
    grader = AssignmentGrader(load_spec(str(spec)), worked=True)
    lines: list[Seen] = []
    wrong = 0
    for one in grader.graders:
        if one.problem.symbols:
            continue
        students = list(written(one.plan, rng))
        files = [Submission(f"s{n}", "f", {one.problem.id: s}) for n, s in enumerate(students)]  # type: ignore[dict-item]
        for handed_in, report in zip(students, grader.grade(files), strict=True):
            own = [a for a in report.answers if a.asked.problem == one.problem.id]
            wrong += sum(a.verdict == "misconception" for a in own)
            lines += [line for a in own for line in seen(one.plan, handed_in, a)]
    assert not [line for line in lines if not line.fits]
    assert lines or not wrong
