"""TTL: what versions live by, set and read."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from hozon.errors import CollectionKindError, InvalidTtlError
from hozon.model.expiry import EffectiveTtl, TeamTtl, TtlLevel
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.retention import RetentionPolicy
from hozon.model.ttl import ArtifactTTL
from hozon.model.versions import Version
from hozon.ports.catalog import Collection
from hozon.ports.retention import CollectionPolicy
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import resolve_collection
from hozon.services.ttl import (
    expiry_of_version,
    list_expiring,
    read_collection_policy,
    read_project_ttl,
    read_team_ttl,
    set_collection_policy,
    set_project_ttl,
    set_team_ttl,
)
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

DAY = timedelta(days=1)
SHARED = CollectionPath.parse("shared", default=AT)


@pytest.fixture
def version(logger: Logger) -> Version:
    """Give a version."""
    return logger.log("one").version


@pytest.fixture
def collection(logger: Logger, version: Version) -> Collection:
    """Give its collection."""
    return resolve_collection(logger.context, version.collection)


def test_a_version_says_when_it_expires(
    logger: Logger, version: Version, clock: ManualClock
) -> None:
    """From its creation on, by the nearest that is set, and where that is."""
    assert expiry_of_version(logger.context, version).expires_at is None
    clock.advance(DAY)
    set_team_ttl(logger.context, AT.entity, seen=TeamTtl(), wanted=TeamTtl(3 * DAY))
    expiry = expiry_of_version(logger.context, version)
    assert expiry.expires_at == version.created_at + 3 * DAY
    assert expiry.ttl == EffectiveTtl(3 * DAY, TtlLevel.TEAM)
    set_project_ttl(logger.context, AT, 2 * DAY)
    expiry = expiry_of_version(logger.context, version)
    assert expiry.ttl == EffectiveTtl(2 * DAY, TtlLevel.PROJECT)
    set_project_ttl(logger.context, AT, ArtifactTTL.INHERIT)
    assert expiry_of_version(logger.context, version).ttl.level is TtlLevel.TEAM


def test_a_link_says_what_becomes_of_its_source(logger: Logger, version: Version) -> None:
    """The TTL of its source, which it suspends; afterwards the time of that."""
    notes = replace(version.notes, ttl=DAY)
    edit_version(logger.context, version, aliases=version.aliases, notes=notes)
    link = link_version(logger.context, version, SHARED, aliases=[])
    for which in (version, link):
        expiry = expiry_of_version(logger.context, which)
        assert expiry.ttl == EffectiveTtl(DAY, TtlLevel.VERSION)
        assert (expiry.expires_at, expiry.suspended_by) == (None, "link ada/digits/shared:v0")
    unlink_version(logger.context, link)
    for which in (version, link):
        expiry = expiry_of_version(logger.context, which)
        assert (expiry.expires_at, expiry.suspended_by) == (version.created_at + DAY, None)


def test_a_deleted_version_still_says_when(logger: Logger, version: Version) -> None:
    """Whoever restores it should know."""
    set_project_ttl(logger.context, AT, DAY)
    deleted = delete_version(logger.context, version, delete_aliases=True)
    assert expiry_of_version(logger.context, deleted).expires_at == version.created_at + DAY


def test_what_somebody_else_changed_stays(logger: Logger, collection: Collection) -> None:
    """Of a collection as of a team: only what the caller changed is stored."""
    seen, policy = CollectionPolicy(), RetentionPolicy(keep_newest=3)
    for wanted in (CollectionPolicy(DAY), CollectionPolicy(retention=policy)):
        stored = set_collection_policy(logger.context, collection, seen=seen, wanted=wanted)
    assert stored == CollectionPolicy(DAY, policy)
    assert read_collection_policy(logger.context, collection) == stored
    for settings in (TeamTtl(DAY), TeamTtl(members_may_set_ttl=False)):
        set_team_ttl(logger.context, AT.entity, seen=TeamTtl(), wanted=settings)
    assert read_team_ttl(logger.context, AT.entity) == TeamTtl(DAY, members_may_set_ttl=False)


def test_what_is_no_ttl_is_not_stored(logger: Logger, collection: Collection) -> None:
    """On no level."""
    short = timedelta(milliseconds=1)
    with pytest.raises(InvalidTtlError):
        set_project_ttl(logger.context, AT, short)
    with pytest.raises(InvalidTtlError):
        set_team_ttl(logger.context, AT.entity, seen=TeamTtl(), wanted=TeamTtl(short))
    with pytest.raises(InvalidTtlError):
        set_collection_policy(
            logger.context, collection, seen=CollectionPolicy(), wanted=CollectionPolicy(short)
        )
    assert read_project_ttl(logger.context, AT) is ArtifactTTL.INHERIT
    assert read_team_ttl(logger.context, AT.entity) == TeamTtl()
    assert read_collection_policy(logger.context, collection) == CollectionPolicy()


def test_a_portfolio_takes_a_policy_and_no_ttl(logger: Logger, version: Version) -> None:
    """Its links have none of their own."""
    link_version(logger.context, version, SHARED, aliases=[])
    portfolio = resolve_collection(logger.context, SHARED)
    wanted = CollectionPolicy(retention=RetentionPolicy())
    stored = set_collection_policy(
        logger.context, portfolio, seen=CollectionPolicy(), wanted=wanted
    )
    assert stored == wanted
    with pytest.raises(CollectionKindError):
        set_collection_policy(logger.context, portfolio, seen=wanted, wanted=CollectionPolicy(DAY))


def test_the_schedule_begins_with_the_soonest(logger: Logger, clock: ManualClock) -> None:
    """Suspended versions come last, with what suspends them; the rest of a cut list is counted."""
    versions = []
    for days, name in ((9, "a"), (1, "b"), (5, "c"), (2, "d")):
        version = logger.log(name).version
        notes = replace(version.notes, ttl=days * DAY)
        edit_version(logger.context, version, aliases=version.aliases, notes=notes)
        versions.append(version)
        clock.advance(timedelta(hours=1))
    logger.log("no ttl")
    link_version(logger.context, versions[1], SHARED, aliases=[])
    schedule = list_expiring(logger.context, AT, limit=None)
    assert [one.path.index for one in schedule.versions] == [3, 2, 0, 1]
    assert schedule.total == len(versions)
    assert schedule.versions[0].expiry.expires_at == versions[3].created_at + 2 * DAY
    assert schedule.versions[-1].expiry.suspended_by == "link ada/digits/shared:v0"
    cut = list_expiring(logger.context, AT, limit=2)
    assert (cut.versions, cut.total) == (schedule.versions[:2], schedule.total)


def test_a_schedule_costs_the_same_for_any_number_of_versions(logger: Logger) -> None:
    """The database sorts and counts; what suspends versions is asked once for all of them."""
    statements: list[object] = []

    def count(_connection: object, _cursor: object, statement: object, *_rest: object) -> None:
        statements.append(statement)

    set_project_ttl(logger.context, AT, DAY)
    costs: list[int] = []
    for versions in (2, 12):
        for number in range(versions):
            version = logger.log(f"{versions} {number}").version
            link_version(logger.context, version, SHARED, aliases=[])
        statements.clear()
        event.listen(Engine, "before_cursor_execute", count)
        try:
            assert len(list_expiring(logger.context, AT, limit=versions).versions) == versions
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        costs.append(len(statements))
    assert costs[0] == costs[1] > 0


def test_the_schedule_is_that_of_a_project(logger: Logger, version: Version) -> None:
    """An empty one is fine."""
    assert str(version.collection) == str(MNIST)
    set_project_ttl(logger.context, AT, DAY)
    assert list_expiring(logger.context, AT, limit=9).total == 1
    elsewhere = list_expiring(logger.context, ProjectPath.of("ada", "letters"), limit=9)
    assert (elsewhere.versions, elsewhere.total) == ((), 0)
