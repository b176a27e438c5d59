"""Whether a bucket of S3 keeps old versions, and for how long.

Owns the two questions and what rules of a bucket mean. Refuses to own the client. Invariant: a rule
counts only if it is for every object of ours.
"""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from hozon.model.deployments import BucketVersioning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import LifecycleRuleOutputTypeDef

_NO_RULES: Final = "NoSuchLifecycleConfiguration"
_UNKNOWN_HERE: Final = {"NotImplemented", "MethodNotAllowed"}


def versioning_of(client: "S3Client", bucket: str, prefix: str) -> BucketVersioning:
    """Ask whether a bucket keeps old versions, and whether they expire.

    Args:
        client: Asks.
        bucket: The bucket.
        prefix: What the names of our objects begin with.

    Returns:
        What was found. Where asking was refused, that it cannot be told.
    """
    try:
        status = client.get_bucket_versioning(Bucket=bucket).get("Status", "never enabled")
    except (ClientError, BotoCoreError, OSError) as error:
        if _code(error) in _UNKNOWN_HERE:
            detail = f"The store of {bucket} knows no versions"
            return BucketVersioning(enabled=False, expires_old_versions=None, detail=detail)
        return BucketVersioning(
            enabled=None,
            expires_old_versions=None,
            detail=f"Whether {bucket} keeps old versions cannot be told ({error}); the permission"
            " s3:GetBucketVersioning is needed",
        )
    if status != "Enabled":
        detail = f"Versioning of {bucket} is {status.lower()}"
        return BucketVersioning(enabled=False, expires_old_versions=None, detail=detail)
    try:
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules", [])
    except (ClientError, BotoCoreError, OSError) as error:
        if _code(error) != _NO_RULES:
            return BucketVersioning(
                enabled=True,
                expires_old_versions=None,
                detail=f"Versioning of {bucket} is enabled; its rules cannot be read ({error});"
                " the permission s3:GetLifecycleConfiguration is needed",
            )
        rules = []
    days = _days(rules, prefix)
    kept = f"old versions are kept for {days} days" if days else "old versions are kept for ever"
    return BucketVersioning(
        enabled=True,
        expires_old_versions=days is not None,
        detail=f"Versioning of {bucket} is enabled; {kept}",
    )


def _days(rules: "Iterable[LifecycleRuleOutputTypeDef]", prefix: str) -> int | None:
    """Give the days after which old versions go, the fewest if several rules say so."""
    found = [
        rule["NoncurrentVersionExpiration"].get("NoncurrentDays", 0)
        for rule in rules
        if rule["Status"] == "Enabled"
        and "NoncurrentVersionExpiration" in rule
        # Our keys are written once: a rule that spares the newest old version spares all.
        and not rule["NoncurrentVersionExpiration"].get("NewerNoncurrentVersions")
        and _is_for_all(rule, prefix)
    ]
    return min(filter(None, found), default=None)


def _is_for_all(rule: "LifecycleRuleOutputTypeDef", prefix: str) -> bool:
    """Tell whether a rule is for every object below a prefix, whatever its size and tags."""
    chosen = rule.get("Filter", {})
    both = chosen.get("And", {})
    begins = rule.get("Prefix") or chosen.get("Prefix") or both.get("Prefix") or ""
    return (chosen.keys() | both.keys()) <= {"And", "Prefix"} and prefix.startswith(begins)


def _code(error: Exception) -> str:
    """Give the code of S3; empty where there is none."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "")
    return ""
