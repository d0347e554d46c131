"""The one place for hostile text."""

import pytest

from grader.report import safe
from tests.report.samples import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_everything_is_visible(text: str) -> None:
    """Whatever comes in, what comes out is printable and can be encoded."""
    for guard in (safe.visible, safe.terminal, safe.csv_cell, safe.xml):
        assert guard(text).isprintable()
        guard(text).encode()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("0.5498", "0.5498"),
        ("∂L/∂w₂ ≈ −0.5 σ", "∂L/∂w₂ ≈ −0.5 σ"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb", r"a\nb"),
        ("\u202e", r"\u202e"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_what_is_harmless_stays(text: str, seen: str) -> None:
    """Only what cannot be seen is escaped."""
    assert safe.visible(text) == seen


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::error::x", "a:::b", "::", "##[error]x", "a ##[add-mask]b"]
)
def test_no_workflow_command(text: str) -> None:
    """Neither spelling of a command survives anywhere in the text, because a line may be wrapped anywhere."""
    assert "::" not in safe.terminal(text)
    assert "##[" not in safe.terminal(text)


def test_long_text_says_how_long_it_was() -> None:
    """A part never looks like the whole."""
    assert safe.terminal("x" * 50, 50) == "x" * 50
    short = safe.terminal("x" * 10_000, 60)
    assert len(short) == 60
    assert short.endswith("x… (10,000 characters)")
