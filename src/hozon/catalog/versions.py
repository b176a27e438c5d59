"""Versions and manifests in SQL."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.schema import (
    aliases,
    collections,
    entries,
    pins,
    projects,
    removed_aliases,
    runs,
    versions,
)
from hozon.model.access import Principal
from hozon.model.aliases import Pointers
from hozon.model.digests import ManifestDigest
from hozon.model.manifest import NO_EXTRA, Manifest, ManifestEntry
from hozon.model.metadata import JsonObject
from hozon.model.names import Alias, CollectionName, EntityName, ProjectName, RunId, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CollectionKey, NewVersion
from hozon.ports.paging import Listing

SELECT_VERSIONS = (
    select(
        versions.c.id,
        projects.c.entity,
        projects.c.name.label("project"),
        collections.c.name.label("collection"),
        collections.c.type,
        versions.c.index.label("number"),
        versions.c.state,
        versions.c.digest,
        versions.c.size_bytes,
        versions.c.file_count,
        versions.c.description,
        versions.c.metadata,
        runs.c.run_id.label("logged_by"),
        versions.c.created_at,
        versions.c.updated_at,
    )
    .select_from(versions)
    .join(collections, collections.c.id == versions.c.collection_id)
    .join(projects, projects.c.id == collections.c.project_id)
    .outerjoin(runs, runs.c.id == versions.c.logged_by)
)
"""What `decode_versions` reads."""


_STREAMED_ROWS = 1000
"""How many entries are held at a time while a manifest is read."""


_WRITTEN_ROWS = 10_000
"""How many entries are held at a time while a manifest is written."""


_SURROGATES, _BEHIND_SURROGATES = 0xD800, 0xE000


def _entry_row(version_id: VersionId, entry: ManifestEntry) -> dict[str, object]:
    """Turn an entry into a row."""
    return {
        "version_id": version_id,
        "path": entry.path,
        "digest": entry.digest,
        "size_bytes": entry.size,
        "ref": entry.ref,
        "extra": entry.extra or None,
    }


def _after(prefix: str) -> str | None:
    """Give the least text that is greater than every text with this prefix; None for none."""
    rest = prefix.rstrip(chr(sys.maxunicode))
    if not rest:
        return None
    following = ord(rest[-1]) + 1
    # Surrogates are no characters: what follows the last one before them comes behind them.
    return rest[:-1] + chr(_BEHIND_SURROGATES if following == _SURROGATES else following)


class SqlVersions:
    """Versions within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def get(self, version_id: VersionId) -> Version:
        """Read a version that is known to exist."""
        row = self._connection.execute(SELECT_VERSIONS.where(versions.c.id == version_id)).one()
        return decode_versions(self._connection, [row])[0]

    def newest(self, key: CollectionKey) -> VersionId | None:
        """Find the committed version with the highest number."""
        query = (
            select(versions.c.id)
            .where(versions.c.collection_id == key, versions.c.state == VersionState.COMMITTED)
            .order_by(versions.c.index.desc())
            .limit(1)
        )
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else VersionId(found)

    def find_by_index(self, key: CollectionKey, index: int) -> Version | None:
        """Find a version by its number, whatever its state."""
        return self._first(
            SELECT_VERSIONS.where(versions.c.collection_id == key, versions.c.index == index)
        )

    def find_by_digest(self, key: CollectionKey, digest: ManifestDigest) -> Version | None:
        """Find the newest committed version with this content."""
        return self._first(
            SELECT_VERSIONS.where(
                versions.c.collection_id == key,
                versions.c.digest == digest,
                versions.c.state == VersionState.COMMITTED,
            ).order_by(versions.c.index.desc())
        )

    def open(self, key: CollectionKey, new: NewVersion) -> VersionId:
        """Make a PENDING version."""
        made = insert(versions).values(
            collection_id=key,
            state=VersionState.PENDING,
            digest=new.digest,
            size_bytes=new.size,
            file_count=new.file_count,
            description=new.description,
            metadata=new.metadata,
            logged_by=new.logged_by,
            created_by=new.created_by.name,
            created_at=new.created_at,
            updated_at=new.created_at,
            lease_expires_at=new.lease_expires_at,
        )
        found = self._connection.execute(made.returning(versions.c.id)).scalar_one()
        return VersionId(found)

    def commit(
        self, version_id: VersionId, *, index: int, manifest: Manifest, now: datetime
    ) -> None:
        """Give a PENDING version its number and its entries."""
        for batch in batches(manifest, size=_WRITTEN_ROWS):
            self._connection.execute(
                insert(entries), [_entry_row(version_id, entry) for entry in batch]
            )
        self._update(
            version_id,
            index=index,
            state=VersionState.COMMITTED,
            digest=manifest.digest,
            size_bytes=manifest.size,
            file_count=len(manifest),
            updated_at=now,
            lease_expires_at=None,
        )

    def abandon(self, version_id: VersionId) -> bool:
        """Forget a PENDING version together with its pins; False if it is not PENDING."""
        pending = (versions.c.id == version_id) & (versions.c.state == VersionState.PENDING)
        if self._connection.execute(select(versions.c.id).where(pending)).first() is None:
            return False
        self._connection.execute(delete(pins).where(pins.c.version_id == version_id))
        removed = delete(versions).where(pending).returning(versions.c.collection_id)
        collection = self._connection.execute(removed).scalar_one()
        self._connection.execute(
            delete(collections).where(
                collections.c.id == collection,
                ~exists().where(versions.c.collection_id == collection),
            )
        )
        return True

    def manifest(self, version_id: VersionId) -> Manifest:
        """Read all entries of a version."""
        return Manifest.in_order(self.entries(version_id))

    def entries(
        self,
        version_id: VersionId,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int | None = None,
    ) -> Iterator[ManifestEntry]:
        """Read the entries whose paths begin with a prefix, in path order, in flat memory."""
        query = select(
            entries.c.path, entries.c.digest, entries.c.size_bytes, entries.c.ref, entries.c.extra
        ).where(entries.c.version_id == version_id)
        if prefix:
            query = query.where(entries.c.path >= prefix)
            if (behind := _after(prefix)) is not None:
                query = query.where(entries.c.path < behind)
        if after is not None:
            query = query.where(entries.c.path > after)
        if limit is not None:
            query = query.limit(limit)
        streamed = self._connection.execute(
            query.order_by(entries.c.path).execution_options(yield_per=_STREAMED_ROWS)
        )
        for path, digest, size, ref, extra in streamed:
            yield ManifestEntry(path, digest, size, ref, extra or NO_EXTRA)

    def change_state(
        self, version_id: VersionId, state: VersionState, *, by: Principal, now: datetime
    ) -> None:
        """Record a transition, who made it and when."""
        gone = state is VersionState.DELETED
        self._update(
            version_id,
            state=state,
            updated_at=now,
            deleted_by=by.name if gone else None,
            deleted_at=now if gone else None,
        )

    def delete_committed(self, key: CollectionKey, *, by: Principal, now: datetime) -> int:
        """Make all committed versions of a collection DELETED in one statement."""
        committed = (versions.c.collection_id == key) & (versions.c.state == VersionState.COMMITTED)
        deleted = {
            "state": VersionState.DELETED,
            "updated_at": now,
            "deleted_by": by.name,
            "deleted_at": now,
        }
        done = self._connection.execute(update(versions).where(committed).values(deleted))
        return done.rowcount

    def remember_aliases(self, pointers: Pointers) -> None:
        """Keep the aliases that a delete takes away."""
        rows = [{"version_id": version, "alias": alias} for alias, version in pointers.items()]
        if rows:
            self._connection.execute(insert(removed_aliases), rows)

    def describe(
        self,
        version_id: VersionId,
        *,
        description: str | None,
        metadata: JsonObject,
        now: datetime,
    ) -> None:
        """Replace the description and the metadata."""
        self._update(version_id, description=description, metadata=metadata, updated_at=now)

    def listing(self, key: CollectionKey) -> Listing[Version]:
        """List the committed versions of a collection, newest first."""
        query = SELECT_VERSIONS.where(
            versions.c.collection_id == key, versions.c.state == VersionState.COMMITTED
        )
        return version_listing(self._connection, query, key=versions.c.index, newest_first=True)

    def _first(self, query: Select[Any]) -> Version | None:
        """Read the first row, if there is one."""
        row = self._connection.execute(query.limit(1)).one_or_none()
        return decode_versions(self._connection, [row])[0] if row else None

    def _update(self, version_id: VersionId, **values: object) -> None:
        """Set columns of one version."""
        self._connection.execute(update(versions).where(versions.c.id == version_id).values(values))


def version_listing(
    connection: Connection,
    query: Select[Any],
    *,
    key: ColumnElement[int],
    newest_first: bool = False,
) -> SqlListing[Version]:
    """Page through a query built on `SELECT_VERSIONS`.

    Args:
        connection: Where to run it.
        query: Selects the rows.
        key: The integer column to page by, unique among the rows.
        newest_first: Whether the largest key comes first.
    """
    return SqlListing(
        connection,
        query,
        key=key,
        decode=lambda rows: decode_versions(connection, rows),
        newest_first=newest_first,
    )


def decode_versions(connection: Connection, rows: Sequence[AnyRow]) -> list[Version]:
    """Turn rows of `SELECT_VERSIONS` into versions, reading all their aliases at once."""
    named: dict[int, list[Alias]] = defaultdict(list)
    query = select(aliases.c.version_id, aliases.c.alias).where(
        aliases.c.version_id.in_([row.id for row in rows])
    )
    for version_id, alias in connection.execute(query):
        named[version_id].append(Alias(alias))
    return [_version(row, tuple(sorted(named[row.id]))) for row in rows]


def _version(row: AnyRow, names: tuple[Alias, ...]) -> Version:
    """Turn a row and its aliases into a version."""
    at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
    return Version(
        id=VersionId(row.id),
        collection=CollectionPath(at, CollectionName(row.collection)),
        index=row.number,
        type=TypeName(row.type),
        state=VersionState(row.state),
        digest=ManifestDigest(row.digest),
        size=row.size_bytes,
        file_count=row.file_count,
        aliases=names,
        description=row.description,
        metadata=row.metadata,
        logged_by=RunId(row.logged_by) if row.logged_by else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
