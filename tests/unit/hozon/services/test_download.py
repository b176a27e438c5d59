"""Download: every file checked, none outside the folder, nothing fetched in vain."""

import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import (
    DigestMismatchError,
    EntryConflictError,
    InvalidEntryPathError,
    MissingObjectError,
    SourceFileError,
)
from hozon.model.places import Place
from hozon.model.versions import Version
from hozon.services.commit import commit_version
from hozon.services.download import download_version, published_digest
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger

FILES = {"a.txt": b"hello", "deep/er/b.bin": bytes(range(256)), "empty": b""}


class LyingStore(MemoryObjectStore):
    """Gives other bytes than it was given, as many of them, as soon as it is told to."""

    lies = False

    def read(self, place: Place) -> Iterator[bytes]:
        """Turn every bit around."""
        for chunk in super().read(place):
            yield bytes(byte ^ 0xFF for byte in chunk) if self.lies else chunk


class CountingStore(MemoryObjectStore):
    """Remembers what was read."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.reads: list[str] = []

    def read(self, place: Place) -> Iterator[bytes]:
        """Remember, and read."""
        self.reads.append(place.key)
        return super().read(place)


@pytest.fixture
def version(logger: Logger) -> Version:
    """Give a version with three files."""
    return commit_version(logger.context, logger.request(files=FILES)).version


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_files_come_out_as_they_went_in(logger: Logger, version: Version, tmp_path: Path) -> None:
    """Paths and bytes, empty files included; the folder is made."""
    root = tmp_path / "to" / "here"
    assert download_version(logger.context, version, root) == root
    assert contents(root) == FILES


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077], ids=oct)
def test_the_umask_says_who_may_read_downloaded_files(
    logger: Logger, version: Version, tmp_path: Path, umask: int
) -> None:
    """They are made as any other file of the user."""
    before = os.umask(umask)
    try:
        download_version(logger.context, version, tmp_path / "root")
    finally:
        os.umask(before)
    assert (tmp_path / "root" / "a.txt").stat().st_mode & 0o777 == 0o666 & ~umask


def test_paths_that_differ_in_case_are_two_files(logger: Logger, tmp_path: Path) -> None:
    """Where the file system tells them apart, and nothing else is left in the folder."""
    files = {"A.txt": b"one", "a.txt": b"two"}
    version = commit_version(logger.context, logger.request(files=files)).version
    assert contents(download_version(logger.context, version, tmp_path / "root")) == files


def test_paths_that_differ_in_case_are_refused_where_they_are_one_file(
    logger: Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are named, and neither is written over the other."""
    real = Path.exists

    def exists(path: Path) -> bool:
        if not real(path.parent):
            return False
        return path.name.casefold() in {other.name.casefold() for other in path.parent.iterdir()}

    files = {"d/A.txt": b"one", "d/a.txt": b"two"}
    version = commit_version(logger.context, logger.request(files=files)).version
    monkeypatch.setattr(Path, "exists", exists)
    with pytest.raises(EntryConflictError, match=r"'d/A\.txt' and 'd/a\.txt' are one file in"):
        download_version(logger.context, version, tmp_path / "root")
    monkeypatch.undo()
    assert contents(tmp_path / "root") == {}


def test_files_that_are_there_and_right_are_not_fetched(logger: Logger, tmp_path: Path) -> None:
    """A second download reads nothing from the store."""
    store = CountingStore()
    context = replace(logger.context, store=store)
    version = commit_version(context, logger.request(files=FILES)).version
    store.reads.clear()
    download_version(context, version, tmp_path)
    assert len(store.reads) == 1
    download_version(context, version, tmp_path)
    assert len(store.reads) == 1


@pytest.mark.parametrize("wrong", [b"HELLO", b"hello and more", b""], ids=repr)
def test_files_that_are_there_and_wrong_are_repaired(
    logger: Logger, version: Version, tmp_path: Path, wrong: bytes
) -> None:
    """Same size or another: the digest decides."""
    (tmp_path / "a.txt").write_bytes(wrong)
    download_version(logger.context, version, tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"hello"


def test_other_files_stay(logger: Logger, version: Version, tmp_path: Path) -> None:
    """A download takes nothing away."""
    (tmp_path / "mine.txt").write_bytes(b"mine")
    download_version(logger.context, version, tmp_path)
    assert (tmp_path / "mine.txt").read_bytes() == b"mine"


def test_wrong_bytes_are_never_given_a_name(logger: Logger, tmp_path: Path) -> None:
    """A store that lies is found out, and nothing of what it gave is left."""
    store = LyingStore()
    context = replace(logger.context, store=store)
    version = commit_version(context, logger.request(files={"a.txt": b"hello"})).version
    store.lies = True
    with pytest.raises(DigestMismatchError, match=r"for 'a\.txt' instead of 2cf24dba5fb0"):
        download_version(context, version, tmp_path / "root")
    assert contents(tmp_path / "root") == {}


def test_wrong_bytes_leave_the_old_file_alone(logger: Logger, tmp_path: Path) -> None:
    """What lay there is replaced by right bytes or not at all."""
    store = LyingStore()
    context = replace(logger.context, store=store)
    version = commit_version(context, logger.request(files={"a.txt": b"hello"})).version
    store.lies = True
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.txt").write_bytes(b"old")
    with pytest.raises(DigestMismatchError):
        download_version(context, version, tmp_path / "root")
    assert contents(tmp_path / "root") == {"a.txt": b"old"}


def test_bytes_that_the_store_lost_are_named(
    logger: Logger, store: MemoryObjectStore, tmp_path: Path
) -> None:
    """The message says which key is missing."""
    version = commit_version(logger.context, logger.request(files={"a": b"hello"})).version
    (key,) = (found.key for found in store.keys(""))
    store.delete([key])
    with pytest.raises(MissingObjectError, match=key):
        download_version(logger.context, version, tmp_path)


def test_a_place_that_the_catalog_lost_is_named(
    logger: Logger, version: Version, tmp_path: Path
) -> None:
    """The message says which file has none, before anything is fetched."""
    engine = create_engine(logger.context.catalog.url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM objects"))
    engine.dispose()
    with pytest.raises(MissingObjectError, match=r"no place for 'a\.txt'"):
        download_version(logger.context, version, tmp_path / "root")
    assert contents(tmp_path / "root") == {}


def test_a_linked_folder_is_not_followed_outside(
    logger: Logger, version: Version, tmp_path: Path
) -> None:
    """A link in the folder cannot make a download write elsewhere."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
    (root / "deep").symlink_to(outside)
    with pytest.raises(InvalidEntryPathError, match=r"'deep/er' would be written outside"):
        download_version(logger.context, version, root)
    assert contents(outside) == {}
    assert contents(root) == {}


def test_a_linked_file_is_replaced_not_followed(
    logger: Logger, version: Version, tmp_path: Path
) -> None:
    """The link goes, and what it pointed at stays as it was."""
    root, outside = tmp_path / "root", tmp_path / "outside.txt"
    root.mkdir()
    outside.write_bytes(b"hello")
    (root / "a.txt").symlink_to(outside)
    download_version(logger.context, version, root)
    assert not (root / "a.txt").is_symlink()
    outside.write_bytes(b"changed")
    assert (root / "a.txt").read_bytes() == b"hello"


def test_a_linked_root_is_followed(logger: Logger, version: Version, tmp_path: Path) -> None:
    """The folder that the caller names may be a link: it is the caller's."""
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    download_version(logger.context, version, tmp_path / "root")
    assert contents(tmp_path / "real") == FILES


def test_links_in_a_circle_are_an_error_of_ours(
    logger: Logger, version: Version, tmp_path: Path
) -> None:
    """A folder that leads to itself is named."""
    (tmp_path / "deep").symlink_to(tmp_path / "deep")
    with pytest.raises(SourceFileError, match="deep"):
        download_version(logger.context, version, tmp_path)


def test_a_file_where_the_folder_should_be_is_named(
    logger: Logger, version: Version, tmp_path: Path
) -> None:
    """The message names the path, the hint what to look at."""
    (tmp_path / "root").write_bytes(b"a file")
    with pytest.raises(SourceFileError, match="root' cannot be written") as caught:
        download_version(logger.context, version, tmp_path / "root")
    assert "writable" in caught.value.hint


def test_progress_counts_every_byte(logger: Logger, version: Version, tmp_path: Path) -> None:
    """What is there already counts as done."""
    for _ in range(2):
        done: list[int] = []
        download_version(logger.context, version, tmp_path, progress=done.append)
        assert sorted(done) == [0, 5, 256]


def test_the_published_digest_is_computed_from_the_stored_bytes(logger: Logger) -> None:
    """The published algorithm over what the store gives."""
    request = logger.request(files={"b": b"two", "a": b"one"})
    version = commit_version(logger.context, request).version
    one, two = (b64encode(hashlib.md5(c, usedforsecurity=False).digest()) for c in (b"one", b"two"))
    hashed = b"wandb-artifact-manifest-v1\na:" + one + b"\nb:" + two + b"\n"
    expected = hashlib.md5(hashed, usedforsecurity=False).hexdigest()
    assert published_digest(logger.context, version) == expected
