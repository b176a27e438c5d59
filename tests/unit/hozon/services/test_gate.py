"""May garbage be collected here?"""

from dataclasses import dataclass

import pytest

from hozon.errors import RequirementError
from hozon.model.deployments import BucketVersioning, Deployment
from hozon.model.names import EntityName
from hozon.services.gate import check_gate, require_open
from hozon.testing.faulty import FaultyObjectStore
from hozon.testing.memory import MemoryObjectStore

OFF = BucketVersioning(enabled=False, expires_old_versions=None, detail="Off")
ON = BucketVersioning(enabled=True, expires_old_versions=True, detail="On")


@dataclass(frozen=True, slots=True)
class Told:
    """A store of which a test says everything."""

    url: str
    answer: BucketVersioning

    def versioning(self) -> BucketVersioning:
        """Give the answer."""
        return self.answer

    def close(self) -> None:
        """Do nothing."""


def test_where_all_holds_the_gate_is_open() -> None:
    """Nothing is raised."""
    report = check_gate(
        Told("s3://b", ON), deployment=Deployment.EMBEDDED, switched_on=False, connectors={}
    )
    assert report.is_open
    assert report.warnings == []
    require_open(report)


def test_what_is_missing_is_named_with_what_fixes_it() -> None:
    """All of it at once, in a line that can be copied."""
    report = check_gate(
        Told("s3://b", OFF),
        deployment=Deployment.CUSTOMER_MANAGED_CLOUD,
        switched_on=False,
        connectors={},
    )
    with pytest.raises(RequirementError) as caught:
        require_open(report)
    assert caught.value.message == (
        "Collection requires GORILLA_ARTIFACT_GC_ENABLED and bucket versioning of s3://b"
    )
    assert caught.value.hint == (
        "Run: export GORILLA_ARTIFACT_GC_ENABLED=true && aws s3api put-bucket-versioning"
        " --bucket b --versioning-configuration Status=Enabled"
    )


def test_connectors_are_asked() -> None:
    """With the name of the team."""
    report = check_gate(
        Told("file:///data", ON),
        deployment=Deployment.SHARED_CLOUD,
        switched_on=False,
        connectors={EntityName("vision"): Told("gs://theirs", OFF)},
    )
    assert report.deployment is Deployment.SHARED_CLOUD_WITH_CONNECTOR
    assert [each.name for each in report.missing] == [
        "bucket versioning of gs://theirs, the connector of vision"
    ]


def test_a_store_of_an_unknown_kind_is_asked_like_a_bucket() -> None:
    """Only a folder needs nothing."""
    store = FaultyObjectStore(MemoryObjectStore())
    for versions, is_open in ((None, True), (OFF, False)):
        store.versions = versions
        report = check_gate(store, deployment=Deployment.EMBEDDED, switched_on=False, connectors={})
        assert report.is_open is is_open
