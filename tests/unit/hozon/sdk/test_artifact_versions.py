"""From one version to the next: drafts of a version, and adding to what is latest."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import hozon
from hozon.errors import (
    EntryConflictError,
    EntryNotFoundError,
    MissingObjectError,
    VersionStateError,
)
from hozon.ports.object_store import ObjectStore
from hozon.settings import load_settings
from hozon.testing.faulty import FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore

LogText = Callable[..., hozon.Artifact]
UseStore = Callable[[ObjectStore], None]
Query = Callable[[str], list[object]]


@pytest.fixture
def query() -> Iterator[Query]:
    """Give a function that reads the catalog past the port."""
    engine = create_engine(load_settings().catalog_url)

    def run(statement: str) -> list[object]:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [row[0] for row in result] if result.returns_rows else []

    yield run
    engine.dispose()


def write(artifact: hozon.Artifact, path: str, content: str, mode: str = "x") -> None:
    """Write a file straight in."""
    with artifact.new_file(path, mode=mode) as file:
        file.write(content)


def log(artifact: hozon.Artifact) -> hozon.Artifact:
    """Log a draft and wait."""
    with hozon.init() as run:
        return run.log_artifact(artifact).wait()


def log_files(files: dict[str, str], *, incremental: bool = False) -> hozon.Artifact:
    """Log files as a version of `mnist`."""
    artifact = hozon.Artifact("mnist", type="dataset", incremental=incremental)
    for path, content in files.items():
        write(artifact, path, content)
    return log(artifact)


def contents(artifact: hozon.Artifact, root: Path) -> dict[str, str]:
    """Bring a version and read it."""
    artifact.download(root)
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


# is_draft.


def test_a_draft_is_one_until_it_is_a_version() -> None:
    """Finalized or not; a fetched version and its draft are told apart."""
    draft = hozon.Artifact("mnist", type="dataset")
    assert draft.is_draft()
    draft.finalize()
    assert draft.is_draft()
    assert not log(draft).is_draft()
    fetched = hozon.Api().artifact("mnist")
    assert not fetched.is_draft()
    assert fetched.new_draft().is_draft()


# new_draft.


def test_a_draft_takes_a_version_over(tmp_path: Path) -> None:
    """Its name, type and files, to be changed; the version stays as it was."""
    first = hozon.Artifact("mnist", type="dataset", description="d", metadata={"a": 1})
    for path in ("a", "d/b", "d/c"):
        write(first, path, path)
    log(first)
    draft = first.new_draft()
    assert (draft.name, draft.type, draft.state) == ("mnist", "dataset", "PENDING")
    assert (draft.description, draft.metadata, draft.incremental) == (None, {}, False)
    assert (draft.digest, draft.size, draft.file_count) == (first.digest, 7, 3)
    draft.remove("d/b")
    write(draft, "a", "new a", mode="w")
    write(draft, "e", "e")
    with pytest.raises(EntryConflictError):
        write(draft, "d/c", "other")
    with pytest.raises(EntryNotFoundError):
        draft.remove("d/b")
    assert log(draft).version == "v1"
    assert contents(draft, tmp_path / "new") == {"a": "new a", "d/c": "d/c", "e": "e"}
    assert contents(first, tmp_path / "old") == {"a": "a", "d/b": "d/b", "d/c": "d/c"}


def test_a_draft_that_changes_nothing_is_the_version(tmp_path: Path) -> None:
    """Logging it finds that."""
    log_files({"a": "1"})
    log_files({"b": "2"})
    again = log(hozon.Api().artifact("mnist:v0").new_draft())
    assert (again.version, again.log_outcome) == ("v0", "reused")
    assert contents(again, tmp_path / "root") == {"a": "1"}


def test_what_is_taken_over_is_not_uploaded_again(
    store: MemoryObjectStore, use_store: UseStore
) -> None:
    """Nor read; only what is new is sent."""
    faulty = FaultyObjectStore(store)
    use_store(faulty)
    first = log_files({"a": "1" * 1000})
    faulty.puts.clear()
    faulty.reads.clear()
    draft = first.new_draft()
    write(draft, "b", "2")
    log(draft)
    assert len(faulty.puts) == 1
    assert [place.length for place in faulty.reads] == [1]


def test_what_is_taken_over_is_held_until_it_is_logged(query: Query) -> None:
    """Pins of the draft's own, and none afterwards."""
    first = log_files({"a": "1", "b": "2"})
    assert query("SELECT count(*) FROM pins") == [0]
    draft = first.new_draft()
    assert query("SELECT count(*) FROM pins") == [2]
    write(draft, "c", "3")
    log(draft)
    assert query("SELECT count(*) FROM pins") == [0]
    assert query("SELECT DISTINCT state FROM versions") == ["COMMITTED"]


def test_a_draft_that_could_not_be_logged_is_still_held(
    query: Query, store: MemoryObjectStore, use_store: UseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the next try finds everything."""
    use_store(store)
    draft = log_files({"a": "1"}).new_draft()
    write(draft, "b", "2")

    def refuse(*_: object, **__: object) -> None:
        raise hozon.errors.StorageError("The store is full", hint="Buy a larger one.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "put", refuse)
        with pytest.raises(hozon.errors.StorageError, match="full"):
            log(draft)
    assert query("SELECT count(*) FROM pins") == [1]
    assert log(draft).version == "v1"
    assert query("SELECT count(*) FROM pins") == [0]


def test_what_was_taken_over_and_is_gone_is_named(query: Query) -> None:
    """As after a day, when nothing held it any more."""
    draft = log_files({"a": "1"}).new_draft()
    query("DELETE FROM objects")
    write(draft, "b", "2")
    with pytest.raises(MissingObjectError, match="No store holds") as caught:
        log(draft)
    assert "Make the draft again" in caught.value.hint
    assert [a.version for a in hozon.Api().artifacts("dataset", "mnist")] == ["v0"]


def test_a_deleted_version_has_no_draft() -> None:
    """Its bytes may go at any time."""
    first = log_files({"a": "1"})
    first.delete(delete_aliases=True)
    with pytest.raises(VersionStateError):
        first.new_draft()


def test_drafts_of_one_version_are_apart() -> None:
    """Both can be logged, one after the other."""
    first = log_files({"a": "1"})
    drafts = [first.new_draft() for _ in range(2)]
    for number, draft in enumerate(drafts):
        write(draft, f"new{number}", "x")
    assert [log(draft).version for draft in drafts] == ["v1", "v2"]
    assert list(drafts[1].manifest.entries) == ["a", "new1"]


# incremental.


def test_an_incremental_artifact_is_added_to_what_is_latest(tmp_path: Path) -> None:
    """Path by path; it tells so, before and after; a fetched one does not."""
    log_files({"a": "1", "b": "2"})
    added = log_files({"b": "two", "c": "3"}, incremental=True)
    assert (added.version, added.incremental, added.file_count) == ("v1", True, 3)
    assert contents(added, tmp_path / "root") == {"a": "1", "b": "two", "c": "3"}
    assert not hozon.Api().artifact("mnist").incremental
    assert not hozon.Artifact("mnist", type="dataset").incremental


def test_the_digest_is_that_of_the_whole(tmp_path: Path) -> None:
    """As if everything had been logged at once."""
    log_files({"a": "1"})
    added = log_files({"b": "2"}, incremental=True)
    whole = hozon.Artifact("other", type="dataset")
    for path, content in contents(added, tmp_path / "root").items():
        write(whole, path, content)
    assert added.digest == whole.digest
    assert added.wandb_digest() == whole.wandb_digest()


def test_a_file_is_not_added_in_place_of_a_folder() -> None:
    """The message names the path; the version that was latest still is."""
    log_files({"a/b": "1"})
    with pytest.raises(EntryConflictError, match="'a' would be both a file and a folder of"):
        log_files({"a": "2"}, incremental=True)
    assert hozon.Api().artifact("mnist").version == "v0"


def test_writers_at_once_lose_nothing() -> None:
    """Eight threads, one run, each with a file of its own: the last version has them all."""
    log_files({"0": "0"})
    start = threading.Barrier(8, timeout=20)

    def add(number: int) -> hozon.Artifact:
        more = hozon.Artifact("mnist", type="dataset", incremental=True)
        write(more, str(number), str(number))
        start.wait()
        return run.log_artifact(more)

    with hozon.init() as run, ThreadPoolExecutor(8) as pool:
        logged = list(pool.map(add, range(1, 9)))
    last = hozon.Api().artifact("mnist:latest")
    assert list(last.manifest.entries) == [str(number) for number in range(9)]
    assert sorted(artifact.version for artifact in logged) == [f"v{n}" for n in range(1, 9)]
