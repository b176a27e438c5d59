"""Expire: what has lived its time goes softly, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import ArtifactNotFoundError, CollectionNotFoundError
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.retention import RetentionPolicy, RetentionRule
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import Version, VersionState
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.ports.retention import CollectionPolicy
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.services.expire import ExpiryReport, expire, preview_retention
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import list_versions, resolve_collection, resolve_version
from hozon.services.runs import save_summary
from hozon.services.ttl import set_collection_policy, set_project_ttl
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
SHARED = CollectionPath.parse("shared", default=AT)
NOTHING = ExpiryReport(dry_run=False, by_ttl=(), by_retention=())


class MeddledCatalog:
    """A catalog that lets somebody else write just before each writing session."""

    def __init__(self, catalog: Catalog, meddle: Callable[[], object]) -> None:
        """Meddle with a catalog, once."""
        self._catalog = catalog
        self._meddle: Callable[[], object] | None = meddle
        self.url = catalog.url
        self.now = catalog.now
        self.read = catalog.read
        self.close = catalog.close

    @contextmanager
    def write(self) -> Iterator[CatalogSession]:
        """Let the other go first."""
        meddle, self._meddle = self._meddle, None
        if meddle is not None:
            meddle()
        with self._catalog.write() as session:
            yield session


def resolve(logger: Logger, selector: str) -> Version:
    """Look a version of `mnist` up."""
    return resolve_version(logger.context, ArtifactPath(MNIST, selector))


def give_ttl(logger: Logger, version: Version, ttl: Ttl) -> None:
    """Set the TTL of a version."""
    current = resolve(logger, f"v{version.index}")
    edit_version(
        logger.context, current, aliases=current.aliases, notes=replace(current.notes, ttl=ttl)
    )


def govern(context: Context, path: CollectionPath, policy: RetentionPolicy | None) -> None:
    """Give a collection a retention policy."""
    set_collection_policy(
        context,
        resolve_collection(context, path),
        seen=CollectionPolicy(),
        wanted=CollectionPolicy(retention=policy),
    )


def left(context: Context, path: CollectionPath = MNIST) -> list[int]:
    """List the numbers of what a collection holds."""
    listing = list_versions(context, resolve_collection(context, path))
    return [item.value.index for item in listing.page(after=None, limit=5000)]


def execute(context: Context, statement: str) -> list[tuple[object, ...]]:
    """Run a statement past the ports."""
    engine = create_engine(context.catalog.url)
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        rows = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return rows


def multiply(context: Context, version: Version, newest: int) -> None:
    """Copy the first version of a collection, up to a number."""
    columns = "collection_id, {}, state, digest, size_bytes, file_count, metadata, created_by"
    written, read = columns.format('"index"'), columns.format("i")
    execute(
        context,
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {newest})"  # noqa: S608  Ours.
        f" INSERT INTO versions ({written}, created_at, updated_at)"
        f" SELECT {read}, created_at, updated_at FROM n, versions"
        f" WHERE versions.id = {version.id}",
    )


def protect(context: Context, alias: str, project: str = AT.project) -> None:
    """Protect an alias in a project."""
    execute(
        context,
        "INSERT INTO protected_aliases SELECT id, "  # noqa: S608  Ours.
        f"'{alias}', 'ada', created_at FROM projects WHERE name = '{project}'",
    )


# TTL.


def test_nothing_is_due_where_nothing_is_set(logger: Logger, clock: ManualClock) -> None:
    """However old it is; not in an empty catalog either."""
    assert expire(logger.context) == NOTHING
    logger.log("one")
    clock.advance(36_500 * DAY)
    assert expire(logger.context) == NOTHING
    assert left(logger.context) == [0]


def test_a_version_goes_at_the_very_moment(logger: Logger, clock: ManualClock) -> None:
    """Not a microsecond earlier; the pass after that finds nothing."""
    give_ttl(logger, logger.log("one").version, DAY)
    logger.log("two")
    clock.advance(DAY - TICK)
    assert expire(logger.context) == NOTHING
    clock.advance(TICK)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v0",)
    assert left(logger.context) == [1]
    assert expire(logger.context) == NOTHING


def test_a_ttl_counts_from_the_creation(logger: Logger, clock: ManualClock) -> None:
    """Also when it is set later, on the version or above it."""
    first, _ = logger.log("one").version, logger.log("two")
    clock.advance(DAY)
    third = logger.log("three").version
    give_ttl(logger, first, DAY)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v0",)
    set_project_ttl(logger.context, AT, DAY)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v1",)
    assert left(logger.context) == [third.index]


def test_what_never_expires_stays(logger: Logger, clock: ManualClock) -> None:
    """None on the version is nearer than a TTL of its project."""
    kept, gone = logger.log("one").version, logger.log("two").version
    set_project_ttl(logger.context, AT, DAY)
    give_ttl(logger, kept, None)
    give_ttl(logger, gone, ArtifactTTL.INHERIT)
    clock.advance(DAY)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v1",)
    assert left(logger.context) == [kept.index]


def test_expired_versions_go_softly(logger: Logger, clock: ManualClock) -> None:
    """Who, when and why is recorded, and the aliases are remembered."""
    version = logger.log("one", "best").version
    give_ttl(logger, version, DAY)
    logger.log("two")
    now = clock.advance(DAY)
    expire(logger.context)
    with logger.context.catalog.read() as session:
        gone = session.versions.get(version.id)
        assert session.versions.manifest(version.id).entries.keys() == {"data.txt"}
    assert (gone.state, gone.aliases, gone.updated_at) == (VersionState.DELETED, (), now)
    (recorded,) = execute(
        logger.context,
        "SELECT deleted_by, deleted_at, deleted_reason FROM versions WHERE state = 'DELETED'",
    )
    stored = datetime.fromisoformat(str(recorded[1])).replace(tzinfo=now.tzinfo)
    assert (recorded[0], stored, recorded[2]) == ("collector", now, "ttl")
    remembered = execute(logger.context, "SELECT version_id, alias FROM removed_aliases")
    assert remembered == [(version.id, "best")]
    with pytest.raises(ArtifactNotFoundError, match="has the alias 'best'"):
        resolve(logger, "best")


def test_latest_falls_to_the_newest_survivor(logger: Logger, clock: ManualClock) -> None:
    """And goes with the last version."""
    versions = [logger.log(name).version for name in ("one", "two", "three")]
    for version in versions[1:]:
        give_ttl(logger, version, DAY)
    clock.advance(DAY)
    assert len(expire(logger.context).by_ttl) == len(versions[1:])
    assert resolve(logger, "latest").index == 0
    give_ttl(logger, versions[0], DAY)
    expire(logger.context)
    with pytest.raises(CollectionNotFoundError):
        resolve(logger, "latest")
    assert logger.log("four").version.index == len(versions)


def test_a_link_suspends_a_ttl(logger: Logger, clock: ManualClock) -> None:
    """As long as it is there."""
    version = logger.log("one").version
    give_ttl(logger, version, DAY)
    link = link_version(logger.context, version, SHARED, aliases=[])
    clock.advance(10 * DAY)
    assert expire(logger.context) == NOTHING
    unlink_version(logger.context, link)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v0",)


def test_a_protected_alias_suspends_a_ttl(logger: Logger, clock: ManualClock) -> None:
    """In its project; what is protected in another says nothing here."""
    first, second = logger.log("one", "production").version, logger.log("two", "staging").version
    with logger.context.catalog.write() as session:
        session.retention.set_project_ttl(
            replace(AT, project="letters"), DAY, now=logger.context.catalog.now()
        )
    protect(logger.context, "production")
    protect(logger.context, "staging", "letters")
    for version in (first, second):
        give_ttl(logger, version, DAY)
    clock.advance(DAY)
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v1",)
    execute(logger.context, "DELETE FROM protected_aliases")
    assert expire(logger.context).by_ttl == ("ada/digits/mnist:v0",)


def test_a_dry_run_changes_nothing(logger: Logger, clock: ManualClock) -> None:
    """It says what the next pass then does."""
    for name in ("one", "two", "three"):
        give_ttl(logger, logger.log(name).version, DAY)
    clock.advance(DAY)
    foreseen = expire(logger.context, dry_run=True)
    assert foreseen.dry_run
    assert left(logger.context) == [2, 1, 0]
    assert expire(logger.context).by_ttl == foreseen.by_ttl
    assert len(foreseen.by_ttl) == 3


def test_versions_are_judged_again_when_they_are_deleted(
    logger: Logger, clock: ManualClock
) -> None:
    """What somebody linked or gave another TTL meanwhile stays, and is not reported."""
    linked, kept, gone, deleted = [logger.log(name).version for name in "abcd"]
    set_project_ttl(logger.context, AT, DAY)
    clock.advance(DAY)

    def meddle() -> None:
        link_version(logger.context, linked, SHARED, aliases=[])
        give_ttl(logger, kept, 2 * DAY)
        delete_version(logger.context, deleted, delete_aliases=True)

    catalog = MeddledCatalog(logger.context.catalog, meddle)
    report = expire(replace(logger.context, catalog=catalog))
    assert report.by_ttl == (str(gone.path),)
    assert left(logger.context) == [kept.index, linked.index]


def test_thousands_of_versions_expire(logger: Logger, clock: ManualClock) -> None:
    """In several transactions, each version once."""
    multiply(logger.context, logger.log("one").version, 1300)
    set_project_ttl(logger.context, AT, DAY)
    clock.advance(DAY)
    report = expire(logger.context)
    assert len(report.by_ttl) == len(set(report.by_ttl)) == 1301
    assert expire(logger.context) == NOTHING


# Retention.


def test_what_no_rule_keeps_goes(logger: Logger) -> None:
    """Oldest first; what a rule keeps stays, and the reason is recorded."""
    for name, alias in (("a", "best"), ("b", ""), ("c", ""), ("d", ""), ("e", "")):
        logger.log(name, *filter(None, [alias]))
    govern(logger.context, MNIST, RetentionPolicy(keep_newest=2))
    report = expire(logger.context)
    assert report.by_retention == ("ada/digits/mnist:v1", "ada/digits/mnist:v2")
    assert left(logger.context) == [4, 3, 0]
    reasons = execute(logger.context, "SELECT DISTINCT deleted_reason FROM versions")
    assert set(reasons) == {("retention",), (None,)}
    assert expire(logger.context) == NOTHING


def test_a_collection_without_a_policy_keeps_everything(logger: Logger) -> None:
    """Also after its policy was taken back."""
    for name in "abc":
        logger.log(name)
    govern(logger.context, MNIST, RetentionPolicy())
    set_collection_policy(
        logger.context,
        resolve_collection(logger.context, MNIST),
        seen=CollectionPolicy(retention=RetentionPolicy()),
        wanted=CollectionPolicy(),
    )
    assert expire(logger.context) == NOTHING
    assert left(logger.context) == [2, 1, 0]


def test_the_best_by_a_metric_stay(logger: Logger) -> None:
    """Of the summaries of the runs that logged them."""
    for name, loss in (("a", 0.3), ("b", 0.1), ("c", float("nan")), ("d", 0.2)):
        held = logger.hold_run(f"run-{name}")
        logger.log(name, run=held.run.key)
        save_summary(logger.context, held, {"loss": loss})
    policy = RetentionPolicy(keep_best=("loss", 2, "minimize"), keep_aliased=False)
    govern(logger.context, MNIST, policy)
    report = expire(logger.context)
    assert report.by_retention == ("ada/digits/mnist:v0", "ada/digits/mnist:v2")


def test_young_versions_stay_until_the_very_moment(logger: Logger, clock: ManualClock) -> None:
    """By the clock of the catalog."""
    logger.log("one")
    logger.log("two")
    govern(logger.context, MNIST, RetentionPolicy(keep_for=DAY))
    clock.advance(DAY - TICK)
    assert expire(logger.context) == NOTHING
    clock.advance(TICK)
    assert expire(logger.context).by_retention == ("ada/digits/mnist:v0",)


def test_retention_looks_at_what_the_ttl_left(logger: Logger, clock: ManualClock) -> None:
    """The newest are the newest of those; a dry run foresees it, and so does a preview."""
    versions = [logger.log(name).version for name in "abcd"]
    for version in versions[2:]:
        give_ttl(logger, version, DAY)
    policy = RetentionPolicy(keep_newest=1)
    govern(logger.context, MNIST, policy)
    clock.advance(DAY)
    foreseen = expire(logger.context, dry_run=True)
    assert foreseen.by_ttl == ("ada/digits/mnist:v2", "ada/digits/mnist:v3")
    assert foreseen.by_retention == ("ada/digits/mnist:v0",)
    decisions = preview_retention(logger.context, resolve_collection(logger.context, MNIST), policy)
    assert [(one.facts.index, one.kept_by) for one in decisions] == [
        (1, (RetentionRule.NEWEST, RetentionRule.ALIASED)),
        (0, ()),
    ]
    assert expire(logger.context) == replace(foreseen, dry_run=False)
    assert left(logger.context) == [1]


def test_latest_falls_when_retention_takes_its_version(logger: Logger) -> None:
    """Where aliases keep nothing; what it had is remembered."""
    for name in "abc":
        held = logger.hold_run(f"run-{name}")
        logger.log(name, run=held.run.key)
        save_summary(logger.context, held, {"loss": ord(name)})
    policy = RetentionPolicy(keep_best=("loss", 1, "minimize"), keep_aliased=False)
    govern(logger.context, MNIST, policy)
    expire(logger.context)
    assert resolve(logger, "latest").index == 0
    assert execute(logger.context, "SELECT alias FROM removed_aliases") == [("latest",)]


def test_linked_versions_stay_unless_the_policy_says_otherwise(logger: Logger) -> None:
    """Then their links go along, with their aliases, and are remembered."""
    linked = logger.log("one").version
    logger.log("two")
    link_version(logger.context, linked, SHARED, aliases=[Alias("approved")])
    govern(logger.context, MNIST, RetentionPolicy())
    assert expire(logger.context) == NOTHING
    govern(logger.context, MNIST, RetentionPolicy(keep_linked=False))
    assert expire(logger.context).by_retention == ("ada/digits/mnist:v0",)
    with pytest.raises(CollectionNotFoundError):
        left(logger.context, SHARED)
    assert len(execute(logger.context, "SELECT * FROM removed_links")) == 1
    remembered = execute(logger.context, "SELECT alias FROM removed_aliases ORDER BY alias")
    assert remembered == [("approved",), ("latest",)]


@pytest.mark.parametrize("on_link", [True, False])
def test_protected_aliases_are_not_overridden(logger: Logger, *, on_link: bool) -> None:
    """Neither one on the version nor one on a link to it."""
    version = logger.log("one", *(() if on_link else ("production",))).version
    logger.log("two")
    if on_link:
        link_version(logger.context, version, SHARED, aliases=[Alias("production")])
    protect(logger.context, "production")
    policy = RetentionPolicy(keep_newest=1, keep_aliased=False, keep_linked=False)
    govern(logger.context, MNIST, policy)
    assert expire(logger.context) == NOTHING
    execute(logger.context, "DELETE FROM protected_aliases")
    assert expire(logger.context).by_retention == ("ada/digits/mnist:v0",)


def test_a_policy_of_a_portfolio_removes_links(logger: Logger) -> None:
    """The sources stay, in this pass, also where only links keep them."""
    for name in "abc":
        link_version(logger.context, logger.log(name).version, SHARED, aliases=[])
    only_links = RetentionPolicy(keep_aliased=False)
    govern(logger.context, MNIST, only_links)
    govern(logger.context, SHARED, RetentionPolicy(keep_newest=1))
    foreseen = expire(logger.context, dry_run=True)
    assert foreseen.by_retention == ("ada/digits/shared:v0", "ada/digits/shared:v1")
    assert expire(logger.context).by_retention == foreseen.by_retention
    assert left(logger.context) == [2, 1, 0]
    assert left(logger.context, SHARED) == [2]
    assert expire(logger.context).by_retention == ("ada/digits/mnist:v0", "ada/digits/mnist:v1")


def test_policies_are_judged_again_when_they_delete(logger: Logger) -> None:
    """What got an alias meanwhile stays, and so does everything when the policy is gone."""
    first, _, _ = [logger.log(name).version for name in "abc"]
    govern(logger.context, MNIST, RetentionPolicy(keep_newest=1))

    def name_it() -> None:
        edit_version(logger.context, first, aliases=[Alias("best")], notes=first.notes)

    named = replace(logger.context, catalog=MeddledCatalog(logger.context.catalog, name_it))
    assert expire(named).by_retention == ("ada/digits/mnist:v1",)
    logger.log("d")

    def take_back() -> None:
        execute(logger.context, "UPDATE collections SET retention = NULL")

    without = replace(logger.context, catalog=MeddledCatalog(logger.context.catalog, take_back))
    assert expire(without) == NOTHING
    assert left(logger.context) == [3, 2, 0]


def test_a_policy_deletes_thousands(logger: Logger) -> None:
    """In several transactions, each version once."""
    multiply(logger.context, logger.log("one").version, 1200)
    govern(logger.context, MNIST, RetentionPolicy(keep_newest=2, keep_aliased=False))
    report = expire(logger.context)
    assert report.by_retention == tuple(f"ada/digits/mnist:v{number}" for number in range(1199))
    assert left(logger.context) == [1200, 1199]
    assert resolve(logger, "latest").index == 1200
