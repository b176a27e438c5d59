"""`hozon status`: where data lives, and what is in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict

import click

from hozon.bootstrap import open_context
from hozon.services.status import count_all
from hozon.settings import load_settings

Place = str | None | Mapping[str, str]
"""A setting that says where something is, or several by the team that they are of."""

_BYTES = {"object_bytes": "Stored"}
"""The label of each figure that is in bytes."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def status(*, as_json: bool) -> None:
    """Show where data lives and what is in it.

    The places come from HOZON_HOME, HOZON_CATALOG_URL and HOZON_STORAGE_URL, or from the
    configuration file, or from the defaults.
    """
    settings = load_settings()
    context = open_context(settings)
    try:
        counts = asdict(count_all(context))
        places: dict[str, Place] = {
            "catalog": context.catalog.url,
            "storage": context.store.url,
            "connectors": {str(team): url for team, url in settings.connectors.items()},
            "config_file": str(settings.config_file) if settings.config_file else None,
            "entity": settings.default_path.entity,
            "project": settings.default_path.project,
        }
    finally:
        context.close()
    if as_json:
        click.echo(json.dumps({**places, **counts}, indent=2))
    else:
        _print_table(places, counts)


def _print_table(places: Mapping[str, Place], counts: Mapping[str, int]) -> None:
    """Print places and counts below each other, each whole: people copy them."""
    from rich.filesize import decimal  # noqa: PLC0415  The other commands print no sizes.

    rows: dict[str, str] = {}
    for key, value in places.items():
        if isinstance(value, Mapping):
            rows |= {f"Connector of {team}": url for team, url in value.items()}
        else:
            rows[_label(key)] = value or "none"
    for key, count in counts.items():
        rows[_label(key)] = decimal(count) if key in _BYTES else str(count)
    width = max(map(len, rows)) + 2
    for label, shown in rows.items():
        click.echo(f"{label:<{width}}{shown}")


def _label(key: str) -> str:
    """Turn a key into words."""
    return _BYTES.get(key, key.replace("_", " ").capitalize())
