"""Recover: a purge that was a mistake is undone as long as the bytes are somewhere."""

from datetime import timedelta
from pathlib import Path

import pytest

from collecting import Collect, Log, Remove, digests_of, download, keys_of
from hozon.errors import CollectorBusyError, MissingObjectError, StorageError, VersionStateError
from hozon.model.versions import VersionState
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.garbage.recover import recover_version
from hozon.services.garbage.tenure import collecting
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger


def test_a_purged_version_comes_back(
    log: Log, remove: Remove, collect: Collect, context: Context, tmp_path: Path
) -> None:
    """With all its files, committed, and under its number."""
    version = log({"a": b"one", "b": b"two"})
    remove(version)
    collect()
    recovered = recover_version(context, version)
    assert recovered.state is VersionState.COMMITTED
    assert recovered.index == version.index
    assert download(context, recovered, tmp_path) == {"a": b"one", "b": b"two"}


def test_what_came_back_stays(
    log: Log, remove: Remove, collect: Collect, context: Context, tmp_path: Path
) -> None:
    """The next pass finds that a version reaches it, and nothing too much."""
    version = log({"a": b"one"})
    remove(version)
    collect()
    recovered = recover_version(context, version)
    report = collect()
    assert (report.objects_condemned, report.missing, report.dead_bytes) == (0, (), 0)
    assert download(context, recovered, tmp_path) == {"a": b"one"}


def test_only_what_is_missing_is_brought_back(
    log: Log,
    remove: Remove,
    collect: Collect,
    context: Context,
    store: MemoryObjectStore,
    tmp_path: Path,
) -> None:
    """What others kept alive is there; what they stored anew is found under its new place."""
    version = log({"a": b"one", "b": b"two", "c": b"three"})
    log({"b": b"two"})
    remove(version)
    collect()
    log({"b": b"two", "c": b"three"})
    recovered = recover_version(context, version)
    assert download(context, recovered, tmp_path) == {"a": b"one", "b": b"two", "c": b"three"}
    collect()
    assert sum(stored.size for stored in store.keys("")) == len(b"onetwothree")


def test_it_comes_back_whole_or_not_at_all(
    log: Log, remove: Remove, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """Where the trash was emptied, nothing changes, and the loss is named."""
    version = log({"a": b"one", "b": b"two"})
    remove(version)
    collect()
    store.empty_trash(context.catalog.now() + timedelta(days=2))
    with pytest.raises(MissingObjectError, match=r"bytes of 2 files of mnist:v0 .* such as"):
        recover_version(context, version)
    with context.catalog.read() as session:
        assert session.versions.get(version.id).state is VersionState.PURGED
    assert keys_of(store) == []


def test_old_bytes_are_checked(
    log: Log,
    remove: Remove,
    collect: Collect,
    context: Context,
    store: MemoryObjectStore,
    tmp_path: Path,
) -> None:
    """A trash that somebody changed brings nothing back."""
    version = log({"a": b"one"})
    (key,) = keys_of(store)
    remove(version)
    collect()
    forged = tmp_path / "forged"
    forged.write_bytes(b"two")
    store.erase([key])
    store.put(key, forged)
    store.discard([key], now=context.catalog.now())
    with pytest.raises(MissingObjectError, match="bytes of 1 files"):
        recover_version(context, version)
    assert keys_of(store) == []


def test_a_failure_leaves_nothing(
    log: Log,
    remove: Remove,
    collect: Collect,
    context: Context,
    store: MemoryObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was brought back by then goes again."""
    version = log({"a": b"one"})
    remove(version)
    log({"b": b"two"})
    collect()
    before = keys_of(store)
    real = store.recover

    def recover(key: str, new_key: str) -> bool:
        real(key, new_key)
        raise StorageError("The bucket vanished", hint="Make it again.")

    monkeypatch.setattr(store, "recover", recover)
    with pytest.raises(StorageError, match="vanished"):
        recover_version(context, version)
    monkeypatch.setattr(store, "recover", real)
    assert [key for key in keys_of(store) if key not in before] == []
    assert recover_version(context, version).state is VersionState.COMMITTED


def test_what_is_not_purged_is_refused(log: Log, context: Context) -> None:
    """A deleted version is restored, which gives its aliases back, too."""
    version = log({"a": b"one"})
    with pytest.raises(VersionStateError, match="is COMMITTED, not purged"):
        recover_version(context, version)
    delete_version(context, version, delete_aliases=True)
    with pytest.raises(VersionStateError, match="is DELETED, not purged") as refused:
        recover_version(context, version)
    assert "restore()" in refused.value.hint


def test_a_forgotten_list_of_files_is_told(
    log: Log, remove: Remove, collect: Collect, context: Context, clock: ManualClock
) -> None:
    """After the trash window nobody knows what the version held."""
    version = log({"a": b"one"})
    remove(version)
    collect()
    clock.advance(timedelta(days=40))
    collect()
    assert digests_of(context, version) == {}
    with pytest.raises(MissingObjectError, match=r"list of the files of .* was removed"):
        recover_version(context, version)


def test_it_waits_for_no_collector(
    log: Log, remove: Remove, collect: Collect, context: Context
) -> None:
    """Recovering and collecting would work against each other."""
    version = log({"a": b"one"})
    remove(version)
    collect()
    with collecting(context), pytest.raises(CollectorBusyError):
        recover_version(context, version)


def test_an_empty_version_comes_back(
    logger: Logger, log: Log, remove: Remove, collect: Collect, context: Context
) -> None:
    """There are no bytes to look for."""
    version = log({})
    remove(version)
    collect()
    assert recover_version(context, version).state is VersionState.COMMITTED
    assert logger.context.catalog is context.catalog
