"""What deletes took away, in SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from hozon.catalog.batches import batches
from hozon.catalog.schema import (
    collections,
    links,
    projects,
    removed_aliases,
    removed_links,
    versions,
)
from hozon.catalog.versions import SELECT_VERSIONS, decode_versions, deleted_columns
from hozon.model.access import Principal
from hozon.model.deletion import DeleteReason
from hozon.model.names import LATEST, Alias, CollectionName, TypeName
from hozon.model.paths import ProjectPath
from hozon.model.restoring import Remembered
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CollectionKey
from hozon.ports.paging import Keyed, Listing, PageKey

T = TypeVar("T")

_DELETED = versions.c.state == VersionState.DELETED
_AS_A_WHOLE = versions.c.deleted_reason == DeleteReason.COLLECTION


class SqlDeleted:
    """What deletes took away, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def add(
        self, versions: Iterable[VersionId], *, by: Principal, now: datetime, reason: DeleteReason
    ) -> None:
        """Make committed versions DELETED."""
        self._set(versions, VersionState.COMMITTED, deleted_columns(by=by, now=now, reason=reason))

    def restore(self, versions: Iterable[VersionId], *, now: datetime) -> None:
        """Make DELETED versions COMMITTED; nothing is left of their delete."""
        restored = {
            "state": VersionState.COMMITTED,
            "updated_at": now,
            **dict.fromkeys(("deleted_at", "deleted_by", "deleted_reason")),
        }
        self._set(versions, VersionState.DELETED, restored)

    def listing(
        self, at: ProjectPath, *, type_name: TypeName | None, name: CollectionName | None
    ) -> Listing[Version]:
        """List the versions of a project that can be restored, by the newest delete."""
        source = versions.alias("source")
        query = SELECT_VERSIONS.where(
            projects.c.entity == at.entity,
            projects.c.name == at.project,
            _DELETED,
            ~exists().where(removed_links.c.version_id == versions.c.id),
            ~exists().where(
                links.c.version_id == versions.c.id,
                source.c.id == links.c.source_id,
                source.c.state != VersionState.COMMITTED,
            ),
        )
        if type_name is not None:
            query = query.where(collections.c.type == type_name)
        if name is not None:
            query = query.where(collections.c.name == name)
        return _NewestDeleteFirst(self._connection, query)

    def of_collection(self, key: CollectionKey) -> Sequence[VersionId]:
        """List the DELETED versions that went when the collection was last deleted."""
        at = self.collection_deleted_at(key)
        query = (
            select(versions.c.id)
            .where(versions.c.collection_id == key, _DELETED, _AS_A_WHOLE)
            .where(versions.c.deleted_at == at)
            .order_by(versions.c.index.desc())
        )
        return [VersionId(found) for found in self._connection.execute(query).scalars()]

    def collection_deleted_at(self, key: CollectionKey) -> datetime | None:
        """Tell when a collection was last deleted as a whole."""
        query = select(func.max(versions.c.deleted_at)).where(
            versions.c.collection_id == key, _AS_A_WHOLE
        )
        at: datetime | None = self._connection.execute(query).scalar_one()
        return at

    def aliases(self, versions: Iterable[VersionId]) -> Sequence[Remembered]:
        """Read the aliases that a delete took from these versions."""
        columns = select(removed_aliases.c.alias, removed_aliases.c.version_id)
        found = self._read(
            versions,
            lambda batch: columns.where(removed_aliases.c.version_id.in_(batch)),
            lambda row: (Alias(row.alias), VersionId(row.version_id)),
        )
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def forget_aliases(self, versions: Iterable[VersionId]) -> None:
        """Forget the aliases that a delete took from these versions."""
        for batch in batches(versions):
            gone = removed_aliases.c.version_id.in_(batch)
            self._connection.execute(delete(removed_aliases).where(gone))

    def latest_fell(self, key: CollectionKey) -> bool:
        """Tell whether a delete took `latest` from a version of the collection."""
        query = (
            select(versions.c.id)
            .join(removed_aliases, removed_aliases.c.version_id == versions.c.id)
            .where(versions.c.collection_id == key, _DELETED, removed_aliases.c.alias == LATEST)
            .limit(1)
        )
        return self._connection.execute(query).first() is not None

    def links_to(self, sources: Iterable[VersionId]) -> Sequence[Version]:
        """List the DELETED links that the delete of these sources took along."""
        taken = (
            SELECT_VERSIONS.join(links, links.c.version_id == versions.c.id)
            .join(removed_links, removed_links.c.version_id == versions.c.id)
            .where(_DELETED)
        )
        rows = [
            row
            for batch in batches(sources)
            for row in self._connection.execute(taken.where(links.c.source_id.in_(batch)))
        ]
        rows.sort(key=lambda row: row.id)
        return [
            link for batch in batches(rows) for link in decode_versions(self._connection, batch)
        ]

    def forget_links(self, sources: Iterable[VersionId]) -> None:
        """Forget that links were taken along with these sources."""
        for batch in batches(sources):
            leading = select(links.c.version_id).where(links.c.source_id.in_(batch))
            gone = delete(removed_links).where(removed_links.c.version_id.in_(leading))
            self._connection.execute(gone)

    def fitting_links(self, links: Iterable[VersionId]) -> AbstractSet[VersionId]:
        """Find those of some DELETED links that may come back."""
        return set(self._read(links, _fitting, lambda row: VersionId(row.id)))

    def numbers(self, versions: Iterable[VersionId]) -> Mapping[VersionId, int]:
        """Read the numbers of versions."""
        return dict(self._read(versions, _numbered, lambda row: (VersionId(row.id), row.index)))

    def _read(
        self,
        keys: Iterable[VersionId],
        query: Callable[[Sequence[VersionId]], Select[Any]],
        decode: Callable[[Any], T],
    ) -> list[T]:
        """Read rows by key, in batches."""
        return [
            decode(row) for batch in batches(keys) for row in self._connection.execute(query(batch))
        ]

    def _set(
        self, keys: Iterable[VersionId], state: VersionState, values: Mapping[str, object]
    ) -> None:
        """Set columns of versions that are in a state, in batches."""
        for batch in batches(keys):
            here = versions.c.id.in_(batch) & (versions.c.state == state)
            self._connection.execute(update(versions).where(here).values(values))


def _numbered(batch: Sequence[VersionId]) -> Select[Any]:
    """Select numbers by key."""
    return select(versions.c.id, versions.c.index).where(versions.c.id.in_(batch))


def _fitting(batch: Sequence[VersionId]) -> Select[Any]:
    """Select the deleted links whose source is there, of the same type, and not linked again."""
    original = collections.alias("original")
    source, other, leading = versions.alias("source"), versions.alias("other"), links.alias("equal")
    equal = (
        select(other.c.id)
        .join(leading, leading.c.version_id == other.c.id)
        .where(
            leading.c.source_id == links.c.source_id,
            other.c.collection_id == versions.c.collection_id,
            other.c.state == VersionState.COMMITTED,
        )
    )
    return (
        select(versions.c.id)
        .join(links, links.c.version_id == versions.c.id)
        .join(source, source.c.id == links.c.source_id)
        .join(collections, collections.c.id == versions.c.collection_id)
        .join(original, original.c.id == source.c.collection_id)
        .where(
            original.c.type == collections.c.type,
            versions.c.id.in_(batch),
            _DELETED,
            source.c.state == VersionState.COMMITTED,
            ~exists(equal.correlate(versions, links)),
        )
    )


class _NewestDeleteFirst:
    """Deleted versions in pages: by the time of their delete, then by key, both descending.

    Args:
        connection: Where to run it.
        query: Selects the rows, unordered.
    """

    def __init__(self, connection: Connection, query: Select[Any]) -> None:
        self._connection = connection
        self._query = query

    def count(self) -> int:
        """Count the rows."""
        counted = select(func.count()).select_from(self._query.subquery())
        return self._connection.execute(counted).scalar_one()

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[Version]]:
        """Read what follows a key: a time and a key of the catalog, as one text."""
        query = self._query.order_by(versions.c.deleted_at.desc(), versions.c.id.desc())
        if after is not None:
            at, _, key = str(after).partition(" ")
            deleted_at = datetime.fromisoformat(at)
            query = query.where(
                or_(
                    versions.c.deleted_at < deleted_at,
                    and_(versions.c.deleted_at == deleted_at, versions.c.id < int(key)),
                )
            )
        rows = self._connection.execute(query.limit(limit)).all()
        found = decode_versions(self._connection, rows)
        return [
            Keyed(f"{row.deleted_at.isoformat()} {row.id}", version)
            for row, version in zip(rows, found, strict=True)
        ]
