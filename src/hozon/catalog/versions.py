"""Versions and manifests in SQL."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from hozon.catalog.batches import batches, insert_rows
from hozon.catalog.database import streamed
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.objects import delete_pins
from hozon.catalog.schema import (
    aliases,
    collections,
    entries,
    entry_sources,
    links,
    projects,
    removed_aliases,
    runs,
    versions,
)
from hozon.model.access import Principal
from hozon.model.aliases import Pointers
from hozon.model.deletion import DeleteReason, Deletion
from hozon.model.digests import ManifestDigest
from hozon.model.manifest import NO_EXTRA, Manifest, ManifestEntry
from hozon.model.names import (
    Alias,
    CollectionName,
    EntityName,
    ProjectName,
    RunId,
    StoreName,
    TypeName,
)
from hozon.model.notes import Notes
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.tags import Tag
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
        versions.c.tags,
        versions.c.ttl,
        versions.c.history_step,
        runs.c.run_id.label("logged_by"),
        versions.c.created_at,
        versions.c.updated_at,
        versions.c.deleted_at,
        versions.c.deleted_by,
        versions.c.deleted_reason,
        versions.c.purged_at,
        versions.c.purged_by,
        versions.c.store,
    )
    .select_from(versions)
    .join(collections, collections.c.id == versions.c.collection_id)
    .join(projects, projects.c.id == collections.c.project_id)
    .outerjoin(runs, runs.c.id == versions.c.logged_by)
)
"""What `decode_versions` reads."""


_LAST_INDEX = 2**31 - 1
"""The largest number that the column holds; people may ask for any."""

_SURROGATES, _BEHIND_SURROGATES = 0xD800, 0xE000


def _after(prefix: str) -> str | None:
    """Give the least text that is greater than every text with this prefix; None for none."""
    rest = prefix.rstrip(chr(sys.maxunicode))
    if not rest:
        return None
    following = ord(rest[-1]) + 1
    # Surrogates are no characters: what follows the last one before them comes behind them.
    return rest[:-1] + chr(_BEHIND_SURROGATES if following == _SURROGATES else following)


def _pending(version_id: VersionId, *, upload_id: str) -> ColumnElement[bool]:
    """Tell the version of an upload; a database may give its key to another once it is gone."""
    return and_(
        versions.c.id == version_id,
        versions.c.upload_id == upload_id,
        versions.c.state == VersionState.PENDING,
    )


def _begins_no_path(prefix: str) -> bool:
    """Tell whether a text holds what no path does, and databases do not even compare with."""
    return "\0" in prefix or any("\ud800" <= character <= "\udfff" for character in prefix)


class SqlVersions:
    """Versions within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def get(self, version_id: VersionId) -> Version:
        """Read a version that is known to exist."""
        row = self._connection.execute(SELECT_VERSIONS.where(versions.c.id == version_id)).one()
        return decode_versions(self._connection, [row])[0]

    def get_all(self, version_ids: Iterable[VersionId]) -> Sequence[Version]:
        """Read versions that are known to exist, some hundred at a time."""
        found: list[Version] = []
        for batch in batches(version_ids):
            rows = self._connection.execute(SELECT_VERSIONS.where(versions.c.id.in_(batch))).all()
            read = {version.id: version for version in decode_versions(self._connection, rows)}
            found += [read[version_id] for version_id in batch]
        return found

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
        if index > _LAST_INDEX:
            return None
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
            tags=new.tags,
            ttl=new.ttl,
            history_step=new.history_step,
            upload_id=new.upload_id,
            store=new.store,
        )
        found = self._connection.execute(made.returning(versions.c.id)).scalar_one()
        return VersionId(found)

    def commit(
        self, version_id: VersionId, *, index: int, manifest: Manifest, now: datetime
    ) -> None:
        """Give a PENDING version its number and its entries."""
        plain = insert(entries).values(version_id=None, path=None, digest=None, size_bytes=None)
        files = ((version_id, *row[:3]) for row in manifest.identified() if row[3] is None)
        insert_rows(self._connection, plain, files)
        references = ((version_id, *row) for row in manifest.identified() if row[3] is not None)
        insert_rows(self._connection, plain.values(ref=None, extra=None), references)
        sources = insert(entry_sources).values(version_id=None, source_id=None)
        referred = manifest.sources()
        insert_rows(self._connection, sources, ((version_id, source) for source in referred))
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

    def renew(self, version_id: VersionId, *, upload_id: str, lease_expires_at: datetime) -> bool:
        """Extend the lease of the PENDING version of an upload; False if it is not PENDING."""
        pending = _pending(version_id, upload_id=upload_id)
        renewed = update(versions).where(pending).values(lease_expires_at=lease_expires_at)
        return self._connection.execute(renewed).rowcount > 0

    def abandon(self, version_id: VersionId, *, upload_id: str) -> bool:
        """Forget the PENDING version of an upload with its pins; False if it is not PENDING."""
        pending = _pending(version_id, upload_id=upload_id)
        if self._connection.execute(select(versions.c.id).where(pending)).first() is None:
            return False
        delete_pins(self._connection, version_id)
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
        """Read all entries of a version, or of the source of a link."""
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
        if _begins_no_path(prefix):
            return
        source = select(links.c.source_id).where(links.c.version_id == version_id)
        query = select(
            entries.c.path, entries.c.digest, entries.c.size_bytes, entries.c.ref, entries.c.extra
        ).where(entries.c.version_id == func.coalesce(source.scalar_subquery(), version_id))
        if prefix:
            query = query.where(entries.c.path >= prefix)
            if (behind := _after(prefix)) is not None:
                query = query.where(entries.c.path < behind)
        if after is not None:
            query = query.where(entries.c.path > after)
        if limit is not None:
            query = query.limit(limit)
        rows = streamed(self._connection, query.order_by(entries.c.path))
        for path, digest, size, ref, extra in rows:
            yield ManifestEntry(path, digest, size, ref, extra or NO_EXTRA)

    def change_state(
        self,
        version_id: VersionId,
        state: VersionState,
        *,
        by: Principal,
        now: datetime,
        reason: DeleteReason = DeleteReason.DELETE,
    ) -> None:
        """Record a transition, who made it and when."""
        if state is VersionState.PURGED:
            changed = {"purged_at": now, "purged_by": by.name}
        elif state is VersionState.DELETED:
            changed = deleted_columns(by=by, now=now, reason=reason)
        else:
            changed = dict.fromkeys(("deleted_at", "deleted_by", "deleted_reason"))
        self._update(version_id, **{**changed, "state": state, "updated_at": now})

    def delete_committed(self, key: CollectionKey, *, by: Principal, now: datetime) -> int:
        """Make all committed versions of a collection DELETED in one statement."""
        committed = (versions.c.collection_id == key) & (versions.c.state == VersionState.COMMITTED)
        deleted = deleted_columns(by=by, now=now, reason=DeleteReason.COLLECTION)
        done = self._connection.execute(update(versions).where(committed).values(deleted))
        return done.rowcount

    def remember_aliases(self, pointers: Pointers) -> None:
        """Keep the aliases that a delete takes away."""
        rows = [{"version_id": version, "alias": alias} for alias, version in pointers.items()]
        if rows:
            self._connection.execute(insert(removed_aliases), rows)

    def describe(self, version_id: VersionId, notes: Notes, *, now: datetime) -> None:
        """Replace what is remembered of a version; date it and the links to it."""
        self._update(
            version_id,
            description=notes.description,
            metadata=notes.metadata,
            tags=notes.tags,
            ttl=notes.ttl,
        )
        showing = select(links.c.version_id).where(links.c.source_id == version_id)
        dated = or_(versions.c.id == version_id, versions.c.id.in_(showing))
        self._connection.execute(update(versions).where(dated).values(updated_at=now))

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


def deleted_columns(*, by: Principal, now: datetime, reason: DeleteReason) -> dict[str, object]:
    """Give what a soft delete writes into the row of a version.

    Args:
        by: Who deletes it.
        now: When, UTC.
        reason: Why.
    """
    return {
        "state": VersionState.DELETED,
        "updated_at": now,
        "deleted_by": by.name,
        "deleted_at": now,
        "deleted_reason": reason,
    }


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
    """Turn rows of `SELECT_VERSIONS` into versions, reading all aliases and sources at once."""
    keys = [row.id for row in rows]
    named: dict[int, list[Alias]] = defaultdict(list)
    query = select(aliases.c.version_id, aliases.c.alias).where(aliases.c.version_id.in_(keys))
    for version_id, alias in connection.execute(query):
        named[version_id].append(Alias(alias))
    linked = (
        SELECT_VERSIONS.add_columns(links.c.version_id.label("link_id"))
        .join(links, links.c.source_id == versions.c.id)
        .where(links.c.version_id.in_(keys))
    )
    sources = {row.link_id: row for row in connection.execute(linked)}
    return [_version(row, sources.get(row.id), tuple(sorted(named[row.id]))) for row in rows]


def _version(row: AnyRow, source: AnyRow | None, names: tuple[Alias, ...]) -> Version:
    """Turn a row, the row of its source if it is a link, and its aliases into a version."""
    content = row if source is None else source
    return Version(
        id=VersionId(row.id),
        content_id=VersionId(content.id),
        collection=_collection(row),
        index=row.number,
        type=TypeName(row.type),
        state=VersionState(row.state),
        digest=ManifestDigest(content.digest),
        size=content.size_bytes,
        file_count=content.file_count,
        aliases=names,
        description=content.description,
        metadata=content.metadata,
        tags=tuple(map(Tag, content.tags)),
        ttl=content.ttl,
        logged_by=RunId(content.logged_by) if content.logged_by else None,
        history_step=content.history_step,
        source=ArtifactPath.at_index(_collection(source), source.number) if source else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deletion=_deletion(row),
        store=StoreName(content.store),
    )


def _deletion(row: AnyRow) -> Deletion | None:
    """Say when, by whom and why a version was deleted, and what became of it."""
    if row.deleted_at is None:
        return None
    return Deletion(
        at=row.deleted_at,
        by=EntityName(row.deleted_by),
        # Older releases recorded no reason, and deleted only what they were told to.
        reason=DeleteReason(row.deleted_reason or DeleteReason.DELETE),
        purged_at=row.purged_at,
        purged_by=EntityName(row.purged_by) if row.purged_by else None,
    )


def _collection(row: AnyRow) -> CollectionPath:
    """Say where a version is."""
    at = ProjectPath(EntityName(row.entity), ProjectName(row.project))
    return CollectionPath(at, CollectionName(row.collection))
