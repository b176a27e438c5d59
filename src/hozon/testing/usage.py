"""What the usage records of every catalog must do, as tests.

Owns the meaning of `hozon.ports.usage.UsageRecords`; `hozon.testing.catalogs` makes it part of the
contract of a catalog. Refuses to own which versions a plan takes: that is `hozon.model.plans`.
"""

from collections.abc import Iterable

from hozon.model.digests import ContentDigest
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.names import Alias, TypeName
from hozon.model.paths import ProjectPath
from hozon.model.places import Place
from hozon.model.usage import CollectionUsage, NamePatterns
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CatalogSession, Collection
from hozon.testing.links import make_link, make_portfolio
from hozon.testing.records import (
    AT,
    ELSEWHERE,
    HOUR,
    LATER,
    MODEL,
    NOW,
    make_collection,
    new_version,
    read_all,
    soft_delete,
)

_EVERY = NamePatterns(())


class UsageContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about bytes and plans."""

    def test_what_is_shared_within_a_collection_counts_once(self, session: CatalogSession) -> None:
        """For the collection; each version holds all of its own, and shares it."""
        mnist = make_collection(session)
        first, second = holding(session, mnist, "ab"), holding(session, mnist, "bc")
        (usage,) = usages(session)
        assert (usage.path, usage.type, usage.versions) == (mnist.path, mnist.type, 2)
        assert (usage.total_bytes, usage.unique_bytes) == (7, 7)
        shown = read_all(session.usage.by_version(mnist.path))
        assert [(v.name, v.total_bytes, v.unique_bytes) for v in shown] == [
            ("mnist:v1", 6, 4),
            ("mnist:v0", 3, 1),
        ]
        assert freed(session, first) == 1
        assert freed(session, first, second) == total("abc")

    def test_what_is_shared_with_others_is_not_unique(self, session: CatalogSession) -> None:
        """It would stay, whichever of the two collections goes."""
        mnist, other = make_collection(session), make_collection(session, "other")
        version, copy = holding(session, mnist, "ab"), holding(session, other, "b")
        assert [(u.total_bytes, u.unique_bytes) for u in usages(session)] == [(3, 1), (2, 0)]
        assert (freed(session, version), freed(session, copy)) == (1, 0)
        assert freed(session, version, copy) == total("ab")

    def test_a_content_under_two_paths_counts_once(self, session: CatalogSession) -> None:
        """It lies in the store once."""
        version = holding(session, make_collection(session), "aa")
        assert [usage.total_bytes for usage in usages(session)] == [1]
        assert freed(session, version) == 1

    def test_what_is_deleted_still_holds_its_bytes(self, session: CatalogSession) -> None:
        """Nothing is freed that it shares; what only deleted versions hold is told apart."""
        mnist = make_collection(session)
        first, second = holding(session, mnist, "ab"), holding(session, mnist, "bc")
        soft_delete(session, first)
        (usage,) = usages(session)
        assert (usage.versions, usage.total_bytes, usage.unique_bytes) == (1, 6, 6)
        assert (usage.deleted_versions, usage.deleted_bytes) == (1, 1)
        assert freed(session, second) == total("c")
        shown = read_all(session.usage.by_version(mnist.path))
        assert [version.state for version in shown] == ["COMMITTED", "DELETED"]

    def test_what_is_purged_holds_nothing(self, session: CatalogSession) -> None:
        """Though its entries are remembered for a while, and it is not listed."""
        mnist, other = make_collection(session), make_collection(session, "other")
        purged, copy = holding(session, mnist, "a"), holding(session, other, "a")
        soft_delete(session, purged)
        session.garbage.purge([purged], by="ada", now=LATER)
        assert [(u.name, u.unique_bytes) for u in usages(session)] == [("other", 1)]
        assert read_all(session.usage.by_version(mnist.path)) == []
        assert freed(session, copy) == 1

    def test_what_an_upload_holds_is_not_freed(self, session: CatalogSession) -> None:
        """Neither for a plan, nor as unique, nor as deleted."""
        mnist = make_collection(session)
        version, gone = holding(session, mnist, "ab"), holding(session, mnist, "cd")
        soft_delete(session, gone)
        upload = session.versions.open(make_collection(session, "other").key, new_version("new"))
        session.objects.pin(upload, [digest("a"), digest("c")])
        assert freed(session, version) == total("b")
        (usage,) = usages(session)
        assert (usage.total_bytes, usage.unique_bytes, usage.deleted_bytes) == (3, 2, 8)
        shown = read_all(session.usage.by_version(mnist.path))
        assert [item.unique_bytes for item in shown] == [8, 2]

    def test_what_others_refer_to_is_not_freed(self, session: CatalogSession) -> None:
        """A version stays whole while another refers to an entry of it that does not go, too."""
        mnist, other = make_collection(session), make_collection(session, "other")
        source = holding(session, mnist, "ab")
        middle = holding(session, other, "d", refers_to={"a": source})
        last = holding(session, other, "e", refers_to={"d": middle})
        assert freed(session, source) == freed(session, source, middle) == 0
        assert freed(session, last) == total("e")
        assert freed(session, source, middle, last) == total("abde")
        soft_delete(session, last)
        assert freed(session, source, middle) == 0

    def test_what_lies_outside_counts_nothing(self, session: CatalogSession) -> None:
        """Only objects of the store do."""
        mnist = make_collection(session)
        version = session.versions.open(mnist.key, new_version("a"))
        outside = ManifestEntry("big", "etag", 10**12, "s3://bucket/big")
        session.versions.commit(version, index=0, manifest=Manifest.of([outside]), now=NOW)
        assert [usage.total_bytes for usage in usages(session)] == [0]
        assert [v.total_bytes for v in read_all(session.usage.by_version(mnist.path))] == [0]
        assert freed(session, version) == 0

    def test_any_number_of_versions_is_summed_up(self, session: CatalogSession) -> None:
        """None, and more than a statement takes one by one."""
        mnist = make_collection(session)
        many = [holding(session, mnist, "ab") for _ in range(600)]
        assert freed(session) == 0
        assert freed(session, *many[1:]) == 0
        assert freed(session, *many) == total("ab")

    def test_collections_are_chosen(self, session: CatalogSession) -> None:
        """By project, name, pattern and type; dots are no wildcards, and case matters."""
        for name in ("run-1.a", "run-1xa", "RUN-1.a"):
            holding(session, make_collection(session, name), "a")
        holding(session, make_collection(session, "net", MODEL), "a")
        assert chosen(session, "run-1.a") == ["run-1.a"]
        assert chosen(session, "run-*", "net") == ["run-1.a", "run-1xa", "net"]
        assert chosen(session, "???") == ["net"]
        assert chosen(session, "un-1.a", "run-1") == []
        assert chosen(session) == ["run-1.a", "run-1xa", "RUN-1.a", "net"]
        assert chosen(session, type_name=MODEL) == ["net"]
        assert chosen(session, at=ELSEWHERE) == []

    def test_portfolios_and_empty_collections_are_left_out(self, session: CatalogSession) -> None:
        """Links hold nothing; and nothing holds nothing."""
        source = holding(session, make_collection(session), "a")
        make_link(session, make_portfolio(session), source)
        make_collection(session, "empty")
        assert chosen(session) == ["mnist"]
        assert freed(session, source) == 1

    def test_usage_is_listed_in_pages(self, session: CatalogSession) -> None:
        """By key, as every list."""
        for name in ("a", "b", "c"):
            collection = make_collection(session, name)
            holding(session, collection, "a")
            holding(session, collection, "b")
        listing = session.usage.by_collection(AT, names=_EVERY, type_name=None)
        assert listing.count() == len("abc")
        page = listing.page(after=None, limit=2)
        rest = listing.page(after=page[-1].key, limit=2)
        assert [item.value.name for item in (*page, *rest)] == ["a", "b", "c"]
        by_version = session.usage.by_version(collection.path)
        assert by_version.count() == len("ab")
        (newest,) = by_version.page(after=None, limit=1)
        (oldest,) = by_version.page(after=newest.key, limit=2)
        assert (newest.value.name, oldest.value.name) == ("c:v1", "c:v0")

    def test_a_look_shows_what_a_plan_needs(self, session: CatalogSession) -> None:
        """Content, size, aliases and links, with their paths, and when it changed."""
        mnist, portfolio = make_collection(session), make_portfolio(session)
        version = holding(session, mnist, "a")
        pointers = {Alias("old"): version, Alias("best"): version}
        session.collections.set_pointers(mnist.key, pointers, now=LATER)
        links = [make_link(session, portfolio, version, index=index) for index in range(2)]
        session.collections.set_pointers(
            portfolio.key, {Alias("x"): links[0], Alias("y"): links[0]}, now=LATER
        )
        (look,) = session.usage.looks(mnist.path)
        read = session.versions.get(version)
        assert (look.id, look.path, look.state) == (version, read.path, VersionState.COMMITTED)
        assert (look.digest, look.size) == (read.digest, read.size)
        assert look.aliases == ("best", "old")
        assert [str(link) for link in look.links] == [
            "ada/digits/portfolio:v0",
            "ada/digits/portfolio:v1",
        ]
        assert (look.created_at, look.updated_at) == (NOW, LATER)
        assert look.protected == ()
        soft_delete(session, links[0])
        (look,) = session.usage.looks(mnist.path)
        assert [str(link) for link in look.links] == ["ada/digits/portfolio:v1"]

    def test_looks_come_newest_first(self, session: CatalogSession) -> None:
        """Those of committed versions of one collection, in any number."""
        mnist = make_collection(session)
        holding(session, make_collection(session, "other"), "a")
        many = [holding(session, mnist, "a") for _ in range(600)]
        soft_delete(session, many[7])
        upload = session.versions.open(mnist.key, new_version("new"))
        looks = [look.id for look in session.usage.looks(mnist.path)]
        assert looks == [key for key in reversed(many) if key != many[7]]
        assert upload not in looks

    def test_versions_are_looked_at_by_number(self, session: CatalogSession) -> None:
        """Whatever their state; those that never were are left out."""
        mnist = make_collection(session)
        many = [holding(session, mnist, "a") for _ in range(600)]
        soft_delete(session, many[0])
        looks = session.usage.looks_at(mnist.path, range(700))
        assert [looks[index].id for index in range(600)] == many
        assert len(looks) == len(many)
        assert looks[0].state is VersionState.DELETED
        assert session.usage.looks_at(make_collection(session, "other").path, [0]) == {}
        assert session.usage.looks_at(mnist.path, []) == {}

    def test_many_versions_are_read_at_once(self, session: CatalogSession) -> None:
        """In the order given, each as it is read by itself."""
        mnist = make_collection(session)
        many = [holding(session, mnist, "a") for _ in range(600)]
        read = session.versions.get_all(reversed(many))
        assert [version.id for version in read] == many[::-1]
        assert read[-1] == session.versions.get(many[0])
        assert session.versions.get_all([]) == []

    def test_looking_changes_nothing(self, session: CatalogSession) -> None:
        """A version that is described later looks as it did but for its date."""
        mnist = make_collection(session)
        version = holding(session, mnist, "a")
        (before,) = session.usage.looks(mnist.path)
        notes = session.versions.get(version).notes
        session.versions.describe(version, notes, now=LATER + HOUR)
        (after,) = session.usage.looks(mnist.path)
        assert before.updated_at < after.updated_at == LATER + HOUR


def digest(letter: str) -> ContentDigest:
    """Give an object a digest."""
    return ContentDigest(f"{ord(letter):064x}")


def length(letter: str) -> int:
    """Give an object a length: `a` has 1 byte, `b` 2, `c` 4, so that a sum tells which they are."""
    return 1 << (ord(letter) - ord("a"))


def total(letters: str) -> int:
    """Add up the lengths of objects."""
    return sum(map(length, letters))


def holding(
    session: CatalogSession,
    collection: Collection,
    letters: str,
    *,
    refers_to: dict[str, VersionId] | None = None,
) -> VersionId:
    """Commit a version with an object for each letter, which may come twice."""
    store(session, letters)
    files = [
        ManifestEntry(f"{at} {letter}", digest(letter), length(letter))
        for at, letter in enumerate(letters)
    ]
    references = [
        ManifestEntry(letter, digest(letter), length(letter), f"hozon-artifact://{source}/{letter}")
        for letter, source in (refers_to or {}).items()
    ]
    version = session.versions.open(collection.key, new_version(letters))
    index = session.collections.take_index(collection.key)
    manifest = Manifest.of([*files, *references])
    session.versions.commit(version, index=index, manifest=manifest, now=NOW)
    return version


def store(session: CatalogSession, letters: Iterable[str]) -> None:
    """Record the places of objects, each under a key of its own."""
    known = session.objects.places(map(digest, letters))
    new = {
        digest(letter): Place(f"objects/{letter}", 0, length(letter))
        for letter in letters
        if digest(letter) not in known
    }
    session.objects.add(new, now=NOW)


def usages(session: CatalogSession) -> list[CollectionUsage]:
    """Measure all collections of the project."""
    return read_all(session.usage.by_collection(AT, names=_EVERY, type_name=None))


def chosen(
    session: CatalogSession,
    *names: str,
    at: ProjectPath = AT,
    type_name: TypeName | None = None,
) -> list[str]:
    """Name the collections that are chosen."""
    listing = session.usage.by_collection(at, names=NamePatterns(names), type_name=type_name)
    return [usage.name for usage in read_all(listing)]


def freed(session: CatalogSession, *versions: VersionId) -> int:
    """Sum up what only these versions hold."""
    return session.usage.freed_bytes(versions)
