"""Erase: nothing is left, and the report proves it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from collecting import Collect, Log, Remove, digests_of, download, keys_of
from hozon.errors import MissingObjectError, ObjectInUseError, StorageError, VersionStateError
from hozon.model.versions import Version, VersionState
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.drafts import hold_content
from hozon.services.garbage.erase import erase_object, erase_version
from hozon.services.garbage.recover import recover_version
from hozon.testing.memory import MemoryObjectStore


def deleted(context: Context, version: Version) -> Version:
    """Delete a version just now."""
    return delete_version(context, version, delete_aliases=True)


def test_a_deleted_version_goes_at_once(
    log: Log, context: Context, store: MemoryObjectStore
) -> None:
    """Live bytes, trash, and the list of its files; without waiting for any window."""
    version = log({"a": b"one"})
    held = digests_of(context, version)
    (key,) = keys_of(store)
    report = erase_version(context, deleted(context, version))
    assert (report.digests, report.keys, report.shared) == (list(held.values()), [key], {})
    assert keys_of(store) == []
    assert not store.recover(key, "packs/x/0")
    assert digests_of(context, version) == {}
    with context.catalog.read() as session:
        assert session.versions.get(version.id).state is VersionState.PURGED


def test_a_purged_version_goes_from_the_trash(
    log: Log, remove: Remove, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """Nobody can recover it any more."""
    version = log({"a": b"one"})
    (key,) = keys_of(store)
    remove(version)
    collect()
    assert erase_version(context, version).keys == [key]
    assert not store.recover(key, "packs/x/0")
    with pytest.raises(MissingObjectError, match="list of the files"):
        recover_version(context, version)


def test_notes_go_with_the_bytes(log: Log, context: Context) -> None:
    """They may hold what must not be known any more; the number stays taken."""
    version = deleted(context, log({"a": b"one"}))
    erase_version(context, version)
    with context.catalog.read() as session:
        left = session.versions.get(version.id)
    assert (left.description, left.metadata, left.tags) == (None, {}, ())
    assert log({"b": b"two"}).index == 1


def test_what_others_share_stays_and_is_told(
    log: Log, context: Context, store: MemoryObjectStore, tmp_path: Path
) -> None:
    """It is copied out of the pack that goes."""
    version = log({"a": b"one", "b": b"two"})
    (key,) = keys_of(store)
    kept = log({"b": b"two", "c": b"three"})
    held = digests_of(context, version)
    report = erase_version(context, deleted(context, version))
    assert report.digests == [held["a"]]
    assert report.shared == {held["b"]: ["ada/digits/mnist:v1"]}
    assert key not in keys_of(store)
    assert download(context, kept, tmp_path) == {"b": b"two", "c": b"three"}
    assert b"one" not in b"".join(
        store._objects.values()  # noqa: SLF001  Nothing of it may be left.
    )


def test_it_is_deleted_first(log: Log, context: Context) -> None:
    """Nobody erases by mistake what is in use."""
    with pytest.raises(VersionStateError, match="is COMMITTED and cannot be erased"):
        erase_version(context, log({"a": b"one"}))


def test_an_interrupted_erase_is_finished(
    log: Log, context: Context, store: MemoryObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of files goes last, so that the second call knows what to do."""
    version = deleted(context, log({"a": b"one"}))
    (key,) = keys_of(store)
    real = store.erase

    def refuse(keys: Iterable[str]) -> Mapping[str, str]:
        return dict.fromkeys(keys, "access denied")

    monkeypatch.setattr(store, "erase", refuse)
    with pytest.raises(StorageError, match=f"{key} could not be erased .*: access denied"):
        erase_version(context, version)
    monkeypatch.setattr(store, "erase", real)
    assert erase_version(context, version).keys == [key]
    assert keys_of(store) == []


def test_a_store_that_only_says_so_is_caught(
    log: Log, context: Context, store: MemoryObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is about what was looked for and not found."""
    version = deleted(context, log({"a": b"one"}))
    monkeypatch.setattr(store, "erase", lambda _: {})
    with pytest.raises(StorageError, match="still listed"):
        erase_version(context, version)


def test_an_object_that_nothing_needs_goes(
    log: Log, remove: Remove, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """By its digest alone."""
    version = log({"a": b"one"})
    digest = digests_of(context, version)["a"]
    (key,) = keys_of(store)
    remove(version)
    collect()
    assert erase_object(context, digest).keys == [key]
    assert not store.recover(key, "packs/x/0")


def test_an_object_that_is_needed_stays(log: Log, context: Context) -> None:
    """Who needs it is told."""
    version = log({"a": b"one"})
    digest = digests_of(context, version)["a"]
    hold_content(context, version)
    with pytest.raises(ObjectInUseError, match=r"Versions: 1 \(ada/digits/mnist:v0\)\. Uploads: 1"):
        erase_object(context, digest)
