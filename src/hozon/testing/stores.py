"""What every catalog must do for installations in which some teams have object stores of their own.

Owns the promise that stores share nothing. Invariant: each test uses the port alone.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from hozon.model.digests import ContentDigest
from hozon.model.garbage import Windows
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.names import MAIN_STORE, StoreName
from hozon.model.places import Place
from hozon.model.usage import NamePatterns
from hozon.model.versions import VersionId
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.testing.records import (
    AT,
    LATER,
    NOW,
    make_collection,
    new_version,
    read_all,
    soft_delete,
)

_A: Final = ContentDigest("aa" * 32)
_THEIRS: Final = StoreName("vision")
_LENGTH: Final = 7
_DEAD: Final = 3
_HERE, _THERE = Place("packs/x/0", 0, _LENGTH), Place("packs/x/0", _DEAD, _LENGTH)
_AT_ONCE: Final = Windows(restore=timedelta(), trash=timedelta(), grace=timedelta())


def _log(session: CatalogSession, store: StoreName) -> VersionId:
    """Commit a version with the object in one of the stores."""
    new = replace(new_version(f"x-{store}"), store=store)
    version = session.versions.open(make_collection(session, f"in-{store or 'main'}").key, new)
    manifest = Manifest.of([ManifestEntry("a.txt", _A, _LENGTH)])
    session.versions.commit(version, index=0, manifest=manifest, now=NOW)
    return version


def _store_in_both(catalog: Catalog) -> None:
    """Give one object a place in both stores, under keys that have the same name."""
    for store, place in ((MAIN_STORE, _HERE), (_THEIRS, _THERE)):
        with catalog.of(store).write() as session:
            assert session.objects.add({_A: place}, now=NOW) == 1


class StoresContract:
    """Subclass it with a fixture `catalog`: an empty catalog."""

    def test_a_version_remembers_its_store(self, catalog: Catalog) -> None:
        """From when it is opened, whichever store is asked for."""
        with catalog.write() as session:
            ours, theirs = _log(session, MAIN_STORE), _log(session, _THEIRS)
        with catalog.of(_THEIRS).read() as session:
            assert session.versions.get(ours).store == MAIN_STORE
            assert session.versions.get(theirs).store == _THEIRS

    def test_places_are_those_of_one_store(self, catalog: Catalog) -> None:
        """An object may lie in several, each time elsewhere."""
        _store_in_both(catalog)
        for store, place in ((MAIN_STORE, _HERE), (_THEIRS, _THERE)):
            with catalog.of(store).read() as session:
                assert session.objects.places([_A]) == {_A: place}
                assert [use.end for use in session.garbage.live_keys(after="", limit=9)] == [
                    place.end
                ]
        with catalog.of(StoreName("speech")).read() as session:
            assert session.objects.places([_A]) == {}
            assert session.garbage.unknown_keys(["packs/x/0"]) == ["packs/x/0"]

    def test_stores_are_listed(self, catalog: Catalog) -> None:
        """Also those in which everything is condemned; all of them, whichever is asked for."""
        with catalog.read() as session:
            assert session.objects.stores() == []
        _store_in_both(catalog)
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.condemn([_A], _AT_ONCE.cutoffs(LATER))
        with catalog.read() as session:
            assert session.objects.stores() == [MAIN_STORE, _THEIRS]

    def test_only_versions_of_the_same_store_reach(self, catalog: Catalog) -> None:
        """What a team holds keeps nothing in the store of another."""
        _store_in_both(catalog)
        with catalog.write() as session:
            version = _log(session, _THEIRS)
        cutoffs = _AT_ONCE.cutoffs(LATER)
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.unreached(cutoffs, after=None, limit=9).objects == []
            assert session.garbage.condemn([_A], cutoffs) == []
            assert session.garbage.needed_bytes("packs/x/0") == _THERE.end
            assert [found.id for found in session.garbage.reasons(_A).versions] == [version]
        with catalog.write() as session:
            assert session.garbage.needed_bytes("packs/x/0") is None
            assert session.garbage.reasons(_A).version_count == 0
            assert [item.place for item in session.garbage.condemn([_A], cutoffs)] == [_HERE]

    def test_only_uploads_to_the_same_store_hold(self, catalog: Catalog) -> None:
        """A pin is about the store that the upload goes to."""
        _store_in_both(catalog)
        cutoffs = _AT_ONCE.cutoffs(NOW)
        with catalog.write() as session:
            new = replace(new_version("x"), store=_THEIRS)
            session.objects.pin(session.versions.open(make_collection(session).key, new), [_A])
            assert session.garbage.reasons(_A).uploads == 0
            assert [item.digest for item in session.garbage.condemn([_A], cutoffs)] == [_A]
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.reasons(_A).uploads == 1
            assert session.garbage.condemn([_A], cutoffs) == []

    def test_keys_go_from_one_store(self, catalog: Catalog) -> None:
        """Condemned, removed, forgotten: another store may have a key of the same name."""
        _store_in_both(catalog)
        cutoffs = _AT_ONCE.cutoffs(LATER)
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.dead_bytes() == _DEAD
            session.garbage.condemn([_A], cutoffs)
            assert list(session.garbage.condemned_keys(after="", limit=9)) == ["packs/x/0"]
            session.garbage.note_removed(["packs/x/0"], now=LATER)
            assert [item.place for item in session.garbage.lost_places([_A])] == [_THERE]
        with catalog.write() as session:
            assert session.garbage.condemned_keys(after="", limit=9) == {}
            assert session.garbage.lost_places([_A]) == []
            assert session.garbage.dead_bytes() == 0
            assert not session.garbage.is_forgettable(cutoffs)
            assert session.objects.places([_A]) == {_A: _HERE}
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.is_forgettable(cutoffs)
            session.garbage.forget(cutoffs, limit=9)
            assert session.garbage.lost_places([_A]) == []
        with catalog.read() as session:
            assert session.garbage.use_of("packs/x/0") is not None

    def test_places_move_within_one_store(self, catalog: Catalog) -> None:
        """The other keeps its own."""
        _store_in_both(catalog)
        moved = {_A: Place("packs/n/0", 0, 7)}
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.move(moved, away_from=["packs/x/0"], now=LATER) == 1
            assert session.objects.places([_A]) == moved
        with catalog.read() as session:
            assert session.objects.places([_A]) == {_A: _HERE}

    def test_strays_are_those_of_one_store(self, catalog: Catalog) -> None:
        """The same name may be a stray here and in use there."""
        later = Windows(grace=timedelta(hours=1)).cutoffs(LATER + timedelta(hours=1))
        with catalog.of(_THEIRS).write() as session:
            first = Windows(grace=timedelta(hours=1)).cutoffs(LATER)
            assert session.garbage.see_strays({"packs/left/0": 5}, first) == []
        with catalog.write() as session:
            assert session.garbage.see_strays({"packs/left/0": 5}, later) == []
        with catalog.of(_THEIRS).write() as session:
            assert session.garbage.see_strays({"packs/left/0": 5}, later) == ["packs/left/0"]

    def test_usage_counts_each_store(self, catalog: Catalog) -> None:
        """Two teams with the same file hold it twice; deleting either frees its own."""
        _store_in_both(catalog)
        with catalog.write() as session:
            ours, theirs = _log(session, MAIN_STORE), _log(session, _THEIRS)
            usage = session.usage.by_collection(AT, names=NamePatterns(("*",)), type_name=None)
            figures = [(each.total_bytes, each.unique_bytes) for each in read_all(usage)]
            assert figures == [(_LENGTH, _LENGTH)] * 2
            assert session.usage.freed_bytes([ours]) == _LENGTH
            assert session.usage.freed_bytes([theirs]) == _LENGTH
            assert session.counts().object_bytes == 2 * _LENGTH

    def test_a_version_is_recovered_in_its_store(self, catalog: Catalog) -> None:
        """Its bytes lie there again, and nowhere else."""
        with catalog.of(_THEIRS).write() as session:
            version = _log(session, _THEIRS)
            soft_delete(session, version)
            session.garbage.purge([version], by="a test", now=LATER)
            places = {_A: Place("packs/n/0", 0, 7)}
            session.garbage.recover(version, places, sizes={"packs/n/0": 7}, now=LATER)
            assert session.objects.places([_A]) == places
        with catalog.read() as session:
            assert session.objects.places([_A]) == {}
