"""YAML and JSON: the same sheet gives the same answers, whichever way it is read."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.model import Duplicate, Misplaced
from grader.submission.readers import json_reader, json_scanner, yaml_events, yaml_plain, yaml_reader
from grader.submission.shape import Content, interpret
from grader.submission.tree import MAX_NODES, Node, UnreadableError

CONTRACT = """\
student: s17
answers:
  q3:
    z1: 0.2
    a1: 0.5498
    dL/dw2: -0.2180
    w2 after one step: 0.4218
"""
CONTRACT_ANSWERS = {"q3": {"z1": "0.2", "a1": "0.5498", "dL/dw2": "-0.2180", "w2 after one step": "0.4218"}}

NAMES = [
    *(
        "z1",
        "dL/dw2",
        "∂L/∂w2",
        "w2 after one step",
        "W1[1,2]",
        "new(w, 2)",
        "w2'",
        "'q'",
        '"r s"',
        "-dL/dz2",
    ),
    *(
        "1",
        "y",
        "a  b",
        "σ",
        "x ",
        "null",
        "~",
        "''",
        '""',
        "- a",
        "a#b",
        "<<",
        "---",
        "'it''s'",
        "a?b",
        "(a)",
    ),
]
VALUES = [
    *(
        "0.5",
        "-0.2180",
        "",
        "'0.5'",
        '"0.5"',
        "[1, 2]",
        "[[1,2],[3,4]]",
        "0.5  # why",
        "yes",
        "010",
        "≈ 0.88",
    ),
    *("(p - y) * exp(z) * a1", "null", "~", "''", '"  "', "[]", "[1,]", "[1 2]", "[ [1], [2] ]", "[[1],[]]"),
    *(
        "[-1,+2,.5,1e-3,1/2]",
        "[[1,2],3]",
        "[a, b]",
        "[.]",
        "[--1]",
        "# only",
        "a: b",
        "a:b",
        "1:30",
        "|",
        "> x",
    ),
    *("&a 1", "*a", "!t 1", "%5", "@x", "- 1", "-", "-x", "?x", "a [b], c", "]", "'it''s'", "'a'b", '"a\\n"'),
    *(
        "a' b",
        "x   ",
        "−0.5",
        "a\tb",
        "\u2028",
        "a\u0085b",
        "\ufeff",
        "'# x'",
        '"a: b"',
        "x #y",
        "--- x",
        "{}",
    ),
]


def spaced(indents: str) -> st.SearchStrategy[str]:
    """Mostly the first indentation, now and then another."""
    return st.sampled_from([indents] * 12 + ["", " ", "  ", "    ", "      "])


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """YAML that is mostly a plain sheet, with oddities here and there."""
    odd = draw(st.booleans())
    name = st.sampled_from(NAMES if odd else NAMES[:15])
    value = st.sampled_from(VALUES if odd else VALUES[:16])
    lines = [f"student: {draw(value)}"] if draw(st.booleans()) else []
    lines.append(
        draw(st.sampled_from(["answers:"] * 6 + ["answers: # here", "answers : ", "---", "answers: {}"]))
    )
    for _ in range(draw(st.integers(0, 3))):
        lines.append(f"{draw(spaced('  '))}{draw(name)}:")
        for _ in range(draw(st.integers(0, 4))):
            lines.append(f"{draw(spaced('    '))}{draw(name)}: {draw(value)}")
            lines += draw(st.sampled_from([[]] * 8 + [[""], ["  # c"], ["      text"], ["    - 1"]]))
    return "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n", "\n  "]))


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """The text with a few characters put in, taken out or copied elsewhere."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 3))
        new = draw(
            st.sampled_from([*" :#-'\"[]{},&*!|>%@?~\n\t\\nul0.5é−", "\u2028", "", text[at : at + 12]])
        )
        text = text[:at] + new + text[at + cut :]
    return text


def outcome(parse: Callable[[str], Node | None], text: str) -> Content | str:
    try:
        return interpret(parse(text))
    except UnreadableError as error:
        return str(error)


@given(sheets() | mutated(CONTRACT) | mutated(CONTRACT.replace("0.2\n", "[[1, 2.5], [3, 4]]  # c\n")))
def test_plain_yaml_reads_as_pyyaml_reads_it(text: str) -> None:
    plain = yaml_plain.read(text)
    if plain is not None:
        assert plain == outcome(yaml_events.parse, text)


def test_the_contract_sheet_is_plain() -> None:
    assert yaml_plain.read(CONTRACT) == Content("s17", CONTRACT_ANSWERS)


ODD_JSON = json.dumps(
    {
        "student": "s17",
        "answers": {
            "q3": {"z1": 0.2, "d": -1.5e-3, "v": [1, 2.5, None], "M": [["a", True], [3, "é"]], "n": None},
            "q4": {"t": 'a"b\\c'},
        },
    },
    indent=1,
)


@given(mutated(ODD_JSON))
def test_quick_json_reads_as_the_scanner_reads_it(text: str) -> None:
    plain = json_reader._read_plain(text)
    if plain is not None:
        assert plain == outcome(json_reader.parse, text)


@given(mutated(ODD_JSON))
def test_the_scanner_accepts_what_the_standard_library_accepts(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        with pytest.raises(UnreadableError):
            json_scanner.parse(text)
    else:
        json_scanner.parse(text)


RAW = st.text(alphabet="ab1.-+*/()[]: #'é−∂", min_size=1, max_size=8).filter(str.strip)
VALUE = st.recursive(RAW | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=6)
ANSWERS = st.dictionaries(RAW, st.dictionaries(RAW, VALUE, max_size=4), min_size=1, max_size=3)


@given(ANSWERS, RAW)
def test_json_and_yaml_give_the_same_submission(answers: dict[str, Any], student: str) -> None:
    sheet = {"student": student, "answers": answers}
    from_json = json_reader.read(json.dumps(sheet))
    assert yaml_reader.read(yaml.safe_dump(sheet, allow_unicode=True)) == from_json
    assert yaml_reader.read(json.dumps(sheet)) == from_json


@given(st.text() | st.text(alphabet=" \n:-[]{}'\"&*!#|>?%abc1"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (yaml_reader.read, json_reader.read):
        with suppress(UnreadableError):
            read(text)


def test_digits_are_kept_in_json() -> None:
    text = '{"answers": {"q": {"a": 0.20, "b": 1e-4, "c": 12345678901234567890, "d": "0.2", "e": -0}}}'
    assert json_reader.read(text).answers["q"] == {
        "a": "0.20",
        "b": "1e-4",
        "c": "12345678901234567890",
        "d": "0.2",
        "e": "-0",
    }


def test_json_words_are_texts_and_null_is_no_answer() -> None:
    text = '{"answers": {"q": {"a": true, "b": null, "c": NaN, "d": [false, null, -Infinity], "e": ""}}}'
    assert json_reader.read(text) == Content(
        None, {"q": {"a": "true", "c": "NaN", "d": ("false", "", "-Infinity")}}
    )


@pytest.mark.parametrize("text", ["", "~", "null", '""', '"  "'])
def test_blank_answers_are_no_answers(text: str) -> None:
    assert yaml_reader.read(f"answers:\n  q:\n    a: {text}\n    b: 1\n    a: 2") == Content(
        None, {"q": {"b": "1", "a": "2"}}
    )


@pytest.mark.parametrize(
    ("read", "text", "lines"),
    [
        (yaml_reader.read, "answers:\n  q:\n    a: 0.2\n    b: 1\n    a: [1, 2]\n", (3, 5)),
        (json_reader.read, '{"answers": {"q": {\n\n"a": 0.2,\n"b": 1,\n"a": [1, 2]}}}', (3, 5)),
    ],
)
def test_an_answer_given_twice_keeps_both(
    read: Callable[[str], Content], text: str, lines: tuple[int, ...]
) -> None:
    twice = read(text).answers["q"]["a"]
    assert twice == Duplicate(("0.2", "[1, 2]"), lines)
    assert isinstance(twice, Duplicate)
    assert twice.reason == "answered twice: 0.2 (line 3) and [1, 2] (line 5)"


def test_a_group_is_no_answer() -> None:
    wrong = yaml_reader.read("answers:\n  q:\n    a: {b: 1}\n    c: [1,\n      {d: 1}]\n").answers["q"]
    assert wrong["a"] == Misplaced("found a group of `name: value`", (3,))
    assert wrong["c"] == Misplaced("found a group of `name: value`", (5,))


def test_a_comma_within_braces_is_told_and_no_number_cut_short() -> None:
    """YAML reads `{a: 0,2}` as an answer 0 and a name 2."""
    written = yaml_reader.read(
        "answers: {p: {a: 0,2, b: -1,25, c: 0.5, d: [1,2]}, q: {a: 0, 2: , b: 1}}"
    ).answers
    told = "found `{}`, whose comma ends the answer within braces (write `{}`)"
    assert written["p"]["a"] == Misplaced(told.format("0,2", "0.2"), (1,))
    assert written["p"]["b"] == Misplaced(told.format("-1,25", "-1.25"), (1,))
    assert (written["p"]["c"], written["p"]["d"]) == ("0.5", ("1", "2"))
    assert written["q"] == {"a": "0", "b": "1"}


def test_a_blank_question_with_a_number_for_a_name_cuts_nothing() -> None:
    written = yaml_reader.read("answers:\n  p:\n    a: 0\n    2:\n    b: 1").answers
    assert written["p"] == {"a": "0", "b": "1"}


def test_escapes_that_no_report_can_hold_are_replaced() -> None:
    for read in (yaml_reader.read, json_reader.read):
        assert read('{"answers": {"q": {"a": "x\\u0000\\u001b[0m", "b": "\\u2202"}}}').answers["q"] == {
            "a": "x\ufffd\ufffd[0m",
            "b": "∂",
        }
    assert json_reader.read('{"answers": {"q": {"a": "\\ud800"}}}').answers["q"] == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("name: x\n", ("line 1: `name` is not a known name; it was not read",)),
        ("student: [1]\n", ("line 1: found a list as `student`; expected a name or number",)),
        ("student: a\nstudent: b\n", ("line 2: `student` stands here again; the last one counts",)),
    ],
)
def test_oddities_at_the_top_are_notes(text: str, notes: tuple[str, ...]) -> None:
    assert yaml_reader.read(text + "answers: {q: {a: 1}}").notes == notes


def test_a_problem_that_stands_there_twice_is_joined() -> None:
    content = yaml_reader.read("answers:\n  q:\n    a: 1\n  r:\n    a: 1\n  q:\n    a: 2\n    b: 3\n")
    assert content.answers == {"q": {"a": Duplicate(("1", "2"), (3, 7)), "b": "3"}, "r": {"a": "1"}}
    assert content.notes == ("`q` stands there on lines 2 and 6; its answers were joined",)


def test_answers_outside_a_problem_are_noted_when_others_are_inside() -> None:
    content = yaml_reader.read("answers:\n  a: 1\n  q:\n    b: 2\n")
    assert content.answers == {"q": {"b": "2"}}
    assert content.notes == ("line 2: `a` stands outside a problem; it was not read",)


def test_no_answers_yet_is_no_error() -> None:
    assert yaml_reader.read("student: s\nanswers:\n") == Content("s", {}, ("`answers` is empty",))
    assert json_reader.read('{"student": "s", "answers": {}}') == Content("s", {}, ("`answers` is empty",))


BELOW = " and its answers indented below it"
COLON = ", and put text with a colon in quotes"
ESCAPED = r", or holds what must be escaped (`\` is written `\\`)"
HEAD = "answers:\n  q3:\n"
SHAPE = "expected `student:` and `answers:` with a group for each problem"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"the file is empty; {SHAPE}"),
        ("# nothing\n", f"the file is empty; {SHAPE}"),
        ("3.5", f"line 1: found `3.5`; {SHAPE}"),
        ("- a", f"line 1: found a list; {SHAPE}"),
        ("student: s", f"found `student` at the top level, but no `answers`; {SHAPE}"),
        ("anwsers:\n  q: {a: 1}", "line 1: found `anwsers`; expected `answers`"),
        ("answers: 3", "line 1: found `3` as `answers`; expected a group for each problem"),
        (
            "answers:\n  z1: 0.2\n  a1: 0.5\n",
            "line 2: found `0.2` for `z1` directly under `answers`; expected the id of the problem there"
            + BELOW,
        ),
        (
            HEAD + "    a: &x 1",
            "line 3, column 8: found an anchor (`&x`); if it is part of an answer, put it in quotes",
        ),
        (
            HEAD + "    a: *w1 + 2",
            "line 3, column 8: found an alias (`*w1`); if it is part of a formula, put it in quotes",
        ),
        (
            HEAD + "    a: !!int 3",
            "line 3, column 8: found a tag (`!!int`); if it is part of an answer, put it in quotes",
        ),
        (HEAD + "    a: @x", "line 3, column 8: found `@` at the start of an answer; put it in quotes"),
        (HEAD + "\ta: 1", "line 3, column 1: found a tab; indent with spaces"),
        (HEAD + "    a: [1, 2\n    b: 3", "line 3, column 8: found a list that is not closed by `]`"),
        (HEAD + "    a: 'x", "line 3, column 8: found a quote that is not closed"),
        (HEAD + "---\nstudent: t", "line 3: found a second document; expected one student a file"),
        (
            HEAD + "    [1]: 2",
            "line 3, column 5: found a list or a group as a name; if it is meant, put it in quotes",
        ),
        (
            HEAD + "    a: x: 1",
            "line 3, column 9: found a `: ` that does not belong here; check the indentation" + COLON,
        ),
    ],
)
def test_a_yaml_file_that_cannot_be_read_says_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        yaml_reader.read(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", f"the file is empty; {SHAPE}"),
        ("[]", f"line 1: found a list; {SHAPE}"),
        (
            '{"answers": {"q":\n {"a": 1/3}}}',
            "line 2, column 8: found `1/3`; expected a number, a list, or text in double quotes",
        ),
        (
            '{"answers": {"q": {"a": 010}}}',
            "line 1, column 25: found `010`; expected a number, a list, or text in double quotes",
        ),
        ('{"answers": {"q": {"a": 1,}}}', "line 1, column 27: found `}`; expected a name in double quotes"),
        ('{"a" 1}', "line 1, column 6: found `1`; expected `:` and the answer behind `a`"),
        ('{"a": 1 "b": 2}', 'line 1, column 9: found `"b"`; expected `,` or `}`'),
        ('{"a": [1', "line 1, column 9: found the end of the file; expected `,` or `]`"),
        ('{"a": 1} x', "line 1, column 10: found `x`; expected nothing behind the last bracket"),
        (
            '{"a": "\\d"}',
            "line 1, column 7: found a text that is not closed" + ESCAPED,
        ),
    ],
)
def test_a_json_file_that_cannot_be_read_says_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        json_reader.read(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "[" * 10_000 + "]" * 10_000, '{"a":' * 10_000, "- " * 10_000, "? " * 10_000]
)
def test_deep_nesting_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for loader in (yaml_events._LOADER, yaml.BaseLoader):
        monkeypatch.setattr(yaml_events, "_LOADER", loader)
        for read in (yaml_reader.read, json_reader.read):
            for head in ("", HEAD + "    a: "):
                with pytest.raises(UnreadableError):
                    read(head + text)


def test_too_many_values_are_refused() -> None:
    text = '{"answers": {"q": {"a": [' + "1, " * MAX_NODES + "1]}}}"
    for read in (yaml_reader.read, json_reader.read):
        with pytest.raises(UnreadableError, match="more than 50000 names and values"):
            read(text)


def test_the_python_parser_of_pyyaml_serves_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_events, "_LOADER", yaml.BaseLoader)
    assert interpret(yaml_events.parse(CONTRACT)).answers == CONTRACT_ANSWERS
    with pytest.raises(UnreadableError, match="line 3, column 8: found a list that is not closed"):
        yaml_events.parse(HEAD + "    a: [1, 2\n")
