"""A run that is computed only where it differs is the whole run."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.engine.choices import Choices, OwnRule
from grader.engine.derive import derive
from grader.engine.rerun import Changed, Pick, Rerun
from grader.engine.rounding import Rounding
from grader.engine.solve import Engine, Hold, Run, Trace, matrix
from grader.engine.steps import Node
from grader.language.parse import parse
from grader.language.scope import Scope
from grader.language.tree import Expr, name, rename
from tests.engine.worked import problem

Array = NDArray[np.float64]

NETWORK = """
network:
  inputs: {x: [0.5, -0.3]}
  targets: {y: 1}
  layers:
    - {weights: {W1: [[0.2, -0.4], [0.7, 0.1]]}, bias: {b1: [0.1, 0.3]}, activation: sigmoid,
       pre: z1, out: a1}
    - {weights: {W2: [[0.6, -0.2]]}, bias: {b2: [0.2]}, activation: sigmoid, pre: z2, out: yhat}
  loss: {L: binary_cross_entropy}
  learning_rate: {eta: 0.5}
  optimizer: momentum
questions: [z1, a1, z2, yhat, L, dL/dz2, dL/dW2, dL/dz1, dL/dW1,
            new(W1), "new(W2, 2)", "new(L, 2)", "L - yhat"]
"""
STUDENTS = 6
HELD = (Node("a1", 0), Node("dL/dW2", 0), Node("W1", 1), Node("z2", 1))
COLUMNS = np.array([0, 0, 1, 2, 3, 3, 4, 5, 5, 5])
# A wrong rule at a step, and the columns that follow it; the first is followed by some students anyway.
RULES = (
    ("dL/dz1", "W2^T @ dL_dz2 * a1", np.array([1, 3, 4, 5]), True),
    ("z2", "W2 @ a1 - b2", np.array([0, 2, 9]), False),
    ("dL/dz1", "W2^T @ dL_dz2", np.array([4, 6]), False),
    ("+W1", "W1 + eta*dL_dW1", np.array([1, 7]), False),
)
STANDING = np.array([0, 2, 3])  # the students behind columns 1, 3, 4 and 5


class Setting:
    """One problem, what its students wrote, and how they round."""

    def __init__(self) -> None:
        self.plan = derive(problem(NETWORK))
        self.engine = Engine(self.plan)
        targets = self.plan.targets.values()
        self.keep = tuple(
            dict.fromkeys(n for t in targets for n in (*t.nodes, *([t.node] if t.node else [])))
        )
        rng = np.random.default_rng(2)
        trace = self.engine.solve(HELD, horizon=2)
        self.written = {
            n: np.round(trace.values[n] * rng.choice([1.0, 1.0, 1.7], (1, 1, STUDENTS, 1)), 3) for n in HELD
        }
        self.digits = np.array([np.inf, 3.0, 4.0, np.inf, 2.0, 5.0])
        self.rules = [OwnRule(self.engine.program, self._rule(text)) for _, text, _, _ in RULES]

    def _rule(self, text: str) -> Expr:
        scope = Scope(frozenset({"W1", "W2", "a1", "b2", "eta", "dL_dz2", "dL_dW1"}))
        return rename(parse(text, scope), lambda n: n.replace("dL_d", "dL/d"))

    def rounding(self, students: NDArray[np.intp]) -> Rounding:
        """Significant digits, no decimals."""
        return Rounding(self.digits[students], np.zeros(students.size))

    def hold(self, node: Node, students: NDArray[np.intp]) -> Hold | None:
        """Whatever was written, as an exact number."""
        written = self.written.get(node)
        if written is None:
            return None

        def held(value: Array) -> tuple[Array, NDArray[np.bool_]]:
            own = written[:, :, students]
            shape = np.broadcast_shapes(value.shape, (3, *own.shape))
            return np.broadcast_to(own, shape), np.ones((*own.shape[:3], 1), dtype=bool)

        return held

    def whole(self, students: NDArray[np.intp], picks: list[Pick], inputs: dict[str, Array]) -> Trace:
        """Every column computed from its beginning."""
        chosen: dict[str, list[tuple[OwnRule, NDArray[np.intp]]]] = {}
        for pick in picks:
            chosen.setdefault(pick.step, []).append((pick.rule, pick.columns))
        held = {n: h for n in HELD if (h := self.hold(n, students)) is not None}
        choices = Choices(self.engine.program, self.engine.index, chosen, students.size)
        run = Run(self.engine, self.keep, held, self.rounding(students), choices, bounds=True)
        with np.errstate(all="ignore"):
            return run.go(self.engine.inputs(inputs), 2, record=True)


def spread(value: Array, width: int) -> Array:
    """A value with bounds and a column for each."""
    return np.broadcast_to(value, (3, *value.shape[1:-2], width, value.shape[-1]))


@pytest.fixture(scope="module")
def setting() -> Setting:
    """Made once: the tests change nothing in it."""
    return Setting()


def test_only_what_changes_is_computed_again(setting: Setting) -> None:
    """Wrong rules, kept rules and a given read wrongly: values before and after holding, to the last bit."""
    everyone = np.arange(STUDENTS)
    base = setting.whole(everyone, [Pick("dL/dz1", setting.rules[0], STANDING, before=True)], {})
    picks = [
        Pick(step, rule, columns, before)
        for (step, _, columns, before), rule in zip(RULES, setting.rules, strict=True)
    ]
    given = matrix(setting.plan.problem.given["b1"]) * np.array([1, 1, 1, 1, 1, 1, 1, 1, -1.0, 1])[:, None]
    whole = setting.whole(COLUMNS, picks, {"b1": given})
    run = Rerun(
        setting.engine,
        base,
        COLUMNS,
        setting.rounding(COLUMNS),
        lambda node, columns: setting.hold(node, COLUMNS[columns]),
        picks,
    )
    run.go(2, {"b1": Changed(np.array([8]), given[:, :, 8:9])})
    assert run.values, "nothing changed"
    for node in setting.keep:
        for found, old, wanted in (
            (run.values, base.values, whole.values),
            (run.used, base.used, whole.used),
        ):
            value = np.array(spread(old[node], STUDENTS)[..., COLUMNS, :])
            changed = found.get(node)
            if changed is not None:
                value[..., changed.columns, :] = changed.values
            np.testing.assert_array_equal(value, spread(wanted[node], COLUMNS.size), str(node))
    target = setting.plan.targets["L - yhat"]
    changed = run.target(target)
    assert changed is not None
    by_name = {n.name: whole.used[n] for n in target.nodes}
    difference = by_name["L"][0] - by_name["yhat"][0]
    np.testing.assert_array_equal(changed.values[0], difference[:, :, changed.columns])


def test_a_held_value_ends_a_change(setting: Setting) -> None:
    """Where a1 is held, another rule for it changes nothing behind it, until a step in which it is not."""
    everyone = np.arange(STUDENTS)
    base = setting.whole(everyone, [], {})
    wrong = OwnRule(setting.engine.program, name("z1"))
    run = Rerun(
        setting.engine,
        base,
        everyone,
        setting.rounding(everyone),
        setting.hold,
        [Pick("a1", wrong, np.array([2]), before=False)],
    )
    run.go(2, {})
    assert [node for node in run.values if node.time == 0] == [Node("a1", 0)]
    assert run.values[Node("a1", 0)].columns.tolist() == [2]
    assert not [node for node in run.used if node.time == 0]
    assert Node("z2", 1) in run.values
    assert Node("z2", 1) not in run.used
    assert run.used[Node("L", 2)].columns.tolist() == [2]
