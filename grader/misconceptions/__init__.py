"""The catalogue of misconceptions: a file a family, an entry a wrong rule.

To add one, add an entry to its family's file: listing, example, search and lint follow from it.
"""

from grader.misconceptions.catalogue import CATALOGUE, entry
from grader.misconceptions.model import Example, Misconception, Variant

__all__ = ["CATALOGUE", "Example", "Misconception", "Variant", "entry"]
