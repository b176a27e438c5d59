"""Every handler of references keeps the contract of its port."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from urllib.parse import quote

import pytest

from hozon.ports.references import ReferenceHandler
from hozon.references.file import FileReferences
from hozon.references.gs import GsReferences
from hozon.references.http import HttpReferences
from hozon.references.s3 import S3References
from hozon.testing.memory import MemoryReferences
from hozon.testing.references import FolderReferenceContract, Outside, ReferenceHandlerContract
from servers import Answer, EmulatedGcs, Gcs, Request, serve
from worlds import Bucket, ServeGcs


@dataclass(frozen=True, slots=True)
class Memory:
    """Objects in memory."""

    references: MemoryReferences
    root: str = "memory://bucket"

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.references.put(f"{self.root}/{key}", content)

    def remove(self, key: str) -> None:
        """Remove it."""
        self.references.remove(f"{self.root}/{key}")


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of a folder."""

    path: Path

    @property
    def root(self) -> str:
        """The folder."""
        return self.path.as_uri()

    def put(self, key: str, content: bytes) -> None:
        """Write a file."""
        (self.path / key).parent.mkdir(parents=True, exist_ok=True)
        (self.path / key).write_bytes(content)

    def remove(self, key: str) -> None:
        """Remove it."""
        (self.path / key).unlink()


@dataclass(frozen=True, slots=True)
class S3Objects:
    """Objects of a bucket of S3."""

    bucket: Bucket

    @property
    def root(self) -> str:
        """The bucket."""
        return f"s3://{self.bucket.name}"

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.bucket.client.put_object(Bucket=self.bucket.name, Key=key, Body=content)

    def remove(self, key: str) -> None:
        """Remove it."""
        self.bucket.client.delete_object(Bucket=self.bucket.name, Key=key)


@dataclass(frozen=True, slots=True)
class GsObjects:
    """Objects of a bucket of Google Cloud Storage."""

    gcs: Gcs

    @property
    def root(self) -> str:
        """The bucket."""
        return f"gs://{self.gcs.bucket}"

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.gcs.put(key, content)

    def remove(self, key: str) -> None:
        """Remove it."""
        self.gcs.remove(key)


@dataclass(slots=True)
class Site:
    """What a web server gives, with an ETag."""

    root: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: bytes) -> None:
        """Serve an object."""
        self.contents[f"/{quote(key)}"] = content

    def remove(self, key: str) -> None:
        """Serve it no more."""
        del self.contents[f"/{quote(key)}"]

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        content = self.contents.get(request.path)
        if content is None:
            return Answer(404)
        etag = md5(content, usedforsecurity=False).hexdigest()
        return Answer(headers={"ETag": f'"{etag}"'}, body=content)


class TestMemoryReferences(FolderReferenceContract):
    """The fake keeps the contract, so that tests on it are tests on any handler."""

    @pytest.fixture
    def handler(self) -> MemoryReferences:
        """Give the fake."""
        return MemoryReferences()

    @pytest.fixture
    def outside(self, handler: MemoryReferences) -> Outside:
        """Give what it keeps."""
        return Memory(handler)


class TestFileReferences(FolderReferenceContract):
    """Files keep the contract."""

    @pytest.fixture
    def handler(self) -> ReferenceHandler:
        """Give a handler."""
        return FileReferences()

    @pytest.fixture
    def outside(self, tmp_path: Path) -> Outside:
        """Give a folder whose name needs quoting."""
        return Folder(tmp_path / "out side #1")


class TestHttpReferences(ReferenceHandlerContract):
    """A web server keeps the contract."""

    @pytest.fixture
    def handler(self) -> Iterator[ReferenceHandler]:
        """Give a handler that waits for long."""
        handler = HttpReferences(timeout=timedelta(seconds=30))
        yield handler
        handler.close()

    @pytest.fixture
    def outside(self) -> Iterator[Outside]:
        """Give a site on loopback."""
        site = Site()
        with serve(site) as server:
            site.root = server.url
            yield site


class TestS3References(FolderReferenceContract):
    """A bucket without versions keeps the contract."""

    @pytest.fixture
    def handler(self, bucket: Bucket) -> Iterator[ReferenceHandler]:
        """Give a handler whose client meets the mocked S3."""
        del bucket
        handler = S3References()
        yield handler
        handler.close()

    @pytest.fixture
    def outside(self, bucket: Bucket) -> Outside:
        """Give the bucket."""
        return S3Objects(bucket)


class TestS3ReferencesWithVersions(TestS3References):
    """A versioned bucket keeps the contract, too."""

    @pytest.fixture
    def outside(self, bucket: Bucket) -> Outside:
        """Give the bucket, versioned."""
        bucket.keep_versions()
        return S3Objects(bucket)


class TestGsReferences(FolderReferenceContract):
    """A bucket of Google Cloud Storage keeps the contract."""

    versioned = False

    @pytest.fixture
    def outside(self, serve_gcs: ServeGcs) -> Outside:
        """Give a bucket behind a server on loopback, which the client finds as users tell it."""
        return GsObjects(serve_gcs(versioned=self.versioned))

    @pytest.fixture
    def handler(self, outside: Outside) -> Iterator[ReferenceHandler]:
        """Give a handler that does not try again."""
        del outside
        handler = GsReferences(patience=timedelta())
        yield handler
        handler.close()


class TestGsReferencesWithVersions(TestGsReferences):
    """A versioned bucket keeps the contract, too."""

    versioned = True


class TestGsReferencesOnAnEmulator(TestGsReferences):
    """And so does one of the emulator, which others wrote."""

    @pytest.fixture
    def outside(self, emulated: EmulatedGcs) -> Outside:
        """Give its bucket."""
        return GsObjects(emulated)
