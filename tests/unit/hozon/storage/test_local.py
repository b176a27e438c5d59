"""Objects in a local folder, beyond the contract."""

import errno
import os
from pathlib import Path

import pytest

from hozon.errors import StorageError
from hozon.model.places import Place
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
