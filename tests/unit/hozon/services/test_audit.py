"""The audit log: every act is on record, with who did it, in the transaction of the act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import AccessDeniedError, HozonError, StorageError
from hozon.model.access import Principal, Role, Visibility
from hozon.model.audit import Act, AuditQuery, AuditRecord
from hozon.model.names import Alias, CollectionName, EntityName, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.plans import PlanRules
from hozon.model.retention import RetentionPolicy
from hozon.model.usage import NamePatterns
from hozon.model.versions import Version
from hozon.ports.retention import CollectionPolicy
from hozon.services.access import add_member, remove_member, set_visibility
from hozon.services.audit import read_audit
from hozon.services.collections import CollectionState, edit_collection
from hozon.services.context import Context
from hozon.services.delete import (
    delete_collection,
    delete_run,
    delete_version,
    delete_versions,
)
from hozon.services.edit import edit_version
from hozon.services.expire import expire
from hozon.services.garbage.collect import collect_garbage
from hozon.services.garbage.erase import erase_version
from hozon.services.garbage.recover import recover_version
from hozon.services.links import link_version, unlink_version
from hozon.services.plans import execute_plan, plan_delete
from hozon.services.protection import protect_alias, unprotect_alias
from hozon.services.resolve import read_version, resolve_collection
from hozon.services.restore import restore_collection, restore_version
from hozon.services.ttl import set_collection_policy
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

DAY = timedelta(days=1)
SHOWN = CollectionPath(AT, CollectionName("shown"))
EVERYTHING = AuditQuery(AT.entity)


def acts(context: Context, query: AuditQuery = EVERYTHING) -> list[AuditRecord]:
    """Read the log, the newest act first."""
    listing = read_audit(context, query)
    found = [item.value for item in listing.page(after=None, limit=100)]
    assert listing.count() == len(found)
    return found


def told(context: Context, count: int | None = None) -> list[tuple[str, str, object]]:
    """Tell what was done to what, the newest act first, with the details."""
    found = [(str(act.action), act.path, act.details) for act in acts(context)]
    return found if count is None else found[:count]


def aliased(version: Version, context: Context, *aliases: str) -> Version:
    """Give a version these aliases and no others."""
    current = read_version(context, version.id)
    chosen = [Alias(alias) for alias in aliases]
    return edit_version(context, current, aliases=chosen, notes=current.notes)


def test_logging_is_on_record_once(logger: Logger, clock: ManualClock) -> None:
    """With who, when, and the aliases that the version got; finding content again is no act."""
    logger.log("one", "best")
    logger.log("one")
    (record,) = acts(logger.context)
    assert record == AuditRecord(
        clock.now(), "ada", Act.CREATE, record.subject, {"aliases": ["best", "latest"]}
    )
    assert record.path == "ada/digits/mnist:v0"


def test_moved_aliases_are_on_record(logger: Logger) -> None:
    """From where, when it moves by itself; with the version, when that is made."""
    first = logger.log("one", "best").version
    second = logger.log("two").version
    aliased(second, logger.context, "best", "latest")
    assert told(logger.context, 1) == [
        ("alias", "ada/digits/mnist:v1", {"alias": "best", "from": "v0"})
    ]
    aliased(second, logger.context, "latest")
    assert told(logger.context, 1) == [("unalias", "ada/digits/mnist:v1", {"alias": "best"})]
    logger.log("one")
    assert told(logger.context, 1) == [
        ("alias", str(first.path), {"alias": "latest", "from": "v1"})
    ]


def test_links_are_on_record(logger: Logger) -> None:
    """With their source; linking again is no act but for the aliases."""
    version = logger.log("one").version
    link = link_version(logger.context, version, SHOWN, aliases=[])
    again = link_version(logger.context, version, SHOWN, aliases=[Alias("best")])
    unlink_version(logger.context, again)
    assert told(logger.context)[:-1] == [
        ("unlink", str(link.path), {"aliases": ["best", "latest"]}),
        ("alias", str(link.path), {"alias": "best"}),
        ("link", str(link.path), {"source": str(version.path), "aliases": ["latest"]}),
    ]


def test_deleting_and_restoring_are_on_record(logger: Logger) -> None:
    """With the aliases that went, the one that fell elsewhere, and what came back."""
    logger.log("one")
    version = logger.log("two", "best").version
    gone = delete_version(logger.context, version, delete_aliases=True)
    assert told(logger.context, 2) == [
        ("delete", str(version.path), {"aliases": ["best", "latest"]}),
        ("alias", "ada/digits/mnist:v0", {"alias": "latest", "from": "v1"}),
    ]
    restore_version(logger.context, gone)
    came = [f"ada/digits/mnist:{alias}" for alias in ("best", "latest")]
    assert told(logger.context, 1) == [("restore", str(version.path), {"aliases": came})]


def test_links_that_go_along_are_on_record(logger: Logger) -> None:
    """As unlinked, for the sake of their source."""
    version = logger.log("one").version
    link = link_version(logger.context, version, SHOWN, aliases=[])
    delete_version(logger.context, version, delete_aliases=True, force_links=True)
    unlinked = ("unlink", str(link.path), {"reason": "source", "aliases": ["latest"]})
    assert unlinked in told(logger.context)


def test_a_link_that_is_deleted_with_its_source_is_on_record_once(logger: Logger) -> None:
    """Also where both were named."""
    version = logger.log("one").version
    link = link_version(logger.context, version, SHOWN, aliases=[])
    delete_versions(logger.context, [version, link], delete_aliases=True, force_links=True)
    assert [(act, path) for act, path, _ in told(logger.context) if act != "alias"] == [
        ("delete", str(version.path)),
        ("unlink", str(link.path)),
        ("link", str(link.path)),
        ("create", str(version.path)),
    ]


def test_deleting_a_collection_is_one_act(logger: Logger) -> None:
    """With how many versions and which aliases; so is restoring it."""
    for text in ("one", "two"):
        logger.log(text)
    delete_collection(logger.context, resolve_collection(logger.context, MNIST))
    restore_collection(logger.context, MNIST)
    came = {"versions": 2, "aliases": ["ada/digits/mnist:latest"]}
    assert told(logger.context, 2) == [
        ("restore", str(MNIST), came),
        ("delete", str(MNIST), {"versions": 2, "aliases": ["latest"]}),
    ]


def test_deleting_a_run_is_on_record(logger: Logger) -> None:
    """After the versions that went with it."""
    run = logger.start_run("train")
    version = logger.log("one", run=run.key).version
    delete_run(logger.context, run, delete_artifacts=True)
    assert told(logger.context, 2) == [
        ("delete", str(run.path), {}),
        ("delete", str(version.path), {"reason": "run", "aliases": ["latest"]}),
    ]


def test_plans_are_on_record(logger: Logger) -> None:
    """A row for each version that they delete."""
    for text in ("one", "two", "three"):
        logger.log(text)
    names, rules = NamePatterns(("mnist",)), PlanRules(keep_newest=1)
    plan = plan_delete(logger.context, AT, names=names, type_name=None, rules=rules)
    execute_plan(logger.context, plan)
    assert {path for act, path, _ in told(logger.context) if act == "delete"} == {
        "ada/digits/mnist:v0",
        "ada/digits/mnist:v1",
    }


def test_the_collector_acts_on_nobodys_behalf(logger: Logger, clock: ManualClock) -> None:
    """Whoever starts it: what expired, what no policy keeps, and what is purged."""
    context = logger.context
    for text in ("one", "two"):
        version = logger.log(text).version
    edited = read_version(context, version.id)
    edit_version(context, edited, aliases=edited.aliases, notes=replace(edited.notes, ttl=DAY))
    logger.log("three")
    wanted = CollectionPolicy(retention=RetentionPolicy(keep_newest=1))
    collection = resolve_collection(context, MNIST)
    set_collection_policy(context, collection, seen=CollectionPolicy(), wanted=wanted)
    clock.advance(DAY)
    expire(context)
    clock.advance(30 * DAY)
    collect_garbage(context)
    found = [(act.who, str(act.action), act.subject.index, act.details) for act in acts(context)]
    assert sorted(found[:2]) == [("collector", "purge", 0, {}), ("collector", "purge", 1, {})]
    assert found[2:4] == [
        ("collector", "delete", 0, {"reason": "retention"}),
        ("collector", "delete", 1, {"reason": "ttl"}),
    ]
    purged = read_version(context, version.id)
    recover_version(context, purged)
    assert [(act.who, str(act.action)) for act in acts(context)[:1]] == [("ada", "recover")]


def test_erasing_is_on_record(logger: Logger) -> None:
    """By whoever had it done; that, too, is never forgotten."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    erase_version(logger.context, version)
    assert told(logger.context, 2) == [
        ("erase", str(version.path), {}),
        ("purge", str(version.path), {"reason": "erase"}),
    ]


def test_what_an_erase_gave_up_is_on_record_though_it_failed(
    logger: Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the transaction that nothing undoes; when the erase goes on, it is not repeated."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    with monkeypatch.context() as patched:
        patched.setattr(
            type(logger.context.store), "erase", lambda _, keys: dict.fromkeys(keys, "no")
        )
        with pytest.raises(StorageError):
            erase_version(logger.context, version)
    purged = ("purge", str(version.path), {"reason": "erase"})
    assert told(logger.context, 1) == [purged]
    erase_version(logger.context, version)
    assert told(logger.context, 2) == [("erase", str(version.path), {}), purged]


def test_another_name_and_another_type_are_on_record(logger: Logger) -> None:
    """Under the name from now on."""
    logger.log("one")
    collection = resolve_collection(logger.context, MNIST)
    seen = CollectionState(collection.facts, None)
    facts = replace(collection.facts, name=CollectionName("digits"), type=TypeName("images"))
    edit_collection(logger.context, collection, seen=seen, wanted=replace(seen, facts=facts))
    assert told(logger.context, 2) == [
        ("retype", "ada/digits/digits", {"from": "dataset", "to": "images"}),
        ("rename", "ada/digits/digits", {"from": "mnist"}),
    ]


def test_protection_is_on_record(context: Context) -> None:
    """Once for each change."""
    for _ in range(2):
        protect_alias(context, AT, Alias("prod"))
    unprotect_alias(context, AT, Alias("prod"))
    assert told(context) == [
        ("unprotect", "ada/digits", {"alias": "prod"}),
        ("protect", "ada/digits", {"alias": "prod"}),
    ]


def test_roles_and_visibility_are_on_record(context: Context) -> None:
    """Of the team, and of the project; what changes nothing is no act."""
    add_member(context, AT.entity, "grace", Role.VIEWER)
    add_member(context, AT.entity, "grace", Role.VIEWER)
    set_visibility(context, AT, Visibility.PUBLIC)
    set_visibility(context, AT, Visibility.PUBLIC)
    remove_member(context, AT.entity, "grace")
    assert told(context) == [
        ("remove-member", "ada", {"member": "grace"}),
        ("set-visibility", "ada/digits", {"from": "private", "to": "public"}),
        ("add-member", "ada", {"member": "grace", "role": "viewer"}),
        ("add-member", "ada", {"member": "ada", "role": "admin"}),
    ]


def test_what_was_not_done_is_not_on_record(logger: Logger) -> None:
    """The row stands and falls with the act."""
    version = logger.log("one").version
    with pytest.raises(HozonError):
        delete_version(logger.context, version, delete_aliases=False)
    assert [act for act, _, _ in told(logger.context)] == ["create"]


def test_members_read_the_log(logger: Logger) -> None:
    """Viewers, too; in a public project others are refused, in a private one there is nothing."""
    context = logger.context
    logger.log("one")
    add_member(context, AT.entity, "grace", Role.VIEWER)
    query = AuditQuery(AT.entity, AT.project)

    def seen_by(name: str) -> list[AuditRecord]:
        return acts(replace(context, principal=Principal(EntityName(name))), query)

    assert [act.action for act in seen_by("grace")] == [Act.CREATE]
    assert seen_by("eve") == []
    set_visibility(context, AT, Visibility.PUBLIC)
    with pytest.raises(AccessDeniedError, match="may not read the audit log of ada/digits"):
        seen_by("eve")


def test_acts_that_name_hidden_sources_are_left_out(logger: Logger) -> None:
    """A link is on record for those who may see where it leads."""
    context = logger.context
    add_member(context, AT.entity, "grace", Role.VIEWER)
    add_member(context, EntityName("vision"), "alan", Role.VIEWER)
    version = logger.log("one").version
    shown = CollectionPath(ProjectPath.of("vision", "shown"), CollectionName("best"))
    link_version(context, version, shown, aliases=[])
    query = AuditQuery(EntityName("vision"), action=Act.LINK)
    alan = replace(context, principal=Principal(EntityName("alan")))
    assert len(acts(context, query)) == 1
    assert acts(alan, query) == []
