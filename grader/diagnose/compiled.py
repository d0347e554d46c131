"""A worked solution compiled together with every wrong rule at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.compare.outputs import slopes_from_outputs
from grader.engine.choices import OwnRule
from grader.engine.solve import Engine
from grader.language.tree import key, quantities
from grader.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.engine.derive import Plan
    from grader.misconceptions.model import Variant


@record
class Compiled:
    """A worked solution made ready for wrong rules; built once a problem.

    Args:
        plan: the worked solution.
        engine: the same, compiled.
        variants: the wrong rules at their places.
        rules: for each variant, (step, compiled rule); behind them, without a variant, the right rules with
            slopes taken from activations.
    """

    plan: Plan
    engine: Engine
    variants: tuple[Variant, ...]
    rules: tuple[tuple[tuple[str, OwnRule], ...], ...]

    @classmethod
    def of(cls, plan: Plan, variants: Sequence[Variant]) -> Compiled:
        """Compile the wrong rules, equal ones once."""
        engine = Engine(plan)
        known = {*plan.problem.given, *plan.problem.symbols, *engine.program.slots}
        usable = [v for v in variants if all(quantities(r) <= known for r in v.rules.values())]
        for rules_ in (*(v.rules for v in usable), slopes_from_outputs(plan)):
            for n in sorted({n for rule in rules_.values() for n in quantities(rule)}):
                engine.program.slot(n)
        seen: dict[object, OwnRule] = {}
        rules = []
        for variant in usable:
            own = []
            for step, rule in variant.rules.items():
                k = key(rule)
                if k not in seen:
                    seen[k] = OwnRule(engine.program, rule)
                own.append((step, seen[k]))
            rules.append(tuple(own))
        rules.append(
            tuple((step, OwnRule(engine.program, rule)) for step, rule in slopes_from_outputs(plan).items())
        )
        return cls(plan, engine, tuple(usable), tuple(rules))
