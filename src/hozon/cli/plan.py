"""`hozon plan`: choose many versions to delete, look at the choice, and delete them."""

from collections.abc import Callable
from pathlib import Path

import click

from hozon.cli.completing import complete_collection
from hozon.cli.opening import opened
from hozon.cli.options import JSON, PROJECT, YES, confirm
from hozon.cli.printing import advise, print_json, progress
from hozon.model.spans import parse_span

_SPARED = 4
"""The exit code where something was spared; that of `hozon.errors.ConflictError`."""

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def plan() -> None:
    """Delete many versions: make a plan, look at it, execute it.

    A plan is a file, and making it deletes nothing. Executing it refuses when what it names has
    changed since; after an interruption, executing it again goes on where it was.

    \b
      hozon plan delete 'sweep-*' --keep-newest 3 --save plan.json
      hozon plan show plan.json
      hozon plan execute plan.json
    """  # noqa: D301  click knows the character \b.


@plan.command(short_help="Choose versions to delete, and make a plan.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_collection)
@PROJECT
@click.option("--type", "type_name", metavar="TYPE", help="What they hold, such as dataset.")
@click.option("--older-than", metavar="SPAN", help="At least this old, such as 36h, 30d or 8w.")
@click.option(
    "--keep-newest",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Spare the newest N versions of each collection.",
)
@click.option("--delete-aliases", is_flag=True, help="Take versions with aliases, too.")
@click.option("--force-links", is_flag=True, help="Take versions with links, too.")
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Where to keep the plan."
)
@JSON
def delete(  # noqa: PLR0913  One for each option.
    names: tuple[str, ...],
    *,
    project: str | None,
    type_name: str | None,
    older_than: str | None,
    keep_newest: int,
    delete_aliases: bool,
    force_links: bool,
    save: Path | None,
    as_json: bool,
) -> None:
    """Choose versions to delete, and tell what that would free; nothing is deleted.

    NAME is the name of a collection, or a pattern such as 'sweep-*'; without one, all collections
    of the project. Versions with aliases or links are left out, unless you say otherwise, and what
    stands under a protected alias always is.

    \b
      hozon plan delete --older-than 90d --save plan.json
      hozon plan delete 'sweep-*' --keep-newest 3 --delete-aliases --save plan.json
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        made = at.api().plan_delete(
            names or None,
            project=project or "",
            type_name=type_name,
            older_than=parse_span(older_than, what="--older-than") if older_than else None,
            keep_newest=keep_newest,
            delete_aliases=delete_aliases,
            force_links=force_links,
        )
    if save is not None:
        made.save(save)
    click.echo(made.to_json().rstrip() if as_json else str(made))
    if save is None:
        advise("The plan is not saved: add --save plan.json to execute it later.")
    else:
        advise(f"Saved. To delete: hozon plan execute {save}")


@plan.command()
@_FILE
@JSON
def show(file: Path, *, as_json: bool) -> None:
    """Show the plan in FILE.

    \b
      hozon plan show plan.json
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        loaded = at.api().load_plan(file)
    click.echo(loaded.to_json().rstrip() if as_json else str(loaded))


@plan.command()
@_FILE
@YES
@JSON
def execute(file: Path, *, yes: bool, as_json: bool) -> None:
    """Delete what the plan in FILE names.

    Deleted versions can be restored for a while; see HOZON_RESTORE_WINDOW. When it is interrupted,
    execute it again: what is deleted already counts as done. Exit code 4 means that something has
    changed: before anything was deleted, or, where versions are listed as failed, meanwhile.

    \b
      hozon plan execute plan.json
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        loaded = at.api().load_plan(file)
        if not yes:
            advise(str(loaded))
        confirm("Delete them?", yes=yes)
        with progress("Deleting", total=len(loaded)) as advance:
            report = loaded.execute(_Steps(advance).reach)
    if as_json:
        print_json(report)
    else:
        click.echo(str(report))
    if report.failed:
        raise SystemExit(_SPARED)


class _Steps:
    """Turns how far something is into how much has been done since the last time."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._done = 0

    def reach(self, done: int, _count: int) -> None:
        self._advance(done - self._done)
        self._done = done
