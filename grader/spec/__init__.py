"""Specs: YAML files that say which networks are asked about, and what is asked.

Public: the types of `model`, `load`, `load_text` and `expand`. This room knows the expression language below it,
and nothing of engines, students or reports.
"""
