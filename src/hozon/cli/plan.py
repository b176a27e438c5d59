"""`hozon plan`: choose many versions to delete, look at the choice, and delete them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from hozon.model.spans import parse_span
from hozon.sdk.public.api import Api

_SPARED = 4
"""The exit code where something was spared; that of `hozon.errors.ConflictError`."""

_FILE = click.argument("file", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of sentences.")


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


@plan.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--project", default="", metavar="PROJECT", help="[entity/]project.")
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
@_JSON
def delete(  # noqa: PLR0913  One for each option.
    names: tuple[str, ...],
    *,
    project: str,
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
    made = Api().plan_delete(
        names or None,
        project=project,
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
        click.echo("The plan is not saved: add --save plan.json to execute it later.", err=True)
    else:
        click.echo(f"Saved. To delete: hozon plan execute {save}", err=True)


@plan.command()
@_FILE
@_JSON
def show(file: Path, *, as_json: bool) -> None:
    """Show the plan in FILE.

    \b
      hozon plan show plan.json
    """  # noqa: D301  click knows the character \b.
    loaded = Api().load_plan(file)
    click.echo(loaded.to_json().rstrip() if as_json else str(loaded))


@plan.command()
@_FILE
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
def execute(file: Path, *, yes: bool, as_json: bool) -> None:
    """Delete what the plan in FILE names.

    Deleted versions can be restored for a while; see HOZON_RESTORE_WINDOW. When it is interrupted,
    execute it again: what is deleted already counts as done. Exit code 4 means that something has
    changed: before anything was deleted, or, where versions are listed as failed, meanwhile.

    \b
      hozon plan execute plan.json
    """  # noqa: D301  click knows the character \b.
    loaded = Api().load_plan(file)
    if not yes:
        click.echo(str(loaded), err=True)
        click.confirm("Delete them?", abort=True, err=True)
    with _told(len(loaded)) as progress:
        report = loaded.execute(progress)
    click.echo(json.dumps(asdict(report), indent=2) if as_json else str(report))
    if report.failed:
        raise SystemExit(_SPARED)


@contextmanager
def _told(count: int) -> Iterator[Callable[[int, int], None]]:
    """Show on the terminal how far it is."""
    from rich.console import Console  # noqa: PLC0415  Most commands show no progress.
    from rich.progress import MofNCompleteColumn, Progress  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _count: None
        return
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Deleting", total=count)
        yield lambda done, _: bar.update(task, completed=done)
