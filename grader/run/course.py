"""Loading a spec with its course's own misconceptions judged: each is used somewhere, or is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.diagnose.variants import Alternatives
from grader.engine.derive import derive
from grader.misconceptions import CATALOGUE, Misconception, Variant
from grader.misconceptions.course import AtStep, CourseError, read
from grader.misconceptions.view import View
from grader.record import field, mutable
from grader.source import Issue, Mark, SpecError
from grader.spec.rules import rule_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.spec.model import Assignment, CourseRule, Problem


@mutable
class _Use:
    """What became of one rule in the problems that it stands for."""

    rule: CourseRule
    errors: list[CourseError] = field(default_factory=list)
    read: int = 0
    variants: int = 0
    changed: bool = False


def refuse_useless(assignment: Assignment, lines: Sequence[str] = ()) -> None:
    """Check every rule of the course's own.

    Args:
        assignment: a loaded spec.
        lines: of its file, for excerpts.

    Raises:
        SpecError: with every rule that cannot be read, never applies, or equals the right one everywhere.
    """
    uses: dict[Mark, _Use] = {}
    issues: list[Issue] = []
    for problem in assignment.problems:
        if problem.misconceptions:
            issues += _try_in(problem, uses)
    issues += [issue for use in uses.values() for issue in _judged(use)]
    if issues:
        raise SpecError(dict.fromkeys(issues), lines)


def _try_in(problem: Problem, uses: dict[Mark, _Use]) -> list[Issue]:
    """Read a problem's rules and see what they change there."""
    view = View(derive(problem, whole=True))
    issues: list[Issue] = []
    seen: dict[str, CourseRule] = {}
    found: list[tuple[_Use, Misconception, list[Variant]]] = []
    for rule in problem.misconceptions:
        use = uses.setdefault(rule.mark, _Use(rule))
        before = seen.setdefault(rule_id(rule), rule)
        if before is not rule and before.mark != rule.mark:
            line = before.mark.line
            message = f'two misconceptions have the id "{rule_id(rule)}", the first in line {line}'
            issues.append(Issue(rule.marks.get("id", rule.marks["name"]), message))
        try:
            entry = read(rule, view)
        except CourseError as error:
            use.errors.append(error)
            continue
        use.read += 1
        found.append((use, entry, list(entry.variants(view))))
    _see_what_changes(view, found, issues)
    return issues


def _see_what_changes(
    view: View, found: Sequence[tuple[_Use, Misconception, list[Variant]]], issues: list[Issue]
) -> None:
    rights = {id(use): _right(entry) for use, entry, _ in found}
    variants = [v for use, _, own in found for v in (*own, *rights[id(use)])]
    if not variants:
        return
    changed = iter(Alternatives(view, variants).changed())
    for use, _, own in found:
        use.variants += len(own)
        for _ in own:
            use.changed |= next(changed)
        for stated in rights[id(use)]:
            if next(changed):
                message = f"this is not what {stated.steps[0].lstrip('+')} is in problem {view.problem.id}"
                rule = view.by_name[stated.steps[0]].rule
                issues.append(_issue(use.rule, "right", message, f"the rule is {_shown(rule)}"))


def _shown(rule: object) -> str:
    from grader.language import Expr, render

    return render(rule) if isinstance(rule, Expr) else ""


def _right(entry: Misconception) -> list[Variant]:
    """The right rule as the course states it, where it states one for a step."""
    rewrite = entry.rewrite
    if not isinstance(rewrite, AtStep):
        return []
    return [Variant(entry.id, (rewrite.step,), {rewrite.step: rewrite.right}, tied=True)]


def _judged(use: _Use) -> list[Issue]:
    rule = use.rule
    own = rule_id(rule)
    if own in CATALOGUE:
        mark = rule.marks.get("id", rule.marks["name"])
        return [Issue(mark, f'"{own}" is an id of the catalogue', "write another id:")]
    if not use.read and use.errors:
        first = use.errors[0]
        error = first.error
        return [_issue(rule, first.field, error.message, error.hint or None, error.start, error.end)]
    if not use.variants:
        hint = "one letter stands for anything, a longer name for that quantity; grade solve shows the rules"
        return [_issue(rule, "right", "no rule of any problem looks like this", hint)]
    if not use.changed:
        return [_issue(rule, "wrong", "this gives the same as the right rule in every problem")]
    return []


def _issue(
    rule: CourseRule,
    name: str,
    message: str,
    hint: str | None = None,
    start: int = 0,
    end: int | None = None,
) -> Issue:
    return Issue(_place(rule, name, start, end), message, hint)


def _place(rule: CourseRule, name: str, start: int, end: int | None) -> Mark:
    """The place of a part of a field's text, where the text stands in one line letter by letter."""
    mark, text = rule.marks[name], rule.fields[name]
    quote = 1 if mark.length == len(text) + len('""') else 0
    if end is None or mark.length != len(text) + 2 * quote or start >= len(text):
        return mark
    return Mark(mark.path, mark.line, mark.column + quote + start, max(1, min(end, len(text)) - start))
