"""What every catalog must do with what databases treat differently, as tests.

Owns the order of paths, reading in flat memory, and values that a database may lack;
`hozon.testing.catalogs` makes it part of the contract of a catalog. Refuses to own what a manifest
may hold: that is `hozon.model.manifest`.
"""

from datetime import UTC, timedelta, timezone

import pytest

from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.testing.records import (
    AT,
    DATASET,
    NOW,
    collection_path,
    log_version,
    make_collection,
    make_run,
    new_version,
    read_all,
)


class ManifestContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about order and extremes."""

    def test_times_come_back_in_utc(self, catalog: Catalog) -> None:
        """Whatever zone the database or this machine is in, and in whichever they were given."""
        given = NOW.astimezone(timezone(timedelta(hours=9)))
        with catalog.write() as session:
            path = collection_path("mnist")
            session.collections.ensure(path, type_name=DATASET, now=given)
        with catalog.read() as session:
            found = session.collections.find(path)
        assert found is not None
        assert (found.created_at, found.created_at.tzinfo) == (NOW, UTC)

    def test_entries_come_in_the_order_of_code_points(self, session: CatalogSession) -> None:
        """As Python sorts text, not as the language of the server does; also page by page."""
        paths = ["Z", "a", "B", "_", "é", "e", "z-1", "z/1", "z0", "\U0001f600", "\uffee"]
        manifest = Manifest.of(ManifestEntry(path, "ab" * 32, 1) for path in paths)
        version_id = session.versions.open(make_collection(session).key, new_version("a"))
        session.versions.commit(version_id, index=0, manifest=manifest, now=NOW)
        read: list[str] = []
        while page := list(
            session.versions.entries(version_id, after=read[-1] if read else None, limit=2)
        ):
            read += [entry.path for entry in page]
        assert read == sorted(paths)

    @pytest.mark.parametrize("prefix", ["a\0", "\ud800"], ids=ascii)
    def test_what_no_path_holds_begins_none(self, session: CatalogSession, prefix: str) -> None:
        """Not every database can even be asked for such text."""
        version_id = log_version(session, make_collection(session), "a")
        assert list(session.versions.entries(version_id, prefix=prefix)) == []

    def test_entries_are_read_while_others_are_written(self, session: CatalogSession) -> None:
        """What is read need not be in memory before something is written from it."""
        collection = make_collection(session)
        paths = [f"{number:04}" for number in range(3000)]
        manifest = Manifest.of(ManifestEntry(path, "ab" * 32, 1) for path in paths)
        first = session.versions.open(collection.key, new_version("a"))
        session.versions.commit(first, index=0, manifest=manifest, now=NOW)
        second = session.versions.open(collection.key, new_version("b"))
        session.objects.pin(
            second, (ContentDigest(entry.path) for entry in session.versions.entries(first))
        )
        read = session.versions.entries(first)
        assert next(read).path == paths[0]
        session.objects.unpin(second)
        assert [entry.path for entry in read] == paths[1:]

    def test_what_is_read_by_half_burdens_nobody(self, catalog: Catalog) -> None:
        """What is left ends with its session, whoever still has it in hand."""
        manifest = Manifest.of(ManifestEntry(f"{n:04}", "ab" * 32, 1) for n in range(3000))
        with catalog.write() as session:
            version_id = session.versions.open(make_collection(session).key, new_version("a"))
            session.versions.commit(version_id, index=0, manifest=manifest, now=NOW)
        with catalog.read() as session:
            entries = iter(session.versions.entries(version_id))
            next(entries)
        with catalog.write() as session:
            make_run(session, "r1")
            del entries
            make_run(session, "r2")
        with catalog.read() as session:
            assert [run.id for run in read_all(session.runs.listing(AT))] == ["r1", "r2"]

    def test_a_number_beyond_all_is_no_version(self, session: CatalogSession) -> None:
        """People may ask for any, also for one that no column holds."""
        collection = make_collection(session)
        for number in (2**31, 2**63, 10**30):
            assert session.versions.find_by_index(collection.key, number) is None
