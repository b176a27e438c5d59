"""What every catalog must do, as tests.

Owns the meaning of `hozon.ports.catalog`. Refuses to own decisions: those are tested with the
services. Invariant: every test states one promise of the port and nothing else.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest

from hozon.errors import CatalogError
from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.names import Alias, CollectionName
from hozon.model.paths import CollectionPath
from hozon.model.places import Place
from hozon.model.tags import Tag
from hozon.model.versions import VersionState
from hozon.ports.catalog import Catalog, CatalogSession, NewVersion
from hozon.testing.parts import CatalogParts
from hozon.testing.records import (
    ADA,
    AT,
    DATASET,
    ELSEWHERE,
    HOUR,
    LATER,
    MODEL,
    NOW,
    collection_path,
    committed,
    digest_of,
    log_version,
    make_collection,
    make_run,
    manifest_of,
    new_version,
    read_all,
    soft_delete,
)


class CatalogContract(CatalogParts):
    """A suite for one adapter: subclass it and give it a fixture `catalog`, fresh and empty.

    The fixture closes the catalog after the test.
    """

    @pytest.fixture
    def catalog(self) -> Catalog:
        """Give a fresh, empty catalog; every subclass brings its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture 'catalog'.")

    @pytest.fixture
    def session(self, catalog: Catalog) -> Iterator[CatalogSession]:
        """Give one writing session for the whole test."""
        with catalog.write() as session:
            yield session

    # Transactions.

    def test_what_was_written_is_read(self, catalog: Catalog) -> None:
        """A session that ends well is seen by the next."""
        with catalog.write() as session:
            made = make_collection(session)
        with catalog.read() as session:
            assert session.collections.find(made.path) == made

    def test_a_block_that_raises_writes_nothing(self, catalog: Catalog) -> None:
        """All of a session, or none of it."""
        with pytest.raises(ZeroDivisionError), catalog.write() as session:
            _collection_and_fail(session)
        with catalog.read() as session:
            assert session.collections.find(collection_path("mnist")) is None
            assert session.counts().projects == 0

    def test_refusals_are_catalog_errors(self, catalog: Catalog) -> None:
        """What the database refuses comes out as an error of ours."""
        with catalog.write() as session:
            make_run(session, "twice")
        with pytest.raises(CatalogError), catalog.write() as session:
            make_run(session, "twice")

    def test_threads_take_turns_to_write(self, catalog: Catalog) -> None:
        """Writers at once lose nothing: every number is given once."""
        with catalog.write() as session:
            key = make_collection(session).key

        def take(_: int) -> int:
            with catalog.write() as session:
                return session.collections.take_index(key)

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(take, range(20))) == list(range(20))

    def test_the_time_is_in_utc(self, catalog: Catalog) -> None:
        """The catalog's clock gives aware times."""
        assert catalog.now().tzinfo is UTC

    def test_it_says_where_it_lies(self, catalog: Catalog) -> None:
        """The URL has a scheme."""
        assert "://" in catalog.url

    def test_closing_twice_does_nothing(self, catalog: Catalog) -> None:
        """Closing is safe in every `finally`."""
        catalog.close()
        catalog.close()

    # Collections and aliases.

    def test_an_unknown_collection_is_none(self, session: CatalogSession) -> None:
        """Finding is asking, not an error."""
        assert session.collections.find(collection_path("absent")) is None

    def test_a_collection_keeps_its_first_type(self, session: CatalogSession) -> None:
        """Ensuring again finds the same collection, whatever type is asked for."""
        made = make_collection(session, "mnist", DATASET)
        assert make_collection(session, "mnist", MODEL) == made

    def test_equal_names_in_two_projects_are_two_collections(self, session: CatalogSession) -> None:
        """A name belongs to its project."""
        here = session.collections.ensure(collection_path("mnist"), type_name=DATASET, now=NOW)
        there = session.collections.ensure(
            CollectionPath(ELSEWHERE, CollectionName("mnist")), type_name=MODEL, now=NOW
        )
        assert here.key != there.key
        assert session.collections.find(here.path) == here

    def test_numbers_are_given_once_and_in_order(self, session: CatalogSession) -> None:
        """Each collection counts from 0 for itself."""
        mnist, other = make_collection(session, "mnist"), make_collection(session, "other")
        assert [session.collections.take_index(mnist.key) for _ in range(3)] == [0, 1, 2]
        assert session.collections.take_index(other.key) == 0

    def test_versions_that_gain_or_lose_an_alias_are_dated(self, session: CatalogSession) -> None:
        """The others keep their date, and so does everything when nothing moves."""
        collection = make_collection(session)
        lost, gained, kept = (log_version(session, collection, name) for name in "abc")
        before = {Alias("best"): lost, Alias("old"): kept}
        session.collections.set_pointers(collection.key, before, now=NOW)
        after = {Alias("best"): gained, Alias("old"): kept}
        for _ in range(2):
            session.collections.set_pointers(collection.key, after, now=LATER)
            dates = [session.versions.get(key).updated_at for key in (lost, gained, kept)]
            assert dates == [LATER, LATER, NOW]
            session.collections.set_pointers(collection.key, after, now=LATER + HOUR)

    def test_thousands_of_pointers_are_replaced(self, session: CatalogSession) -> None:
        """A collection may have more aliases than a query has parameters."""
        collection = make_collection(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        names = [Alias(f"alias-{number}") for number in range(2001)]
        for pointers in (dict.fromkeys(names, first), dict.fromkeys(names, second), {}):
            session.collections.set_pointers(collection.key, pointers, now=NOW)
            assert session.collections.pointers(collection.key) == pointers

    def test_pointers_are_replaced_as_a_whole(self, session: CatalogSession) -> None:
        """Aliases that are left out are gone."""
        collection = make_collection(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        session.collections.set_pointers(
            collection.key, {Alias("latest"): first, Alias("best"): first}, now=NOW
        )
        session.collections.set_pointers(collection.key, {Alias("latest"): second}, now=NOW)
        assert session.collections.pointers(collection.key) == {"latest": second}
        assert session.versions.get(first).aliases == ()
        assert session.versions.get(second).aliases == ("latest",)

    def test_collections_are_listed_while_they_have_a_version(
        self, session: CatalogSession
    ) -> None:
        """Neither an empty collection nor one of deleted versions is listed."""
        full, emptied = make_collection(session, "full"), make_collection(session, "emptied")
        make_collection(session, "empty")
        log_version(session, full, "a")
        soft_delete(session, log_version(session, emptied, "a"))
        assert read_all(session.collections.listing(AT, type_name=None)) == [full]

    def test_collections_are_listed_by_type_and_project(self, session: CatalogSession) -> None:
        """A listing is of one project, and of one type if one is named; oldest first."""
        made = [
            make_collection(session, name, kind)
            for name, kind in (("b", DATASET), ("a", MODEL), ("c", DATASET))
        ]
        for collection in made:
            log_version(session, collection, "a")
        assert read_all(session.collections.listing(AT, type_name=None)) == made
        assert read_all(session.collections.listing(AT, type_name=DATASET)) == [made[0], made[2]]
        assert read_all(session.collections.listing(ELSEWHERE, type_name=None)) == []

    # Versions.

    def test_a_pending_version_is_seen_by_nobody(self, session: CatalogSession) -> None:
        """Before the commit no look-up and no listing finds it."""
        collection = make_collection(session)
        session.versions.open(collection.key, new_version("a"))
        assert session.versions.find_by_digest(collection.key, digest_of("a")) is None
        assert committed(session, collection) == []
        assert session.versions.listing(collection.key).count() == 0
        assert session.counts().versions == 0

    def test_a_committed_version_tells_all_that_was_given(self, session: CatalogSession) -> None:
        """Every field comes back as it was written."""
        collection, run = make_collection(session), make_run(session, "maker")
        version_id = session.versions.open(
            collection.key,
            NewVersion(
                digest=digest_of("a"),
                size=7,
                file_count=1,
                description="a note",
                metadata={"n": [1, {"deep": None}]},
                logged_by=run.key,
                created_by=ADA,
                created_at=NOW,
                upload_id="0123",
                lease_expires_at=LATER,
                tags=(Tag("small"),),
                ttl=HOUR,
                history_step=3,
            ),
        )
        session.versions.commit(version_id, index=0, manifest=manifest_of("a"), now=LATER)
        version = session.versions.get(version_id)
        assert (str(version.path), version.type) == ("ada/digits/mnist:v0", "dataset")
        assert (version.digest, version.size, version.file_count) == (digest_of("a"), 7, 1)
        assert (version.description, version.metadata) == ("a note", {"n": [1, {"deep": None}]})
        assert (version.logged_by, version.state) == ("maker", VersionState.COMMITTED)
        assert (version.tags, version.ttl, version.history_step) == (("small",), HOUR, 3)
        assert (version.source, version.content_id) == (None, version_id)
        assert (version.created_at, version.updated_at) == (NOW, LATER)

    def test_a_manifest_comes_back_equal(self, session: CatalogSession) -> None:
        """Paths, digests and sizes of all entries survive, at any number of them."""
        manifest = Manifest.of(
            ManifestEntry(f"日本/{number}", "ab" * 32, number) for number in range(1000)
        )
        version_id = session.versions.open(make_collection(session).key, new_version("a"))
        session.versions.commit(version_id, index=0, manifest=manifest, now=NOW)
        assert session.versions.manifest(version_id) == manifest

    def test_a_reference_comes_back_equal(self, session: CatalogSession) -> None:
        """Its URI, its digest of any length, and what it takes to find it again."""
        reference = ManifestEntry("r", "e" * 500, None, "s3://b/k", {"versionID": "1", "n": [1]})
        manifest = Manifest.of([reference, ManifestEntry("f", "ab" * 32, 0)])
        version_id = session.versions.open(make_collection(session).key, new_version("a"))
        session.versions.commit(version_id, index=0, manifest=manifest, now=NOW)
        assert list(session.versions.entries(version_id)) == list(manifest)

    @pytest.mark.parametrize(
        ("prefix", "found"),
        [
            ("", ["a", "a/b", "a/c", "ab", "日/x", "日本"]),
            ("a/", ["a/b", "a/c"]),
            ("a", ["a", "a/b", "a/c", "ab"]),
            ("日", ["日/x", "日本"]),
            ("z", []),
        ],
    )
    def test_entries_are_chosen_by_prefix(
        self, session: CatalogSession, prefix: str, found: list[str]
    ) -> None:
        """A prefix is text, not a folder; what it chooses comes in path order."""
        paths = ["ab", "a/c", "a", "日本", "a/b", "日/x"]
        manifest = Manifest.of(ManifestEntry(path, "ab" * 32, 1) for path in paths)
        version_id = session.versions.open(make_collection(session).key, new_version("a"))
        session.versions.commit(version_id, index=0, manifest=manifest, now=NOW)
        entries = session.versions.entries(version_id, prefix=prefix)
        assert [entry.path for entry in entries] == found

    def test_a_number_belongs_to_one_version(self, catalog: Catalog) -> None:
        """The catalog itself refuses to give a number twice."""
        with catalog.write() as session:
            collection = make_collection(session)
            log_version(session, collection, "a", index=0)
        with pytest.raises(CatalogError), catalog.write() as session:
            log_version(session, collection, "b", index=0)

    def test_the_newest_version_has_the_highest_number(self, session: CatalogSession) -> None:
        """When it is deleted, the one before it is the newest; without any there is none."""
        collection = make_collection(session)
        assert session.versions.newest(collection.key) is None
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        assert session.versions.newest(collection.key) == second
        soft_delete(session, second)
        assert session.versions.newest(collection.key) == first
        soft_delete(session, first)
        assert session.versions.newest(collection.key) is None

    def test_a_version_is_found_by_its_number_in_any_state(self, session: CatalogSession) -> None:
        """A deleted version is still there to be told of."""
        collection = make_collection(session)
        version_id = log_version(session, collection, "a")
        soft_delete(session, version_id)
        found = session.versions.find_by_index(collection.key, 0)
        assert found is not None
        assert (found.id, found.state) == (version_id, VersionState.DELETED)
        assert session.versions.find_by_index(collection.key, 1) is None

    def test_content_is_found_among_committed_versions_only(self, session: CatalogSession) -> None:
        """The newest committed version with a digest is found, a deleted one is not."""
        collection = make_collection(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "a")
        found = session.versions.find_by_digest(collection.key, digest_of("a"))
        assert found is not None
        assert found.id == second
        soft_delete(session, second)
        found = session.versions.find_by_digest(collection.key, digest_of("a"))
        assert found is not None
        assert found.id == first
        soft_delete(session, first)
        assert session.versions.find_by_digest(collection.key, digest_of("a")) is None

    def test_a_transition_is_dated(self, session: CatalogSession) -> None:
        """Deleting moves a version out of the listings and says when."""
        collection = make_collection(session)
        version_id = log_version(session, collection, "a")
        soft_delete(session, version_id)
        version = session.versions.get(version_id)
        assert (version.state, version.updated_at) == (VersionState.DELETED, LATER)
        assert committed(session, collection) == []
        assert session.counts().deleted_versions == 1

    def test_all_committed_versions_of_a_collection_are_deleted_at_once(
        self, session: CatalogSession
    ) -> None:
        """They are counted and dated; deleted and PENDING ones and other collections stay."""
        collection, other = make_collection(session), make_collection(session, "other")
        before, *doomed = (log_version(session, collection, name) for name in "abc")
        new = new_version("d")
        kept, pending = (
            log_version(session, other, "a"),
            session.versions.open(collection.key, new),
        )
        soft_delete(session, before)
        later = LATER + HOUR
        assert session.versions.delete_committed(collection.key, by=ADA, now=later) == len(doomed)
        assert committed(session, collection) == []
        assert committed(session, other) == [kept]
        dates = [session.versions.get(key).updated_at for key in (before, *doomed)]
        assert dates == [LATER, later, later]
        assert session.versions.renew(pending, upload_id=new.upload_id, lease_expires_at=later)

    def test_removed_aliases_may_be_remembered(self, session: CatalogSession) -> None:
        """Remembering none is fine, and so is remembering some."""
        version_id = log_version(session, make_collection(session), "a")
        session.versions.remember_aliases({})
        session.versions.remember_aliases({Alias("latest"): version_id, Alias("best"): version_id})

    def test_versions_are_listed_newest_first(self, session: CatalogSession) -> None:
        """A page continues below the last number seen, and the last page is short."""
        collection = make_collection(session)
        for name in "abcde":
            log_version(session, collection, name)
        listing = session.versions.listing(collection.key)
        assert listing.count() == 5  # noqa: PLR2004  As many as were logged.
        first = listing.page(after=None, limit=2)
        assert [item.value.index for item in first] == [4, 3]
        rest = listing.page(after=first[-1].key, limit=10)
        assert [item.value.index for item in rest] == [2, 1, 0]

    def test_deleting_what_was_listed_skips_nothing(self, session: CatalogSession) -> None:
        """Pages follow each other by key, not by how many rows came before."""
        collection = make_collection(session)
        for name in "abcdef":
            log_version(session, collection, name)
        listing, seen, after = session.versions.listing(collection.key), list[int](), None
        while page := listing.page(after=after, limit=2):
            for item in page:
                seen.append(item.value.index)
                soft_delete(session, item.value.id)
            after = page[-1].key
        assert seen == [5, 4, 3, 2, 1, 0]

    # Objects.

    def test_places_are_found_by_digest(self, session: CatalogSession) -> None:
        """What was never added is left out."""
        digest, place = ContentDigest("ab" * 32), Place("objects/x/0", 3, 7)
        session.objects.add({digest: place}, now=NOW)
        assert session.objects.places([digest, ContentDigest("cd" * 32)]) == {digest: place}

    def test_the_first_place_of_a_digest_stays(self, session: CatalogSession) -> None:
        """Whoever uploads the same bytes second changes nothing."""
        digest, place = ContentDigest("ab" * 32), Place("objects/x/0", 0, 7)
        session.objects.add({digest: place}, now=NOW)
        session.objects.add({digest: Place("objects/y/0", 0, 7)}, now=NOW)
        assert session.objects.places([digest]) == {digest: place}

    def test_thousands_of_places_are_found_at_once(self, session: CatalogSession) -> None:
        """A manifest may have more files than a query has parameters."""
        places = {
            ContentDigest(f"{number:064x}"): Place(f"objects/x/{number}", 0, 1)
            for number in range(2001)
        }
        session.objects.add(places, now=NOW)
        assert session.objects.places(places) == places
        assert session.counts().object_bytes == len(places)
        assert type(session.counts().object_bytes) is int

    def test_pins_are_dropped(self, session: CatalogSession) -> None:
        """After letting go, the same digests can be held again."""
        version_id = session.versions.open(make_collection(session).key, new_version("a"))
        for _ in range(2):
            session.objects.pin(version_id, [ContentDigest("ab" * 32)])
            session.objects.unpin(version_id)

    def test_everything_is_counted(self, session: CatalogSession) -> None:
        """Each figure counts its own kind."""
        collection = make_collection(session)
        make_run(session, "r1")
        log_version(session, collection, "a")
        soft_delete(session, log_version(session, collection, "b"))
        session.objects.add({ContentDigest("ab" * 32): Place("objects/x/0", 0, 7)}, now=NOW)
        counts = session.counts()
        assert (counts.projects, counts.runs, counts.collections) == (1, 1, 1)
        assert (counts.versions, counts.deleted_versions, counts.object_bytes) == (1, 1, 7)


def _collection_and_fail(session: CatalogSession) -> None:
    """Make a collection and raise before its transaction ends."""
    make_collection(session)
    raise ZeroDivisionError
