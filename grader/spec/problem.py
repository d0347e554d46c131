"""One problem: its sections read in the order in which they need each other, and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.record import record
from grader.spec.aliases import Aliases, read_aliases
from grader.spec.draft import Draft
from grader.spec.equations import read_lines, resolve
from grader.spec.fields import entries, text
from grader.spec.layers import read_network
from grader.spec.lint import report_not_finite, used, warn_still, warn_unused
from grader.spec.model import Problem
from grader.spec.nodes import Mapping, Sequence
from grader.spec.queries import Graph, needs_of, states_of
from grader.spec.questions import read_questions
from grader.spec.rules import read_rules
from grader.spec.settings import SETTINGS, read_settings, read_symbols
from grader.spec.train import TRAIN, read_examples, read_rate, read_train

if TYPE_CHECKING:
    from grader.spec.fields import Entries
    from grader.spec.findings import Findings
    from grader.spec.model import CourseRule, Equation, Question, Symbol, Train
    from grader.spec.nodes import Node
    from grader.spec.settings import Settings

PROBLEM = ("id", "title", "network", "given", "equations", "train", "questions", *SETTINGS)


@record
class Outer:
    """What the assignment says for all its problems."""

    settings: Settings
    symbols: tuple[Symbol, ...]
    aliases: Entries
    misconceptions: tuple[CourseRule, ...]


@record
class Parts:
    """A problem's sections, read."""

    equations: tuple[Equation, ...]
    train: Train | None
    graph: Graph
    aliases: Aliases
    questions: tuple[Question, ...]


def read_problem(found: Findings, node: Node, outer: Outer) -> Problem | None:
    """The problem at a node; None where it is too broken to be one."""
    before = found.errors
    read = entries(found, node, "a problem", PROBLEM)
    if not isinstance(node, Mapping):
        return None
    label = text(found, read["id"][1], "an id") if "id" in read else None
    if "id" not in read:
        found.error(node, "the problem has no id", "write id: q1")
    title = text(found, read["title"][1], "a title") if "title" in read else None
    draft = Draft(found, read_settings(found, read, outer.settings))
    draft.outer = {symbol.name: symbol for symbol in outer.symbols}
    mark = label.mark if label else node.mark
    rules = outer.misconceptions + read_rules(found, read)
    parts = _sections(draft, node, read, outer)
    names = used(parts.equations, parts.train, parts.questions, parts.aliases)
    symbols = draft.symbols | {name: symbol for name, symbol in draft.outer.items() if name in names}
    if found.errors == before:
        report_not_finite(draft, parts.equations)
        warn_unused(draft, names)
        warn_still(draft, parts.train, parts.graph, mark)
    return Problem(
        id=label.text.strip() if label else "",
        title=title.text if title else None,
        given={name: value.matrix for name, value in {**draft.examples, **draft.given}.items()},
        given_text={name: value.written for name, value in draft.given.items()},
        symbols=symbols,
        equations=parts.equations,
        train=parts.train,
        questions=parts.questions,
        aliases=parts.aliases.exprs,
        alias_text=parts.aliases.texts,
        index_base=draft.settings.index_base,
        log_base=draft.settings.log_base,
        at_zero=draft.settings.at_zero,
        misconceptions=rules,
        shapes={
            name: shape for name, shape in draft.shapes.items() if name in draft.places or name in symbols
        },
        mark=mark,
        phrases=parts.aliases.phrases,
    )


def _sections(draft: Draft, node: Node, read: Entries, outer: Outer) -> Parts:
    found = draft.found
    train_read = entries(found, read["train"][1], "train", TRAIN) if "train" in read else {}
    examples = read_examples(draft, train_read)
    network = _quantities(draft, node, read)
    read_rate(draft, train_read)
    equations = draft.equations = resolve(draft)
    before = found.errors
    place = read["train"][0].mark if "train" in read else node.mark
    train = read_train(draft, train_read, place, network, examples)
    graph = Graph(
        draft.shapes,
        needs_of(equations),
        train.parameters if train else (),
        moves="update" in train_read or "learning_rate" in train_read or "learning_rate" in network,
        states=states_of(train) if found.errors == before else None,
        base=draft.settings.index_base,
    )
    own = entries(found, read["aliases"][1], "aliases") if "aliases" in read else {}
    aliases = read_aliases(draft, (outer.aliases, own), graph)
    if "questions" not in read:
        found.error(node, "the problem has no questions", "write questions: [z1, dL/dw1]")
        return Parts(equations, train, graph, aliases, ())
    questions = read_questions(draft, read["questions"][1], aliases.exprs, graph)
    return Parts(equations, train, graph, aliases, questions)


def _quantities(draft: Draft, node: Node, read: Entries) -> Entries:
    """Symbols, givens, layers and equations; gives the entries of `network:`."""
    if "symbols" in read:
        for key, symbol in read_symbols(draft.found, read["symbols"][1]):
            draft.add_symbol(symbol, key)
    if "given" in read:
        for name, (key, value) in entries(draft.found, read["given"][1], "given").items():
            draft.give(name, key, value)
    network = read_network(draft, read["network"][1]) if "network" in read else {}
    if "equations" in read:
        _equations(draft, read["equations"][1])
    if not {"network", "equations", "given", "symbols"} & read.keys():
        draft.found.error(node, "the problem has no network and no equations", "write network: or equations:")
        draft.complete = False
    return network


def _equations(draft: Draft, node: Node) -> None:
    lines = read_lines(draft.found, node, "equations")
    # A line without a readable name may be what the others speak of.
    if not isinstance(node, Sequence) or len(lines) < len(node.items):
        draft.complete = False
    draft.lines.extend(line for line in lines if draft.define(line.name, line.mark, "an equation"))
