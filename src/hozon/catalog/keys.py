"""The keys of a store, in SQL: what lives under them, and what once did.

Owns how keys come and go in the catalog. Invariants: a key that is condemned never gets a place
again; a place moves only within the transaction that looks whether it is still there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
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
from hozon.catalog.reachability import (
    held,
    long_removed,
    old_stray,
    reached,
    unrecoverable,
)
from hozon.catalog.schema import (
    condemned_objects,
    entries,
    entry_sources,
    keys,
    objects,
    stray_keys,
    versions,
)
from hozon.model.digests import ContentDigest
from hozon.model.garbage import Cutoffs, KeyUse, StoredObject
from hozon.model.names import StoreName
from hozon.model.places import Place, upload_of
from hozon.model.versions import VersionId, VersionState

OBJECT: Final = (objects.c.digest, objects.c.key, objects.c.offset_bytes, objects.c.length_bytes)
"""What `stored_object` reads."""


class SqlKeys:
    """Keys within one transaction."""

    def __init__(self, connection: Connection, store: StoreName) -> None:
        """Use the transaction of this connection, and the keys of this store."""
        self._connection = connection
        self._store = store
        self._is_key = keys.c.store == store
        self._is_object = objects.c.store == store
        self._was_object = condemned_objects.c.store == store
        self._is_stray = stray_keys.c.store == store

    def condemned_keys(self, *, after: str, limit: int) -> Mapping[str, int]:
        """List condemned keys that are not removed yet."""
        query = (
            select(keys.c.key, keys.c.size_bytes)
            .where(self._is_key, keys.c.condemned_at.is_not(None), keys.c.removed_at.is_(None))
            .where(keys.c.key > after)
            .order_by(keys.c.key)
            .limit(limit)
        )
        return {row.key: row.size_bytes for row in self._connection.execute(query)}

    def note_removed(self, removed: Iterable[str], *, now: datetime) -> None:
        """Record that condemned keys were removed from the store."""
        for batch in batches(removed):
            gone = and_(self._is_key, keys.c.key.in_(batch), keys.c.condemned_at.is_not(None))
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
            .join(objects, and_(objects.c.store == keys.c.store, objects.c.key == keys.c.key))
            .where(self._is_key, keys.c.condemned_at.is_(None))
            .group_by(keys.c.key, keys.c.size_bytes, keys.c.created_at)
        )

    def needed_bytes(self, key: str) -> int | None:
        """Tell where the last object under a key ends that is needed; None when none is."""
        needed = or_(reached(versions.c.state != VersionState.PURGED), held())
        query = select(func.max(objects.c.offset_bytes + objects.c.length_bytes)).where(
            self._is_object, objects.c.key == key, needed
        )
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else int(found)

    def objects_in(self, key: str) -> Sequence[StoredObject]:
        """List what has a place under a key."""
        there = self._is_object & (objects.c.key == key)
        query = select(*OBJECT).where(there).order_by(objects.c.offset_bytes)
        return [stored_object(*row) for row in self._connection.execute(query)]

    def move(
        self, places: Mapping[ContentDigest, Place], *, away_from: Sequence[str], now: datetime
    ) -> int:
        """Give objects that still lie under some keys their new places, and condemn the keys."""
        there = {item.digest for key in away_from for item in self.objects_in(key)}
        moved = {digest: place for digest, place in places.items() if digest in there}
        if moved:
            add_keys(self._connection, self._store, places.values(), now=now)
            here = self._is_object & (objects.c.digest == bindparam("moved"))
            there_now = update(objects).where(here)
            self._connection.execute(
                there_now.values(key=bindparam("at_key"), offset_bytes=bindparam("at_offset")),
                [
                    {"moved": digest, "at_key": place.key, "at_offset": place.offset}
                    for digest, place in moved.items()
                ],
            )
        self.condemn_empty(away_from, now=now)
        return len(moved)

    def unknown_keys(self, found: Sequence[str]) -> Sequence[str]:
        """Pick the keys of which the catalog knows nothing, and that nobody is writing."""
        known: set[str] = set()
        for batch in batches(found):
            query = select(keys.c.key).where(self._is_key, keys.c.key.in_(batch))
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
            columns = stray_keys.c.key, stray_keys.c.seen_at
            query = select(*columns).where(self._is_stray, stray_keys.c.key.in_(batch))
            for key, seen_at in self._connection.execute(query):
                seen.add(key)
                if seen_at <= cutoffs.unreached_until:
                    due.append(key)
        new = [key for key in still if key not in seen]
        due += new if cutoffs.now <= cutoffs.unreached_until else []
        rows = [{"store": self._store, "key": key, "seen_at": cutoffs.now} for key in new]
        if rows:
            self._connection.execute(insert(stray_keys), rows)
        condemned = [
            {
                "store": self._store,
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
            self._is_key, keys.c.condemned_at.is_(None)
        )
        live = select(func.coalesce(func.sum(objects.c.length_bytes), 0)).where(self._is_object)
        query = select(kept.scalar_subquery() - live.scalar_subquery())
        return int(self._connection.execute(query).scalar_one())

    def is_forgettable(self, cutoffs: Cutoffs) -> bool:
        """Tell whether there is something for `forget`."""
        found = (
            select(stray_keys.c.key).where(self._is_stray, old_stray(cutoffs)),
            select(versions.c.id).where(unrecoverable(cutoffs)),
            select(keys.c.key).where(self._is_key, long_removed(cutoffs)),
        )
        query = select(or_(*(part.exists() for part in found)))
        return bool(self._connection.execute(query).scalar_one())

    def forget(self, cutoffs: Cutoffs, *, limit: int) -> None:
        """Forget some of what is of no use any more."""
        self._connection.execute(delete(stray_keys).where(self._is_stray, old_stray(cutoffs)))
        query = select(versions.c.id).where(unrecoverable(cutoffs)).limit(1)
        for version in self._connection.execute(query).scalars().all():
            self._forget_manifest(VersionId(version))
        gone = self._is_key & long_removed(cutoffs)
        removed = select(keys.c.key).where(gone).order_by(keys.c.key)
        for batch in batches(self._connection.execute(removed.limit(limit)).scalars().all()):
            there = self._was_object & condemned_objects.c.key.in_(batch)
            self._connection.execute(delete(condemned_objects).where(there))
            self._connection.execute(delete(keys).where(self._is_key, keys.c.key.in_(batch)))

    def lost_places(self, digests: Iterable[ContentDigest]) -> Sequence[StoredObject]:
        """Find the places that objects had until they were given up, the latest first."""
        table = condemned_objects.c
        found: list[StoredObject] = []
        for batch in batches(sorted(set(digests))):
            query = select(table.digest, table.key, table.offset_bytes, table.length_bytes)
            lost = self._was_object & table.digest.in_(batch)
            rows = query.where(lost).order_by(table.id.desc())
            found += [stored_object(*row) for row in self._connection.execute(rows)]
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
        whole = (Place(key, 0, size) for key, size in sizes.items())
        add_keys(self._connection, self._store, whole, now=now)
        known = SqlObjects(self._connection, self._store).places(places)
        rows = [
            {
                "store": self._store,
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
            gone = self._was_object & condemned_objects.c.digest.in_(batch)
            self._connection.execute(delete(condemned_objects).where(gone))
        for names in batches(erased):
            there = self._was_object & condemned_objects.c.key.in_(names)
            self._connection.execute(delete(condemned_objects).where(there))
            condemned = and_(self._is_key, keys.c.key.in_(names), keys.c.condemned_at.is_not(None))
            self._connection.execute(delete(keys).where(condemned))

    def erase_version(self, version: VersionId) -> None:
        """Forget what a PURGED version held and what was noted of it."""
        self._forget_manifest(version)
        purged = (versions.c.id == version) & (versions.c.state == VersionState.PURGED)
        blank: dict[str, object] = {"description": None, "metadata": {}, "tags": ()}
        self._connection.execute(update(versions).where(purged).values(blank))

    def _forget_manifest(self, version: VersionId) -> None:
        """Remove the entries of a version."""
        for table in (entries, entry_sources):
            self._connection.execute(delete(table).where(table.c.version_id == version))

    def condemn_empty(self, touched: Iterable[str], *, now: datetime) -> None:
        """Condemn those keys in which nothing has a place any more."""
        for batch in batches(touched):
            empty = and_(
                self._is_key,
                keys.c.key.in_(batch),
                keys.c.condemned_at.is_(None),
                ~exists().where(objects.c.store == keys.c.store, objects.c.key == keys.c.key),
            )
            self._connection.execute(update(keys).where(empty).values(condemned_at=now))


def stored_object(digest: str, key: str, offset: int, length: int) -> StoredObject:
    """Turn a row into an object."""
    return StoredObject(ContentDigest(digest), Place(key, offset, length))


def _key_use(key: str, size: int, live: int, end: int, created_at: datetime) -> KeyUse:
    """Turn a row into the use of a key."""
    return KeyUse(key, size, live_bytes=int(live), end=int(end), created_at=created_at)
