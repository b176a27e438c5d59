"""Access: who is let in, what the others are told, and who belongs to a team."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import (
    AccessDeniedError,
    ArtifactNotFoundError,
    CollectionNotFoundError,
    InvalidAccessError,
    LastAdminError,
    LinkedVersionError,
    MemberNotFoundError,
    PlanOutdatedError,
    ProjectNotFoundError,
    RunNotFoundError,
    TypeConflictError,
)
from hozon.model.access import Action, Member, Principal, Role, Visibility
from hozon.model.expiry import TeamTtl
from hozon.model.lineage_graph import Direction, Ends, Graph
from hozon.model.lineage_svg import draw_svg
from hozon.model.lineage_texts import to_dot, to_mermaid, to_tree
from hozon.model.names import Alias, CollectionName, EntityName, RunId, TypeName
from hozon.model.orders import Order
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.plans import PlanRules
from hozon.model.runs import RunState
from hozon.model.usage import NamePatterns
from hozon.model.versions import Version
from hozon.ports.paging import Listing
from hozon.ports.retention import CollectionPolicy
from hozon.services import commit
from hozon.services.access import (
    add_member,
    list_members,
    read_visibility,
    remove_member,
    set_visibility,
)
from hozon.services.collections import CollectionState, edit_collection
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.contents import StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_version
from hozon.services.drafts import hold_content
from hozon.services.edit import edit_version
from hozon.services.garbage.collect import CollectOptions, collect_garbage
from hozon.services.garbage.erase import erase_version
from hozon.services.garbage.explain import read_fate
from hozon.services.garbage.recover import recover_version
from hozon.services.garbage.tenure import collecting
from hozon.services.lineage import (
    Lineage,
    list_logged,
    list_used,
    list_users,
    record_use,
    trace_lineage,
)
from hozon.services.links import link_version, source_of
from hozon.services.plans import execute_plan, plan_delete
from hozon.services.protection import protect_alias
from hozon.services.references import refer_to_entry, source_versions
from hozon.services.resolve import (
    any_version,
    find_entry,
    list_entries,
    list_versions,
    load_manifest,
    read_version,
    resolve_collection,
    resolve_version,
)
from hozon.services.restore import restore_version
from hozon.services.run_queries import list_runs
from hozon.services.runs import RunRequest, begin_run, end_run, keep_run, log_metrics
from hozon.services.ttl import expiry_of_version, list_expiring, set_project_ttl, set_team_ttl
from hozon.testing.memory import MemoryObjectStore
from worlds import AT, MNIST, Logger, Stage

TEAM = AT.entity
SECRET = ProjectPath.of("vision", "secret")
PORTFOLIO = CollectionPath(SECRET, CollectionName("chosen"))
SHOWN = CollectionPath(AT, CollectionName("shown"))


def by(context: Context, name: str) -> Context:
    """Let somebody else ask, who does not own the installation."""
    return replace(context, principal=Principal(EntityName(name)))


def names(members: list[Member] | tuple[Member, ...]) -> dict[str, Role]:
    """Write members as roles by name."""
    return {member.name: member.role for member in members}


def values(listing: Listing[Version]) -> list[str]:
    """Name what is listed, and hold the count to it."""
    found = [item.value.name for item in listing.page(after=None, limit=2)]
    assert listing.count() == len(found)
    return found


@pytest.fixture
def grace(context: Context) -> Context:
    """Let grace ask, who is a member of ada's team, and of no other one that somebody claimed."""
    add_member(context, TEAM, "grace", Role.MEMBER)
    add_member(context, SECRET.entity, "alan", Role.MEMBER)
    return by(context, "grace")


@pytest.fixture
def secret(grace: Context, context: Context, stage: Stage) -> Version:
    """Log a version in a project that grace cannot see."""
    request = CommitRequest(
        CollectionPath(SECRET, CollectionName("hidden")),
        TypeName("dataset"),
        stage({"data.txt": b"hidden"}),
        [],
        None,
        {},
        None,
    )
    assert grace.principal.name == "grace"
    return commit_version(context, request).version


# Teams.


def test_the_first_member_makes_a_team(context: Context) -> None:
    """Whoever adds it becomes an admin."""
    vision = EntityName("vision")
    assert list_members(context, vision) == []
    added = add_member(context, vision, "grace", Role.VIEWER)
    assert names([*added]) == {"ada": Role.ADMIN, "grace": Role.VIEWER}
    assert list_members(context, vision) == added


def test_only_admins_decide_over_members(context: Context) -> None:
    """Others are refused; those who do not belong to the team see no names."""
    add_member(context, EntityName("vision"), "grace", Role.MEMBER)
    with pytest.raises(AccessDeniedError, match="grace is a member of vision and may not") as told:
        add_member(by(context, "grace"), EntityName("vision"), "eve", Role.ADMIN)
    assert told.value.hint == "Ask an admin of vision: ada."
    with pytest.raises(AccessDeniedError, match="alan is no member of vision and may not") as told:
        remove_member(by(context, "alan"), EntityName("vision"), "grace")
    assert told.value.hint == "Ask an admin of vision."
    assert list_members(by(context, "alan"), EntityName("vision")) == []


def test_nobody_claims_what_others_own(context: Context) -> None:
    """Only the owner of the installation makes a team of an entity that has no members."""
    with pytest.raises(AccessDeniedError, match="grace is no member of vision"):
        add_member(by(context, "grace"), EntityName("vision"), "grace", Role.ADMIN)


def test_a_role_changes(context: Context) -> None:
    """There is one for each; the same again changes nothing."""
    for role in (Role.VIEWER, Role.ADMIN, Role.ADMIN):
        members = add_member(context, TEAM, "grace", role)
    assert names([*members]) == {"ada": Role.ADMIN, "grace": Role.ADMIN}


def test_a_team_keeps_an_admin(context: Context) -> None:
    """The last one can neither go nor become something else."""
    vision = EntityName("vision")
    add_member(context, vision, "grace", Role.MEMBER)
    with pytest.raises(LastAdminError):
        remove_member(context, vision, "ada")
    with pytest.raises(LastAdminError):
        add_member(context, vision, "ada", Role.MEMBER)
    add_member(context, vision, "grace", Role.ADMIN)
    assert names([*remove_member(context, vision, "ada")]) == {"grace": Role.ADMIN}


def test_the_first_member_is_not_a_lone_viewer(context: Context) -> None:
    """Whoever would make a team without an admin is refused, and nothing is made."""
    with pytest.raises(LastAdminError):
        add_member(context, EntityName("vision"), "ada", Role.VIEWER)
    assert list_members(context, EntityName("vision")) == []


def test_a_stranger_cannot_be_removed(context: Context) -> None:
    """The message names both."""
    add_member(context, TEAM, "grace", Role.MEMBER)
    with pytest.raises(MemberNotFoundError, match="eve is no member of ada"):
        remove_member(context, TEAM, "eve")


def test_nobody_in_particular_is_no_member(context: Context) -> None:
    """Neither the anonymous nor the collector."""
    with pytest.raises(InvalidAccessError):
        add_member(context, TEAM, "collector", Role.VIEWER)


# Projects.


def test_visibility_is_set_and_read(context: Context) -> None:
    """A project that does not exist is private, and is made."""
    assert read_visibility(context, AT) is Visibility.PRIVATE
    set_visibility(context, AT, Visibility.PUBLIC)
    assert read_visibility(by(context, "eve"), AT) is Visibility.PUBLIC
    with pytest.raises(AccessDeniedError, match="eve is no member of ada and may not administer"):
        set_visibility(by(context, "eve"), AT, Visibility.OPEN)


def test_a_hidden_project_cannot_be_told_from_none(context: Context) -> None:
    """Reading and writing: the same words as for a project that there never was."""
    begin_run(context, RunRequest(AT))
    eve, told = by(context, "eve"), []
    for at in (AT, ProjectPath.of("ada", "absent")):
        for ask in (read_visibility, lambda c, at: begin_run(c, RunRequest(at))):
            with pytest.raises(ProjectNotFoundError) as error:
                ask(eve, at)  # type: ignore[operator]
            told.append(str(error.value).replace(str(at), "PROJECT"))
    assert told[:2] == told[2:]


def test_one_who_works_alone_needs_no_team(context: Context) -> None:
    """Whoever owns the installation acts as admin of entities without members."""
    somebody = replace(context, principal=Principal(EntityName("eve"), operator=True))
    begin_run(somebody, RunRequest(AT))
    set_visibility(somebody, AT, Visibility.OPEN)
    add_member(context, TEAM, "grace", Role.VIEWER)
    with pytest.raises(AccessDeniedError):
        set_visibility(somebody, AT, Visibility.PRIVATE)


# The transaction of the work decides.


def test_a_commit_is_judged_when_it_ends(
    grace: Context, context: Context, logger: Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who loses the role during the upload logs nothing; nothing is left behind."""
    upload = commit.upload_missing

    def lose_role(*given: object, **more: object) -> None:
        upload(*given, **more)  # type: ignore[arg-type]
        remove_member(context, TEAM, "grace")

    monkeypatch.setattr("hozon.services.commit.upload_missing", lose_role)
    with pytest.raises(ProjectNotFoundError):
        commit_version(grace, logger.request(files={"a": b"one"}))
    with context.catalog.read() as session:
        assert session.collections.find(MNIST) is None
        assert session.counts().versions == 0


def test_a_run_ends_with_the_role(grace: Context, context: Context) -> None:
    """What it logs after that is refused, and kept before."""
    held = begin_run(grace, RunRequest(AT))
    log_metrics(grace, held, {"a": 1}, step=0, summary={}, again=False)
    add_member(context, TEAM, "grace", Role.VIEWER)
    with pytest.raises(AccessDeniedError):
        log_metrics(grace, held, {"a": 2}, step=1, summary={}, again=False)
    remove_member(context, TEAM, "grace")
    with pytest.raises(RunNotFoundError):
        keep_run(grace, held)
    with pytest.raises(RunNotFoundError):
        end_run(grace, held, RunState.FINISHED, exit_code=0)


# TTL.


def test_members_set_ttl_unless_the_team_says_no(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Of a project, of a version that is logged, and of one that is there; admins always may."""
    day = timedelta(days=1)
    version = logger.log("one").version
    set_project_ttl(grace, AT, day)
    version = edit_version(grace, version, aliases=[], notes=replace(version.notes, ttl=day))
    set_team_ttl(context, TEAM, seen=TeamTtl(), wanted=TeamTtl(members_may_set_ttl=False))
    with pytest.raises(AccessDeniedError, match="may not set a TTL or a retention policy in"):
        set_project_ttl(grace, AT, 2 * day)
    with pytest.raises(AccessDeniedError):
        edit_version(grace, version, aliases=[], notes=replace(version.notes, ttl=2 * day))
    with pytest.raises(AccessDeniedError):
        commit_version(grace, replace(logger.request(files={"a": b"two"}), ttl=day))
    edit_version(grace, version, aliases=[], notes=replace(version.notes, description="kept"))
    set_project_ttl(context, AT, 2 * day)


# What leads elsewhere.


def test_links_to_hidden_versions_are_not_there(
    grace: Context, context: Context, secret: Version
) -> None:
    """Neither in the listing, nor by number, alias or key; its content is not shown either."""
    link = link_version(context, secret, SHOWN, aliases=[Alias("best")])
    assert values(list_versions(context, resolve_collection(context, SHOWN))) == ["shown:v0"]
    assert values(list_versions(grace, resolve_collection(grace, SHOWN))) == []
    for selector in ("v0", "best", "latest"):
        with pytest.raises(CollectionNotFoundError, match="There is no artifact 'shown'"):
            resolve_version(grace, ArtifactPath(SHOWN, selector))
    with pytest.raises(ArtifactNotFoundError, match="There never was a version v0"):
        any_version(grace, SHOWN, 0)
    with pytest.raises(CollectionNotFoundError):
        list_entries(grace, link).page(after=None, limit=9)
    for read in (read_version, load_manifest):
        with pytest.raises(ArtifactNotFoundError, match="no version with the key"):
            read(grace, link.id)
    with pytest.raises(CollectionNotFoundError):
        find_entry(grace, link, "data.txt")
    with pytest.raises(CollectionNotFoundError):
        source_of(grace, link)
    with pytest.raises(CollectionNotFoundError):
        delete_version(grace, link, delete_aliases=True)
    with pytest.raises(CollectionNotFoundError):
        link_version(grace, link, SHOWN, aliases=[])


def test_lineage_leaves_hidden_neighbours_out(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """Versions that a run used, and runs that used a version; what is left is listed in order."""
    shown = begin_run(context, RunRequest(AT)).run
    hidden = begin_run(context, RunRequest(SECRET)).run
    first, second = logger.log("one").version, logger.log("two", run=shown.key).version
    for run, version in ((shown, secret), (shown, first), (hidden, first)):
        record_use(context, run.key, version.id)
    assert values(list_used(context, shown.key)) == ["hidden:v0", "mnist:v0"]
    assert values(list_used(grace, shown.key)) == ["mnist:v0"]
    assert values(list_logged(grace, shown.key)) == [second.name]
    assert values(list_used(grace, hidden.key)) == []
    assert [run.path for run in list_users(context, first.id)] == [shown.path, hidden.path]
    assert [run.path for run in list_users(grace, first.id)] == [shown.path]
    assert list_users(grace, secret.id) == []


def test_a_graph_counts_what_is_hidden(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """No drawing names it, and no edge leads there; what lies behind it is shown all the same."""
    shown = begin_run(context, RunRequest(AT, RunId("shown"))).run
    covert = begin_run(context, RunRequest(SECRET, RunId("covert"))).run
    first = logger.log("one").version
    for run, version in ((covert, first), (shown, secret)):
        record_use(context, run.key, version.id)
    second = logger.log("two", run=covert.key).version
    record_use(context, shown.key, second.id)

    def graph(asker: Context) -> Graph:
        root = Ends.of_version(first.id)
        return trace_lineage(asker, root, direction=Direction.BOTH, depth=None, most=9).graph

    assert [node.name for node in graph(context).nodes] == [
        "mnist:v0",
        "covert",
        "mnist:v1",
        "shown",
    ]
    seen = graph(grace)
    assert sorted(node.name for node in seen.nodes) == ["mnist:v0", "mnist:v1", "shown"]
    assert [(edge.run.name, edge.artifact.name) for edge in seen.edges] == [("shown", "mnist:v1")]
    assert seen.hidden == 1
    for draw in (to_tree, to_dot, to_mermaid, draw_svg):
        assert "covert" in draw(graph(context))
        assert "covert" not in draw(seen)
    with pytest.raises(RunNotFoundError):
        trace_lineage(grace, Ends.of_run(covert.key), direction=Direction.BOTH, depth=None, most=9)


def test_a_run_of_ones_own_uses_no_hidden_version(grace: Context, secret: Version) -> None:
    """Nor is a hidden one told from one that there never was."""
    run = begin_run(grace, RunRequest(AT)).run
    with pytest.raises(ArtifactNotFoundError, match=f"no version with the key {secret.id}"):
        record_use(grace, run.key, secret.id)


def test_a_run_of_others_logs_nothing(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """A version in a project of one's own is not drawn as the work of a hidden run."""
    hidden = begin_run(context, RunRequest(secret.collection.at)).run
    request = logger.request(files={"a": b"one"}, run=hidden.key)
    with pytest.raises(RunNotFoundError, match=f"no run with the key {hidden.key}"):
        commit_version(grace, request)


def test_entries_of_hidden_artifacts_are_not_referred_to(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """Whoever may see them refers to them; to others the source is not there."""
    entry = find_entry(context, secret, "data.txt")
    assert entry is not None
    request = logger.request("referring", files={})
    request.contents.put(StagedFile(refer_to_entry(secret.id, entry, path="there"), at=None))
    with pytest.raises(ArtifactNotFoundError):
        commit_version(grace, request)
    referring = commit_version(context, request).version
    assert source_versions(context, referring) == [secret]
    assert source_versions(grace, referring) == []


def test_links_elsewhere_are_taken_along_by_those_who_may(
    grace: Context, context: Context, logger: Logger
) -> None:
    """A hidden link stands in the way and is not named; a public one is refused by name."""
    version = logger.log("one").version
    link = link_version(context, version, PORTFOLIO, aliases=[])
    with pytest.raises(LinkedVersionError) as told:
        delete_version(grace, version, delete_aliases=True, force_links=True)
    assert "secret" not in str(told.value)
    assert told.value.message == "ada/digits/mnist:v0 has links in projects that you cannot see"
    set_visibility(context, SECRET, Visibility.PUBLIC)
    with pytest.raises(LinkedVersionError, match="vision/secret/chosen:v0"):
        delete_version(grace, version, delete_aliases=True)
    with pytest.raises(AccessDeniedError, match="anything in vision/secret"):
        delete_version(grace, version, delete_aliases=True, force_links=True)
    with pytest.raises(AccessDeniedError, match="anything in vision/secret"):
        delete_collection(grace, resolve_collection(grace, MNIST), force_links=True)
    assert read_version(context, link.id).state == "COMMITTED"


def test_plans_spare_what_hidden_links_lead_to(
    grace: Context, context: Context, logger: Logger
) -> None:
    """And do not name them: when they are made, and when they are executed."""
    versions = [logger.log(text).version for text in ("one", "two", "three")]
    link_version(context, versions[0], PORTFOLIO, aliases=[])
    rules = PlanRules(keep_newest=1, force_links=True)

    def plan(rules: PlanRules = rules):  # noqa: ANN202  What the service gives.
        names = NamePatterns(("mnist",))
        return plan_delete(grace, AT, names=names, type_name=None, rules=rules)

    made = plan()
    assert [str(version.path) for version in made.versions] == [str(versions[1].path)]
    assert [item.why for item in made.left_out] == ["has the links of projects that you cannot see"]
    strict = plan(replace(rules, force_links=False))
    assert [item.why for item in strict.left_out] == [made.left_out[0].why]
    link_version(context, versions[1], PORTFOLIO, aliases=[])
    with pytest.raises(ProjectNotFoundError):
        execute_plan(by(context, "eve"), made)
    with pytest.raises(PlanOutdatedError, match="has the links of projects that you cannot see"):
        execute_plan(grace, made)


def test_what_suspends_a_ttl_is_named_to_those_who_may_see_it(
    grace: Context, context: Context, logger: Logger
) -> None:
    """A visible link is named, a hidden one is not, and the TTL is suspended all the same."""
    version = logger.log("one").version
    set_project_ttl(context, AT, timedelta(days=1))
    link_version(context, version, PORTFOLIO, aliases=[])
    hidden = "a link in a project that you cannot see"
    assert expiry_of_version(context, version).suspended_by == "link vision/secret/chosen:v0"
    assert expiry_of_version(grace, version).suspended_by == hidden
    (listed,) = list_expiring(grace, AT, limit=None).versions
    assert (listed.expiry.suspended_by, listed.expiry.expires_at) == (hidden, None)
    protect_alias(context, SECRET, Alias("best"))
    link_version(context, version, PORTFOLIO, aliases=[Alias("best")])
    assert expiry_of_version(grace, version).suspended_by == hidden
    link_version(context, version, SHOWN, aliases=[])
    assert expiry_of_version(grace, version).suspended_by == "link ada/digits/shown:v0"


def test_hidden_versions_that_refer_to_one_are_not_told(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Why a version is kept names what may be seen."""
    version = logger.log("one").version
    entry = find_entry(context, version, "data.txt")
    assert entry is not None
    for path in (PORTFOLIO, SHOWN):
        request = replace(logger.request(files={}), collection=path)
        request.contents.put(StagedFile(refer_to_entry(version.id, entry, path="there"), at=None))
        commit_version(context, request)
    told = [len(read_fate(who, version).referred_by) for who in (context, grace)]
    assert told == [2, 1]


def test_the_policy_of_a_collection_is_set_by_those_who_may(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Together with its name: a member of a team that says no changes the one, not the other."""
    logger.log("one")
    set_team_ttl(context, TEAM, seen=TeamTtl(), wanted=TeamTtl(members_may_set_ttl=False))
    collection = resolve_collection(grace, MNIST)
    seen = CollectionState(collection.facts, CollectionPolicy())
    facts = replace(collection.facts, description="Digits.")
    edit_collection(grace, collection, seen=seen, wanted=replace(seen, facts=facts))
    policy = CollectionPolicy(ttl=timedelta(days=1))
    with pytest.raises(AccessDeniedError, match="set a TTL"):
        edit_collection(grace, collection, seen=seen, wanted=replace(seen, policy=policy))


def test_a_type_changes_only_without_hidden_links(
    grace: Context, context: Context, logger: Logger
) -> None:
    """They stand in the way, and are not named."""
    link_version(context, logger.log("one").version, PORTFOLIO, aliases=[])
    collection = resolve_collection(grace, MNIST)
    seen = CollectionState(collection.facts, None)
    wanted = replace(seen, facts=replace(collection.facts, type=TypeName("images")))
    with pytest.raises(TypeConflictError, match="in projects that you cannot see") as told:
        edit_collection(grace, collection, seen=seen, wanted=wanted)
    assert "secret" not in str(told.value)


def test_what_is_refused_does_not_wait_for_the_collector(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Nor take its lease: whoever may not erase or recover is told so at once."""
    version = delete_version(context, logger.log("one").version, delete_aliases=True)
    with collecting(context):
        with pytest.raises(AccessDeniedError):
            erase_version(grace, version)
        with pytest.raises(CollectionNotFoundError):
            recover_version(by(context, "eve"), version)


def test_a_collection_is_refused_before_it_begins(grace: Context) -> None:
    """Not after its first step, and a rehearsal neither."""
    told: list[str] = []
    for dry_run in (False, True):
        with pytest.raises(AccessDeniedError, match="does not own this installation"):
            collect_garbage(grace, CollectOptions(dry_run=dry_run), tell=told.append)
    assert told == []


def test_what_is_refused_is_not_uploaded(
    context: Context, logger: Logger, store: MemoryObjectStore
) -> None:
    """The first transaction asks, too: nothing reaches the store."""
    add_member(context, TEAM, "grace", Role.VIEWER)
    with pytest.raises(AccessDeniedError):
        commit_version(by(context, "grace"), logger.request(files={"a": b"one"}))
    assert list(store.keys()) == []


def test_notes_of_a_link_are_those_of_its_source(
    grace: Context, context: Context, secret: Version
) -> None:
    """Who may write to the portfolio and only read the source changes aliases, and no notes."""
    link = link_version(context, secret, SHOWN, aliases=[])
    notes = replace(link.notes, description="changed")
    with pytest.raises(CollectionNotFoundError):
        edit_version(grace, link, aliases=[Alias("good")], notes=link.notes)
    set_visibility(context, SECRET, Visibility.PUBLIC)
    with pytest.raises(AccessDeniedError, match="may not write to vision/secret"):
        edit_version(grace, link, aliases=link.aliases, notes=notes)
    edited = edit_version(grace, link, aliases=[*link.aliases, Alias("good")], notes=link.notes)
    assert edited.aliases == ("good", "latest")


def test_hidden_links_are_neither_restored_nor_recovered(
    grace: Context, context: Context, secret: Version
) -> None:
    """A deleted link to a hidden version is not there either."""
    link = delete_version(
        context, link_version(context, secret, SHOWN, aliases=[]), delete_aliases=True
    )
    for bring_back in (restore_version, recover_version):
        with pytest.raises(CollectionNotFoundError):
            bring_back(grace, link)
    with pytest.raises(CollectionNotFoundError):
        hold_content(grace, link)


@pytest.mark.parametrize(
    ("step", "call"),
    [(("erase", "collecting"), erase_version), (("recover", "_missing"), recover_version)],
)
def test_erasing_and_recovering_are_judged_under_the_lease(
    grace: Context,
    context: Context,
    logger: Logger,
    monkeypatch: pytest.MonkeyPatch,
    step: tuple[str, str],
    call: Callable[[Context, Version], object],
) -> None:
    """Who loses the role meanwhile changes nothing."""
    version = delete_version(context, logger.log("one").version, delete_aliases=True)
    add_member(context, TEAM, "grace", Role.ADMIN)
    if call is recover_version:
        with context.catalog.write() as session:
            session.garbage.purge([version.id], by="test", now=context.catalog.now())
    module = importlib.import_module(f"hozon.services.garbage.{step[0]}")
    original = getattr(module, step[1])

    def losing_the_role(*given: object) -> object:
        found = original(*given)
        remove_member(context, TEAM, "grace")
        return found

    monkeypatch.setattr(module, step[1], losing_the_role)
    before = read_version(context, version.id)
    with pytest.raises(CollectionNotFoundError):
        call(grace, version)
    assert read_version(context, version.id) == before


def test_a_plan_for_a_hidden_project_is_empty(grace: Context, secret: Version) -> None:
    """As one for a project in which nothing was ever logged."""
    names = NamePatterns(("*",))
    at = secret.collection.at
    plan = plan_delete(grace, at, names=names, type_name=None, rules=PlanRules())
    assert (plan.versions, plan.left_out, plan.freed_bytes) == ((), (), 0)


def test_pages_are_asked_for_anew(grace: Context, context: Context, logger: Logger) -> None:
    """Who loses the role between two pages, or before counting, sees nothing more."""
    version = logger.log("one").version
    for number in range(3):
        begin_run(context, RunRequest(AT, RunId(f"r{number}")))
    runs = list_runs(grace, AT, order=Order.parse("-created_at"))
    ordered = list_runs(grace, AT, order=Order.parse("+name"))
    entries = list_entries(grace, version)
    assert [len(listing.page(after=None, limit=1)) for listing in (runs, ordered)] == [1, 1]
    remove_member(context, TEAM, "grace")
    assert [list(listing.page(after=None, limit=9)) for listing in (runs, ordered)] == [[], []]
    with pytest.raises(CollectionNotFoundError):
        entries.count()


def test_a_graph_tells_how_much_is_hidden(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """And shows the rest; from a hidden run or version there is none."""
    hidden = begin_run(context, RunRequest(SECRET)).run
    shown = begin_run(context, RunRequest(AT)).run
    version = logger.log("one").version
    record_use(context, hidden.key, version.id)
    record_use(context, shown.key, version.id)
    record_use(context, shown.key, secret.id)

    def trace(root: Ends) -> Lineage:
        return trace_lineage(grace, root, direction=Direction.BOTH, depth=None, most=9)

    below, above = trace(Ends.of_version(version.id)), trace(Ends.of_run(shown.key))
    assert ([run.path for run in below.runs], below.graph.hidden) == ([shown.path], 1)
    assert ([each.name for each in above.versions], above.graph.hidden) == (["mnist:v0"], 1)
    with pytest.raises(RunNotFoundError):
        trace(Ends.of_run(hidden.key))
    with pytest.raises(ArtifactNotFoundError):
        trace(Ends.of_version(secret.id))


def test_links_come_back_where_one_may_restore(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Elsewhere they stay away, and a hidden portfolio is not named."""
    version = logger.log("one").version
    link_version(context, version, PORTFOLIO, aliases=[])
    gone = delete_version(context, version, delete_aliases=True, force_links=True)
    restored = restore_version(grace, gone)
    assert restored.versions == ("ada/digits/mnist:v0",)
    assert (restored.links, restored.lost_links) == ((), ())
    gone = delete_version(context, read_version(context, version.id), delete_aliases=True)
    assert restore_version(context, gone).lost_links == ()


def test_actions_say_what_may_not_be_done() -> None:
    """Each in words that stand before the name of a project."""
    assert [str(action) for action in Action] == [
        "read",
        "write to",
        "delete or restore anything in",
        "set a TTL or a retention policy in",
        "read the audit log of",
        "administer",
    ]
