"""Collections and aliases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.projects import ensure_project
from hozon.catalog.schema import aliases, collections, former_names, projects, versions
from hozon.model.aliases import Pointers
from hozon.model.collections import CollectionFacts
from hozon.model.links import CollectionKind
from hozon.model.names import Alias, CollectionName, EntityName, ProjectName, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.tags import Tag
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
    collections.c.description,
    collections.c.tags,
).join_from(collections, projects, collections.c.project_id == projects.c.id)

_LISTED = exists().where(
    versions.c.collection_id == collections.c.id,
    versions.c.state == VersionState.COMMITTED,
)


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

    def get(self, key: CollectionKey) -> Collection:
        """Read a collection that is known to exist."""
        return _collection(self._connection.execute(_SELECT.where(collections.c.id == key)).one())

    def renamed(self, path: CollectionPath) -> Collection | None:
        """Find the collection that had this path before it was renamed."""
        query = _SELECT.join(former_names, former_names.c.collection_id == collections.c.id).where(
            projects.c.entity == path.at.entity,
            projects.c.name == path.at.project,
            former_names.c.name == path.name,
        )
        row = self._connection.execute(query).one_or_none()
        return _collection(row) if row else None

    def change(self, key: CollectionKey, facts: CollectionFacts, *, now: datetime) -> None:
        """Replace what may change of a collection, and remember a name that it gives up."""
        query = select(collections.c.project_id, collections.c.name).where(collections.c.id == key)
        before = self._connection.execute(query).one()
        if before.name != facts.name:
            in_project = former_names.c.project_id == before.project_id
            again = delete(former_names).where(in_project, former_names.c.name == facts.name)
            self._connection.execute(again)
            given_up = insert(former_names).values(
                project_id=before.project_id,
                name=before.name,
                collection_id=key,
                renamed_at=now,
            )
            self._connection.execute(given_up)
        changed = update(collections).where(collections.c.id == key)
        self._connection.execute(
            changed.values(
                name=facts.name,
                type=facts.type,
                description=facts.description,
                tags=facts.tags,
            )
        )

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
            _LISTED,
        )
        if type_name is not None:
            query = query.where(collections.c.type == type_name)
        return SqlListing(self._connection, query, key=collections.c.id, decode=_decode)

    def types(self, at: ProjectPath) -> Listing[TypeName]:
        """List the types of those collections, each once, in the order of names."""
        query = (
            select(collections.c.type)
            .join_from(collections, projects, collections.c.project_id == projects.c.id)
            .where(projects.c.entity == at.entity, projects.c.name == at.project, _LISTED)
            .distinct()
        )
        return SqlListing(self._connection, query, key=collections.c.type, decode=_decode_types)


def _decode(rows: Sequence[AnyRow]) -> list[Collection]:
    """Turn rows into collections."""
    return [_collection(row) for row in rows]


def _decode_types(rows: Sequence[AnyRow]) -> list[TypeName]:
    """Turn rows into types."""
    return [TypeName(row.type) for row in rows]


def _collection(row: AnyRow) -> Collection:
    """Turn a row of `_SELECT` into a collection."""
    at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
    return Collection(
        key=CollectionKey(row.id),
        path=CollectionPath(at, CollectionName(row.name)),
        type=TypeName(row.type),
        kind=CollectionKind(row.kind),
        created_at=row.created_at,
        description=row.description,
        tags=tuple(map(Tag, row.tags)),
    )
