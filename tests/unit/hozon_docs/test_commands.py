"""The commands of a command line, and those that a shell block runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.commands import Command, CommandLine, commands_in, read_commands
from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.inventory import read_inventory
from unit.hozon_docs.small_packages import write_package

TOOL = """
import click

@click.group()
def cli(): pass

@cli.command()
def pay(): pass

@cli.command(hidden=True)
def secret(): pass

@cli.group()
def stock(): pass

@stock.command("list")
def list_stock(): pass
"""
LATER = """
class Later(click.Group):
    def list_commands(self, ctx):
        return ["ship"]

    def get_command(self, ctx, name):
        return pay if name == "ship" else None

cli.add_command(Later("later"))
"""
Write = Callable[..., Config]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Give a function that writes a package with a command line."""

    def write_tool(commands: str = "shop.tool:cli", file: str = "tool.py") -> Config:
        return write_package(tmp_path, monkeypatch, {file: TOOL}, f'commands = "{commands}"\n')

    return write_tool


def test_commands_are_listed_with_all_their_words(write: Write, tmp_path: Path) -> None:
    """Commands of groups in groups are listed; groups and hidden commands are not."""
    installed = tmp_path / "src" / "shop-1.dist-info"
    config = write()
    installed.mkdir()
    (installed / "METADATA").write_text("Name: shop\nVersion: 1\n", "utf-8")
    (installed / "entry_points.txt").write_text(
        "[console_scripts]\nmarket = shop.tool:cli\n", "utf-8"
    )
    found = read_commands(config)
    assert (found.program, [command.name for command in found.commands]) == (
        ("market",),
        ["market pay", "market stock list"],
    )


def test_commands_that_are_loaded_when_asked_for_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group may know their names only."""
    config = write_package(
        tmp_path, monkeypatch, {"tool.py": TOOL + LATER}, 'commands = "shop.tool:cli"\n'
    )
    assert "cli later ship" in [one.name for one in read_commands(config).commands]


def test_without_a_script_the_module_or_the_command_gives_the_name(write: Write) -> None:
    """`python -m` starts a module `__main__`; else the command is called by its own name."""
    assert read_commands(write()).program == ("cli",)


def test_a_main_module_is_started_by_python(write: Write) -> None:
    """The words of a module `__main__` are `python -m` and the package."""
    found = read_commands(write("shop.__main__:cli", "__main__.py"))
    assert found.program == ("python", "-m", "shop")


def test_commands_stand_in_the_inventory(write: Write) -> None:
    """A command is a public name like any other, at the place of what it runs."""
    names = [one for one in read_inventory(write()).names if one.kind == "command"]
    assert [(one.name, one.path.name) for one in names] == [
        ("cli pay", "tool.py"),
        ("cli stock list", "tool.py"),
    ]


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ("shop.none:cli", "cannot be imported"),
        ("shop.tool:TOOL", "cannot"),
        ("shop.tool:click", "is a module"),
    ],
)
def test_what_is_no_command_line_is_refused(write: Write, commands: str, reason: str) -> None:
    """The message names the setting and says what it should be."""
    with pytest.raises(DocsError, match=reason):
        read_commands(write(commands))


LINE = CommandLine(
    ("shop",),
    (
        Command(("pay",), "shop pay", print),
        Command(("stock", "list"), "shop stock list", print),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "shop pay",
        "  shop pay 3 --fast\n",
        "shop --quiet pay",
        "SHOP_HOME=x shop pay",
        "cd there && shop pay",
        "echo yes | shop pay",
        'eval "$(shop pay)"',
        "echo $(shop pay)",
        "x=`shop pay`",
        ".venv/bin/shop pay",
        "for i in 1 2; do shop pay; done",
        "if shop pay; then echo paid; fi",
        "shop \\\n  pay",
        "echo 'two\nlines'\nshop pay",
        "shop pay > paid.txt",
        "(shop pay)",
    ],
)
def test_a_command_is_found_wherever_a_shell_would_run_it(text: str) -> None:
    """Assignments, pipes, substitutions and line ends do not hide it."""
    assert commands_in(text, LINE) == {"shop pay"}


@pytest.mark.parametrize(
    "text",
    [
        "shop",
        "shop refund",
        "echo shop pay",
        "# shop pay",
        "echo 'shop pay'",
        "shop pay --help",
        "shop stock",
        "workshop pay",
        "",
        "echo 'never closed",
    ],
)
def test_words_that_run_nothing_exercise_nothing(text: str) -> None:
    """A comment, an argument, a text and the help run no command."""
    assert commands_in(text, LINE) == frozenset()


def test_the_words_of_a_group_lead_to_its_command() -> None:
    """All words have to be there, in order."""
    assert commands_in("shop stock --all list", LINE) == {"shop stock list"}
