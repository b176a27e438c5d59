"""Commit: what logging comes to, and what a failure leaves behind."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import CatalogError, StorageError, TypeConflictError
from hozon.model.places import Place
from hozon.model.tags import Tag
from hozon.model.versions import LogOutcome, VersionState
from hozon.ports.catalog import CatalogCounts, CatalogSession
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.lineage import list_logged
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore
from worlds import MNIST, Logger

Rows = Callable[[str], int]


class FullStore(MemoryObjectStore):
    """Takes as many objects as it has room for, then fails."""

    def __init__(self, room: int) -> None:
        """Have room for so many objects."""
        super().__init__()
        self.room = room
        self._door = threading.Lock()

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Fail when there is no room."""
        with self._door:
            if len(list(self.keys())) >= self.room:
                raise StorageError("The store is full", hint="Buy a larger one.")
            super().put(key, source, may_link=may_link)


class MeetingStore(MemoryObjectStore):
    """Lets uploads go on only when two writers have come this far."""

    def __init__(self) -> None:
        """Wait for two."""
        super().__init__()
        self._meeting = threading.Barrier(2, timeout=20)

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Wait for the other writer."""
        self._meeting.wait()
        super().put(key, source, may_link=may_link)


class InterruptedAfter:
    """A session whose transaction commits just before the user presses Ctrl-C."""

    def __init__(self, session: AbstractContextManager[CatalogSession]) -> None:
        """Wrap a session."""
        self._session = session

    def __enter__(self) -> CatalogSession:
        """Begin the transaction."""
        return self._session.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit it, and be interrupted."""
        self._session.__exit__(kind, error, trace)
        raise KeyboardInterrupt


@pytest.fixture
def rows(context: Context) -> Iterator[Rows]:
    """Give a function that counts the rows of a table, past the port."""
    engine = create_engine(context.catalog.url)

    def count(table: str) -> int:
        with engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608  Names of our own tables.

    yield count
    engine.dispose()


def counts(context: Context) -> CatalogCounts:
    """Count what is in the catalog."""
    with context.catalog.read() as session:
        return session.counts()


def aliases(logger: Logger, version_of: Iterable[int]) -> list[tuple[str, ...]]:
    """Give the aliases of versions of `mnist`, by number."""
    with logger.context.catalog.read() as session:
        collection = session.collections.find(MNIST)
        assert collection is not None
        found = [session.versions.find_by_index(collection.key, n) for n in version_of]
    return [version.aliases for version in found if version]


def test_the_first_version_is_v0_and_latest(logger: Logger, clock: ManualClock) -> None:
    """New content makes a version that carries `latest` and the given aliases."""
    result = logger.log("one", "best")
    version = result.version
    assert (result.outcome, str(version.path)) == (LogOutcome.CREATED, "ada/digits/mnist:v0")
    assert (version.state, version.aliases) == (VersionState.COMMITTED, ("best", "latest"))
    assert (version.size, version.file_count, version.created_at) == (3, 1, clock.now())


def test_each_new_content_takes_the_next_number(logger: Logger) -> None:
    """Numbers have no gaps, and `latest` goes along."""
    results = [logger.log(text) for text in ("one", "two", "three")]
    assert [result.version.index for result in results] == [0, 1, 2]
    assert aliases(logger, range(3)) == [(), (), ("latest",)]


def test_content_equal_to_latest_changes_nothing(logger: Logger, store: MemoryObjectStore) -> None:
    """No version, no object; but the given aliases are given."""
    logger.log("one")
    before, keys = counts(logger.context), list(store.keys())
    result = logger.log("one", "best")
    assert (result.outcome, result.version.index) == (LogOutcome.UNCHANGED, 0)
    assert result.version.aliases == ("best", "latest")
    assert (counts(logger.context), list(store.keys())) == (before, keys)


def test_content_equal_to_an_older_version_reuses_it(logger: Logger) -> None:
    """`latest` and the given aliases move back to it."""
    logger.log("one")
    logger.log("two", "best")
    result = logger.log("one", "best")
    assert (result.outcome, result.version.index) == (LogOutcome.REUSED, 0)
    assert aliases(logger, range(2)) == [("best", "latest"), ()]
    assert counts(logger.context).versions == 2


def test_content_equal_to_a_deleted_version_makes_a_new_one(
    logger: Logger, store: MemoryObjectStore
) -> None:
    """The number is new, and the bytes that are still there are not uploaded again."""
    first = logger.log("one").version
    keys = list(store.keys())
    delete_version(logger.context, first, delete_aliases=True)
    result = logger.log("one")
    assert (result.outcome, result.version.index) == (LogOutcome.CREATED, 1)
    assert list(store.keys()) == keys


def test_numbers_are_not_reused_after_a_delete(logger: Logger) -> None:
    """The number of the newest version stays taken when that version goes."""
    logger.log("one")
    delete_version(logger.context, logger.log("two").version, delete_aliases=True)
    assert logger.log("three").version.index == 2


def test_equal_files_are_stored_once(logger: Logger, store: MemoryObjectStore) -> None:
    """Within a version and across versions and collections."""
    commit_version(logger.context, logger.request(files={"a": b"same", "b/c": b"same"}))
    commit_version(logger.context, logger.request("other", files={"x": b"same", "y": b"new"}))
    assert len(list(store.keys())) == 2
    assert counts(logger.context).object_bytes == 7


def test_an_artifact_without_files_is_a_version(logger: Logger) -> None:
    """Metadata alone is worth a version."""
    version = commit_version(logger.context, logger.request(files={})).version
    assert (version.index, version.size, version.file_count) == (0, 0, 0)


def test_a_commit_holds_nothing_afterwards(logger: Logger, rows: Rows) -> None:
    """Pins are dropped with the commit."""
    logger.log("one")
    assert rows("pins") == 0


def test_a_commit_in_progress_pins_what_it_needs(logger: Logger, rows: Rows) -> None:
    """While bytes are uploaded, the version is PENDING, its digests are pinned, nobody sees it."""
    seen: list[tuple[int, int, int]] = []

    def look(_: int) -> None:
        seen.append((rows("pins"), rows("versions"), counts(logger.context).versions))

    commit_version(logger.context, logger.request(files={"a": b"one"}), progress=look)
    assert set(seen) == {(1, 1, 0)}


def test_progress_counts_every_byte(logger: Logger) -> None:
    """What is stored already, and what is there twice, counts as done."""
    logger.log("one")
    files = {"a": b"one", "b": b"12345", "c": b"1234567", "d": b"12345"}
    for _ in range(2):
        done: list[int] = []
        commit_version(logger.context, logger.request(files=files), progress=done.append)
        assert sum(done) == 20


def test_another_type_is_refused(logger: Logger, store: MemoryObjectStore) -> None:
    """The message names both types, and nothing is written."""
    logger.log("one")
    before, keys = counts(logger.context), list(store.keys())
    request = logger.request(files={"a": b"two"}, type_name="model")
    with pytest.raises(TypeConflictError, match="of type 'dataset', not 'model'") as caught:
        commit_version(logger.context, request)
    assert "type='dataset'" in caught.value.hint
    assert (counts(logger.context), list(store.keys())) == (before, keys)


def test_a_failed_upload_leaves_no_version(logger: Logger, rows: Rows) -> None:
    """No version, no pin, no entry; what has arrived has a place, and is the only key."""
    store = FullStore(room=1)
    context = replace(logger.context, store=store)
    request = logger.request(files={"a": b"one", "b": b"two", "c": b"three"}, apart=True)
    with pytest.raises(StorageError, match="full"):
        commit_version(context, request)
    assert [rows(table) for table in ("versions", "pins", "entries")] == [0] * 3
    assert (rows("objects"), len(list(store.keys()))) == (1, 1)
    assert counts(context).collections == 0


def test_what_has_arrived_is_not_uploaded_again(logger: Logger) -> None:
    """The next try sends the rest."""
    store = FullStore(room=2)
    context = replace(logger.context, store=store)
    files = {"a": b"one", "b": b"two", "c": b"three"}
    with pytest.raises(StorageError):
        commit_version(context, logger.request(files=files, apart=True))
    before = list(store.keys())
    store.room = 9
    assert commit_version(context, logger.request(files=files, apart=True)).version.index == 0
    assert len(before) == 2
    assert len(set(store.keys()) - set(before)) == 1


def test_a_failed_upload_can_be_repeated(logger: Logger) -> None:
    """The next try begins anew, and takes the number that the first did not use."""
    store = FullStore(room=0)
    context = replace(logger.context, store=store)
    request = logger.request(files={"a": b"one"})
    with pytest.raises(StorageError):
        commit_version(context, request)
    store.room = 9
    assert commit_version(context, request).version.index == 0


@pytest.mark.parametrize(("when", "versions"), [(2, 0), (3, 1)], ids=["places", "version"])
def test_an_interrupt_after_a_transaction_keeps_the_bytes(
    logger: Logger,
    store: MemoryObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    when: int,
    versions: int,
) -> None:
    """Bytes that have a place are not removed, whatever is raised afterwards."""
    catalog = logger.context.catalog
    write = catalog.write
    calls: list[int] = []

    def interrupted() -> AbstractContextManager[CatalogSession]:
        calls.append(1)
        return InterruptedAfter(write()) if len(calls) == when else write()

    monkeypatch.setattr(catalog, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        logger.log("one")
    assert counts(logger.context).versions == versions
    assert len(list(store.keys())) == 1
    assert counts(logger.context).object_bytes == 3


def test_two_writers_of_equal_content_make_one_version(logger: Logger, rows: Rows) -> None:
    """One makes it and the other finds it; the bytes uploaded twice are stored once."""
    store = MeetingStore()
    context = replace(logger.context, store=store)
    requests = [logger.request(files={"a": b"same"}) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda request: commit_version(context, request), requests))
    assert sorted(result.outcome for result in results) == ["created", "unchanged"]
    assert {result.version.index for result in results} == {0}
    assert len(list(store.keys())) == 1
    assert (rows("versions"), rows("pins"), rows("objects")) == (1, 0, 1)


def test_two_writers_of_one_file_store_it_once(logger: Logger) -> None:
    """Two versions that are uploaded at once share what they have in common."""
    store = MeetingStore()
    context = replace(logger.context, store=store)
    requests = [logger.request(name, files={"a": b"same"}) for name in ("x", "y")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda request: commit_version(context, request), requests))
    keys = list(store.keys())
    assert len(keys) == 1
    with context.catalog.read() as session:
        places = session.objects.places(requests[0].contents.manifest.sizes_by_digest)
    assert list(places.values()) == [Place(keys[0].key, 0, 4)]


def test_writers_at_once_take_numbers_without_gaps(logger: Logger) -> None:
    """Twelve threads, twelve versions, v0 to v11."""
    requests = [logger.request(files={"a": str(number).encode()}) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda request: commit_version(logger.context, request), requests)
    assert sorted(result.version.index for result in results) == list(range(12))


def test_the_run_is_remembered_as_the_maker(logger: Logger) -> None:
    """The first run stays the maker; every run that logs the content lists it."""
    first, second = logger.start_run("first"), logger.start_run("second")
    logger.log("one", run=first.key)
    version = logger.log("one", run=second.key).version
    assert str(version.producer) == "ada/digits/first"
    for run in (first, second):
        page = list_logged(logger.context, run.key).page(after=None, limit=9)
        assert [item.value.index for item in page] == [0]


def test_a_failing_catalog_is_reported(logger: Logger, store: MemoryObjectStore) -> None:
    """Without a catalog nothing is uploaded."""
    engine = create_engine(logger.context.catalog.url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE versions"))
    engine.dispose()
    with pytest.raises(CatalogError, match="no such table: versions"):
        logger.log("one")
    assert list(store.keys()) == []


def test_time_passes_between_versions(logger: Logger, clock: ManualClock) -> None:
    """Versions are dated by the catalog's clock."""
    first = logger.log("one").version
    clock.advance(timedelta(days=1))
    assert logger.log("two").version.created_at - first.created_at == timedelta(days=1)


def test_a_version_that_loses_an_alias_is_dated(logger: Logger, clock: ManualClock) -> None:
    """And so is one that gains one; a version that keeps its aliases is not."""
    first, second = logger.log("one", "kept").version, logger.log("two", "best").version
    now = clock.advance(timedelta(hours=1))
    third = logger.log("three", "best").version
    with logger.context.catalog.read() as session:
        dates = [session.versions.get(v.id).updated_at for v in (first, second, third)]
    assert dates == [first.updated_at, now, now]


def test_logging_what_is_there_already_changes_no_date(logger: Logger, clock: ManualClock) -> None:
    """Nothing about the version is new."""
    version = logger.log("one").version
    clock.advance(timedelta(hours=1))
    assert logger.log("one").version == version


def test_a_commit_is_dated_when_it_is_complete(logger: Logger, clock: ManualClock) -> None:
    """`created_at` is when the upload began, `updated_at` when it was done."""
    request = logger.request(files={"a": b"one"})
    began = clock.now()

    def upload_for_an_hour(done: int) -> None:
        if done:
            clock.advance(timedelta(hours=1))

    version = commit_version(logger.context, request, progress=upload_for_an_hour).version
    assert (version.created_at, version.updated_at) == (began, began + timedelta(hours=1))


def test_the_notes_of_a_request_are_those_of_the_version(logger: Logger) -> None:
    """Tags, TTL and the step of the run's history."""
    request = replace(
        logger.request(files={"a": b"one"}),
        tags=(Tag("small"),),
        ttl=timedelta(days=1),
        history_step=7,
    )
    version = commit_version(logger.context, request).version
    assert (version.tags, version.ttl, version.history_step) == (
        ("small",),
        timedelta(days=1),
        7,
    )


def test_a_version_that_is_found_again_gets_the_tags(logger: Logger, clock: ManualClock) -> None:
    """Beside those that it has, as it gets the aliases; its other notes stay."""
    request = replace(logger.request(files={"a": b"one"}), tags=(Tag("b"),))
    first = commit_version(logger.context, request).version
    now = clock.advance(timedelta(hours=1))
    again = replace(request, tags=(Tag("a"),), ttl=None, description="new", history_step=1)
    found = commit_version(logger.context, again).version
    assert (found.id, found.tags, found.updated_at) == (first.id, ("a", "b"), now)
    assert replace(found, tags=first.tags, updated_at=first.updated_at) == first
