"""Options that several commands have, and the question before something is destroyed.

Owns their names, their help and how they are answered. Refuses to own what they do to a command.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

import click

from hozon.cli.completing import complete_project
from hozon.errors import InputError

JSON: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for programs; sizes in bytes."
)
"""Every command that prints has it."""

YES: Final = click.option("--yes", is_flag=True, help="Do not ask.")
"""Every command that destroys something has it."""

PROJECT: Final = click.option(
    "--project",
    metavar="[ENTITY/]PROJECT",
    help="Another project than that of the settings.",
    shell_complete=complete_project,
)
"""Where names are looked up."""

LIMIT: Final = click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="How many to list; 0 lists all.",
)
"""Every list that may be long has it."""


class JsonObject(click.ParamType[Mapping[str, Any]]):
    """A JSON object, typed as text."""

    name = "json"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, Any]:
        """Read it, or say what is wrong with it."""
        if isinstance(value, Mapping):
            return value
        try:
            read = json.loads(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is no JSON ({error}).", param, ctx)
        except RecursionError:
            self.fail("This is JSON that is nested too deeply to be read.", param, ctx)
        if not isinstance(read, dict):
            self.fail(f"{value!r} is no JSON object, such as '{{\"epochs\": 3}}'.", param, ctx)
        return read


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is destroyed; a no ends the command with exit code 1.

    Args:
        question: What is about to happen, as a question.
        yes: Whether the question has been answered with `--yes`.

    Raises:
        InputError: Nobody can be asked, because standard input is no terminal.
        KeyboardInterrupt: It was Ctrl-C.
    """
    if yes:
        return
    if not can_answer():
        raise InputError(
            f"This asks first ({question}), and standard input is no terminal",
            hint="Add --yes to answer beforehand.",
        )
    try:
        answer = click.confirm(question, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    if not answer:
        raise click.Abort


def can_answer() -> bool:
    """Tell whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()
