"""`hozon artifact`: list versions, and bring deleted ones back."""

import click

from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON
from hozon.cli.printing import print_json, print_table, read
from hozon.errors import InputError
from hozon.model.restoring import Restored
from hozon.model.versions import Version
from hozon.ports.paging import Listing
from hozon.services.resolve import list_versions, resolve_collection
from hozon.services.restore import list_deleted, restore_collection, restore_path


@click.group()
def artifact() -> None:
    """List versions, and bring deleted ones back.

    A path is [[entity/]project/]name, followed by :version where one version is meant. What is left
    out comes from HOZON_ENTITY and HOZON_PROJECT.
    """


@artifact.command()
@click.argument("name", required=False)
@click.option("--deleted", is_flag=True, help="List what was deleted and can be restored.")
@JSON
def ls(name: str | None, *, deleted: bool, as_json: bool) -> None:
    """List the versions of the artifact NAME, newest first.

    With --deleted, list those that can still be restored, the newest delete first, and say when, by
    whom and why they were deleted; without NAME those of all artifacts of the project.

    \b
      hozon artifact ls mnist
      hozon artifact ls --deleted
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        versions = read(_listing(at, name, deleted=deleted))
    if as_json:
        print_json([_facts(version) for version in versions])
    elif deleted:
        print_table(
            ("VERSION", "DELETED", "BY", "REASON"),
            [
                (v.path, v.deletion.at, v.deletion.by, v.deletion.reason)
                for v in versions
                if v.deletion
            ],
        )
    else:
        print_table(("VERSION", "ALIASES"), [(v.path, ", ".join(v.aliases)) for v in versions])


@artifact.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@JSON
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
    with opened() as at:
        try:
            for path in paths:
                reports.append(_restore(at, path))  # noqa: PERF401  Errors may end it.
        finally:  # What was restored before an error is told all the same.
            _print(reports, as_json=as_json)


def _listing(at: Opened, name: str | None, *, deleted: bool) -> Listing[Version]:
    """Choose what to list."""
    path = at.collection(name) if name is not None else None
    if deleted:
        project, chosen = (path.at, path.name) if path else (at.default, None)
        return list_deleted(at.context, project, type_name=None, name=chosen)
    if path is None:
        raise InputError("No artifact is named", hint="Give its NAME, or --deleted.")
    return list_versions(at.context, resolve_collection(at.context, path))


def _restore(at: Opened, path: str) -> Restored:
    """Restore a version, or a collection."""
    if ":" in path:
        return restore_path(at.context, at.version(path))
    return restore_collection(at.context, at.collection(path))


def _facts(version: Version) -> dict[str, object]:
    """Give what a program may want to know of a version."""
    deletion = version.deletion
    return {
        "path": str(version.path),
        "type": version.type,
        "size_bytes": version.size,
        "aliases": list(version.aliases),
        "deleted_at": deletion.at if deletion else None,
        "deleted_by": deletion.by if deletion else None,
        "deleted_reason": deletion.reason if deletion else None,
    }


def _print(reports: list[Restored], *, as_json: bool) -> None:
    """Tell what came back, and what did not."""
    if as_json:
        print_json(reports)
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
