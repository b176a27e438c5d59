"""`hozon du`: which collections and versions hold how many bytes."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

import click

from hozon.model.paths import ProjectPath
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.sdk.public.api import Api
from hozon.sdk.session import current_session

_HEADINGS = ("Collection", "Versions", "Total", "Unique", "Deleted")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--versions", "by_version", is_flag=True, help="Show each version, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes in bytes.")
def du(paths: tuple[str, ...], *, by_version: bool, as_json: bool) -> None:
    """Show how many bytes collections hold in the store.

    PATH is [[entity/]project/]name, where name may be a pattern such as 'sweep-*'. Without a PATH
    all collections of the default project are shown.

    Total is what the versions of a collection hold. Unique is what of that deleting the collection
    would free: the rest is shared with other collections. Deleted is what only deleted versions
    still hold, until they are purged.

    \b
      hozon du
      hozon du --versions mnist
      hozon du 'ada/digits/*' 'ada/letters/*'
    """  # noqa: D301  click knows the character \b.
    api = Api()
    shown = (
        (usage, list(api.version_usage(str(usage.path))) if by_version else None)
        for usage in _measured(api, paths)
    )
    if as_json:
        click.echo(json.dumps([_as_json(*item) for item in shown], indent=2))
    else:
        _print(list(shown))


def _measured(api: Api, paths: Sequence[str]) -> Iterator[CollectionUsage]:
    """Measure the collections that somebody named, each once."""
    default = current_session().settings.default_path
    if not paths:
        yield from api.usage()
    names = defaultdict[str, list[str]](list)
    for path in paths:
        project, _, name = path.rpartition("/")
        names[str(ProjectPath.parse(project, default=default))] += NamePatterns.of(name).patterns
    for project, chosen in names.items():
        yield from api.usage(chosen, project=project)


def _print(shown: Sequence[tuple[CollectionUsage, Sequence[VersionUsage] | None]]) -> None:
    """Print a table, the numbers to the right."""
    from rich.filesize import decimal  # noqa: PLC0415  Most commands print no sizes.

    rows: list[Sequence[str]] = [_HEADINGS]
    for usage, versions in shown:
        sizes = (usage.total_bytes, usage.unique_bytes, usage.deleted_bytes)
        rows.append((str(usage.path), str(usage.versions), *map(decimal, sizes)))
        for version in versions or ():
            held = "" if version.state == "COMMITTED" else f" ({version.state.lower()})"
            label = f"  {version.path.selector}{held}"
            rows.append((label, "", decimal(version.total_bytes), decimal(version.unique_bytes)))
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(len(_HEADINGS))]
    for first, *rest in rows:
        cells = (f"  {cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=False))
        click.echo(f"{first:<{widths[0]}}{''.join(cells)}")


def _as_json(usage: CollectionUsage, versions: Sequence[VersionUsage] | None) -> dict[str, object]:
    """Turn a collection into what JSON can carry."""
    figures: dict[str, object] = {
        "path": str(usage.path),
        "type": usage.type,
        "versions": usage.versions,
        "total_bytes": usage.total_bytes,
        "unique_bytes": usage.unique_bytes,
        "deleted_versions": usage.deleted_versions,
        "deleted_bytes": usage.deleted_bytes,
    }
    if versions is not None:
        figures["by_version"] = [
            {
                "path": str(version.path),
                "state": version.state,
                "total_bytes": version.total_bytes,
                "unique_bytes": version.unique_bytes,
            }
            for version in versions
        ]
    return figures
