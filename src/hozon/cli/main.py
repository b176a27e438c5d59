"""The group of commands, and how errors end a command.

Owns which commands there are, in which order the help shows them, and exit codes. A command is
imported when it is called, so that the others cost it nothing. Invariant: every error of
`hozon.errors` ends with its message, its next step and an exit code of its kind; a traceback is a
bug of ours.
"""

import errno
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from pkgutil import resolve_name
from traceback import walk_tb
from types import MappingProxyType
from typing import Any, Final

import click
from click.shell_completion import add_completion_class

from hozon._version import __version__
from hozon.cli.shells import BashWords
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

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as shells have it."""

SECTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Artifacts and runs": {
            "artifact": "hozon.cli.artifact:artifact",
            "run": "hozon.cli.run:run",
            "lineage": "hozon.cli.lineage:lineage",
        },
        "Sweeps": {
            "sweep": "hozon.cli.sweep:sweep",
            "agent": "hozon.cli.agent:agent",
        },
        "Deleting, expiring and space": {
            "plan": "hozon.cli.plan:plan",
            "ttl": "hozon.cli.ttl:ttl",
            "du": "hozon.cli.du:du",
            "gc": "hozon.cli.collect:gc",
            "cache": "hozon.cli.cache:cache",
        },
        "Projects and teams": {
            "project": "hozon.cli.project:project",
            "team": "hozon.cli.team:team",
            "audit": "hozon.cli.audit:audit",
        },
        "This installation": {
            "status": "hozon.cli.status:status",
            "migrate": "hozon.cli.migrate:migrate",
            "completion": "hozon.cli.shells:completion",
            "demo": "hozon.cli.demo:demo",
        },
    }
)
"""Heading of the help → command → where it is."""

_PLACES: Final = {name: place for part in SECTIONS.values() for name, place in part.items()}


class HozonGroup(click.Group):
    """A group whose commands are imported when needed, and end with our errors as messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of the help."""
        return [*_PLACES, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        place = _PLACES.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        found = resolve_name(place)
        assert isinstance(found, click.Command)  # noqa: S101  The table above names commands.
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        limit = formatter.width - 6 - max(map(len, _PLACES))
        for heading, part in SECTIONS.items():
            commands = [(name, self.get_command(ctx, name)) for name in part]
            rows = [(name, found.get_short_help_str(limit)) for name, found in commands if found]
            with formatter.section(heading):
                formatter.write_dl(rows, col_spacing=2, col_max=max(map(len, _PLACES)))

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  As click declares it.
        """Run the program; where a shell asks for words, know the shells that we do."""
        add_completion_class(BashWords)
        if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
            # Standard error does so already: what a terminal cannot show is no reason to fail.
            sys.stdout.reconfigure(errors="backslashreplace")
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  As click declares it.
        """Run a command; turn an error of ours, or Ctrl-C, into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except HozonError as error:
            click.secho(f"Error: {error.message}.", err=True, fg="red")
            click.echo(error.hint, err=True)
            code = next((c for group, c in EXIT_CODES.items() if isinstance(error, group)), 1)
            sys.exit(code)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # Whoever read has heard enough: click ends quietly.
            _tell(error)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            sys.exit(INTERRUPTED)


def _tell(error: OSError) -> None:
    """Say what the system refused, and where."""
    if _is_of_output(error):
        message = f"The output cannot be written ({error.strerror})"
        advice = "Send it to a place with space; what the command changed is done."
        # Python would try once more at its end, and fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        where = f"{error.filename}: " if error.filename else ""
        message = f"{where}{error.strerror or error}"
        advice = "Check that there is space, and that you may read and write there."
    click.secho(f"Error: {message}.", err=True, fg="red")
    click.echo(advice, err=True)


def _is_of_output(error: OSError) -> bool:
    """Tell whether printing failed, and not what was to be printed."""
    *_, (frame, _line) = walk_tb(error.__traceback__)
    return frame.f_globals["__name__"] in {"click.utils", "rich.console"}


@click.group(cls=HozonGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hozon")
def cli() -> None:
    """Keep versions of machine-learning artifacts.

    Data lives in your user data directory unless HOZON_HOME, HOZON_CATALOG_URL or
    HOZON_STORAGE_URL say otherwise: 'hozon status' shows where.

    Every command explains itself with --help. What prints has --json, for programs. What destroys
    something asks first, and --yes answers.

    \b
    To try the documentation's snippets on the data that they expect:
      eval "$(hozon demo guides/delete)"
    """  # noqa: D301  click knows the character \b.
