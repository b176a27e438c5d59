"""Leases: how long what a writer needs is kept without a word from it.

Owns the lease of PENDING versions. Invariant: as long as a version is PENDING, everything that it
pinned is kept; once its lease ran out and a collector gave it up, its writer records nothing more.
"""

from datetime import timedelta
from typing import Final

from hozon.errors import UploadLeaseError
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.services.context import Context

LEASE: Final = timedelta(hours=24)
"""How long a PENDING version holds its bytes without a word from its writer."""


def renew_lease(session: CatalogSession, context: Context, version: VersionId) -> None:
    """Say that the writer of a PENDING version is alive.

    Args:
        session: A writing session; what else it does counts only while the version is PENDING.
        context: The capabilities.
        version: The version.

    Raises:
        UploadLeaseError: It was given up meanwhile.
    """
    expires_at = context.catalog.now() + LEASE
    if not session.versions.renew(version, lease_expires_at=expires_at):
        hours = LEASE.total_seconds() / 3600
        raise UploadLeaseError(
            f"The upload was given up, because nothing of it arrived for {hours:g} hours",
            hint="Log the artifact again: what has arrived is not sent again while it is kept.",
        )
