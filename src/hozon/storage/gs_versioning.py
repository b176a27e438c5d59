"""Whether a bucket of Google Cloud Storage keeps old versions, and for how long.

Owns the two questions and what rules of a bucket mean. Refuses to own the client. Invariant: a rule
counts only if it is for every object of ours.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.cloud.storage.retry import DEFAULT_RETRY

from hozon.model.deployments import BucketVersioning

_PATIENCE: Final = timedelta(seconds=30)
"""For how long the client tries again at most: somebody may be looking at a terminal."""

_HARMLESS: Final = {"age", "daysSinceNoncurrentTime", "isLive", "matchesPrefix"}
"""The conditions of a rule that may still be for every old version."""


def versioning_of(
    client: Client, bucket: str, prefix: str, *, patience: timedelta
) -> BucketVersioning:
    """Ask whether a bucket keeps old versions, and whether they expire.

    Args:
        client: Asks.
        bucket: The bucket.
        prefix: What the names of our objects begin with.
        patience: For how long the client tries again what failed for a moment; 30 seconds at most.

    Returns:
        What was found. Where asking was refused, that it cannot be told.
    """
    retry = DEFAULT_RETRY.with_timeout(min(patience, _PATIENCE).total_seconds())
    try:
        found = client.get_bucket(bucket, retry=retry)
    except (GoogleAPIError, GoogleAuthError, OSError) as error:
        return BucketVersioning(
            enabled=None,
            expires_old_versions=None,
            detail=f"Whether {bucket} keeps old versions cannot be told ({error}); the permission"
            " storage.buckets.get is needed",
        )
    if not found.versioning_enabled:
        detail = f"Object versioning of {bucket} is off"
        return BucketVersioning(enabled=False, expires_old_versions=None, detail=detail)
    expires = _expires(found.lifecycle_rules, prefix)
    kept = "old versions expire" if expires else "old versions are kept for ever"
    return BucketVersioning(
        enabled=True,
        expires_old_versions=expires,
        detail=f"Object versioning of {bucket} is on; {kept}",
    )


def _expires(rules: Iterable[Mapping[str, Mapping[str, object]]], prefix: str) -> bool:
    """Tell whether a rule gives up every old version below a prefix."""
    return any(
        rule["action"].get("type") == "Delete" and _is_for_all(rule["condition"], prefix)
        for rule in rules
    )


def _is_for_all(condition: Mapping[str, object], prefix: str) -> bool:
    """Tell whether a condition comes true for every old version.

    One that spares the newest never does: our keys are written once.
    """
    begins = condition.get("matchesPrefix", [""])
    return (
        condition.keys() <= _HARMLESS
        and ("daysSinceNoncurrentTime" in condition or condition.get("isLive") is False)
        and condition.get("isLive") is not True
        and isinstance(begins, list)
        and any(prefix.startswith(each) for each in begins)
    )
