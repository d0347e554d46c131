"""The figures of the diagnosis, measured on made-up students; small in the tests, full in ``make bench``."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.compare.problem import ProblemGrader
from grader.compare.verdicts import WRONG
from grader.diagnose.problem import Diagnostician
from tests.diagnose.students import NETWORKS, Habits, Student, differing, exercise, flat, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.compare.problem import ProblemResult
    from grader.diagnose.model import Finding
    from grader.misconceptions.model import Variant
    from grader.spec.model import Problem
    from tests.diagnose.students import Network

    Answers = Mapping[str, object]


@dataclass(slots=True)
class Tally:
    """Counts of one regime."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def share(self, part: str, whole: str) -> float:
        """A part of a whole, in percent."""
        return 100.0 * self.counts[part] / max(self.counts[whole], 1)


class Exercise:
    """One exercise and everybody who did it."""

    def __init__(self, problem: Problem, habits: Habits) -> None:
        self.problem = problem
        self.habits = habits
        self.grader = ProblemGrader(problem)
        self.plan = self.grader.plan
        self.diagnostician = Diagnostician(self.plan)
        self.right = Student(self.plan, habits).answers()

    @property
    def variants(self) -> Sequence[Variant]:
        """Every wrong rule at every place."""
        return self.diagnostician.compiled.variants

    def wrong(self, *variants: Variant) -> Answers:
        """What a student with these wrong rules writes."""
        rules = {step: rule for v in variants for step, rule in v.rules.items()}
        return Student(self.plan, self.habits, rules).answers()

    def judged(self, everyone: Sequence[Answers]) -> tuple[ProblemResult, Mapping[int, list[Finding]]]:
        """Grade and diagnose."""
        result = self.grader.grade(list(everyone))  # type: ignore[arg-type]
        return result, self.diagnostician.findings(result)


def named(findings: Iterable[Finding]) -> tuple[list[str], set[str]]:
    """The ids named first, and all that are listed."""
    first = [f.id for f in findings]
    listed = set(first) | {o.id for f in findings for o in f.others}
    return first, listed


def claims(tally: Tally, findings: Iterable[Finding], right_ids: set[str]) -> None:
    """Count what is said with a confidence of 0.9 or more, and how often it is so."""
    for f in findings:
        if f.confidence >= SURE:
            tally.counts["sure"] += 1
            tally.counts["sure and right"] += f.id in right_ids


def wrong_cells(result: ProblemResult, student: int) -> int:
    """How many elements of a student's answers were judged wrong."""
    return sum(int((q.codes[:, :, student] == WRONG).sum()) for q in result.questions.values())


def singles(exercise_: Exercise, tally: Tally) -> None:
    """One wrong rule each."""
    variants = list(exercise_.variants)
    everyone = [exercise_.wrong(v) for v in variants]
    visible = [i for i, a in enumerate(everyone) if _sane(a) and differing(a, exercise_.right)]
    result, found = exercise_.judged([everyone[i] for i in visible])
    for at, i in enumerate(visible):
        twins = {v.id for v, a in zip(variants, everyone, strict=True) if same(a, everyone[i])}
        if not wrong_cells(result, at):
            tally.counts["within tolerance"] += 1
            continue
        first, listed = named(found.get(at, ()))
        claims(tally, found.get(at, ()), twins)
        tally.counts["single"] += 1
        tally.counts["single in set"] += bool(listed & twins)
        tally.counts["single first"] += bool(first and set(first[:1]) & twins)
        if not listed & twins:
            tally.failures[variants[i].id] += 1
        elif not set(first[:1]) & twins:
            tally.failures[f"{variants[i].id} after {first[0]}"] += 1


def _alone(exercise_: Exercise) -> list[bool]:
    """Whether each wrong rule alone makes an answer wrong: beyond the tolerance, that is."""
    everyone = [exercise_.wrong(v) for v in exercise_.variants]
    sane = [_sane(a) for a in everyone]
    result, _ = exercise_.judged([a if s else exercise_.right for a, s in zip(everyone, sane, strict=True)])
    return [s and wrong_cells(result, i) > 0 for i, s in enumerate(sane)]


def pairs(exercise_: Exercise, tally: Tally, rng: random.Random, count: int) -> None:
    """Two wrong rules at once, both visible."""
    variants = [v for v, a in zip(exercise_.variants, _alone(exercise_), strict=True) if a]
    chosen: list[tuple[Variant, Variant]] = []
    everyone: list[Answers] = []
    for _ in range(count * 6):
        if len(chosen) == count or len(variants) < 2:
            break
        a, b = rng.sample(variants, 2)
        if a.id == b.id or set(a.steps) & set(b.steps):
            continue
        both, only_a, only_b = exercise_.wrong(a, b), exercise_.wrong(a), exercise_.wrong(b)
        if _sane(both) and all(
            differing(x, y)
            for x, y in ((both, only_a), (both, only_b), (only_a, exercise_.right), (only_b, exercise_.right))
        ):
            chosen.append((a, b))
            everyone.append(both)
    result, found = exercise_.judged(everyone)
    for at, (a, b) in enumerate(chosen):
        if not wrong_cells(result, at):
            continue
        _, listed = named(found.get(at, ()))
        twins = [{v.id for v in variants if same(exercise_.wrong(v), exercise_.wrong(x))} for x in (a, b)]
        tally.counts["pair"] += 1
        tally.counts["pair in set"] += all(listed & t for t in twins)
        if not all(listed & t for t in twins):
            tally.failures[f"{a.id} + {b.id}"] += 1


def noise(exercise_: Exercise, tally: Tally, rng: random.Random, count: int) -> None:
    """One random wrong number each."""
    everyone = []
    for _ in range(count):
        answers = dict(exercise_.right)
        question = rng.choice(list(answers))
        answers[question] = _spoiled(answers[question], rng, exercise_.habits.digits)
        everyone.append(answers)
    result, found = exercise_.judged(everyone)
    for at in range(count):
        if not wrong_cells(result, at):
            continue
        tally.counts["random"] += 1
        tally.counts["random named"] += bool(found.get(at))
        claims(tally, found.get(at, ()), set())
        for f in found.get(at, ()):
            tally.failures[f"random named {f.id}"] += 1


def right(exercise_: Exercise, tally: Tally) -> None:
    """Right students."""
    result, _ = exercise_.judged([exercise_.right])
    tally.counts["right"] += 1
    tally.counts["right marked wrong"] += bool(wrong_cells(result, 0))


SURE = 0.9
SLIPS = ("slip.sign", "slip.pow10", "slip.transpose_digits", "slip.digit")


def slips(exercise_: Exercise, tally: Tally, rng: random.Random, count: int) -> None:
    """One slip at one number each, not carried on."""
    everyone, planted = [], []
    for _ in range(count):
        answers = dict(exercise_.right)
        question = rng.choice(list(answers))
        kind = rng.choice(SLIPS)
        changed = _slipped(answers[question], kind, rng)
        if changed is None or flat(changed) == flat(answers[question]):
            continue
        answers[question] = changed
        everyone.append(answers)
        planted.append(kind)
    if not everyone:
        return
    result, found = exercise_.judged(everyone)
    for at, kind in enumerate(planted):
        if not wrong_cells(result, at):
            continue
        _, listed = named(found.get(at, ()))
        tally.counts["slip"] += 1
        tally.counts["slip in set"] += kind in listed
        claims(tally, found.get(at, ()), {kind})
        if kind not in listed:
            tally.failures[kind] += 1


def left_out(exercise_: Exercise, tally: Tally, rng: random.Random, count: int) -> None:
    """A rule that is taken out of the catalogue."""
    compiled = exercise_.diagnostician.compiled
    ids = sorted({v.id for v in compiled.variants})
    for identifier in rng.sample(ids, min(count, len(ids))):
        mine = [v for v in compiled.variants if v.id == identifier]
        answers = exercise_.wrong(mine[0])
        if not _sane(answers) or not differing(answers, exercise_.right):
            continue
        twin = any(v.id != identifier and same(exercise_.wrong(v), answers) for v in compiled.variants)
        if twin:
            continue
        kept = [i for i, v in enumerate(compiled.variants) if v.id != identifier]
        other = Diagnostician(exercise_.plan)
        other._compiled = type(compiled)(
            compiled.plan,
            compiled.engine,
            tuple(compiled.variants[i] for i in kept),
            (*(compiled.rules[i] for i in kept), compiled.rules[-1]),
        )
        result = exercise_.grader.grade([answers])  # type: ignore[list-item]
        wrong = wrong_cells(result, 0)
        if not wrong:
            continue
        found = other.findings(result).get(0, [])
        explained = {c for f in found for c in f.cells if not f.slip}
        tally.counts["left out"] += 1
        tally.counts["left out misnamed"] += len(explained) == wrong
        claims(tally, found, set())
        if len(explained) == wrong:
            tally.failures[f"{identifier} named {found[0].id}"] += 1


def measure(
    regime: str,
    digits: int,
    *,
    rounds: int,
    seed: int = 1,
    networks: Sequence[Network] = NETWORKS,
    what: Sequence[str] = ("singles", "pairs", "noise", "right", "slips", "left_out"),
) -> Tally:
    """All figures of one regime at one precision."""
    rng = random.Random(f"{seed} {regime} {digits}")
    tally = Tally()
    for number in range(rounds):
        for network in networks:
            done = Exercise(exercise(network, regime, rng), Habits(digits, as_he_goes=number % 2 == 0))
            if "right" in what:
                right(done, tally)
            if "singles" in what:
                singles(done, tally)
            if "pairs" in what:
                pairs(done, tally, rng, 12)
            if "noise" in what:
                noise(done, tally, rng, 40)
            if "slips" in what:
                slips(done, tally, rng, 30)
            if "left_out" in what:
                left_out(done, tally, rng, 8)
    return tally


def _sane(answers: Answers) -> bool:
    """Whether every number can be written."""
    return all("nan" not in t and "inf" not in t for a in answers.values() for t in flat(a))


def _spoiled(written: object, rng: random.Random, digits: int) -> object:
    if isinstance(written, tuple):
        at = rng.randrange(len(written))
        return tuple(_spoiled(w, rng, digits) if i == at else w for i, w in enumerate(written))
    value = float(str(written)) or 0.5
    return f"{value * 3 ** rng.uniform(-1, 1) * rng.choice((-1, 1)):.{digits}g}"


def _slipped(written: object, kind: str, rng: random.Random) -> object:
    if isinstance(written, tuple):
        at = rng.randrange(len(written))
        changed = _slipped(written[at], kind, rng)
        return None if changed is None else tuple(changed if i == at else w for i, w in enumerate(written))
    text = str(written)
    if "e" in text or float(text) == 0:
        return None
    if kind == "slip.sign":
        return text[1:] if text[0] == "-" else "-" + text
    if kind == "slip.pow10":
        return f"{float(text) * 10 ** rng.choice((-1, 1)):.6g}"
    places = [i for i, c in enumerate(text) if c.isdigit() and not _leading_zero(text, i)]
    if len(places) < 3:
        return None
    if kind == "slip.digit":
        at = rng.choice(places)
        return text[:at] + rng.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]
    pairs_ = [(i, j) for i, j in pairwise(places) if text[i] != text[j] and text[j] != "0"]
    if not pairs_:
        return None
    i, j = rng.choice(pairs_)
    letters = list(text)
    letters[i], letters[j] = letters[j], letters[i]
    return "".join(letters)


def _leading_zero(text: str, at: int) -> bool:
    return not any(c in "123456789" for c in text[: at + 1])
