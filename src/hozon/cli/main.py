"""The group of commands, and how errors end a command.

Invariant: every error of `hozon.errors` ends with its message, its next step and an exit code of
its kind; a traceback is a bug of ours.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click

from hozon._version import __version__
from hozon.cli import collect  # noqa: F401  It adds commands to the group.
from hozon.cli.agent import agent
from hozon.cli.artifact import artifact
from hozon.cli.cache import cache
from hozon.cli.demo import demo
from hozon.cli.du import du
from hozon.cli.gc import gc
from hozon.cli.migrate import migrate
from hozon.cli.plan import plan
from hozon.cli.project import project
from hozon.cli.status import status
from hozon.cli.sweep import sweep
from hozon.cli.ttl import ttl
from hozon.errors import (
    AccessError,
    BackendError,
    ConflictError,
    HozonError,
    InputError,
    IntegrityError,
    NotFoundError,
    StateError,
)

EXIT_CODES: Mapping[type[HozonError], int] = MappingProxyType(
    {
        InputError: 2,
        NotFoundError: 3,
        ConflictError: 4,
        StateError: 5,
        IntegrityError: 6,
        BackendError: 7,
        AccessError: 8,
    }
)
"""Error group → exit code. 1 is any other failure, 2 is also click's for a wrong usage."""


class HozonGroup(click.Group):
    """A group whose commands end with our errors as messages."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  As click declares it.
        """Run a command; turn an error of ours into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except HozonError as error:
            click.secho(f"Error: {error.message}.", err=True, fg="red")
            click.echo(error.hint, err=True)
            code = next((c for group, c in EXIT_CODES.items() if isinstance(error, group)), 1)
            sys.exit(code)


@click.group(cls=HozonGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hozon")
def cli() -> None:
    """Keep versions of machine-learning artifacts.

    Data lives in your user data directory unless HOZON_HOME, HOZON_CATALOG_URL or
    HOZON_STORAGE_URL say otherwise: 'hozon status' shows where.

    \b
    To try the documentation's snippets on the data that they expect:
      eval "$(hozon demo guides/delete)"
    """  # noqa: D301  click knows the character \b.


cli.add_command(agent)
cli.add_command(artifact)
cli.add_command(cache)
cli.add_command(demo)
cli.add_command(du)
cli.add_command(gc)
cli.add_command(migrate)
cli.add_command(plan)
cli.add_command(project)
cli.add_command(status)
cli.add_command(sweep)
cli.add_command(ttl)
