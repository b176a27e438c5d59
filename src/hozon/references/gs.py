"""References to objects in a bucket of Google Cloud Storage.

Owns the look at generations. Refuses to own credentials and endpoints: the client finds them as it
always does. Invariants: a prefix ends at a slash, so that `data` never stands for `database/…`; the
recorded generation is read, never another in its place.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import requests
from google.api_core.exceptions import GoogleAPIError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.cloud.storage.retry import DEFAULT_RETRY

from hozon.errors import (
    HozonError,
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
)
from hozon.model.digests import CHUNK_BYTES
from hozon.model.manifest import ManifestEntry
from hozon.model.references import DEFAULT_MAX_OBJECTS, at_most, base_name
from hozon.ports.references import FoundObject

PATIENCE: Final = timedelta(minutes=2)
"""For how long the client tries again what failed for a moment."""

_SCHEME: Final = "gs://"
_URI = re.compile(r"gs://(?P<bucket>[^/?#]+)(?:/(?P<key>.*?))?(?:#(?P<generation>\d+))?")
_FIELDS: Final = "items(name,etag,generation,size),nextPageToken"
_REQUEST_BYTES: Final = 8 * CHUNK_BYTES  # A request for each chunk would be slow.
_AGAIN: Final = (
    "Add the reference again to record what is there now. In a versioned bucket, a reference to"
    " gs://bucket/key#generation finds an old one."
)


class _Blob(Protocol):
    """What we use of an object of Google's library, which has no types."""

    name: str
    etag: str
    generation: int
    size: int

    def download_as_bytes(
        self, *, start: int, end: int, raw_download: bool, checksum: None, retry: object
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of a bucket; with no generation, the live one is meant."""

    bucket: str
    key: str
    generation: int | None = None

    def __str__(self) -> str:
        uri = f"gs://{self.bucket}/{self.key}"
        return uri if self.generation is None else f"{uri}#{self.generation}"


class GsReferences:
    """Looks at objects of Google Cloud Storage, and reads them.

    Args:
        patience: For how long the client tries again what failed for a moment.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`. The client is shared by all threads.
    """

    def __init__(self, *, patience: timedelta = PATIENCE) -> None:
        """Make a client; it may look for credentials, but sends nothing to a bucket yet."""
        self._retry = DEFAULT_RETRY.with_timeout(patience.total_seconds())
        with _translated("Setting up the client for Google Cloud Storage"):
            # A project is needed to make buckets only, and not everybody's credentials name one.
            self._client = Client(project=None)

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Look at one object, at one generation of it, or at each live one below a prefix.

        An object whose name is what was named wins over those below it.
        """
        named = _parse(uri)
        single = self._single(named)
        if single is not None:
            yield _found(named, single, name=base_name(named.key), checksum=checksum, single=True)
            return
        above = named.key if named.key.endswith("/") or not named.key else f"{named.key}/"
        limit = DEFAULT_MAX_OBJECTS if max_objects is None else max_objects
        nothing = True
        with _translated(f"Listing {uri}", absent=_nothing(uri)):
            for blob in at_most(self._below(named.bucket, above), limit, uri=uri):
                nothing = False
                name = blob.name.removeprefix(above)
                yield _found(named, blob, name=name, checksum=checksum, single=False)
        if nothing:
            raise _nothing(uri)

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Get the recorded generation, in requests of a few chunks."""
        recorded = _recorded(entry)
        with _translated(f"Reading {recorded}", absent=_gone(recorded)):
            blob = self._get(recorded)
            if blob is None:
                raise self._lost(recorded)
            if blob.size != entry.size:
                raise ReferenceChangedError(
                    f"{recorded} has {blob.size} bytes, and {entry.size} were recorded", hint=_AGAIN
                )
            for start in range(0, blob.size, _REQUEST_BYTES):
                end = min(start + _REQUEST_BYTES, blob.size) - 1
                part = blob.download_as_bytes(
                    start=start, end=end, raw_download=True, checksum=None, retry=self._retry
                )
                if len(part) != end - start + 1:
                    raise ReferenceBackendError(
                        f"{recorded} gave {len(part)} bytes instead of {end - start + 1}",
                        hint="Try again.",
                    )
                for offset in range(0, len(part), CHUNK_BYTES):
                    yield part[offset : offset + CHUNK_BYTES]

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Tell that nobody can tell: an ETag says nothing about the bytes."""
        del entry, file
        return False

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI, with `#` and the generation."""
        return str(_recorded(entry))

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _single(self, named: _Object) -> _Blob | None:
        """Look at the object that was named; None, if only a prefix can be meant."""
        if not named.key or (named.key.endswith("/") and named.generation is None):
            return None
        with _translated(f"Looking at {named}"):
            blob = self._get(named)
        if blob is None and named.generation is not None:
            raise InvalidReferenceError(
                f"There is no generation {named.generation} of gs://{named.bucket}/{named.key}",
                hint="List the versions of the object, or leave # and the number out for the"
                " live one.",
            )
        return blob

    def _get(self, named: _Object) -> _Blob | None:
        """Ask for what is known of an object; None, if it is not there."""
        bucket = self._client.bucket(named.bucket)
        blob: _Blob | None = bucket.get_blob(
            named.key, generation=named.generation, retry=self._retry
        )
        if blob is not None and named.generation not in {None, blob.generation}:
            return None  # What stands between here and Google may know no old generations.
        return blob

    def _below(self, bucket: str, prefix: str) -> Iterator[_Blob]:
        """List live objects below a prefix, but for the marks of folders."""
        blobs: Iterable[_Blob] = self._client.list_blobs(
            bucket, prefix=prefix, fields=_FIELDS, retry=self._retry
        )
        return (blob for blob in blobs if not (blob.name.endswith("/") and not blob.size))

    def _lost(self, recorded: _Object) -> HozonError:
        """Describe that the recorded generation is gone, and what is there in its place."""
        live = self._get(_Object(recorded.bucket, recorded.key))
        if live is None:
            return _gone(recorded)
        return ReferenceChangedError(
            f"gs://{recorded.bucket}/{recorded.key} has the generation {live.generation}, and"
            f" {recorded.generation} was recorded",
            hint=_AGAIN,
        )


def _parse(uri: str) -> _Object:
    """Read bucket, name and generation; a name is written as it is, not quoted."""
    match = _URI.fullmatch(uri)
    if match is None or (match["generation"] and not match["key"]):
        raise InvalidReferenceError(
            f"The reference {uri!r} names no object and no prefix of Google Cloud Storage",
            hint="Give gs://bucket/key, gs://bucket/prefix/ or gs://bucket/key#generation.",
        )
    generation = match["generation"]
    return _Object(match["bucket"], match["key"] or "", int(generation) if generation else None)


def _recorded(entry: ManifestEntry) -> _Object:
    """Give the object that was recorded, with its generation; the URI itself holds none."""
    bucket, _, key = (entry.ref or "").removeprefix(_SCHEME).partition("/")
    version = entry.extra.get("versionID")
    return _Object(bucket, key, int(str(version)) if version is not None else None)


def _found(named: _Object, blob: _Blob, *, name: str, checksum: bool, single: bool) -> FoundObject:
    """Describe an object as the port does."""
    ref = str(_Object(named.bucket, blob.name))
    return FoundObject(
        name,
        ref=ref,
        digest=blob.etag if checksum else ref,
        size=blob.size,
        extra={"etag": blob.etag, "versionID": str(blob.generation)},
        single=single,
    )


def _nothing(uri: str) -> InvalidReferenceError:
    """Describe that there is nothing."""
    return InvalidReferenceError(
        f"There is nothing at {uri!r}, and nothing below it",
        hint="Check the bucket and the name; they tell upper from lower case.",
    )


def _gone(recorded: _Object) -> MissingReferenceError:
    """Describe that there is nothing any more."""
    return MissingReferenceError(
        f"There is no {recorded} any more",
        hint="Ask the owner of the bucket to restore it, or add a reference to what is there now.",
    )


@contextmanager
def _translated(action: str, *, absent: HozonError | None = None) -> Iterator[None]:
    """Turn errors of Google's library into ours."""
    try:
        yield
    except NotFound as error:
        if absent is not None:
            raise absent from error
        raise _failure(action, error) from error
    except (GoogleAPIError, GoogleAuthError, requests.RequestException, OSError) as error:
        raise _failure(action, error) from error


def _failure(action: str, error: Exception) -> ReferenceBackendError:
    """Describe what failed and why."""
    return ReferenceBackendError(
        f"{action} failed ({error})",
        hint="Check the network and the credentials; 'gcloud auth application-default login' makes"
        " them.",
    )
