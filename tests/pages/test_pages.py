"""Pages show what they may and nothing else, in elements of ours only, the same in every run."""

import base64
import hashlib
import re
from html import unescape

import pytest

from grader.record import replace
from grader.report.model import Adjustment
from grader.report.pages import LEVELS, Reveal, site
from grader.report.pages.file_names import file_names
from grader.report.safe import visible
from tests.pages.samples import EXPECTED, HOSTILE, Found, graded, hostile_pages, large, nothing_solved, pages
from tests.report.samples import classroom

STUDENT = "students/s1.html"


@pytest.mark.parametrize("level", LEVELS)
def test_only_all_shows_the_right_values(level: str) -> None:
    """Not in text, titles, labels or formulas of the page."""
    page = pages(level)[STUDENT]
    shown = [value for value in EXPECTED if value in page.replace("−", "-") or value.lstrip("-") in page]
    assert shown == (list(EXPECTED) if level == "all" else [])


def test_each_level_shows_more_than_the_one_before() -> None:
    """What was written always; then verdicts; then steps and rules."""
    none, verdicts, steps, _ = (pages(level)[STUDENT] for level in LEVELS)
    assert all("[-0.1838, 0.2758]" in page for page in (none, verdicts, steps))
    assert "what a wrong rule gives" not in none
    assert "of 1 point" not in none
    assert "What to look at next" in verdicts
    assert "What your number fits" not in verdicts
    assert "<math" not in verdicts
    assert "The mistake was made here" not in none
    assert "What your number fits" in steps


def test_the_wrong_rule_stands_beside_the_right_one_in_own_numbers() -> None:
    """At the step of the mistake, typeset, with the number that the student wrote for z1."""
    page = pages("steps")[STUDENT]
    start = page.index("What your number fits")
    both = page[start : page.index("</article>", start)]
    wrong, _, right = both.partition("The right step")
    assert "σ" not in wrong
    assert "<mo>′</mo>" in right
    assert "<mn>0.35</mn>" in right


def test_the_place_of_the_mistake_and_what_followed() -> None:
    """The hidden unit's gradient is marked, what is worked out from it follows; not with verdicts."""
    page = pages("steps")[STUDENT]
    assert re.search(r'aria-label="[^"]*∂L/∂z1\[1\]: written -0.1838[^"]*the mistake was made here', page)
    assert re.search(r'aria-label="[^"]*∂L/∂b1\[1\]: written -0.1838[^"]*follows from an earlier', page)
    assert "the mistake was made here" not in pages("verdicts")[STUDENT]


def test_every_unit_and_weight_is_drawn() -> None:
    """A unit an element, a weight an edge; equations without layers are drawn too."""
    page = pages("none")[STUDENT]
    first, second, *rest = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(rest) == 2
    assert first.count("<circle") == second.count("<circle") == 2 + 2 + 1 + 1 + 1
    for name in ("W1[1,2] = 0.1", "w2[1,2] = -0.6", "b1[2] = 0.2", "z1[2] = -0.35"):
        assert name in first
    assert "∂L/∂W1[1,2]" in second
    assert "u = 0.3" in rest[0]
    assert "new(w2)[1,2]: written -0.581" in second


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("level", ["all", "verdicts"])
def test_a_hostile_text_stays_text(text: str, level: str) -> None:
    """The same elements as for a harmless text, no attribute that acts, everything visible and isolated."""
    ours = {name: Found(page) for name, page in hostile_pages("plain", level).items()}
    for name, page in hostile_pages(text, level).items():
        found = Found(page)
        harmless = ours.get(name) or next(f for n, f in ours.items() if n.startswith("students/"))
        assert {tag for tag, _ in found.elements} <= {tag for tag, _ in harmless.elements}
        assert not [k for _, attributes in found.elements for k in attributes if k.startswith("on")]
        assert all(c.isprintable() or c == "\n" for c in page)
        assert "<bdi>" in page
        assert visible(text)[:40] in unescape(page)
        assert len(page) < 300_000


def test_links_lead_to_pages_of_ours_only() -> None:
    """No address but those of the students' pages and places in the page."""
    for page in (*hostile_pages('javascript:alert(1)"').values(), *pages("all").values()):
        links = [a.get("href") or a.get("src") for _, a in Found(page).elements if "href" in a or "src" in a]
        assert links
        assert all(re.fullmatch(r"#\w+|students/[\w-]+\.html", link or "") for link in links)


@pytest.mark.parametrize("name", ["class.html", STUDENT])
def test_the_policy_allows_what_stands_in_the_page_and_nothing_else(name: str) -> None:
    """By their hashes; a style or script that came in another way does not run."""
    page = pages("all")[name]
    policy = next(a["content"] for _, a in Found(page).elements if a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        for text in re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy
    assert ("script-src" in policy) == (name == "class.html")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert pages("all") == pages("all")


@pytest.mark.parametrize(
    "ids",
    [
        ("s1", "S1", "../s1", "s1/", "s1\0"),
        ("con", "CON", "nul", ""),
        ("é", "è", "\u202e", "x" * 300, "x" * 301),
    ],
)
def test_file_names_are_safe_and_unique(ids: tuple[str, ...]) -> None:
    """On every system, also where case does not count; none leads out of the folder."""
    students = [replace(s, student=name) for name in ids for s in classroom().students[:2]]
    names = file_names(students)
    assert len({name.casefold() for name in names}) == len(students)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,60}\.html", name) for name in names)
    assert not {name.casefold() for name in names} & {"con.html", "nul.html"}
    assert file_names(students) == names


def test_a_plain_id_is_the_file_name() -> None:
    assert file_names(classroom().students) == ["s03.html", "s17.html", "s21.html"]


def test_a_large_class_is_a_small_page() -> None:
    """Five hundred students and twenty-one questions: below 2 MB, every cell there."""
    report = large()
    name, page = next(site(report, nothing_solved(report), Reveal.of("none")))
    assert name == "class.html"
    assert len(page.encode()) < 2_000_000
    assert len(re.findall(r"<td class=k\d>", page)) == 500 * 21


def test_student_pages_of_the_samples_are_small() -> None:
    """Far below 300 kB with everything shown."""
    report, solution = graded()
    assert all(len(page.encode()) < 300_000 for _, page in site(report, solution, Reveal.of("all")))


def test_equal_answers_that_show_a_mistake_stand_together() -> None:
    """What was written once, and everybody who wrote it."""
    report = classroom()
    two = [replace(report.students[1], student=name, file=f"{name}.yaml") for name in ("s8", "s9")]
    report = replace(report, students=tuple(two))
    page = dict(site(report, nothing_solved(report), Reveal.of("all")))["class.html"]
    shared = page[page.index("Shared mistakes</h2>") : page.index("Questions</h2>")]
    text = re.sub(r"<[^>]+>", "", shared)
    assert "2 students, 2 answers" in text
    assert "dL/dw2 = -0.5: s8, s9" in text


def test_a_mark_set_by_hand_is_told_with_its_reason() -> None:
    """And what was added to the score, where only the score is shown too."""
    report = classroom()
    student = report.students[0]
    *others, last = student.answers
    marked = last._replace(score=1.0, marked="names saturation")
    student = replace(
        student, answers=(*others, marked), adjustments=(Adjustment(-0.5, "late by a day"),), score=7.5
    )
    report = replace(report, students=(student,))
    shown = {
        level: dict(site(report, nothing_solved(report), Reveal.of(level)))["students/s03.html"]
        for level in ("none", "all")
    }
    assert "marked by hand, 1 of 1 point" in shown["all"]
    assert "names saturation" in shown["all"]
    assert "names saturation" not in shown["none"]
    assert all("late by a day" in page for page in shown.values())
