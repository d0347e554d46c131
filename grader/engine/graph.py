"""What a quantity of the worked solution is computed from, over training steps too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine.steps import Node
from grader.language.tree import quantities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.engine.derive import Plan

# Beyond this many nodes (a training run of thousands of steps) a search stops: what is far back is left out.
_MOST = 20_000


class Ancestry:
    """Answers which nodes others are computed from.

    Args:
        plan: the worked solution.
    """

    def __init__(self, plan: Plan) -> None:
        self.rules = {step.name: quantities(step.rule) for step in plan.steps}
        self._parents: dict[Node, list[Node]] = {}

    def parents(self, node: Node) -> list[Node]:
        """The nodes in a node's own rule."""
        found = self._parents.get(node)
        if found is None:
            found = self._parents[node] = self._looked_up(node)
        return found

    def _looked_up(self, node: Node) -> list[Node]:
        if node.name in self.rules:
            return [_node(n, node.time) for n in self.rules[node.name]]
        after = "+" + node.name
        if node.time > 0 and after in self.rules:
            return [_node(n, node.time - 1) for n in self.rules[after]]
        return []

    def of(self, nodes: Iterable[Node]) -> set[Node]:
        """Every node that some nodes are computed from, themselves left out."""
        waiting = [p for n in nodes for p in self.parents(n)]
        seen: set[Node] = set()
        while waiting and len(seen) < _MOST:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(self.parents(node))
        return seen


def _node(base: str, time: int) -> Node:
    return Node(base[1:], time + 1) if base[0] == "+" else Node(base, time)
