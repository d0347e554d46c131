"""How quantities are called: derivatives, quantities after training steps, optimizer states.

A *base* name is a quantity before any training step (``a1``, ``dL/dw2``, ``state(v,W1)``); a *timed*
name says after how many (``new(w2)``, ``new(dL/dw2,3)``, ``state(v,W1)`` after one). Inside an update
rule ``+w2`` is the value that the step is about to give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.spec.model import Problem

STEP_NUMBER = "#t"


def derivative(of: str, wrt: str) -> str:
    """``dL/dw2``."""
    return f"d{of}/d{wrt}"


def state(name: str, parameter: str) -> str:
    """The base name of an optimizer's state for one parameter."""
    return f"state({name},{parameter})"


def is_state(base: str) -> bool:
    """Whether a base name is an optimizer's state."""
    return base.startswith("state(")


def timed(base: str, time: int) -> str:
    """The name after ``time`` training steps.

    A state is asked by the step that gives it, so ``state(v,W1)`` is its value after one.
    """
    if base.startswith("+"):
        return timed(base[1:], time + 1)
    if is_state(base):
        return base if time == 1 else f"{base[:-1]},{time})"
    if time == 0:
        return base
    return f"new({base})" if time == 1 else f"new({base},{time})"


def moves(base: str, problem: Problem) -> bool:
    """Whether training changes a quantity; a constant keeps its plain name."""
    train = problem.train
    if base not in problem.given and base not in problem.symbols:
        return True
    if train is None:
        return False
    return base in train.parameters or any(base in example for example in train.examples)
