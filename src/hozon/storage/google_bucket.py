"""A bucket of Google Cloud Storage, of which only its versioning is asked.

Owns what rules of such a bucket mean. Refuses to own bytes: there is no object store on it yet. The
client finds credentials as it always does.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.cloud.storage.retry import DEFAULT_RETRY

from hozon.errors import StorageError
from hozon.model.deployments import BucketVersioning

PATIENCE: Final = timedelta(seconds=30)
"""For how long the client tries again what failed for a moment."""

_HARMLESS: Final = {"age", "daysSinceNoncurrentTime", "isLive", "matchesPrefix"}
"""The conditions of a rule that may still be for every old version."""


class GoogleBucket:
    """Says whether a bucket keeps what is removed.

    Args:
        bucket: The bucket.
        prefix: What the names of our objects begin with, without slashes at its ends.
        patience: For how long the client tries again what failed for a moment.
    """

    def __init__(self, bucket: str, *, prefix: str = "", patience: timedelta = PATIENCE) -> None:
        """Make a client; nothing is sent to the bucket yet."""
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._retry = DEFAULT_RETRY.with_timeout(patience.total_seconds())
        try:
            self._client = Client(project=None)
        except (GoogleAuthError, OSError) as error:
            raise StorageError(
                f"Setting up the client for {self.url} failed ({error})",
                hint="Run: gcloud auth application-default login",
            ) from error

    @property
    def url(self) -> str:
        """The bucket and the prefix as a URL."""
        return f"gs://{self._bucket}/{self._prefix}".rstrip("/")

    def versioning(self) -> BucketVersioning:
        """Ask for the settings of the bucket."""
        try:
            found = self._client.get_bucket(self._bucket, retry=self._retry)
        except (GoogleAPIError, GoogleAuthError, OSError) as error:
            return BucketVersioning(
                enabled=None,
                expires_old_versions=None,
                detail=f"Whether {self._bucket} keeps old versions cannot be told ({error}); the"
                " permission storage.buckets.get is needed",
            )
        if not found.versioning_enabled:
            detail = f"Object versioning of {self._bucket} is off"
            return BucketVersioning(enabled=False, expires_old_versions=None, detail=detail)
        expires = _expires(found.lifecycle_rules, self._prefix)
        kept = "old versions expire" if expires else "old versions are kept for ever"
        return BucketVersioning(
            enabled=True,
            expires_old_versions=expires,
            detail=f"Object versioning of {self._bucket} is on; {kept}",
        )

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


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
