"""Objects in a local folder, beyond the contract."""

import errno
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hozon.errors import StorageError
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.storage.local import LocalObjectStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of the store."""
    return tmp_path / "with space" / "objects"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a file to store."""
    path = tmp_path / "source"
    path.write_bytes(b"hello")
    return path


def test_the_url_is_that_of_the_folder(folder: Path) -> None:
    """Spaces are quoted, as in every URL."""
    assert LocalObjectStore(folder).url == f"file://{str(folder).replace(' ', '%20')}"


def test_one_file_stands_for_one_key(folder: Path, source: Path) -> None:
    """Anyone can find an object with the tools of the system."""
    LocalObjectStore(folder).put("objects/x/0", source)
    assert (folder / "objects" / "x" / "0").read_bytes() == b"hello"


def test_a_full_disk_leaves_nothing(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what the system said, and no half file is left."""
    store = LocalObjectStore(folder)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"objects/0 .* failed \(No space left") as caught:
        store.put("objects/0", source)
    assert "disk has space" in caught.value.hint
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_a_crash_left_behind_is_no_key(folder: Path) -> None:
    """Unfinished files are not listed."""
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / "tmpabc").write_bytes(b"half")
    assert list(LocalObjectStore(folder).keys()) == []


def test_a_key_that_is_a_folder_cannot_be_read(folder: Path) -> None:
    """What the system refuses is an error of ours."""
    (folder / "objects").mkdir(parents=True)
    with pytest.raises(StorageError, match="Reading objects"):
        b"".join(LocalObjectStore(folder).read(Place("objects", 0, 1)))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give the list of what is brought to the disk, in order."""
    found: list[Path] = []
    fsync = os.fsync

    def record(descriptor: int) -> None:
        found.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    return found


def test_a_stored_object_survives_a_power_cut(
    folder: Path, source: Path, synced: list[Path]
) -> None:
    """Its bytes, then its name, and before them the name of every new folder."""
    LocalObjectStore(folder).put("objects/x/0", source)
    new = [folder.parent.parent, folder.parent, folder, folder / "objects"]
    assert synced[:4] == new
    assert synced[4].parent == folder / "incoming"
    assert synced[5:] == [folder / "objects" / "x"]


def test_folders_are_made_durable_once(folder: Path, source: Path, synced: list[Path]) -> None:
    """Two calls of the system for every further object of an upload: its bytes and its name."""
    store = LocalObjectStore(folder)
    store.put("objects/x/0", source)
    synced.clear()
    store.put("objects/x/1", source)
    assert len(synced) == 2


def test_folders_of_another_process_are_made_durable(
    folder: Path, source: Path, synced: list[Path]
) -> None:
    """It may have made them without having come so far."""
    (folder / "objects" / "x").mkdir(parents=True)
    LocalObjectStore(folder).put("objects/x/0", source)
    assert synced[:2] == [folder, folder / "objects"]


def test_a_name_that_cannot_be_made_durable_is_taken_back(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed put leaves nothing under the key."""
    store = LocalObjectStore(folder)
    store.put("objects/0", source)
    fsync, calls = os.fsync, list[int]()

    def fail(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="Input/output"):
        store.put("objects/1", source)
    assert list(store.keys()) == [StoredKey("objects/0", 5)]


def test_a_folder_that_went_is_made_again(folder: Path, source: Path) -> None:
    """What the store remembers of its folders is no more than a hint."""
    store = LocalObjectStore(folder)
    for _ in range(2):
        store.put("objects/x/0", source)
        shutil.rmtree(folder)
    assert list(store.keys()) == []


def test_a_file_of_our_own_is_linked(folder: Path, source: Path) -> None:
    """Not copied, if it may be; its own name may go."""
    store = LocalObjectStore(folder)
    store.put("packs/0", source, may_link=True)
    assert (folder / "packs" / "0").samefile(source)
    store.put("objects/0", source)
    assert not (folder / "objects" / "0").samefile(source)


def test_a_file_on_another_disk_is_copied(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no link can be made, the bytes are what counts."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = LocalObjectStore(folder)
    store.put("packs/0", source, may_link=True)
    assert b"".join(store.read(Place("packs/0", 0, 5))) == b"hello"


def test_a_linked_file_survives_a_power_cut(folder: Path, source: Path, synced: list[Path]) -> None:
    """Its bytes come to the disk before its name."""
    LocalObjectStore(folder).put("packs/0", source, may_link=True)
    assert synced[-2:] == [source, folder / "packs"]


def test_a_key_is_not_written_twice(folder: Path, source: Path) -> None:
    """A link never takes the place of what is there; callers have keys of their own."""
    store = LocalObjectStore(folder)
    store.put("packs/0", source, may_link=True)
    source.unlink()
    source.write_bytes(b"other")
    with pytest.raises(StorageError, match="packs/0"):
        store.put("packs/0", source, may_link=True)
    assert b"".join(store.read(Place("packs/0", 0, 5))) == b"hello"


def test_a_file_that_was_cut_off_is_named(folder: Path, source: Path) -> None:
    """Fewer bytes than were stored are never passed off as all of them."""
    store = LocalObjectStore(folder)
    store.put("objects/0", source)
    (folder / "objects" / "0").write_bytes(b"hel")
    with pytest.raises(StorageError, match="ends 2 bytes early") as caught:
        b"".join(store.read(Place("objects/0", 0, 5)))
    assert "backup" in caught.value.hint


def test_what_a_crash_left_unfinished_goes_with_the_trash(folder: Path) -> None:
    """Once nobody has written to it for a day before; it counts among what became free."""
    (folder / "incoming").mkdir(parents=True)
    day = datetime(2026, 1, 3, tzinfo=UTC)
    for name, age in (("old", timedelta(days=1, seconds=1)), ("new", timedelta(hours=23))):
        path = folder / "incoming" / name
        path.write_bytes(b"half")
        written = (day - age).timestamp()
        os.utime(path, (written, written))
    store = LocalObjectStore(folder)
    assert store.empty_trash(day) == len(b"half")
    assert [path.name for path in (folder / "incoming").iterdir()] == ["new"]


def test_what_is_being_stored_survives_an_emptied_trash(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the trash keeps nothing, and is emptied up to the present."""
    store, fsync = LocalObjectStore(folder), os.fsync

    def collect(descriptor: int) -> None:
        written = os.fstat(descriptor).st_mtime
        LocalObjectStore(folder).empty_trash(datetime.fromtimestamp(written + 60, UTC))
        fsync(descriptor)

    monkeypatch.setattr("hozon.storage.local.os.fsync", collect)
    store.put("objects/0", source)
    assert b"".join(store.read(Place("objects/0", 0, 5)))
