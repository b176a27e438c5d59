"""Every object store keeps the contract of its port."""

from pathlib import Path

import pytest

from hozon.ports.object_store import ObjectStore
from hozon.storage.local import LocalObjectStore
from hozon.storage.s3 import S3ObjectStore
from hozon.testing.faulty import FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore
from hozon.testing.object_stores import ObjectStoreContract


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
    """A bucket keeps the contract."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a store in the whole bucket."""
        return S3ObjectStore("hozon-tests")


@pytest.mark.usefixtures("bucket")
class TestS3ObjectStoreBelowPrefix(ObjectStoreContract):
    """A bucket keeps the contract below a prefix, too."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Give a store below a prefix of the bucket."""
        return S3ObjectStore("hozon-tests", prefix="team/a")
