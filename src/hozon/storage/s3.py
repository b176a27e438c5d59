"""Objects in a bucket of S3, or of a store that speaks its protocol.

Owns the calls to boto3. Refuses to own credentials: boto3 finds them as it always does.
Invariant: every upload carries a SHA-256 checksum that the store verifies.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hozon.errors import MissingObjectError, StorageError
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CONNECTIONS: Final = 16
"""How many requests may be under way at once: 8 uploads beside 8 downloads."""

_DELETE_BATCH = 1000
"""The most keys that one DeleteObjects request takes."""

_ABSENT = {"NoSuchKey", "404"}

# Callers bring the threads. Those of boto3 would multiply them, ten for each upload, and cannot be
# started while the interpreter ends.
_IN_THIS_THREAD = TransferConfig(use_threads=False)


class S3ObjectStore:
    """Keeps objects in a bucket below a prefix.

    Args:
        bucket: The bucket; it must exist.
        prefix: What every key begins with, without slashes at its ends; empty for none.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`. The client is shared by all threads.
    """

    def __init__(self, bucket: str, *, prefix: str = "") -> None:
        """Make a client; nothing is sent yet."""
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        with _translated(f"Setting up the client for s3://{bucket}"):
            # The default session keeps what it loaded: a second client costs a tenth of the first.
            self._client: S3Client = boto3.client(
                "s3", config=Config(max_pool_connections=CONNECTIONS)
            )

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
                ExtraArgs={"ChecksumAlgorithm": "SHA256"},
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
        names = [self._prefix + key for key in keys]
        for start in range(0, len(names), _DELETE_BATCH):
            batch = names[start : start + _DELETE_BATCH]
            with _translated(f"Removing {len(batch)} keys from {self.url}"):
                answer = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": name} for name in batch], "Quiet": True},
                )
            for failed in answer.get("Errors", []):
                raise StorageError(
                    f"{self.url} kept {failed.get('Key')} ({failed.get('Message')})",
                    hint="Check that the credentials may delete objects.",
                )

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List keys in order, a thousand with each request."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with _translated(f"Listing {self.url}"):
            for page in pages:
                for item in page.get("Contents", []):
                    yield item["Key"].removeprefix(self._prefix)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


@contextmanager
def _translated(action: str) -> Iterator[None]:
    """Turn errors of boto3 into ours."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _ABSENT:
            raise MissingObjectError(
                f"{action} failed: there is no such key",
                hint="Bring the object back from a backup or an old version of the bucket.",
            ) from error
        raise _failure(action, error) from error
    except (Boto3Error, BotoCoreError, OSError) as error:
        raise _failure(action, error) from error


def _failure(action: str, error: Exception) -> StorageError:
    """Describe what failed and why."""
    return StorageError(
        f"{action} failed ({error})",
        hint="Check HOZON_STORAGE_URL, the network, the region and the credentials of AWS.",
    )
