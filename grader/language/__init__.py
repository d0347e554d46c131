"""The expression language of specs and answers: read, written, sized, derived, evaluated."""

from grader.language.functions import ACTIVATIONS, FUNCTIONS, SPELLINGS, Function
from grader.language.parse import ANSWER, SPEC, Limits, parse
from grader.language.render import format_number, render
from grader.language.scope import Scope, check_names
from grader.language.tree import Expr, names_in, quantities

__all__ = [
    "ACTIVATIONS",
    "ANSWER",
    "FUNCTIONS",
    "SPEC",
    "SPELLINGS",
    "Expr",
    "Function",
    "Limits",
    "Scope",
    "check_names",
    "format_number",
    "names_in",
    "parse",
    "quantities",
    "render",
]
