"""Objects in a bucket, beyond the contract."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from hozon.errors import StorageError
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.services.transfers import DOWNLOAD_THREADS
from hozon.services.uploads import UPLOAD_THREADS
from hozon.storage import s3
from hozon.storage.s3 import CONNECTIONS, S3ObjectStore
from worlds import Bucket

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


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
        lambda: store.discard(["objects/0"], now=NOW),
        lambda: store.recover("objects/0", "objects/1"),
        lambda: store.erase(["objects/0"]),
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


@dataclass(frozen=True, slots=True)
class Stubborn:
    """A client of S3 that refuses some requests."""

    client: S3Client
    refuse: Callable[[str, dict[str, object]], str | None]
    """Gives the code with which a request is refused, by its method and its arguments."""

    def __getattr__(self, name: str) -> object:
        """Give what the client has, or refuse."""
        found: object = getattr(self.client, name)
        if not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> object:
            if code := self.refuse(str(args[0]) if args else name, kwargs):
                raise ClientError({"Error": {"Code": code, "Message": "no way"}}, name)
            return found(*args, **kwargs)

        return call


@pytest.fixture
def stubborn(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Callable[..., S3ObjectStore]:
    """Give a function that opens a store in a bucket that refuses some requests."""

    def open_it(refuse: Callable[[str, dict[str, object]], str | None]) -> S3ObjectStore:
        monkeypatch.setattr("boto3.client", lambda *_, **__: Stubborn(bucket.client, refuse))
        return S3ObjectStore(bucket.name, prefix="a")

    return open_it


def versions(bucket: Bucket) -> list[tuple[str, bool]]:
    """List what the bucket keeps, each with whether it is the mark of a delete."""
    found = bucket.client.list_object_versions(Bucket=bucket.name)
    return [(item["Key"], False) for item in found.get("Versions", [])] + [
        (item["Key"], True) for item in found.get("DeleteMarkers", [])
    ]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request list, or remove, no more than a hundred keys."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "100")
    monkeypatch.setattr(s3, "_DELETE_BATCH", 100)


@pytest.mark.usefixtures("small_pages")
def test_many_keys_are_listed(bucket: Bucket) -> None:
    """One request after the other; from the middle on, half as many."""
    for number in range(300):
        bucket.client.put_object(Bucket=bucket.name, Key=f"a/objects/{number:04}", Body=b"x")
    store = S3ObjectStore(bucket.name, prefix="a")
    assert [found.key for found in store.keys("objects/")] == [
        f"objects/{n:04}" for n in range(300)
    ]
    rest = list(store.keys("objects/", after="objects/0149"))
    assert (len(rest), rest[0]) == (150, StoredKey("objects/0150", 1))


def test_the_mark_of_a_folder_is_no_key(bucket: Bucket, source: Path) -> None:
    """Consoles make one where someone clicks on 'create folder'."""
    store = S3ObjectStore(bucket.name, prefix="a")
    store.put("objects/0", source)
    for mark in ("a/", "a/objects/"):
        bucket.client.put_object(Bucket=bucket.name, Key=mark)
    assert list(store.keys()) == [StoredKey("objects/0", 5)]


def test_a_versioned_bucket_keeps_what_is_discarded(bucket: Bucket, source: Path) -> None:
    """Behind the mark of a delete, which erasing takes away, too."""
    bucket.keep_versions()
    store = S3ObjectStore(bucket.name, prefix="a")
    store.put("objects/0", source)
    store.discard(["objects/0"], now=NOW)
    assert versions(bucket) == [("a/objects/0", False), ("a/objects/0", True)]
    assert store.erase(["objects/0"]) == {}
    assert versions(bucket) == []


@pytest.mark.usefixtures("small_pages")
def test_what_is_erased_may_have_many_versions(bucket: Bucket) -> None:
    """More than fit one request; a key whose name begins alike keeps its own."""
    bucket.keep_versions()
    for number in range(120):
        bucket.client.put_object(Bucket=bucket.name, Key="objects/1", Body=b"%d" % number)
    bucket.client.put_object(Bucket=bucket.name, Key="objects/10", Body=b"x")
    assert S3ObjectStore(bucket.name).erase(["objects/1"]) == {}
    assert versions(bucket) == [("objects/10", False)]


def test_the_newest_version_is_recovered(bucket: Bucket, source: Path) -> None:
    """Its copy has a checksum, too."""
    bucket.keep_versions()
    store = S3ObjectStore(bucket.name)
    for content in (b"first", b"newer"):
        source.write_bytes(content)
        store.put("objects/0", source)
    store.discard(["objects/0"], now=NOW)
    store.discard(["objects/0"], now=NOW)
    assert store.recover("objects/0", "objects/1")
    assert b"".join(store.read(Place("objects/1", 0, 5))) == b"newer"
    head = bucket.client.head_object(Bucket=bucket.name, Key="objects/1", ChecksumMode="ENABLED")
    assert "ChecksumSHA256" in head


def test_a_large_object_is_recovered_in_parts(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 copies no more than 5 GiB with one request; no thread is started."""
    assert s3._WITHIN_THE_STORE.multipart_threshold == 5 * 2**30  # noqa: SLF001  Too large to try.
    small = TransferConfig(use_threads=False, multipart_threshold=6 * 2**20)
    monkeypatch.setattr(s3, "_WITHIN_THE_STORE", small)
    content = bytes(range(256)) * (40 * 2**10)
    (tmp_path / "source").write_bytes(content)
    bucket.keep_versions()
    store = S3ObjectStore(bucket.name)
    store.put("objects/0", tmp_path / "source")
    store.discard(["objects/0"], now=NOW)
    monkeypatch.setattr(threading.Thread, "start", lambda _: pytest.fail("A thread was started."))
    assert store.recover("objects/0", "objects/1")
    assert b"".join(store.read(Place("objects/1", 0, len(content)))) == content
    assert "-" in bucket.client.head_object(Bucket=bucket.name, Key="objects/1")["ETag"]


def test_a_refused_key_does_not_stop_the_rest(bucket: Bucket, source: Path) -> None:
    """S3 tells of each key of a request; such as are locked stay."""
    store = S3ObjectStore(bucket.name, prefix="a")
    for key in ("objects/0", "objects/1"):
        store.put(key, source)

    def answer(**_: object) -> dict[str, object]:
        errors = [
            {"Key": "a/objects/0", "Code": "AccessDenied", "Message": "Object is locked"},
            {"Key": "a/objects/1", "Code": "NoSuchKey", "Message": "Some stores say so"},
        ]
        return {"Errors": errors}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store._client, "delete_objects", answer)  # noqa: SLF001  moto locks nothing.
        failures = store.discard(["objects/0", "objects/1"], now=NOW)
        with pytest.raises(StorageError, match=r"kept objects/0 \(Object is locked\)"):
            store.delete(["objects/0"])
    assert failures == {"objects/0": "Object is locked"}


def test_a_failed_request_does_not_stop_the_next(
    bucket: Bucket, stubborn: Callable[..., S3ObjectStore]
) -> None:
    """Its keys are named; those of the other requests are gone."""
    asked = count()
    store = stubborn(
        lambda method, _: "SlowDown" if method == "delete_objects" and not next(asked) else None
    )
    names = [f"objects/{number:04}" for number in range(1500)]
    for key in (names[0], names[-1]):
        bucket.client.put_object(Bucket=bucket.name, Key=f"a/{key}")
    failures = store.discard(names, now=NOW)
    assert list(failures) == names[:1000]
    assert "no way" in failures[names[0]]
    assert [found.key for found in store.keys("")] == [names[0]]


def test_versions_that_cannot_be_listed_are_named(
    bucket: Bucket, stubborn: Callable[..., S3ObjectStore]
) -> None:
    """Something of the key may be left, so it is not touched."""
    store = stubborn(lambda method, _: "AccessDenied" if method == "list_object_versions" else None)
    bucket.client.put_object(Bucket=bucket.name, Key="a/objects/0")
    assert "AccessDenied" in store.erase(["objects/0"])["objects/0"]
    assert [found.key for found in store.keys("")] == ["objects/0"]
    with pytest.raises(StorageError, match="AccessDenied"):
        store.recover("objects/1", "objects/2")


def test_a_store_without_versions_erases_and_recovers_nothing(
    bucket: Bucket, stubborn: Callable[..., S3ObjectStore]
) -> None:
    """It keeps nothing behind a key, so that removing the key is enough."""
    store = stubborn(
        lambda method, _: "NotImplemented" if method == "list_object_versions" else None
    )
    bucket.client.put_object(Bucket=bucket.name, Key="a/objects/0", Body=b"hello")
    assert not store.recover("objects/1", "objects/2")
    assert store.recover("objects/0", "objects/2")
    assert store.erase(["objects/0"]) == {}
    assert list(store.keys()) == [StoredKey("objects/2", 5)]


def test_a_timeout_is_that_of_connections_and_of_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, boto3 has its own."""
    made: list[tuple[float, float]] = []
    monkeypatch.setattr(
        "boto3.client",
        lambda _, config: made.append((config.connect_timeout, config.read_timeout)),
    )
    S3ObjectStore("b")
    S3ObjectStore("b", timeout=timedelta(seconds=2.5))
    assert made == [(60, 60), (2.5, 2.5)]
