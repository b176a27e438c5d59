"""What versions look like to whoever plans to delete them, in SQL.

Owns the few columns that a plan needs, with aliases, links and protection, many versions at a time.
Refuses to own what a plan does with them; that is `hozon.model.plans`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from hozon.catalog.batches import IN_BATCH, batches
from hozon.catalog.listings import AnyRow
from hozon.catalog.schema import (
    aliases,
    collections,
    links,
    projects,
    protected_aliases,
    versions,
)
from hozon.model.digests import ManifestDigest
from hozon.model.names import Alias, CollectionName, EntityName, ProjectName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.plans import VersionLook
from hozon.model.versions import VersionId, VersionState

_COLUMNS = (
    versions.c.id,
    versions.c.index.label("number"),
    versions.c.state,
    versions.c.digest,
    versions.c.size_bytes,
    versions.c.created_at,
    versions.c.updated_at,
)
_COMMITTED = versions.c.state == VersionState.COMMITTED


def versions_of(path: CollectionPath, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select columns of the versions of one collection."""
    return (
        select(*columns)
        .join_from(versions, collections, collections.c.id == versions.c.collection_id)
        .join(projects, projects.c.id == collections.c.project_id)
        .where(
            projects.c.entity == path.at.entity,
            projects.c.name == path.at.project,
            collections.c.name == path.name,
        )
    )


def committed_looks(connection: Connection, path: CollectionPath) -> Iterator[VersionLook]:
    """Look at the committed versions of a collection, newest first, in flat memory."""
    query = versions_of(path, *_COLUMNS).where(_COMMITTED).order_by(versions.c.index.desc())
    rows = connection.execute(query.limit(IN_BATCH)).all()
    while rows:
        yield from _decode(connection, path, rows)
        following = query.where(versions.c.index < rows[-1].number)
        rows = connection.execute(following.limit(IN_BATCH)).all()


def looks_at(
    connection: Connection, path: CollectionPath, indexes: Sequence[int]
) -> Mapping[int, VersionLook]:
    """Look at versions of a collection by number, whatever their state."""
    found: dict[int, VersionLook] = {}
    for batch in batches(indexes):
        query = versions_of(path, *_COLUMNS).where(versions.c.index.in_(batch))
        rows = connection.execute(query).all()
        looks = _decode(connection, path, rows)
        found |= {row.number: look for row, look in zip(rows, looks, strict=True)}
    return found


def _decode(
    connection: Connection, path: CollectionPath, rows: Sequence[AnyRow]
) -> list[VersionLook]:
    """Turn rows into looks, reading all aliases and links of them at once."""
    keys = [row.id for row in rows]
    named, protected = _aliases(connection, keys)
    linked, protected_links = _links(connection, keys)
    return [
        VersionLook(
            id=VersionId(row.id),
            path=ArtifactPath.at_index(path, row.number),
            state=VersionState(row.state),
            digest=ManifestDigest(row.digest),
            size=row.size_bytes,
            aliases=tuple(sorted(named[row.id])),
            links=tuple(dict.fromkeys(linked[row.id])),
            protected=(
                *(ArtifactPath(path, alias) for alias in sorted(protected[row.id])),
                *sorted(protected_links[row.id], key=str),
            ),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _aliases(
    connection: Connection, keys: Sequence[int]
) -> tuple[Mapping[int, list[Alias]], Mapping[int, list[Alias]]]:
    """Read the aliases of versions, and those of them that are protected."""
    query = (
        select(aliases.c.version_id, aliases.c.alias, protected_aliases.c.alias.is_not(None))
        .join_from(aliases, collections, collections.c.id == aliases.c.collection_id)
        .outerjoin(protected_aliases, _protection(collections.c.project_id))
        .where(aliases.c.version_id.in_(keys))
    )
    named, protected = defaultdict[int, list[Alias]](list), defaultdict[int, list[Alias]](list)
    for key, alias, is_protected in connection.execute(query):
        named[key].append(Alias(alias))
        if is_protected:
            protected[key].append(Alias(alias))
    return named, protected


def _links(
    connection: Connection, keys: Sequence[int]
) -> tuple[Mapping[int, list[ArtifactPath]], Mapping[int, list[ArtifactPath]]]:
    """Read the committed links to versions, and those of their aliases that are protected."""
    query = (
        select(
            links.c.source_id,
            projects.c.entity,
            projects.c.name.label("project"),
            collections.c.name.label("collection"),
            versions.c.index.label("number"),
            protected_aliases.c.alias,
        )
        .join_from(links, versions, versions.c.id == links.c.version_id)
        .join(collections, collections.c.id == versions.c.collection_id)
        .join(projects, projects.c.id == collections.c.project_id)
        .outerjoin(aliases, aliases.c.version_id == versions.c.id)
        .outerjoin(protected_aliases, _protection(projects.c.id))
        .where(links.c.source_id.in_(keys), _COMMITTED)
        .order_by(versions.c.id)
    )
    linked = defaultdict[int, list[ArtifactPath]](list)
    protected = defaultdict[int, list[ArtifactPath]](list)
    for source, entity, project, name, number, alias in connection.execute(query):
        at = ProjectPath(EntityName(entity), ProjectName(project))
        portfolio = CollectionPath(at, CollectionName(name))
        linked[source].append(ArtifactPath.at_index(portfolio, number))
        if alias is not None:
            protected[source].append(ArtifactPath(portfolio, alias))
    return linked, protected


def _protection(project: ColumnElement[int]) -> ColumnElement[bool]:
    """Join what protects an alias in a project."""
    return and_(
        protected_aliases.c.project_id == project, protected_aliases.c.alias == aliases.c.alias
    )
