"""All families put together, in the order of working."""

from __future__ import annotations

from grader.misconceptions.batches import BATCHES
from grader.misconceptions.chain import CHAIN
from grader.misconceptions.derivatives import DERIVATIVES
from grader.misconceptions.indices import INDICES
from grader.misconceptions.model import Misconception
from grader.misconceptions.paths import PATHS
from grader.misconceptions.penalties import PENALTIES
from grader.misconceptions.slips import SLIPS
from grader.misconceptions.updates import UPDATES
from grader.misconceptions.weights import WEIGHTS

CATALOGUE: dict[str, Misconception] = {
    m.id: m
    for m in (*DERIVATIVES, *CHAIN, *PATHS, *WEIGHTS, *BATCHES, *PENALTIES, *UPDATES, *INDICES, *SLIPS)
}


def entry(identifier: str) -> Misconception | None:
    """The misconception of an id, or None."""
    return CATALOGUE.get(identifier)
