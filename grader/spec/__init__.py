"""Specs: YAML files that say which networks are asked about, and what is asked.

`load` gives an `Assignment` (the types are in `model`) or raises a `SpecError` with all that is wrong;
`inspect` gives the warnings as well; `expand` writes an assignment out in the general form. This room
knows the expression language below it, and nothing of engines, students or reports.
"""

from grader.source import SpecError
from grader.spec.expand import expand
from grader.spec.loader import inspect, inspect_text, load, load_text

__all__ = ["SpecError", "expand", "inspect", "inspect_text", "load", "load_text"]
