"""What the records of TTLs and retention of every catalog must do, as tests.

Owns the meaning of `hozon.ports.retention.RetentionRecords`; `hozon.testing.catalogs` makes it part
of the contract of a catalog. Refuses to own which TTL applies and what a policy keeps: those are
`hozon.model.expiry` and `hozon.model.retention`.
"""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hozon.model.deletion import DeleteReason
from hozon.model.expiry import Holders, TeamTtl, TtlLevel, TtlSettings, cutoffs
from hozon.model.links import CollectionKind
from hozon.model.names import Alias, CollectionName, EntityName
from hozon.model.paths import CollectionPath
from hozon.model.retention import RetentionPolicy, VersionFacts
from hozon.model.runs import RunKey
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import CatalogSession, Collection
from hozon.ports.retention import CollectionPolicy
from hozon.testing.links import make_link, make_portfolio
from hozon.testing.records import (
    ADA,
    AT,
    DATASET,
    ELSEWHERE,
    HOUR,
    LATER,
    NOW,
    committed,
    log_version,
    make_collection,
    make_run,
    manifest_of,
    new_version,
    soft_delete,
)

_INHERIT: Final = ArtifactTTL.INHERIT
_TICK: Final = timedelta(microseconds=1)
_GRACE: Final = EntityName("grace")
_MANY: Final = 1100
"""More than a statement has room for."""


class RetentionContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about TTLs and retention."""

    # Settings.

    def test_nothing_is_set_at_first(self, session: CatalogSession) -> None:
        """Neither on what is there nor on what nobody wrote to yet."""
        collection = make_collection(session)
        records = session.retention
        assert records.collection_policy(collection.key) == CollectionPolicy()
        assert records.project_ttl(AT) is _INHERIT
        assert records.project_ttl(ELSEWHERE) is _INHERIT
        assert records.team_ttl(AT.entity) == TeamTtl()
        assert records.settings(log_version(session, collection, "a")) == TtlSettings()

    def test_the_ttl_of_a_project_is_replaced(self, session: CatalogSession) -> None:
        """Spans to the microsecond, never, and inherit; other projects keep theirs."""
        for ttl in (HOUR + _TICK, None, _INHERIT, HOUR):
            session.retention.set_project_ttl(ELSEWHERE, ttl, now=NOW)
            assert session.retention.project_ttl(ELSEWHERE) == ttl
            assert session.retention.project_ttl(AT) is _INHERIT

    def test_the_settings_of_a_team_are_replaced(self, session: CatalogSession) -> None:
        """All of them; other teams keep theirs."""
        for settings in (TeamTtl(HOUR, False), TeamTtl(None), TeamTtl()):  # noqa: FBT003  As it is stored.
            session.retention.set_team_ttl(AT.entity, settings)
            assert session.retention.team_ttl(AT.entity) == settings
            assert session.retention.team_ttl(_GRACE) == TeamTtl()

    def test_the_policy_of_a_collection_is_replaced(self, session: CatalogSession) -> None:
        """Its TTL and its retention; other collections keep theirs."""
        collection, other = make_collection(session), make_collection(session, "other")
        keep = RetentionPolicy(keep_newest=3, keep_best=("loss", 2, "minimize"), keep_for=HOUR)
        for policy in (
            CollectionPolicy(HOUR, keep),
            CollectionPolicy(None),
            CollectionPolicy(retention=RetentionPolicy()),
            CollectionPolicy(),
        ):
            session.retention.set_collection_policy(collection.key, policy)
            assert session.retention.collection_policy(collection.key) == policy
            assert session.retention.collection_policy(other.key) == CollectionPolicy()

    def test_a_version_knows_what_is_set_above_it(self, session: CatalogSession) -> None:
        """Each level by itself, whatever the state of the version."""
        collection = make_collection(session)
        version = log_timed(session, collection, HOUR)
        session.retention.set_collection_policy(collection.key, CollectionPolicy(2 * HOUR))
        session.retention.set_project_ttl(AT, None, now=NOW)
        session.retention.set_team_ttl(AT.entity, TeamTtl(4 * HOUR))
        session.retention.set_team_ttl(_GRACE, TeamTtl(5 * HOUR))
        expected = TtlSettings(HOUR, 2 * HOUR, None, 4 * HOUR)
        assert session.retention.settings(version) == expected
        soft_delete(session, version)
        assert session.retention.settings(version) == expected

    # What holds versions.

    def test_links_hold_versions(self, session: CatalogSession) -> None:
        """All committed ones, oldest first; deleted ones hold nothing."""
        collection = make_collection(session)
        held, free = log_version(session, collection, "a"), log_version(session, collection, "b")
        first, second = make_portfolio(session), make_portfolio(session, "elsewhere")
        links = [make_link(session, first, held), make_link(session, second, held)]
        paths = tuple(session.versions.get(link).path for link in links)
        assert session.retention.holders([held, free]) == {held: Holders(links=paths)}
        soft_delete(session, links[0])
        assert session.retention.holders([held]) == {held: Holders(links=paths[1:])}
        soft_delete(session, links[1])
        assert session.retention.holders([held]) == {}

    def test_the_holders_of_many_versions_are_found_at_once(self, session: CatalogSession) -> None:
        """More than a statement has room for; none is fine, too."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        keys = [log_version(session, collection, "a") for _ in range(_MANY)]
        make_link(session, portfolio, keys[-1])
        assert list(session.retention.holders(keys)) == [keys[-1]]
        assert session.retention.holders([]) == {}

    # What is due.

    def test_a_version_has_expired_from_the_very_moment_on(self, session: CatalogSession) -> None:
        """Not a microsecond earlier."""
        version = log_timed(session, make_collection(session), HOUR)
        assert expired(session, LATER - _TICK) == []
        assert expired(session, LATER) == [version]
        assert expired(session, LATER + _TICK) == [version]

    def test_the_nearest_ttl_that_is_set_counts(self, session: CatalogSession) -> None:
        """On every level; never counts as set."""
        collection, other = make_collection(session), make_collection(session, "other")
        never, inheriting = log_timed(session, collection, None), log_version(session, other, "a")
        own = log_timed(session, collection, 9 * HOUR)
        session.retention.set_team_ttl(AT.entity, TeamTtl(HOUR))
        assert expired(session, LATER) == [inheriting]
        session.retention.set_project_ttl(AT, 2 * HOUR, now=NOW)
        assert expired(session, LATER) == []
        assert expired(session, LATER + HOUR) == [inheriting]
        session.retention.set_collection_policy(other.key, CollectionPolicy(3 * HOUR))
        assert expired(session, LATER + HOUR) == []
        assert expired(session, LATER + 2 * HOUR) == [inheriting]
        session.retention.set_collection_policy(other.key, CollectionPolicy(None))
        assert expired(session, LATER + 100 * HOUR) == [own]
        assert session.versions.get(never).state is VersionState.COMMITTED

    def test_the_ttl_of_a_team_is_that_of_its_projects(self, session: CatalogSession) -> None:
        """And of no other's."""
        version = log_version(session, make_collection(session), "a")
        session.retention.set_team_ttl(_GRACE, TeamTtl(HOUR))
        session.retention.set_project_ttl(ELSEWHERE, HOUR, now=NOW)
        assert expired(session, LATER) == []
        session.retention.set_team_ttl(AT.entity, TeamTtl(HOUR))
        assert expired(session, LATER) == [version]

    def test_only_committed_versions_expire(self, session: CatalogSession) -> None:
        """Neither those that are being uploaded nor those that are deleted."""
        collection = make_collection(session)
        soft_delete(session, log_timed(session, collection, HOUR))
        session.versions.open(collection.key, replace(new_version("b"), ttl=HOUR))
        assert expired(session, LATER) == []
        assert session.retention.spans() == []

    def test_a_link_suspends_a_ttl_and_has_none(self, session: CatalogSession) -> None:
        """Neither source nor link expire, until the link is gone; then the source does."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        source = log_version(session, collection, "a")
        session.retention.set_project_ttl(AT, HOUR, now=NOW)
        link = make_link(session, portfolio, source)
        assert expired(session, LATER + HOUR) == []
        soft_delete(session, link)
        assert expired(session, LATER + HOUR) == [source]

    def test_expired_versions_are_read_in_pages(self, session: CatalogSession) -> None:
        """By key, whatever their spans; more spans than a statement has room for."""
        collection = make_collection(session)
        spans = [HOUR - number * _TICK for number in range(450)]
        keys = [log_timed(session, collection, span) for span in spans]
        assert session.retention.spans() == spans[::-1]
        due = cutoffs(spans, now=LATER)
        first = session.retention.expired(due, limit=300)
        assert [version.id for version in first] == keys[:300]
        rest = session.retention.expired(due, after=first[-1].id, limit=300)
        assert [version.id for version in rest] == keys[300:]
        assert session.retention.expired({}, limit=300) == []

    def test_expired_versions_are_looked_for_among_some(self, session: CatalogSession) -> None:
        """Also among more than a statement has room for; others are not found."""
        collection = make_collection(session)
        keys = [log_timed(session, collection, HOUR) for _ in range(_MANY)]
        due = cutoffs([HOUR], now=LATER)
        found = session.retention.expired(due, among=keys[1:], limit=_MANY)
        assert [version.id for version in found] == keys[1:]
        assert session.retention.expired(due, among=[], limit=_MANY) == []

    def test_what_expires_is_told_whole(self, session: CatalogSession) -> None:
        """Path, collection, creation and settings, among the due and among the timed."""
        collection = make_collection(session)
        session.retention.set_team_ttl(AT.entity, TeamTtl(2 * HOUR))
        key = log_timed(session, collection, HOUR)
        (found,) = session.retention.expired(cutoffs([HOUR], now=LATER), limit=9)
        assert (found.id, found.collection, found.created_at) == (key, collection.key, NOW)
        assert str(found.path) == "ada/digits/mnist:v0"
        assert found.settings == TtlSettings(version=HOUR, team=2 * HOUR)
        assert found.settings.effective.level is TtlLevel.VERSION
        assert not found.suspended
        assert list(session.retention.timed(AT)) == [found]

    def test_what_a_ttl_applies_to_is_listed(self, session: CatalogSession) -> None:
        """In the project, suspended ones included; neither links nor what lives for ever."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        keys = [log_timed(session, collection, ttl) for ttl in (HOUR, None, 2 * HOUR, _INHERIT)]
        soft_delete(session, log_timed(session, collection, HOUR))
        make_link(session, portfolio, keys[0])
        elsewhere = CollectionPath(ELSEWHERE, CollectionName("mnist"))
        log_timed(session, session.collections.ensure(elsewhere, type_name=DATASET, now=NOW), HOUR)
        found = [(version.id, version.suspended) for version in session.retention.timed(AT)]
        assert found == [(keys[2], False), (keys[0], True)]
        assert len(list(session.retention.timed(ELSEWHERE))) == 1
        assert session.retention.count_timed(AT) == len(keys) - 2
        assert session.retention.count_timed(ELSEWHERE) == 1

    def test_what_expires_first_is_listed_first(self, session: CatalogSession) -> None:
        """To the microsecond; what is suspended comes last, and older ones before their like."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        ages_and_spans = ((9, 2), (5, 5), (0, 1), (1, 0), (1_000_007, -1_000_005), (0, -1))
        keys = [
            log_timed(session, collection, HOUR + span * _TICK, created_at=NOW + age * _TICK)
            for age, span in ages_and_spans
        ]
        make_link(session, portfolio, keys[0])
        make_link(session, portfolio, keys[5], index=1)

        def listed(limit: int | None) -> list[VersionId]:
            return [version.id for version in session.retention.timed(AT, limit=limit)]

        assert listed(None) == [keys[number] for number in (2, 3, 4, 1, 5, 0)]
        assert listed(3) == listed(None)[:3]

    # Policies.

    def test_collections_with_a_policy_are_listed(self, session: CatalogSession) -> None:
        """Of one kind, by key, a page at a time; a TTL is no such policy."""
        made = [make_collection(session, name) for name in "abcd"]
        portfolio, policy = make_portfolio(session), RetentionPolicy(keep_newest=1)
        for collection in (*made[:3], portfolio):
            session.retention.set_collection_policy(collection.key, CollectionPolicy(None, policy))
        session.retention.set_collection_policy(made[0].key, CollectionPolicy(None))
        session.retention.set_collection_policy(made[3].key, CollectionPolicy(HOUR))
        records, kind = session.retention, CollectionKind.SEQUENCE
        found = records.governed(kind, after=None, limit=9)
        assert [(one.key, one.path) for one in found] == [(c.key, c.path) for c in made[1:3]]
        assert found[0].retention == policy
        assert records.governed(kind, after=None, limit=1) == found[:1]
        assert records.governed(kind, after=found[0].key, limit=9) == found[1:]
        (only,) = records.governed(CollectionKind.PORTFOLIO, after=None, limit=9)
        assert only.key == portfolio.key

    def test_a_policy_is_told_all_it_needs(self, session: CatalogSession) -> None:
        """Of committed versions, the oldest first; of other collections nothing."""
        collection, other = make_collection(session), make_collection(session, "other")
        plain = log_version(session, collection, "a")
        latest = log_version(session, collection, "b")
        linked = log_version(session, collection, "c")
        soft_delete(session, log_version(session, collection, "d"))
        log_version(session, other, "e")
        session.collections.set_pointers(
            collection.key, {Alias("latest"): latest, Alias("best"): linked}, now=NOW
        )
        make_link(session, make_portfolio(session), linked)
        assert session.retention.facts(collection.key, metric=None) == [
            VersionFacts(plain, 0, NOW),
            VersionFacts(latest, 1, NOW, aliased=True, latest=True),
            VersionFacts(linked, 2, NOW, aliased=True, linked=True),
        ]

    def test_a_result_is_that_of_the_run_that_logged(self, session: CatalogSession) -> None:
        """What is no number is none; a link has the result of its source."""
        collection, portfolio = make_collection(session), make_portfolio(session)
        keys: list[VersionId] = []
        for name, summary in (
            ("good", {"loss": 0.5, "accuracy": 1}),
            ("nan", {"loss": math.nan}),
            ("text", {"loss": "0.1"}),
            ("none", {}),
        ):
            run = make_run(session, name)
            session.runs.set_summary(run.key, summary)
            keys.append(log_timed(session, collection, _INHERIT, run=run.key))
        log_version(session, collection, "nobody")
        facts = session.retention.facts(collection.key, metric="loss")
        assert [version.result for version in facts] == [0.5, None, None, None, None]
        facts = session.retention.facts(collection.key, metric="accuracy")
        assert [version.result for version in facts][:2] == [1, None]
        assert not any(v.result for v in session.retention.facts(collection.key, metric=None))
        make_link(session, portfolio, keys[0])
        (link,) = session.retention.facts(portfolio.key, metric="loss")
        assert (link.result, link.linked, link.created_at) == (0.5, False, LATER)

    # Deleting.

    def test_what_is_due_is_deleted_at_once(self, session: CatalogSession) -> None:
        """However many; others, and what is not committed, stay as they are."""
        collection = make_collection(session)
        kept, before, *gone = [log_version(session, collection, "a") for _ in range(_MANY)]
        soft_delete(session, before)
        new = new_version("b")
        pending = session.versions.open(collection.key, new)
        doomed, later = [before, *gone, pending], LATER + HOUR
        session.deleted.add(doomed, reason=DeleteReason.TTL, by=ADA, now=later)
        assert committed(session, collection) == [kept]
        dates = [session.versions.get(key).updated_at for key in (before, gone[0], gone[-1])]
        assert dates == [LATER, later, later]
        assert session.versions.get(gone[-1]).state is VersionState.DELETED
        assert session.versions.abandon(pending, upload_id=new.upload_id)


def log_timed(
    session: CatalogSession,
    collection: Collection,
    ttl: Ttl,
    *,
    run: RunKey | None = None,
    created_at: datetime = NOW,
) -> VersionId:
    """Commit a version with a TTL."""
    new = replace(new_version("a", logged_by=run), ttl=ttl, created_at=created_at)
    key = session.versions.open(collection.key, new)
    index = session.collections.take_index(collection.key)
    session.versions.commit(key, index=index, manifest=manifest_of("a"), now=NOW)
    return key


def expired(session: CatalogSession, now: datetime) -> list[VersionId]:
    """Find what has expired by then."""
    due = cutoffs(session.retention.spans(), now=now)
    return [version.id for version in session.retention.expired(due, limit=100)]
