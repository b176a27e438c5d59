"""`hozon artifact ls` and `show`: what there is, and what is known of one version."""

from collections import Counter
from collections.abc import Mapping

import click

from hozon.cli.completing import complete_collection, complete_version
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON, LIMIT, PROJECT
from hozon.cli.printing import print_facts, print_json, print_table, read, size, tell_rest
from hozon.model.expiry import format_ttl
from hozon.model.names import TypeName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.ttl import ArtifactTTL
from hozon.model.versions import Version
from hozon.ports.catalog import Collection
from hozon.ports.paging import Listing
from hozon.sdk.artifact import Artifact
from hozon.services.resolve import list_collections, list_versions, resolve_collection
from hozon.services.restore import list_deleted


@click.command(short_help="List artifacts, or the versions of one.")
@click.argument("name", required=False, shell_complete=complete_collection)
@PROJECT
@click.option("--type", "type_name", metavar="TYPE", help="Only what is of this type.")
@click.option("--types", is_flag=True, help="List the types, and how many artifacts have each.")
@click.option("--deleted", is_flag=True, help="List what was deleted and can be restored.")
@LIMIT
@JSON
def ls(
    name: str | None,
    *,
    project: str | None,
    type_name: str | None,
    types: bool,
    deleted: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List the artifacts of a project, or the versions of the artifact NAME, newest first.

    With --deleted, list the versions that can still be restored, the newest delete first, and say
    when, by whom and why they were deleted; without NAME those of all artifacts of the project.

    \b
      hozon artifact ls
      hozon artifact ls --types
      hozon artifact ls mnist
      hozon artifact ls --deleted
    """  # noqa: D301  click knows the character \b.
    chosen = TypeName(check_name(type_name, kind="type")) if type_name is not None else None
    if types and (name is not None or deleted):
        raise click.UsageError("--types lists the types of a project: leave the rest out.")
    with opened() as at:
        where = at.project(project)
        path = at.collection(name, at=where) if name is not None else None
        if types:
            _list_types(at, where, as_json=as_json)
        elif deleted:
            _list_deleted(at, where, path, chosen, limit=limit, as_json=as_json)
        elif path is not None:
            found = resolve_collection(at.context, path, type_name=chosen)
            _list_versions(list_versions(at.context, found), limit=limit, as_json=as_json)
        else:
            _list_collections(at, where, chosen, limit=limit, as_json=as_json)


@click.command()
@click.argument("path", shell_complete=complete_version)
@click.option("--files", is_flag=True, help="List the files, too.")
@JSON
def show(path: str, *, files: bool, as_json: bool) -> None:
    """Show what is known of the version PATH.

    With its aliases, tags and metadata, when it expires, which run logged it and which runs used
    it.

    \b
      hozon artifact show mnist:reviewed
      hozon artifact show mnist --files
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = at.api().artifact(path)
        facts = _facts_of(found)
        entries = [
            {"path": entry.path, "size_bytes": entry.size, "digest": entry.digest, "ref": entry.ref}
            for entry in (found.manifest.entries.values() if files else ())
        ]
    if as_json:
        print_json({**facts, "entries": entries} if files else facts)
        return
    print_facts(_shown(facts))
    if entries:
        click.echo()
        print_table(
            ("FILE", "SIZE", "DIGEST"),
            [
                (entry["path"], _size(entry["size_bytes"]), entry["ref"] or entry["digest"])
                for entry in entries
            ],
            right={1},
        )


def _list_types(at: Opened, where: ProjectPath, *, as_json: bool) -> None:
    """List the types of a project."""
    counts = Counter(c.type for c in read(list_collections(at.context, where, type_name=None)))
    rows = sorted(counts.items())
    if as_json:
        print_json([{"type": kind, "artifacts": count} for kind, count in rows])
    else:
        print_table(("TYPE", "ARTIFACTS"), rows, right={1})


def _list_collections(
    at: Opened, where: ProjectPath, type_name: TypeName | None, *, limit: int, as_json: bool
) -> None:
    """List the collections of a project."""
    listing = list_collections(at.context, where, type_name=type_name)
    found = [_facts_of_collection(at, each) for each in read(listing, limit=limit)]
    if as_json:
        print_json(found)
    else:
        print_table(
            ("ARTIFACT", "TYPE", "VERSIONS", "NEWEST"),
            [(each["path"], each["type"], each["versions"], each["newest"]) for each in found],
            right={2},
        )
    tell_rest(listing, shown=len(found), limit=limit)


def _list_versions(listing: Listing[Version], *, limit: int, as_json: bool) -> None:
    """List the versions of a collection."""
    versions = read(listing, limit=limit)
    if as_json:
        print_json(list(map(_facts_of_version, versions)))
    else:
        print_table(
            ("VERSION", "SIZE", "CREATED", "ALIASES"),
            [(v.path, size(v.size), v.created_at, ", ".join(v.aliases)) for v in versions],
            right={1},
        )
    tell_rest(listing, shown=len(versions), limit=limit)


def _list_deleted(
    at: Opened,
    where: ProjectPath,
    path: CollectionPath | None,
    type_name: TypeName | None,
    *,
    limit: int,
    as_json: bool,
) -> None:
    """List what can be restored."""
    project, name = (path.at, path.name) if path else (where, None)
    listing = list_deleted(at.context, project, type_name=type_name, name=name)
    versions = read(listing, limit=limit)
    if as_json:
        print_json(list(map(_facts_of_version, versions)))
    else:
        deletions = [(version.path, version.deletion) for version in versions if version.deletion]
        print_table(
            ("VERSION", "DELETED", "BY", "REASON"),
            [(version, gone.at, gone.by, gone.reason) for version, gone in deletions],
        )
    tell_rest(listing, shown=len(versions), limit=limit)


def _facts_of_collection(at: Opened, collection: Collection) -> dict[str, object]:
    """Give what a program may want to know of a collection."""
    versions = list_versions(at.context, collection)
    newest = versions.page(after=None, limit=1)
    return {
        "path": str(collection.path),
        "type": collection.type,
        "kind": collection.kind,
        "versions": versions.count(),
        "newest": str(newest[0].value.path.selector) if newest else None,
        "created_at": collection.created_at,
    }


def _facts_of_version(version: Version) -> dict[str, object]:
    """Give what a program may want to know of a version."""
    deletion = version.deletion
    return {
        "path": str(version.path),
        "type": version.type,
        "size_bytes": version.size,
        "files": version.file_count,
        "aliases": list(version.aliases),
        "created_at": version.created_at,
        "deleted_at": deletion.at if deletion else None,
        "deleted_by": deletion.by if deletion else None,
        "deleted_reason": deletion.reason if deletion else None,
    }


def _facts_of(artifact: Artifact) -> dict[str, object]:
    """Give everything that is known of a version."""
    maker = artifact.logged_by()
    return {
        "path": artifact.qualified_name,
        "type": artifact.type,
        "state": artifact.state,
        "source": artifact.source_artifact.qualified_name if artifact.is_link else None,
        "aliases": artifact.aliases,
        "tags": artifact.tags,
        "description": artifact.description,
        "metadata": artifact.metadata,
        "files": artifact.file_count,
        "size_bytes": artifact.size,
        "digest": artifact.digest,
        "created_at": artifact.created_at,
        "updated_at": artifact.updated_at,
        "ttl": format_ttl(artifact.ttl),
        "expires_at": artifact.expires_at,
        "ttl_suspended_by": artifact.ttl_suspended_by,
        "logged_by": "/".join(maker.path) if maker else None,
        "used_by": ["/".join(run.path) for run in artifact.used_by()],
    }


def _shown(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Leave out what says nothing, and put words to the rest."""
    inherits = facts["ttl"] == format_ttl(ArtifactTTL.INHERIT)
    rows: dict[str, object] = {}
    for name, value in facts.items():
        if name == "size_bytes":
            rows["Size"] = _size(value)
        elif name == "metadata" and isinstance(value, Mapping):
            rows |= {f"Metadata {key}": item for key, item in value.items()}
        elif (value is not None or name == "logged_by") and not (name == "ttl" and inherits):
            label = name.removesuffix("_at").replace("_", " ").capitalize()
            rows[label.replace("Ttl", "TTL")] = value
    return rows


def _size(size_bytes: object) -> str | None:
    """Write a size, where it is known."""
    return size(size_bytes) if isinstance(size_bytes, int) else None
