"""What `grade check` says about a spec without errors: a line about the file, a few about each problem."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from grader.diagnose.exercise.model import Cause, Chance, Corner, Extra, Judgement, Twins, Unseen
from grader.report.numbers import points
from grader.report.safe import terminal
from grader.source import Issue
from grader.spec.model import Assignment

LIKELY = 0.01
"""Above this chance a random wrong number at a question is worth a warning."""

LEAST = 1e-4
"""A chance below this is no news."""

NAMED = 3
"""How many of a kind are named; the rest is counted."""

# A blank at which no line is broken.
_STUCK = "\u00a0"
_CAUSES: dict[Cause, str] = {"numbers": "other numbers", "questions": "a further question"}


def summary(
    path: str, assignment: Assignment, warnings: Sequence[Issue], judgements: Sequence[Judgement] = ()
) -> str:
    """`specs/hw1.yaml: ok, 2 problems, 7 questions, 8 points`, and how many warnings there are."""
    questions = [question for problem in assignment.problems for question in problem.questions]
    parts = [
        "ok",
        _count(len(assignment.problems), "problem"),
        _count(len(questions), "question"),
        points(sum(question.points for question in questions)),
    ]
    number = len(warnings) + sum(map(warned, judgements))
    if number:
        parts.append(_count(number, "warning"))
    return f"{terminal(path)}: {', '.join(parts)}"


def warned(judgement: Judgement) -> int:
    """How many warnings a judgement holds, one a kind."""
    likely = [chance for chance in judgement.chances if chance.three > LIKELY]
    return sum(map(bool, (judgement.unseen, judgement.twins, likely, judgement.kinks, judgement.flat)))


def judged(judgement: Judgement, width: int = 80, *, verbose: bool = False) -> str:
    """What the exercise cannot tell apart and what would help; empty where there is nothing to say."""
    if judgement.too_large:
        return f"  {terminal(judgement.problem)}: too large to be judged\n" if verbose else ""
    rows = list(_details(judgement) if verbose else _worst(judgement))
    if not rows:
        return ""
    lines = textwrap.wrap(
        f"{terminal(judgement.problem)}: {_counts(judgement)}",
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    for label, content in rows:
        lines += textwrap.wrap(
            _safe(content),
            width,
            initial_indent=f"    {label:<9}",
            subsequent_indent=" " * 13,
            break_on_hyphens=False,
        )
    return "\n".join(lines).replace(_STUCK, " ") + "\n"


def _safe(content: str) -> str:
    return _STUCK.join(terminal(part, 10_000) for part in content.split(_STUCK))


def _counts(judgement: Judgement) -> str:
    alike = len({identifier for twins in judgement.twins for identifier in (twins.first, twins.second)})
    unseen = len(judgement.unseen)
    if not judgement.rules:
        return "no known wrong rule bears on what is asked"
    rules = _count(judgement.rules, "wrong rule")
    if not unseen and not alike:
        return f"{rules}, each shows in some answer in a way of its own"
    look = f"{alike} {_verb(alike, 'look')} like another" if alike else "no two look alike"
    if not unseen:
        return f"{rules}, each shows in some answer, {look}"
    return f"of {rules} {unseen} {_verb(unseen, 'show')} in no answer, {look}"


def _worst(judgement: Judgement) -> Iterator[tuple[str, str]]:
    """The warnings, the worst of each kind named."""
    if judgement.unseen:
        yield "unseen", _unseen(judgement.unseen)
    if judgement.twins:
        yield "alike", _alike(judgement.twins)
    likely = sorted((c for c in judgement.chances if c.three > LIKELY), key=lambda c: -c.three)
    if likely:
        more = f"; more than {100 * LIKELY:g}{_STUCK}% at {len(likely) - 1} more" if len(likely) > 1 else ""
        yield "chance", _chance(likely[0]) + more
    yield from _corners(judgement, NAMED)
    if judgement.extras:
        yield "ask too", ", ".join(map(_extra, judgement.extras))


def _details(judgement: Judgement) -> Iterator[tuple[str, str]]:
    """Everything that was found out, a line each."""
    for unseen in judgement.unseen:
        yield "unseen", f"{unseen.id}: {_CAUSES[unseen.cause]} would show it"
    if judgement.coarse:
        yield "", f"to 3 digits only: {', '.join(judgement.coarse)}"
    for twins in judgement.twins:
        yield "alike", f"{_pair(twins)}: {_CAUSES[twins.cause]} would tell them apart"
    if judgement.close:
        yield "", f"to 3 digits only: {_count(judgement.close, 'more pair')}"
    yield from (("chance", _chance(chance)) for chance in judgement.chances if chance.three >= LEAST)
    small = sum(chance.three < LEAST for chance in judgement.chances)
    if small:
        yield "chance", f"less than {100 * LEAST:g}{_STUCK}% at {_count(small, 'question')}"
    yield from _corners(judgement, len(judgement.kinks) + len(judgement.flat))
    if judgement.extras:
        yield "ask too", ", ".join(map(_extra, judgement.extras))
    if judgement.elsewhere:
        elsewhere = judgement.elsewhere
        yield "besides", f"{_count(elsewhere, 'wrong rule')} {_verb(elsewhere, 'bear')} on nothing asked"


def _unseen(rules: Sequence[Unseen]) -> str:
    return _by_cause([(rule.cause, rule.id) for rule in rules], "")


def _alike(pairs: Sequence[Twins]) -> str:
    return _by_cause([(twins.cause, _pair(twins)) for twins in pairs], "pair")


def _by_cause(things: Sequence[tuple[Cause, str]], thing: str) -> str:
    """What other numbers would mend comes first: numbers are easily changed."""
    parts = []
    for cause in _CAUSES:
        named = [text for own, text in things if own == cause]
        if named:
            parts.append(f"by the {cause}: {_some(named[:NAMED], len(named), thing)}")
    return "; ".join(parts)


def _pair(twins: Twins) -> str:
    return f"{twins.first} = {twins.second}"


def _chance(chance: Chance) -> str:
    return (
        f"a random wrong number at {chance.question} passes for a known mistake with "
        f"{_percent(chance.three)} (4 digits: {_percent(chance.four)})"
    )


def _corners(judgement: Judgement, most: int) -> Iterator[tuple[str, str]]:
    if judgement.kinks:
        named = [f"{corner.what} at 0" for corner in judgement.kinks[:most]]
        yield "kink", f"{_some(named, len(judgement.kinks))}: the slope there is a convention"
    if judgement.flat:
        named = [_flat(corner) for corner in judgement.flat[:most]]
        yield "flat", f"{_some(named, len(judgement.flat))}: gradients behind it vanish"


def _flat(corner: Corner) -> str:
    return f"{corner.what} has the slope {corner.value:.2g}"


def _extra(extra: Extra) -> str:
    gains = []
    if extra.shows:
        gains.append(f"shows {extra.shows}")
    if extra.parts:
        gains.append(f"tells {_count(extra.parts, 'pair')} apart")
    if extra.helps:
        gains.append(f"helps with {extra.helps}" + ("" if extra.parts else f" {_noun(extra.helps, 'pair')}"))
    return f"{extra.ask} ({', '.join(gains)})"


def _some(named: Sequence[str], count: int, thing: str = "") -> str:
    more = count - len(named)
    rest = f" and {_count(more, f'more {thing}') if thing else f'{more} more'}" if more > 0 else ""
    return ", ".join(named) + rest


def _percent(share: float) -> str:
    if share < LEAST:
        return f"<{_STUCK}{100 * LEAST:g}{_STUCK}%"
    shown = f"{100 * share:.1f}" if share >= 0.001 else f"{100 * share:.2f}"
    return f"{shown}{_STUCK}%"


def _verb(number: int, verb: str) -> str:
    return f"{verb}s" if number == 1 else verb


def _noun(number: int, thing: str) -> str:
    return thing if number == 1 else f"{thing}s"


def _count(number: int, thing: str) -> str:
    return f"{number} {_noun(number, thing)}"
