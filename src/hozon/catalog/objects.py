"""Places and pins in SQL."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hozon.catalog.batches import batches, insert_rows
from hozon.catalog.schema import objects, pins
from hozon.model.digests import ContentDigest
from hozon.model.places import Place
from hozon.model.versions import VersionId


class SqlObjects:
    """Places and pins within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

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
        self._connection.execute(delete(pins).where(pins.c.version_id == version_id))

    def places(self, digests: Iterable[ContentDigest]) -> Mapping[ContentDigest, Place]:
        """Find the places of digests."""
        found: dict[ContentDigest, Place] = {}
        for batch in batches(sorted(set(digests))):
            query = select(
                objects.c.digest, objects.c.key, objects.c.offset_bytes, objects.c.length_bytes
            ).where(objects.c.digest.in_(batch))
            for digest, key, offset, length in self._connection.execute(query):
                found[ContentDigest(digest)] = Place(key, offset, length)
        return found

    def add(self, places: Mapping[ContentDigest, Place], *, now: datetime) -> int:
        """Record places; a digest that has one already keeps it."""
        known = self.places(places)
        added = insert(objects).values(
            digest=None, key=None, offset_bytes=None, length_bytes=None, created_at=None
        )
        rows = (
            (digest, place.key, place.offset, place.length, now)
            for digest, place in places.items()
            if digest not in known
        )
        return insert_rows(self._connection, added, rows)
