"""Where the machine of the life cycle keeps its data: real adapters, each run with new ones."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from moto.core.models import MockAWS
from mypy_boto3_s3 import S3Client

from hozon.bootstrap import open_catalog, prepare_catalog
from hozon.ports.catalog import Catalog
from hozon.ports.object_store import ObjectStore
from hozon.storage.local import LocalObjectStore
from hozon.storage.s3 import S3ObjectStore
from hozon.testing.clocks import ManualClock
from hozon.testing.postgres import PostgresServer

_BUCKET: Final = "lives"

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  Linux's folder in memory: waits for no disk.


def fast_folder() -> Path:
    """Make a folder on what answers fastest."""
    return Path(mkdtemp(prefix="lifecycle-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))


@cache
def _empty_catalog() -> bytes:
    """Make an empty catalog once, to copy it for each run."""
    folder = fast_folder()
    try:
        prepare_catalog(f"sqlite:///{folder / 'catalog.db'}")
        return (folder / "catalog.db").read_bytes()
    finally:
        shutil.rmtree(folder)


@contextmanager
def sqlite_catalog(folder: Path, clock: ManualClock) -> Iterator[Catalog]:
    """Give an empty catalog on SQLite."""
    (folder / "catalog.db").write_bytes(_empty_catalog())
    catalog = open_catalog(f"sqlite:///{folder / 'catalog.db'}", clock=clock)
    try:
        yield catalog
    finally:
        catalog.close()


@contextmanager
def sqlite_and_folder(folder: Path, clock: ManualClock) -> Iterator[tuple[Catalog, ObjectStore]]:
    """Give the embedded stack: SQLite, and objects in a folder with a trash."""
    with sqlite_catalog(folder, clock) as catalog:
        yield catalog, LocalObjectStore(folder / "objects")


@contextmanager
def postgres_catalog(server: PostgresServer, clock: ManualClock) -> Iterator[Catalog]:
    """Give an empty catalog on a server of PostgreSQL."""
    url = server.create_migrated()
    catalog = open_catalog(url, clock=clock)
    try:
        yield catalog
    finally:
        catalog.close()
        server.drop(url)


@dataclass(frozen=True, slots=True)
class MockedS3:
    """The mocked S3 of a test, in which each run has a bucket to itself."""

    mock: MockAWS
    client: S3Client

    @contextmanager
    def store(self) -> Iterator[ObjectStore]:
        """Give an empty store in a bucket that keeps old versions, the only one there is."""
        self.mock.reset()
        self.client.create_bucket(Bucket=_BUCKET)
        self.client.put_bucket_versioning(
            Bucket=_BUCKET, VersioningConfiguration={"Status": "Enabled"}
        )
        with closing(S3ObjectStore(_BUCKET, prefix="lives")) as store:
            yield store

    @contextmanager
    def with_sqlite(
        self, folder: Path, clock: ManualClock
    ) -> Iterator[tuple[Catalog, ObjectStore]]:
        """Give a catalog on one machine, and a bucket."""
        with sqlite_catalog(folder, clock) as catalog, self.store() as store:
            yield catalog, store

    @contextmanager
    def with_postgres(
        self, server: PostgresServer, _folder: Path, clock: ManualClock
    ) -> Iterator[tuple[Catalog, ObjectStore]]:
        """Give what many machines share: PostgreSQL, and a bucket."""
        with postgres_catalog(server, clock) as catalog, self.store() as store:
            yield catalog, store
