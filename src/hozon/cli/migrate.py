"""`hozon migrate`: move the catalog to another database."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import click

from hozon.bootstrap import open_transfer
from hozon.settings import load_settings


@click.command()
@click.option(
    "--to",
    "target",
    required=True,
    metavar="URL",
    help="The new catalog: postgresql://user@host:port/database or sqlite:///path.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of sentences.")
def migrate(target: str, *, as_json: bool) -> None:
    """Copy the catalog into an empty database, and compare every row.

    The catalog is the one that 'hozon status' shows. It is left as it is, and nobody can write to
    it meanwhile; stop other programs first, for what they write to it later is not copied. The
    bytes of artifacts stay where they are.

    Either all rows are copied or none. A password is better left to ~/.pgpass or PGPASSWORD than
    written into the URL.

    \b
      hozon migrate --to postgresql://hozon@db.example.com/hozon
    """  # noqa: D301  click knows the character \b.
    settings = load_settings()
    with closing(open_transfer(settings.catalog_url, target)) as transfer:
        with _progress(2 * transfer.count()) as advance:
            rows = transfer.run(advance)
        places = {"from": transfer.source.url, "to": transfer.target.url}
    if as_json:
        click.echo(json.dumps({**places, "rows": rows}, indent=2))
        return
    click.echo(f"From      {places['from']}")
    click.echo(f"To        {places['to']}")
    click.echo(f"Verified  {sum(rows.values())} rows in {len(rows)} tables")
    click.echo(
        "Now set HOZON_CATALOG_URL, or catalog_url in the configuration file, to the new URL."
    )


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Show on standard error how many of the steps are done, where that is a terminal."""
    from rich.console import Console  # noqa: PLC0415  The other commands show no progress.
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (SpinnerColumn(), *Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Copying and comparing", total=total)
        yield lambda steps: progress.advance(task, steps)
