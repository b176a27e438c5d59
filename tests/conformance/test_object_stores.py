"""Every object store keeps the contract of its port."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.ports.object_store import ObjectStore
from hozon.storage.gs import GsObjectStore
from hozon.storage.local import LocalObjectStore
from hozon.storage.s3 import S3ObjectStore
from hozon.testing.faulty import FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from hozon.testing.object_stores import ObjectStoreContract
from servers import EmulatedGcs
from worlds import Bucket, ServeGcs


class TestMemoryObjectStore(ObjectStoreContract):
    """The fake keeps the contract, so that tests on it are tests on any store."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a store in memory."""
        return MemoryObjectStore()


class TestFaultyObjectStore(ObjectStoreContract):
    """Without a fault it is as good as the store around which it stands."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a store in memory, and nothing that goes wrong."""
        return FaultyObjectStore(MemoryObjectStore())


class TestLocalObjectStore(ObjectStoreContract):
    """A folder keeps the contract."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> ObjectStore:
        """Give a store in a folder that does not exist yet."""
        return LocalObjectStore(tmp_path / "objects")


@pytest.mark.usefixtures("bucket")
class TestS3ObjectStore(ObjectStoreContract):
    """A bucket keeps the contract; without versions, what was discarded is gone."""

    keeps_discarded = False
    has_trash = False

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a store in the whole bucket."""
        return S3ObjectStore("hozon-tests")


class TestS3ObjectStoreBelowPrefix(ObjectStoreContract):
    """A versioned bucket keeps the contract below a prefix, too."""

    has_trash = False

    @pytest.fixture
    def store(self, bucket: Bucket) -> ObjectStore:
        """Give a store below a prefix of the bucket."""
        bucket.keep_versions()
        return S3ObjectStore("hozon-tests", prefix="team/a")


class TestGsObjectStore(ObjectStoreContract):
    """A bucket of Google Cloud Storage keeps the contract, without versions."""

    keeps_discarded = False
    has_trash = False

    @pytest.fixture
    def store(self, serve_gcs: ServeGcs) -> Iterator[ObjectStore]:
        """Give a store in the whole bucket, which does not try again."""
        store = GsObjectStore(serve_gcs(versioned=False).bucket, patience=timedelta())
        yield store
        store.close()


class TestGsObjectStoreBelowPrefix(ObjectStoreContract):
    """A versioned bucket keeps the contract below a prefix, too."""

    has_trash = False

    @pytest.fixture
    def store(self, serve_gcs: ServeGcs) -> Iterator[ObjectStore]:
        """Give a store below a prefix of the bucket."""
        bucket = serve_gcs(versioned=True).bucket
        store = GsObjectStore(bucket, prefix="team/a", patience=timedelta())
        yield store
        store.close()


class TestGsObjectStoreOnAnEmulator(ObjectStoreContract):
    """And so does a bucket of the emulator, which others wrote; it keeps no old generations."""

    keeps_discarded = False
    has_trash = False

    @pytest.fixture
    def store(self, emulated: EmulatedGcs) -> Iterator[ObjectStore]:
        """Give a store below a prefix of the bucket."""
        store = GsObjectStore(emulated.bucket, prefix="team/a", patience=timedelta())
        yield store
        store.close()
