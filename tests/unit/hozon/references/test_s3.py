"""References to objects of S3, beyond the contract."""

import copy
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from hozon.errors import (
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
    TooManyObjectsError,
)
from hozon.model.manifest import ManifestEntry
from hozon.model.references import DEFAULT_MAX_OBJECTS
from hozon.ports.references import FoundObject
from hozon.references.s3 import S3References
from hozon.testing.references import recorded
from worlds import Bucket

Call = Callable[[BaseClient, str, Mapping[str, object]], object]
OLD, NEW = b"old", b"new content"


@pytest.fixture
def s3(bucket: Bucket) -> Iterator[S3References]:
    """Give a handler whose client meets the mocked S3."""
    del bucket
    handler = S3References()
    yield handler
    handler.close()


def put(bucket: Bucket, key: str, content: bytes) -> str:
    """Write an object and give its version."""
    answer = bucket.client.put_object(Bucket=bucket.name, Key=key, Body=content)
    return answer.get("VersionId", "")


def find(
    s3: S3References, uri: str, *, checksum: bool = True, max_objects: int | None = None
) -> list[FoundObject]:
    """Find everything behind a URI."""
    return list(s3.find(uri, checksum=checksum, max_objects=max_objects))


def one(s3: S3References, uri: str) -> ManifestEntry:
    """Record the one object behind a URI."""
    (found,) = find(s3, uri)
    return recorded(found)


def md5(content: bytes) -> str:
    """Give the ETag of what was uploaded in one piece."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def intercept(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], list[str]]:
    """Give a function that lets a test see, and refuse, every call of a client by its name."""
    real: Call = BaseClient._make_api_call  # noqa: SLF001  The one place that all calls go through.

    def intercept(before: Callable[[str], None]) -> list[str]:
        names: list[str] = []

        def call(client: BaseClient, name: str, arguments: Mapping[str, object]) -> object:
            names.append(name)
            before(name)
            return real(client, name, arguments)

        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        return names

    return intercept


def refused(code: str, name: str) -> ClientError:
    """Describe what S3 refuses."""
    return ClientError({"Error": {"Code": code, "Message": "No"}}, name)


def test_without_versions_the_etag_is_recorded(bucket: Bucket, s3: S3References) -> None:
    """Without quotes, as the digest and in `extra`."""
    put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    assert (entry.digest, entry.size, entry.extra) == (md5(OLD), 3, {"etag": md5(OLD)})
    assert s3.target(entry) == f"s3://{bucket.name}/data.csv"


def test_the_recorded_version_is_read_after_it_was_overwritten(
    bucket: Bucket, s3: S3References
) -> None:
    """Not the newest; `extra` and the target name it."""
    bucket.keep_versions()
    version = put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    put(bucket, "data.csv", NEW)
    assert b"".join(s3.read(entry)) == OLD
    assert entry.extra == {"etag": md5(OLD), "versionID": version}
    assert s3.target(entry) == f"s3://{bucket.name}/data.csv?versionId={version}"


def test_the_recorded_version_is_read_after_the_key_was_deleted(
    bucket: Bucket, s3: S3References
) -> None:
    """The mark of a delete hides it from others, not from whoever knows the version."""
    bucket.keep_versions()
    put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    bucket.client.delete_object(Bucket=bucket.name, Key="data.csv")
    assert b"".join(s3.read(entry)) == OLD


def test_an_old_version_is_recorded_when_it_is_named(bucket: Bucket, s3: S3References) -> None:
    """And not the newest in its place; the URI of the object does not repeat it."""
    bucket.keep_versions()
    version = put(bucket, "data.csv", OLD)
    put(bucket, "data.csv", NEW)
    (found,) = find(s3, f"s3://{bucket.name}/data.csv?versionId={version}")
    assert (found.name, found.size, found.digest) == ("data.csv", 3, md5(OLD))
    assert found.extra["versionID"] == version
    assert found.ref == f"s3://{bucket.name}/data.csv"
    assert b"".join(s3.read(recorded(found))) == OLD


@pytest.mark.parametrize("key", ["data.csv", "absent.csv"])
def test_a_version_that_does_not_exist_is_named(bucket: Bucket, s3: S3References, key: str) -> None:
    """The newest is not recorded in its place."""
    bucket.keep_versions()
    put(bucket, "data.csv", OLD)
    wrong = "a" * 32
    with pytest.raises(InvalidReferenceError, match=f"no version '{wrong}' of s3://.*{key}"):
        find(s3, f"s3://{bucket.name}/{key}?versionId={wrong}")


def test_the_version_of_a_delete_is_no_version_of_the_object(
    bucket: Bucket, s3: S3References
) -> None:
    """There is nothing to read in it."""
    bucket.keep_versions()
    put(bucket, "data.csv", OLD)
    mark = bucket.client.delete_object(Bucket=bucket.name, Key="data.csv")["VersionId"]
    with pytest.raises(InvalidReferenceError, match="no version"):
        find(s3, f"s3://{bucket.name}/data.csv?versionId={mark}")


def test_what_head_does_not_say_get_does(
    bucket: Bucket, s3: S3References, intercept: Callable[[Callable[[str], None]], list[str]]
) -> None:
    """S3 answers HEAD with a bare 400 to a version of a wrong form, and to expired credentials."""
    put(bucket, "data.csv", OLD)

    def answer(code: str) -> Callable[[str], None]:
        def refuse(name: str) -> None:
            raise refused("400" if name == "HeadObject" else code, name)

        return refuse

    uri = f"s3://{bucket.name}/data.csv?versionId=x"
    intercept(answer("InvalidArgument"))
    with pytest.raises(InvalidReferenceError, match="no version 'x'"):
        find(s3, uri)
    intercept(answer("ExpiredToken"))
    with pytest.raises(ReferenceBackendError, match="ExpiredToken"):
        find(s3, uri)


def test_a_version_that_was_removed_is_missing(bucket: Bucket, s3: S3References) -> None:
    """Another version of the key does not take its place."""
    bucket.keep_versions()
    version = put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    put(bucket, "data.csv", OLD)
    bucket.client.delete_object(Bucket=bucket.name, Key="data.csv", VersionId=version)
    with pytest.raises(MissingReferenceError, match=f"versionId={version} any more"):
        b"".join(s3.read(entry))


def test_a_change_says_what_was_recorded_and_what_is_there(
    bucket: Bucket, s3: S3References, intercept: Callable[[Callable[[str], None]], list[str]]
) -> None:
    """And the hint says how to get an old version, and how to go on; no byte is sent in vain."""
    put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    put(bucket, "data.csv", NEW)
    calls = intercept(lambda _: None)
    with pytest.raises(ReferenceChangedError) as caught:
        b"".join(s3.read(entry))
    assert calls == ["GetObject", "HeadObject"]  # S3 refused the first, on our condition.
    assert f"has the ETag '{md5(NEW)}', and '{md5(OLD)}' was recorded" in caught.value.message
    assert "Add the reference again" in caught.value.hint
    assert "?versionId=" in caught.value.hint


def test_a_change_is_found_by_a_store_without_conditions(
    bucket: Bucket, s3: S3References, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some stores that speak the protocol ignore If-Match."""
    put(bucket, "data.csv", OLD)
    entry = one(s3, f"s3://{bucket.name}/data.csv")
    put(bucket, "data.csv", OLD[::-1])
    real: Call = BaseClient._make_api_call  # noqa: SLF001  The one place that all calls go through.

    def call(client: BaseClient, name: str, arguments: Mapping[str, object]) -> object:
        return real(client, name, {k: v for k, v in arguments.items() if k != "IfMatch"})

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    with pytest.raises(ReferenceChangedError, match="was recorded"):
        next(s3.read(entry))


def test_a_prefix_of_a_versioned_bucket_records_versions(bucket: Bucket, s3: S3References) -> None:
    """The newest of each key; what was deleted is left out."""
    bucket.keep_versions()
    put(bucket, "d/a", OLD)
    newest = {key: put(bucket, key, NEW) for key in ("d/a", "d/b")}
    put(bucket, "d/gone", OLD)
    bucket.client.delete_object(Bucket=bucket.name, Key="d/gone")
    found = find(s3, f"s3://{bucket.name}/d")
    assert {f"d/{item.name}": item.extra["versionID"] for item in found} == newest
    put(bucket, "d/a", OLD)
    assert [b"".join(s3.read(recorded(item))) for item in found] == [NEW, NEW]


def test_what_is_older_than_versioning_has_no_version(bucket: Bucket, s3: S3References) -> None:
    """It may still be overwritten, so its ETag is all there is to hold it to."""
    put(bucket, "d/a", OLD)
    bucket.keep_versions()
    for uri in (f"s3://{bucket.name}/d", f"s3://{bucket.name}/d/a"):
        assert one(s3, uri).extra == {"etag": md5(OLD)}


@pytest.mark.parametrize("versioned", [True, False])
def test_versions_are_recorded_where_they_may_not_be_listed(
    bucket: Bucket,
    s3: S3References,
    intercept: Callable[[Callable[[str], None]], list[str]],
    versioned: bool,  # noqa: FBT001  A parameter of the test.
) -> None:
    """Each object is asked for its version then; without versions, the first answer is enough."""
    if versioned:
        bucket.keep_versions()
    versions = [put(bucket, f"d/{number}", OLD) for number in range(3)]
    put(bucket, "d/folder/", b"")

    def refuse(name: str) -> None:
        if name == "ListObjectVersions":
            raise refused("AccessDenied", name)

    calls = intercept(refuse)
    found = find(s3, f"s3://{bucket.name}/d/")
    assert [item.extra.get("versionID", "") for item in found] == versions
    assert [item.digest for item in found] == [md5(OLD)] * 3
    assert calls.count("HeadObject") == (3 if versioned else 1)


def test_an_upload_in_parts_keeps_its_etag(
    bucket: Bucket, s3: S3References, tmp_path: Path
) -> None:
    """With the number of parts behind it; it is the MD5 of no file."""
    (tmp_path / "large").write_bytes(bytes(9 * 2**20))
    bucket.client.upload_file(str(tmp_path / "large"), bucket.name, "large")
    entry = one(s3, f"s3://{bucket.name}/large")
    assert entry.digest.endswith("-2")
    assert not s3.matches(entry, tmp_path / "large")
    assert sum(map(len, s3.read(entry))) == 9 * 2**20


@pytest.mark.parametrize("checksum", [True, False])
def test_a_local_file_is_known_by_its_md5(
    bucket: Bucket,
    s3: S3References,
    tmp_path: Path,
    checksum: bool,  # noqa: FBT001  A parameter of the test.
) -> None:
    """Which the ETag is of what was uploaded in one piece."""
    put(bucket, "data.csv", OLD)
    (tmp_path / "data.csv").write_bytes(OLD)
    (found,) = find(s3, f"s3://{bucket.name}/data.csv", checksum=checksum)
    assert s3.matches(recorded(found), tmp_path / "data.csv")


def test_marks_of_folders_are_no_files(bucket: Bucket, s3: S3References) -> None:
    """Consoles write them; empty objects are files all the same."""
    for key in ("d/", "d/e/", "d/e/empty", "d/f"):
        put(bucket, key, b"")
    assert [item.name for item in find(s3, f"s3://{bucket.name}/d/")] == ["e/empty", "f"]


def test_a_prefix_with_marks_only_is_an_error(bucket: Bucket, s3: S3References) -> None:
    """There is no file in it."""
    put(bucket, "d/", b"")
    with pytest.raises(InvalidReferenceError, match=f"nothing at 's3://{bucket.name}/d"):
        find(s3, f"s3://{bucket.name}/d")


def test_a_key_wins_over_the_keys_below_it(bucket: Bucket, s3: S3References) -> None:
    """With a slash at the end, the others are meant."""
    put(bucket, "data", OLD)
    put(bucket, "data/1", NEW)
    assert [(i.name, i.single) for i in find(s3, f"s3://{bucket.name}/data")] == [("data", True)]
    assert [(i.name, i.single) for i in find(s3, f"s3://{bucket.name}/data/")] == [("1", False)]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_objects_of_a_bucket_are_named_by_their_keys(
    bucket: Bucket, s3: S3References, slash: str
) -> None:
    """With a slash or without."""
    for key in ("b", "a/c"):
        put(bucket, key, OLD)
    assert [item.name for item in find(s3, f"s3://{bucket.name}{slash}")] == ["a/c", "b"]


def fill(bucket: Bucket, count: int) -> None:
    """Let there be many empty objects, past the client, which would take long."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(count):
        backend.put_object(bucket.name, f"d/{number:05}", b"")


def test_ten_thousand_and_one_objects_are_found_when_they_are_allowed(
    bucket: Bucket, s3: S3References, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is lost at the end of a page."""
    fill(bucket, 10_001)
    # moto copies all objects for each page, deeply, which takes half a minute.
    monkeypatch.setattr("moto.s3.models.copy", SimpleNamespace(deepcopy=copy.copy))
    uri = f"s3://{bucket.name}/d"
    assert [item.name for item in find(s3, uri, max_objects=20_000)] == [
        f"{number:05}" for number in range(10_001)
    ]


def test_more_than_ten_thousand_are_refused_by_default(
    bucket: Bucket, s3: S3References, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here more than three, which takes less time."""
    assert DEFAULT_MAX_OBJECTS == 10_000
    monkeypatch.setattr("hozon.references.s3.DEFAULT_MAX_OBJECTS", 3)
    fill(bucket, 3)
    assert len(find(s3, f"s3://{bucket.name}/d")) == 3
    fill(bucket, 4)
    with pytest.raises(TooManyObjectsError, match="more than 3 objects"):
        find(s3, f"s3://{bucket.name}/d")


def test_no_more_pages_are_listed_than_needed(
    bucket: Bucket, s3: S3References, intercept: Callable[[Callable[[str], None]], list[str]]
) -> None:
    """Objects are passed on as they come."""
    fill(bucket, 1_100)
    calls = intercept(lambda _: None)
    found = s3.find(f"s3://{bucket.name}/d", checksum=True, max_objects=None)
    assert next(found).name == "00000"
    assert calls == ["HeadObject", "ListObjectVersions"]


@pytest.mark.parametrize("path", ["", "/", "/data", "/data/"])
@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_is_named(s3: S3References, path: str) -> None:
    """A typing error in a bucket is found when the reference is added."""
    with pytest.raises(InvalidReferenceError, match=f"nothing at 's3://absent{path}'"):
        find(s3, f"s3://absent{path}")


def test_a_bucket_that_is_gone_is_missing(s3: S3References, bucket: Bucket) -> None:
    """As one of its objects is."""
    entry = ManifestEntry("x", "abc", 1, "s3://absent/x", {"etag": "abc"})
    assert bucket.keys() == []
    with pytest.raises(MissingReferenceError, match="no s3://absent/x any more"):
        b"".join(s3.read(entry))


@pytest.mark.parametrize("key", ["a b.csv", "a%20b", "a?b", "a#b", "ä/ö", "x?versionId="])
def test_a_key_is_taken_as_it_is_written(bucket: Bucket, s3: S3References, key: str) -> None:
    """Nothing is quoted or unquoted."""
    put(bucket, key, OLD)
    entry = one(s3, f"s3://{bucket.name}/{key}")
    assert entry.ref == f"s3://{bucket.name}/{key}"
    assert b"".join(s3.read(entry)) == OLD


def test_a_key_that_looks_like_a_version_is_read(bucket: Bucket, s3: S3References) -> None:
    """It cannot be named alone; below a prefix it is found, and recorded as it is."""
    put(bucket, "d/a?versionId=b", OLD)
    assert b"".join(s3.read(one(s3, f"s3://{bucket.name}/d"))) == OLD


@pytest.mark.parametrize("uri", ["s3://", "s3:///key", "s3:key", "s3://bucket?versionId=1"])
def test_what_names_no_object_is_refused(s3: S3References, uri: str) -> None:
    """The hint shows the forms."""
    with pytest.raises(InvalidReferenceError, match="names no object") as caught:
        find(s3, uri)
    assert "s3://bucket/key?versionId=" in caught.value.hint


@pytest.mark.parametrize(
    "failure",
    [refused("AccessDenied", "HeadObject"), EndpointConnectionError(endpoint_url="x")],
    ids=["refused", "unreachable"],
)
def test_a_store_that_fails_is_named(
    bucket: Bucket,
    s3: S3References,
    intercept: Callable[[Callable[[str], None]], list[str]],
    failure: Exception,
) -> None:
    """When looking, when listing and when reading; the original is kept as the cause."""
    put(bucket, "d/a", OLD)
    entry = one(s3, f"s3://{bucket.name}/d/a")

    def refuse(_: str) -> None:
        raise failure

    intercept(refuse)
    for call in (
        lambda: find(s3, f"s3://{bucket.name}/d/a"),
        lambda: find(s3, f"s3://{bucket.name}/d/"),
        lambda: b"".join(s3.read(entry)),
    ):
        with pytest.raises(ReferenceBackendError, match=f"s3://{bucket.name}/d") as caught:
            call()
        assert caught.value.__cause__ is failure
        assert "credentials" in caught.value.hint
