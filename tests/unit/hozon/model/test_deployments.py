"""What must be true before garbage may be collected."""

import json
import shlex
from dataclasses import replace

import pytest

from hozon.model.deployments import (
    TABLE,
    BucketVersioning,
    Deployment,
    GateFacts,
    Need,
    Requirement,
    StoreFacts,
    StoreKind,
    judge,
    requirements,
)

ON = BucketVersioning(enabled=True, expires_old_versions=True, detail="On")
OFF = BucketVersioning(enabled=False, expires_old_versions=None, detail="Off")
UNKNOWN = BucketVersioning(enabled=None, expires_old_versions=None, detail="Access denied")
BUCKET = StoreFacts("s3://bucket/a b", StoreKind.S3, ON)
TEAM = StoreFacts("gs://theirs", StoreKind.GOOGLE, ON, team="vision")
AZURE = StoreFacts("az://account/container", StoreKind.AZURE, ON)
ENABLE = "aws s3api put-bucket-versioning --bucket bucket --versioning-configuration Status=Enabled"
SWITCH_ON = "export GORILLA_ARTIFACT_GC_ENABLED=true"


def facts(
    deployment: Deployment, *, store: StoreFacts = BUCKET, switched_on: bool = True
) -> GateFacts:
    """Describe an installation in which nothing is missing."""
    return GateFacts(deployment, switched_on=switched_on, store=store)


def missing(found: GateFacts) -> dict[str, str | None]:
    """Give what collection waits for, with what fixes it."""
    return {each.name: each.fix for each in judge(found) if each.missing}


def one(found: GateFacts, name: str) -> Requirement:
    """Give the requirement of this name."""
    (requirement,) = (each for each in judge(found) if each.name.startswith(name))
    return requirement


def test_the_table_is_the_published_one() -> None:
    """With a row of ours for the library without a service."""
    rows = {row.title: (row.switch, row.versioning) for row in TABLE.values()}
    assert rows == {
        "shared cloud": (False, False),
        "shared cloud with secure storage connector": (False, True),
        "dedicated cloud": (False, False),
        "dedicated cloud with secure storage connector": (False, True),
        "customer-managed cloud": (True, True),
        "customer-managed on-premises": (True, True),
        "embedded": (False, True),
    }
    assert TABLE.keys() == set(Deployment)


@pytest.mark.parametrize("deployment", Deployment)
def test_collection_runs_where_nothing_is_missing(deployment: Deployment) -> None:
    """In each row of the table."""
    assert missing(facts(deployment)) == {}
    assert all(each.met for each in judge(facts(deployment)))


@pytest.mark.parametrize("deployment", Deployment)
def test_a_missing_switch_is_named_where_it_is_required(deployment: Deployment) -> None:
    """With the command that sets it; elsewhere it is not asked for."""
    wanted = {Need.SWITCH: SWITCH_ON} if TABLE[deployment].switch else {}
    assert missing(facts(deployment, switched_on=False)) == wanted


@pytest.mark.parametrize("deployment", Deployment)
@pytest.mark.parametrize("versioning", [OFF, UNKNOWN], ids=["off", "unknown"])
def test_missing_versioning_is_named_where_it_is_required(
    deployment: Deployment, versioning: BucketVersioning
) -> None:
    """What cannot be told counts as missing; then the command shows why."""
    found = missing(facts(deployment, store=replace(BUCKET, versioning=versioning)))
    assert list(found) == (
        ["bucket versioning of s3://bucket/a b"] if TABLE[deployment].versioning else []
    )
    for fix in found.values():
        assert fix is not None
        assert fix == ENABLE if versioning is OFF else "get-bucket-versioning" in fix


def test_everything_that_is_missing_is_named() -> None:
    """One after the other would be tedious."""
    bucket = replace(BUCKET, versioning=OFF)
    deployment = Deployment.CUSTOMER_MANAGED_ON_PREMISES
    found = missing(facts(deployment, store=bucket, switched_on=False))
    assert list(found.values()) == [SWITCH_ON, ENABLE]


def test_an_embedded_folder_needs_nothing() -> None:
    """Its trash is its versioning."""
    assert requirements(Deployment.EMBEDDED, StoreKind.LOCAL) == frozenset()
    assert requirements(Deployment.EMBEDDED, StoreKind.S3) == {Need.VERSIONING}
    folder = StoreFacts("file:///data", StoreKind.LOCAL, ON)
    found = judge(facts(Deployment.EMBEDDED, store=folder))
    assert [(each.name, each.required) for each in found] == [
        (Need.SWITCH, False),
        ("bucket versioning of file:///data", False),
    ]


@pytest.mark.parametrize(
    ("deployment", "row"),
    [
        (Deployment.SHARED_CLOUD, Deployment.SHARED_CLOUD_WITH_CONNECTOR),
        (Deployment.DEDICATED_CLOUD, Deployment.DEDICATED_CLOUD_WITH_CONNECTOR),
    ],
)
def test_a_managed_cloud_with_a_connector_is_one_with_connectors(
    deployment: Deployment, row: Deployment
) -> None:
    """The bucket of the team is asked, that of the cloud is not."""
    ours = replace(BUCKET, versioning=OFF)
    theirs = replace(TEAM, versioning=OFF)
    for kind in (deployment, row):
        found = replace(facts(kind, store=ours), connectors=[theirs])
        assert found.row is row
        assert missing(found) == {
            "bucket versioning of gs://theirs, the connector of vision": (
                "gcloud storage buckets update gs://theirs --versioning"
            )
        }
    assert missing(replace(found, connectors=[TEAM])) == {}


@pytest.mark.parametrize("deployment", [Deployment.EMBEDDED, Deployment.CUSTOMER_MANAGED_CLOUD])
def test_elsewhere_every_store_is_asked(deployment: Deployment) -> None:
    """That of all teams, and those of each."""
    bad = replace(BUCKET, versioning=OFF), replace(TEAM, versioning=OFF)
    assert len(missing(replace(facts(deployment, store=bad[0]), connectors=bad[1:]))) == 2


def test_a_store_that_keeps_old_versions_for_ever_is_warned_of() -> None:
    """Collection runs and frees nothing; the command has rules for what is ours only."""
    kept = replace(ON, expires_old_versions=False)
    found = facts(Deployment.EMBEDDED, store=replace(BUCKET, versioning=kept))
    assert missing(found) == {}
    advice = one(found, "expiry")
    assert (advice.warns, advice.required, advice.met) == (True, False, False)
    assert "all rules" in advice.detail
    (rule,) = json.loads(shlex.split(advice.fix or "")[-1])["Rules"]
    assert rule["Filter"] == {"Prefix": "a b/"}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_the_warning_knows_google_cloud() -> None:
    """Its rules come from a file."""
    kept = replace(TEAM, versioning=replace(ON, expires_old_versions=False))
    advice = one(facts(Deployment.EMBEDDED, store=kept), "expiry")
    assert advice.fix is not None
    (rule,) = json.loads(shlex.split(advice.fix)[1])["rule"]
    assert rule["condition"] == {"isLive": False, "daysSinceNoncurrentTime": 30}


def test_rules_that_cannot_be_read_are_warned_of() -> None:
    """Nobody is told to overwrite rules that nobody has seen."""
    unread = replace(ON, expires_old_versions=None)
    advice = one(facts(Deployment.EMBEDDED, store=replace(BUCKET, versioning=unread)), "expiry")
    assert advice.warns
    assert advice.fix is not None
    assert "put-bucket" not in advice.fix


def test_azure_has_soft_delete() -> None:
    """It is set for the account."""
    found = missing(facts(Deployment.EMBEDDED, store=replace(AZURE, versioning=OFF)))
    (fix,) = found.values()
    assert fix is not None
    assert "--account-name account --enable-delete-retention true" in fix
    unknown = missing(facts(Deployment.EMBEDDED, store=replace(AZURE, versioning=UNKNOWN)))
    assert " show " in str(unknown)


def test_a_bucket_of_google_that_cannot_be_asked_is_described() -> None:
    """The command says what the credentials lack."""
    found = missing(facts(Deployment.EMBEDDED, store=replace(TEAM, versioning=UNKNOWN)))
    assert list(found.values()) == ["gcloud storage buckets describe gs://theirs"]
