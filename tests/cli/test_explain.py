"""`grade explain` lists the catalogue and shows every entry."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from grader.cli.commands import grade
from grader.misconceptions import CATALOGUE


def test_the_list_has_every_entry() -> None:
    result = CliRunner().invoke(grade, ["explain"])
    assert result.exit_code == 0
    assert all(identifier in result.stdout for identifier in CATALOGUE)


@pytest.mark.parametrize("identifier", list(CATALOGUE))
def test_every_entry_can_be_shown(identifier: str) -> None:
    result = CliRunner().invoke(grade, ["explain", identifier])
    assert result.exit_code == 0, result.output
    assert CATALOGUE[identifier].title in result.stdout


def test_an_entry_shows_both_rules_and_both_numbers() -> None:
    result = CliRunner().invoke(grade, ["explain", "fwd.no_bias"])
    assert "right  z = w1*x1 + w2*x2 + b" in result.stdout
    assert "wrong  z = w1*x1 + w2*x2\n" in result.stdout
    assert "z is 0.44; with the wrong rule it comes out as 0.04" in result.stdout


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    result = CliRunner().invoke(grade, ["explain", "der.doubel"])
    assert result.exit_code == 2
    assert 'did you mean "der.double"?' in result.stderr
