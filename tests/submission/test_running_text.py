"""Running text without headings, ids or names of its own: which problem it is about, and what counts."""

import time
from contextlib import suppress

import pytest

from grader.submission.hints import MAX_UNKNOWN, Hints, ProblemHint, hints_of
from grader.submission.readers import latex_reader, markdown_reader
from grader.submission.readers.headings import Headings, title_labels
from grader.submission.shape import Content
from grader.submission.tree import UnreadableError


def hints(*problems: tuple[str, str | None], names: tuple[str, ...] = ("a", "b")) -> Hints:
    return hints_of([ProblemHint(id_, title, names) for id_, title in problems])


TITLED = hints(
    ("p1", "1a, 1c. First steps"), ("p2", "1b. The same with ReLU"), ("p3", "2.1 Chains"),
    ("p4", "2.2 Chains again"), ("p5", "3 and 4. Backwards"), ("p6", "2-2-1 net"),
)  # fmt: skip
NUMBERED = hints(("q1", None), ("q2", "Two units"), ("q3_1", None), ("q3_2", None))
NAMELESS = hints(("sat", None), ("bce", None), ("cce", None))


@pytest.mark.parametrize(
    ("title", "labels"),
    [
        ("1a, 1c. First steps", [("1", "a"), ("1", "c")]),
        ("2.1 Chains", [("2", "1")]),
        ("3 and 4. Backwards", [("3",), ("4",)]),
        ("5. Last", [("5",)]),
        ("2-2-1 net of sigmoids", []),
        ("3 units in a row", []),
        ("", []),
    ],
)
def test_the_numbers_of_a_title(title: str, labels: list[tuple[str, ...]]) -> None:
    assert title_labels(title) == labels


@pytest.mark.parametrize(
    ("known", "heading", "problems"),
    [
        (TITLED, "Question 1", ("p1", "p2")),
        (TITLED, "1b)", ("p2",)),
        (TITLED, "2", ("p3", "p4")),
        (TITLED, "2.2: chains", ("p4",)),
        (TITLED, "4. Gradients", ("p5",)),
        (TITLED, "Problem 2.2(a)", ("p4",)),
        (TITLED, "The same with ReLU", ("p2",)),
        (TITLED, "p3: chains", ("p3",)),
        (TITLED, "Question 9", None),
        (NUMBERED, "Exercise 2", ("q2",)),
        (NUMBERED, "Two units", ("q2",)),
        (NUMBERED, "3)", ("q3_1", "q3_2")),
        (NUMBERED, "3.2 Loss", ("q3_2",)),
        (NUMBERED, "2024 homework", None),
        (NAMELESS, "Question 3", ("cce",)),
        (NAMELESS, "bce", ("bce",)),
        (NAMELESS, "4.", None),
    ],
)
def test_what_a_heading_means(known: Hints, heading: str, problems: tuple[str, ...] | None) -> None:
    named = Headings(known).named(heading)
    assert (None if named is None else named.problems) == problems


def read(text: str, known: Hints) -> Content:
    return markdown_reader.read(text, known)


@pytest.mark.parametrize("mark", ["2.", "2)", "(2)", "2]", "Q2:", "②", "**2.**", "> 2)"])
def test_numbers_in_front_name_problems(mark: str) -> None:
    content = read(f"1.\n\na = 0.1\n\n{mark}\n\na = 0.2\n", NUMBERED)
    assert content.answers == {"q1": {"a": "0.1"}, "q2": {"a": "0.2"}}
    assert content.notes == ()


@pytest.mark.parametrize("mark", ["2. ", r"2) \quad ", r"\textcircled{2} \quad ", "(2) "])
def test_numbers_in_front_of_equations_name_problems(mark: str) -> None:
    content = read(f"1)\n\n$$a = 0.1$$\n\n$${mark}a = 0.2$$\n\n$$b = 3$$\n", NUMBERED)
    assert content.answers == {"q1": {"a": "0.1"}, "q2": {"a": "0.2", "b": "3"}}


def test_letters_go_on_with_the_number_before() -> None:
    content = read("1)\n\na) a = 1\n\nb) a = 2\n\nc) b = 3\n\n2.2\n\n2.2) a = 4\n", TITLED)
    assert content.answers == {"p1": {"a": "1", "b": "3"}, "p2": {"a": "2"}, "p4": {"a": "4"}}


def test_under_headings_numbers_only_count_what_is_there() -> None:
    """A list under the heading of a problem is a list, unless it tells parts of that heading apart."""
    content = read("## Question 1\n1. a = 1\n2. b = 2\n", NUMBERED)
    assert content.answers == {"q1": {"a": "1", "b": "2"}}
    content = read("## Question 3\n\n3.1: a = 1\n\n3.2: a = 2\n\n2) b = 4\n", NUMBERED)
    assert content.answers == {"q3_1": {"a": "1"}, "q3_2": {"a": "2", "b": "4"}}


def test_what_may_be_for_two_problems_is_told() -> None:
    content = read("## Question 3\n\na = 1\n\n## Question 1\n\na = 3\n", NUMBERED)
    assert content.answers == {"q1": {"a": "3"}}
    assert content.notes == (
        "from line 3 on, `a` may be for q3_1 or q3_2: not read; put the number of the problem in front",
    )


OWN = hints_of(
    [
        ProblemHint("q1", None, ("a", "b")),
        ProblemHint("q2", None, ("c",)),
        ProblemHint("q3", None, ("b",)),
    ]
)


def test_a_question_under_another_heading_is_read_with_a_note() -> None:
    content = read("b = 3\n\n## Question 1\na = 1\nc = 2\n\n## Question 3\nx = 4\n", OWN)
    assert content.answers == {"q1": {"a": "1"}, "q2": {"c": "2"}, "q3": {"x": "4"}}
    assert content.notes == (
        "line 5: `c` is asked by q2 only, and was read as its answer",
        "from line 1 on, `b` may be for q1 or q3: not read; put the number of the problem in front",
    )


def test_an_answer_of_its_own_counts_before_one_elsewhere() -> None:
    content = read("## Question 2\nc = 7\n\n## Question 1\na = 1\nc = 2\n", OWN)
    assert content.answers == {"q2": {"c": "7"}, "q1": {"a": "1", "c": "2"}}


ONE = hints_of([ProblemHint("q", None, ("L", "h", "z", "w'"), applied=(("h", "z"),), symbolic=False)])


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("$$L = 0.08$$\n\n$$L = (t - y)^2$$", {"L": "0.08"}),
        ("$$L = (t - y)^2$$\n\n$$L = 0.08$$", {"L": "0.08"}),
        ("$$L = 0.08$$\n\n$$L = 0.07$$", {"L": "0.07"}),
        (r"$$h = \sigma(u x) = \sigma(1.5) = 0.82$$", {"h": r"\sigma(u x) = \sigma(1.5) = 0.82", "z": "1.5"}),
        (r"$$h = \text{ReLU}(-2) = 0$$", {"h": r"\text{ReLU}(-2) = 0", "z": "-2"}),
        ("$$z = 1.4$$\n\n$$h = \\sigma(1.5) = 0.82$$", {"z": "1.4", "h": r"\sigma(1.5) = 0.82"}),
        (r"$w = w - 0.1 \cdot 2 \rightarrow w = 3 - 0.2 = 2.8$", {"w'": "3 - 0.2 = 2.8"}),
        ("$$\\bullet \\quad h$$\n\n$$= 0.4$$", {"h": "0.4"}),
        ("$$g$$\n\n$$= 0.4$$\n\n$$z = 1$$", {"z": "1"}),
        ("then the new $w = 0.3$ and $z = 1$", {"new w": "0.3", "z": "1"}),
        (r"$$L = 0.5 \text{ or } 0.7$$", {"L": "0.5"}),
    ],
)
def test_which_statement_counts(text: str, answers: dict[str, str]) -> None:
    """A number before a formula, the last of its kind; what a chain says by the way; a parameter's step."""
    assert read(text, ONE).answers == {"q": answers}


def test_a_formula_that_is_worked_out_counts_before_a_chain_of_derivatives() -> None:
    known = hints_of([ProblemHint("q", None, ("g",), symbolic=True)])
    chain = r"\frac{\partial J}{\partial p} \cdot \frac{\partial p}{\partial w}"
    content = read(f"$$g = (p - y) a$$\n\n$$g = {chain}$$", known)
    assert content.answers == {"q": {"g": "(p - y) a"}}
    assert content.notes == ("`g` stands on lines 1 and 3; what is worked out counts, on line 1",)
    assert read(f"$$g = {chain}$$", known).answers == {"q": {"g": chain}}
    assert read("g = 0.25\n\n$$g = s(1 - s)$$", known).answers == {"q": {"g": "s(1 - s)"}}


TWO = hints_of([ProblemHint("q", None, ("u", "v", "g"), twins=(("u", "v"),))])


def test_two_answers_side_by_side() -> None:
    """They answer two questions about one quantity; where there is one question the second is told."""
    content = read(r"$$u = x \text{ or } y \quad g = x \text{ or } y$$", TWO)
    assert content.answers == {"q": {"u": "x", "v": "y", "g": "x"}}
    assert content.notes == ("line 1: `g` has two answers; the first was read",)


WORDS = hints_of(
    [
        ProblemHint("q1", None, ("bias", "why", "z"), texts=(("bias", None), ("why", "Why so?"))),
        ProblemHint("q2", None, ("depends",), texts=(("more", None),), decisions=("depends",)),
    ]
)
ESSAY = """1.

Biases ~ what is added
to every sum.

Its slope is close to zero everywhere.

Hence:

z = 0.3

2.

No, it does not change at all with the input.
"""


def test_answers_in_words() -> None:
    """Behind the name of a question; the rest is for what nothing else answers. A yes or no decides."""
    content = read(ESSAY, WORDS)
    assert content.answers == {
        "q1": {
            "z": "0.3",
            "bias": "what is added to every sum. Its slope is close to zero everywhere. Hence:",
        },
        "q2": {"depends": "No", "more": "No, it does not change at all with the input."},
    }


def test_a_heading_may_name_a_question_in_words() -> None:
    content = read("# q1\n## Why so?\nIt is what it is.\n## Bias\nA number.\n", WORDS)
    assert content.answers == {"q1": {"why": "It is what it is.", "bias": "A number."}}


def test_paragraphs_for_several_questions_are_shown_for_each() -> None:
    content = read("1.\n\nOne has to read this by oneself.\n", WORDS)
    said = "One has to read this by oneself."
    assert content.answers == {"q1": {"bias": said, "why": said}}
    assert content.notes == ("q1: the same paragraphs are shown for 2 questions",)


def test_latex_sources_are_read_alike() -> None:
    text = "\\section{Question 1}\n\\[ a = 0.1 \\]\n\\section{Question 2}\n\\[ a = 0.2 \\]\n"
    assert latex_reader.read(text, NUMBERED).answers == {"q1": {"a": "0.1"}, "q2": {"a": "0.2"}}


@pytest.mark.parametrize(
    "text",
    ["1. " * 5000, "①" * 9000, "\\textcircled{" * 2000, "a) " * 5000, "~" * 10000, "1.\n" * 5000,
     "a ~ b\n" * 3000, r"$$x \text{ or } $$" * 700, "$$" + "w = w - w = " * 900 + "$$", "no " * 4000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    with suppress(UnreadableError):
        read(text, WORDS)
    assert time.process_time() - started < 1


def test_a_text_looks_up_only_so_many_strangers() -> None:
    """A file of nothing but names costs no more than a long homework, and says so; known names count."""
    asked: list[tuple[str, str]] = []

    def asks(problem: str, key: str) -> str | None:
        asked.append((problem, key))
        return key if key == "a" else None

    known = hints_of([ProblemHint("q1", None, ("a",)), ProblemHint("q2", None, ("b",))], asks)
    text = "# q1\n" + "".join(f"a{n} = 1\n" for n in range(MAX_UNKNOWN)) + "a = 5\n# q2\nb = 6\n"
    content = read(text, known)
    assert len(asked) <= MAX_UNKNOWN + 1
    assert len(set(asked)) == len(asked)
    assert content.answers["q1"]["a"] == "5"
    assert content.answers["q2"]["b"] == "6"
    assert content.notes[0].startswith("more names than any homework has")
    assert not any(note.startswith("more names") for note in read("# q1\na = 4\nx = 3\n", known).notes)
