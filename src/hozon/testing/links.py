"""What the link records of every catalog must do, as tests.

Owns the meaning of `hozon.ports.catalog.LinkRecords`; `hozon.testing.catalogs` makes it part of the
contract of a catalog. Refuses to own which links may be made: that is `hozon.model.links`.
"""

from hozon.model.links import CollectionKind
from hozon.model.names import Alias
from hozon.model.notes import Notes
from hozon.model.tags import Tag
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CatalogSession, Collection, CollectionKey
from hozon.testing.records import (
    ADA,
    DATASET,
    HOUR,
    LATER,
    NOW,
    collection_path,
    committed,
    log_version,
    make_collection,
    make_run,
    manifest_of,
    new_version,
    soft_delete,
)


class LinkContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about links."""

    def test_a_collection_keeps_its_kind(self, session: CatalogSession) -> None:
        """Ensuring again finds the same collection, whatever kind is asked for."""
        logged, linked = make_collection(session), make_portfolio(session)
        assert (logged.kind, linked.kind) == (CollectionKind.SEQUENCE, CollectionKind.PORTFOLIO)
        assert make_portfolio(session, logged.path.name) == logged
        assert session.collections.find(linked.path) == linked

    def test_a_link_shows_its_source(self, session: CatalogSession) -> None:
        """Content, notes and maker are those of the source; path and dates are its own."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        run = make_run(session, "maker")
        source = session.versions.open(
            collection.key, new_version("a", logged_by=run.key, history_step=7)
        )
        session.versions.commit(source, index=3, manifest=manifest_of("a"), now=NOW)
        notes = Notes("a note", {"n": 1}, (Tag("small"),), HOUR)
        session.versions.describe(source, notes, now=NOW)
        link = session.versions.get(make_link(session, portfolio, source, index=5))
        original = session.versions.get(source)
        assert str(link.path) == "ada/digits/portfolio:v5"
        assert (link.source, link.content_id) == (original.path, source)
        assert link.notes == notes
        assert (link.digest, link.size, link.file_count) == (original.digest, 7, 1)
        assert (link.producer, link.history_step) == (run.path, 7)
        assert (link.state, link.created_at) == (VersionState.COMMITTED, LATER)
        assert original.source is None

    def test_a_link_has_the_entries_of_its_source(self, session: CatalogSession) -> None:
        """All of them, and those with a prefix."""
        source = log_version(session, make_collection(session), "a")
        link = make_link(session, make_portfolio(session), source)
        assert session.versions.manifest(link) == manifest_of("a")
        assert list(session.versions.entries(link, prefix="a")) == list(manifest_of("a"))
        assert list(session.versions.entries(link, prefix="b")) == []

    def test_a_link_is_a_version_of_its_portfolio(self, session: CatalogSession) -> None:
        """It is listed and found by number there, with aliases of its own."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        source = log_version(session, collection, "a")
        link = make_link(session, portfolio, source)
        session.collections.set_pointers(portfolio.key, {Alias("best"): link}, now=NOW)
        assert committed(session, portfolio) == [link]
        assert committed(session, collection) == [source]
        assert session.versions.newest(portfolio.key) == link
        found = session.versions.find_by_index(portfolio.key, 0)
        assert found is not None
        assert (found.id, found.aliases) == (link, ("best",))
        assert session.versions.get(source).aliases == ()

    def test_a_change_of_the_source_dates_its_links(self, session: CatalogSession) -> None:
        """They show the change, so it is theirs, too; links to other versions keep their date."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        source, other = log_version(session, collection, "a"), log_version(session, collection, "b")
        links = [make_link(session, portfolio, key, index=key) for key in (source, other)]
        later = LATER + HOUR
        session.versions.describe(source, Notes("new", {}, (), None), now=later)
        shown = [session.versions.get(link) for link in links]
        assert [link.description for link in shown] == ["new", None]
        assert [link.updated_at for link in shown] == [later, LATER]

    def test_a_link_is_found_by_its_source(self, session: CatalogSession) -> None:
        """In its own portfolio, as long as it is not deleted."""
        collection = make_collection(session)
        portfolio, elsewhere = make_portfolio(session), make_portfolio(session, "elsewhere")
        source, other = log_version(session, collection, "a"), log_version(session, collection, "b")
        link = make_link(session, portfolio, source)
        assert session.links.find(portfolio.key, source) == link
        assert session.links.find(portfolio.key, other) is None
        assert session.links.find(elsewhere.key, source) is None
        soft_delete(session, link)
        assert session.links.find(portfolio.key, source) is None

    def test_links_are_listed_by_what_they_lead_to(self, session: CatalogSession) -> None:
        """To a version or to any version of a collection, oldest first, without deleted ones."""
        collection, other = make_collection(session), make_collection(session, "other")
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        third = log_version(session, other, "c")
        portfolio, elsewhere = make_portfolio(session), make_portfolio(session, "elsewhere")
        to_first = make_link(session, portfolio, first)
        to_second = make_link(session, portfolio, second, index=1)
        make_link(session, portfolio, third, index=2)
        again = make_link(session, elsewhere, first)
        assert leading_to(session, first) == [to_first, again]
        assert leading_into(session, collection.key) == [to_first, to_second, again]
        assert leading_into(session, portfolio.key) == []
        soft_delete(session, to_first)
        assert leading_to(session, first) == [again]
        assert leading_into(session, collection.key) == [to_second, again]

    def test_links_are_taken_along(self, session: CatalogSession) -> None:
        """They become DELETED and are dated; none is fine, and so are thousands."""
        portfolio = make_portfolio(session)
        source = log_version(session, make_collection(session), "a")
        links = [make_link(session, portfolio, source, index=number) for number in range(1100)]
        session.links.take_along([], by=ADA, now=NOW)
        assert len(leading_to(session, source)) == len(links)
        session.links.take_along(links, by=ADA, now=LATER + HOUR)
        assert leading_to(session, source) == []
        gone = session.versions.get(links[-1])
        assert (gone.state, gone.updated_at) == (VersionState.DELETED, LATER + HOUR)
        assert session.versions.get(source).state is VersionState.COMMITTED

    def test_links_are_counted_as_no_versions(self, session: CatalogSession) -> None:
        """Neither while they are there nor afterwards; their portfolio is a collection."""
        portfolio = make_portfolio(session)
        source = log_version(session, make_collection(session), "a")
        make_link(session, portfolio, source)
        soft_delete(session, make_link(session, portfolio, source, index=1))
        counts = session.counts()
        assert (counts.versions, counts.deleted_versions, counts.collections) == (1, 0, 2)


def make_portfolio(session: CatalogSession, name: str = "portfolio") -> Collection:
    """Make a portfolio of datasets."""
    return session.collections.ensure(
        collection_path(name), type_name=DATASET, now=NOW, kind=CollectionKind.PORTFOLIO
    )


def make_link(
    session: CatalogSession, portfolio: Collection, source: VersionId, *, index: int = 0
) -> VersionId:
    """Make a link an hour later."""
    version = session.versions.get(source)
    return session.links.add(portfolio.key, version, index=index, by=ADA, now=LATER)


def leading_to(session: CatalogSession, source: VersionId) -> list[VersionId]:
    """List the links to a version."""
    return [link.id for link in session.links.to_version(source)]


def leading_into(session: CatalogSession, key: CollectionKey) -> list[VersionId]:
    """List the links to the versions of a collection."""
    return [link.id for link in session.links.to_collection(key)]
