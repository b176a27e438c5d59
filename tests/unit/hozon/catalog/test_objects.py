"""Places and pins in SQL: pins go in parts."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hozon.bootstrap import open_catalog
from hozon.catalog import objects
from hozon.model.digests import ContentDigest
from hozon.testing.catalogs import make_collection, new_version
from hozon.testing.clocks import ManualClock


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_all_pins_of_a_version_go_and_no_others(
    home: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """However many parts they are deleted in, and whoever else pins the same digests."""
    monkeypatch.setattr(objects, "_UNPINNED_ROWS", 2)
    digests = [ContentDigest(f"{number:064x}") for number in range(count)]
    database = home / "catalog.db"
    with (
        closing(open_catalog(f"sqlite:///{database}", clock=ManualClock())) as catalog,
        catalog.write() as session,
    ):
        key = make_collection(session).key
        made, kept = (session.versions.open(key, new_version(name)) for name in "ab")
        for version_id in (made, kept):
            session.objects.pin(version_id, digests)
        session.objects.unpin(made)
    with closing(sqlite3.connect(database)) as connection:
        left = connection.execute("SELECT version_id, digest FROM pins ORDER BY digest").fetchall()
    assert left == [(kept, digest) for digest in digests]
