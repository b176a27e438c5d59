"""`hozon artifact`: list versions, and bring deleted ones back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from hozon.bootstrap import open_context
from hozon.errors import InputError
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.restoring import Restored
from hozon.model.versions import Version
from hozon.ports.paging import Listing, PageKey
from hozon.services.context import Context
from hozon.services.resolve import list_versions, resolve_collection
from hozon.services.restore import list_deleted, restore_collection, restore_path
from hozon.settings import load_settings

_PAGE = 500


@click.group()
def artifact() -> None:
    """List versions, and bring deleted ones back.

    A path is [[entity/]project/]name, followed by :version where one version is meant. What is left
    out comes from HOZON_ENTITY and HOZON_PROJECT.
    """


@artifact.command()
@click.argument("name", required=False)
@click.option("--deleted", is_flag=True, help="List what was deleted and can be restored.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def ls(name: str | None, *, deleted: bool, as_json: bool) -> None:
    """List the versions of the artifact NAME, newest first.

    With --deleted, list those that can still be restored, the newest delete first, and say when, by
    whom and why they were deleted; without NAME those of all artifacts of the project.

    \b
      hozon artifact ls mnist
      hozon artifact ls --deleted
    """  # noqa: D301  click knows the character \b.
    with _opened() as (context, default):
        versions = list(_versions(_listing(context, default, name, deleted=deleted)))
    if as_json:
        click.echo(json.dumps([_facts(version) for version in versions], indent=2))
        return
    width = max((len(str(version.path)) for version in versions), default=0) + 2
    for version in versions:
        click.echo(f"{version.path!s:<{width}}{_described(version)}".rstrip())


@artifact.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of sentences.")
def restore(paths: tuple[str, ...], *, as_json: bool) -> None:
    """Bring deleted versions back, with their aliases and links.

    Name versions by number, such as mnist:v2. A PATH without a version restores a collection that
    was deleted as a whole; versions that were deleted one by one stay deleted.

    Aliases come back where no other version has them now, links where their portfolio still
    stands. What did not come back is listed. What a collector has purged cannot be restored. Each
    PATH is restored completely or not at all; the first that fails ends the command.

    \b
      hozon artifact ls --deleted
      hozon artifact restore mnist:v2 classifier:v0
      hozon artifact restore mnist
    """  # noqa: D301  click knows the character \b.
    reports: list[Restored] = []
    with _opened() as (context, default):
        try:
            for path in paths:
                reports.append(_restore(context, path, default))  # noqa: PERF401  Errors may end it.
        finally:  # What was restored before an error is told all the same.
            _print(reports, as_json=as_json)


@contextmanager
def _opened() -> Iterator[tuple[Context, ProjectPath]]:
    """Open what the settings name, and close it again."""
    settings = load_settings()
    context = open_context(settings)
    try:
        yield context, settings.default_path
    finally:
        context.close()


def _listing(
    context: Context, default: ProjectPath, name: str | None, *, deleted: bool
) -> Listing[Version]:
    """Choose what to list."""
    path = CollectionPath.parse(name, default=default) if name is not None else None
    if deleted:
        at, chosen = (path.at, path.name) if path else (default, None)
        return list_deleted(context, at, type_name=None, name=chosen)
    if path is None:
        raise InputError("No artifact is named", hint="Give its NAME, or --deleted.")
    return list_versions(context, resolve_collection(context, path))


def _versions(listing: Listing[Version]) -> Iterator[Version]:
    """Read a listing page by page."""
    after: PageKey | None = None
    while page := listing.page(after=after, limit=_PAGE):
        yield from (item.value for item in page)
        after = page[-1].key


def _restore(context: Context, path: str, default: ProjectPath) -> Restored:
    """Restore a version, or a collection."""
    if ":" in path:
        return restore_path(context, ArtifactPath.parse(path, default=default))
    return restore_collection(context, CollectionPath.parse(path, default=default))


def _facts(version: Version) -> dict[str, object]:
    """Give what a program may want to know of a version."""
    deletion = version.deletion
    return {
        "path": str(version.path),
        "type": version.type,
        "size_bytes": version.size,
        "aliases": list(version.aliases),
        "deleted_at": deletion.at.isoformat() if deletion else None,
        "deleted_by": deletion.by if deletion else None,
        "deleted_reason": deletion.reason if deletion else None,
    }


def _described(version: Version) -> str:
    """Say in a few words what people want to know of a version."""
    if version.deletion is None:
        return ", ".join(version.aliases)
    deletion = version.deletion
    return f"{deletion.at:%Y-%m-%d %H:%M} UTC  {deletion.by}  {deletion.reason}"


def _print(reports: list[Restored], *, as_json: bool) -> None:
    """Tell what came back, and what did not."""
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], indent=2))
        return
    for report in reports:
        for path in report.versions:
            click.echo(f"Restored  {path}")
        for path in report.links:
            click.echo(f"Link      {path}")
        for path in report.aliases:
            click.echo(f"Alias     {path}")
        for path, holder in report.conflicts.items():
            click.echo(f"Taken     {path} is {holder} now")
        for path in report.lost_links:
            click.echo(f"Lost      {path} did not come back")
