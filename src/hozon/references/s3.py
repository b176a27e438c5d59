"""References to objects in a bucket of S3, or of a store that speaks its protocol.

Owns the look at versions, and the conditions under which an object is read. Refuses to own
credentials and endpoints: boto3 finds them as it always does. Invariants: a prefix ends at a slash,
so that `data` never stands for `database/…`; a recorded version is read, never the newest in its
place.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

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

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        GetObjectRequestTypeDef,
        HeadObjectOutputTypeDef,
    )

CONNECTIONS: Final = 16
"""How many requests may be under way at once."""

_SCHEME: Final = "s3://"
_URI = re.compile(
    r"s3://(?P<bucket>[^/?#]+)(?:/(?P<key>.*?))?(?:\?versionId=(?P<version>[^?&#]+))?"
)
_MD5 = re.compile(r"[0-9a-f]{32}")
_NO_VERSION: Final = "null"  # What S3 calls the version of an object that has none.
_ABSENT: Final = {"404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket"}
# A version that is the mark of a delete cannot be got, and one of a wrong form is a bad argument.
_NO_SUCH_VERSION: Final = {*_ABSENT, "405", "MethodNotAllowed", "InvalidArgument"}
_CHANGED: Final = {"412", "PreconditionFailed"}
_NO_LISTING_OF_VERSIONS: Final = {"403", "AccessDenied", "MethodNotAllowed", "NotImplemented"}
_CHECK: Final = "Check the network, the region and the credentials of AWS."


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of a bucket; with no version, the newest is meant."""

    bucket: str
    key: str
    version: str | None = None

    def __str__(self) -> str:
        uri = f"s3://{self.bucket}/{self.key}"
        return uri if self.version is None else f"{uri}?versionId={self.version}"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What S3 says of an object."""

    key: str
    etag: str
    size: int
    version: str | None


class S3References:
    """Looks at objects of S3, and reads them.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`. The client is shared by all threads.
    """

    def __init__(self) -> None:
        """Make a client; nothing is sent yet."""
        with _translated("Setting up the client for S3"):
            self._client: S3Client = boto3.client(
                "s3", config=Config(max_pool_connections=CONNECTIONS)
            )

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Look at one object, at one version of it, or at the newest of each key below a prefix.

        An object whose key is what was named wins over those below it.
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
            for facts in at_most(self._below(named.bucket, above), limit, uri=uri):
                nothing = False
                name = facts.key.removeprefix(above)
                yield _found(named, facts, name=name, checksum=checksum, single=False)
        if nothing:
            raise _nothing(uri)

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Get the recorded version, or the newest if it still has the recorded ETag."""
        recorded = _recorded(entry)
        etag = entry.extra.get("etag")
        with _translated(f"Reading {recorded}"):
            answer = self._get(recorded, etag)
            with closing(answer["Body"]) as body:
                found = _facts(recorded, answer)
                if etag is not None and found.etag != etag:  # Some stores know no conditions.
                    raise _changed(recorded, f"the ETag {found.etag!r}", f"{etag!r}")
                if found.size != entry.size:
                    raise _changed(recorded, f"{found.size} bytes", f"{entry.size}")
                yield from body.iter_chunks(CHUNK_BYTES)

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Compare the MD5, which the ETag of an object is that was uploaded in one piece.

        The ETag of one that was uploaded in parts, or encrypted with a key of KMS, is no MD5; no
        file has it.
        """
        etag = str(entry.extra.get("etag"))
        if not _MD5.fullmatch(etag) or file.stat().st_size != entry.size:
            return False
        with file.open("rb") as opened:
            md5 = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False))
        return md5.hexdigest() == etag

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI, with `?versionId=` where a version was recorded."""
        return str(_recorded(entry))

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _single(self, named: _Object) -> _Facts | None:
        """Look at the object that was named; None, if only a prefix can be meant."""
        if not named.key or (named.key.endswith("/") and named.version is None):
            return None
        with _translated(f"Looking at {named}"):
            try:
                answer = self._head(named)
            except ClientError as error:
                if named.version is None and _code(error) in _ABSENT:
                    return None
                if named.version is not None and _code(error) in _NO_SUCH_VERSION:
                    raise InvalidReferenceError(
                        f"There is no version {named.version!r} of s3://{named.bucket}/{named.key}",
                        hint="List the versions of the key, or leave ?versionId= out for the"
                        " newest.",
                    ) from error
                raise
        return _facts(named, answer)

    def _head(self, named: _Object) -> "HeadObjectOutputTypeDef | GetObjectOutputTypeDef":
        """Ask for the headers of an object."""
        request = _request(named)
        try:
            return self._client.head_object(**request)
        except ClientError as error:
            if _code(error) != "400":
                raise
        # The answer to HEAD has no body, so that it cannot say why; that to GET can.
        answer = self._client.get_object(**request)
        answer["Body"].close()
        return answer

    def _get(self, recorded: _Object, etag: object) -> "GetObjectOutputTypeDef":
        """Get an object on the condition that it is what was recorded."""
        request = _request(recorded)
        if isinstance(etag, str):
            request["IfMatch"] = f'"{etag}"'
        try:
            return self._client.get_object(**request)
        except ClientError as error:
            if _code(error) in _CHANGED:
                found = _facts(recorded, self._head(recorded)).etag
                raise _changed(recorded, f"the ETag {found!r}", f"{etag!r}") from error
            if _code(error) in (_NO_SUCH_VERSION if recorded.version else _ABSENT):
                raise MissingReferenceError(
                    f"There is no {recorded} any more",
                    hint="Ask the owner of the bucket to restore it, or add a reference to what is"
                    " there now.",
                ) from error
            raise

    def _below(self, bucket: str, prefix: str) -> Iterator[_Facts]:
        """List the newest objects below a prefix, but for the marks of folders."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=prefix
        )
        unread = iter(pages)
        try:
            first = next(unread)
        except ClientError as error:
            if _code(error) not in _NO_LISTING_OF_VERSIONS:
                raise
            yield from self._one_by_one(bucket, prefix)
            return
        for page in chain([first], unread):
            for item in page.get("Versions", []):
                if item.get("IsLatest", True) and not _is_mark(item["Key"], item["Size"]):
                    version = item.get("VersionId")  # Not every store gives one.
                    yield _Facts(item["Key"], item["ETag"].strip('"'), item["Size"], version)

    def _one_by_one(self, bucket: str, prefix: str) -> Iterator[_Facts]:
        """List objects where versions may not be listed, and ask for the version of each."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        versioned = True
        for page in pages:
            for item in page.get("Contents", []):
                if _is_mark(item["Key"], item["Size"]):
                    continue
                facts = _Facts(item["Key"], item["ETag"].strip('"'), item["Size"], None)
                if versioned:
                    named = _Object(bucket, item["Key"])
                    facts = _facts(named, self._client.head_object(**_request(named)))
                    versioned = facts.version is not None  # In a versioned bucket, each has one.
                yield facts


def _parse(uri: str) -> _Object:
    """Read bucket, key and version; a key is written as it is, not quoted."""
    match = _URI.fullmatch(uri)
    if match is None or (match["version"] and not match["key"]):
        raise InvalidReferenceError(
            f"The reference {uri!r} names no object and no prefix of S3",
            hint="Give s3://bucket/key, s3://bucket/prefix/ or s3://bucket/key?versionId=….",
        )
    return _Object(match["bucket"], match["key"] or "", match["version"])


def _recorded(entry: ManifestEntry) -> _Object:
    """Give the object that was recorded, with its version; the URI itself holds none."""
    bucket, _, key = (entry.ref or "").removeprefix(_SCHEME).partition("/")
    version = entry.extra.get("versionID")
    return _Object(bucket, key, version if isinstance(version, str) else None)


def _request(named: _Object) -> "GetObjectRequestTypeDef":
    """Ask for an object, and for a version if one is meant."""
    request: GetObjectRequestTypeDef = {"Bucket": named.bucket, "Key": named.key}
    if named.version is not None:
        request["VersionId"] = named.version
    return request


def _facts(named: _Object, answer: "HeadObjectOutputTypeDef | GetObjectOutputTypeDef") -> _Facts:
    """Take what matters from an answer about one object."""
    return _Facts(
        named.key, answer["ETag"].strip('"'), answer["ContentLength"], answer.get("VersionId")
    )


def _found(
    named: _Object, facts: _Facts, *, name: str, checksum: bool, single: bool
) -> FoundObject:
    """Describe an object as the port does."""
    extra = {"etag": facts.etag}
    # An object that was written while the bucket was not versioned may be overwritten.
    if facts.version is not None and facts.version != _NO_VERSION:
        extra["versionID"] = facts.version
    ref = str(_Object(named.bucket, facts.key))
    digest = facts.etag if checksum else ref
    return FoundObject(name, ref=ref, digest=digest, size=facts.size, extra=extra, single=single)


def _is_mark(key: str, size: int) -> bool:
    """Tell whether an object only stands for a folder, as consoles make them."""
    return key.endswith("/") and not size


def _nothing(uri: str) -> InvalidReferenceError:
    """Describe that there is nothing."""
    return InvalidReferenceError(
        f"There is nothing at {uri!r}, and nothing below it",
        hint="Check the bucket and the key; they tell upper from lower case.",
    )


def _changed(recorded: _Object, found: str, was: str) -> ReferenceChangedError:
    """Describe an object that is not what was recorded."""
    return ReferenceChangedError(
        f"{recorded} has {found}, and {was} was recorded",
        hint="Add the reference again to record what is there now. In a versioned bucket, a"
        " reference to s3://bucket/key?versionId=… finds an old version.",
    )


def _code(error: ClientError) -> str:
    """Give the code of S3, or the status where there is none."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def _translated(action: str, *, absent: HozonError | None = None) -> Iterator[None]:
    """Turn errors of boto3 into ours."""
    try:
        yield
    except ClientError as error:
        if absent is not None and _code(error) in _ABSENT:
            raise absent from error
        raise ReferenceBackendError(f"{action} failed ({error})", hint=_CHECK) from error
    except (Boto3Error, BotoCoreError, OSError) as error:
        raise ReferenceBackendError(f"{action} failed ({error})", hint=_CHECK) from error
