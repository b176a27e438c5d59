"""What every catalog must do for those who upload: leases, pins and places.

Owns the promises of PENDING versions and of places. Invariant: each test uses the port alone.
"""

from datetime import timedelta

from hozon.model.digests import ContentDigest
from hozon.model.manifest import ARTIFACT_SCHEME, Manifest, ManifestEntry
from hozon.model.places import Place
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import (
    LATER,
    NOW,
    committed,
    log_version,
    make_collection,
    manifest_of,
    new_version,
)

_DIGEST = ContentDigest("ab" * 32)


class UploadContract:
    """Subclass it with a fixture `session`: a writing session of an empty catalog."""

    def test_an_abandoned_version_leaves_nothing(self, session: CatalogSession) -> None:
        """Its row and its pins go; a version opened later can pin the same digests."""
        collection, new = make_collection(session), new_version("a")
        abandoned = session.versions.open(collection.key, new)
        session.objects.pin(abandoned, [_DIGEST])
        kept = session.versions.open(collection.key, new_version("a"))
        assert session.versions.abandon(abandoned, upload_id=new.upload_id)
        session.objects.pin(kept, [_DIGEST])
        session.versions.commit(kept, index=0, manifest=manifest_of("a"), now=NOW)
        assert committed(session, collection) == [kept]

    def test_an_abandoned_first_version_decides_no_type(self, session: CatalogSession) -> None:
        """The collection that was made for it goes, too, and may be made with another type."""
        collection, new = make_collection(session), new_version("a")
        opened = session.versions.open(collection.key, new)
        assert session.versions.abandon(opened, upload_id=new.upload_id)
        assert session.collections.find(collection.path) is None

    def test_a_committed_version_is_never_abandoned(self, session: CatalogSession) -> None:
        """A late abandon, after a commit whose answer was lost, takes nothing away."""
        collection, new = make_collection(session), new_version("a")
        version_id = session.versions.open(collection.key, new)
        session.versions.commit(version_id, index=0, manifest=manifest_of("a"), now=NOW)
        assert not session.versions.abandon(version_id, upload_id=new.upload_id)
        assert committed(session, collection) == [version_id]

    def test_a_lease_is_extended_while_its_version_is_pending(
        self, session: CatalogSession
    ) -> None:
        """A committed one has none any more."""
        new = new_version("a")
        version_id = session.versions.open(make_collection(session).key, new)
        later = LATER + timedelta(hours=1)
        assert session.versions.renew(version_id, upload_id=new.upload_id, lease_expires_at=later)
        session.versions.commit(version_id, index=0, manifest=manifest_of("a"), now=NOW)
        assert not session.versions.renew(
            version_id, upload_id=new.upload_id, lease_expires_at=later
        )

    def test_an_upload_is_never_taken_for_another(self, session: CatalogSession) -> None:
        """A database may give the key of an abandoned version to the next one."""
        collection, first, second = make_collection(session), new_version("a"), new_version("b")
        log_version(session, collection, "kept")
        gone = session.versions.open(collection.key, first)
        assert session.versions.abandon(gone, upload_id=first.upload_id)
        opened = session.versions.open(collection.key, second)
        for version_id in (gone, opened):
            assert not session.versions.renew(
                version_id, upload_id=first.upload_id, lease_expires_at=LATER
            )
            assert not session.versions.abandon(version_id, upload_id=first.upload_id)
        assert session.versions.renew(opened, upload_id=second.upload_id, lease_expires_at=LATER)

    def test_places_make_their_keys_known(self, session: CatalogSession) -> None:
        """With the size of all that was stored there, also what was stored elsewhere before."""
        other = ContentDigest("cd" * 32)
        session.objects.add({_DIGEST: Place("packs/x/0", 0, 7)}, now=NOW)
        both = {_DIGEST: Place("packs/y/0", 0, 7), other: Place("packs/y/0", 7, 3)}
        assert session.objects.add(both, now=NOW) == 1
        uses = session.garbage.live_keys(after="", limit=9)
        assert [(use.key, use.size, use.live_bytes) for use in uses] == [
            ("packs/x/0", 7, 7),
            ("packs/y/0", 10, 3),
        ]

    def test_a_key_without_places_stays_unknown(self, session: CatalogSession) -> None:
        """Another upload was first with all of it: the key is about to be removed."""
        session.objects.add({_DIGEST: Place("packs/x/0", 0, 7)}, now=NOW)
        assert session.objects.add({_DIGEST: Place("packs/y/0", 0, 7)}, now=NOW) == 0
        assert session.garbage.unknown_keys(["packs/x/0", "packs/y/0"]) == ["packs/y/0"]

    def test_sources_are_recorded(self, session: CatalogSession) -> None:
        """Who refers to entries of another version keeps it."""
        collection = make_collection(session)
        source = log_version(session, collection, "a")
        entry = ManifestEntry("b", _DIGEST, 7, f"{ARTIFACT_SCHEME}{source}/a")
        borrower = session.versions.open(collection.key, new_version("b"))
        session.versions.commit(borrower, index=1, manifest=Manifest.of([entry]), now=NOW)
        referring = session.garbage.fate(source).referred_by
        assert [version.id for version in referring] == [borrower]
