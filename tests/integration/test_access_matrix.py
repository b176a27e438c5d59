"""Every call of every service, by everybody, in projects of every visibility.

The tables below are what is promised. A call that they do not name fails a test, and so does one
that does more or less than they say.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

import hozon
import hozon.services
from access_world import (
    AT,
    GONE,
    LATEST,
    LEASE,
    MNIST,
    OPERATOR,
    PRINCIPALS,
    RUN,
    SHARED,
    SWEEP,
    TEAM,
    Things,
    World,
    build_team,
    build_world,
    visited,
)
from hozon.errors import AccessDeniedError, NotFoundError, ObjectInUseError
from hozon.model.access import Role, Visibility
from hozon.model.audit import AuditQuery
from hozon.model.expiry import TeamTtl
from hozon.model.lineage_graph import Direction, Ends
from hozon.model.named_paths import AnyPath
from hozon.model.names import Alias, CollectionName, RunId, SweepId, TypeName
from hozon.model.plans import PlanRules
from hozon.model.retention import RetentionPolicy
from hozon.model.runs import RunDetails, RunState
from hozon.model.sweeps import SweepAction
from hozon.model.ttl import ArtifactTTL
from hozon.model.usage import NamePatterns
from hozon.ports.retention import CollectionPolicy
from hozon.services import (
    access,
    audit,
    collections,
    commit,
    delete,
    download,
    drafts,
    edit,
    expire,
    lineage,
    links,
    naming,
    plans,
    projects,
    protection,
    references,
    resolve,
    restore,
    run_files,
    run_queries,
    runs,
    status,
    sweep_points,
    sweeps,
    ttl,
    usage,
    verify,
)
from hozon.services.garbage import collect, erase, explain, recover
from hozon.services.ttl import Schedule

ALLOWED, DENIED, MISSING = "allowed", "denied", "missing"
"""It is done; it is refused; it looks as if the thing were not there."""

_LETTERS: Final = {"a": ALLOWED, "d": DENIED, "-": MISSING}

Pattern = tuple[str, str, str]
"""What comes of a call in a private, a public and an open project. The five letters of each are for
admin, member, viewer, outsider and anonymous."""

READ: Pattern = ("aaa--", "aaaaa", "aaaaa")
WRITE: Pattern = ("aad--", "aaddd", "aaaaa")
DELETE: Pattern = ("aad--", "aaddd", "aaddd")
SET_TTL: Pattern = DELETE
ADMINISTER: Pattern = ("add--", "adddd", "adddd")
READ_AUDIT: Pattern = ("aaa--", "aaadd", "aaadd")
READ_TEAM: Pattern = ("aaa--", "aaa--", "aaa--")
ADMINISTER_TEAM: Pattern = ("adddd", "adddd", "adddd")
MAINTAIN: Pattern = ("ddddd", "ddddd", "ddddd")
OUTSIDE: Pattern = ("aaaaa", "aaaaa", "aaaaa")

EXPECTED: Mapping[str, Pattern] = {
    "access.add_member": ADMINISTER_TEAM,
    "access.list_members": READ_TEAM,
    "access.read_visibility": READ,
    "access.remove_member": ADMINISTER_TEAM,
    "access.set_visibility": ADMINISTER,
    "audit.read_audit": READ_AUDIT,
    "collections.edit_collection": WRITE,
    "collections.read_collection": READ,
    "commit.commit_version": WRITE,
    "delete.delete_collection": DELETE,
    "delete.delete_collections": DELETE,
    "delete.delete_run": DELETE,
    "delete.delete_version": DELETE,
    "delete.delete_versions": DELETE,
    "download.download_version": READ,
    "download.published_digest": READ,
    "drafts.hold_content": READ,
    "edit.edit_version": WRITE,
    "expire.expire": MAINTAIN,
    "expire.preview_retention": READ,
    "garbage.collect.collect_garbage": MAINTAIN,
    "garbage.collect.is_due": MAINTAIN,
    "garbage.collect.last_pass": MAINTAIN,
    "garbage.erase.erase_object": MAINTAIN,
    "garbage.erase.erase_version": ADMINISTER,
    "garbage.explain.explain_object": MAINTAIN,
    "garbage.explain.read_fate": READ,
    "garbage.recover.recover_version": DELETE,
    "lineage.find_root": READ,
    "lineage.find_root_run": READ,
    "lineage.list_logged": READ,
    "lineage.list_used": READ,
    "lineage.list_users": READ,
    "lineage.record_use": WRITE,
    "lineage.trace_lineage": READ,
    "links.link_version": WRITE,
    "links.source_of": READ,
    "links.unlink_version": DELETE,
    "naming.find_named": READ,
    "plans.execute_plan": DELETE,
    "plans.plan_delete": READ,
    "projects.check_type_there": READ,
    "projects.create_project": WRITE,
    "projects.find_project": READ,
    "projects.list_projects": READ,
    "projects.list_types": READ,
    "projects.project_created_at": READ,
    "protection.list_protected": READ,
    "protection.protect_alias": ADMINISTER,
    "protection.unprotect_alias": ADMINISTER,
    "references.source_versions": READ,
    "resolve.any_version": READ,
    "resolve.collection_aliases": READ,
    "resolve.collection_of": READ,
    "resolve.find_any_version": READ,
    "resolve.find_entry": READ,
    "resolve.list_collections": READ,
    "resolve.list_entries": READ,
    "resolve.list_versions": READ,
    "resolve.load_manifest": READ,
    "resolve.read_entries": READ,
    "resolve.read_version": READ,
    "resolve.resolve_collection": READ,
    "resolve.resolve_version": READ,
    "restore.list_deleted": READ,
    "restore.restore_collection": DELETE,
    "restore.restore_path": DELETE,
    "restore.restore_version": DELETE,
    "run_files.list_run_files": READ,
    "run_queries.list_runs": READ,
    "runs.begin_run": WRITE,
    "runs.describe_run": WRITE,
    "runs.end_run": WRITE,
    "runs.find_run": READ,
    "runs.keep_run": WRITE,
    "runs.log_metrics": WRITE,
    "runs.read_history": READ,
    "runs.save_config": WRITE,
    "runs.save_metrics": WRITE,
    "runs.save_summary": WRITE,
    "runs.update_run": WRITE,
    "status.count_all": MAINTAIN,
    "sweep_points.begin_point": WRITE,
    "sweep_points.claim_point": WRITE,
    "sweep_points.close_claim": WRITE,
    "sweep_points.end_point": WRITE,
    "sweep_points.find_claim": WRITE,
    "sweep_points.renew_claim": WRITE,
    "sweeps.act_on_sweep": WRITE,
    "sweeps.create_sweep": WRITE,
    "sweeps.find_best_run": READ,
    "sweeps.find_sweep": READ,
    "sweeps.list_sweep_runs": READ,
    "sweeps.list_sweeps": READ,
    "ttl.expiry_of_version": READ,
    "ttl.list_expiring": READ,
    "ttl.read_collection_policy": READ,
    "ttl.read_project_ttl": READ,
    "ttl.read_team_ttl": READ_TEAM,
    "ttl.set_collection_policy": SET_TTL,
    "ttl.set_project_ttl": SET_TTL,
    "ttl.set_team_ttl": ADMINISTER_TEAM,
    "usage.measure_freed": READ,
    "usage.list_usage": READ,
    "usage.list_version_usage": READ,
    "verify.check_out": READ,
    "verify.compare_folder": READ,
    "verify.surplus_files": READ,
    "verify.verify_folder": READ,
    # What is not the catalog's: whoever runs the program reads it with credentials of their own.
    "references.find_references": OUTSIDE,
    "references.matches_reference": OUTSIDE,
    "references.read_reference": OUTSIDE,
    "references.target_of": OUTSIDE,
}
"""What comes of each call."""

READING: Final = (READ, READ_TEAM, READ_AUDIT)
"""What changes nothing, and gives something to those who may see it."""

STEPS: Mapping[str, str] = {
    "access.Sight": "it is what asks",
    "access.authorize": "it is what asks",
    "access.authorize_content": "it is what asks",
    "access.authorize_operator": "it is what asks",
    "access.judge": "it is what asks",
    "access.may": "it is what asks",
    "acts.as_collector": "it changes nothing",
    "acts.record_act": "in the transaction of an act",
    "acts.record_acts": "in the transaction of an act",
    "acts.record_aliases": "in the transaction of an act",
    "acts.record_versions": "in the transaction of an act",
    "carrying.carry": "a step of an upload",
    "collections.ensure_collection": "in the transaction of a caller, who asked",
    "context.Context": "it is who asks",
    "delete.delete_in_session": "in the transaction of a delete; asks itself",
    "delete.take_links_along": "in the transaction of a delete, or the collector's",
    "edit.add_tags": "in the transaction of a commit",
    "garbage.rewrite.rewrite": "a step of a collection, which needs its lease",
    "garbage.rewrite.rewrite_keys": "a step of a collection, which needs its lease",
    "garbage.survey.survey": "a step of a collection",
    "garbage.sweep.condemn_unreached": "a step of a collection",
    "garbage.sweep.dead_bytes": "a step of a collection",
    "garbage.sweep.forget_removed": "a step of a collection, which needs its lease",
    "garbage.sweep.remove_condemned": "a step of a collection, which needs its lease",
    "garbage.tenure.Tenure": "the lease of a collection",
    "garbage.tenure.collecting": "takes the lease of a collection, and gives it back",
    "leases.renew_lease": "in the transaction of an upload",
    "listing.CatalogListing": "asks itself, for each page",
    "protection.check_aliases_free": "in the transaction of a change of aliases",
    "protection.move_aliases": "in the transaction of a change of aliases",
    "resolve.any_collection": "in the transaction of a caller, who asked",
    "resolve.find_collection": "in the transaction of a caller, who asked",
    "run_queries.OrderedRuns": "asks itself, for each page",
    "runs.SeenRuns": "asks itself, for each page",
    "runs.authorize_run": "it is what asks",
    "runs.check_held": "in the transaction of a write; asks itself",
    "runs.extend_hold": "in the transaction of a write; asks itself",
    "transfers.fetch": "reads places, which tell nothing of a project",
    "transfers.find_places": "finds places by digests, which their reader has",
    "ttl.merge_collection_policy": "in the transaction of a caller, who asked",
    "uploads.put_checked": "a step of an upload",
    "uploads.scratch_space": "a folder on this machine",
    "uploads.upload_missing": "a step of a commit, whose last transaction asks",
    "usage.check_logged_to": "in the transaction of a caller; asks itself",
}
"""What is no call by itself, and why nothing need be asked there, or where it is."""

BY_DIGEST: Mapping[str, str] = {
    "download.is_there": "compares a local file with an entry that the caller has",
    "download.published_contents": "reads bytes by digests that the caller has",
    "drafts.release_content": "lets go of pins by an id that only their holder knows",
    "transfers.find_anywhere": "finds places by digests, which their reader has",
}
"""What asks for nothing but something that nobody can guess, which the caller got where it was
asked."""

Call = Callable[[World], object]


def _files(world: World, *names: str) -> Path:
    """Make a folder with files, by default with what `mnist:latest` holds."""
    folder = world.folder / "there"
    folder.mkdir()
    for name in names or ["data.txt"]:
        (folder / name).write_text("newest")
    return folder


def _request(world: World) -> commit.CommitRequest:
    """Describe a version to log, by the run that is held."""
    return commit.CommitRequest(
        MNIST, TypeName("dataset"), world.things.contents, [], None, {}, world.things.held.run.key
    )


def _retold(world: World) -> object:
    """Edit the description of a version."""
    notes = replace(world.things.version.notes, description="better")
    version = world.things.version
    return edit.edit_version(world.context, version, aliases=version.aliases, notes=notes)


def _renamed(world: World) -> object:
    """Rename a collection."""
    collection = world.things.collection
    seen = collections.CollectionState(collection.facts, None)
    facts = replace(collection.facts, name=CollectionName("digits"))
    wanted = collections.CollectionState(facts, None)
    return collections.edit_collection(world.context, collection, seen=seen, wanted=wanted)


CALLS: Mapping[str, Call] = {
    "access.add_member": lambda w: access.add_member(w.context, TEAM, "grace", Role.VIEWER),
    "access.list_members": lambda w: access.list_members(w.context, TEAM),
    "access.read_visibility": lambda w: access.read_visibility(w.context, AT),
    "access.remove_member": lambda w: access.remove_member(w.context, TEAM, "viewer"),
    "access.set_visibility": lambda w: [
        access.set_visibility(w.context, AT, chosen)
        for chosen in (Visibility.OPEN, Visibility.PRIVATE, Visibility.PUBLIC)
    ],
    "audit.read_audit": lambda w: audit.read_audit(w.context, AuditQuery(TEAM, AT.project)),
    "collections.edit_collection": _renamed,
    "collections.read_collection": lambda w: collections.read_collection(
        w.context, w.things.collection
    ),
    "commit.commit_version": lambda w: commit.commit_version(w.context, _request(w)),
    "delete.delete_collection": lambda w: delete.delete_collection(
        w.context, w.things.collection, force_links=True
    ),
    "delete.delete_collections": lambda w: delete.delete_collections(
        w.context, [w.things.collection], force_links=True
    ),
    "delete.delete_run": lambda w: delete.delete_run(
        w.context, w.things.run, delete_artifacts=False
    ),
    "delete.delete_version": lambda w: delete.delete_version(
        w.context, w.things.older, delete_aliases=True
    ),
    "delete.delete_versions": lambda w: delete.delete_versions(
        w.context, [w.things.older], delete_aliases=True
    ),
    "download.download_version": lambda w: download.download_version(
        w.context, w.things.version, w.folder / "there"
    ),
    "download.published_digest": lambda w: download.published_digest(w.context, w.things.version),
    "drafts.hold_content": lambda w: drafts.hold_content(w.context, w.things.version),
    "edit.edit_version": _retold,
    "expire.expire": lambda w: expire.expire(w.context),
    "expire.preview_retention": lambda w: expire.preview_retention(
        w.context, w.things.collection, RetentionPolicy(keep_newest=1)
    ),
    "garbage.collect.collect_garbage": lambda w: collect.collect_garbage(w.context),
    "garbage.collect.is_due": lambda w: collect.is_due(w.context, timedelta(days=1)),
    "garbage.collect.last_pass": lambda w: collect.last_pass(w.context),
    "garbage.erase.erase_object": lambda w: erase.erase_object(w.context, w.things.entry.content),  # type: ignore[arg-type]
    "garbage.erase.erase_version": lambda w: erase.erase_version(w.context, w.things.deleted),
    "garbage.explain.explain_object": lambda w: explain.explain_object(
        w.context, w.things.entry.digest
    ),
    "garbage.explain.read_fate": lambda w: explain.read_fate(w.context, w.things.deleted),
    "garbage.recover.recover_version": lambda w: recover.recover_version(
        w.context, w.things.purged
    ),
    "lineage.find_root": lambda w: lineage.find_root(w.context, "mnist", default=AT),
    "lineage.find_root_run": lambda w: lineage.find_root_run(w.context, str(RUN), default=AT),
    "lineage.trace_lineage": lambda w: lineage.trace_lineage(
        w.context,
        Ends.of_version(w.things.version.id),
        direction=Direction.BOTH,
        depth=None,
        most=99,
    ),
    "lineage.list_logged": lambda w: lineage.list_logged(w.context, w.things.run.key),
    "lineage.list_used": lambda w: lineage.list_used(w.context, w.things.run.key),
    "lineage.list_users": lambda w: lineage.list_users(w.context, w.things.older.id),
    "lineage.record_use": lambda w: lineage.record_use(
        w.context, w.things.held.run.key, w.things.older.id
    ),
    "links.link_version": lambda w: links.link_version(
        w.context, w.things.older, SHARED, aliases=[Alias("good")]
    ),
    "links.source_of": lambda w: links.source_of(w.context, w.things.link),
    "links.unlink_version": lambda w: links.unlink_version(w.context, w.things.link),
    "naming.find_named": lambda w: naming.find_named(w.context, AnyPath(AT, "mnist")),
    "plans.execute_plan": lambda w: plans.execute_plan(w.context, w.things.plan),
    "plans.plan_delete": lambda w: plans.plan_delete(
        w.context, AT, names=NamePatterns(("raw",)), type_name=None, rules=PlanRules()
    ),
    "projects.check_type_there": lambda w: (
        projects.check_type_there(w.context, AT, TypeName("dataset")) or "there"
    ),
    "projects.create_project": lambda w: projects.create_project(w.context, AT),
    "projects.find_project": lambda w: projects.find_project(w.context, AT),
    "projects.list_projects": lambda w: projects.list_projects(w.context, TEAM),
    "projects.list_types": lambda w: projects.list_types(w.context, AT),
    "projects.project_created_at": lambda w: projects.project_created_at(w.context, AT),
    "protection.list_protected": lambda w: protection.list_protected(w.context, AT),
    "protection.protect_alias": lambda w: protection.protect_alias(w.context, AT, Alias("best")),
    "protection.unprotect_alias": lambda w: protection.unprotect_alias(
        w.context, AT, Alias("prod")
    ),
    "references.source_versions": lambda w: references.source_versions(
        w.context, w.things.referring
    ),
    "resolve.any_version": lambda w: resolve.any_version(w.context, MNIST, 0),
    "resolve.collection_aliases": lambda w: resolve.collection_aliases(
        w.context, w.things.collection
    ),
    "resolve.collection_of": lambda w: resolve.collection_of(w.context, w.things.version),
    "resolve.find_any_version": lambda w: resolve.find_any_version(w.context, LATEST),
    "resolve.find_entry": lambda w: resolve.find_entry(w.context, w.things.version, "data.txt"),
    "resolve.list_collections": lambda w: resolve.list_collections(w.context, AT, type_name=None),
    "resolve.list_entries": lambda w: resolve.list_entries(w.context, w.things.version),
    "resolve.list_versions": lambda w: resolve.list_versions(w.context, w.things.collection),
    "resolve.load_manifest": lambda w: list(resolve.load_manifest(w.context, w.things.version.id)),
    "resolve.read_entries": lambda w: list(
        resolve.read_entries(w.context, w.things.version.id, batch=9)
    ),
    "resolve.read_version": lambda w: resolve.read_version(w.context, w.things.version.id),
    "resolve.resolve_collection": lambda w: resolve.resolve_collection(w.context, MNIST),
    "resolve.resolve_version": lambda w: resolve.resolve_version(w.context, LATEST),
    "restore.list_deleted": lambda w: restore.list_deleted(
        w.context, AT, type_name=None, name=None
    ),
    "restore.restore_collection": lambda w: restore.restore_collection(w.context, GONE),
    "restore.restore_path": lambda w: restore.restore_path(w.context, w.things.deleted.path),
    "restore.restore_version": lambda w: restore.restore_version(w.context, w.things.deleted),
    "run_files.list_run_files": lambda w: run_files.list_run_files(w.context, w.things.run.key),
    "run_queries.list_runs": lambda w: run_queries.list_runs(w.context, AT),
    "runs.begin_run": lambda w: runs.begin_run(w.context, runs.RunRequest(AT, RunId("new"))),
    "runs.describe_run": lambda w: runs.describe_run(
        w.context, w.things.run.key, RunDetails(notes="well")
    ),
    "runs.end_run": lambda w: runs.end_run(
        w.context, w.things.held, RunState.FINISHED, exit_code=0
    ),
    "runs.find_run": lambda w: runs.find_run(w.context, RUN),
    "runs.keep_run": lambda w: runs.keep_run(w.context, w.things.held),
    "runs.log_metrics": lambda w: runs.log_metrics(
        w.context, w.things.held, {"loss": 3}, step=9, summary={"loss": 3}, again=False
    ),
    "runs.read_history": lambda w: runs.read_history(w.context, w.things.run.key),
    "runs.save_config": lambda w: runs.save_config(w.context, w.things.held, {"n": 9}),
    "runs.save_metrics": lambda w: runs.save_metrics(w.context, w.things.held, {"loss": "max"}),
    "runs.save_summary": lambda w: runs.save_summary(w.context, w.things.held, {"n": 9}),
    "runs.update_run": lambda w: runs.update_run(
        w.context, w.things.run, config={"n": 9}, summary={}, details=RunDetails()
    ),
    "status.count_all": lambda w: status.count_all(w.context),
    "sweep_points.begin_point": lambda w: sweep_points.begin_point(
        w.context, w.things.claim, w.things.held.run.key
    ),
    "sweep_points.claim_point": lambda w: sweep_points.claim_point(
        w.context, w.things.sweep, lease=LEASE, optimizer=None
    ),
    "sweep_points.close_claim": lambda w: sweep_points.close_claim(w.context, w.things.tried),
    "sweep_points.end_point": lambda w: sweep_points.end_point(
        w.context, w.things.tried, w.things.resumed, RunState.FINISHED, exit_code=0
    ),
    "sweep_points.find_claim": lambda w: sweep_points.find_claim(
        w.context, w.things.sweep, number=0, token=w.things.claim.point.token
    ),
    "sweep_points.renew_claim": lambda w: sweep_points.renew_claim(
        w.context, w.things.claim, lease=2 * LEASE
    ),
    "sweeps.act_on_sweep": lambda w: sweeps.act_on_sweep(w.context, SWEEP, SweepAction.PAUSE),
    "sweeps.create_sweep": lambda w: sweeps.create_sweep(
        w.context, AT, w.things.sweep.config, sweep_id=SweepId("new")
    ),
    "sweeps.find_best_run": lambda w: sweeps.find_best_run(w.context, w.things.sweep),
    "sweeps.find_sweep": lambda w: sweeps.find_sweep(w.context, SWEEP),
    "sweeps.list_sweep_runs": lambda w: sweeps.list_sweep_runs(w.context, w.things.sweep),
    "sweeps.list_sweeps": lambda w: sweeps.list_sweeps(w.context, AT),
    "ttl.expiry_of_version": lambda w: ttl.expiry_of_version(w.context, w.things.version),
    "ttl.list_expiring": lambda w: ttl.list_expiring(w.context, AT, limit=None),
    "ttl.read_collection_policy": lambda w: ttl.read_collection_policy(
        w.context, w.things.collection
    ),
    "ttl.read_project_ttl": lambda w: ttl.read_project_ttl(w.context, AT),
    "ttl.read_team_ttl": lambda w: ttl.read_team_ttl(w.context, TEAM),
    "ttl.set_collection_policy": lambda w: ttl.set_collection_policy(
        w.context,
        w.things.collection,
        seen=CollectionPolicy(),
        wanted=CollectionPolicy(timedelta(days=9)),
    ),
    "ttl.set_project_ttl": lambda w: ttl.set_project_ttl(w.context, AT, timedelta(days=9)),
    "ttl.set_team_ttl": lambda w: ttl.set_team_ttl(
        w.context, TEAM, seen=TeamTtl(), wanted=TeamTtl(timedelta(days=9))
    ),
    "usage.measure_freed": lambda w: usage.measure_freed(w.context, [w.things.older]),
    "usage.list_usage": lambda w: usage.list_usage(
        w.context, AT, names=NamePatterns(("m*",)), type_name=None
    ),
    "usage.list_version_usage": lambda w: usage.list_version_usage(w.context, MNIST),
    "verify.check_out": lambda w: verify.check_out(w.context, w.things.version, _files(w)),
    "verify.compare_folder": lambda w: str(
        verify.compare_folder(w.context, w.things.version, w.folder / "staging")
    ),
    "verify.surplus_files": lambda w: verify.surplus_files(
        w.context, w.things.version, _files(w, "data.txt", "notes.txt")
    ),
    "verify.verify_folder": lambda w: (
        verify.verify_folder(w.context, w.things.version, _files(w)) or "verified"
    ),
    "references.find_references": lambda w: references.find_references(
        w.context, w.things.outside.ref or "", name=None, checksum=True, max_objects=None
    ),
    "references.matches_reference": lambda w: references.matches_reference(
        w.context, w.things.outside, _files(w) / "data.txt"
    ),
    "references.read_reference": lambda w: b"".join(
        references.read_reference(w.context, replace(w.things.outside, size=14))
    ),
    "references.target_of": lambda w: references.target_of(w.context, w.things.outside),
}
"""How each call is made."""

QUIET: Final = {"find_claim", "close_claim", "hold_content", "create_project"}
"""Writes that may leave the catalog as it was, and reads that may change it."""

SAME_AS_ABSENT: Final = {
    "lineage.find_root",
    "lineage.find_root_run",
    "naming.find_named",
    "projects.check_type_there",
    "projects.find_project",
    "projects.list_projects",
    "projects.list_types",
    "projects.project_created_at",
    "resolve.any_version",
    "resolve.find_any_version",
    "resolve.list_collections",
    "resolve.resolve_collection",
    "resolve.resolve_version",
    "restore.list_deleted",
    "restore.restore_collection",
    "restore.restore_path",
    "run_queries.list_runs",
    "runs.find_run",
    "protection.list_protected",
    "plans.plan_delete",
    "sweeps.act_on_sweep",
    "sweeps.find_sweep",
    "sweeps.list_sweeps",
    "ttl.list_expiring",
    "ttl.read_project_ttl",
    "usage.list_usage",
    "usage.list_version_usage",
}
"""Calls that name something by its path: to those who may not see it they say, word for word, what
they say to an admin where it does not exist."""

COMBINATIONS = list(product(Visibility, PRINCIPALS))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Visibility, tuple[Path, Things]]:
    """Build a world of each visibility, once."""
    built = {}
    for visibility in Visibility:
        folder = tmp_path_factory.mktemp("worlds") / visibility
        built[visibility] = (folder, build_world(folder, visibility))
    return built


@pytest.fixture(scope="module")
def absent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a world in which there is the team, and nothing else."""
    folder = tmp_path_factory.mktemp("worlds") / "absent"
    build_team(folder)
    return folder


def said(call: Call, world: World) -> object:
    """Make a call, and give what comes of it as values that can be compared."""
    found = call(world)
    if hasattr(found, "page") and hasattr(found, "count"):
        items = [item.value for item in found.page(after=None, limit=100)]
        assert found.count() == len(items)
        return items
    return found


def is_nothing(found: object) -> bool:
    """Tell whether a result is what those get for whom there is nothing."""
    return found in (
        None,
        [],
        Schedule((), 0),
        TeamTtl(),
        CollectionPolicy(),
        ArtifactTTL.INHERIT,
    )


def outcome(name: str, world: World) -> tuple[str, object]:
    """Make a call, and tell what came of it, in the words of the table."""
    try:
        found = said(CALLS[name], world)
    except AccessDeniedError as error:
        return DENIED, error
    except NotFoundError as error:
        return MISSING, error
    changes = EXPECTED[name] not in READING
    return (MISSING if not changes and is_nothing(found) else ALLOWED), found


def expected(pattern: Pattern, visibility: Visibility, who: str) -> str:
    """Read the table."""
    letters = pattern[list(Visibility).index(visibility)]
    return _LETTERS[letters[list(PRINCIPALS).index(who)]]


def service_calls() -> Iterator[str]:
    """Find everything public of the services that takes a context, or an object that holds one."""
    for module in pkgutil.walk_packages(hozon.services.__path__, "hozon.services."):
        found = importlib.import_module(module.name)
        for name, thing in vars(found).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module.name:
                continue
            if not inspect.isfunction(thing) and not inspect.isclass(thing):
                continue
            if "Context" in takes(thing) or "CatalogSession" in takes(thing):
                yield f"{module.name.removeprefix('hozon.services.')}.{name}"


def takes(thing: Callable[..., object]) -> str:
    """Write the types of what a function, or the making of an object, takes."""
    with suppress(ValueError, TypeError):
        parameters = inspect.signature(thing).parameters.values()
        return " ".join(str(parameter.annotation) for parameter in parameters)
    return ""


def test_every_call_is_in_the_tables() -> None:
    """None is forgotten, and none is named that there is not."""
    found = set(service_calls())
    named = [*EXPECTED, *STEPS, *BY_DIGEST]
    assert found - set(named) == set(), "say what is expected of these"
    assert set(named) - found == set(), "these are gone"
    assert len(named) == len(set(named))
    assert EXPECTED.keys() == CALLS.keys()


def test_steps_are_called_by_services_only() -> None:
    """What asks nobody is out of reach of the SDK and the command line."""
    names = {step.rpartition(".")[2] for step in STEPS} - {"Context"}
    source = Path(hozon.__file__).parent
    for path in source.rglob("*.py"):
        floor = path.relative_to(source).parts[0]
        if floor in {"services", "testing"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("hozon.services"):
                assert names.isdisjoint(alias.name for alias in node.names), path


def test_services_alone_open_the_catalog() -> None:
    """Nobody reads or writes around what asks."""
    source = Path(hozon.__file__).parent
    for path in source.rglob("*.py"):
        if path.relative_to(source).parts[0] in {"services", "testing", "catalog"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"read", "write"}:
                assert not ast.unparse(node.value).endswith("catalog"), f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_call_does_what_the_table_says(
    name: str, worlds: Mapping[Visibility, tuple[Path, Things]], tmp_path: Path
) -> None:
    """For everybody and every visibility; what is not allowed changes nothing."""
    came = {}
    for visibility, who in COMBINATIONS:
        built, things = worlds[visibility]
        with visited(built, things, tmp_path / "world", PRINCIPALS[who]) as world:
            came[visibility, who], result = outcome(name, world)
            changed = world.rows() != things.rows
        if came[visibility, who] != ALLOWED or EXPECTED[name] in READING:
            assert not changed or name.rpartition(".")[2] in QUIET, (visibility, who, result)
        elif EXPECTED[name] is not OUTSIDE:
            assert changed or name.rpartition(".")[2] in QUIET, (visibility, who, result)
    table = {
        (visibility, who): expected(EXPECTED[name], visibility, who)
        for visibility, who in COMBINATIONS
    }
    assert came == table


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name] is MAINTAIN])
def test_the_operator_maintains_the_installation(
    name: str, worlds: Mapping[Visibility, tuple[Path, Things]], tmp_path: Path
) -> None:
    """Whoever owns it, and nobody else; an object that is needed is kept all the same."""
    built, things = worlds[Visibility.PRIVATE]
    with visited(built, things, tmp_path / "world", OPERATOR) as world:
        if name == "garbage.erase.erase_object":
            with pytest.raises(ObjectInUseError):
                CALLS[name](world)
        else:
            assert CALLS[name](world) is not None


@pytest.mark.parametrize("name", sorted(SAME_AS_ABSENT))
def test_what_is_hidden_looks_as_if_it_were_absent(
    name: str,
    worlds: Mapping[Visibility, tuple[Path, Things]],
    absent: Path,
    tmp_path: Path,
) -> None:
    """Word for word: the error, or the empty list, that an admin gets where nothing is."""
    built, things = worlds[Visibility.PRIVATE]
    with visited(absent, things, tmp_path / "world", PRINCIPALS["admin"]) as world:
        there = outcome(name, world)
    with visited(built, things, tmp_path / "world", PRINCIPALS["outsider"]) as world:
        here = outcome(name, world)
    assert here[0] == there[0] == MISSING
    assert type(here[1]) is type(there[1])
    assert str(here[1]) == str(there[1])
