"""A small world of which the matrix of access makes every call: one project with one of everything.

Owns what there is, and that each call meets it as it was built. Refuses to own what is expected of
the calls; that is `tests/integration/test_access_matrix.py`.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from hozon.bootstrap import open_catalog
from hozon.model.access import ANONYMOUS, Principal, Role, Visibility
from hozon.model.expiry import TeamTtl
from hozon.model.manifest import ManifestEntry
from hozon.model.names import Alias, CollectionName, EntityName, RunId, SweepId, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath, SweepPath
from hozon.model.places import PackSizes
from hozon.model.plans import DeletePlan, PlanRules
from hozon.model.retention import RetentionPolicy
from hozon.model.runs import Run, RunState
from hozon.model.sweep_config import parse_sweep_config
from hozon.model.sweeps import Sweep
from hozon.model.usage import NamePatterns
from hozon.model.versions import Version
from hozon.ports.catalog import Collection
from hozon.ports.retention import CollectionPolicy
from hozon.services.access import add_member, set_visibility
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.contents import Contents, StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_collection, delete_version
from hozon.services.drafts import hold_content
from hozon.services.garbage.collect import collect_garbage
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.leases import Upload
from hozon.services.lineage import record_use
from hozon.services.links import link_version, unlink_version
from hozon.services.plans import plan_delete
from hozon.services.protection import protect_alias
from hozon.services.references import refer_to_entry
from hozon.services.resolve import find_entry, read_version, resolve_collection
from hozon.services.runs import HeldRun, RunRequest, begin_run, end_run, log_metrics
from hozon.services.staging import StagingArea
from hozon.services.sweep_points import Claim, begin_point, claim_point
from hozon.services.sweeps import create_sweep
from hozon.services.ttl import set_collection_policy, set_project_ttl, set_team_ttl
from hozon.storage.local import LocalObjectStore
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryReferences

TEAM: Final = EntityName("vision")
AT: Final = ProjectPath.of(TEAM, "secret")
MNIST: Final = CollectionPath(AT, CollectionName("mnist"))
GONE: Final = CollectionPath(AT, CollectionName("gone"))
SHARED: Final = CollectionPath(AT, CollectionName("shared"))
RUN: Final = RunPath(AT, RunId("train"))
SWEEP: Final = SweepPath(AT, SweepId("search"))
LATEST: Final = ArtifactPath(MNIST, "latest")
DATASET: Final = TypeName("dataset")
LEASE: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
WAIT: Final = 10 * DAY
"""How long what was deleted first waits, until it is purged."""

OUTSIDE: Final = "memory://outside/data.csv"

OPERATOR: Final = Principal(EntityName("admin"), operator=True)
"""Who builds the world: an admin of the team, and the owner of the installation."""

PRINCIPALS: Final = {
    "admin": Principal(EntityName("admin")),
    "member": Principal(EntityName("member")),
    "viewer": Principal(EntityName("viewer")),
    "outsider": Principal(EntityName("outsider")),
    "anonymous": ANONYMOUS,
}
"""Who asks. None of them owns the installation."""


@dataclass(frozen=True, slots=True)
class Things:
    """What there is, as it was when it was made."""

    contents: Contents
    version: Version
    older: Version
    deleted: Version
    purged: Version
    referring: Version
    link: Version
    old_link: Version
    collection: Collection
    entry: ManifestEntry
    outside: ManifestEntry
    run: Run
    held: HeldRun
    resumed: HeldRun
    sweep: Sweep
    claim: Claim
    tried: Claim
    plan: DeletePlan
    holder: Upload
    area: StagingArea
    rows: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class World:
    """The world as one principal meets it."""

    context: Context
    things: Things
    folder: Path

    def rows(self) -> list[str]:
        """Read everything that is in the catalog."""
        return rows_of(self.folder)


def rows_of(folder: Path) -> list[str]:
    """Read everything that is in the catalog of an installation."""
    with closing(sqlite3.connect(folder / "catalog.db")) as connection:
        return list(connection.iterdump())


@contextmanager
def opened(folder: Path, principal: Principal, *, after: timedelta = WAIT) -> Iterator[Context]:
    """Open the installation in a folder, so long after it was made."""
    clock = ManualClock()
    clock.advance(after)
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.db'}", clock=clock)
    outside = MemoryReferences()
    outside.put(OUTSIDE, b"other people's")
    context = Context(
        catalog=catalog,
        store=LocalObjectStore(folder / "objects"),
        references=outside,
        principal=principal,
        staging=folder / "staging",
        sizes=PackSizes(),
        cache=None,
        cache_bytes=0,
    )
    yield context
    context.close()


@contextmanager
def visited(built: Path, things: Things, folder: Path, principal: Principal) -> Iterator[World]:
    """Let somebody into a copy of a world."""
    shutil.copytree(built, folder)
    try:
        with opened(folder, principal, after=WAIT + MINUTE) as context:
            yield World(context, things, folder)
    finally:
        shutil.rmtree(folder)


def build_team(folder: Path) -> None:
    """Make an installation with a team in which nothing was ever logged."""
    folder.mkdir()
    with opened(folder, OPERATOR) as context:
        for role in Role:
            add_member(context, TEAM, str(role), role)


def build_world(folder: Path, visibility: Visibility) -> Things:
    """Make an installation with a team, and a project that has one of everything."""
    build_team(folder)
    known = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=ManualClock())
    area = StagingArea(folder.parent / "staged", sizes=PackSizes(), known=known)
    with opened(folder, OPERATOR, after=timedelta()) as context:
        purged = _Builder(context, area).log(MNIST, "purged")
        delete_version(context, purged, delete_aliases=True)
    with opened(folder, OPERATOR) as context:
        collect_garbage(context)
        things = _Builder(context, area).build(purged)
        set_visibility(context, AT, visibility)
    return replace(things, rows=rows_of(folder))


@dataclass(frozen=True, slots=True)
class _Builder:
    """Makes things."""

    context: Context
    area: StagingArea

    def stage(self, text: str) -> Contents:
        """Stage one file."""
        contents = Contents()
        contents.put(self.area.stage_chunks([text.encode()], path="data.txt"))
        self.area.seal()
        return contents

    def log(
        self,
        path: CollectionPath,
        text: str,
        *aliases: str,
        held: HeldRun | None = None,
    ) -> Version:
        """Log one file."""
        run = held.run.key if held else None
        request = CommitRequest(
            path, DATASET, self.stage(text), [Alias(a) for a in aliases], None, {}, run
        )
        return commit_version(self.context, request).version

    def refer(self, entry: ManifestEntry, source: Version) -> Version:
        """Log a reference to an entry of another artifact."""
        contents = Contents()
        contents.put(StagedFile(refer_to_entry(source.id, entry, path="there.txt"), at=None))
        path = CollectionPath(AT, CollectionName("referring"))
        request = CommitRequest(path, DATASET, contents, [], None, {}, None)
        return commit_version(self.context, request).version

    def build(self, purged: Version) -> Things:
        """Make one of everything."""
        context = self.context
        ended = begin_run(context, RunRequest(AT, RUN.run_id))
        log_metrics(context, ended, {"loss": 1}, step=0, summary={"loss": 1}, again=False)
        version = self.log(MNIST, "newest", "best", held=ended)
        older = self.log(CollectionPath(AT, CollectionName("raw")), "raw")
        record_use(context, ended.run.key, older.id)
        end_run(context, ended, RunState.FINISHED, exit_code=0)
        deleted = self.log(MNIST, "deleted")
        delete_version(context, deleted, delete_aliases=True)
        self.log(GONE, "gone")
        delete_collection(context, resolve_collection(context, GONE))
        old_link = link_version(context, older, SHARED, aliases=[])
        unlink_version(context, old_link)
        link = link_version(context, version, SHARED, aliases=[])
        entry = find_entry(context, version, "data.txt")
        assert entry is not None
        protect_alias(context, AT, Alias("prod"))
        set_project_ttl(context, AT, 300 * DAY)
        set_team_ttl(context, TEAM, seen=TeamTtl(), wanted=TeamTtl(ttl=400 * DAY))
        collection = resolve_collection(context, MNIST)
        set_collection_policy(
            context,
            collection,
            seen=CollectionPolicy(),
            wanted=CollectionPolicy(200 * DAY, RetentionPolicy(keep_newest=5)),
        )
        sweep = create_sweep(context, AT, _GRID, sweep_id=SWEEP.sweep_id)
        claim = claim_point(context, sweep, lease=LEASE, optimizer=None)
        held = begin_run(context, RunRequest(AT, RunId("held"), sweep=sweep))
        log_metrics(context, held, {"loss": 2}, step=0, summary={"loss": 2}, again=False)
        assert isinstance(claim, Claim)
        tried = claim_point(context, sweep, lease=LEASE, optimizer=None)
        assert isinstance(tried, Claim)
        resumed = begin_run(context, RunRequest(AT, RunId("tried"), sweep=sweep))
        begin_point(context, tried, resumed.run.key)
        names = NamePatterns(("raw",))
        rules = PlanRules(delete_aliases=True)
        return Things(
            contents=self.stage("another"),
            version=version,
            older=older,
            deleted=read_version(context, deleted.id),
            purged=read_version(context, purged.id),
            referring=self.refer(entry, version),
            link=link,
            old_link=read_version(context, old_link.id),
            collection=collection,
            entry=entry,
            outside=ManifestEntry("data.csv", OUTSIDE, 14, OUTSIDE),
            run=ended.run,
            held=held,
            resumed=resumed,
            sweep=sweep,
            claim=claim,
            tried=tried,
            plan=plan_delete(context, AT, names=names, type_name=None, rules=rules),
            holder=hold_content(context, version),
            area=self.area,
        )


_GRID = parse_sweep_config(
    {
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"n": {"values": [0, 1, 2, 3]}},
    }
)
