"""What a collector of garbage asks the catalog, in SQL.

Owns its lease, its passes, and giving up what nothing reaches. Invariant: every statement that
gives something up asks again, in its own transaction, whether anything reaches it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.keys import OBJECT, SqlKeys, stored_object
from hozon.catalog.reachability import (
    abandoned,
    due,
    unreached,
    unreached_soon,
)
from hozon.catalog.schema import (
    collector_lease,
    collector_passes,
    condemned_objects,
    entries,
    entry_sources,
    objects,
    pins,
    projects,
    removed_aliases,
    removed_links,
    versions,
)
from hozon.catalog.types import UtcDateTime
from hozon.catalog.versions import SELECT_VERSIONS, decode_versions
from hozon.model.digests import ContentDigest
from hozon.model.garbage import CollectorLease, Cutoffs, StoredObject
from hozon.model.metadata import JsonObject
from hozon.model.places import Place
from hozon.model.versions import VersionId, VersionState
from hozon.ports.garbage import Fate, Outlook, Reasons, UnreachedObjects

_ONE = 1
"""The key of the only row of the lease."""

_SHOWN = 100
"""How many versions are named as reasons."""

_SUGGESTED = 10
"""How many digests are suggested for the beginning of one."""


class SqlGarbage(SqlKeys):
    """Garbage within one transaction."""

    def lease(self) -> CollectorLease | None:
        """Read who collects now."""
        row = self._connection.execute(
            select(
                collector_lease.c.holder,
                collector_lease.c.token,
                collector_lease.c.began_at,
                collector_lease.c.expires_at,
            )
        ).one_or_none()
        return CollectorLease(*row) if row else None

    def set_lease(self, lease: CollectorLease | None) -> None:
        """Replace the lease."""
        self._connection.execute(delete(collector_lease))
        if lease is not None:
            self._connection.execute(insert(collector_lease).values(id=_ONE, **asdict(lease)))

    def expired_uploads(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[VersionId, str]:
        """List PENDING versions whose lease ran out."""
        query = select(versions.c.id, versions.c.upload_id).where(abandoned(cutoffs))
        rows = self._connection.execute(query.order_by(versions.c.id).limit(limit))
        return {VersionId(key): upload_id for key, upload_id in rows}

    def purgeable(self, cutoffs: Cutoffs, *, limit: int) -> Sequence[VersionId]:
        """List deleted versions that may not be restored any more."""
        query = select(versions.c.id).where(due(cutoffs))
        return self._ids(query.order_by(versions.c.deleted_at, versions.c.id).limit(limit))

    def outlook(self, cutoffs: Cutoffs) -> Outlook:
        """Count what is due, and what is not yet."""
        deleted = versions.c.state == VersionState.DELETED
        conditions = (abandoned(cutoffs), due(cutoffs), and_(deleted, ~due(cutoffs)))
        counts = (
            select(func.count(versions.c.id)).where(condition).scalar_subquery()
            for condition in conditions
        )
        return Outlook(*map(int, self._connection.execute(select(*counts)).one()))

    def purge(self, versions: Iterable[VersionId], *, by: str, now: datetime) -> None:
        """Make deleted versions PURGED."""
        purged = {"state": VersionState.PURGED, "purged_at": now, "purged_by": by}
        for batch in batches(versions):
            self._purge(batch, purged)

    def unreached(
        self, cutoffs: Cutoffs, *, after: ContentDigest | None, limit: int
    ) -> UnreachedObjects:
        """Find what nothing reaches among the next so many objects."""
        last = self._end_of_range(after, limit=limit)
        query = select(*OBJECT).where(self._is_object, unreached_soon(cutoffs))
        if after is not None:
            query = query.where(objects.c.digest > after)
        if last is not None:
            query = query.where(objects.c.digest <= last)
        rows = self._connection.execute(query.order_by(objects.c.digest))
        return UnreachedObjects([stored_object(*row) for row in rows], last)

    def condemn(self, digests: Sequence[ContentDigest], cutoffs: Cutoffs) -> Sequence[StoredObject]:
        """Take the places of those of these objects that nothing reaches now."""
        condemned: list[StoredObject] = []
        for batch in batches(digests):
            among = self._is_object & objects.c.digest.in_(batch)
            query = select(*OBJECT).where(among, unreached(cutoffs))
            found = [stored_object(*row) for row in self._connection.execute(query)]
            if found:
                self._take_places(found, now=cutoffs.now)
                condemned += found
        self.condemn_empty({item.place.key for item in condemned}, now=cutoffs.now)
        return condemned

    def reasons(self, digest: ContentDigest) -> Reasons:
        """Say what reaches an object."""
        here = versions.c.store == self._store
        stored = self._connection.execute(
            select(*OBJECT[1:], objects.c.created_at).where(
                self._is_object, objects.c.digest == digest
            )
        ).one_or_none()
        reaching = (
            select(entries.c.version_id)
            .where(entries.c.digest == digest, versions.c.state != VersionState.PURGED, here)
            .join(versions, versions.c.id == entries.c.version_id)
            .distinct()
        )
        shown = self._connection.execute(
            SELECT_VERSIONS.where(versions.c.id.in_(reaching)).order_by(versions.c.id).limit(_SHOWN)
        ).all()
        count = select(func.count()).select_from(reaching.subquery())
        held = (
            select(func.count())
            .join_from(pins, versions, versions.c.id == pins.c.version_id)
            .where(pins.c.digest == digest, here)
        )
        given_up = select(func.max(condemned_objects.c.condemned_at)).where(
            self._was_object, condemned_objects.c.digest == digest
        )
        return Reasons(
            place=Place(*stored[:3]) if stored else None,
            versions=decode_versions(self._connection, shown),
            version_count=int(self._connection.execute(count).scalar_one()),
            uploads=int(self._connection.execute(held).scalar_one()),
            stored_at=stored[3] if stored else None,
            given_up_at=self._connection.execute(given_up).scalar_one_or_none(),
        )

    def fate(self, version: VersionId) -> Fate:
        """Say what happened to a version."""
        columns = (
            versions.c.deleted_at,
            versions.c.deleted_by,
            versions.c.purged_at,
            versions.c.purged_by,
        )
        row = self._connection.execute(select(*columns).where(versions.c.id == version)).one()
        referring = select(entry_sources.c.version_id).where(entry_sources.c.source_id == version)
        query = SELECT_VERSIONS.where(
            versions.c.id.in_(referring),
            versions.c.state.in_((VersionState.COMMITTED, VersionState.DELETED)),
        )
        found = self._connection.execute(query.order_by(versions.c.id).limit(_SHOWN)).all()
        return Fate(*row, referred_by=decode_versions(self._connection, found))

    def digests_beginning(self, text: str) -> Sequence[ContentDigest]:
        """Find digests, stored now or once, that begin with a text."""
        found: set[str] = set()
        for column, here in (
            (objects.c.digest, self._is_object),
            (condemned_objects.c.digest, self._was_object),
        ):
            query = select(column).where(here, column >= text, column < f"{text}g").distinct()
            found.update(self._connection.execute(query.limit(_SUGGESTED)).scalars())
        return [ContentDigest(digest) for digest in sorted(found)[:_SUGGESTED]]

    def last_pass(self) -> datetime | None:
        """Tell when the last pass began."""
        query = select(collector_passes.c.began_at).order_by(collector_passes.c.id.desc()).limit(1)
        return self._connection.execute(query).scalar_one_or_none()

    def uncollected_since(self) -> datetime | None:
        """Tell when the last pass began, or the first project was made."""
        last = select(func.max(collector_passes.c.began_at)).scalar_subquery()
        first = select(func.min(projects.c.created_at)).scalar_subquery()
        query = select(func.coalesce(last, first, type_=UtcDateTime))
        since: datetime | None = self._connection.execute(query).scalar_one()
        return since

    def record_pass(self, *, began_at: datetime, now: datetime, report: JsonObject) -> None:
        """Record what a pass did."""
        self._connection.execute(
            insert(collector_passes).values(began_at=began_at, finished_at=now, report=report)
        )

    def _ids(self, query: Select[Any]) -> Sequence[VersionId]:
        """Read keys of versions."""
        return [VersionId(key) for key in self._connection.execute(query).scalars()]

    def _purge(self, batch: Sequence[VersionId], purged: Mapping[str, object]) -> None:
        """Make some versions PURGED."""
        deleted = versions.c.id.in_(batch) & (versions.c.state == VersionState.DELETED)
        self._connection.execute(update(versions).where(deleted).values(purged))
        for table in (removed_aliases, removed_links):
            self._connection.execute(delete(table).where(table.c.version_id.in_(batch)))

    def _end_of_range(self, after: ContentDigest | None, *, limit: int) -> ContentDigest | None:
        """Find the last of the next so many digests; None when there are no more behind them."""
        query = select(objects.c.digest).where(self._is_object).order_by(objects.c.digest)
        query = query.offset(limit - 1).limit(1)
        if after is not None:
            query = query.where(objects.c.digest > after)
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else ContentDigest(found)

    def _take_places(self, found: Sequence[StoredObject], *, now: datetime) -> None:
        """Remove the places of objects, and remember them."""
        rows = [
            {
                "store": self._store,
                "digest": item.digest,
                "key": item.place.key,
                "offset_bytes": item.place.offset,
                "length_bytes": item.place.length,
                "condemned_at": now,
            }
            for item in found
        ]
        self._connection.execute(insert(condemned_objects), rows)
        digests = [item.digest for item in found]
        gone = self._is_object & objects.c.digest.in_(digests)
        self._connection.execute(delete(objects).where(gone))
