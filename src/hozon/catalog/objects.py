"""Places and pins in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from hozon.catalog.batches import batches, insert_rows
from hozon.catalog.schema import keys, objects, pins
from hozon.model.digests import ContentDigest
from hozon.model.names import StoreName
from hozon.model.places import Place
from hozon.model.versions import VersionId

_UNPINNED_ROWS = 50_000
"""How many pins a statement deletes: SQLite holds 24 bytes for each until it ends."""


class SqlObjects:
    """Places and pins within one transaction."""

    def __init__(self, connection: Connection, store: StoreName) -> None:
        """Use the transaction of this connection, and the places of this store."""
        self._connection = connection
        self._store = store

    def pin(self, version_id: VersionId, digests: Iterable[ContentDigest]) -> None:
        """Hold digests for a PENDING version."""
        pinned = insert(pins).values(version_id=None, digest=None)
        insert_rows(
            self._connection,
            pinned,
            ((version_id, digest) for digest in digests),
            skip_known=True,
        )

    def unpin(self, version_id: VersionId) -> None:
        """Let go of everything that a version held."""
        delete_pins(self._connection, version_id)

    def places(self, digests: Iterable[ContentDigest]) -> Mapping[ContentDigest, Place]:
        """Find the places of digests."""
        found: dict[ContentDigest, Place] = {}
        for batch in batches(sorted(set(digests))):
            query = select(
                objects.c.digest, objects.c.key, objects.c.offset_bytes, objects.c.length_bytes
            ).where(objects.c.store == self._store, objects.c.digest.in_(batch))
            for digest, key, offset, length in self._connection.execute(query):
                found[ContentDigest(digest)] = Place(key, offset, length)
        return found

    def stores(self) -> Sequence[StoreName]:
        """List the stores in which something has a place, or had one, in the order of names."""
        found: list[StoreName] = []
        query = select(func.min(keys.c.store))
        name = self._connection.execute(query).scalar_one()
        while name is not None:  # A step for each store: DISTINCT would read every key.
            found.append(StoreName(name))
            name = self._connection.execute(query.where(keys.c.store > name)).scalar_one()
        return found

    def add(self, places: Mapping[ContentDigest, Place], *, now: datetime) -> int:
        """Record places; a digest that has one already keeps it."""
        known = self.places(places)
        added = insert(objects).values(
            store=None,
            digest=None,
            key=None,
            offset_bytes=None,
            length_bytes=None,
            created_at=None,
        )
        rows = (
            (self._store, digest, place.key, place.offset, place.length, now)
            for digest, place in places.items()
            if digest not in known
        )
        count = insert_rows(self._connection, added, rows)
        if count:
            used = {place.key for digest, place in places.items() if digest not in known}
            stored = (place for place in places.values() if place.key in used)
            add_keys(self._connection, self._store, stored, now=now)
        return count


def add_keys(
    connection: Connection, store: StoreName, places: Iterable[Place], *, now: datetime
) -> None:
    """Record new keys as such in which something has a place.

    Args:
        connection: The transaction.
        store: Where they lie.
        places: All that was stored under them, so that their size is known.
        now: When, UTC.
    """
    ends: dict[str, int] = {}
    for place in places:
        ends[place.key] = max(place.end, ends.get(place.key, 0))
    rows = [
        {"store": store, "key": key, "size_bytes": end, "created_at": now}
        for key, end in ends.items()
    ]
    if rows:
        connection.execute(insert(keys), rows)


def delete_pins(connection: Connection, version_id: VersionId) -> None:
    """Delete the pins of a version, a part of them at a time, in flat memory."""
    held = pins.c.version_id == version_id
    following = select(pins.c.digest).where(held).order_by(pins.c.digest)
    while True:
        bound = connection.execute(following.offset(_UNPINNED_ROWS).limit(1)).scalar_one_or_none()
        if bound is None:
            connection.execute(delete(pins).where(held))
            return
        connection.execute(delete(pins).where(held, pins.c.digest < bound))
