"""The optimizers, written in the expression language: to add one, add an entry to the table.

In a rule `w` is the parameter, `g` its gradient, `t` the number of the step (from 1), `eta` the learning
rate; every other name on a left-hand side is a state, which starts at 0 and has the parameter's shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.record import field, record

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE_NAMES = ("w", "g", "t")
"""What an update rule may use besides the problem's names and its states."""


@record
class Rule:
    """One optimizer: its lines in order, and its constants with their usual values."""

    lines: tuple[str, ...]
    constants: Mapping[str, float] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """The names of its states."""
        return tuple(line.partition(" = ")[0] for line in self.lines if not line.startswith("w = "))


_ADAM = (
    "m = beta1*m + (1 - beta1)*g",
    "v = beta2*v + (1 - beta2)*g^2",
    "w = w - eta*(m/(1 - beta1^t))/(sqrt(v/(1 - beta2^t)) + eps)",
)
_SCALED = "w = w - eta*g/(sqrt(s) + eps)"

OPTIMIZERS: dict[str, Rule] = {
    "sgd": Rule(("w = w - eta*g",)),
    "momentum": Rule(("v = beta*v + g", "w = w - eta*v"), {"beta": 0.9}),
    "nesterov": Rule(("v = beta*v + g", "w = w - eta*(g + beta*v)"), {"beta": 0.9}),
    "adagrad": Rule(("s = s + g^2", _SCALED), {"eps": 1e-8}),
    "rmsprop": Rule(("s = rho*s + (1 - rho)*g^2", _SCALED), {"rho": 0.9, "eps": 1e-8}),
    "adam": Rule(_ADAM, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
}
