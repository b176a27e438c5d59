"""Links in SQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.schema import links, removed_links, versions
from hozon.catalog.versions import SELECT_VERSIONS, decode_versions, deleted_columns
from hozon.model.access import Principal
from hozon.model.deletion import DeleteReason
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CollectionKey

_COMMITTED = versions.c.state == VersionState.COMMITTED


class SqlLinks:
    """Links within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def add(
        self, key: CollectionKey, source: Version, *, index: int, by: Principal, now: datetime
    ) -> VersionId:
        """Make a link with this number."""
        made = insert(versions).values(
            collection_id=key,
            index=index,
            state=VersionState.COMMITTED,
            digest=source.digest,
            size_bytes=source.size,
            file_count=source.file_count,
            metadata={},
            created_by=by.name,
            created_at=now,
            updated_at=now,
            store=source.store,
        )
        link = self._connection.execute(made.returning(versions.c.id)).scalar_one()
        self._connection.execute(insert(links).values(version_id=link, source_id=source.id))
        return VersionId(link)

    def find(self, key: CollectionKey, source: VersionId) -> VersionId | None:
        """Find the committed link of a portfolio to a version."""
        query = (
            select(versions.c.id)
            .join(links, links.c.version_id == versions.c.id)
            .where(versions.c.collection_id == key, links.c.source_id == source, _COMMITTED)
        )
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else VersionId(found)

    def to_version(self, source: VersionId) -> Sequence[Version]:
        """List the committed links to a version, oldest first."""
        return self._leading(links.c.source_id == source)

    def to_versions(self, sources: Iterable[VersionId]) -> Sequence[Version]:
        """List the committed links to any of some versions, oldest first."""
        found = (self._leading(links.c.source_id.in_(batch)) for batch in batches(sources))
        return sorted((link for batch in found for link in batch), key=lambda link: link.id)

    def to_collection(self, key: CollectionKey) -> Sequence[Version]:
        """List the committed links to the versions of a collection, oldest first."""
        within = select(versions.c.id).where(versions.c.collection_id == key)
        return self._leading(links.c.source_id.in_(within))

    def take_along(self, links: Iterable[VersionId], *, by: Principal, now: datetime) -> None:
        """Make links DELETED together with their source, and remember that."""
        deleted = deleted_columns(by=by, now=now, reason=DeleteReason.SOURCE)
        for batch in batches(links):
            gone = update(versions).where(versions.c.id.in_(batch)).values(deleted)
            self._connection.execute(gone)
            self._connection.execute(insert(removed_links), [{"version_id": key} for key in batch])

    def _leading(self, where: ColumnElement[bool]) -> list[Version]:
        """Read the committed links that lead somewhere, in batches: there may be thousands."""
        query = (
            SELECT_VERSIONS.join(links, links.c.version_id == versions.c.id)
            .where(where, _COMMITTED)
            .order_by(versions.c.id)
        )
        rows = self._connection.execute(query).all()
        return [
            link for batch in batches(rows) for link in decode_versions(self._connection, batch)
        ]
