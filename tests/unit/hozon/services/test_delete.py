"""Delete: softly, in one transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, event, text

from hozon.errors import (
    AliasedVersionError,
    ArtifactNotFoundError,
    CollectionNotFoundError,
    LinkedVersionError,
    VersionStateError,
)
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.versions import Version, VersionState
from hozon.ports.catalog import Collection
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_version, delete_versions
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import list_versions, resolve_collection, resolve_version
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore
from worlds import MNIST, Logger


def resolve(logger: Logger, selector: str) -> Version:
    """Look a version of `mnist` up."""
    return resolve_version(logger.context, ArtifactPath(MNIST, selector))


def collection(logger: Logger) -> Collection:
    """Look `mnist` up."""
    return resolve_collection(logger.context, MNIST)


def test_a_deleted_version_leaves_every_look_up(logger: Logger) -> None:
    """By number, by alias and by listing it is gone; the others stay."""
    first = logger.log("one").version
    logger.log("two")
    deleted = delete_version(logger.context, first, delete_aliases=False)
    assert deleted.state is VersionState.DELETED
    with pytest.raises(ArtifactNotFoundError, match="mnist:v0 is deleted"):
        resolve(logger, "v0")
    listed = list_versions(logger.context, collection(logger)).page(after=None, limit=9)
    assert [item.value.index for item in listed] == [1]


def test_the_bytes_of_a_deleted_version_stay(logger: Logger, store: MemoryObjectStore) -> None:
    """A delete is soft."""
    version = logger.log("one").version
    keys = list(store.keys())
    delete_version(logger.context, version, delete_aliases=True)
    assert list(store.keys()) == keys
    with logger.context.catalog.read() as session:
        assert list(session.versions.manifest(version.id).entries) == ["data.txt"]


def test_several_versions_go_together(logger: Logger) -> None:
    """Of any collections, in the order given; `latest` falls past all of them."""
    versions = [logger.log(text).version for text in ("one", "two", "three")]
    deleted = delete_versions(
        logger.context, [versions[2], versions[1]], delete_aliases=True, force_links=False
    )
    assert [version.index for version in deleted] == [2, 1]
    assert {version.state for version in deleted} == {VersionState.DELETED}
    assert resolve(logger, "latest").index == 0


def test_of_several_versions_none_goes_where_one_is_refused(logger: Logger) -> None:
    """It is one transaction."""
    first, second = logger.log("one").version, logger.log("two", "best").version
    with pytest.raises(AliasedVersionError, match="best, latest"):
        delete_versions(logger.context, [first, second], delete_aliases=False)
    assert resolve(logger, "v0").state is VersionState.COMMITTED


def test_a_version_with_aliases_is_refused(logger: Logger) -> None:
    """The message lists them, the hint names the argument, and nothing changes."""
    version = logger.log("one", "best").version
    with pytest.raises(AliasedVersionError, match="has the aliases best, latest") as caught:
        delete_version(logger.context, version, delete_aliases=False)
    assert "delete_aliases=True" in caught.value.hint
    assert resolve(logger, "best") == version


def test_aliases_go_with_the_version_when_they_may(logger: Logger) -> None:
    """`latest` falls to the newest version that is left."""
    for content in ("one", "two"):
        logger.log(content)
    delete_version(logger.context, logger.log("three", "best").version, delete_aliases=True)
    assert resolve(logger, "latest").index == 1
    with pytest.raises(ArtifactNotFoundError, match="has the alias 'best'"):
        resolve(logger, "best")


def test_what_a_delete_took_away_is_remembered(logger: Logger) -> None:
    """The aliases, who deleted the version and when; past the port."""
    delete_version(logger.context, logger.log("one", "best").version, delete_aliases=True)
    engine = create_engine(logger.context.catalog.url)
    with engine.connect() as connection:
        remembered = connection.execute(text("SELECT alias FROM removed_aliases ORDER BY alias"))
        assert remembered.scalars().all() == ["best", "latest"]
        deleted = connection.execute(text("SELECT deleted_by, deleted_at FROM versions")).one()
        assert deleted.deleted_by == "ada"
        assert deleted.deleted_at.startswith("2026-01-02 03:04:05")
    engine.dispose()


def test_an_alias_given_since_protects_the_version(logger: Logger) -> None:
    """What counts is the catalog now, not the version as it was fetched."""
    stale = logger.log("one").version
    logger.log("two")
    logger.log("one", "best")
    with pytest.raises(AliasedVersionError):
        delete_version(logger.context, stale, delete_aliases=False)


def test_deleting_twice_is_refused(logger: Logger) -> None:
    """The message names the version and its state."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    with pytest.raises(VersionStateError, match="mnist:v0 is DELETED"):
        delete_version(logger.context, version, delete_aliases=True)


def test_a_collection_goes_with_all_its_versions(logger: Logger) -> None:
    """Aliases go too, and the collection is not found any more."""
    for content in ("one", "two", "three"):
        logger.log(content)
    mnist = collection(logger)
    assert delete_collection(logger.context, mnist) == 3
    with pytest.raises(CollectionNotFoundError, match="no artifact 'mnist' in ada/digits"):
        collection(logger)
    with logger.context.catalog.read() as session:
        assert session.collections.pointers(mnist.key) == {}
        assert session.counts().deleted_versions == 3


def test_a_deleted_collection_goes_on_with_the_next_number(logger: Logger) -> None:
    """Its name stays reserved, for its type as well."""
    logger.log("one")
    delete_collection(logger.context, collection(logger))
    version = logger.log("one").version
    assert (version.index, version.aliases) == (1, ("latest",))


def test_an_empty_collection_cannot_be_deleted(logger: Logger) -> None:
    """There is nothing to delete, and the caller should know."""
    logger.log("one")
    mnist = collection(logger)
    delete_collection(logger.context, mnist)
    with pytest.raises(CollectionNotFoundError):
        delete_collection(logger.context, mnist)


def test_other_collections_stay(logger: Logger, context: Context) -> None:
    """Deleting one collection touches no other."""
    logger.log("one")
    other = CollectionPath.parse("other", default=MNIST.at)
    with context.catalog.write() as session:
        made = session.collections.ensure(
            other, type_name=collection(logger).type, now=context.catalog.now()
        )
    delete_collection(context, collection(logger))
    with context.catalog.read() as session:
        assert session.collections.find(other) == made


def test_a_deleted_collection_remembers_every_alias(logger: Logger) -> None:
    """Each with the version that had it, and who deleted them; past the port."""
    logger.log("one", "best")
    logger.log("two")
    delete_collection(logger.context, collection(logger))
    engine = create_engine(logger.context.catalog.url)
    with engine.connect() as connection:
        remembered = connection.execute(
            text(
                'SELECT alias, "index", deleted_by FROM removed_aliases'
                " JOIN versions ON id = version_id ORDER BY alias"
            )
        )
        assert remembered.all() == [("best", 0, "ada"), ("latest", 1, "ada")]
    engine.dispose()


def test_deleting_a_collection_costs_the_same_for_any_number_of_versions(
    logger: Logger,
) -> None:
    """Statements, not versions, are what a delete waits for."""
    statements: list[object] = []

    def count(_connection: object, _cursor: object, statement: object, *_rest: object) -> None:
        statements.append(statement)

    costs: list[int] = []
    for versions in (2, 12):
        for number in range(versions):
            content, alias = f"{versions} {number}", f"alias-{number}"
            logger.log(content, alias)
        mnist = collection(logger)
        statements.clear()
        event.listen(Engine, "before_cursor_execute", count)
        try:
            delete_collection(logger.context, mnist)
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        costs.append(len(statements))
    assert costs[0] == costs[1] > 0


def test_the_version_that_gets_latest_back_is_dated(logger: Logger, clock: ManualClock) -> None:
    """Its aliases have changed."""
    first = logger.log("one").version
    second = logger.log("two").version
    now = clock.advance(timedelta(hours=1))
    delete_version(logger.context, second, delete_aliases=True)
    with logger.context.catalog.read() as session:
        assert session.versions.get(first.id).updated_at == now


def linked(logger: Logger, version: Version, name: str = "shared") -> Version:
    """Link a version into a portfolio."""
    target = CollectionPath.parse(name, default=MNIST.at)
    return link_version(logger.context, version, target, aliases=[])


def states(logger: Logger, *versions: Version) -> list[str]:
    """Read the states of versions as they are now."""
    with logger.context.catalog.read() as session:
        return [session.versions.get(version.id).state for version in versions]


def test_a_version_with_links_is_refused(logger: Logger) -> None:
    """The message lists them, the hint names the argument, and nothing changes."""
    source = logger.log("one").version
    links = [linked(logger, source, name) for name in ("shared", "team")]
    with pytest.raises(
        LinkedVersionError, match="mnist:v0 has the links ada/digits/shared:v0, ada/digits/team:v0"
    ) as caught:
        delete_version(logger.context, source, delete_aliases=True)
    assert "force_links=True" in caught.value.hint
    assert states(logger, source, *links) == ["COMMITTED"] * 3
    assert resolve(logger, "latest") == source


def test_links_go_with_the_version_when_they_may(logger: Logger) -> None:
    """With their aliases; `latest` of each portfolio falls to the newest link that is left."""
    other, source = logger.log("one").version, logger.log("two").version
    kept, gone = linked(logger, other), linked(logger, source)
    alone = linked(logger, source, "team")
    delete_version(logger.context, source, delete_aliases=True, force_links=True)
    assert states(logger, source, gone, alone) == ["DELETED"] * 3
    assert states(logger, other, kept) == ["COMMITTED"] * 2
    with logger.context.catalog.read() as session:
        assert session.versions.get(kept.id).aliases == ("latest",)
        assert session.versions.get(gone.id).aliases == ()


def test_what_may_go_still_spares_the_aliases(logger: Logger) -> None:
    """The two permissions are two."""
    source = logger.log("one").version
    link = linked(logger, source)
    with pytest.raises(AliasedVersionError):
        delete_version(logger.context, source, delete_aliases=False, force_links=True)
    assert states(logger, source, link) == ["COMMITTED"] * 2


def test_the_links_that_a_delete_took_along_are_remembered(logger: Logger) -> None:
    """Those, with their aliases, and none that was removed before; past the port."""
    source = logger.log("one").version
    unlink_version(logger.context, linked(logger, source, "before"))
    link = linked(logger, source)
    delete_version(logger.context, source, delete_aliases=True, force_links=True)
    engine = create_engine(logger.context.catalog.url)
    with engine.connect() as connection:
        remembered = connection.execute(text("SELECT version_id FROM removed_links"))
        assert remembered.scalars().all() == [link.id]
        names = connection.execute(
            text(f"SELECT alias FROM removed_aliases WHERE version_id = {link.id}")  # noqa: S608  A key of our own.
        )
        assert names.scalars().all() == ["latest"]
    engine.dispose()


def test_deleting_a_link_leaves_its_source(logger: Logger) -> None:
    """A link with aliases is refused as a version is; there is no link to a link."""
    source = logger.log("one").version
    link = linked(logger, source)
    with pytest.raises(AliasedVersionError, match="shared:v0 has the aliases latest"):
        delete_version(logger.context, link, delete_aliases=False)
    delete_version(logger.context, link, delete_aliases=True)
    assert states(logger, link, source) == ["DELETED", "COMMITTED"]


def test_a_removed_link_holds_nothing(logger: Logger) -> None:
    """Its source can be deleted without asking."""
    source = logger.log("one").version
    unlink_version(logger.context, linked(logger, source))
    delete_version(logger.context, source, delete_aliases=True)
    assert states(logger, source) == ["DELETED"]


def test_a_collection_with_links_is_refused(logger: Logger) -> None:
    """All or none: the versions without links stay, too."""
    free, held = logger.log("one").version, logger.log("two").version
    link = linked(logger, held)
    with pytest.raises(LinkedVersionError, match="digits/mnist has the links ada/digits/shared:v0"):
        delete_collection(logger.context, collection(logger))
    assert states(logger, free, held, link) == ["COMMITTED"] * 3
    assert delete_collection(logger.context, collection(logger), force_links=True) == 2
    assert states(logger, free, held, link) == ["DELETED"] * 3


def test_a_portfolio_is_deleted_as_a_collection_is(logger: Logger) -> None:
    """Its links go, their sources stay."""
    sources = [logger.log(content).version for content in ("one", "two")]
    links = [linked(logger, source) for source in sources]
    path = CollectionPath.parse("shared", default=MNIST.at)
    assert delete_collection(logger.context, resolve_collection(logger.context, path)) == 2
    assert states(logger, *links, *sources) == ["DELETED"] * 2 + ["COMMITTED"] * 2
