"""Access: what one may see tells nothing of what leads to it from places that one may not see."""

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
from hozon.model.access import Principal, Role
from hozon.model.audit import AuditQuery
from hozon.model.names import Alias, CollectionName, EntityName, RunId, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.runs import RunState
from hozon.model.sweep_config import parse_sweep_config
from hozon.model.versions import Version
from hozon.services.access import add_member
from hozon.services.audit import read_audit
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.contents import StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_run, delete_version
from hozon.services.edit import edit_version
from hozon.services.garbage.explain import fate_of_version
from hozon.services.links import link_version
from hozon.services.references import refer_to_entry
from hozon.services.resolve import (
    collection_aliases,
    find_entry,
    read_version,
    resolve_collection,
    resolve_version,
)
from hozon.services.restore import restore_collection, restore_version
from hozon.services.runs import RunRequest, begin_run, find_run
from hozon.services.sweep_points import Claim, begin_point, claim_point, close_claim
from hozon.services.sweeps import create_sweep
from hozon.services.ttl import expiry_of_version, list_expiring
from worlds import AT, Logger, Stage

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


def test_what_suspends_a_ttl_is_not_named(grace: Context, context: Context, logger: Logger) -> None:
    """A link that keeps a version names its project; that it is kept is told."""
    version = logger.log("one").version
    version = edit_version(
        context, version, aliases=version.aliases, notes=replace(version.notes, ttl=DAY)
    )
    link_version(context, version, PORTFOLIO, aliases=[])
    assert expiry_of_version(context, version).suspended_by == "link vision/secret/chosen:v0"
    expiry = expiry_of_version(grace, version)
    assert expiry.expires_at is None
    assert expiry.suspended_by == "link of a project that you cannot see"
    (listed,) = list_expiring(grace, AT, limit=None).versions
    assert listed.expiry == expiry
    link_version(context, version, SHOWN, aliases=[])
    assert expiry_of_version(grace, version).suspended_by == "link ada/digits/shown:v0"


def test_what_refers_to_a_version_is_not_named(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Why a version is kept leaves hidden versions out."""
    version = logger.log("one").version
    entry = find_entry(context, version, "data.txt")
    assert entry is not None
    request = replace(logger.request(files={}), collection=HIDDEN)
    request.contents.put(StagedFile(refer_to_entry(version.id, entry, path="there"), at=None))
    referring = commit_version(context, request).version
    assert [v.path for v in fate_of_version(context, version).referred_by] == [referring.path]
    assert fate_of_version(grace, version).referred_by == []
    with pytest.raises(CollectionNotFoundError):
        fate_of_version(grace, referring)


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
