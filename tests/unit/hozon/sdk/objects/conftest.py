"""What the tests of typed objects stand on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from folders import FolderArtifact
from hozon.sdk.objects import StoredObject, load_object, store_object

RoundTrip = Callable[[StoredObject], StoredObject | None]


@pytest.fixture
def artifact(tmp_path: Path) -> FolderArtifact:
    """Give an empty artifact."""
    return FolderArtifact(tmp_path / "artifact")


@pytest.fixture
def round_trip(artifact: FolderArtifact) -> RoundTrip:
    """Give a function that stores an object and reads it back."""

    def store_and_load(obj: StoredObject) -> StoredObject | None:
        return load_object(store_object(obj, "it", artifact), artifact)

    return store_and_load
