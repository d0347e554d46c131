"""What is said about an exercise, as data."""

from __future__ import annotations

from typing import Literal, NamedTuple

Cause = Literal["numbers", "questions"]
"""Other numbers would show it, or only further questions."""


class Unseen(NamedTuple):
    """A wrong rule, by its id, that changes no asked number."""

    id: str
    cause: Cause


class Twins(NamedTuple):
    """Two wrong rules that give the same asked numbers."""

    first: str
    second: str
    cause: Cause


class Chance(NamedTuple):
    """How likely a random wrong number at a question is taken for a mistake, written to 3 and 4 digits."""

    question: str
    three: float
    four: float


class Corner(NamedTuple):
    """A function at a point where a gradient says little: ``relu(z1[2])`` and its value or slope there."""

    what: str
    value: float


class Extra(NamedTuple):
    """A further question: what it would show and tell apart of what those before it in the list leave.

    Args:
        ask: the quantity.
        shows: how many unseen rules.
        parts: how many pairs it tells apart.
        helps: how many more it tells apart at some of the places where they act.
    """

    ask: str
    shows: int
    parts: int
    helps: int = 0


class Judgement(NamedTuple):
    """One problem judged.

    Args:
        problem: its id.
        rules: how many wrong rules bear on what is asked.
        elsewhere: how many more concern only what nothing asked hangs on.
        unseen: those that change no asked number at four digits.
        coarse: the ids that change one at four digits but none at three.
        twins: pairs that give the same asked numbers at four digits.
        close: how many more pairs do at three.
        chances: by question; only where the answer is a number.
        kinks: functions at a point where their slope is a convention.
        flat: units whose slope is next to nothing.
        extras: the further questions that would help most, best first.
        too_large: whether there is too much to work out; nothing else is said then.
    """

    problem: str
    rules: int = 0
    elsewhere: int = 0
    unseen: tuple[Unseen, ...] = ()
    coarse: tuple[str, ...] = ()
    twins: tuple[Twins, ...] = ()
    close: int = 0
    chances: tuple[Chance, ...] = ()
    kinks: tuple[Corner, ...] = ()
    flat: tuple[Corner, ...] = ()
    extras: tuple[Extra, ...] = ()
    too_large: bool = False
