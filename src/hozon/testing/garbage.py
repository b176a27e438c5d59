# ruff: noqa: PLR2004  Figures are what a test is about.
"""What the garbage records of every catalog must do, as tests.

Owns the meaning of `hozon.ports.garbage.GarbageRecords`; `hozon.testing.catalogs` makes it part of
the contract of a catalog. Refuses to own the order of the steps of a pass.
"""

from datetime import timedelta
from typing import Final

from hozon.model.digests import ContentDigest
from hozon.model.garbage import CollectorLease, Cutoffs, Windows
from hozon.model.manifest import ARTIFACT_SCHEME, Manifest, ManifestEntry
from hozon.model.places import Place
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import (
    HOUR,
    LATER,
    NOW,
    collection_path,
    make_collection,
    new_version,
    soft_delete,
)

_A, _B, _C = (ContentDigest(letter * 64) for letter in "abc")

AT_ONCE: Final = Windows(restore=timedelta(), trash=timedelta(), grace=timedelta())
"""Everything is old enough."""

_DAY: Final = timedelta(days=1)


def cutoffs(after: timedelta = _DAY) -> Cutoffs:
    """Say that everything is old enough, some time after what tests do."""
    return AT_ONCE.cutoffs(LATER + after)


def log_files(
    session: CatalogSession, *digests: ContentDigest, refers_to: VersionId | None = None
) -> VersionId:
    """Commit a version with files of seven bytes."""
    collection = make_collection(session)
    entries = [ManifestEntry(f"{digest[0]}.txt", digest, 7) for digest in digests]
    if refers_to is not None:
        ref = f"{ARTIFACT_SCHEME}{refers_to}/a.txt"
        entries.append(ManifestEntry("borrowed.txt", _A, 7, ref))
    version = session.versions.open(collection.key, new_version("x"))
    index = session.collections.take_index(collection.key)
    session.versions.commit(version, index=index, manifest=Manifest.of(entries), now=NOW)
    return version


def store(session: CatalogSession, key: str, *digests: ContentDigest) -> None:
    """Give objects of seven bytes places under one key."""
    places = {digest: Place(key, 7 * at, 7) for at, digest in enumerate(digests)}
    session.objects.add(places, now=NOW)


def gone(session: CatalogSession, *versions: VersionId) -> None:
    """Delete and purge versions."""
    for version in versions:
        soft_delete(session, version)
    session.garbage.purge(versions, by="a test", now=LATER)


class GarbageContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about garbage."""

    def test_there_is_one_lease(self, session: CatalogSession) -> None:
        """It is replaced, and taken away."""
        assert session.garbage.lease() is None
        for token in ("first", "second"):
            lease = CollectorLease("ada", token, began_at=NOW, expires_at=LATER)
            session.garbage.set_lease(lease)
            assert session.garbage.lease() == lease
        session.garbage.set_lease(None)
        assert session.garbage.lease() is None

    def test_uploads_expire(self, session: CatalogSession) -> None:
        """Those whose lease ran out are found, with what tells them from later ones."""
        collection, new = make_collection(session), new_version("a")
        version = session.versions.open(collection.key, new)
        late = cutoffs()
        assert session.garbage.expired_uploads(late, limit=9) == {version: new.upload_id}
        assert session.garbage.expired_uploads(cutoffs(timedelta()), limit=9) == {}
        assert session.garbage.outlook(late).uploads_due == 1

    def test_deleted_versions_become_due(self, session: CatalogSession) -> None:
        """At the moment that their window ends, oldest first; committed ones never."""
        first, second, _ = (log_files(session, _A) for _ in range(3))
        for version in (first, second):
            soft_delete(session, version)
        early = Windows(restore=HOUR).cutoffs(LATER + HOUR - timedelta(microseconds=1))
        assert session.garbage.purgeable(early, limit=9) == []
        assert session.garbage.outlook(early).versions_restorable == 2
        due = Windows(restore=HOUR).cutoffs(LATER + HOUR)
        assert session.garbage.purgeable(due, limit=9) == [first, second]
        assert session.garbage.purgeable(due, limit=1) == [first]
        assert session.garbage.outlook(due).versions_due == 2

    def test_what_others_refer_to_is_not_due(self, session: CatalogSession) -> None:
        """Until these are purged themselves."""
        source = log_files(session, _A)
        borrower = log_files(session, _B, refers_to=source)
        soft_delete(session, source)
        assert session.garbage.purgeable(cutoffs(), limit=9) == []
        gone(session, borrower)
        assert session.garbage.purgeable(cutoffs(), limit=9) == [source]

    def test_purging_is_dated_and_signed(self, session: CatalogSession) -> None:
        """When it was deleted stays known."""
        version = log_files(session, _A)
        gone(session, version)
        fate = session.garbage.fate(version)
        assert (fate.deleted_at, fate.purged_at, fate.purged_by) == (LATER, LATER, "a test")
        assert session.versions.get(version).state is VersionState.PURGED

    def test_only_deleted_versions_are_purged(self, session: CatalogSession) -> None:
        """One that was restored meanwhile stays as it is."""
        version = log_files(session, _A)
        session.garbage.purge([version], by="a test", now=LATER)
        assert session.versions.get(version).state is VersionState.COMMITTED

    def test_what_nothing_reaches_is_found_by_ranges(self, session: CatalogSession) -> None:
        """In the order of digests; the last range says that it is the last."""
        store(session, "packs/x/0", _A, _B, _C)
        log_files(session, _B)
        first = session.garbage.unreached(cutoffs(), after=None, limit=2)
        assert ([item.digest for item in first.objects], first.last) == ([_A], _B)
        rest = session.garbage.unreached(cutoffs(), after=first.last, limit=2)
        assert ([item.digest for item in rest.objects], rest.last) == ([_C], None)

    def test_pins_deleted_versions_and_youth_keep(self, session: CatalogSession) -> None:
        """Nothing that they reach is condemned."""
        store(session, "packs/x/0", _A, _B, _C)
        soft_delete(session, log_files(session, _A))
        holder = session.versions.open(make_collection(session).key, new_version("x"))
        session.objects.pin(holder, [_B])
        now = cutoffs()
        assert [item.digest for item in session.garbage.condemn([_A, _B, _C], now)] == [_C]
        young = Windows(grace=2 * _DAY).cutoffs(NOW + _DAY)
        assert session.garbage.condemn([_A, _B], young) == []
        assert set(session.objects.places([_A, _B, _C])) == {_A, _B}

    def test_a_key_without_life_is_condemned(self, session: CatalogSession) -> None:
        """With the last of its places; removed ones are not listed again."""
        store(session, "packs/x/0", _A, _B)
        store(session, "packs/y/0", _C)
        kept = log_files(session, _B)
        session.garbage.condemn([_A, _C], cutoffs())
        assert session.garbage.condemned_keys(after="", limit=9) == {"packs/y/0": 7}
        assert session.garbage.dead_bytes() == 7
        session.garbage.note_removed(["packs/y/0"], now=LATER)
        assert session.garbage.condemned_keys(after="", limit=9) == {}
        use = session.garbage.use_of("packs/x/0")
        assert use is not None
        assert (use.size, use.live_bytes, use.end, use.dead_bytes) == (14, 7, 14, 7)
        assert session.garbage.needed_bytes("packs/x/0") == 14
        assert session.garbage.use_of("packs/y/0") is None
        gone(session, kept)
        assert session.garbage.needed_bytes("packs/x/0") is None

    def test_live_keys_are_listed_in_order(self, session: CatalogSession) -> None:
        """In that of code points, behind a key."""
        for key, digest in (("packs/b/0", _A), ("packs/B/0", _B), ("objects/x/0", _C)):
            store(session, key, digest)
        names = [use.key for use in session.garbage.live_keys(after="", limit=9)]
        assert names == ["objects/x/0", "packs/B/0", "packs/b/0"]
        behind = session.garbage.live_keys(after="packs/B/0", limit=9)
        assert [use.key for use in behind] == ["packs/b/0"]
        assert len(session.garbage.live_keys(after="", limit=2)) == 2

    def test_places_move_together(self, session: CatalogSession) -> None:
        """Those that went meanwhile do not come back, and the old key is condemned."""
        store(session, "packs/x/0", _A, _B)
        log_files(session, _B)
        moved = {_A: Place("packs/n/0", 0, 7), _B: Place("packs/n/0", 7, 7)}
        session.garbage.condemn([_A], cutoffs())
        assert session.garbage.move(moved, away_from=["packs/x/0"], now=LATER) == 1
        assert session.objects.places([_A, _B]) == {_B: Place("packs/n/0", 7, 7)}
        assert list(session.garbage.condemned_keys(after="", limit=9)) == ["packs/x/0"]
        assert session.garbage.dead_bytes() == 7

    def test_strays_are_condemned_after_their_grace(self, session: CatalogSession) -> None:
        """Keys that a PENDING version writes are none."""
        new = new_version("a", upload_id="writing")
        session.versions.open(make_collection(session).key, new)
        found = {"packs/left/0": 5, "packs/writing/0": 5}
        first = Windows(grace=HOUR).cutoffs(NOW)
        assert session.garbage.unknown_keys(list(found)) == ["packs/left/0"]
        assert session.garbage.see_strays(found, first) == []
        assert session.garbage.see_strays(found, Windows(grace=HOUR).cutoffs(LATER)) == [
            "packs/left/0"
        ]
        assert session.garbage.condemned_keys(after="", limit=9) == {"packs/left/0": 5}
        assert session.garbage.unknown_keys(list(found)) == []

    def test_old_knowledge_is_forgotten(self, session: CatalogSession) -> None:
        """Strays that went by themselves, removed keys, and entries of purged versions."""
        store(session, "packs/x/0", _A)
        version = log_files(session, _A)
        gone(session, version)
        session.garbage.see_strays({"packs/left/0": 5}, Windows(grace=HOUR).cutoffs(NOW))
        session.garbage.condemn([_A], cutoffs())
        session.garbage.note_removed(["packs/x/0"], now=LATER)
        assert session.garbage.lost_places([_A])[0].place == Place("packs/x/0", 0, 7)
        assert not session.garbage.is_forgettable(Windows().cutoffs(LATER))
        while session.garbage.is_forgettable(cutoffs()):
            session.garbage.forget(cutoffs(), limit=1)
        assert session.garbage.lost_places([_A]) == []
        assert list(session.versions.entries(version)) == []
        assert session.garbage.unknown_keys(["packs/left/0", "packs/x/0"]) == [
            "packs/left/0",
            "packs/x/0",
        ]

    def test_a_purged_version_is_recovered(self, session: CatalogSession) -> None:
        """With places under new keys; what somebody stored meanwhile keeps its own."""
        version = log_files(session, _A, _B)
        gone(session, version)
        store(session, "packs/y/0", _B)
        places = {_A: Place("packs/n/0", 3, 7), _B: Place("packs/n/0", 10, 7)}
        session.garbage.recover(version, places, sizes={"packs/n/0": 20}, now=LATER + HOUR)
        assert session.versions.get(version).state is VersionState.COMMITTED
        assert session.objects.places([_A, _B]) == {
            _A: Place("packs/n/0", 3, 7),
            _B: Place("packs/y/0", 0, 7),
        }
        assert session.garbage.fate(version).purged_at is None
        assert session.garbage.dead_bytes() == 13

    def test_erasing_leaves_the_number(self, session: CatalogSession) -> None:
        """Entries, notes, and where the objects once lay are forgotten."""
        store(session, "packs/x/0", _A)
        version = log_files(session, _A)
        gone(session, version)
        session.garbage.condemn([_A], cutoffs())
        session.garbage.erase_objects([_A], ["packs/x/0"])
        session.garbage.erase_version(version)
        assert session.garbage.lost_places([_A]) == []
        assert session.garbage.unknown_keys(["packs/x/0"]) == ["packs/x/0"]
        assert list(session.versions.entries(version)) == []
        left = session.versions.get(version)
        assert (left.index, left.description, left.metadata) == (0, None, {})

    def test_reasons_are_told(self, session: CatalogSession) -> None:
        """Versions, uploads, and when it was stored or given up."""
        store(session, "packs/x/0", _A)
        versions = [log_files(session, _A) for _ in range(2)]
        reasons = session.garbage.reasons(_A)
        assert [version.id for version in reasons.versions] == versions
        assert (reasons.version_count, reasons.uploads, reasons.stored_at) == (2, 0, NOW)
        gone(session, *versions)
        now = cutoffs()
        session.garbage.condemn([_A], now)
        reasons = session.garbage.reasons(_A)
        assert (reasons.place, reasons.given_up_at) == (None, now.now)

    def test_digests_are_found_by_their_beginning(self, session: CatalogSession) -> None:
        """Stored now, or once."""
        store(session, "packs/x/0", _A, _B)
        session.garbage.condemn([_A], cutoffs())
        assert session.garbage.digests_beginning("aa") == [_A]
        assert session.garbage.digests_beginning("bb") == [_B]
        assert session.garbage.digests_beginning("cc") == []

    def test_passes_are_remembered(self, session: CatalogSession) -> None:
        """The last one tells when it began."""
        assert session.garbage.last_pass() is None
        session.garbage.record_pass(began_at=NOW, now=LATER, report={"versions_purged": 1})
        session.garbage.record_pass(began_at=LATER, now=LATER, report={})
        assert session.garbage.last_pass() == LATER
        assert session.collections.find(collection_path("mnist")) is None

    def test_what_is_not_collected_yet_has_an_age(self, session: CatalogSession) -> None:
        """That of the last pass; before there was one, that of the first project."""
        assert session.garbage.uncollected_since() is None
        make_collection(session)
        assert session.garbage.uncollected_since() == NOW
        session.garbage.record_pass(began_at=LATER, now=LATER, report={})
        assert session.garbage.uncollected_since() == LATER
