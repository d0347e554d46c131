"""`grade explain` lists the catalogue and shows every entry."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from grader.cli.commands import grade
from grader.language.ambiguities import AMBIGUITIES
from grader.misconceptions import CATALOGUE
from grader.run.policy import POLICY


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


def test_how_answers_are_judged_is_one_page() -> None:
    """Every row of the policy and every ambiguity is told with its reason."""
    result = CliRunner().invoke(grade, ["explain", "answers"])
    assert result.exit_code == 0, result.output
    told = " ".join(result.stdout.split())
    assert all(row.why in told for rows in POLICY.values() for row in rows)
    assert all(row.rule in told for row in AMBIGUITIES)
    assert "0.33 imprecise (expected 0.333333)" in told
