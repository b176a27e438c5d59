"""`hozon migrate`: move the catalog to another database."""

from contextlib import closing

import click

from hozon.bootstrap import open_transfer
from hozon.cli.options import JSON
from hozon.cli.printing import advise, counted, print_facts, print_json, progress
from hozon.settings import load_settings


@click.command(short_help="Copy the catalog into another database.")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="URL",
    help="The new catalog: postgresql://user@host:port/database or sqlite:///path.",
)
@JSON
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
        with progress("Copying and comparing", total=2 * transfer.count()) as advance:
            rows = transfer.run(advance)
        places = {"from": transfer.source.url, "to": transfer.target.url}
    if as_json:
        print_json({**places, "rows": rows})
        return
    print_facts(
        {
            "From": places["from"],
            "To": places["to"],
            "Verified": f"{counted(sum(rows.values()), 'row')} in {counted(len(rows), 'table')}",
        }
    )
    advise("Now set HOZON_CATALOG_URL, or catalog_url in the configuration file, to the new URL.")
