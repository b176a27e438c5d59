"""Restore: what comes back, and what does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    LinkedVersionError,
    PurgedVersionError,
    RunExistsError,
    RunNotFoundError,
    VersionStateError,
)
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CatalogSession
from hozon.services.delete import delete_collection, delete_run, delete_version
from hozon.services.edit import edit_version
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import (
    collection_of,
    read_version,
    resolve_collection,
    resolve_version,
)
from hozon.services.restore import (
    list_deleted,
    restore_collection,
    restore_path,
    restore_version,
)
from hozon.services.run_queries import list_runs
from hozon.services.runs import RunRequest, begin_run, find_run
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

TEAM = CollectionPath.parse("team", default=AT)
HOUR = timedelta(hours=1)


def aliases(logger: Logger, *versions: Version) -> list[tuple[str, ...]]:
    """Read the aliases that versions have now."""
    return [read_version(logger.context, version.id).aliases for version in versions]


def states(logger: Logger, *versions: Version) -> list[str]:
    """Read the states of versions as they are now."""
    return [read_version(logger.context, version.id).state for version in versions]


def delete(logger: Logger, *versions: Version) -> None:
    """Delete versions with all that holds them."""
    for version in versions:
        delete_version(logger.context, version, delete_aliases=True, force_links=True)


def purge(logger: Logger, version: Version) -> None:
    """Give a deleted version up."""
    with logger.context.catalog.write() as session:
        session.versions.change_state(
            version.id,
            VersionState.PURGED,
            by=logger.context.principal,
            now=logger.context.catalog.now(),
        )


def link(logger: Logger, version: Version, *names: str) -> Version:
    """Link a version into the portfolio."""
    return link_version(logger.context, version, TEAM, aliases=[Alias(name) for name in names])


def delete_path(logger: Logger, path: CollectionPath) -> None:
    """Delete a collection."""
    delete_collection(logger.context, resolve_collection(logger.context, path), force_links=True)


def remembered(logger: Logger, read: Callable[[CatalogSession], object]) -> object:
    """Read something of what is remembered."""
    with logger.context.catalog.read() as session:
        return read(session)


def test_a_version_comes_back_as_it_was(logger: Logger, clock: ManualClock) -> None:
    """Listed, found by its number and its aliases, and without a trace of the delete."""
    first, version = logger.log("one").version, logger.log("two", "best").version
    clock.advance(HOUR)
    delete(logger, version)
    now = clock.advance(HOUR)
    restored = restore_version(logger.context, version)
    assert restored.versions == ("ada/digits/mnist:v1",)
    assert restored.aliases == ("ada/digits/mnist:best", "ada/digits/mnist:latest")
    assert (restored.conflicts, restored.links, restored.lost_links) == ({}, (), ())
    found = resolve_version(logger.context, ArtifactPath(MNIST, "best"))
    assert (found.id, found.deletion, found.updated_at) == (version.id, None, now)
    assert aliases(logger, first, version) == [(), ("best", "latest")]
    assert not remembered(logger, lambda s: s.deleted.aliases([version.id]))


def test_a_taken_alias_is_reported(logger: Logger) -> None:
    """With the version that has it now, which keeps it."""
    version = logger.log("one", "best", "good").version
    logger.log("two")
    delete(logger, version)
    other = logger.log("three", "best").version
    restored = restore_version(logger.context, version)
    assert restored.aliases == ("ada/digits/mnist:good",)
    assert restored.conflicts == {"ada/digits/mnist:best": "ada/digits/mnist:v2"}
    assert aliases(logger, version, other) == [("good",), ("best", "latest")]


def test_what_was_taken_does_not_come_back_later(logger: Logger) -> None:
    """A restore forgets what it used: the second one gives what the first one gave."""
    version = logger.log("one", "best").version
    delete(logger, version)
    other = logger.log("two", "best").version
    restore_version(logger.context, version)
    delete(logger, version, other)
    restored = restore_version(logger.context, version)
    assert restored.aliases == ("ada/digits/mnist:latest",)
    assert aliases(logger, version) == [("latest",)]


def test_latest_stays_with_what_was_logged_since(logger: Logger) -> None:
    """And the caller is told so."""
    logger.log("one")
    version = logger.log("two").version
    delete(logger, version)
    newer = logger.log("three").version
    restored = restore_version(logger.context, version)
    assert restored.conflicts == {"ada/digits/mnist:latest": "ada/digits/mnist:v2"}
    assert aliases(logger, version, newer) == [(), ("latest",)]


def test_latest_stays_where_somebody_moved_it(logger: Logger) -> None:
    """An older version was logged again meanwhile."""
    first, second, third = (logger.log(text).version for text in ("one", "two", "three"))
    delete(logger, third)
    logger.log("one")
    restore_version(logger.context, third)
    assert aliases(logger, first, second, third) == [("latest",), (), ()]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_latest_comes_back_in_any_order(logger: Logger, order: tuple[int, ...]) -> None:
    """Two were deleted, and both are restored."""
    versions = [logger.log(text).version for text in ("one", "two", "three")]
    delete(logger, versions[1], versions[2])
    for index in order:
        restore_version(logger.context, versions[index])
    assert aliases(logger, *versions) == [(), (), ("latest",)]


def test_the_only_version_gets_latest_back(logger: Logger) -> None:
    """A collection with a version has `latest`."""
    version = logger.log("one").version
    edit_version(logger.context, version, aliases=[], notes=version.notes)
    delete(logger, version)
    assert restore_version(logger.context, version).aliases == ("ada/digits/mnist:latest",)


def test_equal_content_was_logged_meanwhile(logger: Logger) -> None:
    """Both versions are there afterwards: numbers are never given back."""
    version = logger.log("one").version
    delete(logger, version)
    again = logger.log("one").version
    restore_version(logger.context, version)
    assert (version.index, again.index) == (0, 1)
    assert states(logger, version, again) == ["COMMITTED"] * 2
    assert aliases(logger, version, again) == [(), ("latest",)]


def test_what_was_not_deleted_is_not_restored(logger: Logger) -> None:
    """The hint says what is the case."""
    version = logger.log("one").version
    with pytest.raises(VersionStateError, match="v0 is COMMITTED and cannot be restored") as caught:
        restore_version(logger.context, version)
    assert caught.value.hint.startswith("It has not been deleted")


def test_a_purged_version_is_gone(logger: Logger, clock: ManualClock) -> None:
    """Restoring it and looking it up say when it was purged, and by whom."""
    version = logger.log("one").version
    delete(logger, version)
    clock.advance(HOUR)
    purge(logger, version)
    said = "mnist:v0 was purged at 2026-01-02 04:04 UTC by ada"
    with pytest.raises(PurgedVersionError, match=said):
        restore_version(logger.context, version)
    with pytest.raises(PurgedVersionError, match=said) as caught:
        resolve_version(logger.context, version.path)
    assert "Recover" in caught.value.hint
    logger.log("two")
    with pytest.raises(PurgedVersionError, match=said):
        resolve_version(logger.context, version.path)


def test_who_asks_for_a_deleted_version_is_told_the_way_back(logger: Logger) -> None:
    """Also when nothing is left of the collection."""
    version = logger.log("one").version
    delete(logger, version)
    with pytest.raises(ArtifactNotFoundError, match="mnist:v0 is deleted") as caught:
        resolve_version(logger.context, version.path)
    assert caught.value.hint.endswith("hozon artifact restore ada/digits/mnist:v0")
    logger.log("two")
    delete_path(logger, MNIST)
    with pytest.raises(CollectionNotFoundError) as gone:
        resolve_version(logger.context, ArtifactPath(MNIST, "latest"))
    assert gone.value.hint.endswith("hozon artifact restore ada/digits/mnist")


def test_a_version_is_restored_by_its_path(logger: Logger) -> None:
    """By number only: a deleted version has no aliases."""
    version = logger.log("one", "best").version
    delete(logger, version)
    with pytest.raises(ArtifactNotFoundError, match="mnist:best names an alias"):
        restore_path(logger.context, ArtifactPath(MNIST, "best"))
    with pytest.raises(ArtifactNotFoundError, match="never was a version v7"):
        restore_path(logger.context, ArtifactPath(MNIST, "v7"))
    with pytest.raises(CollectionNotFoundError, match="no collection ada/digits/team"):
        restore_path(logger.context, ArtifactPath(TEAM, "v0"))
    assert restore_path(logger.context, version.path).versions == ("ada/digits/mnist:v0",)


def test_links_come_back_with_their_source(logger: Logger) -> None:
    """With their aliases, also into a portfolio in which nothing was left."""
    version = logger.log("one").version
    taken = link(logger, version, "best")
    delete(logger, version)
    restored = restore_version(logger.context, version)
    assert restored.links == ("ada/digits/team:v0",)
    assert "ada/digits/team:best" in restored.aliases
    assert states(logger, version, taken) == ["COMMITTED"] * 2
    assert aliases(logger, taken) == [("best", "latest")]
    assert not remembered(logger, lambda s: s.deleted.links_to([version.id]))


def test_a_link_that_was_removed_before_stays_removed(logger: Logger) -> None:
    """It was not taken along."""
    version = logger.log("one").version
    removed = link(logger, version)
    unlink_version(logger.context, removed)
    delete(logger, version)
    restored = restore_version(logger.context, version)
    assert (restored.links, restored.lost_links) == ((), ())
    assert states(logger, removed) == ["DELETED"]


def test_the_alias_of_a_link_may_be_taken(logger: Logger) -> None:
    """Another link of the portfolio keeps it."""
    version, other = logger.log("one").version, logger.log("two").version
    link(logger, version, "best")
    delete(logger, version)
    kept = link(logger, other, "best")
    restored = restore_version(logger.context, version)
    assert restored.conflicts == {
        "ada/digits/team:best": "ada/digits/team:v1",
        "ada/digits/team:latest": "ada/digits/team:v1",
    }
    assert aliases(logger, kept) == [("best", "latest")]


def test_a_link_into_a_deleted_portfolio_is_lost(logger: Logger, clock: ManualClock) -> None:
    """It is reported, and can be restored by itself from then on."""
    version, other = logger.log("one").version, logger.log("two").version
    lost = link(logger, version)
    link(logger, other)
    delete(logger, version)
    clock.advance(HOUR)
    delete_path(logger, TEAM)
    restored = restore_version(logger.context, version)
    assert (restored.links, restored.lost_links) == ((), ("ada/digits/team:v0",))
    assert states(logger, version, lost) == ["COMMITTED", "DELETED"]
    assert restore_version(logger.context, lost).versions == ("ada/digits/team:v0",)


def test_a_link_comes_back_into_a_portfolio_that_was_begun_again(
    logger: Logger, clock: ManualClock
) -> None:
    """Somebody uses its name: it stands."""
    version, other = logger.log("one").version, logger.log("two").version
    back = link(logger, version)
    link(logger, other)
    delete(logger, version)
    clock.advance(HOUR)
    delete_path(logger, TEAM)
    link(logger, other)
    assert restore_version(logger.context, version).links == ("ada/digits/team:v0",)
    assert states(logger, back) == ["COMMITTED"]


def test_a_removed_link_comes_back_by_itself(logger: Logger) -> None:
    """As a version does, with its aliases."""
    removed = link(logger, logger.log("one").version, "best")
    unlink_version(logger.context, removed)
    restored = restore_version(logger.context, removed)
    assert restored.versions == ("ada/digits/team:v0",)
    assert aliases(logger, removed) == [("best", "latest")]


def test_a_link_made_again_does_not_exist_twice(logger: Logger) -> None:
    """The error names the one that is there."""
    version = logger.log("one").version
    removed = link(logger, version)
    unlink_version(logger.context, removed)
    link(logger, version)
    with pytest.raises(VersionStateError, match="because ada/digits/team:v1 leads to") as caught:
        restore_version(logger.context, removed)
    assert caught.value.hint.startswith("Use ada/digits/team:v1")
    assert states(logger, removed) == ["DELETED"]


def test_a_link_does_not_come_back_before_its_source(logger: Logger) -> None:
    """The hint names what to restore first."""
    version = logger.log("one").version
    removed = link(logger, version)
    unlink_version(logger.context, removed)
    delete(logger, version)
    with pytest.raises(VersionStateError, match="mnist:v0, which is DELETED") as caught:
        restore_version(logger.context, removed)
    assert caught.value.hint == "Restore ada/digits/mnist:v0 first."


def test_a_collection_comes_back_as_it_was(logger: Logger, clock: ManualClock) -> None:
    """Versions, aliases and links; what was deleted before stays deleted."""
    before = logger.log("none").version
    delete(logger, before)
    first, second = logger.log("one", "best").version, logger.log("two").version
    logger.log("one")  # `latest` is on the older one now.
    taken = link(logger, second, "good")
    clock.advance(HOUR)
    delete_path(logger, MNIST)
    restored = restore_collection(logger.context, MNIST)
    assert restored.versions == ("ada/digits/mnist:v2", "ada/digits/mnist:v1")
    assert restored.links == ("ada/digits/team:v0",)
    assert aliases(logger, first, second, taken) == [("best", "latest"), (), ("good", "latest")]
    assert states(logger, before, first, second, taken) == ["DELETED"] + ["COMMITTED"] * 3


def test_a_portfolio_comes_back_with_what_can_be_linked(logger: Logger, clock: ManualClock) -> None:
    """Not what leads nowhere, nor what was linked again."""
    kept, gone, again = (logger.log(text).version for text in ("one", "two", "three"))
    links = [link(logger, version) for version in (kept, gone, again)]
    clock.advance(HOUR)
    delete_path(logger, TEAM)
    delete(logger, gone)
    link(logger, again)
    restored = restore_collection(logger.context, TEAM)
    assert restored.versions == ("ada/digits/team:v0",)
    assert restored.lost_links == ("ada/digits/team:v2", "ada/digits/team:v1")
    assert states(logger, *links) == ["COMMITTED", "DELETED", "DELETED"]


def test_a_collection_goes_on_after_a_restore(logger: Logger) -> None:
    """What was logged after the delete keeps `latest`, and numbers go on."""
    logger.log("one", "best")
    delete_path(logger, MNIST)
    logger.log("two")
    restored = restore_collection(logger.context, MNIST)
    assert restored.aliases == ("ada/digits/mnist:best",)
    assert logger.log("three").version.index == 2


def test_only_what_was_deleted_as_a_whole_is_restored_as_a_whole(logger: Logger) -> None:
    """The hint says how to restore the rest."""
    version = logger.log("one").version
    delete(logger, version)
    with pytest.raises(VersionStateError, match="mnist was not deleted as a whole") as caught:
        restore_collection(logger.context, MNIST)
    assert "deleted_artifacts" in caught.value.hint
    with pytest.raises(CollectionNotFoundError):
        restore_collection(logger.context, TEAM)
    assert collection_of(logger.context, version).path == MNIST


def test_a_failed_restore_changes_nothing(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of one call is in one transaction."""
    version = logger.log("one", "best").version
    taken = link(logger, version)
    delete(logger, version)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("hozon.catalog.deleted.SqlDeleted.forget_links", fail)
        with pytest.raises(ZeroDivisionError):
            restore_version(logger.context, version)
    assert states(logger, version, taken) == ["DELETED"] * 2
    assert restore_version(logger.context, version).links == ("ada/digits/team:v0",)


def test_deleted_versions_are_listed_over_pages(logger: Logger, clock: ManualClock) -> None:
    """Each once, the newest delete first, also while they are restored."""
    versions = [logger.log(str(number)).version for number in range(5)]
    for version in versions:
        clock.advance(HOUR)
        delete(logger, version)
    listing = list_deleted(logger.context, AT, type_name=None, name=MNIST.name)
    assert listing.count() == 5
    found: list[VersionId] = []
    after = None
    while page := listing.page(after=after, limit=2):
        after = page[-1].key
        found += [item.value.id for item in page]
        restore_version(logger.context, page[0].value)
    assert found == [version.id for version in reversed(versions)]


def test_a_run_is_deleted_without_what_it_logged(logger: Logger) -> None:
    """It leaves listings and look-ups; lineage keeps it, and so does its id."""
    run, other = logger.start_run("r1"), logger.start_run("r2")
    version = logger.log("one", run=run.key).version
    deleted = delete_run(logger.context, run, delete_artifacts=False)
    assert deleted.deleted_at == logger.context.catalog.now()
    listed = list_runs(logger.context, AT).page(after=None, limit=9)
    assert [item.value.id for item in listed] == [other.id]
    with pytest.raises(RunNotFoundError):
        find_run(logger.context, run.path)
    assert find_run(logger.context, run.path, deleted=True) == deleted
    with pytest.raises(RunExistsError, match="There was a run ada/digits/r1"):
        begin_run(logger.context, RunRequest(AT, run.id))
    with pytest.raises(RunNotFoundError, match="has been deleted already"):
        delete_run(logger.context, run, delete_artifacts=False)
    assert read_version(logger.context, version.id).producer == run.path


def test_a_run_takes_along_what_it_logged(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, over several pages, with aliases; what others logged stays."""
    monkeypatch.setattr("hozon.services.delete._PAGE", 2)
    run = logger.start_run("r1")
    kept = logger.log("kept").version
    versions = [logger.log(str(number), "best", run=run.key).version for number in range(5)]
    delete_run(logger.context, run, delete_artifacts=True)
    assert states(logger, *versions) == ["DELETED"] * 5
    assert aliases(logger, kept) == [("latest",)]
    deletion = read_version(logger.context, versions[0].id).deletion
    assert deletion is not None
    assert deletion.reason == "run"
    assert restore_version(logger.context, versions[4]).aliases == (
        "ada/digits/mnist:best",
        "ada/digits/mnist:latest",
    )


def test_links_hold_what_a_run_logged(logger: Logger) -> None:
    """All or none: neither the run nor a version goes."""
    run = logger.start_run("r1")
    free, held = (logger.log(text, run=run.key).version for text in ("one", "two"))
    link(logger, held)
    with pytest.raises(LinkedVersionError, match="mnist:v1 has the links ada/digits/team:v0"):
        delete_run(logger.context, run, delete_artifacts=True)
    assert states(logger, free, held) == ["COMMITTED"] * 2
    assert find_run(logger.context, run.path) == run
