"""Objects in a bucket of S3, or of a store that speaks its protocol.

Owns the calls to boto3. Refuses to own credentials: boto3 finds them as it always does.
Invariant: every upload carries a SHA-256 checksum that the store verifies.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hozon.errors import MissingObjectError, StorageError
from hozon.model.deployments import BucketVersioning
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.storage.s3_versioning import versioning_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import (
        CopySourceTypeDef,
        ListObjectsV2RequestPaginateTypeDef,
        ObjectIdentifierTypeDef,
    )

CONNECTIONS: Final = 16
"""How many requests may be under way at once: 8 uploads beside 8 downloads."""

_DELETE_BATCH = 1000
"""The most keys that one DeleteObjects request takes."""

_FAILED = (ClientError, BotoCoreError, OSError)
_ABSENT = {"NoSuchKey", "NoSuchVersion", "404"}
_VANISHED = {"NoSuchBucket"}
_NO_VERSIONS = {"NotImplemented", "MethodNotAllowed"}
"""What a store answers that keeps no versions, to whoever asks for a list of them."""

# Callers bring the threads. Those of boto3 would multiply them, ten for each upload, and cannot be
# started while the interpreter ends.
_IN_THIS_THREAD = TransferConfig(use_threads=False)

# The store copies by itself: up to 5 GiB with one request, what is larger in parts.
_WITHIN_THE_STORE = TransferConfig(
    use_threads=False, multipart_threshold=5 * 2**30, multipart_chunksize=2**30
)
_CHECKSUM = {"ChecksumAlgorithm": "SHA256"}


class S3ObjectStore:
    """Keeps objects in a bucket below a prefix.

    Args:
        bucket: The bucket; it must exist.
        prefix: What every key begins with, without slashes at its ends; empty for none.
        timeout: How long to wait for a connection, and then for something to arrive; None for as
            long as boto3 does. Requests that failed are tried again, as boto3 does.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`. The client is shared by all threads.
    """

    def __init__(self, bucket: str, *, prefix: str = "", timeout: timedelta | None = None) -> None:
        """Make a client; nothing is sent yet."""
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        with _translated(f"Setting up the client for s3://{bucket}"):
            # The default session keeps what it loaded: a second client costs a tenth of the first.
            config = Config(max_pool_connections=CONNECTIONS)
            if timeout is not None:
                seconds = timeout.total_seconds()
                config = config.merge(Config(connect_timeout=seconds, read_timeout=seconds))
            self._client: S3Client = boto3.client("s3", config=config)

    @property
    def url(self) -> str:
        """The bucket and the prefix as a URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether it keeps bytes on this machine: no."""
        return False

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:  # noqa: ARG002  A bucket has no links.
        """Upload a file, in parts if it is large."""
        with _translated(f"Uploading {key} to {self.url}"):
            self._client.upload_file(
                str(source),
                self._bucket,
                self._prefix + key,
                ExtraArgs=_CHECKSUM,
                Config=_IN_THIS_THREAD,
            )

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range in chunks of 1 MiB."""
        if not place.length:
            return
        end = place.offset + place.length - 1
        with _translated(f"Reading {place.key} from {self.url}"):
            answer = self._client.get_object(
                Bucket=self._bucket,
                Key=self._prefix + place.key,
                Range=f"bytes={place.offset}-{end}",
            )
            received = 0
            with closing(answer["Body"]) as body:
                for chunk in body.iter_chunks(CHUNK_BYTES):
                    received += len(chunk)
                    yield chunk
        if received != place.length:
            raise StorageError(
                f"{self.url} gave {received} bytes of {place.key} instead of {place.length}",
                hint="Try again; if it stays so, the object in the bucket is damaged.",
            )

    def delete(self, keys: Iterable[str]) -> None:
        """Remove keys, a thousand with each request."""
        for key, reason in self._remove({"Key": self._prefix + key} for key in keys).items():
            raise StorageError(
                f"{self.url} kept {key} ({reason})",
                hint="Check the network, and that the credentials may delete objects.",
            )

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List keys in order, a thousand with each request."""
        request: ListObjectsV2RequestPaginateTypeDef = {
            "Bucket": self._bucket,
            "Prefix": self._prefix + prefix,
        }
        if after is not None:
            request["StartAfter"] = self._prefix + after
        pages = self._client.get_paginator("list_objects_v2").paginate(**request)
        with _translated(f"Listing {self.url}"):
            for page in pages:
                for item in page.get("Contents", []):
                    # Consoles make empty objects that stand for a folder, such as our prefix.
                    if not item["Key"].endswith("/"):
                        yield StoredKey(item["Key"].removeprefix(self._prefix), item["Size"])

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:  # noqa: ARG002  Old versions have dates.
        """Remove keys, a thousand with each request; a versioned bucket keeps old versions."""
        return self._remove({"Key": self._prefix + key} for key in keys)

    def recover(self, key: str, new_key: str) -> bool:
        """Let S3 copy what is there, or the newest old version."""
        with _translated(f"Recovering {key} in {self.url} as {new_key}"):
            if self._copy({"Bucket": self._bucket, "Key": self._prefix + key}, new_key):
                return True
            return any(
                self._copy(
                    {
                        "Bucket": self._bucket,
                        "Key": version["Key"],
                        "VersionId": version["VersionId"],
                    },
                    new_key,
                )
                for version in self._versions(key, marks=False)
                if "VersionId" in version
            )

    def empty_trash(self, before: datetime) -> int:  # noqa: ARG002  See below.
        """Do nothing: rules of the bucket expire old versions."""
        return 0

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Remove every version and delete marker; each key costs a request that lists them."""
        failures = dict[str, str]()
        return self._remove(self._all_versions(keys, failures)) | failures

    def _all_versions(
        self, keys: Iterable[str], failures: dict[str, str]
    ) -> "Iterator[ObjectIdentifierTypeDef]":
        """List what is kept of keys, and note those of which that cannot be told.

        The list of a key is whole before anything of it is removed: its next page begins behind a
        version, which has to be there.
        """
        for key in keys:
            try:
                yield from list(self._versions(key, marks=True))
            except _FAILED as error:
                self._check_bucket(error)
                failures[key] = str(error)

    def _remove(self, names: "Iterable[ObjectIdentifierTypeDef]") -> dict[str, str]:
        """Remove keys or versions of them, and give the reasons why some are still there."""
        failures = dict[str, str]()
        rest = iter(names)
        while batch := list(islice(rest, _DELETE_BATCH)):
            for name, reason in self._remove_batch(batch):
                failures[name.removeprefix(self._prefix)] = reason
        return failures

    def _remove_batch(
        self, batch: "Sequence[ObjectIdentifierTypeDef]"
    ) -> Iterator[tuple[str, str]]:
        """Send one request; if it fails as a whole, so does every part of it."""
        try:
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": batch, "Quiet": True}
            )
        except _FAILED as error:
            self._check_bucket(error)
            for name in batch:
                yield name["Key"], str(error)
            return
        for failed in answer.get("Errors", []):
            if failed.get("Code") not in _ABSENT:
                reason = failed.get("Message") or failed.get("Code") or "no reason was given"
                yield failed.get("Key", ""), reason

    def _check_bucket(self, error: Exception) -> None:
        """Give up when there is no bucket any more: then every further request is in vain."""
        if isinstance(error, ClientError) and _code(error) in _VANISHED:
            raise _failure(f"Removing keys from {self.url}", error) from error

    def _versions(self, key: str, *, marks: bool) -> "Iterator[ObjectIdentifierTypeDef]":
        """List what is kept of a key, the newest first, and perhaps the marks of deletes.

        A store that knows no versions is asked for nothing but the key itself.
        """
        name = self._prefix + key
        try:
            for page in self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=name
            ):
                versions = page.get("Versions", [])
                deletes = page.get("DeleteMarkers", [])
                for item in (*versions, *(deletes if marks else ())):
                    if item["Key"] == name:
                        yield {"Key": name, "VersionId": item["VersionId"]}
                if any(item["Key"] != name for item in (*versions, *deletes)):
                    return  # Longer keys come behind it.
        except ClientError as error:
            if _code(error) not in _NO_VERSIONS:
                raise
            yield {"Key": name}

    def _copy(self, source: "CopySourceTypeDef", new_key: str) -> bool:
        """Let S3 copy; False if there is no such source."""
        try:
            self._client.copy(
                source,
                self._bucket,
                self._prefix + new_key,
                ExtraArgs=_CHECKSUM,
                Config=_WITHIN_THE_STORE,
            )
        except ClientError as error:
            if _code(error) in _ABSENT:
                return False
            raise
        return True

    def versioning(self) -> BucketVersioning:
        """Ask for the versioning of the bucket, and for its rules."""
        return versioning_of(self._client, self._bucket, self._prefix)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


@contextmanager
def _translated(action: str) -> Iterator[None]:
    """Turn errors of boto3 into ours."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _ABSENT:
            raise MissingObjectError(
                f"{action} failed: there is no such key",
                hint="Bring the object back from a backup or an old version of the bucket.",
            ) from error
        raise _failure(action, error) from error
    except (Boto3Error, BotoCoreError, OSError) as error:
        raise _failure(action, error) from error


def _code(error: ClientError) -> str:
    """Give the code of S3, or the status where there is none."""
    return error.response.get("Error", {}).get("Code", "")


def _failure(action: str, error: Exception) -> StorageError:
    """Describe what failed and why."""
    return StorageError(
        f"{action} failed ({error})",
        hint="Check HOZON_STORAGE_URL, the network, the region and the credentials of AWS.",
    )
