"""The pages in a real browser: nothing fails, everyone can use them, hostile text is shown as text.

Skipped where there is no Chromium or no axe-core, unless GRADE_BROWSER=required. GRADE_AXE names axe.min.js.
"""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from grader.report.pages import Reveal, site
from tests.pages.samples import HOSTILE, hostile_pages, large, nothing_solved, pages
from tests.report.samples import classroom

REQUIRED = os.environ.get("GRADE_BROWSER") == "required"
playwright = (import_module if REQUIRED else pytest.importorskip)("playwright.sync_api")
pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(os.environ.get("GRADE_AXE") or ROOT / ".venv/axe/node_modules/axe-core/axe.min.js")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = (360, 800, 1400)

NUMBERED = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(e => e.getClientRects().length);
  all.forEach((e, i) => { e.dataset.at = i; });
  return all.length;
}"""
SHOWN = """[...document.querySelectorAll('#heat tbody tr')]
  .filter(r => !r.hidden).map(r => r.cells[0].innerText)"""
DRAWN = "document.body.offsetHeight"
SORT = f"document.querySelector('#heat th:nth-child(5) button').click(); {DRAWN}"
FILTER = f"""{{
  const who = document.getElementById('who');
  who.value = 's00';
  who.dispatchEvent(new Event('input', {{bubbles: true}}));
  {DRAWN};
}}"""

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    missing = [str(path) for path in (CHROMIUM, AXE) if not path.exists()]
    if missing and not REQUIRED:
        pytest.skip(f"no {' and no '.join(missing)}")
    assert not missing
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens one of the pages; at the end nothing was complained about, and nothing asked of any network."""
    complaints: list[str] = []

    def open_page(files: dict[str, str], name: str, width: int = 1400, **options: Any) -> Any:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        # Policies of the page bind scripts in it, not what the driver evaluates beside it.
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda r: None if r.url.startswith("file:") else complaints.append(r.url))
        page.goto((tmp_path / name).as_uri())
        return page

    yield open_page
    assert complaints == []


def _small() -> dict[str, str]:
    report = classroom()
    return dict(site(report, nothing_solved(report), Reveal.of("all")))


def _violations(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for v in found["violations"]
        for node in v["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("level", ["none", "steps", "all"])
def test_everyone_can_use_a_students_page(opened: Open, level: str, scheme: str) -> None:
    """No rule of axe-core is broken: contrast, names, order, landmarks."""
    assert _violations(opened(pages(level), "students/s1.html", color_scheme=scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_the_class_page(opened: Open, scheme: str) -> None:
    """With every verdict in the heat map, and the mistakes unfolded."""
    page = opened(_small(), "class.html", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert _violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["class.html", "students/s1.html"])
def test_no_page_is_wider_than_its_window(opened: Open, name: str, width: int) -> None:
    """Tables and drawings scroll on their own."""
    page = opened(pages("all"), name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["class.html", "students/s1.html"])
def test_every_control_is_reached_by_keyboard(opened: Open, name: str) -> None:
    """Tab comes to each, in their order, and where it is can be seen."""
    page = opened(pages("all") if name != "class.html" else _small(), name)
    everything = page.evaluate(NUMBERED)
    assert everything > 3
    reached = []
    for _ in range(everything):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "[+document.activeElement.dataset.at, getComputedStyle(document.activeElement).outlineStyle]"
            )
        )
    assert [at for at, _ in reached] == list(range(everything))
    assert {outline for _, outline in reached} == {"solid"}


def test_sorting_and_filtering_by_keyboard(opened: Open) -> None:
    """A heading sorts up and down, a word and a verdict filter, and the count is told."""
    page = opened(_small(), "class.html")
    shown = SHOWN
    page.focus("#heat th:nth-child(2) button")
    page.keyboard.press("Enter")
    assert page.evaluate(shown) == ["s21 (unreadable)", "s17", "s03"]
    page.keyboard.press("Space")
    assert page.evaluate(shown) == ["s03", "s17", "s21 (unreadable)"]
    assert page.get_attribute("#heat th:nth-child(2)", "aria-sort") == "descending"
    page.focus("#verdict")
    page.keyboard.type("misc")
    assert page.evaluate(shown) == ["s17"]
    assert page.inner_text("#status") == "1 of 3 students"
    page.select_option("#verdict", "")
    page.focus("#who")
    page.keyboard.type("S0")
    assert page.evaluate(shown) == ["s03"]
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.focus("summary")
    page.keyboard.press("Enter")
    assert page.is_visible("details li")


def test_without_script_the_class_page_still_reads(opened: Open) -> None:
    """Every row is there, and no control that does nothing."""
    page = opened(_small(), "class.html", java_script_enabled=False)
    assert page.locator("#heat tbody tr").count() == 3
    assert not page.is_visible("#controls")
    assert page.locator("#heat button").count() == 0


@pytest.mark.parametrize(
    "text", [*HOSTILE[:4], HOSTILE[5], '"><img src=x onerror=alert(1)>', "javascript:alert(1)"]
)
def test_hostile_text_is_shown_as_text(opened: Open, text: str) -> None:
    """Nothing runs, nothing is loaded; what cannot be seen is shown as its escape."""
    files = hostile_pages(text)
    for name in sorted(files)[:2]:
        page = opened(files, name)
        assert page.locator("img, iframe, script:not(body > script)").count() == 0
        start = text.encode("unicode_escape").decode() if not text.isprintable() else text
        assert start[:20] in page.inner_text("body")


def test_a_large_class_answers_within_a_second(opened: Open) -> None:
    """Five hundred students: opened, sorted and filtered.

    Told by the time that the page itself works, so that other processes on the same cores do not count.
    """
    report = large()
    files = {"class.html": next(site(report, nothing_solved(report), Reveal.of("none")))[1]}
    page = opened(files, "class.html")
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked(act: Callable[[], object]) -> float:
        before = _worked(client)
        act()
        return _worked(client) - before

    opening = worked(lambda: (page.reload(), page.evaluate(DRAWN)))
    sorting = worked(lambda: page.evaluate(SORT))
    filtering = worked(lambda: page.evaluate(FILTER))
    assert page.inner_text("#status") == "100 of 500 students"
    assert 0 < opening < 1
    assert 0 < sorting < 1
    assert 0 < filtering < 1


def _worked(client: Any) -> float:
    """Seconds that the page's own thread has worked."""
    metrics = client.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


@pytest.mark.parametrize("name", ["class.html", "students/s1.html"])
def test_a_page_prints(opened: Open, name: str) -> None:
    """On white, without controls."""
    page = opened(pages("all"), name, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible(".skip, .controls")
    assert page.pdf()[:4] == b"%PDF"
