"""The backward pass of a graph of equations, as named steps in the order in which one works by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.stable import slope_through_logs, stable_quotients, stable_value
from grader.engine.steps import Stable, Step
from grader.language.differentiate import backward
from grader.language.logs import squashing
from grader.language.shapes import NUMBER
from grader.language.tree import ONE, ZERO, Expr, add, call, name, quantities, transpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.language.shapes import Shape
    from grader.spec.model import Problem

_ELEMENT = re.compile(r"^(?P<name>.+)\[(?P<row>\d+)(?:,(?P<column>\d+))?\]$")


def topological(problem: Problem) -> list[tuple[str, Expr]]:
    """The equations so that each stands behind those that it uses."""
    rules = {equation.name: equation.expr for equation in problem.equations}
    waiting = {n: set(quantities(rule)) & rules.keys() for n, rule in rules.items()}
    users: dict[str, list[str]] = {n: [] for n in rules}
    for n, needs in waiting.items():
        for need in needs:
            users[need].append(n)
    ready = [n for n in rules if not waiting[n]]
    ordered: list[tuple[str, Expr]] = []
    at = 0
    while at < len(ready):
        current = ready[at]
        at += 1
        ordered.append((current, rules[current]))
        for user in users[current]:
            waiting[user].discard(current)
            if not waiting[user]:
                ready.append(user)
    return _keep_written_order(ordered, list(rules))


def _keep_written_order(ordered: list[tuple[str, Expr]], written: list[str]) -> list[tuple[str, Expr]]:
    """The order as written where that is a right order already."""
    rules = dict(ordered)
    seen: set[str] = set()
    for n in written:
        if not (quantities(rules[n]) & rules.keys()) <= seen:
            return ordered
        seen.add(n)
    return [(n, rules[n]) for n in written]


class Derivation:
    """Works out derivatives of one problem's quantities, each target in one sweep.

    Args:
        problem: the graph.
        shapes: sizes of all base names; the derivatives' sizes are added.
    """

    def __init__(self, problem: Problem, shapes: dict[str, Shape]) -> None:
        self.problem = problem
        self.shapes = shapes
        self.equations = topological(problem)
        self.uses = {n: quantities(rule) for n, rule in self.equations}
        self.rules = dict(self.equations)
        self.stable = {n: stable_value(rule, self.rules) for n, rule in self.equations}
        self.logged = {output for s in self.stable.values() if s for output in s.outputs}
        self.steps: dict[str, Step] = {}

    def derive(self, wanted: Iterable[tuple[str, str]]) -> list[Step]:
        """The steps that give every wanted (of, wrt)."""
        by_target: dict[str, list[str]] = {}
        assembled: list[tuple[str, str]] = []
        for of, wrt in wanted:
            if of == wrt:
                continue
            size = self._target_shape(of)
            if size == NUMBER:
                by_target.setdefault(of, []).append(wrt)
                continue
            assembled.append((of, wrt))
            for i in range(max(size)):
                by_target.setdefault(f"{of}[{i + self.problem.index_base}]", []).append(wrt)
        for of, sources in by_target.items():
            self._sweep(of, dict.fromkeys(sources))
        for of, wrt in assembled:
            self._jacobian(of, wrt)
        return list(self.steps.values())

    def _target_shape(self, of: str) -> Shape:
        return self.shapes.get(of, NUMBER)

    def forward(self) -> list[Step]:
        """The equations as steps."""
        return [Step(n, "forward", rule, self.shapes[n], self.stable.get(n)) for n, rule in self.equations]

    def _sweep(self, target: str, sources: Mapping[str, None]) -> None:
        root, seed = self._seed(target)
        active = self._active(root, sources)
        found: dict[str, list[Expr]] = {root: [seed]}
        better: dict[str, list[Expr]] = {}
        ups: dict[str, Expr] = {}
        pending = dict.fromkeys(active, 0)
        for n, rule_uses in self.uses.items():
            if n in active:
                for used in rule_uses & active:
                    pending[used] += 1
        if root in sources:
            self._emit(target, root, [seed])
        for n, rule in reversed(self.equations):
            if n not in active or n not in found:
                continue
            up = seed if n == root and target == root else name(names.derivative(target, n))
            if n == root and target != root:
                up = self._root_step(target, root, seed)
            ups[n] = up
            contributions = backward(rule, up, active - {n}, self.shapes, self.problem.index_base)
            stable = self._through_logs(n, ups, active) if n in self.logged else contributions
            for used in self._in_order(contributions, self.uses[n] & active):
                found.setdefault(used, []).extend(contributions.get(used, []))
                better.setdefault(used, []).extend(stable.get(used, []))
                pending[used] -= 1
                if pending[used] == 0:
                    self._emit(target, used, found[used], better[used])

    def _in_order(self, contributions: Mapping[str, list[Expr]], used: frozenset[str]) -> list[str]:
        """Parameters first, then the quantities through which the sweep goes on."""
        listed = [n for n in contributions if n in used] + sorted(used - contributions.keys())
        return sorted(listed, key=lambda n: n in self.uses)

    def _seed(self, target: str) -> tuple[str, Expr]:
        """The equation at which a sweep begins, and the derivative of the target by it."""
        if target in self.shapes:
            return target, ONE
        match = _ELEMENT.match(target)
        root = match["name"] if match else target
        columns = self.shapes[root][1]
        first = int(match["row"]) - self.problem.index_base if match else 0
        if match and match["column"]:
            place = (first, int(match["column"]) - self.problem.index_base)
        else:
            place = (first, 0) if columns == 1 else (0, first)
        return root, Expr("place", (ONE, name(root)), place)

    def _root_step(self, target: str, root: str, seed: Expr) -> Expr:
        """The unit vector that a Jacobian's row starts from, as a step of its own."""
        own = names.derivative(target, root)
        if own not in self.steps:
            self.shapes[own] = self.shapes[root]
            self.steps[own] = Step(own, "backward", seed, self.shapes[root])
        return name(own)

    def _active(self, root: str, sources: Mapping[str, None]) -> frozenset[str]:
        """The quantities on a path from a source to the target."""
        moved = set(sources)
        for n, _ in self.equations:
            if not self.uses[n].isdisjoint(moved):
                moved.add(n)
        reached = {root}
        for n, _ in reversed(self.equations):
            if n in reached:
                reached |= self.uses[n] & moved
        return frozenset(reached & (moved | {root}))

    def _through_logs(self, n: str, ups: Mapping[str, Expr], active: frozenset[str]) -> dict[str, list[Expr]]:
        """What an output passes on when it is not gone through itself, but through its logarithms."""
        rule = self.rules[n]
        argument = (squashing(rule) or rule).args[0]
        users = {m: (self.rules[m], up) for m, up in ups.items() if n in self.uses[m]}
        by_argument, by_output = slope_through_logs(n, rule, users, self.shapes, self.problem.index_base)
        passed: dict[str, list[Expr]] = {}
        for part, up in ((argument, by_argument), (rule, by_output)):
            for used, terms in backward(part, up, active - {n}, self.shapes, self.problem.index_base).items():
                passed.setdefault(used, []).extend(terms)
        return passed

    def _emit(
        self, target: str, wrt: str, contributions: list[Expr], better: list[Expr] | None = None
    ) -> None:
        own = names.derivative(target, wrt)
        if own in self.steps:
            return
        shape = self.shapes[wrt]
        rule = add(*contributions)
        if rule == ZERO and shape != NUMBER:
            rule = Expr("mul", (ZERO, call("ones", name(wrt))))
        self.shapes[own] = shape
        self.steps[own] = Step(own, "backward", rule, shape, self._stable_slope(wrt, rule, better))

    def _stable_slope(self, wrt: str, rule: Expr, better: list[Expr] | None) -> Stable | None:
        """What stands in for a derivative's rule where an output behind it is saturated."""
        if better is not None and (other := add(*better)) not in (rule, ZERO):
            used = quantities(other) & self.logged
            return Stable(other, tuple(sorted(used))) if used else None
        return stable_quotients(rule, wrt) if wrt in self.logged else None

    def _jacobian(self, of: str, wrt: str) -> None:
        """Put a vector's derivatives together, a row for each of its elements."""
        own = names.derivative(of, wrt)
        if own in self.steps:
            return
        parts = [
            names.derivative(f"{of}[{i + self.problem.index_base}]", wrt) for i in range(max(self.shapes[of]))
        ]
        if not self.steps.keys() >= set(parts):
            return  # no path
        rows = []
        for part in parts:
            row = name(part)
            rows.append(row if self.shapes[wrt][1] != 1 or self.shapes[wrt] == NUMBER else transpose(row))
        shape = (max(self.shapes[of]), max(self.shapes[wrt]))
        self.shapes[own] = shape
        self.steps[own] = Step(own, "backward", call("concat", *rows), shape)

    def missing(self, wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The wanted derivatives that no path gives."""
        return [(of, wrt) for of, wrt in wanted if of != wrt and names.derivative(of, wrt) not in self.steps]
