"""Pausing Python's search for cyclic garbage while a class is read and judged.

What is made then are hundreds of thousands of small tuples without cycles, which that search would walk
over and over: measured, a quarter of the time of a class, and of an answer written as a formula.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def paused() -> Iterator[None]:
    """No cyclic collection inside; afterwards as it was before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
