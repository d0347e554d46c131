"""All families put together, in the order of working."""

from __future__ import annotations

from grader.misconceptions.activations import ACTIVATIONS
from grader.misconceptions.batches import BATCHES
from grader.misconceptions.chain import CHAIN
from grader.misconceptions.derivatives import DERIVATIVES
from grader.misconceptions.forward import FORWARD
from grader.misconceptions.indices import INDICES
from grader.misconceptions.losses import LOSSES
from grader.misconceptions.model import Misconception
from grader.misconceptions.outputs import OUTPUTS
from grader.misconceptions.paths import PATHS
from grader.misconceptions.penalties import PENALTIES
from grader.misconceptions.rectifiers import RECTIFIERS
from grader.misconceptions.slips import SLIPS
from grader.misconceptions.softmax import SOFTMAX
from grader.misconceptions.updates import UPDATES
from grader.misconceptions.weights import WEIGHTS

_FAMILIES = (
    FORWARD,
    ACTIVATIONS,
    SOFTMAX,
    LOSSES,
    OUTPUTS,
    DERIVATIVES,
    RECTIFIERS,
    CHAIN,
    PATHS,
    WEIGHTS,
    BATCHES,
    PENALTIES,
    UPDATES,
    INDICES,
    SLIPS,
)
CATALOGUE: dict[str, Misconception] = {m.id: m for family in _FAMILIES for m in family}


def entry(identifier: str) -> Misconception | None:
    """The misconception of an id, or None."""
    return CATALOGUE.get(identifier)
