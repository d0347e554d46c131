"""What students wrote, put in place of the worked solution's values, for reports that show their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from grader.compare.judge import Written
    from grader.compare.match import Place
    from grader.engine.solve import Hold
    from grader.engine.steps import Node, Target

    Array = NDArray[np.float64]


def held(targets: Mapping[str, Target], written: Mapping[str, Written]) -> dict[Node, Hold]:
    """What puts every value that was written in place of its step's.

    Args:
        targets: what each question asks.
        written: what was written, by question.
    """
    found: dict[Node, _Held] = {}
    for question, own in written.items():
        node = targets[question].node
        if node is not None:
            found.setdefault(node, _Held([])).parts.append((targets[question].place, own))
    return {**found}


class _Held(NamedTuple):
    """Puts what was written in place of a step's value, element by element."""

    parts: list[tuple[Place | None, Written]]

    def __call__(self, value: Array) -> tuple[Array, NDArray[np.bool_]]:
        """The value (bounds in front, where there are any) with what was written in it, and where that is."""
        students = self.parts[0][1].value.shape[2]
        points = max(value.shape[-1], *(own.value.shape[-1] for _, own in self.parts))
        out = np.array(np.broadcast_to(value, (*value.shape[:-2], students, points)))
        mask = np.zeros((*out.shape[-4:-1], 1), dtype=bool)
        for place, own in self.parts:
            rows, columns = (slice(None), slice(None)) if place is None else (slice(k, k + 1) for k in place)
            at = (..., rows, columns, slice(None), slice(None))
            out[at] = np.where(own.present, own.value, out[at])
            mask[at] |= own.present
        return out, mask
