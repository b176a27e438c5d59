"""The rules of the command line: every command teaches, prints for programs, and asks."""

from collections.abc import Iterator

import click
import pytest

from hozon.cli.main import SECTIONS, cli

ASK = {
    "hozon artifact delete",
    "hozon gc erase",
    "hozon plan execute",
    "hozon project set-visibility",
    "hozon sweep cancel",
    "hozon sweep stop",
    "hozon team remove",
}
"""What destroys something, or gives it away. Whatever else has --yes belongs here, too."""


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Give the commands that do something, by all their words."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        below = command.get_command(context, word)
        assert below is not None
        yield from leaves(below, f"{name} {word}")


def groups(command: click.Command, name: str) -> Iterator[tuple[str, click.Group]]:
    """Give the groups, by all their words."""
    if isinstance(command, click.Group):
        yield name, command
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from groups(below, f"{name} {word}")


COMMANDS = dict(leaves(cli, "hozon"))
GROUPS = dict(groups(cli, "hozon"))


def options(command: click.Command) -> set[str]:
    """Give the spellings of all options of a command."""
    params = command.params
    return {word for param in params if isinstance(param, click.Option) for word in param.opts}


def test_there_are_commands() -> None:
    """The checks below look at dozens, not at none."""
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_for_programs(name: str) -> None:
    """With --json."""
    assert "--json" in options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_by_example(name: str) -> None:
    """The help of a command shows a call of it."""
    assert f"{name} " in f"{COMMANDS[name].help} ".replace("\n", " ")


@pytest.mark.parametrize("name", GROUPS)
def test_lists_of_commands_are_whole_sentences(name: str) -> None:
    """In the help of a group no line is cut."""
    # With its settings: click keeps the option for help that it made first.
    context = click.Context(
        GROUPS[name], info_name=name, terminal_width=80, **GROUPS[name].context_settings
    )
    shown = GROUPS[name].get_help(context)
    listed = shown[shown.index("Options:") :]
    assert "..." not in listed


def test_what_destroys_asks() -> None:
    """And --yes answers; nothing else has it."""
    assert {name for name, one in COMMANDS.items() if "--yes" in options(one)} == ASK


def test_every_command_stands_in_one_section() -> None:
    """And is found where the table says."""
    listed = [name for part in SECTIONS.values() for name in part]
    assert len(listed) == len(set(listed))
    context = click.Context(cli)
    assert listed == cli.list_commands(context)
    for name in listed:
        found = cli.get_command(context, name)
        assert found is not None
        assert found.name == name
