"""References to local files, beyond the contract."""

import hashlib
import os
from pathlib import Path

import pytest

from hozon.errors import InvalidReferenceError, ReferenceBackendError, ReferenceChangedError
from hozon.ports.references import FoundObject
from hozon.references.file import FileReferences
from hozon.testing.references import recorded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an empty folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def find(uri: str, *, checksum: bool = True) -> list[FoundObject]:
    """Find everything behind a URI."""
    return list(FileReferences().find(uri, checksum=checksum, max_objects=None))


def names(folder: Path) -> list[str]:
    """List what is found below a folder."""
    return [item.name for item in find(folder.as_uri())]


def test_the_digest_is_that_of_the_content(folder: Path) -> None:
    """SHA-256; there is nothing to put into `extra`."""
    (folder / "x.csv").write_bytes(b"hello")
    (found,) = find((folder / "x.csv").as_uri())
    assert (found.digest, found.extra) == (hashlib.sha256(b"hello").hexdigest(), {})


def test_without_a_checksum_a_change_of_length_is_found(folder: Path) -> None:
    """No file is read when it is added, and its length is held to when it is read."""
    path = folder / "x.csv"
    path.write_bytes(b"hello")
    (found,) = find(path.as_uri(), checksum=False)
    path.write_bytes(b"HELLO")
    assert b"".join(FileReferences().read(recorded(found))) == b"HELLO"
    path.write_bytes(b"hello and more")
    with pytest.raises(ReferenceChangedError, match="has 14 bytes, and 5 were recorded"):
        b"".join(FileReferences().read(recorded(found)))


def test_a_change_says_what_was_recorded_and_what_is_there(folder: Path) -> None:
    """Of the same length, by the digests."""
    path = folder / "x.csv"
    path.write_bytes(b"hello")
    (found,) = find(path.as_uri())
    path.write_bytes(b"HELLO")
    with pytest.raises(ReferenceChangedError, match="digest 3733cd977ff8…, and 2cf24dba5fb0… was"):
        b"".join(FileReferences().read(recorded(found)))


def test_a_local_file_is_known_by_its_digest(folder: Path) -> None:
    """A copy holds what was recorded."""
    for name in ("x.csv", "copy"):
        (folder / name).write_bytes(b"hello")
    (found,) = find((folder / "x.csv").as_uri())
    assert FileReferences().matches(recorded(found), folder / "copy")


@pytest.mark.parametrize("name", ["a b", "a#b", "a?b", "a%20b", "ä"])
def test_a_uri_is_quoted_as_uris_are(folder: Path, name: str) -> None:
    """What pathlib makes is read back; `localhost` is this machine."""
    (folder / name).write_bytes(b"hello")
    uri = (folder / name).as_uri()
    for written in (uri, uri.replace("file:///", "file://localhost/"), uri.replace("//", "", 1)):
        (found,) = find(written)
        assert (found.name, found.ref) == (name, uri)


@pytest.mark.parametrize(
    "uri", ["file:x", "file://x/y", "file://", "file:", "file:////x/y", "file:///x%00y"]
)
def test_what_names_no_local_path_is_refused(uri: str) -> None:
    """The hint shows how to write it."""
    with pytest.raises(InvalidReferenceError, match="no absolute path") as caught:
        find(uri)
    assert "as_uri()" in caught.value.hint


def test_links_are_followed(folder: Path) -> None:
    """To files and to folders."""
    (folder / "real").mkdir()
    (folder / "real" / "x").write_bytes(b"hello")
    (folder / "top").mkdir()
    (folder / "top" / "file").symlink_to(folder / "real" / "x")
    (folder / "top" / "folder").symlink_to(folder / "real")
    assert names(folder / "top") == ["file", "folder/x"]


def test_links_in_a_circle_are_an_error(folder: Path) -> None:
    """And no endless walk."""
    (folder / "a").mkdir()
    (folder / "a" / "up").symlink_to(folder)
    with pytest.raises(InvalidReferenceError, match="leads back to a folder above it"):
        names(folder)


def test_a_link_to_nowhere_is_an_error(folder: Path) -> None:
    """A file that is not there cannot be recorded."""
    (folder / "x").symlink_to(folder / "absent")
    with pytest.raises(ReferenceBackendError, match="No such file"):
        names(folder)


def test_a_folder_without_files_is_an_error(folder: Path) -> None:
    """Nothing would be recorded, which is hardly meant."""
    (folder / "empty").mkdir()
    with pytest.raises(InvalidReferenceError, match="no files below"):
        names(folder)


def test_what_is_no_regular_file_is_refused(folder: Path) -> None:
    """Reading a pipe would wait for ever."""
    os.mkfifo(folder / "pipe")
    with pytest.raises(InvalidReferenceError, match="no regular file"):
        names(folder)


def test_a_file_that_became_a_folder_is_an_error(folder: Path) -> None:
    """What the system says is told."""
    (folder / "x").write_bytes(b"hello")
    (found,) = find((folder / "x").as_uri())
    (folder / "x").unlink()
    (folder / "x").mkdir()
    with pytest.raises(ReferenceBackendError, match="cannot be read"):
        b"".join(FileReferences().read(recorded(found)))
