"""Access: what one may see tells nothing of what leads to it from places that one may not see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import (
    AccessDeniedError,
    ArtifactNotFoundError,
    CollectionNotFoundError,
    RunNotFoundError,
    SweepNotFoundError,
)
from hozon.model.access import Principal, Role, Visibility
from hozon.model.audit import AuditQuery
from hozon.model.expiry import TeamTtl
from hozon.model.lineage_graph import Direction, Ends, Graph
from hozon.model.names import Alias, CollectionName, EntityName, RunId, TypeName
from hozon.model.orders import Order
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.plans import PlanRules
from hozon.model.runs import RunState
from hozon.model.sweep_config import parse_sweep_config
from hozon.model.usage import NamePatterns
from hozon.model.versions import Version
from hozon.ports.retention import CollectionPolicy
from hozon.services.access import add_member, remove_member, set_visibility
from hozon.services.audit import read_audit
from hozon.services.collections import CollectionState, edit_collection
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_run, delete_version
from hozon.services.edit import edit_version
from hozon.services.garbage.collect import CollectOptions, collect_garbage
from hozon.services.garbage.erase import erase_version
from hozon.services.garbage.recover import recover_version
from hozon.services.garbage.tenure import Tenure, collecting
from hozon.services.lineage import list_logged, trace_lineage
from hozon.services.links import link_version, unlink_version
from hozon.services.plans import plan_delete
from hozon.services.protection import protect_alias
from hozon.services.resolve import (
    any_version,
    collection_aliases,
    list_entries,
    read_version,
    resolve_collection,
    resolve_version,
)
from hozon.services.restore import list_deleted, restore_collection, restore_version
from hozon.services.run_queries import list_runs
from hozon.services.runs import RunRequest, begin_run, find_run
from hozon.services.sweep_points import Claim, begin_point, claim_point, close_claim
from hozon.services.sweeps import create_sweep
from hozon.services.ttl import expiry_of_version, set_team_ttl
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger, Stage

SECRET = ProjectPath.of("vision", "secret")
HIDDEN = CollectionPath(SECRET, CollectionName("hidden"))
PORTFOLIO = CollectionPath(SECRET, CollectionName("chosen"))
SHOWN = CollectionPath(AT, CollectionName("shown"))
DAY = timedelta(days=1)


def by(context: Context, name: str) -> Context:
    """Let somebody else ask, who does not own the installation."""
    return replace(context, principal=Principal(EntityName(name)))


@pytest.fixture
def grace(context: Context) -> Context:
    """Let grace ask, who is a member of ada's team, and of no other one that somebody claimed."""
    add_member(context, AT.entity, "grace", Role.MEMBER)
    add_member(context, SECRET.entity, "alan", Role.MEMBER)
    return by(context, "grace")


@pytest.fixture
def secret(grace: Context, context: Context, stage: Stage) -> Version:
    """Log a version in a project that grace cannot see."""
    assert grace.principal.name == "grace"
    contents = stage({"data.txt": b"hidden"})
    request = CommitRequest(HIDDEN, TypeName("dataset"), contents, [], None, {}, None)
    return commit_version(context, request).version


def test_aliases_of_hidden_links_are_not_named(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """Neither in the list of a portfolio nor in a hint."""
    link_version(context, logger.log("one").version, SHOWN, aliases=[Alias("public")])
    link_version(context, secret, SHOWN, aliases=[Alias("covert")])
    portfolio = resolve_collection(grace, SHOWN)
    assert collection_aliases(context, portfolio) == ["covert", "latest", "public"]
    assert collection_aliases(grace, portfolio) == ["public"]
    with pytest.raises(ArtifactNotFoundError) as told:
        resolve_version(grace, ArtifactPath(SHOWN, "covert"))
    assert told.value.hint == "Aliases in use are public."


def test_a_run_that_logged_elsewhere_is_not_deleted_with_it(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """What it logged into a hidden project stands in the way, and is not named."""
    run = logger.start_run("train")
    request = replace(logger.request(files={"a": b"one"}, run=run.key), collection=HIDDEN)
    hidden = commit_version(context, request).version
    with pytest.raises(AccessDeniedError) as told:
        delete_run(grace, run, delete_artifacts=True)
    assert secret.collection.name not in f"{told.value} {told.value.hint}"
    assert read_version(context, hidden.id).state == "COMMITTED"
    assert find_run(grace, run.path).deleted_at is None
    delete_run(grace, run, delete_artifacts=False)


def test_links_that_come_back_are_on_record_where_they_are(
    grace: Context, context: Context, logger: Logger
) -> None:
    """The record of their source names no alias of a hidden portfolio."""
    version = logger.log("one").version
    link = link_version(context, version, PORTFOLIO, aliases=[Alias("covert")])
    gone = delete_version(context, version, delete_aliases=True, force_links=True)
    assert restore_version(context, gone).links == (str(link.path),)

    def records(asker: Context, entity: EntityName) -> list[tuple[str, str, object]]:
        page = read_audit(asker, AuditQuery(entity)).page(after=None, limit=100)
        return [(str(i.value.action), i.value.path, i.value.details) for i in page]

    assert "chosen" not in str(records(grace, AT.entity))
    came = {"reason": "source", "aliases": ["covert", "latest"]}
    assert records(context, SECRET.entity)[0] == ("restore", str(link.path), came)


def test_a_restored_portfolio_does_not_name_hidden_links(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """They come back, too, and are not told of."""
    link_version(context, logger.log("one").version, SHOWN, aliases=[])
    link_version(context, secret, SHOWN, aliases=[Alias("covert")])
    delete_collection(grace, resolve_collection(grace, SHOWN))
    restored = restore_collection(grace, SHOWN)
    assert restored.versions == ("ada/digits/shown:v0",)
    assert restored.aliases == ()
    assert len(collection_aliases(context, resolve_collection(context, SHOWN))) == 2


def test_a_point_is_tried_by_runs_that_one_may_write(grace: Context, context: Context) -> None:
    """Whoever may work on a sweep cannot end, nor read, a run of a hidden project with it."""
    covert = begin_run(context, RunRequest(SECRET, RunId("covert"))).run
    config = parse_sweep_config(
        {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    )
    sweep = create_sweep(grace, AT, config, sweep_id=None)
    claim = claim_point(grace, sweep, lease=DAY, optimizer=None)
    assert isinstance(claim, Claim)
    with pytest.raises(RunNotFoundError, match=f"no run with the key {covert.key}"):
        begin_point(grace, claim, covert.key)
    assert close_claim(grace, claim) is None
    assert find_run(context, covert.path).state is RunState.RUNNING


def test_a_run_joins_a_sweep_that_one_may_write_to(grace: Context, context: Context) -> None:
    """It is listed there, and counts for what the sweep tries next."""
    config = parse_sweep_config(
        {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    )
    sweep = create_sweep(context, SECRET, config, sweep_id=None)
    with pytest.raises(SweepNotFoundError):
        begin_run(grace, RunRequest(AT, sweep=sweep))


def test_whoever_erases_is_not_told_what_hidden_versions_share(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """That the bytes stay is told, and where is not; nor do they erase a link that is hidden."""
    add_member(context, AT.entity, "grace", Role.ADMIN)
    for asker, name, told in ((grace, "a", []), (context, "b", [str(secret.path)])):
        version = commit_version(context, logger.request(files={name: b"hidden"})).version
        gone = delete_version(context, version, delete_aliases=True)
        assert [*erase_version(asker, gone).shared.values()] == [told]
    link = link_version(context, secret, SHOWN, aliases=[])
    unlinked = unlink_version(context, link)
    with pytest.raises(CollectionNotFoundError):
        erase_version(grace, unlinked)
    assert read_version(context, link.id).state == "DELETED"


# Each check stands for itself.


def test_a_policy_that_comes_with_another_name_is_the_admins_to_set(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Where the team says so; the name stays as it was, too."""
    logger.log("one")
    set_team_ttl(context, AT.entity, seen=TeamTtl(), wanted=TeamTtl(members_may_set_ttl=False))
    collection = resolve_collection(grace, MNIST)
    seen = CollectionState(collection.facts, CollectionPolicy())
    facts = replace(collection.facts, name=CollectionName("renamed"))
    wanted = CollectionState(facts, CollectionPolicy(ttl=DAY))
    with pytest.raises(AccessDeniedError, match="may not set a TTL"):
        edit_collection(grace, collection, seen=seen, wanted=wanted)
    assert resolve_collection(grace, MNIST) == collection


def test_links_elsewhere_keep_a_collection(
    grace: Context, context: Context, logger: Logger
) -> None:
    """From those who may see them, and not remove them."""
    version = logger.log("one").version
    link = link_version(context, version, PORTFOLIO, aliases=[])
    set_visibility(context, SECRET, Visibility.PUBLIC)
    with pytest.raises(AccessDeniedError, match="anything in vision/secret"):
        delete_collection(grace, resolve_collection(grace, MNIST), force_links=True)
    assert read_version(context, link.id).state == "COMMITTED"


def test_a_link_is_edited_by_those_who_may_see_its_source(
    grace: Context, context: Context, secret: Version
) -> None:
    """Its notes by those who may change them there."""
    link = link_version(context, secret, SHOWN, aliases=[])
    with pytest.raises(CollectionNotFoundError):
        edit_version(grace, link, aliases=[*link.aliases, Alias("mine")], notes=link.notes)
    set_visibility(context, SECRET, Visibility.PUBLIC)
    edit_version(grace, link, aliases=[*link.aliases, Alias("mine")], notes=link.notes)
    with pytest.raises(AccessDeniedError, match="may not write to vision/secret"):
        edit_version(
            grace, link, aliases=link.aliases, notes=replace(link.notes, description="mine")
        )


def test_a_rehearsal_is_refused_before_it_looks(grace: Context, logger: Logger) -> None:
    """It begins no step."""
    logger.log("one")
    steps: list[str] = []
    with pytest.raises(AccessDeniedError):
        collect_garbage(grace, CollectOptions(dry_run=True), tell=steps.append)
    assert steps == []


@pytest.mark.parametrize("ask", [erase_version, recover_version])
def test_a_role_that_was_lost_meanwhile_erases_and_recovers_nothing(
    ask: Callable[[Context, Version], object],
    context: Context,
    logger: Logger,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The transaction of the work asks anew."""
    add_member(context, AT.entity, "grace", Role.ADMIN)
    grace = by(context, "grace")
    version = logger.log("one").version
    gone = delete_version(context, version, delete_aliases=True)
    if ask is recover_version:
        clock.advance(30 * DAY)
        collect_garbage(context)
    before = read_version(context, version.id)

    @contextmanager
    def lose_role(context_of_grace: Context) -> Iterator[Tenure]:
        add_member(context, AT.entity, "grace", Role.VIEWER)
        with collecting(context_of_grace) as tenure:
            yield tenure

    monkeypatch.setattr(f"{ask.__module__}.collecting", lose_role)
    with pytest.raises(AccessDeniedError, match="grace is a viewer of ada"):
        ask(grace, gone)
    assert read_version(context, version.id) == before


def test_a_removed_link_is_recovered_by_those_who_may_see_its_source(
    grace: Context, context: Context, secret: Version, clock: ManualClock
) -> None:
    """As it is restored."""
    link = unlink_version(context, link_version(context, secret, SHOWN, aliases=[]))
    with pytest.raises(CollectionNotFoundError):
        restore_version(grace, link)
    clock.advance(30 * DAY)
    collect_garbage(context)
    with pytest.raises(CollectionNotFoundError):
        recover_version(grace, link)


def test_what_runs_logged_shows_neither_hidden_runs_nor_hidden_versions(
    grace: Context, context: Context, logger: Logger
) -> None:
    """One of them is enough to leave it out; the same holds for a graph that begins at the run."""
    covert = begin_run(context, RunRequest(SECRET, RunId("covert"))).run
    shown = logger.start_run("shown")
    logger.log("one", run=covert.key)
    request = replace(logger.request(files={"a": b"two"}, run=shown.key), collection=HIDDEN)
    commit_version(context, request)
    for run in (covert, shown):
        assert list_logged(context, run.key).count() == 1
        assert list_logged(grace, run.key).count() == 0

    def graph(asker: Context) -> Graph:
        root = Ends.of_run(shown.key)
        return trace_lineage(asker, root, direction=Direction.BOTH, depth=None, most=9).graph

    assert [node.name for node in graph(context).nodes] == ["shown", "hidden:v0"]
    assert [node.name for node in graph(grace).nodes] == ["shown"]
    assert graph(grace).hidden == 1


def test_a_hidden_link_is_not_there_by_its_number_and_shows_no_entries(
    grace: Context, context: Context, secret: Version
) -> None:
    """Whatever its state; its entries are neither counted nor listed."""
    link = link_version(context, secret, SHOWN, aliases=[])
    entries = list_entries(grace, link)
    with pytest.raises(CollectionNotFoundError):
        entries.count()
    with pytest.raises(CollectionNotFoundError):
        entries.page(after=None, limit=1)
    with pytest.raises(ArtifactNotFoundError, match="There never was a version v0"):
        any_version(grace, SHOWN, 0)
    unlink_version(context, link)
    assert list_deleted(context, AT, type_name=None, name=None).count() == 1
    assert list_deleted(grace, AT, type_name=None, name=None).count() == 0


def test_a_plan_by_pattern_finds_nothing_in_a_hidden_project(
    grace: Context, context: Context, secret: Version
) -> None:
    """As in one that there never was."""
    assert secret.index == 0
    for asker, count in ((context, 1), (grace, 0)):
        rules = PlanRules(keep_newest=0, delete_aliases=True)
        plan = plan_delete(asker, SECRET, names=NamePatterns(("*",)), type_name=None, rules=rules)
        assert len(plan.versions) + len(plan.left_out) == count


def test_an_order_of_runs_ends_with_the_role(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Though it was taken before."""
    for name in ("one", "two"):
        logger.start_run(name)
    listing = list_runs(grace, AT, order=Order.parse("-summary_metrics.loss"))
    (first,) = listing.page(after=None, limit=1)
    assert len(listing.page(after=first.key, limit=1)) == 1
    remove_member(context, AT.entity, "grace")
    assert listing.page(after=first.key, limit=1) == []


def test_a_protected_alias_that_suspends_a_ttl_is_not_named(
    grace: Context, context: Context, logger: Logger
) -> None:
    """To those who may not see the portfolio in which it is."""
    version = logger.log("one").version
    notes = replace(version.notes, ttl=DAY)
    version = edit_version(context, version, aliases=version.aliases, notes=notes)
    link_version(context, version, PORTFOLIO, aliases=[Alias("covert")])
    protect_alias(context, SECRET, Alias("covert"))
    assert "covert" in str(expiry_of_version(context, version).suspended_by)
    told = expiry_of_version(grace, version).suspended_by
    assert told
    assert "covert" not in told
    assert "secret" not in told
