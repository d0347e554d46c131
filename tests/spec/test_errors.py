"""Every message of the loader: `errors/<case>.yaml` is a bad spec, `errors/<case>.out` what is printed.

To add a message, add two files. What differs is saved in tests/actual, so that accepting it is a copy.
"""

from pathlib import Path

import pytest
import yaml

from grader.source import SpecError
from grader.spec import load, nodes

ERRORS = Path(__file__).parent / "errors"
ACTUAL = Path(__file__).parent.parent / "actual"
CASES = sorted(path.stem for path in ERRORS.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_a_bad_spec_is_refused_with_exactly_this_text(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    actual = refused(case, monkeypatch)

    expected = (ERRORS / f"{case}.out").read_text(encoding="utf-8")
    if actual != expected:
        ACTUAL.mkdir(exist_ok=True)
        (ACTUAL / f"{case}.out").write_text(actual, encoding="utf-8")
    assert actual == expected


@pytest.mark.parametrize("case", CASES)
def test_the_parser_without_libyaml_says_the_same(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "_LOADER", yaml.BaseLoader)

    actual = refused(case, monkeypatch)

    expected = (ERRORS / f"{case}.out").read_text(encoding="utf-8")
    assert actual == expected


def test_every_case_has_its_text_and_every_text_its_case() -> None:
    texts = sorted(path.stem for path in ERRORS.glob("*.out"))
    assert texts == CASES
    assert len(CASES) >= 40


def refused(case: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is printed about a case, with no folder in its path."""
    monkeypatch.chdir(ERRORS)
    with pytest.raises(SpecError) as caught:
        load(f"{case}.yaml")
    return f"{caught.value}\n"
