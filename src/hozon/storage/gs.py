"""Objects in a bucket of Google Cloud Storage.

Owns the calls to Google's library. Refuses to own credentials and endpoints: the client finds them
as it always does. Invariants: an upload makes a new object or none, and carries a CRC32C checksum
that the store verifies; what is removed is named to the generation where old ones are meant.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import google_crc32c
import requests
from google.api_core.exceptions import (
    Forbidden,
    GoogleAPIError,
    NotFound,
    PreconditionFailed,
    RequestRangeNotSatisfiable,
    Unauthorized,
    from_http_response,
)
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY
from requests.adapters import HTTPAdapter

from hozon.errors import MissingObjectError, StorageError
from hozon.model.deployments import BucketVersioning
from hozon.model.digests import CHUNK_BYTES
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.storage.gs_versioning import versioning_of

CONNECTIONS: Final = 16
"""How many requests may be under way at once: 8 uploads beside 8 downloads."""

PATIENCE: Final = timedelta(minutes=2)
"""For how long the client tries again what failed for a moment."""

_REQUEST_BYTES: Final = 8 * CHUNK_BYTES
"""How much a request brings or takes: one for each chunk would be slow, and all lies in memory."""

_DELETE_BATCH = 100
"""The most deletes that one batch request takes."""

_FAILED: Final = (
    GoogleAPIError,
    GoogleAuthError,
    DataCorruption,
    InvalidResponse,
    OSError,  # What the client's requests raise is of this kind, too.
    ValueError,  # Raised by the library for answers that it does not understand.
)
_ABSENT: Final = 404
_PASSING: Final = {408, 429, 500, 502, 503, 504}
"""What is answered to a delete that may succeed a moment later."""


class _Generation(Protocol):
    """What we use of an object of Google's library, which has no types."""

    name: str
    generation: int
    size: int
    crc32c: str


@dataclass(frozen=True, slots=True)
class _Name:
    """What is to be removed; with no generation, the live one is meant."""

    name: str
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class _Content:
    """What an object must be, to be the one that was meant."""

    size: int
    crc32c: str


class GsObjectStore:
    """Keeps objects in a bucket below a prefix.

    Args:
        bucket: The bucket; it must exist.
        prefix: What every key begins with, without slashes at its ends; empty for none.
        patience: For how long the client tries again what failed for a moment.

    Concurrency:
        See `hozon.ports.object_store.ObjectStore`. The client is shared by all threads.
    """

    def __init__(self, bucket: str, *, prefix: str = "", patience: timedelta = PATIENCE) -> None:
        """Make a client; it may look for credentials, but sends nothing to the bucket yet."""
        self._prefix = f"{prefix}/" if prefix else ""
        self._patience = patience
        self._retry = DEFAULT_RETRY.with_timeout(patience.total_seconds())
        with _translated(f"Setting up the client for gs://{bucket}"):
            # A project is needed to make buckets only, and not everybody's credentials name one.
            self._client = Client(project=None)
            self._bucket = self._client.bucket(bucket)
            self._widen()

    def _widen(self) -> None:
        """Keep a connection for each request: the library keeps 10, and warns of every other."""
        session = self._client._http  # noqa: SLF001  The one way that the library has.
        if not session.is_mtls:  # Then it is mounted with the certificate of the client.
            for scheme in ("https://", "http://"):
                session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))

    @property
    def url(self) -> str:
        """The bucket and the prefix as a URL."""
        return f"gs://{self._bucket.name}/{self._prefix}".rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether it keeps bytes on this machine: no."""
        return False

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:  # noqa: ARG002  A bucket has no links.
        """Upload a file, in parts if it is large; never in place of another object."""
        action = f"Uploading {key} to {self.url}"
        with _translated(action), source.open("rb") as file:
            content = _look_through(file)
            try:
                self._bucket.blob(self._prefix + key, chunk_size=_REQUEST_BYTES).upload_from_file(
                    file,
                    size=content.size,
                    content_type="application/octet-stream",
                    if_generation_match=0,
                    checksum="crc32c",
                    crc32c_checksum_value=content.crc32c,
                    retry=self._retry,
                )
            except PreconditionFailed as error:
                self._expect(key, content, action, error)

    def read(self, place: Place) -> Iterator[bytes]:
        """Read a range in chunks of 1 MiB, several with each request."""
        end = place.offset + place.length
        for start in range(place.offset, end, _REQUEST_BYTES):
            part = self._read_part(place, start, min(start + _REQUEST_BYTES, end))
            for offset in range(0, len(part), CHUNK_BYTES):
                yield part[offset : offset + CHUNK_BYTES]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove keys, a hundred with each request."""
        for key, reason in self._remove(_Name(self._prefix + key) for key in keys).items():
            raise StorageError(
                f"{self.url} kept {key} ({reason})",
                hint="Check the network, and that the credentials may delete objects.",
            )

    def keys(self, prefix: str = "", *, after: str | None = None) -> Iterator[StoredKey]:
        """List keys in order, a thousand with each request."""
        with _translated(f"Listing {self.url}"):
            found: Iterable[_Generation] = self._client.list_blobs(
                self._bucket,
                prefix=self._prefix + prefix,
                start_offset=self._prefix + (after or "") or None,
                fields="items(name,size),nextPageToken",
                retry=self._retry,
            )
            for item in found:
                key = item.name.removeprefix(self._prefix)
                # The offset itself is listed, too. And consoles make empty objects that stand for
                # a folder, such as our prefix.
                if (after is None or key > after) and not item.name.endswith("/"):
                    yield StoredKey(key, item.size)

    def discard(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:  # noqa: ARG002  Old versions have dates.
        """Remove keys, a hundred with each request; a versioned bucket keeps old versions."""
        return self._remove(_Name(self._prefix + key) for key in keys)

    def recover(self, key: str, new_key: str) -> bool:
        """Let the store copy what is there, or the newest old version."""
        action = f"Recovering {key} in {self.url} as {new_key}"
        with _translated(action):
            kept = sorted(self._kept(key), key=lambda found: found.generation, reverse=True)
            return any(self._copy(found, new_key, action) for found in kept)

    def empty_trash(self, before: datetime) -> int:  # noqa: ARG002  See below.
        """Do nothing: rules of the bucket expire old versions."""
        return 0

    def erase(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Remove every version; each key costs a request that lists them.

        A bucket with a policy of soft delete keeps even these for as long as the policy says.
        """
        failures = dict[str, str]()
        return self._remove(self._all_versions(keys, failures)) | failures

    def versioning(self) -> BucketVersioning:
        """Ask for the settings of the bucket."""
        return versioning_of(self._client, self._bucket.name, self._prefix, patience=self._patience)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _read_part(self, place: Place, start: int, end: int) -> bytes:
        """Read what one request brings; more or less than was asked for is an error."""
        action = f"Reading {place.key} from {self.url}"
        with _translated(action):
            try:
                part: bytes = self._bucket.blob(self._prefix + place.key).download_as_bytes(
                    start=start, end=end - 1, raw_download=True, checksum=None, retry=self._retry
                )
            except NotFound as error:
                self._check_bucket(action)
                raise MissingObjectError(
                    f"{action} failed: there is no such key",
                    hint="Bring the object back from a backup or an old version of the bucket.",
                ) from error
            except RequestRangeNotSatisfiable:
                part = b""
        if len(part) != end - start:
            received, wanted = start + len(part) - place.offset, place.length
            raise StorageError(
                f"{self.url} gave {received} bytes of {place.key} instead of {wanted}",
                hint="Try again; if it stays so, the object in the bucket is damaged.",
            )
        return part

    def _expect(
        self, key: str, content: _Content, action: str, refusal: PreconditionFailed
    ) -> None:
        """Accept that a key is taken if it holds what was meant: an answer was lost then."""
        found = self._bucket.get_blob(self._prefix + key, retry=self._retry)
        if found is None:
            raise refusal
        if (found.size, found.crc32c) != (content.size, content.crc32c):
            raise StorageError(
                f"{action} failed: there is another object under this key",
                hint="Try again; and let nobody else write below HOZON_STORAGE_URL.",
            ) from refusal

    def _kept(self, key: str) -> Iterator[_Generation]:
        """List what is kept of a key, the live version included."""
        name = self._prefix + key
        found: Iterable[_Generation] = self._client.list_blobs(
            self._bucket,
            prefix=name,
            versions=True,
            fields="items(name,generation,size,crc32c),nextPageToken",
            retry=self._retry,
        )
        for item in found:
            if item.name != name:
                return  # Longer keys come behind it.
            yield item

    def _copy(self, found: _Generation, new_key: str, action: str) -> bool:
        """Let the store copy, in several requests if it takes long; False without a source."""
        copy, token = self._bucket.blob(self._prefix + new_key), None
        try:
            while True:
                token, _, _ = copy.rewrite(
                    found, token=token, if_generation_match=0, retry=self._retry
                )
                if token is None:
                    return True
        except NotFound:
            return False
        except PreconditionFailed as error:
            self._expect(new_key, _Content(found.size, found.crc32c), action, error)
            return True

    def _all_versions(self, keys: Iterable[str], failures: dict[str, str]) -> Iterator[_Name]:
        """List what is kept of keys, and note those of which that cannot be told."""
        for key in keys:
            try:
                kept = [_Name(found.name, found.generation) for found in self._kept(key)]
            except NotFound as error:
                raise _failure(f"Removing keys from {self.url}", error) from error
            except _FAILED as error:
                failures[key] = str(error)
            else:
                yield from kept

    def _remove(self, names: Iterable[_Name]) -> dict[str, str]:
        """Remove keys or versions of them, and give the reasons why some are still there."""
        failures = dict[str, str]()
        rest = iter(names)
        while batch := list(islice(rest, _DELETE_BATCH)):
            for name, reason in self._remove_batch(batch).items():
                failures[name.removeprefix(self._prefix)] = reason
        return failures

    def _remove_batch(self, batch: Sequence[_Name]) -> dict[str, str]:
        """Send one request, and another one for what failed for a moment."""
        waiting, failures = list(batch), dict[str, str]()

        def send() -> None:
            answers = list(zip(waiting, self._send_deletes(waiting), strict=True))
            passing = [(name, answer) for name, answer in answers if answer.status_code in _PASSING]
            waiting[:] = [name for name, _ in passing]
            for name, answer in answers:
                if not answer.ok and answer.status_code not in {_ABSENT, *_PASSING}:
                    failures[name.name] = _reason(answer)
            if any(answer.status_code == _ABSENT for _, answer in answers):
                self._check_bucket(f"Removing keys from {self.url}")
            for _, answer in passing:
                raise from_http_response(answer)  # type: ignore[no-untyped-call]

        try:
            self._retry(send)()
        except _FAILED as error:
            failures |= {name.name: str(error) for name in waiting}
        return failures

    def _send_deletes(self, names: Sequence[_Name]) -> list[requests.Response]:
        """Send one request with many deletes, and give the answer to each."""
        batch = self._client.batch(raise_exception=False)
        with batch:
            for each in names:
                self._bucket.delete_blob(each.name, generation=each.generation, retry=None)
        return list(batch._responses)  # noqa: SLF001  The one way that the library has.

    def _check_bucket(self, action: str) -> None:
        """Give up when there is no bucket any more: what is absent in it is answered alike."""
        try:
            list(
                self._client.list_blobs(
                    self._bucket, prefix=self._prefix, max_results=1, retry=self._retry
                )
            )
        except NotFound as error:
            raise _failure(action, error) from error
        except _FAILED:
            return  # It may be there.


def _look_through(file: BinaryIO) -> _Content:
    """Tell what a file holds, and go back to its beginning."""
    checksum = 0
    while chunk := file.read(CHUNK_BYTES):
        checksum = google_crc32c.extend(checksum, chunk)
    size = file.tell()
    file.seek(0)
    return _Content(size, b64encode(checksum.to_bytes(4, "big")).decode())


def _reason(answer: requests.Response) -> str:
    """Say why the store refused a part of a request."""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return f"status {answer.status_code}"


@contextmanager
def _translated(action: str) -> Iterator[None]:
    """Turn errors of Google's library into ours."""
    try:
        yield
    except _FAILED as error:
        raise _failure(action, error) from error


def _failure(action: str, error: Exception) -> StorageError:
    """Describe what failed and why, and what to do about it."""
    return StorageError(f"{action} failed ({error})", hint=_hint(error))


def _hint(error: Exception) -> str:
    """Give the next step."""
    match error:
        case GoogleAuthError() | Unauthorized():
            return "Run: gcloud auth application-default login"
        case Forbidden():
            return (
                "Give the account of the credentials the role roles/storage.objectUser on the"
                " bucket that HOZON_STORAGE_URL names."
            )
        case NotFound():
            return "Check HOZON_STORAGE_URL: its bucket must exist."
        case _:
            return "Check HOZON_STORAGE_URL, the network and the credentials of Google Cloud."
