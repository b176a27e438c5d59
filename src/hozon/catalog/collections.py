"""Collections and aliases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import aliases, collections, projects, versions
from hozon.model.aliases import Pointers
from hozon.model.links import CollectionKind
from hozon.model.names import Alias, CollectionName, EntityName, ProjectName, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import Collection, CollectionKey
from hozon.ports.paging import Listing

_SELECT = select(
    collections.c.id,
    projects.c.entity,
    projects.c.name.label("project"),
    collections.c.name,
    collections.c.type,
    collections.c.kind,
    collections.c.created_at,
).join_from(collections, projects)


class SqlCollections:
    """Collections within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def find(self, path: CollectionPath) -> Collection | None:
        """Find a collection, empty ones included."""
        query = _SELECT.where(
            projects.c.entity == path.at.entity,
            projects.c.name == path.at.project,
            collections.c.name == path.name,
        )
        row = self._connection.execute(query).one_or_none()
        return _collection(row) if row else None

    def ensure(
        self,
        path: CollectionPath,
        *,
        type_name: TypeName,
        now: datetime,
        kind: CollectionKind = CollectionKind.SEQUENCE,
    ) -> Collection:
        """Find a collection, or make it with this type and of this kind."""
        found = self.find(path)
        if found:
            return found
        made = insert(collections).values(
            project_id=ensure_project(self._connection, path.at, now=now),
            name=path.name,
            type=type_name,
            next_index=0,
            created_at=now,
            kind=kind,
        )
        key = self._connection.execute(made.returning(collections.c.id)).scalar_one()
        return Collection(
            key=CollectionKey(key), path=path, type=type_name, kind=kind, created_at=now
        )

    def take_index(self, key: CollectionKey) -> int:
        """Give the next version number."""
        taken = (
            update(collections)
            .where(collections.c.id == key)
            .values(next_index=collections.c.next_index + 1)
            .returning(collections.c.next_index - 1)
        )
        return int(self._connection.execute(taken).scalar_one())

    def pointers(self, key: CollectionKey) -> Pointers:
        """Read all aliases of a collection."""
        query = select(aliases.c.alias, aliases.c.version_id).where(aliases.c.collection_id == key)
        rows = self._connection.execute(query).all()  # At once: there may be thousands.
        return {Alias(alias): VersionId(version) for alias, version in rows}

    def set_pointers(self, key: CollectionKey, pointers: Pointers, *, now: datetime) -> None:
        """Replace all aliases of a collection, writing only the difference."""
        before = self.pointers(key)
        taken = before.items() - pointers.items()
        given = pointers.items() - before.items()
        for names in batches(alias for alias, _ in taken):
            here = (aliases.c.collection_id == key) & aliases.c.alias.in_(names)
            self._connection.execute(delete(aliases).where(here))
        rows = [
            {"collection_id": key, "alias": alias, "version_id": version}
            for alias, version in given
        ]
        if rows:
            self._connection.execute(insert(aliases), rows)
        for touched in batches({version for _, version in taken | given}):
            dated = update(versions).where(versions.c.id.in_(touched)).values(updated_at=now)
            self._connection.execute(dated)

    def listing(self, at: ProjectPath, *, type_name: TypeName | None) -> Listing[Collection]:
        """List collections that have a committed version, oldest first."""
        query = _SELECT.where(
            projects.c.entity == at.entity,
            projects.c.name == at.project,
            exists().where(
                versions.c.collection_id == collections.c.id,
                versions.c.state == VersionState.COMMITTED,
            ),
        )
        if type_name is not None:
            query = query.where(collections.c.type == type_name)
        return SqlListing(self._connection, query, key=collections.c.id, decode=_decode)


def _decode(rows: Sequence[AnyRow]) -> list[Collection]:
    """Turn rows into collections."""
    return [_collection(row) for row in rows]


def _collection(row: AnyRow) -> Collection:
    """Turn a row of `_SELECT` into a collection."""
    at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
    return Collection(
        key=CollectionKey(row.id),
        path=CollectionPath(at, CollectionName(row.name)),
        type=TypeName(row.type),
        kind=CollectionKind(row.kind),
        created_at=row.created_at,
    )
