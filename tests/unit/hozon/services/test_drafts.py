"""Drafts of versions, and adding to what is latest."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import EntryConflictError, MissingObjectError, VersionStateError
from hozon.model.manifest import ManifestEntry
from hozon.model.versions import LogOutcome
from hozon.services.commit import LEASE, CommitRequest, CommitResult, commit_version
from hozon.services.contents import Contents, StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.drafts import hold_content, release_content
from hozon.services.resolve import load_manifest
from hozon.testing.faulty import FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger

Query = Callable[[str], list[object]]


@pytest.fixture
def query(context: Context) -> Iterator[Query]:
    """Give a function that reads past the port."""
    engine = create_engine(context.catalog.url)

    def run(statement: str) -> list[object]:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [row[0] for row in result] if result.returns_rows else []

    yield run
    engine.dispose()


def add(logger: Logger, files: dict[str, bytes], context: Context | None = None) -> CommitResult:
    """Log files on top of what is latest."""
    request = replace(logger.request(files=files), incremental=True)
    return commit_version(context or logger.context, request)


def paths(logger: Logger, result: CommitResult) -> list[str]:
    """List the paths of a version."""
    return list(load_manifest(logger.context, result.version.id).entries)


# Adding to what is latest.


def test_what_is_added_comes_on_top(logger: Logger) -> None:
    """Path by path: new ones join, equal ones stay, others take the place; `v0` stays as it was."""
    first = commit_version(logger.context, logger.request(files={"a": b"1", "b": b"2"}))
    result = add(logger, {"b": b"two", "c/d": b"3"})
    version = result.version
    assert (version.index, version.aliases, version.file_count) == (1, ("latest",), 3)
    assert version.size == 5
    manifest = load_manifest(logger.context, version.id)
    assert list(manifest.entries) == ["a", "b", "c/d"]
    assert manifest.entries["b"].size == 3
    assert manifest.digest == version.digest
    assert paths(logger, first) == ["a", "b"]


def test_the_first_is_alone(logger: Logger) -> None:
    """There is nothing to add to."""
    result = add(logger, {"a": b"1"})
    assert (result.version.index, paths(logger, result)) == (0, ["a"])


def test_adding_what_is_there_changes_nothing(logger: Logger) -> None:
    """Equal content is found, not made."""
    commit_version(logger.context, logger.request(files={"a": b"1", "b": b"2"}))
    result = add(logger, {"b": b"2"})
    assert (result.outcome, result.version.index) == (LogOutcome.UNCHANGED, 0)
    assert add(logger, {}).outcome is LogOutcome.UNCHANGED


def test_adding_may_lead_back_to_an_older_version(logger: Logger) -> None:
    """That version is reused."""
    for files in ({"a": b"1", "b": b"2"}, {"a": b"1", "b": b"two"}):
        commit_version(logger.context, logger.request(files=files))
    result = add(logger, {"b": b"2"})
    assert (result.outcome, result.version.index) == (LogOutcome.REUSED, 0)


@pytest.mark.parametrize(
    ("there", "added", "named"),
    [("a", "a/b", "a"), ("a/b", "a", "a"), ("a/b/c", "a/b", "a/b"), ("x/y", "x/y/z/w", "x/y")],
)
def test_no_path_is_a_file_and_a_folder(
    logger: Logger, query: Query, there: str, added: str, named: str
) -> None:
    """Such a version could never be downloaded; nothing is left of the try."""
    commit_version(logger.context, logger.request(files={there: b"1"}))
    with pytest.raises(EntryConflictError, match=f"'{named}' would be both a file and a fold") as c:
        add(logger, {added: b"2"})
    assert "incremental" in c.value.hint
    assert query("SELECT state FROM versions") == ["COMMITTED"]
    assert query("SELECT count(*) FROM pins") == [0]


def test_what_was_deleted_is_not_added_to(logger: Logger) -> None:
    """`latest` has fallen to the version before."""
    commit_version(logger.context, logger.request(files={"a": b"1"}))
    second = commit_version(logger.context, logger.request(files={"b": b"2"}))
    delete_version(logger.context, second.version, delete_aliases=True)
    assert paths(logger, add(logger, {"c": b"3"})) == ["a", "c"]


def test_only_what_is_added_is_uploaded(logger: Logger) -> None:
    """What is latest is neither read nor sent."""
    store = FaultyObjectStore(MemoryObjectStore())
    context = replace(logger.context, store=store)
    commit_version(context, logger.request(files={"a": b"1" * 100}))
    before = (len(store.puts), len(store.reads))
    add(logger, {"b": b"2"}, context)
    assert len(store.puts) == before[0] + 1
    assert {place.length for place in store.reads[before[1] :]} == {1}


def test_two_that_add_at_once_lose_nothing(logger: Logger) -> None:
    """They upload side by side; the second adds to what the first made."""
    meeting = threading.Barrier(2, timeout=20)

    class MeetingStore(MemoryObjectStore):
        def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
            meeting.wait()
            super().put(key, source, may_link=may_link)

    commit_version(logger.context, logger.request(files={"a": b"1"}))
    context = replace(logger.context, store=MeetingStore())
    requests = [
        replace(logger.request(files={name: name.encode()}), incremental=True) for name in "xy"
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda request: commit_version(context, request), requests))
    last = max(results, key=lambda result: result.version.index)
    assert sorted(result.version.index for result in results) == [1, 2]
    assert paths(logger, last) == ["a", "x", "y"]


def test_many_that_add_lose_nothing(logger: Logger) -> None:
    """Twelve, four at a time, each from the beginning."""
    requests = [
        replace(logger.request(files={f"{number:02}": b"%d" % number}), incremental=True)
        for number in range(12)
    ]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda r: commit_version(logger.context, r), requests))
    last = max(results, key=lambda result: result.version.index)
    assert paths(logger, last) == [f"{number:02}" for number in range(12)]
    assert sorted(result.version.index for result in results) == list(range(12))


# Drafts of a version.


def taking_over(logger: Logger, result: CommitResult, files: dict[str, bytes]) -> CommitRequest:
    """Describe a version that takes another over, and adds to it."""
    contents = Contents()
    for entry in load_manifest(logger.context, result.version.id):
        contents.put(StagedFile(entry, None))
    request = logger.request(files=files)
    for file in request.contents:
        contents.put(file)
    return replace(request, contents=contents)


def test_what_is_held_is_pinned(logger: Logger, query: Query) -> None:
    """Each content once, until it is released; doing so again does nothing."""
    version = commit_version(
        logger.context, logger.request(files={"a": b"1", "b": b"2", "copy": b"1"})
    ).version
    holder = hold_content(logger.context, version)
    assert query("SELECT count(*) FROM pins") == [2]
    assert query("SELECT state FROM versions ORDER BY id DESC LIMIT 1") == ["PENDING"]
    for _ in range(2):
        release_content(logger.context, holder)
        assert query("SELECT count(*) FROM pins") == [0]
        assert query("SELECT state FROM versions") == ["COMMITTED"]


def test_a_hold_ends_by_itself(logger: Logger, query: Query) -> None:
    """A lease says how long it counts, by the catalog's clock."""
    holder = hold_content(logger.context, logger.log("one").version)
    (end,) = query("SELECT lease_expires_at FROM versions WHERE state = 'PENDING'")
    now = logger.context.catalog.now()
    assert timedelta(hours=24) == LEASE
    assert datetime.fromisoformat(str(end)).replace(tzinfo=UTC) == now + LEASE
    release_content(logger.context, holder)


def test_two_hold_apart(logger: Logger, query: Query) -> None:
    """What one releases the other still holds; nobody sees either."""
    version = logger.log("one").version
    first, second = (hold_content(logger.context, version) for _ in range(2))
    release_content(logger.context, first)
    assert query("SELECT version_id FROM pins") == [second.version]
    with logger.context.catalog.read() as session:
        assert session.counts().versions == 1


def test_a_deleted_version_is_not_held(logger: Logger, query: Query) -> None:
    """Its bytes may go at any time."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    with pytest.raises(VersionStateError):
        hold_content(logger.context, version)
    assert query("SELECT count(*) FROM pins") == [0]


def test_releasing_what_cannot_be_reached_is_no_error(logger: Logger, query: Query) -> None:
    """The lease does it later."""
    holder = hold_content(logger.context, logger.log("one").version)
    query("ALTER TABLE versions RENAME TO gone")
    release_content(logger.context, holder)
    query("ALTER TABLE gone RENAME TO versions")
    assert query("SELECT count(*) FROM pins") == [1]


def test_what_is_taken_over_is_neither_read_nor_sent(logger: Logger) -> None:
    """Its bytes are stored."""
    store = FaultyObjectStore(MemoryObjectStore())
    context = replace(logger.context, store=store)
    first = commit_version(context, logger.request(files={"a": b"1" * 100}))
    store.puts.clear()
    store.reads.clear()
    done: list[int] = []
    result = commit_version(context, taking_over(logger, first, {"b": b"2"}), progress=done.append)
    assert len(store.puts) == 1
    assert {place.length for place in store.reads} == {1}
    assert paths(logger, result) == ["a", "b"]
    assert sum(done) == 101


def test_what_was_taken_over_and_is_gone_is_named(logger: Logger, query: Query) -> None:
    """No version is made, and the hint says where to begin again."""
    first = commit_version(logger.context, logger.request(files={"a": b"1"}))
    request = taking_over(logger, first, {"b": b"2"})
    query("DELETE FROM objects")
    with pytest.raises(MissingObjectError, match="which this artifact takes over") as caught:
        commit_version(logger.context, request)
    assert "Make the draft again" in caught.value.hint
    assert query("SELECT state FROM versions") == ["COMMITTED"]
    assert query("SELECT count(*) FROM pins") == [0]


def test_references_are_taken_over(logger: Logger) -> None:
    """They have no bytes of ours."""
    reference = ManifestEntry("r", "etag", None, "s3://b/k", {"versionID": "1"})
    request = logger.request(files={"a": b"1"})
    request.contents.put(StagedFile(reference, None))
    first = commit_version(logger.context, request)
    result = commit_version(logger.context, taking_over(logger, first, {"b": b"2"}))
    manifest = load_manifest(logger.context, result.version.id)
    assert list(manifest.entries) == ["a", "b", "r"]
    assert manifest.entries["r"] == reference
