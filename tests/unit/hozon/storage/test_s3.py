"""Objects in a bucket, beyond the contract."""

import threading
from pathlib import Path

import pytest

from hozon.errors import StorageError
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.services.transfers import DOWNLOAD_THREADS
from hozon.services.uploads import UPLOAD_THREADS
from hozon.storage.s3 import CONNECTIONS, S3ObjectStore
from worlds import Bucket


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a file to store."""
    path = tmp_path / "source"
    path.write_bytes(b"hello")
    return path


def test_keys_lie_below_the_prefix(bucket: Bucket, source: Path) -> None:
    """Several installations may share a bucket."""
    S3ObjectStore(bucket.name, prefix="team/a").put("objects/0", source)
    S3ObjectStore(bucket.name, prefix="team/ab").put("objects/1", source)
    assert bucket.keys() == ["team/a/objects/0", "team/ab/objects/1"]
    assert list(S3ObjectStore(bucket.name, prefix="team/a").keys()) == [StoredKey("objects/0", 5)]


def test_uploads_carry_a_checksum(bucket: Bucket, source: Path) -> None:
    """The store verifies what it received by SHA-256."""
    S3ObjectStore(bucket.name).put("objects/0", source)
    head = bucket.client.head_object(Bucket=bucket.name, Key="objects/0", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="


@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_is_named(source: Path) -> None:
    """Every call says which bucket failed, and what to check."""
    store = S3ObjectStore("absent", prefix="x")
    for call in (
        lambda: store.put("objects/0", source),
        lambda: b"".join(store.read(Place("objects/0", 0, 1))),
        lambda: store.delete(["objects/0"]),
        lambda: list(store.keys()),
    ):
        with pytest.raises(StorageError, match="s3://absent/x") as caught:
            call()
        assert "HOZON_STORAGE_URL" in caught.value.hint


@pytest.mark.parametrize(("prefix", "url"), [("", "s3://b"), ("a/b", "s3://b/a/b")])
def test_the_url_is_that_of_bucket_and_prefix(bucket: Bucket, prefix: str, url: str) -> None:
    """As it stands in the settings."""
    assert bucket.keys() == []
    assert S3ObjectStore("b", prefix=prefix).url == url


@pytest.mark.parametrize("size", [5, 9 * 2**20], ids=["whole", "in parts"])
def test_an_upload_starts_no_thread(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Callers bring threads; and while the interpreter ends none can be started."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    (tmp_path / "source").write_bytes(bytes(size))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    S3ObjectStore(bucket.name).put("objects/0", tmp_path / "source")
    assert bucket.client.head_object(Bucket=bucket.name, Key="objects/0")["ContentLength"] == size


def test_every_transfer_has_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads and downloads at once need not wait for each other."""
    made: list[int] = []
    monkeypatch.setattr("boto3.client", lambda _, config: made.append(config.max_pool_connections))
    S3ObjectStore("bucket")
    assert made == [CONNECTIONS]
    assert CONNECTIONS >= UPLOAD_THREADS + DOWNLOAD_THREADS
