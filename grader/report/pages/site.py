"""All pages of one class, as (path, text): the same text for the same input."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from grader.report.model import ClassReport, Solution
from grader.report.numbers import percent, score
from grader.report.pages.classroom import classroom
from grader.report.pages.file_names import file_names
from grader.report.pages.reveal import Reveal
from grader.report.pages.student import Pages
from grader.report.pages.words import SIGN
from grader.report.safe import shortened, visible
from grader.report.verdicts import VERDICT

MARK = '<meta name="generator" content="grade">'
"""By this line a page is known as one of ours."""

TEMPLATES = Path(__file__).parent / "templates"
LONG = 600
"""Longest text of a student that is shown; its length is told."""


class _Assets(NamedTuple):
    """What stands in a page besides its text, and the policy that allows just that."""

    style: Markup
    script: Markup
    policy: str


def site(report: ClassReport, solution: Solution, reveal: Reveal) -> Iterator[tuple[str, str]]:
    """`class.html`, then `students/ID.html` for each student in the order of the report."""
    environment = _environment()
    names = [f"students/{name}" for name in file_names(report.students)]
    assets = _assets("class.js")
    page = classroom(report, names)
    yield "class.html", _filled(environment.get_template("class.html"), assets, page=page)
    assets = _assets(None)
    template = environment.get_template("student.html")
    pages = Pages(report, solution, reveal)
    for name, student in zip(names, report.students, strict=True):
        yield name, _filled(template, assets, page=pages.page(student))


def _filled(template: Template, assets: _Assets, **context: object) -> str:
    text = template.render(assets=assets, mark=Markup(MARK), words=VERDICT, signs=SIGN, **context)  # noqa: S704 - ours
    return text.encode(errors="backslashreplace").decode()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "apart": apart,
        "seen": seen,
        "score": score,
        "percent": percent,
        "place": lambda value: f"{value:.4g}",
    }
    return environment


def apart(text: str, limit: int = LONG) -> Markup:
    """Text from outside in an element of its own, so that its direction reaches nothing else."""
    return Markup("<bdi>") + escape(seen(text, limit)) + Markup("</bdi>")


def seen(text: str, limit: int = LONG) -> str:
    """Text from outside, bounded, with what cannot be seen as its escape; Jinja2 escapes the rest."""
    return visible(shortened(text, limit))


def _assets(script: str | None) -> _Assets:
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    code = (TEMPLATES / script).read_text(encoding="utf-8") if script else ""
    rules = ["default-src 'none'", f"style-src {_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    if code:
        rules.append(f"script-src {_hash(code)}")
    return _Assets(Markup(style), Markup(code), "; ".join(rules))  # noqa: S704 - our own files


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
