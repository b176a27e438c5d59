"""A machine that logs, deletes, restores and collects in every order, and kills who is at work.

Owns what must hold after every step: what a version reaches that is not purged has a place, and its
bytes lie there; only what was deleted for long enough is purged; at the end nothing is left that
nobody needs. Refuses to own how often it is run; see `test_garbage` and `test_planted`.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from hozon.errors import (
    CatalogError,
    CollectorBusyError,
    CollectorLeaseError,
    HozonError,
    MissingObjectError,
    ObjectNotFoundError,
    StorageError,
    UploadLeaseError,
)
from hozon.model.access import Principal
from hozon.model.digests import digest_of_chunks
from hozon.model.garbage import CollectReport, Windows
from hozon.model.names import MAIN_STORE, Alias, EntityName, StoreName, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.places import PackSizes, Place
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import VersionId, VersionState
from hozon.ports.catalog import Catalog
from hozon.ports.object_store import ObjectStore
from hozon.services.commit import CommitRequest, CommitResult, commit_version
from hozon.services.contents import Contents, StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.drafts import hold_content, release_content
from hozon.services.garbage.collect import CollectOptions, collect_garbage
from hozon.services.garbage.erase import erase_version
from hozon.services.garbage.explain import explain_object
from hozon.services.garbage.recover import recover_version
from hozon.services.known_files import ForgetfulIndex, KnownFiles
from hozon.services.links import link_version
from hozon.services.references import refer_to_entry
from hozon.services.restore import restore_version
from hozon.services.staging import StagingArea
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryReferences
from stacks import fast_folder
from stepping import Actor, Killed, SteppingCatalog, SteppingStore

if TYPE_CHECKING:
    from hozon.services.leases import Upload

AT: Final = ProjectPath.of("ada", "digits")
TEAM: Final = EntityName("vision")
"""Who keeps bytes in a store of its own, on the stack that has one."""

THEIRS: Final = ProjectPath.of(TEAM, "digits")
RESTORE: Final = timedelta(days=7)
GRACE: Final = timedelta(hours=24)
MOMENT: Final = timedelta(microseconds=1)
SIZES: Final = PackSizes(pack_bytes=24, packed_file_bytes=9)
"""Small packs: three or four files each; contents of ten bytes have keys of their own."""

CONTENTS: Final = (b"one", b"two", b"three", b"four", b"five-five-", b"six-six-six")
"""What files hold: few contents, so that versions share them."""

COLLECTIONS: Final = ("mnist", "letters", "borrowers")
"""Where versions are logged; the last one holds those with references."""

PORTFOLIO: Final = CollectionPath.parse("chosen", default=AT)
"""Where versions are linked."""

TTLS: Final[Sequence[Ttl]] = (ArtifactTTL.INHERIT, timedelta(days=2), timedelta(days=10))
"""How long versions are to live; the first one for ever."""

STEPS: Final = Counter[str]()
"""How often each rule was applied, over all runs of this process."""


class Stack(Protocol):
    """Where a run of the machine keeps its data."""

    def __call__(self, folder: Path, clock: ManualClock) -> Any:  # noqa: ANN401  A context manager.
        """Open a new catalog and an empty store, as a context manager that gives both.

        It may give a second store, that of a team.
        """
        ...


@dataclass(slots=True)
class Known:
    """A version of which somebody was told, and what must be true of it."""

    files: dict[str, bytes]
    expires_at: datetime | None = None
    is_linked: bool = False
    deleted_at: datetime | None = None
    may_be_purged: bool = False


@dataclass(slots=True)
class Writer:
    """A process that logs a version."""

    actor: Actor
    files: dict[str, bytes]
    began_at: datetime


@dataclass(slots=True)
class World:
    """What the machine works on."""

    catalog: Catalog
    stores: dict[StoreName, ObjectStore]
    folder: Path
    clock: ManualClock
    area: StagingArea
    known: dict[VersionId, Known] = field(default_factory=dict[VersionId, Known])

    def context(self, actor: Actor | None = None) -> Context:
        """Give what a service needs: step by step for an actor, at once for everybody else."""
        windows = Windows(restore=RESTORE, grace=GRACE)
        context = Context(
            catalog=self.catalog,
            store=self.stores[MAIN_STORE],
            references=MemoryReferences(),
            principal=Principal(EntityName("ada"), operator=True),
            staging=self.folder / "staging",
            sizes=SIZES,
            cache=None,
            cache_bytes=0,
            windows=windows,
            connectors=Connected(self.stores),
        )
        if actor is None:
            return context
        stores = {n: SteppingStore(store, actor) for n, store in self.stores.items()}
        return replace(
            context,
            catalog=SteppingCatalog(self.catalog, actor),
            store=stores[MAIN_STORE],
            connectors=Connected(stores),
        )

    def keys(self) -> dict[tuple[StoreName, str], int]:
        """List what lies under which key of each store, in bytes."""
        return {
            (name, stored.key): stored.size
            for name, store in self.stores.items()
            for stored in store.keys("")
        }


class FalteringClock(ManualClock):
    """A clock that is set back now and then, as clocks of servers are."""

    def __init__(self) -> None:
        """Stand at the start."""
        super().__init__()
        self.latest = self.now()
        """The latest time that anybody was told."""

    def advance(self, by: timedelta) -> datetime:
        """Let time pass."""
        self.latest = max(self.latest, super().advance(by))
        return self.now()

    def set_back(self, by: timedelta) -> None:
        """Tell an earlier time from now on."""
        self._now -= by


class Connected:
    """The store of the team, if it has one."""

    def __init__(self, stores: Mapping[StoreName, ObjectStore]) -> None:
        """Know all stores."""
        self._stores = stores

    @property
    def teams(self) -> list[EntityName]:
        """Name the team."""
        return [EntityName(name) for name in self._stores if name != MAIN_STORE]

    def open(self, team: EntityName) -> ObjectStore:
        """Give its store."""
        return self._stores[StoreName(team)]

    def close(self) -> None:
        """Leave it open: others use it, too."""


FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(CONTENTS), min_size=1, max_size=4
)


class Lifecycle(RuleBasedStateMachine):
    """The life of versions under everything that can happen to them."""

    stack: ClassVar[Stack]
    """Where data is kept; set by a subclass."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._stack = ExitStack()
        self.folder = fast_folder()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.clock = FalteringClock()
        opened = self._stack.enter_context(type(self).stack(self.folder, self.clock))
        catalog, *stores = opened
        index = KnownFiles(ForgetfulIndex(), stored=lambda _: (), clock=self.clock)
        area = StagingArea(self.folder / "drafts", sizes=SIZES, known=index)
        self._stack.callback(area.clear)
        by_name = dict(zip((MAIN_STORE, StoreName(TEAM)), stores, strict=False))
        self.world = World(catalog, by_name, self.folder, self.clock, area)
        self.writers: list[Writer] = []
        self.collectors: list[Actor] = []
        self.holders: list[Upload] = []
        self.names = count()

    @initialize(files=st.lists(FILES, min_size=2, max_size=4))
    def begin_with_some(self, files: list[dict[str, bytes]]) -> None:
        """Lives are short: they begin with some versions, the first of them deleted."""
        self._did("begin_with_some")
        for content in files:
            self._write(self._stage(content), content, COLLECTIONS[0])
            writer = self.writers[-1]
            writer.actor.finish()
            self._see(writer)
        self._delete(min(self.world.known))

    # Writers

    @rule(files=FILES, collection=st.sampled_from(COLLECTIONS[:2]), ttl=st.sampled_from(TTLS))
    def begin_to_log(self, files: dict[str, bytes], collection: str, ttl: Ttl) -> None:
        """A process stages files and begins to commit them."""
        self._did("begin_to_log")
        if len(self.writers) < 3:
            self._write(self._stage(files), files, collection, ttl=ttl)

    @precondition(lambda self: self._committed())
    @rule(data=st.data(), files=FILES)
    def begin_to_log_with_a_reference(self, data: st.DataObject, files: dict[str, bytes]) -> None:
        """A process logs files beside an entry of another artifact."""
        self._did("begin_to_log_with_a_reference")
        source = data.draw(st.sampled_from(self._committed()))
        with self.world.catalog.read() as session:
            entry = next(iter(session.versions.manifest(source)))
        if len(self.writers) < 3:
            contents = self._stage(files)
            contents.put(StagedFile(refer_to_entry(source, entry, path="borrowed"), None))
            content = next(c for c in CONTENTS if digest_of_chunks([c]) == entry.digest)
            self._write(contents, {**files, "borrowed": content}, COLLECTIONS[2])

    @precondition(lambda self: self.writers)
    @rule(data=st.data(), steps=st.integers(1, 4))
    def go_on_logging(self, data: st.DataObject, steps: int) -> None:
        """A writer comes some steps further."""
        self._did("go_on_logging")
        writer = data.draw(st.sampled_from(self.writers))
        for _ in range(steps):
            writer.actor.step()
        self._see(writer)

    @precondition(lambda self: self.writers)
    @rule(data=st.data())
    def finish_logging(self, data: st.DataObject) -> None:
        """A writer comes to its end."""
        self._did("finish_logging")
        writer = data.draw(st.sampled_from(self.writers))
        writer.actor.finish()
        self._see(writer)

    @precondition(lambda self: self.writers)
    @rule(data=st.data())
    def kill_a_writer(self, data: st.DataObject) -> None:
        """The process of a writer ends at once."""
        self._did("kill_a_writer")
        writer = data.draw(st.sampled_from(self.writers))
        writer.actor.kill()
        self.writers.remove(writer)

    @precondition(lambda self: self.writers or self.collectors)
    @rule(data=st.data(), after=st.booleans())
    def let_a_call_fail(self, data: st.DataObject, *, after: bool) -> None:
        """The store or the catalog does not answer, though it may have done what it was told."""
        self._did("let_a_call_fail")
        actors = [*(writer.actor for writer in self.writers), *self.collectors]
        data.draw(st.sampled_from(actors)).fail(after=after)

    # Users

    @precondition(lambda self: self._committed())
    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        """Somebody lets a version stand in a portfolio, which suspends its TTL."""
        self._did("link")
        key = data.draw(st.sampled_from(self._committed()))
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(key)
        link_version(context, version, PORTFOLIO, aliases=[])
        self.world.known[key].is_linked = True

    @precondition(lambda self: self._committed())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Somebody deletes a version with its aliases."""
        self._did("delete")
        self._delete(data.draw(st.sampled_from(self._committed())))

    @precondition(lambda self: self._in_state(VersionState.DELETED, VersionState.PURGED))
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """Somebody restores a deleted version; one that is purged stays so."""
        self._did("restore")
        gone = self._in_state(VersionState.DELETED, VersionState.PURGED)
        key = data.draw(st.sampled_from(gone))
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(key)
        try:
            restore_version(context, version)
        except HozonError:
            assert version.state is VersionState.PURGED
        else:
            self._is_back(key)

    @precondition(lambda self: self._in_state(VersionState.PURGED))
    @rule(data=st.data())
    def recover(self, data: st.DataObject) -> None:
        """An admin brings back what was purged, if its bytes are somewhere."""
        self._did("recover")
        key = data.draw(st.sampled_from(self._in_state(VersionState.PURGED)))
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(key)
        try:
            recover_version(context, version)
        except (MissingObjectError, CollectorBusyError):
            return
        self._is_back(key)
        self.world.known[key].is_linked = False  # As its aliases, its links are forgotten.

    @precondition(lambda self: self._in_state(VersionState.DELETED))
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        """An admin leaves nothing of a deleted version."""
        self._did("erase")
        key = data.draw(st.sampled_from(self._in_state(VersionState.DELETED)))
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(key)
        try:
            erase_version(context, version)
        except CollectorBusyError:
            return
        self.world.known[key].may_be_purged = True

    @precondition(lambda self: self._committed())
    @rule(data=st.data())
    def begin_a_draft(self, data: st.DataObject) -> None:
        """Somebody takes over what a version holds."""
        self._did("begin_a_draft")
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(data.draw(st.sampled_from(self._committed())))
        self.holders.append(hold_content(context, version))

    @precondition(lambda self: self.holders)
    @rule()
    def give_up_a_draft(self) -> None:
        """The draft is dropped."""
        self._did("give_up_a_draft")
        release_content(self.world.context(), self.holders.pop())

    # Collectors

    @rule(max_unused=st.sampled_from([0.0, 0.25, 1.0]))
    def begin_to_collect(self, max_unused: float) -> None:
        """A process begins a pass."""
        self._did("begin_to_collect")
        if len(self.collectors) < 2:
            actor = Actor(f"collector {next(self.names)}")
            context = self.world.context(actor)
            options = CollectOptions(max_unused=max_unused)
            actor.begin(lambda: collect_garbage(context, options))
            self.collectors.append(actor)

    @precondition(lambda self: self.collectors)
    @rule(data=st.data(), steps=st.integers(1, 12))
    def go_on_collecting(self, data: st.DataObject, steps: int) -> None:
        """A collector comes some steps further."""
        self._did("go_on_collecting")
        actor = data.draw(st.sampled_from(self.collectors))
        for _ in range(steps):
            actor.step()
        self._see_collector(actor)

    @precondition(lambda self: self.collectors)
    @rule(data=st.data())
    def finish_collecting(self, data: st.DataObject) -> None:
        """A collector comes to its end."""
        self._did("finish_collecting")
        actor = data.draw(st.sampled_from(self.collectors))
        actor.finish()
        self._see_collector(actor)

    @precondition(lambda self: self.collectors)
    @rule(data=st.data())
    def kill_a_collector(self, data: st.DataObject) -> None:
        """The process of a collector ends at once."""
        self._did("kill_a_collector")
        actor = data.draw(st.sampled_from(self.collectors))
        actor.kill()
        self.collectors.remove(actor)

    @rule()
    def collect(self) -> None:
        """A whole pass, if nobody else is at work."""
        self._did("collect")
        try:
            self._check_report(collect_garbage(self.world.context(), CollectOptions(max_unused=0)))
        except CollectorBusyError:
            return
        self._explanations_are_true()

    @precondition(lambda self: self._in_state(VersionState.DELETED))
    @rule(
        data=st.data(),
        turns=st.lists(
            st.tuples(st.just(value=True), st.integers(1, 3))
            | st.tuples(st.just(value=False), st.integers(1, 20)),
            min_size=3,
            max_size=8,
        ),
        max_unused=st.sampled_from([0.0, 1.0]),
    )
    def race(self, data: st.DataObject, turns: list[tuple[bool, int]], max_unused: float) -> None:
        """What a version held is logged anew, just while a collector is about to give it up."""
        self._did("race")
        key = data.draw(st.sampled_from(self._in_state(VersionState.DELETED)))
        self.clock.advance(timedelta(days=8))
        context = self.world.context(collector := Actor(f"collector {next(self.names)}"))
        options = CollectOptions(max_unused=max_unused)
        files = self.world.known[key].files
        self._write(self._stage(files), files, data.draw(st.sampled_from(COLLECTIONS[:2])))
        writer = self.writers[-1] if self.writers else None
        collector.begin(lambda: collect_garbage(context, options))
        for writes, steps in turns:
            actor = writer.actor if writes and writer is not None else collector
            for _ in range(steps):
                actor.step()
            self.nothing_needed_is_lost()
        self.collectors.append(collector)
        self._see_collector(collector)
        if writer is not None:
            self._see(writer)

    # Time

    @rule(
        by=st.sampled_from(
            [timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=25), timedelta(days=8)]
        )
    )
    def let_time_pass(self, by: timedelta) -> None:
        """Leases, graces and windows run out."""
        self._did("let_time_pass")
        self.clock.advance(by)

    @rule(by=st.sampled_from([timedelta(seconds=1), timedelta(minutes=2)]))
    def set_the_clock_back(self, by: timedelta) -> None:
        """By less than what ages are judged with."""
        self._did("set_the_clock_back")
        self.clock.set_back(by)

    @precondition(lambda self: self._in_state(VersionState.DELETED))
    @rule(early=st.booleans())
    def let_a_window_end(self, *, early: bool) -> None:
        """The last moment at which a version may be restored, or the first at which it may not."""
        self._did("let_a_window_end")
        deleted = [
            known.deleted_at
            for known in self.world.known.values()
            if known.deleted_at is not None and known.deleted_at + RESTORE > self.clock.now()
        ]
        if deleted:
            end = min(deleted) + RESTORE
            wait = end - self.clock.now() - (MOMENT if early else timedelta())
            self.clock.advance(max(timedelta(), wait))

    # What must hold

    @invariant()
    def nothing_needed_is_lost(self) -> None:
        """What a version reaches that is not purged has a place, and lies there."""
        listed = self.world.keys()
        for version, path, _digest, store, place in self._needed():
            assert place is not None, f"{version} lost the place of {path}"
            assert listed.get((store, place.key), -1) >= place.end, f"{version} lost {path}"

    @invariant()
    def versions_are_what_users_were_told(self) -> None:
        """Only what was deleted for long enough, or erased, is purged; only a TTL deletes alone."""
        now = self.clock.latest
        states = self._states()
        for key, known in self.world.known.items():
            state = states[key]
            if known.deleted_at is None:
                if state is VersionState.COMMITTED:
                    continue
                expires_at = known.expires_at
                assert expires_at is not None, f"{key} is {state}"
                assert now >= expires_at, f"{key} is {state}, and expires at {expires_at}"
                assert not known.is_linked, f"{key} is {state}, though it is linked"
                known.deleted_at = self.clock.now()
            if now >= known.deleted_at + RESTORE:
                known.may_be_purged = True
            allowed = {VersionState.DELETED}
            if known.may_be_purged:
                allowed.add(VersionState.PURGED)
            assert state in allowed, f"{key} is {state}, deleted at {known.deleted_at}"

    def teardown(self) -> None:
        """Let everybody end, wait, collect once, and see what is left."""
        try:
            self._end()
        finally:
            for writer in self.writers:
                writer.actor.kill()
            for actor in self.collectors:
                actor.kill()
            self._stack.close()

    def _end(self) -> None:
        for number, writer in enumerate(list(self.writers)):
            writer.actor.kill() if number % 2 else writer.actor.finish()
            self._see(writer)
        for actor in self.collectors:
            actor.kill()
        self.clock.advance(timedelta(days=40))
        context = self.world.context()
        options = CollectOptions(max_unused=0)
        self._check_report(collect_garbage(context, options))  # Sees strays for the first time.
        self.clock.advance(timedelta(days=2))
        report = collect_garbage(context, options)
        self._check_report(report)
        assert not report.failures, report.failures
        self.nothing_needed_is_lost()
        self._explanations_are_true()
        needed: dict[tuple[StoreName, str], int] = {}
        found = defaultdict[VersionId, dict[str, bytes]](dict)
        for version, path, digest, store, place in self._needed():
            assert place is not None
            needed[store, digest] = place.length
            found[version][path] = b"".join(self.world.stores[store].read(place))
        for version, known in self.world.known.items():
            if version in found:
                assert found[version] == known.files
        stored = sum(self.world.keys().values())
        assert stored == sum(needed.values()), "dead bytes are left in live keys"

    # The machine's own

    def _explanations_are_true(self) -> None:
        """Who is said to need bytes is who needs them, and where somebody does they lie."""
        holders = defaultdict[str, set[tuple[VersionId, StoreName]]](set)
        for version, _path, digest, store, _place in self._needed():
            holders[digest].add((version, store))
        for content in CONTENTS:
            digest = digest_of_chunks([content])
            try:
                _, found = explain_object(self.world.context(), digest)
            except ObjectNotFoundError:
                assert digest not in holders, f"nobody knows {content!r}"
                continue
            said = {
                (version.id, StoreName(each.team or MAIN_STORE))
                for each in found
                for version in each.reasons.versions
            }
            assert said == holders[digest], f"{content!r} is explained by {said}"
            kept = {StoreName(e.team or MAIN_STORE) for e in found if e.reasons.place is not None}
            assert {store for _, store in said} <= kept, f"{content!r} lies in {kept}"

    def _delete(self, key: VersionId) -> None:
        context = self.world.context()
        with context.catalog.read() as session:
            version = session.versions.get(key)
        delete_version(context, version, delete_aliases=True, force_links=True)
        self.world.known[key].deleted_at = self.clock.now()

    def _did(self, name: str) -> None:
        STEPS[name] += 1

    def _stage(self, files: dict[str, bytes]) -> Contents:
        contents = Contents()
        for path, content in files.items():
            contents.put(self.world.area.stage_chunks([content], path=path))
        self.world.area.seal()
        return contents

    def _write(
        self,
        contents: Contents,
        files: dict[str, bytes],
        collection: str,
        *,
        ttl: Ttl = ArtifactTTL.INHERIT,
    ) -> None:
        actor = Actor(f"writer {next(self.names)}")
        context = self.world.context(actor)
        request = CommitRequest(
            collection=CollectionPath.parse(collection, default=self._owner(collection)),
            type=TypeName("dataset"),
            contents=contents,
            aliases=[Alias("best")],
            description=None,
            metadata={},
            run=None,
            ttl=ttl,
        )
        actor.begin(lambda: commit_version(context, request))
        writer = Writer(actor, files, self.clock.now())
        self.writers.append(writer)
        self._see(writer)

    def _owner(self, collection: str) -> ProjectPath:
        """Say whose a collection is: on the stack that has a store for it, one is the team's."""
        return THEIRS if len(self.world.stores) > 1 and collection == COLLECTIONS[1] else AT

    def _see(self, writer: Writer) -> None:
        """Look at a writer that may have ended."""
        actor = writer.actor
        if not actor.is_done or writer not in self.writers:
            return
        self.writers.remove(writer)
        if isinstance(actor.result, CommitResult):
            version = actor.result.version
            expires_at = version.created_at + version.ttl if version.ttl in TTLS[1:] else None
            known = self.world.known.setdefault(version.id, Known(writer.files, expires_at))
            assert known.files == writer.files
        elif isinstance(actor.error, UploadLeaseError):
            waited = self.clock.now() - writer.began_at
            assert waited >= timedelta(hours=24), f"given up after {waited}"
        elif isinstance(actor.error, MissingObjectError):
            assert "borrowed" in writer.files, actor.error  # Its source was erased meanwhile.
        elif actor.has_failed and isinstance(actor.error, CatalogError | StorageError):
            pass  # It may be committed all the same: the answer was lost.
        elif actor.error is not None and not isinstance(actor.error, Killed):
            raise actor.error

    def _see_collector(self, actor: Actor) -> None:
        """Look at a collector that may have ended."""
        if not actor.is_done:
            return
        self.collectors.remove(actor)
        if isinstance(actor.result, CollectReport):
            self._check_report(actor.result)
        elif actor.has_failed and isinstance(actor.error, CatalogError | StorageError):
            pass
        elif not isinstance(actor.error, CollectorBusyError | CollectorLeaseError):
            assert actor.error is not None
            raise actor.error

    def _check_report(self, report: CollectReport) -> None:
        assert not report.missing, f"the store is damaged: {report.missing}"

    def _is_back(self, key: VersionId) -> None:
        known = self.world.known[key]
        known.deleted_at, known.may_be_purged = None, False

    def _needed(self) -> list[tuple[VersionId, str, str, StoreName, Place | None]]:
        """List what is reached by versions that keep their bytes, and where it lies.

        It asks the tables, past everything that is being tested.
        """
        with self.world.catalog.read() as session:
            rows = session.connection.execute(_NEEDED).all()  # type: ignore[attr-defined]
        return [
            (VersionId(version), path, digest, store, Place(key, at, length) if key else None)
            for version, path, digest, store, key, at, length in rows
        ]

    def _states(self) -> dict[VersionId, VersionState]:
        """Read the states of all versions that were ever committed."""
        with self.world.catalog.read() as session:
            rows = session.connection.execute(_STATES).all()  # type: ignore[attr-defined]
        return {VersionId(key): VersionState(state) for key, state in rows}

    def _in_state(self, *states: VersionState) -> list[VersionId]:
        found = self._states()
        return [key for key in self.world.known if found[key] in states]

    def _committed(self) -> list[VersionId]:
        return self._in_state(VersionState.COMMITTED)


_STATES: Final = text("SELECT id, state FROM versions WHERE state <> 'PENDING'")

_NEEDED: Final = text("""
SELECT v.id, e.path, e.digest, v.store, o.key, o.offset_bytes, o.length_bytes
FROM versions v JOIN entries e ON e.version_id = v.id
LEFT JOIN objects o ON o.digest = e.digest AND o.store = v.store
WHERE v.state IN ('COMMITTED', 'DELETED') ORDER BY v.id, e.path
""")
