"""Whether buckets keep what is removed, and for how long."""

from datetime import timedelta

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from botocore.exceptions import ClientError
from google.auth.exceptions import DefaultCredentialsError

from hozon.errors import StorageError
from hozon.model.deployments import BucketVersioning
from hozon.storage import gs
from hozon.storage.azure_container import AzureContainer
from hozon.storage.gs import GsObjectStore
from hozon.storage.s3 import S3ObjectStore
from servers import Answer, Request, serve
from worlds import Bucket, ServeGcs

EXPIRE = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}


def s3(bucket: Bucket, *rules: dict[str, object]) -> BucketVersioning:
    """Set rules and ask."""
    if rules:
        bucket.client.put_bucket_lifecycle_configuration(
            Bucket=bucket.name,
            LifecycleConfiguration={
                "Rules": [{"ID": str(n), "Status": "Enabled", **r} for n, r in enumerate(rules)]  # type: ignore[typeddict-item]  Tests say what stubs do not know.
            },
        )
    return S3ObjectStore(bucket.name, prefix="team/a").versioning()


def test_a_bucket_is_not_versioned_at_first(bucket: Bucket) -> None:
    """Rules do not matter then."""
    found = s3(bucket, {"Filter": {}, **EXPIRE})
    assert (found.enabled, found.expires_old_versions) == (False, None)
    assert found.detail == "Versioning of hozon-tests is never enabled"


def test_suspended_versioning_is_none(bucket: Bucket) -> None:
    """What is removed now is not kept."""
    bucket.keep_versions()
    bucket.client.put_bucket_versioning(
        Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"}
    )
    found = s3(bucket)
    assert (found.enabled, found.detail) == (False, "Versioning of hozon-tests is suspended")


def test_without_rules_old_versions_are_kept_for_ever(bucket: Bucket) -> None:
    """That there are none is no error."""
    bucket.keep_versions()
    found = s3(bucket)
    assert (found.enabled, found.expires_old_versions) == (True, False)
    assert "for ever" in found.detail


@pytest.mark.parametrize(
    "scope",
    [
        {"Filter": {}},
        {"Filter": {"Prefix": ""}},
        {"Filter": {"Prefix": "team/"}},
        {"Filter": {"Prefix": "team/a/"}},
        {"Prefix": "team"},
        {"Prefix": ""},
    ],
    ids=str,
)
def test_a_rule_for_all_of_ours_counts(bucket: Bucket, scope: dict[str, object]) -> None:
    """The fewest days are told."""
    bucket.keep_versions()
    fewer = {"NoncurrentVersionExpiration": {"NoncurrentDays": 9}}
    found = s3(bucket, {**scope, **EXPIRE}, {**scope, **fewer})
    assert (found.enabled, found.expires_old_versions) == (True, True)
    assert "for 9 days" in found.detail


@pytest.mark.parametrize(
    "rule",
    [
        {"Filter": {"Prefix": "team/b/"}, **EXPIRE},
        {"Filter": {"Tag": {"Key": "k", "Value": "v"}}, **EXPIRE},
        {"Filter": {"And": {"Prefix": "team", "Tags": [{"Key": "k", "Value": "v"}]}}, **EXPIRE},
        {"Filter": {}, **EXPIRE, "Status": "Disabled"},
        {"Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
    ],
    ids=["another prefix", "a tag", "tags and a prefix", "disabled", "delete markers only"],
)
def test_a_rule_for_others_does_not_count(bucket: Bucket, rule: dict[str, object]) -> None:
    """Old versions of ours would stay for ever."""
    bucket.keep_versions()
    assert s3(bucket, rule).expires_old_versions is False


def test_a_rule_that_spares_the_newest_does_not_count(bucket: Bucket) -> None:
    """Keys are written once: the newest old version is the only one."""
    bucket.keep_versions()
    spare = {"NoncurrentDays": 30, "NewerNoncurrentVersions": 1}
    rules = [{"Filter": {}, "Status": "Enabled", "NoncurrentVersionExpiration": spare}]
    with pytest.MonkeyPatch.context() as patch:  # moto forgets this number.
        store = S3ObjectStore(bucket.name)
        patch.setattr(
            store._client,  # noqa: SLF001  See above.
            "get_bucket_lifecycle_configuration",
            lambda **_: {"Rules": rules},
        )
        assert store.versioning().expires_old_versions is False
        del spare["NewerNoncurrentVersions"]
        assert store.versioning().expires_old_versions is True


@pytest.mark.parametrize(
    ("method", "code", "enabled", "said"),
    [
        ("get_bucket_versioning", "AccessDenied", None, "s3:GetBucketVersioning"),
        ("get_bucket_versioning", "NotImplemented", False, "knows no versions"),
        ("get_bucket_lifecycle_configuration", "AccessDenied", True, "s3:GetLifecycle"),
    ],
)
def test_what_a_bucket_does_not_tell_is_not_known(
    bucket: Bucket, method: str, code: str, said: str, *, enabled: bool | None
) -> None:
    """The permission that is lacking is named."""
    bucket.keep_versions()
    store = S3ObjectStore(bucket.name)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, method)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store._client, method, refuse)  # noqa: SLF001  moto refuses nothing.
        found = store.versioning()
    assert (found.enabled, found.expires_old_versions) == (enabled, None)
    assert said in found.detail


@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_cannot_be_told_of() -> None:
    """It is no error: the check shows what is wrong."""
    found = S3ObjectStore("absent").versioning()
    assert found.enabled is None
    assert "NoSuchBucket" in found.detail


NONCURRENT = {"daysSinceNoncurrentTime": 30}


@pytest.mark.parametrize(
    ("rule", "expires"),
    [
        (("Delete", NONCURRENT), True),
        (("Delete", {"isLive": False, "age": 30}), True),
        (("Delete", {**NONCURRENT, "matchesPrefix": ["other", "team/"]}), True),
        (("Delete", {**NONCURRENT, "matchesPrefix": ["other"]}), False),
        (("Delete", {"isLive": False, "numNewerVersions": 1}), False),
        (("Delete", {"age": 30}), False),
        (("AbortIncompleteMultipartUpload", NONCURRENT), False),
    ],
    ids=str,
)
def test_google_tells_versioning_and_rules(
    serve_gcs: ServeGcs, rule: tuple[str, dict[str, object]], *, expires: bool
) -> None:
    """A rule counts if it is for every old version of ours."""
    gcs = serve_gcs(versioned=True)
    kind, condition = rule
    gcs.lifecycle = {"rule": [{"action": {"type": kind}, "condition": condition}]}
    bucket = GsObjectStore(gcs.bucket, prefix="team/a", patience=timedelta())
    found = bucket.versioning()
    bucket.close()
    assert (found.enabled, found.expires_old_versions) == (True, expires)
    assert bucket.url == "gs://hozon-tests/team/a"


@pytest.mark.parametrize(
    ("name", "enabled", "said"),
    [("hozon-tests", False, "is off"), ("absent", None, "storage.buckets.get")],
)
def test_google_may_keep_nothing(
    serve_gcs: ServeGcs, name: str, said: str, *, enabled: bool | None
) -> None:
    """Or not say whether it does."""
    serve_gcs(versioned=False)
    bucket = GsObjectStore(name, patience=timedelta())
    found = bucket.versioning()
    bucket.close()
    assert (found.enabled, found.expires_old_versions) == (enabled, None)
    assert said in found.detail


def test_google_without_credentials_says_how_to_get_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client cannot be made without."""

    def refuse(**_: object) -> None:
        raise DefaultCredentialsError("no credentials")

    monkeypatch.setattr(gs, "Client", refuse)
    with pytest.raises(StorageError, match="no credentials") as caught:
        GsObjectStore("bucket")
    assert "gcloud auth" in caught.value.hint


POLICY = """<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties>
<DeleteRetentionPolicy><Enabled>{}</Enabled>{}</DeleteRetentionPolicy>
</StorageServiceProperties>"""


@pytest.mark.parametrize(
    ("answer", "enabled", "expires", "said"),
    [
        (Answer(200, {}, POLICY.format("true", "<Days>14</Days>").encode()), True, True, "14 days"),
        (Answer(200, {}, POLICY.format("false", "").encode()), False, None, "is off"),
        (Answer(403, {"x-ms-error-code": "AuthorizationFailure"}), None, None, "role"),
    ],
    ids=["on", "off", "refused"],
)
def test_azure_tells_its_soft_delete(
    answer: Answer, said: str, *, enabled: bool | None, expires: bool | None
) -> None:
    """It is asked of the account."""
    asked = list[Request]()

    def script(request: Request) -> Answer:
        asked.append(request)
        xml = {"Content-Type": "application/xml", "Connection": "close"}
        return Answer(answer.status, {**xml, **answer.headers}, answer.body)

    key = AzureNamedKeyCredential("account", "a2V5")
    with serve(script) as server:
        container = AzureContainer(
            "account", "container", endpoint=f"{server.url}/account", credential=key
        )
        found = container.versioning()
        container.close()
    assert (found.enabled, found.expires_old_versions) == (enabled, expires)
    assert said in found.detail
    assert asked[0].query == {"restype": "service", "comp": "properties"}
    assert container.url == "az://account/container"
