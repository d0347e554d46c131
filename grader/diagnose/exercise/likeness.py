"""Which wrong rules show in some numbers, and which of them show in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grader.diagnose.exercise.numbers import same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.diagnose.exercise.numbers import Table

    Mask = NDArray[np.bool_]
    Pairs = NDArray[np.intp]

_PART = 200_000


def shown(table: Table, digits: float | None) -> Mask:
    """For each variant whether any number of the table differs from the right one, (variants,)."""
    return np.asarray(shown_in(table, digits).any(axis=0))


def shown_in(table: Table, digits: float | None) -> Mask:
    """The same number by number, (rows, variants)."""
    return ~same(table.values[:, 1:], table.values[:, :1], digits)


@dataclass(frozen=True, slots=True)
class Same:
    """Pairs of variants that give the same numbers.

    Args:
        first, second: their numbers.
    """

    first: Pairs
    second: Pairs

    def still(self, table: Table, digits: float | None) -> Mask:
        """For each pair whether it gives the same numbers in another table, too."""
        alike = np.ones(len(self.first), dtype=bool)
        for row in range(table.values.shape[0]):
            left = np.flatnonzero(alike)
            for part in np.array_split(left, max(1, len(left) * table.values.shape[-1] // _PART)):
                values = table.values[row : row + 1]
                a, b = values[:, 1 + self.first[part]], values[:, 1 + self.second[part]]
                alike[part] = same(a, b, digits)[0]
        return alike

    def chosen(self, which: Mask) -> Same:
        """Some of the pairs."""
        return Same(self.first[which], self.second[which])


def same_numbers(table: Table, digits: float | None, kinds: Pairs, among: Mask) -> Same:
    """The pairs of variants of different kinds that give the same numbers throughout a table.

    Args:
        table: the numbers.
        digits: to how many digits; as formulas where None.
        kinds: for each variant a number that its rule has for all its variants.
        among: the variants that count.
    """
    of = np.flatnonzero(among)
    seen = shown_in(table, digits)[:, of]
    # Who changes the same numbers may be alike; others are not.
    groups: dict[bytes, list[int]] = {}
    for at, variant in enumerate(of.tolist()):
        groups.setdefault(seen[:, at].tobytes(), []).append(variant)
    first: list[Pairs] = []
    second: list[Pairs] = []
    for group in groups.values():
        members = np.array(group, dtype=np.intp)
        i, j = np.triu_indices(len(members), 1)
        other = kinds[members[i]] != kinds[members[j]]
        first.append(members[i[other]])
        second.append(members[j[other]])
    pairs = Same(_joined(first), _joined(second))
    return pairs.chosen(pairs.still(table, digits))


def _joined(parts: list[Pairs]) -> Pairs:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
