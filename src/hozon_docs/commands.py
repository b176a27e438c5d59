"""The commands of the documented command line: which there are, and which a shell block runs.

Owns the reading of a click command and of the words of a shell. Refuses to run either: a block is
run by `hozon_docs.shell`.

Invariants: a group is no command, its commands are; what only shows its help is not run.
"""

import importlib
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePosixPath
from typing import Any

import click

from hozon_docs.config import Config
from hozon_docs.findings import DocsError

_HELP = frozenset({"--help", "-h"})
_BEFORE = frozenset(
    {"!", "env", "exec", "eval", "sudo", "time", "then", "do", "else", "if", "while"}
)
"""Words after which a command begins."""
_BACKQUOTED = re.compile(r"`([^`]*)`")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SEPARATOR = re.compile(r"[;&|(){}<>]+|\$")


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    words: tuple[str, ...]
    """What leads to it after the words of the program; none where the program is one command."""
    name: str
    """All words: `shop pay`."""
    callback: Callable[..., Any]
    """What it runs."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The documented command line."""

    program: tuple[str, ...] = ()
    """The words that start it: `shop`, or `python -m shop`; empty where there is none."""
    commands: tuple[Command, ...] = ()
    """Its commands; hidden ones are left out."""


def read_commands(config: Config) -> CommandLine:
    """Read the commands of the documented packages; imports them.

    Args:
        config: Where the command line is.

    Returns:
        The commands; none where the configuration names no command line.

    Raises:
        DocsError: The configuration names what is no click command, or cannot be imported.
    """
    if not config.commands:
        return CommandLine()
    module, _, attribute = config.commands.partition(":")
    try:
        root = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise _refusal(config, f"cannot be imported ({type(error).__name__}: {error})") from error
    if not isinstance(root, click.Command):
        raise _refusal(config, f"is a {type(root).__name__}, not a click command")
    program = _program(config, root)
    return CommandLine(program, tuple(_commands(root, words=(), program=program)))


def commands_in(text: str, command_line: CommandLine) -> frozenset[str]:
    """Find the commands that a shell would run.

    Args:
        text: The commands of a shell block, without prompts and outputs.
        command_line: The documented commands.

    Returns:
        The names of those that are called, within `$(…)` and backquotes, too.
    """
    return frozenset(
        command.name
        for words in _calls(text)
        for command in command_line.commands
        if _runs(words, command, program=command_line.program)
    )


def _refusal(config: Config, reason: str) -> DocsError:
    return DocsError(
        f"pyproject.toml: [tool.hozon_docs] commands is {config.commands!r}, which {reason}; "
        "write module:name of a click command."
    )


def _program(config: Config, root: click.Command) -> tuple[str, ...]:
    """Give the words by which an installed script, or the module, is started."""
    scripts = metadata.entry_points(group="console_scripts")
    names = sorted(script.name for script in scripts if script.value == config.commands)
    if names:
        return (names[0],)
    package, _, last = config.commands.partition(":")[0].rpartition(".")
    return ("python", "-m", package) if last == "__main__" else (root.name or "",)


def _commands(
    command: click.Command, *, words: tuple[str, ...], program: tuple[str, ...]
) -> Iterator[Command]:
    if not isinstance(command, click.Group):
        if command.callback is not None:
            yield Command(words, " ".join((*program, *words)), command.callback)
        return
    context = click.Context(command)
    for name in command.list_commands(context):  # A group may load its commands when asked.
        below = command.get_command(context, name)
        if below is not None and not below.hidden:
            yield from _commands(below, words=(*words, name), program=program)


def _calls(text: str) -> Iterator[list[str]]:
    """Give the words of each simple command."""
    for line in _logical_lines(_BACKQUOTED.sub(r"$(\1)", text)):
        call: list[str] = []
        for word in (*line, ";"):
            if not _SEPARATOR.fullmatch(word):
                call.append(word)
                for inner in _substituted(word):
                    yield from _calls(inner)
            elif call:
                yield call
                call = []


def _logical_lines(text: str) -> Iterator[list[str]]:
    """Split a script into lines, each into words; a quoted text may go over several."""
    pending = ""
    for line in text.replace("\\\n", " ").split("\n"):
        pending += line
        try:
            yield _words(pending)
        except ValueError:  # A quotation that goes on in the next line.
            pending += "\n"
        else:
            pending = ""


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()<>")
    lexer.whitespace_split = True
    return list(lexer)


def _substituted(word: str) -> Iterator[str]:
    """Give the commands whose output a quoted word takes."""
    for opening in re.finditer(r"\$\(", word):
        depth = 1
        for end in range(opening.end(), len(word)):
            depth += {"(": 1, ")": -1}.get(word[end], 0)
            if depth == 0:
                yield word[opening.end() : end]
                break


def _runs(words: Sequence[str], command: Command, *, program: tuple[str, ...]) -> bool:
    start = 0
    while start < len(words) and (words[start] in _BEFORE or _ASSIGNMENT.match(words[start])):
        start += 1
    called = list(words[start:])
    if called:
        called[0] = PurePosixPath(called[0]).name
    if tuple(called[: len(program)]) != program:
        return False
    rest = called[len(program) :]
    plain = [word for word in rest if not word.startswith("-")]
    return tuple(plain[: len(command.words)]) == command.words and _HELP.isdisjoint(rest)
