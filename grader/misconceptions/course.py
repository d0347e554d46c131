"""A course's own misconceptions, from ``misconceptions:`` in a spec: entries like those of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import names
from grader.engine.resolve import Resolver
from grader.errors import ExpressionError
from grader.language.parse import SPEC, parse
from grader.language.scope import Scope, check_names
from grader.language.shapes import infer_shape, show_shape
from grader.language.tree import Expr, key, quantities, rename
from grader.misconceptions.model import Misconception
from grader.misconceptions.parts import brought_forward
from grader.misconceptions.patterns import letters_in, read_pattern, replaced
from grader.record import record
from grader.spec.rules import rule_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.engine.steps import Step
    from grader.misconceptions.view import View
    from grader.spec.model import CourseRule

SOURCE = "the course"


class CourseError(Exception):
    """A field of a rule that cannot be used in a problem, with what is wrong in its text."""

    def __init__(self, field: str, error: ExpressionError) -> None:
        super().__init__(error.message)
        self.field = field
        self.error = error


@record
class Everywhere:
    """Puts one pattern in place of another, wherever it stands in a step's rule."""

    right: Expr
    wrong: Expr

    def __call__(self, step: Step, view: View) -> Iterator[Expr]:
        """The step's rule with the wrong pattern in it, if the right one is there."""
        rule = replaced(step.rule, self.right, self.wrong, view)
        if rule is not None:
            yield brought_forward(step, rule, view)


@record
class AtStep:
    """Puts a wrong rule in place of one step's, whatever the right one looks like.

    Args:
        step: its base name.
        right: the right rule as the course writes it, over base names.
        wrong: the wrong one.
    """

    step: str
    right: Expr
    wrong: Expr

    def __call__(self, step: Step, view: View) -> Iterator[Expr]:
        """The wrong rule, at its step."""
        if step.name == self.step:
            yield brought_forward(step, self.wrong, view)


def course_entries(view: View) -> dict[str, Misconception]:
    """The course's own rules that can be read in a problem, by id.

    Args:
        view: the problem's worked solution.
    """
    found = {}
    for rule in view.problem.misconceptions:
        try:
            found[rule_id(rule)] = read(rule, view)
        except CourseError:
            continue  # it speaks of what this problem does not have; one that no problem has is an error
    return found


def read(rule: CourseRule, view: View) -> Misconception:
    """A rule as an entry for one problem.

    Raises:
        CourseError: where it cannot be read in this problem.
    """
    fields = rule.fields
    right, wrong = fields["right"], fields["wrong"]
    rewrite = _at_step(right, wrong, view) if "=" in right else _everywhere(right, wrong, view)
    return Misconception(
        id=rule_id(rule),
        title=fields["name"],
        belief=wrong,
        feedback=fields["feedback"],
        right=right,
        wrong=wrong,
        rewrite=rewrite,
        source=(SOURCE,),
    )


def _everywhere(right: str, wrong: str, view: View) -> Everywhere:
    patterns = []
    for field, text in (("right", right), ("wrong", wrong)):
        try:
            patterns.append(read_pattern(text, view))
        except ExpressionError as error:
            raise CourseError(field, error) from None
    if patterns[0].op in ("any", "num"):
        message = "a letter or number alone is found in every rule"
        hint = "write the part of the rule that is mistaken, as w - eta*g"
        raise CourseError("right", ExpressionError(message, 0, len(right), hint))
    problem = view.problem
    strange = sorted(letters_in(patterns[1]) - letters_in(patterns[0]) - problem.shapes.keys())
    if strange:
        at = wrong.find(strange[0])
        message = f'"{strange[0]}" stands for nothing: it is not in right: {right}'
        raise CourseError("wrong", ExpressionError(message, at, at + 1))
    return Everywhere(patterns[0], patterns[1])


def _at_step(right: str, wrong: str, view: View) -> AtStep:
    left, rule, offset = _halves(right)
    step = _base(left, "right", 0, view)
    if step.op != "name" or str(step.value) not in view.by_name:
        message = f'"{left.strip()}" is no step of the worked solution'
        raise CourseError("right", ExpressionError(message, _lead(left), len(left.rstrip())))
    own = view.by_name[str(step.value)]
    other, wrong_rule, wrong_offset = _halves(wrong)
    if other.strip() and key(_base(other, "wrong", 0, view)) != key(step):
        message = f'the rule replaced is that of "{left.strip()}", this one is of "{other.strip()}"'
        raise CourseError("wrong", ExpressionError(message, _lead(other), len(other.rstrip())))
    return AtStep(
        own.name,
        _sized(rule, "right", offset, own, view),
        _sized(wrong_rule, "wrong", wrong_offset, own, view),
    )


def _halves(text: str) -> tuple[str, str, int]:
    """``z = rule`` at its sign; without one, no quantity and the whole text."""
    left, sign, rule = text.partition("=")
    return (left, rule, len(left) + 1) if sign else ("", text, 0)


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


def _sized(text: str, field: str, offset: int, step: Step, view: View) -> Expr:
    expr = _base(text, field, offset, view)
    try:
        shape = infer_shape(expr, view.shapes, view.problem.index_base)
    except ExpressionError as error:
        raise CourseError(field, _moved(error, offset)) from None
    except KeyError as error:
        message = f"{error} is no step of the worked solution"
        raise CourseError(field, ExpressionError(message, offset, offset + len(text))) from None
    if shape != step.shape:
        shown = names.timed(step.name, 0)
        message = f"{shown} is {show_shape(step.shape)}, this is {show_shape(shape)}"
        raise CourseError(field, ExpressionError(message, offset + _lead(text), offset + len(text.rstrip())))
    if step.name in quantities(expr):
        message = f"{names.timed(step.name, 0)} cannot be made of itself"
        raise CourseError(field, ExpressionError(message, offset + _lead(text), offset + len(text.rstrip())))
    return expr


def _base(text: str, field: str, offset: int, view: View) -> Expr:
    """An expression over base names; ``new(w)`` is the value that this training step gives."""
    problem = view.problem
    scope = Scope(frozenset({*problem.shapes, *problem.aliases}), problem.log_base)
    resolver = Resolver(problem)
    try:
        expr = parse(text, scope, SPEC)
        check_names(expr, scope)
        timed = resolver.resolve(expr)
    except ExpressionError as error:
        raise CourseError(field, _moved(error, offset)) from None
    if any(n.time > 1 for n in resolver.nodes.values()):
        message = "a rule is about one training step: new(...) or state(...), without a number of steps"
        raise CourseError(field, ExpressionError(message, offset + _lead(text), offset + len(text)))
    bases = {n: ("+" if node.time else "") + node.name for n, node in resolver.nodes.items()}
    return rename(timed, lambda n: bases[n])


def _moved(error: ExpressionError, offset: int) -> ExpressionError:
    return ExpressionError(error.message, error.start + offset, error.end + offset, error.hint)
