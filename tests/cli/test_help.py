"""Help, examples and the version."""

import click
import pytest
from click.testing import CliRunner

from grader.cli.commands import grade

COMMANDS = {"bundle", "diff", "run", "show", "solve", "check", "expand", "explain", "sheet"}


def test_every_command_of_the_contract_is_there() -> None:
    """And no other."""
    assert set(grade.commands) == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_has_an_example(name: str) -> None:
    """A sentence, what every option does, and a line to copy."""
    result = CliRunner().invoke(grade, [name, "--help"])
    assert result.exit_code == 0
    assert f"Examples:\n    grade {name} " in result.output
    command = grade.commands[name]
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_list_of_commands_is_not_cut_off() -> None:
    """A short help that ends in dots says too little."""
    result = CliRunner().invoke(grade, ["--help"])
    assert result.exit_code == 0
    assert "..." not in result.output.partition("Commands:")[2]
    assert max(map(len, result.output.splitlines())) <= 80


def test_version() -> None:
    """One line."""
    result = CliRunner().invoke(grade, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("grade ")
    assert result.output.count("\n") == 1


def test_no_arguments_is_help_and_a_mistake() -> None:
    """`grade` alone explains itself."""
    result = CliRunner().invoke(grade, [])
    assert result.exit_code == 2
    assert "Commands:" in result.output
