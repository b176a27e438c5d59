"""What the records of deletes of every catalog must do, as tests.

Owns the meaning of `hozon.ports.deleted`; `hozon.testing.catalogs` makes it part of the contract of
a catalog. Refuses to own what may be restored: that is `hozon.model.restoring`.
"""

from hozon.model.deletion import DeleteReason, Deletion
from hozon.model.names import LATEST, Alias, CollectionName, TypeName
from hozon.model.paths import ProjectPath
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CatalogSession
from hozon.testing.links import leading_to, make_link, make_portfolio
from hozon.testing.records import (
    ADA,
    AT,
    ELSEWHERE,
    HOUR,
    LATER,
    MODEL,
    NOW,
    committed,
    log_version,
    make_collection,
    make_run,
    soft_delete,
)


class DeletedContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about deletes."""

    def test_a_delete_is_signed_and_dated(self, session: CatalogSession) -> None:
        """With its reason; a version that is restored is as if it had never been deleted."""
        collection = make_collection(session)
        version = log_version(session, collection, "a")
        assert session.versions.get(version).deletion is None
        session.deleted.add([version], by=ADA, now=LATER, reason=DeleteReason.RUN)
        deleted = session.versions.get(version)
        assert deleted.deletion == Deletion(LATER, ADA.name, DeleteReason.RUN)
        assert (deleted.state, deleted.updated_at) == (VersionState.DELETED, LATER)
        session.deleted.restore([version], now=LATER + HOUR)
        restored = session.versions.get(version)
        assert (restored.deletion, restored.updated_at) == (None, LATER + HOUR)
        assert committed(session, collection) == [version]

    def test_every_way_of_deleting_gives_its_reason(self, session: CatalogSession) -> None:
        """One version, a collection, and a link that is taken along."""
        first, second = make_collection(session), make_collection(session, "other")
        alone, together = log_version(session, first, "a"), log_version(session, second, "b")
        link = make_link(session, make_portfolio(session), alone)
        session.links.take_along([link], by=ADA, now=LATER)
        session.versions.change_state(alone, VersionState.DELETED, by=ADA, now=LATER)
        session.versions.delete_committed(second.key, by=ADA, now=LATER)
        assert reasons(session, alone, together, link) == ["delete", "collection", "source"]

    def test_a_purge_is_signed_and_dated(self, session: CatalogSession) -> None:
        """What is known of the delete stays."""
        version = log_version(session, make_collection(session), "a")
        soft_delete(session, version)
        session.versions.change_state(version, VersionState.PURGED, by=ADA, now=LATER + HOUR)
        purged = session.versions.get(version)
        assert purged.deletion == Deletion(
            LATER, ADA.name, DeleteReason.DELETE, purged_at=LATER + HOUR, purged_by=ADA.name
        )

    def test_only_what_is_in_the_right_state_changes(self, session: CatalogSession) -> None:
        """A delete leaves deleted versions alone, and a restore those that are purged."""
        collection = make_collection(session)
        deleted, purged = (log_version(session, collection, name) for name in "ab")
        for version in (deleted, purged):
            soft_delete(session, version)
        session.versions.change_state(purged, VersionState.PURGED, by=ADA, now=LATER)
        session.deleted.add([deleted, purged], by=ADA, now=LATER + HOUR, reason=DeleteReason.RUN)
        assert reasons(session, deleted, purged) == ["delete", "delete"]
        session.deleted.restore([purged], now=LATER + HOUR)
        assert session.versions.get(purged).state is VersionState.PURGED

    def test_the_newest_delete_is_listed_first(self, session: CatalogSession) -> None:
        """Deletes of one moment by the newest version, in pages that skip nothing."""
        collection = make_collection(session)
        made = [log_version(session, collection, name) for name in "abcd"]
        for version, at in zip(made, (LATER, LATER + HOUR, LATER, LATER + HOUR), strict=True):
            session.deleted.add([version], by=ADA, now=at, reason=DeleteReason.DELETE)
        expected = [made[3], made[1], made[2], made[0]]
        assert listed(session) == expected
        listing, found, after = session.deleted.listing(AT, type_name=None, name=None), [], None
        while page := listing.page(after=after, limit=1):
            after = page[0].key
            found.append(page[0].value.id)
            session.deleted.restore(found, now=LATER)
        assert found == expected

    def test_deleted_versions_are_listed_by_project_type_and_name(
        self, session: CatalogSession
    ) -> None:
        """Neither committed ones nor purged ones are among them."""
        data, model = make_collection(session), make_collection(session, "tree", MODEL)
        gone, other, purged = (
            log_version(session, collection, name)
            for collection, name in ((data, "a"), (model, "b"), (data, "c"))
        )
        log_version(session, data, "d")
        for version in (gone, other, purged):
            soft_delete(session, version)
        session.versions.change_state(purged, VersionState.PURGED, by=ADA, now=LATER)
        assert listed(session) == [other, gone]
        assert listed(session, type_name=MODEL) == [other]
        assert listed(session, name=data.path.name) == [gone]
        assert listed(session, type_name=MODEL, name=data.path.name) == []
        assert listed(session, ELSEWHERE) == []

    def test_links_are_listed_that_can_come_back_alone(self, session: CatalogSession) -> None:
        """Not those that were taken along, nor those whose source is gone."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        kept, gone = log_version(session, collection, "a"), log_version(session, collection, "b")
        links = [
            make_link(session, portfolio, source, index=index)
            for index, source in enumerate((kept, gone, gone))
        ]
        session.links.take_along([links[2]], by=ADA, now=LATER)
        for version in (gone, links[0], links[1]):
            soft_delete(session, version)
        assert listed(session) == [links[0], gone]

    def test_a_collection_knows_what_went_with_it(self, session: CatalogSession) -> None:
        """What the last delete of it took, newest version first; not what went before or alone."""
        collection = make_collection(session)
        assert session.deleted.collection_deleted_at(collection.key) is None
        assert session.deleted.of_collection(collection.key) == []
        before, alone = log_version(session, collection, "a"), log_version(session, collection, "b")
        soft_delete(session, alone)
        session.versions.delete_committed(collection.key, by=ADA, now=LATER)
        assert session.deleted.of_collection(collection.key) == [before]
        again = [log_version(session, collection, name) for name in "cd"]
        session.versions.delete_committed(collection.key, by=ADA, now=LATER + HOUR)
        assert session.deleted.of_collection(collection.key) == again[::-1]
        assert session.deleted.collection_deleted_at(collection.key) == LATER + HOUR

    def test_lost_aliases_are_remembered_until_they_are_forgotten(
        self, session: CatalogSession
    ) -> None:
        """By version, the newest first; those of others stay."""
        collection = make_collection(session)
        old, new, other = (log_version(session, collection, name) for name in "abc")
        session.versions.remember_aliases({Alias("x"): old, Alias("z"): new, Alias("y"): new})
        session.versions.remember_aliases({Alias("x"): other})
        assert session.deleted.aliases([old, new]) == [("y", new), ("z", new), ("x", old)]
        session.deleted.forget_aliases([old, new])
        assert session.deleted.aliases([old, new, other]) == [("x", other)]

    def test_latest_fell_when_a_deleted_version_had_it(self, session: CatalogSession) -> None:
        """In this collection, and as long as it is remembered."""
        collection, other = make_collection(session), make_collection(session, "other")
        version = log_version(session, collection, "a")
        session.versions.remember_aliases({LATEST: version})
        assert not session.deleted.latest_fell(collection.key)
        soft_delete(session, version)
        assert session.deleted.latest_fell(collection.key)
        assert not session.deleted.latest_fell(other.key)
        session.deleted.forget_aliases([version])
        assert not session.deleted.latest_fell(collection.key)

    def test_links_that_were_taken_along_are_found_by_their_source(
        self, session: CatalogSession
    ) -> None:
        """As long as they are remembered, and DELETED."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        links = [
            make_link(session, portfolio, source, index=index)
            for index, source in enumerate((first, first, second, first))
        ]
        session.links.take_along(links[:3], by=ADA, now=LATER)
        soft_delete(session, links[3])
        assert taken(session, first) == links[:2]
        assert taken(session, first, second) == links[:3]
        session.deleted.restore([links[0]], now=LATER)
        assert taken(session, first) == [links[1]]
        session.deleted.forget_links([first])
        assert taken(session, first, second) == [links[2]]
        assert session.versions.get(links[1]).state is VersionState.DELETED

    def test_a_link_fits_beside_its_source_and_no_equal_one(self, session: CatalogSession) -> None:
        """Another portfolio's link is not equal, and neither is a link to another version."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        elsewhere = make_portfolio(session, "elsewhere")
        kept, again, gone = (log_version(session, collection, name) for name in "abc")
        links = [
            make_link(session, portfolio, source, index=index)
            for index, source in enumerate((kept, again, gone))
        ]
        for version in (gone, *links):
            soft_delete(session, version)
        assert session.deleted.fitting_links(links) == {links[0], links[1]}
        make_link(session, elsewhere, kept)
        make_link(session, portfolio, again, index=3)
        assert session.deleted.fitting_links(links) == {links[0]}

    def test_thousands_come_back_at_once(self, session: CatalogSession) -> None:
        """Past every limit on the values of a statement."""
        portfolio = make_portfolio(session)
        source = log_version(session, make_collection(session), "a")
        links = [make_link(session, portfolio, source, index=number) for number in range(1100)]
        assert [link.id for link in session.links.to_versions([source])] == links
        session.versions.remember_aliases({Alias(f"a{link}"): link for link in links})
        session.links.take_along(links, by=ADA, now=LATER)
        assert taken(session, source) == links
        assert [key for _, key in session.deleted.aliases(links)] == links[::-1]
        assert session.deleted.numbers(links) == {link: n for n, link in enumerate(links)}
        session.deleted.restore(links, now=LATER)
        session.deleted.forget_aliases(links)
        session.deleted.forget_links([source])
        assert leading_to(session, source) == links
        assert not session.deleted.aliases(links)
        assert not taken(session, source)

    def test_links_are_found_by_any_of_their_sources(self, session: CatalogSession) -> None:
        """Oldest first; none for no version."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        sources = [log_version(session, collection, name) for name in "abc"]
        links = [
            make_link(session, portfolio, source, index=index)
            for index, source in enumerate(sources)
        ]
        found = session.links.to_versions([sources[2], sources[0]])
        assert [link.id for link in found] == [links[0], links[2]]
        assert session.links.to_versions([]) == []

    def test_a_deleted_run_is_found_only_by_who_asks_for_it(self, session: CatalogSession) -> None:
        """It leaves listings, counts and look-ups, and lineage keeps it."""
        run, other = make_run(session, "a"), make_run(session, "b")
        version = log_version(session, make_collection(session), "a")
        session.lineage.add_input(run.key, version, now=NOW)
        session.runs.delete(run.key, now=LATER)
        assert session.runs.find(run.path) is None
        found = session.runs.find(run.path, deleted=True)
        assert found is not None
        assert (found.key, found.deleted_at) == (run.key, LATER)
        assert [item.value for item in session.runs.listing(AT).page(after=None, limit=9)] == [
            other
        ]
        assert session.counts().runs == 1
        assert [user.key for user in session.lineage.users(version)] == [run.key]


def reasons(session: CatalogSession, *versions: VersionId) -> list[str | None]:
    """Read why versions were deleted."""
    found = [session.versions.get(version).deletion for version in versions]
    return [deletion.reason if deletion else None for deletion in found]


def listed(
    session: CatalogSession,
    at: ProjectPath = AT,
    *,
    type_name: TypeName | None = None,
    name: CollectionName | None = None,
) -> list[VersionId]:
    """List what can be restored, as often as it is counted."""
    listing = session.deleted.listing(at, type_name=type_name, name=name)
    found: list[Version] = [item.value for item in listing.page(after=None, limit=100)]
    assert listing.count() == len(found)
    return [version.id for version in found]


def taken(session: CatalogSession, *sources: VersionId) -> list[VersionId]:
    """List the links that were taken along with versions."""
    return [link.id for link in session.deleted.links_to(sources)]
