"""What a collector of garbage asks the catalog, in SQL.

Owns the one definition of what is reached. Invariant: every statement that gives something up asks
again, in its own transaction, whether anything reaches it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
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

from hozon.catalog.batches import batches
from hozon.catalog.objects import SqlObjects, add_keys
from hozon.catalog.schema import (
    collector_lease,
    collector_passes,
    condemned_objects,
    entries,
    entry_sources,
    keys,
    objects,
    pins,
    removed_aliases,
    removed_links,
    stray_keys,
    versions,
)
from hozon.catalog.versions import SELECT_VERSIONS, decode_versions
from hozon.model.digests import ContentDigest
from hozon.model.garbage import CollectorLease, Cutoffs, KeyUse, StoredObject
from hozon.model.metadata import JsonObject
from hozon.model.places import Place, upload_of
from hozon.model.versions import VersionId, VersionState
from hozon.ports.garbage import Fate, Outlook, Reasons, UnreachedObjects

_ONE = 1
"""The key of the only row of the lease."""

_SHOWN = 100
"""How many versions are named as reasons."""

_SUGGESTED = 10
"""How many digests are suggested for the beginning of one."""

_OBJECT = (objects.c.digest, objects.c.key, objects.c.offset_bytes, objects.c.length_bytes)

_REFERRER = versions.alias("referrer")
_REFERRED = exists().where(
    entry_sources.c.source_id == versions.c.id,
    _REFERRER.c.id == entry_sources.c.version_id,
    _REFERRER.c.state.in_((VersionState.COMMITTED, VersionState.DELETED)),
)


def _due(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell deleted versions that may not be restored any more."""
    return and_(
        versions.c.state == VersionState.DELETED,
        versions.c.deleted_at <= cutoffs.deleted_until,
        ~_REFERRED,
    )


def _abandoned(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell uploads whose lease ran out."""
    return and_(
        versions.c.state == VersionState.PENDING,
        versions.c.lease_expires_at <= cutoffs.lease_until,
    )


def _reached(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell objects that an entry of such a version has."""
    return exists().where(
        entries.c.digest == objects.c.digest, versions.c.id == entries.c.version_id, *by
    )


def _held(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell objects that such an upload holds."""
    return exists().where(
        pins.c.digest == objects.c.digest, versions.c.id == pins.c.version_id, *by
    )


def _unreached(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell old objects that no version reaches, be it deleted, and that no upload holds."""
    reached = _reached(versions.c.state != VersionState.PURGED)
    return and_(objects.c.created_at <= cutoffs.unreached_until, ~reached, ~_held())


def _unreached_soon(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell those that nothing would reach if all that is due were purged and abandoned."""
    reached = _reached(versions.c.state != VersionState.PURGED, ~_due(cutoffs))
    held = _held(~_abandoned(cutoffs))
    return and_(objects.c.created_at <= cutoffs.unreached_until, ~reached, ~held)


def _old_stray(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell strays that were seen long enough ago: condemned by now, or gone by themselves."""
    return stray_keys.c.seen_at <= cutoffs.unreached_until


def _unrecoverable(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell purged versions whose bytes are kept nowhere any more, and whose entries are."""
    return and_(
        versions.c.state == VersionState.PURGED,
        versions.c.purged_at <= cutoffs.removed_until,
        exists().where(entries.c.version_id == versions.c.id),
    )


def _long_removed(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell keys that were removed so long ago that nothing brings them back."""
    return and_(keys.c.condemned_at.is_not(None), keys.c.removed_at <= cutoffs.removed_until)


class SqlGarbage:
    """Garbage within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

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
        query = select(versions.c.id, versions.c.upload_id).where(_abandoned(cutoffs))
        rows = self._connection.execute(query.order_by(versions.c.id).limit(limit))
        return {VersionId(key): upload_id for key, upload_id in rows}

    def purgeable(self, cutoffs: Cutoffs, *, limit: int) -> Sequence[VersionId]:
        """List deleted versions that may not be restored any more."""
        query = select(versions.c.id).where(_due(cutoffs))
        return self._ids(query.order_by(versions.c.deleted_at, versions.c.id).limit(limit))

    def outlook(self, cutoffs: Cutoffs) -> Outlook:
        """Count what is due, and what is not yet."""
        deleted = versions.c.state == VersionState.DELETED
        conditions = (_abandoned(cutoffs), _due(cutoffs), and_(deleted, ~_due(cutoffs)))
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
        query = select(*_OBJECT).where(_unreached_soon(cutoffs))
        if after is not None:
            query = query.where(objects.c.digest > after)
        if last is not None:
            query = query.where(objects.c.digest <= last)
        rows = self._connection.execute(query.order_by(objects.c.digest))
        return UnreachedObjects([_object(*row) for row in rows], last)

    def condemn(self, digests: Sequence[ContentDigest], cutoffs: Cutoffs) -> Sequence[StoredObject]:
        """Take the places of those of these objects that nothing reaches now."""
        condemned: list[StoredObject] = []
        for batch in batches(digests):
            query = select(*_OBJECT).where(objects.c.digest.in_(batch), _unreached(cutoffs))
            found = [_object(*row) for row in self._connection.execute(query)]
            if found:
                self._take_places(found, now=cutoffs.now)
                condemned += found
        self._condemn_empty({item.place.key for item in condemned}, now=cutoffs.now)
        return condemned

    def condemned_keys(self, *, after: str, limit: int) -> Mapping[str, int]:
        """List condemned keys that are not removed yet."""
        query = (
            select(keys.c.key, keys.c.size_bytes)
            .where(keys.c.condemned_at.is_not(None), keys.c.removed_at.is_(None))
            .where(keys.c.key > after)
            .order_by(keys.c.key)
            .limit(limit)
        )
        return {row.key: row.size_bytes for row in self._connection.execute(query)}

    def note_removed(self, removed: Iterable[str], *, now: datetime) -> None:
        """Record that condemned keys were removed from the store."""
        for batch in batches(removed):
            gone = keys.c.key.in_(batch) & keys.c.condemned_at.is_not(None)
            self._connection.execute(update(keys).where(gone).values(removed_at=now))

    def live_keys(self, *, after: str, limit: int) -> Sequence[KeyUse]:
        """List keys in which something has a place."""
        query = self._uses().where(keys.c.key > after).order_by(keys.c.key).limit(limit)
        return [_key_use(*row) for row in self._connection.execute(query)]

    def use_of(self, key: str) -> KeyUse | None:
        """Tell how much of a key is needed; None when nothing has a place there."""
        row = self._connection.execute(self._uses().where(keys.c.key == key)).one_or_none()
        return _key_use(*row) if row else None

    def _uses(self) -> Select[Any]:
        """Read keys in which something has a place."""
        return (
            select(
                keys.c.key,
                keys.c.size_bytes,
                func.sum(objects.c.length_bytes),
                func.max(objects.c.offset_bytes + objects.c.length_bytes),
                keys.c.created_at,
            )
            .join(objects, objects.c.key == keys.c.key)
            .where(keys.c.condemned_at.is_(None))
            .group_by(keys.c.key, keys.c.size_bytes, keys.c.created_at)
        )

    def needed_bytes(self, key: str) -> int | None:
        """Tell where the last object under a key ends that is needed; None when none is."""
        needed = or_(_reached(versions.c.state != VersionState.PURGED), _held())
        query = select(func.max(objects.c.offset_bytes + objects.c.length_bytes)).where(
            objects.c.key == key, needed
        )
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else int(found)

    def objects_in(self, key: str) -> Sequence[StoredObject]:
        """List what has a place under a key."""
        query = select(*_OBJECT).where(objects.c.key == key).order_by(objects.c.offset_bytes)
        return [_object(*row) for row in self._connection.execute(query)]

    def move(
        self, places: Mapping[ContentDigest, Place], *, away_from: Sequence[str], now: datetime
    ) -> int:
        """Give objects that still lie under some keys their new places, and condemn the keys."""
        there = {item.digest for key in away_from for item in self.objects_in(key)}
        moved = {digest: place for digest, place in places.items() if digest in there}
        if moved:
            add_keys(self._connection, places.values(), now=now)
        for digest, place in moved.items():
            self._connection.execute(
                update(objects)
                .where(objects.c.digest == digest)
                .values(key=place.key, offset_bytes=place.offset, length_bytes=place.length)
            )
        self._condemn_empty(away_from, now=now)
        return len(moved)

    def unknown_keys(self, found: Sequence[str]) -> Sequence[str]:
        """Pick the keys of which the catalog knows nothing, and that nobody is writing."""
        known: set[str] = set()
        for batch in batches(found):
            query = select(keys.c.key).where(keys.c.key.in_(batch))
            known.update(self._connection.execute(query).scalars())
        unknown = [key for key in found if key not in known]
        writing: set[str] = set()
        for ids in batches({upload for key in unknown if (upload := upload_of(key))}):
            pending = select(versions.c.upload_id).where(
                versions.c.upload_id.in_(ids), versions.c.state == VersionState.PENDING
            )
            writing.update(self._connection.execute(pending).scalars())
        return [key for key in unknown if upload_of(key) not in writing]

    def see_strays(self, found: Mapping[str, int], cutoffs: Cutoffs) -> Sequence[str]:
        """Remember keys of which the catalog knows nothing; condemn the old ones."""
        still = self.unknown_keys(list(found))
        seen: set[str] = set()
        due: list[str] = []
        for batch in batches(still):
            query = select(stray_keys).where(stray_keys.c.key.in_(batch))
            for key, seen_at in self._connection.execute(query):
                seen.add(key)
                if seen_at <= cutoffs.unreached_until:
                    due.append(key)
        new = [key for key in still if key not in seen]
        due += new if cutoffs.now <= cutoffs.unreached_until else []
        rows = [{"key": key, "seen_at": cutoffs.now} for key in new]
        if rows:
            self._connection.execute(insert(stray_keys), rows)
        condemned = [
            {
                "key": key,
                "size_bytes": found[key],
                "created_at": cutoffs.now,
                "condemned_at": cutoffs.now,
            }
            for key in due
        ]
        if condemned:
            self._connection.execute(insert(keys), condemned)
        return due

    def dead_bytes(self) -> int:
        """Sum up the bytes of live keys in which nothing has a place."""
        kept = select(func.coalesce(func.sum(keys.c.size_bytes), 0)).where(
            keys.c.condemned_at.is_(None)
        )
        live = select(func.coalesce(func.sum(objects.c.length_bytes), 0))
        query = select(kept.scalar_subquery() - live.scalar_subquery())
        return int(self._connection.execute(query).scalar_one())

    def is_forgettable(self, cutoffs: Cutoffs) -> bool:
        """Tell whether there is something for `forget`."""
        found = (
            select(stray_keys.c.key).where(_old_stray(cutoffs)),
            select(versions.c.id).where(_unrecoverable(cutoffs)),
            select(keys.c.key).where(_long_removed(cutoffs)),
        )
        query = select(or_(*(part.exists() for part in found)))
        return bool(self._connection.execute(query).scalar_one())

    def forget(self, cutoffs: Cutoffs, *, limit: int) -> None:
        """Forget some of what is of no use any more."""
        self._connection.execute(delete(stray_keys).where(_old_stray(cutoffs)))
        query = select(versions.c.id).where(_unrecoverable(cutoffs)).limit(1)
        for version in self._ids(query):
            self._forget_manifest(version)
        removed = select(keys.c.key).where(_long_removed(cutoffs)).order_by(keys.c.key)
        for batch in batches(self._connection.execute(removed.limit(limit)).scalars().all()):
            there = condemned_objects.c.key.in_(batch)
            self._connection.execute(delete(condemned_objects).where(there))
            self._connection.execute(delete(keys).where(keys.c.key.in_(batch)))

    def lost_places(self, digests: Iterable[ContentDigest]) -> Sequence[StoredObject]:
        """Find the places that objects had until they were given up, the latest first."""
        table = condemned_objects.c
        found: list[StoredObject] = []
        for batch in batches(sorted(set(digests))):
            query = select(table.digest, table.key, table.offset_bytes, table.length_bytes)
            rows = query.where(table.digest.in_(batch)).order_by(table.id.desc())
            found += [_object(*row) for row in self._connection.execute(rows)]
        return found

    def recover(
        self,
        version: VersionId,
        places: Mapping[ContentDigest, Place],
        *,
        sizes: Mapping[str, int],
        now: datetime,
    ) -> None:
        """Make a PURGED version COMMITTED again, with its bytes under new keys."""
        add_keys(self._connection, (Place(key, 0, size) for key, size in sizes.items()), now=now)
        known = SqlObjects(self._connection).places(places)
        rows = [
            {
                "digest": digest,
                "key": place.key,
                "offset_bytes": place.offset,
                "length_bytes": place.length,
                "created_at": now,
            }
            for digest, place in places.items()
            if digest not in known  # Else somebody stored it meanwhile.
        ]
        if rows:
            self._connection.execute(insert(objects), rows)
        purged = (versions.c.id == version) & (versions.c.state == VersionState.PURGED)
        back = {
            "state": VersionState.COMMITTED,
            "updated_at": now,
            "deleted_by": None,
            "deleted_at": None,
            "deleted_reason": None,
            "purged_at": None,
            "purged_by": None,
        }
        self._connection.execute(update(versions).where(purged).values(back))

    def erase_objects(self, digests: Iterable[ContentDigest], erased: Iterable[str]) -> None:
        """Forget where objects once lay, and keys that were erased."""
        for batch in batches(digests):
            gone = condemned_objects.c.digest.in_(batch)
            self._connection.execute(delete(condemned_objects).where(gone))
        for names in batches(erased):
            there = condemned_objects.c.key.in_(names)
            self._connection.execute(delete(condemned_objects).where(there))
            condemned = keys.c.key.in_(names) & keys.c.condemned_at.is_not(None)
            self._connection.execute(delete(keys).where(condemned))

    def erase_version(self, version: VersionId) -> None:
        """Forget what a PURGED version held and what was noted of it."""
        self._forget_manifest(version)
        purged = (versions.c.id == version) & (versions.c.state == VersionState.PURGED)
        blank: dict[str, object] = {"description": None, "metadata": {}, "tags": ()}
        self._connection.execute(update(versions).where(purged).values(blank))

    def reasons(self, digest: ContentDigest) -> Reasons:
        """Say what reaches an object."""
        stored = self._connection.execute(
            select(*_OBJECT[1:], objects.c.created_at).where(objects.c.digest == digest)
        ).one_or_none()
        reaching = (
            select(entries.c.version_id)
            .where(entries.c.digest == digest, versions.c.state != VersionState.PURGED)
            .join(versions, versions.c.id == entries.c.version_id)
            .distinct()
        )
        shown = self._connection.execute(
            SELECT_VERSIONS.where(versions.c.id.in_(reaching)).order_by(versions.c.id).limit(_SHOWN)
        ).all()
        count = select(func.count()).select_from(reaching.subquery())
        held = select(func.count()).select_from(pins).where(pins.c.digest == digest)
        given_up = select(func.max(condemned_objects.c.condemned_at)).where(
            condemned_objects.c.digest == digest
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
        for column in (objects.c.digest, condemned_objects.c.digest):
            query = select(column).where(column >= text, column < f"{text}g").distinct()
            found.update(self._connection.execute(query.limit(_SUGGESTED)).scalars())
        return [ContentDigest(digest) for digest in sorted(found)[:_SUGGESTED]]

    def last_pass(self) -> datetime | None:
        """Tell when the last pass began."""
        query = select(collector_passes.c.began_at).order_by(collector_passes.c.id.desc()).limit(1)
        return self._connection.execute(query).scalar_one_or_none()

    def record_pass(self, *, began_at: datetime, now: datetime, report: JsonObject) -> None:
        """Record what a pass did."""
        self._connection.execute(
            insert(collector_passes).values(began_at=began_at, finished_at=now, report=report)
        )

    def _forget_manifest(self, version: VersionId) -> None:
        """Remove the entries of a version."""
        for table in (entries, entry_sources):
            self._connection.execute(delete(table).where(table.c.version_id == version))

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
        query = select(objects.c.digest).order_by(objects.c.digest).offset(limit - 1).limit(1)
        if after is not None:
            query = query.where(objects.c.digest > after)
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else ContentDigest(found)

    def _take_places(self, found: Sequence[StoredObject], *, now: datetime) -> None:
        """Remove the places of objects, and remember them."""
        rows = [
            {
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
        self._connection.execute(delete(objects).where(objects.c.digest.in_(digests)))

    def _condemn_empty(self, touched: Iterable[str], *, now: datetime) -> None:
        """Condemn those keys in which nothing has a place any more."""
        for batch in batches(touched):
            empty = and_(
                keys.c.key.in_(batch),
                keys.c.condemned_at.is_(None),
                ~exists().where(objects.c.key == keys.c.key),
            )
            self._connection.execute(update(keys).where(empty).values(condemned_at=now))


def _object(digest: str, key: str, offset: int, length: int) -> StoredObject:
    """Turn a row into an object."""
    return StoredObject(ContentDigest(digest), Place(key, offset, length))


def _key_use(key: str, size: int, live: int, end: int, created_at: datetime) -> KeyUse:
    """Turn a row into the use of a key."""
    return KeyUse(key, size, live_bytes=int(live), end=int(end), created_at=created_at)
