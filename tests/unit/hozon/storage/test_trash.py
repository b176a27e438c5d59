"""What a local store discards, beyond the contract."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from hozon.errors import StorageError
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.storage.local import LocalObjectStore
from hozon.storage.trash import Trash

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of the store."""
    return tmp_path / "objects"


@pytest.fixture
def store(folder: Path, tmp_path: Path) -> LocalObjectStore:
    """Give a store with three keys, two of one upload."""
    store = LocalObjectStore(folder)
    for key in ("packs/x/0", "packs/x/1", "packs/y/0"):
        (tmp_path / "source").write_text(key)
        store.put(key, tmp_path / "source")
    return store


def names(store: LocalObjectStore) -> list[str]:
    """List the keys."""
    return [found.key for found in store.keys("")]


def test_the_trash_is_dated(store: LocalObjectStore, folder: Path) -> None:
    """Anyone can find a discarded file with the tools of the system."""
    store.discard(["packs/x/0"], now=NOW)
    assert (folder / "trash" / "2026-03-02" / "packs" / "x" / "0").read_text() == "packs/x/0"


def test_the_day_is_that_of_utc(store: LocalObjectStore, folder: Path) -> None:
    """Two machines with clocks of different zones agree."""
    early = datetime(2026, 3, 3, 1, tzinfo=timezone(timedelta(hours=9)))
    store.discard(["packs/x/0"], now=early)
    assert os.listdir(folder / "trash") == ["2026-03-02"]  # noqa: PTH208  Names are compared.


def test_a_folder_is_brought_to_the_disk_once(
    store: LocalObjectStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new names before the old ones go, so that a power cut loses neither."""
    synced = list[Path]()
    monkeypatch.setattr("hozon.storage.folders.sync_folder", synced.append)
    store.discard(["packs/x/0", "packs/x/1"], now=NOW)
    day = folder / "trash" / "2026-03-02"
    kept = [folder, folder / "trash", day, day / "packs", day / "packs" / "x"]
    assert synced == [*kept, folder / "packs", folder / "packs" / "x"]


def test_folders_of_uploads_go_when_they_are_empty(store: LocalObjectStore, folder: Path) -> None:
    """A listing would read them for ever; those in the root stay."""
    store.discard(["packs/x/0"], now=NOW)
    assert (folder / "packs" / "x").is_dir()
    store.discard(["packs/x/1"], now=NOW)
    assert not (folder / "packs" / "x").exists()
    store.erase(["packs/y/0"])
    assert list((folder / "packs").iterdir()) == []


@pytest.mark.parametrize("may_link", [False, True], ids=["copied", "linked"])
def test_an_upload_goes_on_though_its_folder_was_removed(
    store: LocalObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, may_link: bool
) -> None:
    """Even in the moment before its next file gets its name."""
    take_in, calls = LocalObjectStore._take_in, list[Path]()  # noqa: SLF001  There is no other moment.

    def late(self: LocalObjectStore, target: Path, source: Path, *, may_link: bool) -> None:
        if not calls:
            target.parent.rmdir()
        calls.append(target)
        take_in(self, target, source, may_link=may_link)

    monkeypatch.setattr(LocalObjectStore, "_take_in", late)
    store.put("packs/z/0", tmp_path / "source", may_link=may_link)
    assert names(store)[-1] == "packs/z/0"


def test_one_failure_does_not_stop_the_rest(
    store: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is named, with what the system said."""
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.parts[-2:] == ("x", "0"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    assert store.discard(["packs/x/0", "packs/y/0"], now=NOW) == {"packs/x/0": "Permission denied"}
    assert names(store) == ["packs/x/0", "packs/x/1"]


def test_a_folder_is_no_key(store: LocalObjectStore) -> None:
    """It never takes along what lies in it."""
    for failures in (store.discard(["packs/x"], now=NOW), store.erase(["packs/x"])):
        assert failures == {"packs/x": "Is a directory"}
    assert len(names(store)) == 3


def test_what_may_not_be_on_the_disk_is_named(
    store: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut might bring such keys back: they have to be discarded again."""

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    failures = store.discard(["packs/x/0", "packs/absent/0"], now=NOW)
    assert failures == dict.fromkeys(["packs/x/0", "packs/absent/0"], "Input/output error")


def test_a_vanished_folder_is_an_error(store: LocalObjectStore, folder: Path) -> None:
    """Where nothing is there at all, a disk is missing, not a key."""
    shutil.rmtree(folder)
    with pytest.raises(StorageError, match="no folder") as caught:
        store.discard(["packs/x/0"], now=NOW)
    assert "mounted" in caught.value.hint
    with pytest.raises(StorageError, match="no folder"):
        store.erase(["packs/x/0"])
    assert not folder.exists()


def test_an_interrupted_call_brings_what_it_did_to_the_disk(
    store: LocalObjectStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between two keys leaves each in one place."""

    def keys() -> Iterator[str]:
        yield "packs/x/0"
        raise KeyboardInterrupt

    synced = list[Path]()
    monkeypatch.setattr("hozon.storage.folders.sync_folder", synced.append)
    with pytest.raises(KeyboardInterrupt):
        store.discard(keys(), now=NOW)
    assert folder / "packs" / "x" in synced
    assert names(store) == ["packs/x/1", "packs/y/0"]
    assert store.recover("packs/x/0", "packs/z/0")


def test_the_newest_is_recovered(store: LocalObjectStore, folder: Path) -> None:
    """Should a key have been written again, against the rules."""
    for day, content in (("2026-03-01", "old"), ("2026-03-10", "new"), ("2026-03-09", "older")):
        (folder / "trash" / day).mkdir(parents=True)
        (folder / "trash" / day / "k").write_text(content)
    assert store.recover("k", "packs/k/0")
    assert b"".join(store.read(Place("packs/k/0", 0, 3))) == b"new"


def test_what_is_recovered_costs_no_space(store: LocalObjectStore, folder: Path) -> None:
    """It is the same file under a second name, which stays when the trash is emptied."""
    store.discard(["packs/x/0", "packs/x/1"], now=NOW)
    store.recover("packs/x/0", "packs/z/0")
    day = folder / "trash" / "2026-03-02"
    assert (folder / "packs" / "z" / "0").samefile(day / "packs" / "x" / "0")
    assert store.empty_trash(NOW + timedelta(days=1)) == len("packs/x/1")
    assert not (folder / "trash").exists()
    assert b"".join(store.read(Place("packs/z/0", 0, 9))) == b"packs/x/0"


def test_what_goes_while_it_is_recovered_is_looked_for_elsewhere(
    store: LocalObjectStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector may discard the key, or empty the trash, in this moment."""
    trash = [folder / "trash" / "2026-03-02" / "k", folder / "trash" / "2026-03-01" / "k"]
    trash[1].parent.mkdir(parents=True)
    trash[1].write_text("kept")
    monkeypatch.setattr(Trash, "find", lambda _, __: iter(trash))
    assert store.recover("k", "packs/k/0")
    monkeypatch.setattr(Trash, "find", lambda _, __: iter(trash[:1]))
    assert not store.recover("k", "packs/k/1")
    assert "packs/k/1" not in names(store)


def test_nothing_is_recovered_over_another_key(store: LocalObjectStore) -> None:
    """A key is written once."""
    store.discard(["packs/x/0"], now=NOW)
    with pytest.raises(StorageError, match="Recovering packs/x/0"):
        store.recover("packs/x/0", "packs/y/0")
    assert b"".join(store.read(Place("packs/y/0", 0, 9))) == b"packs/y/0"


def test_what_is_not_ours_stays_in_the_trash(store: LocalObjectStore, folder: Path) -> None:
    """Only folders with the name of a day are emptied."""
    for name in ("notes", "20260301", "2026-02-30"):
        (folder / "trash" / name).mkdir(parents=True)
    assert store.empty_trash(NOW) == 0
    assert len(list((folder / "trash").iterdir())) == 3


def test_a_trash_that_cannot_be_emptied_is_an_error(
    store: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what the system said."""

    def refuse(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    store.discard(["packs/x/0"], now=NOW)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageError, match=r"Emptying the trash .* \(Permission denied\)"):
        store.empty_trash(NOW + timedelta(days=1))


def test_only_folders_in_the_root_are_no_keys(store: LocalObjectStore, tmp_path: Path) -> None:
    """A part of a key may be called as they are."""
    store.put("packs/trash/0", tmp_path / "source")
    store.put("packs/incoming/0", tmp_path / "source")
    store.discard(["packs/x/0"], now=NOW)
    assert names(store) == ["packs/incoming/0", "packs/trash/0", "packs/x/1", "packs/y/0"]


def test_many_keys_are_listed(store: LocalObjectStore, folder: Path) -> None:
    """Three thousand, in thirty folders; and from the middle on, without reading what is passed."""
    for number in range(3000):
        path = folder / "objects" / f"{number // 100:02}" / f"{number % 100:02}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = list(store.keys("objects/"))
    assert len(found) == 3000
    assert found == sorted(found, key=lambda each: each.key)
    shutil.rmtree(folder / "objects" / "03")
    (folder / "objects" / "03").symlink_to(folder / "nowhere")
    rest = list(store.keys("objects/", after="objects/14/49"))
    assert (len(rest), rest[0]) == (1550, StoredKey("objects/14/50", 0))


@pytest.mark.parametrize("may_link", [False, True], ids=["copied", "linked"])
def test_new_files_follow_the_umask(folder: Path, tmp_path: Path, *, may_link: bool) -> None:
    """So that a group may share a store, though staged files are for their owner alone."""
    source = tmp_path / "source"
    source.write_bytes(b"hello")
    source.chmod(0o600)
    before = os.umask(0o027)
    try:
        LocalObjectStore(folder).put("packs/0", source, may_link=may_link)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "packs" / "0").stat().st_mode) == 0o640
