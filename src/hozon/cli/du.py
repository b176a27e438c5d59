"""`hozon du`: which collections and versions hold how many bytes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import click

from hozon.cli.completing import complete_collection
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON
from hozon.cli.printing import print_json, print_table, size
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.sdk.public.api import Api

_HEADINGS = ("COLLECTION", "VERSIONS", "TOTAL", "UNIQUE", "DELETED")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_collection)
@click.option("--versions", "by_version", is_flag=True, help="Show each version, too.")
@JSON
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
    with opened() as at:
        api = at.api()
        shown = [
            (usage, list(api.version_usage(str(usage.path))) if by_version else None)
            for usage in _measured(at, api, paths)
        ]
    if as_json:
        print_json([_facts(*item) for item in shown])
    else:
        print_table(_HEADINGS, _rows(shown), right={1, 2, 3, 4})


def _measured(at: Opened, api: Api, paths: Sequence[str]) -> Iterator[CollectionUsage]:
    """Measure the collections that somebody named, each once."""
    if not paths:
        yield from api.usage()
    names = defaultdict[str, list[str]](list)
    for path in paths:
        project, _, name = path.rpartition("/")
        names[str(at.project(project))] += NamePatterns.of(name).patterns
    for project, chosen in names.items():
        yield from api.usage(chosen, project=project)


def _rows(
    shown: Sequence[tuple[CollectionUsage, Sequence[VersionUsage] | None]],
) -> Iterator[Sequence[str]]:
    """Write a line for each collection, and one for each of its versions."""
    for usage, versions in shown:
        sizes = (usage.total_bytes, usage.unique_bytes, usage.deleted_bytes)
        yield (str(usage.path), str(usage.versions), *map(size, sizes))
        for version in versions or ():
            held = "" if version.state == "COMMITTED" else f" ({version.state.lower()})"
            label = f"  {version.path.selector}{held}"
            yield (label, " ", size(version.total_bytes), size(version.unique_bytes), " ")


def _facts(usage: CollectionUsage, versions: Sequence[VersionUsage] | None) -> dict[str, object]:
    """Give what a program may want to know of a collection."""
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
