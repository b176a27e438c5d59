"""`hozon status`: where data lives, and what is in it."""

from collections.abc import Mapping
from dataclasses import asdict

import click

from hozon.cli.opening import opened
from hozon.cli.options import JSON
from hozon.cli.printing import print_facts, print_json, size
from hozon.services.status import count_all

Place = str | None | Mapping[str, str]
"""A setting that says where something is, or several by the team that they are of."""

_BYTES = {"object_bytes": "Stored"}
"""The label of each figure that is in bytes."""


@click.command()
@JSON
def status(*, as_json: bool) -> None:
    """Show where data lives and what is in it.

    The places come from HOZON_HOME, HOZON_CATALOG_URL and HOZON_STORAGE_URL, or from the
    configuration file, or from the defaults.

    \b
      hozon status
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        counts = asdict(count_all(at.context))
        settings = at.settings
        places: dict[str, Place] = {
            "catalog": at.context.catalog.url,
            "storage": at.context.store.url,
            "connectors": {str(team): url for team, url in settings.connectors.items()},
            "config_file": str(settings.config_file) if settings.config_file else None,
            "entity": at.default.entity,
            "project": at.default.project,
        }
    if as_json:
        print_json({**places, **counts})
    else:
        print_facts(_rows(places, counts))


def _rows(places: Mapping[str, Place], counts: Mapping[str, int]) -> Mapping[str, str]:
    """Put labels to places and counts."""
    rows: dict[str, str] = {}
    for key, value in places.items():
        if isinstance(value, Mapping):
            rows |= {f"Connector of {team}": url for team, url in value.items()}
        else:
            rows[_label(key)] = value or "none"
    for key, count in counts.items():
        rows[_label(key)] = size(count) if key in _BYTES else str(count)
    return rows


def _label(key: str) -> str:
    """Turn a key into words."""
    return _BYTES.get(key, key.replace("_", " ").capitalize())
